"""Access tokens: making them, using them as a program does, and all that makes them useless."""

import logging
import re
from datetime import timedelta
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from django.apps import apps
from django.test import Client
from django.utils import timezone

from accounts.models import AccessToken, Session, Visit
from accounts.tokens import digest, make_token, new_key, withdraw_token
from strategy_portal.logs import WithoutSecrets
from tests.factories import clock_at, day

PATH = "/accounts/tokens/"
SECRET = re.compile(r"portal_[A-Za-z0-9_-]{43}")


def form_of(client):
    """Return the hidden key of the page's form."""
    return re.search(r'name="key" value="([^"]+)"', client.get(PATH).content.decode())[1]


def makes(client, **said):
    """Send the form of a new token; returns the answer's words."""
    until = timezone.localdate() + timedelta(days=30)
    sent = {"name": "Power BI", "datasets": "all", "until": until.isoformat(), "key": form_of(client)} | said
    return client.post(PATH, sent)


def secret_in(response):
    found = SECRET.search(response.content.decode())
    return found and found[0]


def a_token(person, *datasets, until="2100-01-01"):
    """Make a token for a person past the form; returns it with its secret."""
    return make_token(by=person, name="Script", datasets=datasets, until=day(until), key=new_key())


def knocks(path, secret, method="get", scheme="Bearer", **headers):
    """Ask as a program does: no session, a token."""
    return getattr(Client(), method)(path, headers={"Authorization": f"{scheme} {secret}", **headers})


def said(response):
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    return response.content.decode()


# --- Making one -----------------------------------------------------------------------------------
def test_ana_makes_a_token_and_sees_its_secret_once(as_, ana):
    client = as_(ana)
    response = makes(client, name="Power BI", datasets=["initiatives", "updates"])
    assert response.status_code == 200
    secret = secret_in(response)
    token = AccessToken.objects.get()
    assert (token.person, token.name, token.datasets) == (ana, "Power BI", ["initiatives", "updates"])
    assert (token.digest, token.beginning) == (digest(secret), secret[:12])
    page = client.get(PATH).content.decode()
    assert secret not in page
    assert f"{secret[:12]}…" in page
    assert "takes initiatives, updates" in page
    assert "never used" in page


def test_only_a_digest_is_kept_and_nothing_is_logged(as_, ana, caplog):
    caplog.set_level(logging.DEBUG)
    client = as_(ana)
    key = form_of(client)
    secret = secret_in(makes(client, key=key))
    knocks("/exports/initiatives.csv", secret)
    kept = repr([list(model._base_manager.values_list()) for model in apps.get_models(include_auto_created=True)])
    kept += repr([session.get_decoded() for session in Session.objects.all()])
    assert digest(secret) in kept
    for part in (secret, secret.removeprefix("portal_"), key):
        assert part not in kept
        assert part not in caplog.text


def test_a_secret_that_gets_into_a_line_of_the_log_is_taken_out():
    line = logging.LogRecord("x", logging.INFO, "", 0, "Bearer portal_%s failed, portal_mark.html", ("a" * 43,), None)
    assert WithoutSecrets().format(line) == "Bearer portal_… failed, portal_mark.html"


def test_the_same_form_sent_twice_makes_one_token_and_tells_its_secret_again(as_, ana):
    client = as_(ana)
    key = form_of(client)
    with clock_at("2025-06-01"):
        first, second = (makes(client, key=key) for _ in range(2))
    assert AccessToken.objects.count() == 1
    assert secret_in(first) == secret_in(second) is not None


def test_a_form_sent_again_later_or_after_withdrawing_tells_nothing(as_, ana):
    client = as_(ana)
    key = form_of(client)
    makes(client, key=key)
    with clock_at(timezone.now() + timedelta(minutes=6)):
        late = makes(client, key=key)
    withdraw_token(token=AccessToken.objects.get(), by=ana)
    withdrawn = makes(client, key=key)
    assert [secret_in(answer) for answer in (late, withdrawn)] == [None, None]
    assert AccessToken.objects.count() == 1
    assert "its token is no longer shown" in late.content.decode()


