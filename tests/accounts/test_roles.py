"""Who gives and takes roles, and how soon that tells."""

import pytest
from django.test import Client

from accounts.people import is_last_administrator
from accounts.tokens import make_token
from initiatives.filters import today
from tests.factories import a_person


def form_of(person, *roles, **more):
    """Return what the administration sends of a person who is to hold these roles."""
    grants = list(person.grants.order_by("pk"))
    sent = {"username": person.username, "name": person.name, "email": person.email, "is_active": "on"}
    sent |= {"grants-TOTAL_FORMS": len(grants), "grants-INITIAL_FORMS": len(grants)}
    for number, grant in enumerate(grants):
        row = f"grants-{number}"
        sent |= {f"{row}-id": grant.pk, f"{row}-user": person.pk, f"{row}-role": grant.role}
        if grant.role not in roles:
            sent[f"{row}-DELETE"] = "on"
    for role in sorted(set(roles) - {grant.role for grant in grants}):
        number = sent["grants-TOTAL_FORMS"]
        sent |= {"grants-TOTAL_FORMS": number + 1, f"grants-{number}-role": role, f"grants-{number}-user": person.pk}
    return {name: value for name, value in (sent | more).items() if value is not None}


def changes(client, person, *roles, **more):
    return client.post(f"/admin/accounts/user/{person.pk}/change/", form_of(person, *roles, **more))


def roles_of(person):
    return {grant.role for grant in person.grants.all()}


# --- Who gives and takes them ---------------------------------------------------------------------
def test_ada_gives_and_takes_roles(ada, olga, as_):
    assert changes(as_(ada), olga, "leader", "analyst").status_code == 302
    assert roles_of(olga) == {"leader", "analyst"}


@pytest.mark.parametrize("who", ["oscar", "olga", "lea", "ana", "nadia"])
def test_whoever_is_no_administrator_makes_none(who, nadia, as_, request):
    person = request.getfixturevalue(who)
    before = roles_of(person)
    for path, sent in (
        (f"/admin/accounts/user/{person.pk}/change/", form_of(person, *before, "administrator")),
        ("/admin/accounts/user/add/", form_of(a_person("una"), "administrator") | {"username": "eve"}),
    ):
        assert as_(person).post(path, sent).status_code == 403
    assert roles_of(person) == before
    assert not type(person).objects.filter(username="eve").exists()


def test_ada_changes_her_name_and_not_her_roles(ada, as_):
    a_person("aldo", "Aldo Amis", "administrator")
    assert changes(as_(ada), ada, "leader", name="Ada Adams-Amis", is_active=None).status_code == 302
    ada.refresh_from_db()
    assert (ada.name, ada.is_active, roles_of(ada)) == ("Ada Adams-Amis", True, {"administrator"})


def test_ada_reads_why_her_own_roles_cannot_be_changed(ada, olga, as_):
    words = "Nobody changes their own roles: another administrator gives and takes yours, and ends your account."
    assert words in as_(ada).get(f"/admin/accounts/user/{ada.pk}/change/").content.decode()
    assert words not in as_(ada).get(f"/admin/accounts/user/{olga.pk}/change/").content.decode()


def test_aldo_takes_adas_role_while_he_administers(ada, as_):
    aldo = a_person("aldo", "Aldo Amis", "administrator")
    assert changes(as_(aldo), ada, "leader").status_code == 302
    assert roles_of(ada) == {"leader"}


@pytest.mark.parametrize("how", [{"roles": ["leader"]}, {"roles": []}, {"is_active": None}])
def test_the_last_administrator_stays(ada, as_, monkeypatch, how):
    """Nobody could get here but somebody whose own role was taken at this very moment: `tests/faults` races them."""
    aldo = a_person("aldo", "Aldo Amis", "administrator")
    client = as_(aldo)
    monkeypatch.setattr("accounts.models.User.roles", frozenset({"administrator"}))  # as it was when he was let in
    aldo.grants.all().delete()
    answer = changes(
        client, ada, *how.get("roles", ["administrator"]), **{n: v for n, v in how.items() if n != "roles"}
    )
    assert answer.status_code == 200
    words = (
        "Ada Adams is the last administrator, and without one nobody could manage people. "
        "Make somebody else an administrator first."
    )
    assert words in answer.content.decode()
    ada.refresh_from_db()
    assert (ada.name, ada.is_active, roles_of(ada)) == ("Ada Adams", True, {"administrator"})


def test_who_is_the_last_administrator(ada, oscar):
    assert is_last_administrator(ada)
    assert not is_last_administrator(oscar)
    aldo = a_person("aldo", "Aldo Amis", "administrator")
    assert not is_last_administrator(ada)
    aldo.is_active = False
    aldo.save()
    assert is_last_administrator(ada)
    assert not is_last_administrator(aldo)


# --- How soon it tells ----------------------------------------------------------------------------
HTMX = {"HX-Request": "true"}
PLACES = [
    ("oscar", "get", "/", {}),
    ("oscar", "get", "/initiatives/", HTMX),
    ("oscar", "get", "/initiatives/DS-001/update/", {}),
    ("oscar", "post", "/initiatives/DS-001/draft/", HTMX),
    ("oscar", "get", "/exports/updates.csv", {}),
    ("oscar", "get", "/imports/", {}),
    ("oscar", "get", "/admin/", {}),
    ("oscar", "get", "/admin/initiatives/initiative/", {}),
    ("oscar", "post", "/admin/pillars/aim/add/", {}),
    ("ana", "get", "/accounts/tokens/", {}),
    ("lea", "get", "/my/delegates/", {}),
]


@pytest.mark.parametrize(("who", "method", "path", "headers"), PLACES)
def test_a_role_that_is_taken_bites_at_the_next_request_of_the_same_session(
    olgas, as_, request, who, method, path, headers
):
    person = request.getfixturevalue(who)
    client = as_(person)
    sends, said = getattr(client, method), {"rag": "green"} if method == "post" else {}
    assert sends(path, said, headers=headers).status_code == 200
    person.grants.all().delete()
    assert sends(path, said, headers=headers).status_code == 403


def test_a_role_that_is_changed_opens_what_is_left(olgas, oscar, as_):
    client = as_(oscar)
    assert client.get("/imports/").status_code == 200
    oscar.grants.update(role="analyst")
    assert [client.get(path).status_code for path in ("/imports/", "/admin/", "/")] == [403, 403, 200]


def test_a_token_opens_nothing_once_its_persons_role_is_taken(olgas, ana):
    secret = make_token(by=ana, name="Power BI", datasets=[], until=today(), key="k")[1]
    headers = {"Authorization": f"Bearer {secret}"}
    assert Client().get("/exports/updates.csv", headers=headers).status_code == 200
    ana.grants.update(role="contributor")
    assert Client().get("/exports/updates.csv", headers=headers).status_code == 401
    ana.grants.all().delete()
    assert Client().get("/exports/updates.csv", headers=headers).status_code == 401


def test_a_calendar_that_was_subscribed_to_is_gone_with_the_role(olgas, olga, as_):
    client = as_(olga)
    client.post("/my/reminders/", {"deed": "new_calendar"})
    path = client.get("/my/reminders/").context["calendar_address"].partition("testserver")[2]
    assert Client().get(path).status_code == 200
    olga.grants.all().delete()
    assert Client().get(path).status_code == 404


def test_an_owner_who_hands_over_says_no_more(olgas, olga, omar, as_):
    client = as_(olga)
    assert client.get("/initiatives/DS-001/update/").status_code == 200
    olgas.owner = omar
    olgas.save()
    assert client.get("/initiatives/DS-001/update/").status_code == 403
