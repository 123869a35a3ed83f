"""What people are told when the database, the disk or a chart fails: words, their text, and when to try again."""

import errno
import re
import sqlite3
from contextlib import ExitStack
from threading import Barrier, Event, Thread

import psycopg2
import pytest
from django.db import DatabaseError as AnyError
from django.db import DataError, IntegrityError, InternalError, OperationalError, ProgrammingError, connection
from django.db import InterfaceError as LineError
from django.http import HttpResponse
from django.test import Client, RequestFactory

from accounts.models import Visit
from initiatives.models import Update
from reports import charts
from reports.charts import pillars
from reports.models import Download
from strategy_portal.middleware import ShedsLoadMiddleware
from strategy_portal.unavailable import is_unavailable
from tests.accounts.test_tokens import a_token
from tests.factories import clock_at, undone

UPDATE = "/initiatives/DS-001/update/"
HTMX = {"HX-Request": "true"}
KEY = "0b54a3c6-6c1f-4d2c-9a55-7a7b0c1e2d3f"
LONG = "We tested the register with <three> services, and every one of them found its own records."


@pytest.fixture
def broken():
    """Break the database for a while: `with broken(): …`, every question of it or those that a word begins."""

    def breaking(beginning="", fault=None):
        def falls(execute, sql, params, many, context):
            if sql.upper().startswith(beginning):
                raise fault or OperationalError("server closed the connection unexpectedly")
            return execute(sql, params, many, context)

        return connection.execute_wrapper(falls)

    return breaking


@pytest.fixture
def opens():
    """A person's browser: Django's answer to a fault is what it shows, and its forms carry their token."""

    def opened(person, **more):
        client = Client(raise_request_exception=False, **more)
        client.force_login(person)
        return client

    return opened


def texts(page):
    """Return what the form of a page would send again: name -> text."""
    hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page)
    return dict(hidden) | dict(re.findall(r'<textarea[^>]* name="([^"]+)"[^>]*>\n([^<]*)</textarea>', page))


# --- The database does not answer -----------------------------------------------------------------
@pytest.mark.parametrize("path", ["/", "/initiatives/", "/my/", "/exports/", "/accounts/login/", "/admin/"])
def test_without_the_database_a_page_says_so_and_when_to_come_back(olgas, ada, opens, broken, path):
    ada = opens(ada)
    with broken():
        response = ada.get(path)
    assert (response.status_code, response["Retry-After"], response["Cache-Control"]) == (503, "10", "no-store")
    page = response.content.decode()
    assert "The portal cannot reach its records just now. Nothing is lost." in page
    assert f'<a href="{path}">try again</a>' in page
    assert "Traceback" not in page
    assert not response.cookies
    assert ada.get(path).status_code in (200, 302)


def test_olgas_text_comes_back_in_a_form_that_saves_it_once_the_database_is_there(olgas, olga, opens, broken):
    olga = opens(olga, enforce_csrf_checks=True)
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', olga.get(UPDATE).content.decode())[1]
    typed = {"csrfmiddlewaretoken": token, "rag": "green", "what_changed": LONG, "key": KEY, "version": "0"}
    with broken():
        response = olga.post(UPDATE, typed)
    page = response.content.decode()
    assert (response.status_code, Update.objects.count()) == (503, 0)
    assert "<h1>Not saved</h1>" in page
    assert "&lt;three&gt;" in page
    again = texts(page) | {"what_changed": LONG}
    assert {name: again[name] for name in typed if name != "csrfmiddlewaretoken"} == {
        name: text for name, text in typed.items() if name != "csrfmiddlewaretoken"
    }
    assert olga.post(UPDATE, again).status_code == 302
    assert olga.post(UPDATE, again).status_code == 302
    assert Update.objects.get().what_changed == LONG


def test_htmx_hears_it_in_the_alert_and_the_form_stays(olgas, olga, opens, broken):
    olga = opens(olga)
    with broken():
        response = olga.post(UPDATE, {"rag": "green", "what_changed": LONG}, headers=HTMX)
    assert (response.status_code, response["HX-Retarget"], response["HX-Reswap"]) == (503, "#page-alert", "innerHTML")
    assert "<html" not in response.content.decode()
    assert "What you typed is still here. Try again in 10 seconds." in response.content.decode()


