"""The log: a line of JSON for each request, by which a fault can be found and nobody's secrets can."""

import io
import json
import logging
import re
import runpy
import sys
from urllib.parse import unquote_to_bytes

import pytest
from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import BadRequest
from django.test import Client, RequestFactory
from django.test.client import ClientHandler
from django.urls import include, path
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.module_loading import import_string

from accounts.access import Door, opens_to
from accounts.tokens import make_token, new_key
from initiatives.links import make_link
from initiatives.models import ReminderPreference
from initiatives.reminders.calendar import key_of
from strategy_portal.logs import JsonLines, WithoutSecrets
from tests.factories import day
from tests.initiatives.imports.files import a_file

NARRATIVE = "The merger stays between us"


@opens_to(Door.EVERYONE)
def stumbles(request):
    try:
        int(f"{NARRATIVE} {request.POST.get('words')}")
    except ValueError as error:
        raise RuntimeError(f"could not keep {NARRATIVE}") from error


@opens_to(Door.EVERYONE)
def refuses(request):
    raise BadRequest("Say a date.")


urlpatterns = [path("stumbles/", stumbles), path("refuses/", refuses), path("", include("strategy_portal.urls"))]
handler400 = "strategy_portal.errors.bad_request"
handler403 = "strategy_portal.errors.permission_denied"
handler404 = "strategy_portal.errors.page_not_found"
handler500 = "strategy_portal.errors.server_error"


@pytest.fixture
def lines(settings):
    """Everything that any logger says, as the portal writes it; returns what reads it so far."""
    settings.ROOT_URLCONF = __name__
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(import_string(settings.LOGGING["formatters"]["without_secrets"]["()"])())
    root, levels = logging.getLogger(), {}
    for name in ("", "portal", "django", "django.request", "django.security", "django.template"):
        levels[name] = logging.getLogger(name).level
        logging.getLogger(name).setLevel(logging.DEBUG if name != "django.template" else logging.INFO)
    root.addHandler(handler)
    yield lambda: written.getvalue().splitlines()
    root.removeHandler(handler)
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


def of_requests(lines):
    return [told for told in map(json.loads, lines()) if told["from"] == "portal.requests"]


def test_a_request_is_one_line_that_says_who_what_and_how_long(lines, as_, olga, olgas):
    answer = as_(olga).get("/initiatives/DS-001/?q=secret")
    (told,) = of_requests(lines)
    assert re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", told.pop("at"))
    assert told.pop("ms") >= 0
    assert told.pop("request") == answer["X-Request-ID"]
    assert told == {
        "level": "info", "from": "portal.requests", "message": "answered", "method": "GET",
        "path": "/initiatives/DS-001/", "status": 200, "person": olga.pk,
    }  # fmt: skip


def test_refusals_stand_out_and_name_the_person(lines, as_, nadia):
    as_(nadia).get("/initiatives/")
    as_(nadia).get("/refuses/")
    Client().get("/initiatives/")
    told = [(t["level"], t["message"], t["status"], t["person"]) for t in of_requests(lines)]
    assert told == [
        ("warning", "refused", 403, nadia.pk),
        ("warning", "refused", 400, nadia.pk),
        ("info", "answered", 302, None),
    ]


def test_signing_in_and_out_and_failing_to_are_on_record(lines, olga):
    visitor = Client()
    visitor.post("/accounts/login/", {"username": "olga", "password": "wrong-pass"})
    visitor.post("/accounts/login/", {"username": "olga", "password": "pop-up-book"})
    visitor.post("/accounts/logout/")
    told = [(t["message"], t.get("person")) for t in map(json.loads, lines()) if t["from"] == "portal.sign_ins"]
    assert told == [("sign-in refused", None), ("signed in", olga.pk), ("signed out", olga.pk)]


ODD = [
    "/%0d%0a{}", "/a%0ab", "/%1b%5b31mred", "/%e2%80%a8x", "/%00", '/"},{"level":"x', "/%ff%fe", "/" + "x" * 9_000,
]  # fmt: skip


@pytest.mark.parametrize("address", ODD, ids=lambda address: address[:10])
def test_no_address_begins_a_line_of_its_own_or_colours_a_terminal(db, lines, address):
    request = RequestFactory().generic("GE\x1bT\n", address, headers={"user-agent": "x\r\n\x1b[31m"})
    request.environ["PATH_INFO"] = unquote_to_bytes(address).decode("latin-1")  # as a server hands it over
    ClientHandler()(request.environ)
    (told,) = of_requests(lines)
    assert len(told["path"]) <= 300
    for line in lines():
        assert line.isascii()
        assert line.isprintable()
        json.loads(line)


# --- The number of a request ----------------------------------------------------------------------
GIVEN = ["abcdefgh", "0" * 65, "short", "a b c d e f", "x\n" * 8, "<script>alert", "", "ümläütig", "-12345678"]


def test_a_number_from_outside_is_not_taken_over(db, lines):
    numbers = {Client(headers={"x-request-id": given}).get("/healthz")["X-Request-ID"] for given in GIVEN}
    assert len(numbers) == len(GIVEN)
    assert all(re.fullmatch("[0-9a-f]{32}", number) for number in numbers)


