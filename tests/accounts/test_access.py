"""Closed unless opened: doors, keys and the administration's permissions."""

import pytest
from django.apps import apps
from django.http import HttpResponse
from django.test import Client
from django.urls import include, path

from accounts.access import KEYS, PERMISSIONS, Door, may_pass, opens_to
from accounts.models import Role


def forgotten(request):
    return HttpResponse("SECRET-INITIATIVE")


urlpatterns = [
    path("forgotten/", forgotten),
    path("opened/", opens_to(Door.READ)(lambda request: HttpResponse("read"))),
    path("", include("strategy_portal.urls")),
]
handler403 = "strategy_portal.errors.permission_denied"


@pytest.fixture
def with_new_addresses(settings):
    settings.ROOT_URLCONF = __name__


def test_a_page_that_nobody_opened_is_shut_to_everybody(with_new_addresses, ada, as_):
    for client in (as_(ada), Client()):
        response = client.get("/forgotten/")
        assert response.status_code == 403
        assert b"SECRET" not in response.content


def test_a_page_that_was_opened_to_readers_is_open_to_them_alone(with_new_addresses, lea, nadia, as_):
    assert as_(lea).get("/opened/").content == b"read"
    assert as_(nadia).get("/opened/").status_code == 403
    assert Client().get("/opened/")["Location"] == "/accounts/login/?next=%2Fopened%2F"


def test_a_role_that_is_taken_away_is_gone_at_the_next_request(lea, as_):
    client = as_(lea)
    assert client.get("/").status_code == 200
    lea.grants.all().delete()
    assert client.get("/").status_code == 403


def test_a_role_that_is_given_opens_the_next_request(nadia, as_):
    client = as_(nadia)
    assert client.get("/").status_code == 403
    nadia.grants.create(role="analyst")
    assert client.get("/").status_code == 200


def test_whoever_leaves_is_out_at_the_next_request(oscar, as_):
    client = as_(oscar)
    assert client.get("/admin/").status_code == 200
    oscar.is_active = False
    oscar.save()
    assert client.get("/admin/")["Location"] == "/accounts/login/?next=%2Fadmin%2F"


@pytest.mark.parametrize("role", Role.values)
def test_every_role_reads_and_only_the_office_administers(nadia, role):
    nadia.grants.create(role=role)
    assert may_pass(nadia, Door.READ)
    assert may_pass(nadia, Door.ADMINISTRATION) == (role in ("office", "administrator"))


def test_every_door_that_needs_a_key_has_one():
    assert set(KEYS) == set(Door) - {Door.EVERYONE, Door.SELF}


def test_the_permissions_speak_of_models_that_exist():
    for permission in set().union(*PERMISSIONS.values()):
        app, _, word = permission.partition(".")
        action, _, model = word.partition("_")
        assert action in ("view", "add", "change", "delete")
        assert apps.get_model(app, model)


def test_nobody_may_delete_anything_but_a_tie_or_a_role():
    found = {word for words in PERMISSIONS.values() for word in words if ".delete_" in word}
    assert found == {"initiatives.delete_contribution", "initiatives.delete_alignment", "accounts.delete_rolegrant"}


def test_what_happened_may_be_added_to_and_never_changed():
    for model in ("stagechange", "datemove", "donedate", "withdrawal", "update", "ask", "answer"):
        for words in PERMISSIONS.values():
            assert f"initiatives.change_{model}" not in words


def test_the_office_may_look_at_people_and_no_more(oscar):
    assert oscar.has_perm("accounts.view_user")
    for action in ("add", "change", "delete"):
        assert not oscar.has_perm(f"accounts.{action}_user")
        assert not oscar.has_perm(f"accounts.{action}_rolegrant")