def test_a_program_hears_one_sentence(olgas, ana, broken):
    _, secret = a_token(ana)
    with broken():
        response = Client(raise_request_exception=False).get(
            "/exports/initiatives.csv", headers={"Authorization": f"Bearer {secret}"}
        )
    assert (response.status_code, response["Content-Type"]) == (503, "text/plain; charset=utf-8")
    assert response.content.decode().count("\n") == 1


def test_what_another_site_sends_is_not_shown(olgas, olga, opens, broken):
    olga = opens(olga, enforce_csrf_checks=True)
    olga.get(UPDATE)
    with broken():
        page = olga.post(UPDATE, {"rag": "green", "what_changed": LONG}).content.decode()
    assert "three" not in page
    assert "go back and send it again" in page


def test_a_password_is_not_shown(olga, broken):
    with broken():
        page = Client(raise_request_exception=False).post(
            "/accounts/login/", {"username": "olga", "password": "s3cret"}
        )
    assert page.status_code == 503
    assert "s3cret" not in page.content.decode()


def test_while_only_writing_fails_pages_are_read_and_saving_says_so(olgas, olga, opens, broken):
    olga = opens(olga)
    with ExitStack() as faults:
        for word in ("INSERT", "UPDATE", "DELETE"):
            faults.enter_context(broken(word))
        assert {olga.get(path).status_code for path in ("/", "/initiatives/DS-001/", UPDATE, "/my/")} == {200}
        response = olga.post(UPDATE, {"rag": "green", "what_changed": LONG})
    assert response.status_code == 503
    assert LONG.replace("<", "&lt;").replace(">", "&gt;") in response.content.decode()


def caused(fault, cause):
    fault.__cause__ = cause
    return fault


def sqlite(number):
    cause = sqlite3.OperationalError("words")
    cause.sqlite_errorcode = number
    return caused(OperationalError("words"), cause)


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (OperationalError("server closed the connection unexpectedly"), True),
        (LineError("connection already closed"), True),
        (AnyError("error with status PGRES_TUPLES_OK and no message from the libpq"), True),
        (sqlite(sqlite3.SQLITE_BUSY), True),
        (sqlite(sqlite3.SQLITE_FULL), True),
        (sqlite(sqlite3.SQLITE_READONLY), True),
        (sqlite(sqlite3.SQLITE_IOERR | 3 << 8), True),
        (sqlite(sqlite3.SQLITE_ERROR), False),  # no such table: ours
        (OSError(errno.ENOSPC, "No space left on device"), True),
        (OSError(errno.EACCES, "Permission denied"), False),
        (psycopg2.InterfaceError("cursor already closed"), True),
        (caused(ProgrammingError("set_session cannot be used inside a transaction"), OperationalError("gone")), True),
        (IntegrityError("duplicate key"), False),
        (DataError("value too long"), False),
        (ProgrammingError("syntax error"), False),
        (InternalError("no read-only transaction"), False),
        (ValueError("ours"), False),
        (None, False),
    ],
    ids=repr,
)
def test_what_passes_is_told_from_what_is_a_fault_of_ours(fault, expected):
    assert is_unavailable(fault) is expected


def test_a_fault_of_ours_is_still_one(olgas, olga, opens, broken):
    olga = opens(olga)
    with broken(fault=IntegrityError("duplicate key")):
        response = olga.get("/")
    assert response.status_code == 500
    assert "Something went wrong" in response.content.decode()


