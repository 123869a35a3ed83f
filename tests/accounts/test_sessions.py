"""Sessions: when they end, who ends them, and what they say of it."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.history import LONDON
from accounts.models import AccessToken, Session, Visit
from accounts.sessions import SessionStore, device_of, shut_out
from accounts.tokens import make_token
from tests.factories import clock_at, day

NOON = datetime(2025, 6, 10, 12, tzinfo=LONDON)
KEYS = {"username": "olga", "password": "pop-up-book"}
SESSION, END = "/accounts/session/", "/accounts/sessions/end/"
CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36"


def after(**time):
    return NOON + timedelta(**time)


def comes(person=KEYS, **more):
    client = Client(**more)
    assert client.post("/accounts/login/", person).status_code == 302
    return client


def is_in(client):
    return client.get("/accounts/").status_code == 200


# --- When they end --------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("quiet", "goes_on"), [({"minutes": 59}, True), ({"minutes": 60, "seconds": 59}, True), ({"minutes": 62}, False)]
)
def test_an_hour_of_quiet_ends_a_session(olga, quiet, goes_on):
    with clock_at(NOON):
        client = comes()
    with clock_at(after(**quiet)):
        assert is_in(client) is goes_on


def test_use_keeps_it_going_and_the_working_day_ends_it_all_the_same(olga):
    with clock_at(NOON):
        client = comes()
    for minutes in range(30, 12 * 60, 30):
        with clock_at(after(minutes=minutes)):
            assert is_in(client)
    with clock_at(after(hours=12, seconds=1)):
        assert not is_in(client)


def test_both_ends_can_be_set(olga, settings):
    settings.SESSION_IDLE, settings.SESSION_LONGEST = timedelta(minutes=5), timedelta(minutes=12)
    with clock_at(NOON):
        client = comes()
    for minutes, goes_on in ((5, True), (10, True), (12, False)):
        with clock_at(after(minutes=minutes)):
            assert is_in(client) is goes_on


def test_a_session_that_ended_stays_so(olga):
    with clock_at(NOON):
        client = comes()
        key = client.session.session_key
    with clock_at(after(minutes=90)):
        assert not is_in(client)
    client.cookies["session"] = key
    with clock_at(after(minutes=91)):
        assert not is_in(client)
        assert client.get("/", headers={"Authorization": "Basic b2xnYTp4"}).status_code == 302


def test_a_session_made_without_a_sign_in_begins_where_it_is_made(olga, as_):
    with clock_at(NOON):
        client = as_(olga)
    with clock_at(after(minutes=30)):
        assert is_in(client)
    with clock_at(after(hours=2)):
        assert not is_in(client)


def test_a_clock_that_goes_back_signs_nobody_out(olga):
    with clock_at(NOON):
        client = comes()
    with clock_at(NOON - timedelta(days=365)):
        assert is_in(client)


def test_a_session_is_written_once_a_minute_and_read_in_one_query(olga):
    with clock_at(NOON):
        client = comes()
        client.get("/accounts/")
        with CaptureQueriesContext(connection) as queries:
            client.get("/accounts/tokens/")
        of_sessions = [query["sql"] for query in queries if "accounts_session" in query["sql"]]
        assert len(of_sessions) == 1
    with clock_at(after(seconds=61)):
        client.get("/accounts/")
    assert Session.objects.get().seen_at == after(seconds=61)
    with clock_at(after(seconds=90)):
        client.get("/accounts/")
    assert Session.objects.get().seen_at == after(seconds=61)


def test_rows_of_sessions_that_ended_are_cleared(olga, omar):
    with clock_at(NOON):
        comes()
    with clock_at(after(minutes=50)):
        comes(KEYS | {"username": "omar"})
    with clock_at(after(minutes=70)):
        SessionStore.clear_expired()
    assert [row.person for row in Session.objects.all()] == [omar]


# --- Asking and extending -------------------------------------------------------------------------
def test_a_page_says_when_its_session_ends(olga):
    with clock_at(NOON):
        page = comes().get("/accounts/").content.decode()
    assert 'data-left="3660"' in page
    assert "If you do nothing, you will be signed out at" in page
    assert "data-session-end>13:01</time>" in page
    assert "js/session.js" in page
    assert "session.js" not in Client().get("/accounts/login/").content.decode()


def test_asking_how_long_it_goes_on_is_no_use_of_it_and_no_visit(olga):
    with clock_at(NOON):
        client = comes()
        client.get("/accounts/")
    visited = Visit.objects.get().seen_at
    with clock_at(after(minutes=59)):
        assert client.get(SESSION).json() == {"left": 120, "extendable": True}
    assert (Visit.objects.get().seen_at, Session.objects.get().seen_at) == (visited, NOON)


def test_staying_gives_the_whole_time_again(olga):
    with clock_at(NOON):
        client = comes()
    with clock_at(after(minutes=59)):
        assert client.post(SESSION).json() == {"left": 3660, "extendable": True}
    with clock_at(after(minutes=110)):
        assert is_in(client)


def test_near_the_end_of_the_day_staying_does_not_help_and_it_says_so(olga):
    with clock_at(NOON):
        client = comes()
    for hours in range(1, 12):
        with clock_at(after(hours=hours)):
            client.get("/accounts/")
    with clock_at(after(hours=11, minutes=59)):
        assert client.post(SESSION).json() == {"left": 60, "extendable": False}


def test_the_signed_out_extend_nothing(db):
    assert Client().get(SESSION).status_code == 302
    assert Client().post(SESSION).status_code == 302


# --- Ending them ----------------------------------------------------------------------------------
def test_signing_out_kills_the_session_whoever_still_has_its_key(olga):
    client = comes()
    key = client.session.session_key
    client.post("/accounts/logout/")
    client.cookies["session"] = key
    assert not is_in(client)
    assert not Session.objects.filter(pk=key).exists()


def test_over_https_the_browser_is_asked_to_forget(olga):
    assert comes().post("/accounts/logout/", secure=True)["Clear-Site-Data"] == '"storage"'
    assert "Clear-Site-Data" not in comes().post("/accounts/logout/")


def test_whoever_becomes_inactive_is_out_at_once_everywhere_and_stays_so(olga, ada, as_):
    first, second = comes(), comes()
    olga.is_active = False
    olga.save()
    assert not Session.objects.filter(person=olga).exists()
    olga.is_active = True
    olga.save()
    assert not is_in(first)
    assert not is_in(second)


def changes(client, person, grants, **said):
    form = {"username": person.username, "name": person.name, "is_active": "on"} | said
    form = {name: value for name, value in form.items() if value is not None}
    return client.post(f"/admin/accounts/user/{person.pk}/change/", form | grants)


NO_CHANGE = {"grants-TOTAL_FORMS": "0", "grants-INITIAL_FORMS": "0"}


def test_ada_makes_ana_inactive_and_her_tokens_go_with_her_sessions(ana, ada, as_):
    make_token(by=ana, name="Power BI", datasets=[], until=day("2099-01-01"), key="k")
    client = as_(ana)
    assert changes(as_(ada), ana, NO_CHANGE, is_active=None).status_code == 302
    assert not is_in(client)
    assert AccessToken.objects.get().withdrawn_at is not None


def test_a_role_that_is_taken_away_ends_sessions_and_one_that_is_given_does_not(ana, ada, as_):
    client, admin = as_(ana), as_(ada)
    given = {"grants-TOTAL_FORMS": "1", "grants-INITIAL_FORMS": "0", "grants-0-role": "leader"}
    assert changes(admin, ana, given).status_code == 302
    assert is_in(client)
    grant = ana.grants.get(role="leader")
    taken = {
        "grants-TOTAL_FORMS": "1", "grants-INITIAL_FORMS": "1", "grants-0-id": grant.pk, "grants-0-user": ana.pk,
        "grants-0-role": "leader", "grants-0-DELETE": "on",
    }  # fmt: skip
    assert changes(admin, ana, taken).status_code == 302
    assert ana.grants.count() == 1
    assert not is_in(client)


def test_ada_signs_somebody_out_everywhere(olga, ada, as_, caplog):
    clients = [as_(olga), as_(olga)]
    said = {"action": "end_their_sessions", "_selected_action": [olga.pk]}
    assert as_(ada).post("/admin/accounts/user/", said).status_code == 302
    assert [is_in(client) for client in clients] == [False, False]
    assert f"sessions ended: person={olga.pk} by={ada.pk} amount=2" in caplog.text


def test_oscar_ends_nobody_s_sessions(olga, oscar, as_):
    client = as_(olga)
    as_(oscar).post("/admin/accounts/user/", {"action": "end_their_sessions", "_selected_action": [olga.pk]})
    assert is_in(client)


def test_ending_all_but_one_leaves_that_one(olga, as_):
    here, there = as_(olga), as_(olga)
    shut_out(olga, by=olga, but=here.session.session_key)
    assert (is_in(here), is_in(there)) == (True, False)


# --- One's own ------------------------------------------------------------------------------------
def test_olga_sees_where_she_is_signed_in_and_ends_the_others(olga, omar, as_):
    here, there = comes(), comes(headers={"User-Agent": CHROME})
    other = as_(omar)
    page = here.get("/accounts/").content.decode()
    assert "Chrome on Windows" in page
    assert page.count("(this one)") == 1
    handle = page.split('name="session" value="')[1].split('"')[0]
    assert there.session.session_key not in page
    assert here.post(END, {"session": handle}).status_code == 302
    assert (is_in(here), is_in(there), is_in(other)) == (True, False, True)


def test_olga_ends_all_others_at_once_and_never_this_one_nor_another_person_s(olga, omar, as_):
    here, others, stranger = comes(), [comes(), comes()], as_(omar)
    here.post(END, {"session": "all"})
    assert (is_in(here), [is_in(one) for one in others], is_in(stranger)) == (True, [False, False], True)


@pytest.mark.parametrize("session", ["", "\x00", "x" * 10_000, "../"])
def test_what_is_no_session_ends_none(olga, session):
    here, there = comes(), comes()
    assert here.post(END, {"session": session}).status_code == 302
    assert (is_in(here), is_in(there)) == (True, True)


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (CHROME, "Chrome on Windows"),
        (CHROME + " Edg/140.0", "Edge on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile Safari/604.1", "Safari on iPhone"),
        ("curl/8.0", ""),
        ("\x00<script>" * 1000, ""),
    ],
)
def test_a_device_is_said_in_a_few_words(agent, words):
    assert device_of(agent) == words