def test_the_key_of_anas_form_makes_oscar_another_token(as_, ana, oscar):
    key = new_key()
    assert secret_in(makes(as_(ana), key=key)) != secret_in(makes(as_(oscar), key=key))
    assert AccessToken.objects.count() == 2


WRONG = [
    ({"name": ""}, "Say what the token is for."),
    ({"name": "x" * 101}, "Use at most 100 characters."),
    ({"name": "a\0b"}, "There is a hidden character after “a” (U+0000"),
    ({"datasets": []}, "Choose all data sets, or those that it may take."),
    ({"datasets": "people"}, "Choose among the data sets here."),
    ({"until": ""}, "Say until which day the token works."),
    ({"until": "soon"}, "Enter a real date, like 31/03/2026."),
    ({"until": "2025-05-31"}, "Choose a day from today, 1 June 2025, to 1 June 2026."),
    ({"until": "2026-06-02"}, "Choose a day from today, 1 June 2025, to 1 June 2026."),
    ({"until": "9999-12-31"}, "Enter a date between the years 2000 and 2100."),
]


@pytest.mark.parametrize(("typed", "words"), WRONG)
def test_what_is_typed_wrong_is_said_and_kept(as_, ana, typed, words):
    with clock_at("2025-06-01"):
        response = makes(as_(ana), **{"name": "Kept", "until": "2025-06-30"} | typed)
    assert response.status_code == 422
    assert words in response.content.decode()
    assert ("Kept" in response.content.decode()) == ("name" not in typed)
    assert not AccessToken.objects.exists()


def test_the_last_day_may_be_today_or_a_year_from_now(as_, ana):
    client = as_(ana)
    with clock_at("2025-06-01"):
        assert {makes(client, until=until).status_code for until in ("2025-06-01", "2026-06-01")} == {200}
        assert 'value="2025-08-30"' in client.get(PATH).content.decode()  # 90 days


def test_olga_and_lea_have_no_tokens(as_, olga, lea):
    for person in (olga, lea):
        assert as_(person).get(PATH).status_code == 403
        assert "Access tokens" not in as_(person).get("/accounts/").content.decode()


def test_ana_withdraws_her_own_tokens_and_nobody_elses(as_, ana, oscar):
    token, secret = a_token(ana)
    assert as_(oscar).post(PATH, {"withdraw": token.pk}).status_code == 404
    for odd in ("", "x", "9" * 50, "٣", "999"):
        assert as_(ana).post(PATH, {"withdraw": odd}).status_code == 404
    assert knocks("/exports/initiatives.csv", secret).status_code == 200
    assert as_(ana).post(PATH, {"withdraw": token.pk}).status_code == 302
    assert "<strong>Withdrawn</strong> since" in as_(ana).get(PATH).content.decode()
    answer = knocks("/exports/initiatives.csv", secret)
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")
    assert said(answer) == "This token was withdrawn: make a new one under /accounts/tokens/.\n"


# --- Using one ------------------------------------------------------------------------------------
OPEN = [
    "/exports/initiatives.csv", "/exports/updates.json", "/exports/trend.xlsx", "/exports/workbook.xlsx",
    "/exports/datapackage.zip", "/exports/datapackage.json",
]  # fmt: skip


@pytest.mark.parametrize("path", OPEN)
def test_a_token_opens_what_is_taken_away_without_a_session_or_a_cookie(olgas, ana, path):
    _, secret = a_token(ana)
    answer = knocks(path, secret)
    assert answer.status_code == 200
    assert b"".join(answer)
    assert (answer.cookies, Session.objects.count(), Visit.objects.count()) == ({}, 0, 0)


SHUT = ["/", "/exports/", "/initiatives/DS-001/", "/my/", "/accounts/", PATH, "/admin/", "/exports/downloads/"]