def test_the_database_itself_refuses_writes(olgas, olga, opens):
    """PostgreSQL says so in a word of its own, SQLite in another."""
    olga, postgres = opens(olga), connection.vendor == "postgresql"
    olga.get(UPDATE)
    with undone(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION READ ONLY" if postgres else "PRAGMA query_only = ON")
        try:
            response = olga.post(UPDATE, {"rag": "green", "what_changed": LONG, "key": KEY})
        finally:
            if not postgres:
                cursor.execute("PRAGMA query_only = OFF")
    assert response.status_code == 503
    assert LONG.replace("<", "&lt;").replace(">", "&gt;") in response.content.decode()


# --- Reading only ---------------------------------------------------------------------------------
@pytest.fixture(params=["by the environment", "by a file"])
def only_reading(request, settings, tmp_path):
    def begins():
        if request.param == "by a file":
            (tmp_path / "read-only").touch()
        else:
            settings.READ_ONLY = True

    settings.READ_ONLY_FILE = str(tmp_path / "read-only")
    return begins


def test_reading_only_every_page_is_read_and_nothing_is_written(olgas, olga, as_, only_reading):
    olga = as_(olga)
    only_reading()
    with clock_at("2025-06-02"):
        for path in ("/", "/initiatives/", "/initiatives/DS-001/", UPDATE, "/my/", "/exports/"):
            page = olga.get(path)
            assert (path, page.status_code) == (path, 200)
            assert "Nothing can be saved just now" in page.content.decode()
        assert b"DS-001" in b"".join(olga.get("/exports/initiatives.csv"))
        response = olga.post(UPDATE, {"rag": "green", "what_changed": LONG})
    assert (response.status_code, response["Retry-After"]) == (503, "300")
    assert "We tested the register" in response.content.decode()
    assert (Visit.objects.count(), Download.objects.count(), Update.objects.count()) == (0, 0, 0)


def test_reading_only_a_token_reads_and_leaves_no_trace(olgas, ana, only_reading):
    token, secret = a_token(ana)
    only_reading()
    assert Client().get("/exports/initiatives.csv", headers={"Authorization": f"Bearer {secret}"}).status_code == 200
    token.refresh_from_db()
    assert (token.last_used_at, Download.objects.count()) == (None, 0)


def test_reading_only_people_sign_in_and_out(olga, lea, as_, only_reading):
    only_reading()
    client = Client()
    assert client.post("/accounts/login/", {"username": "olga", "password": "pop-up-book"}).status_code == 302
    assert client.post("/accounts/logout/").status_code == 302


def test_when_it_is_over_the_banner_goes_and_saving_works(olgas, olga, as_, settings, tmp_path):
    settings.READ_ONLY_FILE = str(tmp_path / "read-only")
    olga, switch = as_(olga), tmp_path / "read-only"
    switch.touch()
    assert olga.post(UPDATE, {"rag": "green", "what_changed": LONG}).status_code == 503
    switch.unlink()
    assert "Nothing can be saved" not in olga.get("/").content.decode()
    assert olga.post(UPDATE, {"rag": "green", "what_changed": LONG}).status_code == 302


# --- More than it can do --------------------------------------------------------------------------
def test_beyond_the_limit_one_is_told_at_once_and_room_is_made_again(settings):
    settings.MOST_AT_ONCE = 2
    inside, go_on = Barrier(3), Event()

    def works(request):
        inside.wait(timeout=30)
        go_on.wait(timeout=30)
        return HttpResponse("done")

    shed, ask = ShedsLoadMiddleware(works), RequestFactory().get("/")
    working = [Thread(target=shed, args=[ask]) for _ in range(2)]
    for thread in working:
        thread.start()
    inside.wait(timeout=30)
    response = shed(ask)
    assert (response.status_code, response["Retry-After"]) == (503, "5")
    assert "The portal is very busy just now. Nothing is lost." in response.content.decode()
    go_on.set()
    for thread in working:
        thread.join()
    shed.get_response = lambda request: HttpResponse("done")
    assert [shed(ask).status_code for _ in range(5)] == [200] * 5


def test_a_view_that_fails_makes_room_too(settings):
    settings.MOST_AT_ONCE = 1

    def fails(request):
        raise ZeroDivisionError

    shed = ShedsLoadMiddleware(fails)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            shed(RequestFactory().get("/"))


# --- A chart that cannot be drawn -----------------------------------------------------------------
def test_where_a_chart_cannot_be_drawn_the_page_stands_and_the_log_says_why(olgas, lea, as_, monkeypatch, caplog):
    monkeypatch.setattr(pillars, "_shown", lambda counts: 1 / 0)
    page = as_(lea).get("/")
    words = page.content.decode()
    assert page.status_code == 200
    assert words.count("This chart cannot be shown.") == 1
    assert '<div class="chart" id="chart-distribution">' in words
    assert '<figure class="chart" id="chart-progress"' in words
    assert "the chart distribution could not be drawn" in caplog.text
    assert "ZeroDivisionError" in caplog.text


@pytest.mark.parametrize(
    "draw",
    [charts.distribution_chart, charts.progress_chart, charts.trend_chart, charts.timeline_chart, charts.end_chart],
)
def test_every_chart_says_that_it_failed_rather_than_taking_its_page_along(draw):
    nonsense = [None] * (draw.__wrapped__.__code__.co_argcount)
    assert draw(*nonsense).failed
