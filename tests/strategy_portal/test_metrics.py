"""What a monitoring system hears, and that nobody else hears it."""

import re

import pytest
from django.db import OperationalError, connection
from django.test import Client

from accounts.models import Visit
from initiatives.models import Reminder
from strategy_portal import metrics
from tests.factories import day

TOKEN = "a-token-of-forty-characters-or-so-0123456"
SHOWN = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def monitored(settings):
    settings.METRICS_TOKEN = TOKEN


def number(page, line):
    """Return the number that a line of the page tells; 0 when it is not there."""
    found = re.search(rf"^{re.escape(line)} (\S+)$", page, re.MULTILINE)
    return float(found[1]) if found else 0.0


def page():
    response = Client().get("/metrics", headers=SHOWN)
    assert response.status_code == 200
    return response.content.decode()


def test_unless_it_is_turned_on_there_is_no_such_page(db):
    for headers in ({}, SHOWN, {"Authorization": "Bearer "}):
        assert Client().get("/metrics", headers=headers).status_code == 404


@pytest.mark.parametrize("shown", ["", "Bearer ", f"Bearer {TOKEN[:-1]}", f"Bearer {TOKEN}x", f"Basic {TOKEN}", TOKEN])
def test_without_its_token_there_is_no_such_page_either(monitored, db, shown):
    assert Client().get("/metrics", headers={"Authorization": shown}).status_code == 404
    assert Client().get(f"/metrics?token={TOKEN}").status_code == 404


def test_it_is_only_read(monitored, db):
    assert Client().post("/metrics", headers=SHOWN).status_code == 404
    assert Client().get("/metrics", headers=SHOWN)["Cache-Control"] == "no-store"


def test_requests_are_counted_by_page_method_and_outcome(monitored, olgas, lea, as_):
    lea, before = as_(lea), page()
    for _ in range(3):
        lea.get("/initiatives/DS-001/")
    lea.get("/nowhere/")
    lea.generic("FANCY", "/initiatives/DS-001/")
    after = page()

    def more(line):
        return number(after, line) - number(before, line)

    assert more('portal_requests_total{method="GET",status="2xx",view="initiatives:initiative"}') == 3
    assert more('portal_requests_total{method="GET",status="4xx",view="none"}') == 1
    assert more('portal_requests_total{method="other",status="4xx",view="initiatives:initiative"}') == 1
    assert more('portal_request_seconds_count{view="initiatives:initiative"}') == 4
    assert "DS-001" not in after
    assert "lea" not in after.replace("release", "")


def test_faults_are_counted_by_their_kind_and_not_by_their_words(monitored, olgas, lea, as_, monkeypatch):
    lea, before = as_(lea), page()
    lea.raise_request_exception = False

    def falls(*_):
        raise OperationalError("a SECRET of the database")

    with connection.execute_wrapper(falls):
        assert lea.get("/").status_code == 503
    after, line = page(), 'portal_failures_total{fault="OperationalError"}'
    assert number(after, line) > number(before, line)
    assert "SECRET" not in after


def test_reminders_that_wait_are_counted_and_a_database_that_is_gone_is_no_fault(monitored, olga):
    Reminder.objects.create(person=olga, on=day("2025-04-30"))
    assert number(page(), "portal_reminders_waiting") == 1

    def falls(*_):
        raise OperationalError("gone")

    with connection.execute_wrapper(falls):
        without = page()
    assert "portal_reminders_waiting" not in without
    assert "portal_requests_total" in without


def test_a_monitor_is_no_visit(monitored, lea, as_):
    lea = as_(lea)
    lea.get("/metrics", headers=SHOWN)
    assert Visit.objects.count() == 0


def test_the_token_is_compared_in_a_time_that_tells_nothing(monitored, rf, monkeypatch):
    compared = []
    monkeypatch.setattr(metrics, "compare_digest", lambda *both: compared.append(both))
    assert not metrics.may_read(rf.get("/metrics", headers={"Authorization": "Bearer guess"}))
    assert compared == [(b"Bearer guess", f"Bearer {TOKEN}".encode())]