@pytest.mark.parametrize("path", SHUT)
def test_a_token_opens_nothing_else(olgas, oscar, path):
    _, secret = a_token(oscar)
    answer = knocks(path, secret)
    assert answer.status_code == 403
    assert said(answer).startswith("A token opens the addresses of data sets alone")
    assert "DS-001" not in answer.content.decode()


def test_a_token_posts_nothing(olgas, oscar):
    _, secret = a_token(oscar)
    for method in ("post", "put", "delete", "patch"):
        assert knocks("/exports/initiatives.csv", secret, method).status_code == 405
        assert knocks("/initiatives/DS-001/update/", secret, method).status_code == 403


def test_a_token_is_as_good_as_who_is_signed_in_and_no_better(olgas, ana, as_):
    """A browser whose session comes along with a bad token hears of the token; elsewhere the session counts."""
    client = as_(ana)
    bad = {"Authorization": "Bearer portal_bad"}
    assert client.get("/exports/initiatives.csv", headers=bad).status_code == 401
    assert client.get("/initiatives/", headers=bad).status_code == 200


ODD = [
    "Bearer", "Bearer ", "bearer portal_", "Bearer portal_" + "x" * 43, "Bearer portal_" + "x" * 5000, "Bearer a b",
    "Bearer \xff", "Bearer ' OR 1=1 --", "Bearer portal_a,Bearer portal_b", "Basic YW5hOnBvcC11cC1ib29r", "Digest x",
    "", ",", "portal_" + "x" * 43, "Bearer=portal_x", "Bearer\tx",
]  # fmt: skip


@pytest.mark.parametrize("shown", ODD)
def test_what_is_no_token_is_refused_in_a_sentence(olgas, shown):
    answer = Client().get("/exports/initiatives.csv", headers={"Authorization": shown})
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")
    assert said(answer).count("\n") == 1
    assert "DS-001" not in answer.content.decode()


def test_another_scheme_beside_a_session_is_none_of_our_business(olgas, ana, as_):
    headers = {"Authorization": "Basic YTpi"}  # of a proxy in front
    assert as_(ana).get("/exports/initiatives.csv", headers=headers).status_code == 200
    assert "<h1>" in as_(ana).get("/exports/initiatives.csv?x=y", headers=headers).content.decode()


def test_the_scheme_is_read_in_any_case(olgas, ana):
    _, secret = a_token(ana)
    for scheme in ("bearer", "BEARER", "Bearer "):
        assert knocks("/exports/trend.csv", secret, scheme=scheme).status_code == 200


def test_a_token_works_to_the_end_of_its_last_day_in_london(olgas, ana):
    _, secret = a_token(ana, until="2025-06-30")
    with clock_at(timezone.datetime.fromisoformat("2025-06-30T22:59:59+00:00")):
        assert knocks("/exports/initiatives.csv", secret).status_code == 200
    with clock_at(timezone.datetime.fromisoformat("2025-06-30T23:00:00+00:00")):
        answer = knocks("/exports/initiatives.csv", secret)
    assert answer.status_code == 401
    assert said(answer) == "This token worked until 2025-06-30: make a new one under /accounts/tokens/.\n"


def test_who_leaves_or_loses_their_role_loses_their_tokens(olgas, ana):
    _, secret = a_token(ana)
    grant = ana.grants.get()
    for change in ({"is_active": False}, {"is_active": True}):
        for name, value in change.items():
            setattr(ana, name, value)
        ana.save()
        answer = knocks("/exports/initiatives.csv", secret)
        assert answer.status_code == (200 if ana.is_active else 401)
    grant.role = "contributor"
    grant.save()
    answer = knocks("/exports/initiatives.csv", secret)
    assert answer.status_code == 401
    assert "may no longer use tokens here" in said(answer)


