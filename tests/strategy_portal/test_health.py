"""Whether the process is up, and whether it can serve."""

import pytest
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client


@pytest.mark.parametrize(("path", "words"), [("/healthz", b"ok\n"), ("/readyz", b"ready\n")])
def test_anybody_may_ask_and_hears_one_word(db, path, words):
    response = Client().get(path)
    assert (response.status_code, response.content) == (200, words)
    assert response["Content-Type"].startswith("text/plain")
    assert response["Cache-Control"] == "no-store"
    assert response["Content-Security-Policy"].startswith("default-src 'none'")
    assert not response.cookies


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_nothing_but_asking_is_allowed(db, path):
    client = Client()
    assert (client.head(path).status_code, client.head(path).content) == (200, b"")
    for method in ("POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"):
        response = client.generic(method, path)
        assert (response.status_code, response["Allow"]) == (405, "GET, HEAD")


def test_health_is_told_over_plain_http_even_where_https_is_the_rule(db, settings):
    settings.SECURE_SSL_REDIRECT = True
    assert Client().get("/healthz").status_code == 200
    assert Client().get("/readyz").status_code == 200
    assert Client().get("/")["Location"] == "https://testserver/"


def test_the_process_is_up_without_a_database():
    assert Client().get("/healthz").status_code == 200  # pytest forbids the database here


def test_without_the_database_the_portal_is_not_ready(db):
    def falls(execute, sql, params, many, context):
        raise OperationalError("server closed the connection unexpectedly")

    with connection.execute_wrapper(falls):
        response = Client().get("/readyz")
        assert Client().get("/healthz").status_code == 200
    assert (response.status_code, response.content) == (503, b"the database does not answer\n")
    assert Client().get("/readyz").status_code == 200


def test_with_a_migration_waiting_the_portal_is_not_ready(db):
    client = Client()
    MigrationRecorder.Migration.objects.filter(app="initiatives").delete()
    response = client.get("/readyz")
    assert (response.status_code, response.content) == (503, b"migrations are waiting\n")
    assert client.get("/healthz").status_code == 200


def test_health_is_not_served_under_other_names(db):
    for path in ("/healthz/", "/readyz/", "/health"):
        assert Client().get(path).status_code == 404