def test_the_proxys_number_is_taken_over_when_its_form_is_safe(db, lines, settings):
    settings.BEHIND_PROXY = True
    taken = [g for g in GIVEN if Client(headers={"x-request-id": g}).get("/healthz")["X-Request-ID"] == g]
    assert taken == ["abcdefgh"]


@pytest.mark.parametrize(("address", "status"), [("/refuses/", 400), ("/nowhere/", 404), ("/stumbles/", 500)])
def test_a_page_that_says_what_went_wrong_names_the_number_in_the_log(lines, as_, lea, address, status):
    client = as_(lea)
    client.raise_request_exception = False
    answer = client.get(address)
    assert answer.status_code == status
    number = answer["X-Request-ID"]
    assert f"this number: <code>{number}</code>" in answer.content.decode()
    assert number in {json.loads(line)["request"] for line in lines()}


def test_a_crash_is_written_with_its_kind_and_places_and_without_what_was_typed(lines, db):
    Client(raise_request_exception=False).post("/stumbles/", {"words": NARRATIVE})
    (crash,) = [told for told in map(json.loads, lines()) if "exception" in told]
    assert crash["exception"] == "RuntimeError"
    assert re.search(r"test_logs\.py:\d+ stumbles$", crash["places"][-1])
    assert NARRATIVE not in "".join(lines())


# --- Secrets --------------------------------------------------------------------------------------
def test_a_walk_through_the_whole_product_leaves_no_secret_in_the_log(
    lines, as_, olga, olgas, oscar, ana, polly, settings, mailoutbox
):
    olga.email = "olga.owens@planted.example"
    olga.save()
    _, secret = make_token(by=ana, name="Script", datasets=[], until=day("2100-01-01"), key=new_key())
    _, link = make_link(initiative=olgas, person=polly, by=oscar)
    calendar = key_of(ReminderPreference.objects.create(person=olga))
    reset = default_token_generator.make_token(olga)
    uid = urlsafe_base64_encode(force_bytes(olga.pk))
    owner, office, stranger = as_(olga), as_(oscar), Client(raise_request_exception=False)
    session = owner.cookies[settings.SESSION_COOKIE_NAME].value
    said = {"rag": "green", "what_changed": NARRATIVE}

    stranger.post("/accounts/login/", {"username": "olga", "password": "Pass-word-planted"})
    stranger.post("/accounts/login/", {"username": "Pass-word-planted", "password": "x"})
    Client(enforce_csrf_checks=True).post("/accounts/login/", {"username": "olga", "password": "Pass-word-planted"})
    stranger.post("/accounts/password_reset/", {"email": olga.email})
    stranger.get(f"/accounts/set_password/{uid}/{reset}/")
    Client(enforce_csrf_checks=True).post(link, said)
    stranger.get(link)
    stranger.get(f"{link}x/")
    stranger.get(f"/calendar/{calendar}.ics")
    stranger.get("/exports/updates.csv", headers={"authorization": f"Bearer {secret}"})
    stranger.get("/exports/updates.csv", headers={"authorization": f"Bearer {secret[:-1]}"})
    stranger.get(f"/exports/updates.csv?token={secret}")
    stranger.get(f"/{secret}/")
    owner.post("/initiatives/DS-001/update/", said | {"rag": "amber"})
    owner.post("/initiatives/DS-001/update/", said)
    owner.post("/initiatives/DS-001/notes/", {"words": NARRATIVE})
    owner.get("/initiatives/", {"q": NARRATIVE})
    stranger.post("/stumbles/", {"words": f"{NARRATIVE} {olga.email}"})
    office.post("/imports/", {"file": io.BytesIO(a_file("ref | title", f"DS-9 | {NARRATIVE}")), "as_of": "2025-06-01"})
    logging.getLogger("portal.reminders").warning("no letter to %s: %s", olga.email, f"https://x{link}")

    text = "\n".join(lines())
    assert len(of_requests(lines)) >= 18
    assert len(mailoutbox) == 1
    planted = {
        "password": "Pass-word-planted", "session": session, "token": secret[8:], "link": link.split("/")[2],
        "calendar": calendar, "reset": reset, "narrative": NARRATIVE, "e-mail": "planted.example",
    }  # fmt: skip
    assert [what for what, words in planted.items() if words in text] == []


def test_plain_lines_for_developers_hold_no_secret_either():
    line = logging.LogRecord("x", logging.INFO, "", 0, "to %s", ("olga.owens@planted.example",), None)
    assert WithoutSecrets().format(line) == "to …@…"


def test_gunicorn_writes_in_the_same_way_and_keeps_no_log_of_its_own():
    told = runpy.run_path("strategy_portal/gunicorn.py")
    assert told["accesslog"] is None
    assert import_string(told["logconfig_dict"]["formatters"]["json_lines"]["()"]) is JsonLines


def test_a_line_of_whatever_kind_is_one_line():
    try:
        raise ValueError("a\nb")
    except ValueError:
        record = logging.LogRecord("x", logging.ERROR, "", 0, "a\r\nb\x1b[31m \ud800", None, sys.exc_info())
    line = JsonLines().format(record)
    assert line.isprintable()
    assert json.loads(line)["exception"] == "ValueError"
    assert settings.LOGGING["handlers"]["console"]["formatter"] == "without_secrets"
