"""Signing in and out."""

import re
from pathlib import Path

import pytest
from django.test import Client
from django.urls import URLResolver, get_resolver

from accounts.models import User

SIGN_IN = "/accounts/login/"
KEYS = {"username": "olga", "password": "pop-up-book"}
HTMX = {"HX-Request": "true"}


@pytest.fixture
def visitor():
    return Client()


def signed_in(client):
    return "_auth_user_id" in client.session


def test_olga_signs_in_and_comes_to_the_dashboard(visitor, olga):
    response = visitor.post(SIGN_IN, KEYS)
    assert (response.status_code, response["Location"]) == (302, "/")
    assert visitor.get("/").status_code == 200


def test_nadia_without_a_role_comes_to_her_own_account(visitor, nadia):
    assert visitor.post(SIGN_IN, KEYS | {"username": "nadia"})["Location"] == "/accounts/"


@pytest.mark.parametrize("here", [SIGN_IN, f"{SIGN_IN}?next=/"])
def test_signing_in_leads_to_no_sign_in(visitor, olga, here):
    assert visitor.post(SIGN_IN, KEYS | {"next": here})["Location"] == "/"


def test_olga_comes_to_the_page_that_she_had_asked_for(visitor, olga):
    asked = visitor.get("/initiatives/?status=red&as_at=2025-06-30")
    assert asked["Location"] == "/accounts/login/?next=%2Finitiatives%2F%3Fstatus%3Dred%26as_at%3D2025-06-30"
    page = visitor.get(asked["Location"]).content.decode()
    assert 'name="next" value="/initiatives/?status=red&amp;as_at=2025-06-30"' in page
    response = visitor.post(SIGN_IN, KEYS | {"next": "/initiatives/?status=red&as_at=2025-06-30"})
    assert response["Location"] == "/initiatives/?status=red&as_at=2025-06-30"


@pytest.mark.parametrize(
    "elsewhere",
    ["https://example.org/", "//example.org/", "/\\example.org", "javascript:alert(1)", "http:///x", "\x00"],
)
def test_signing_in_leads_to_no_other_site(visitor, olga, elsewhere):
    assert visitor.post(SIGN_IN, KEYS | {"next": elsewhere})["Location"] == "/"


def test_a_wrong_password_is_said_in_words_and_the_username_is_kept(visitor, olga):
    response = visitor.post(SIGN_IN, KEYS | {"password": "pop-down-book"})
    page = response.content.decode()
    assert response.status_code == 200
    assert "Please enter a correct username and password" in page
    assert 'value="olga"' in page
    assert "pop-down-book" not in page
    assert not signed_in(visitor)


def test_a_stranger_and_a_wrong_password_hear_the_same(visitor, olga):
    def told(**keys):
        errors = visitor.post(SIGN_IN, KEYS | keys).context["form"].errors
        return errors.get_json_data()

    assert told(username="nobody-here") == told(password="wrong")


def test_somebody_who_left_cannot_sign_in(visitor, olga):
    User.objects.filter(pk=olga.pk).update(is_active=False)
    assert visitor.post(SIGN_IN, KEYS).status_code == 200
    assert not signed_in(visitor)


@pytest.mark.parametrize("name", ["username", "password"])
@pytest.mark.parametrize(
    "value", ["", "\x00", "x" * 1_000_000, "<script>alert(1)</script>", "\u202eaglo"], ids=range(5)
)
def test_hostile_keys_are_refused_on_the_page(visitor, olga, name, value):
    response = visitor.post(SIGN_IN, KEYS | {name: value})
    assert response.status_code == 200
    assert not signed_in(visitor)
    assert "<script>alert" not in response.content.decode()


def test_a_session_gets_a_new_key_at_sign_in(visitor, olga):
    session = visitor.session
    session["known"] = "to somebody else"
    session.save()
    before = session.session_key
    visitor.post(SIGN_IN, KEYS)
    assert visitor.session.session_key != before