def test_a_limited_token_takes_what_it_is_for(olgas, ana):
    _, secret = a_token(ana, "initiatives", "updates")
    allowed = ["/exports/initiatives.csv", "/exports/updates.xlsx", "/exports/datapackage.json"]
    assert {knocks(path, secret).status_code for path in allowed} == {200}
    answer = knocks("/exports/milestones.csv", secret)
    assert answer.status_code == 403
    assert said(answer) == "This token does not take milestones: it takes initiatives, updates.\n"
    for path in ("/exports/workbook.xlsx", "/exports/datapackage.zip"):
        answer = knocks(path, secret)
        assert answer.status_code == 403
        assert said(answer) == "This file holds all data sets, and this token takes initiatives, updates.\n"


def test_what_is_asked_wrongly_is_said_in_plain_text(olgas, ana):
    _, secret = a_token(ana)
    for path, status, words in (
        ("/exports/initiatives.csv?colour=red", 400, "“colour” is not a filter."),
        ("/exports/initiatives.csv?as_at=soon", 400, "as_at must be a date"),
        ("/exports/initiatives.csv?q=a%00b", 400, "The address holds a null character"),
        ("/exports/people.csv", 404, "There is no such data set."),
        ("/exports/initiatives.pdf", 404, "There is no such data set."),
        ("/exports/initiatives.json?page=9", 404, "There is no such page."),
        ("/exports/none/such", 404, "There is no page at this address."),
    ):
        answer = knocks(path, secret)
        assert (path, answer.status_code) == (path, status)
        assert said(answer).startswith(words)


def test_the_last_use_is_noted_at_most_once_a_minute(olgas, ana, as_):
    token, secret = a_token(ana)
    uses = []
    for moment in ("09:00:00", "09:00:59", "09:01:00"):
        with clock_at(timezone.datetime.fromisoformat(f"2025-06-10T{moment}+00:00")):
            knocks("/exports/trend.csv", secret)
        token.refresh_from_db()
        uses.append(f"{token.last_used_at:%H:%M:%S}")
    assert uses == ["09:00:00", "09:00:00", "09:01:00"]
    assert "last used on 10 Jun 2025, 10:01" in as_(ana).get(PATH).content.decode()


def test_a_failed_token_is_no_use(ana):
    token, secret = a_token(ana, until="2025-01-01")
    assert knocks("/exports/trend.csv", secret).status_code == 401
    token.refresh_from_db()
    assert token.last_used_at is None


def test_an_address_that_sends_many_bad_tokens_waits_and_a_good_one_still_works(olgas, ana, settings):
    _, secret = a_token(ana)
    asked = [knocks("/exports/trend.csv", "portal_bad").status_code for _ in range(32)]
    assert asked == [401] * 30 + [429] * 2
    assert knocks("/exports/trend.csv", "portal_bad")["Retry-After"] == "60"
    assert knocks("/exports/trend.csv", secret).status_code == 200
    settings.BEHIND_PROXY = True
    elsewhere = {"X-Forwarded-For": "10.0.0.1, 192.0.2.7"}
    assert knocks("/exports/trend.csv", "portal_bad", **elsewhere).status_code == 401


# --- Over a real connection -----------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_a_script_takes_a_file_from_a_live_portal(olgas, ana, as_, live_server):
    secret = secret_in(makes(as_(ana), datasets=["initiatives"]))
    request = Request(f"{live_server.url}/exports/initiatives.csv", headers={"Authorization": f"Bearer {secret}"})
    with urlopen(request) as answer:
        assert (answer.status, answer.headers["Set-Cookie"]) == (200, None)
        assert answer.read().decode("utf-8-sig").splitlines()[1].startswith("DS-001,")
    withdraw_token(token=AccessToken.objects.get(), by=ana)
    with pytest.raises(HTTPError) as refusal:
        urlopen(request)
    assert (refusal.value.code, refusal.value.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert refusal.value.read() == b"This token was withdrawn: make a new one under /accounts/tokens/.\n"