def test_signing_in_leaves_no_version_of_the_person(visitor, olga):
    visitor.post(SIGN_IN, KEYS)
    assert olga.history.count() == 1


def test_signing_in_asks_for_the_form_s_token(olga):
    response = Client(enforce_csrf_checks=True).post(SIGN_IN, KEYS)
    assert response.status_code == 403
    assert "Go back, reload the page and send it again" in response.content.decode()


def test_olga_who_is_signed_in_is_sent_on_from_the_sign_in_page(olga, as_):
    assert as_(olga).get(SIGN_IN)["Location"] == "/"


# --- Signing out ----------------------------------------------------------------------------------
def test_olga_signs_out_and_the_pages_are_shut(olga, as_):
    client = as_(olga)
    assert client.post("/accounts/logout/")["Location"] == SIGN_IN
    assert client.get("/")["Location"] == "/accounts/login/?next=%2F"


def test_a_link_signs_nobody_out(olga, as_):
    client = as_(olga)
    assert client.get("/accounts/logout/").status_code == 405
    assert signed_in(client)


# --- Being signed out while a page is open --------------------------------------------------------
def test_a_signed_out_list_goes_to_sign_in_and_back_to_the_page_not_its_part(visitor, db):
    headers = HTMX | {"HX-Current-URL": "http://testserver/initiatives/?pillar=people"}
    response = visitor.get("/initiatives/?pillar=people&q=maps", headers=headers)
    assert (response.status_code, response.content) == (200, b"")
    assert response["HX-Redirect"] == "/accounts/login/?next=%2Finitiatives%2F%3Fpillar%3Dpeople"


@pytest.mark.parametrize("page", ["https://example.org/x", "//example.org", "javascript:alert(1)", "http://[", ""])
def test_a_page_that_is_not_ours_is_never_the_way_back(visitor, db, page):
    response = visitor.get("/initiatives/", headers=HTMX | {"HX-Current-URL": page})
    assert response["HX-Redirect"] == "/accounts/login/?next=%2F"


def test_an_update_sent_after_the_session_ended_says_so_in_an_alert(db):
    headers = HTMX | {"HX-Current-URL": "http://testserver/initiatives/DS-001/update/"}
    client = Client(enforce_csrf_checks=True)
    response = client.post("/initiatives/DS-001/update/", {"rag": "green"}, headers=headers)
    assert response.status_code == 401
    assert (response["HX-Retarget"], response["HX-Reswap"]) == ("#page-alert", "innerHTML")
    words = response.content.decode()
    assert "You have been signed out" in words
    assert 'href="/accounts/login/?next=%2Finitiatives%2FDS-001%2Fupdate%2F"' in words
    assert "<html" not in words


def test_what_the_signed_out_see_is_kept_by_no_cache(visitor, db):
    assert visitor.get("/")["Cache-Control"] == "private, no-store"
    assert "no-store" in visitor.get(SIGN_IN)["Cache-Control"]


# --- Every way in is written down -----------------------------------------------------------------
def addresses(resolver, before="/"):
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern, before + str(pattern.pattern))
        elif getattr(pattern.callback, "signs_in", False):
            yield before + str(pattern.pattern)


def test_the_docs_tell_of_every_address_that_can_end_in_a_session():
    listed = (Path(__file__).parents[2] / "docs/sign-in.md").read_text().split("## Addresses")[1].split("## ")[0]
    assert sorted(re.findall(r"^\| `([^`]+)` \|", listed, re.MULTILINE)) == sorted(addresses(get_resolver()))


def test_nothing_else_of_ours_begins_a_session():
    """Whoever calls `come_in` is marked as a way in, and nobody calls Django's `login` past it."""
    home = Path(__file__).parents[2] / "accounts"
    calls = {str(path.relative_to(home)): re.findall(r"\blogin\(", path.read_text()) for path in home.rglob("*.py")}
    assert {name: len(found) for name, found in calls.items() if found} == {"signing_in.py": 1}
