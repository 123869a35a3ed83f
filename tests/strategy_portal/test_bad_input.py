"""What an address may not hold is refused in words, in the portal's look, on every page: never a crash.

The test client raises what a page raises, so a crash fails the test.
"""

import re
from itertools import product
from urllib.parse import quote

import pytest
from django.test import Client

from tests.factories import aligns, asks, moves, says

PAGES = [
    "/",
    "/pillars/",
    "/pillars/purpose/",
    "/meeting/",
    "/aims/",
    "/aims/A1/",
    "/aims/E1/",
    "/initiatives/",
    "/initiatives/DS-001/",
    "/calendar/",
    "/changes/",
    "/initiatives/DS-001/dependencies/",
    "/dependencies/",
    "/asks/",
    "/exports/",
    "/exports/initiatives.csv",
    "/exports/updates.csv",
    "/exports/trend.csv",
    "/exports/notes.csv",
    "/exports/asks.csv",
    "/exports/milestones.xlsx",
    "/exports/date_moves.json",
    "/exports/workbook.xlsx",
    "/exports/datapackage.json",
    "/exports/datapackage.zip",
]
FILTERED = [
    "/initiatives/", "/dependencies/", "/meeting/", "/exports/", "/exports/initiatives.csv", "/exports/updates.csv",
    "/exports/updates.xlsx", "/exports/notes.json", "/exports/datapackage.zip",
]  # fmt: skip
PAGED = ["/initiatives/", "/dependencies/", "/pillars/purpose/", "/calendar/", "/asks/", "/exports/updates.json"]
FILTERS = {
    "pillar": "purpose, process, people, potential.",
    "attention": "late, silent, moved, watermelon, ask.",
    "status": "proposed, green, amber, red, no-current-update, never-updated, paused, complete, stopped.",
    "stage": "proposed, in-progress, paused, complete, stopped.",
    "rag": "green, amber, red.",
    "owner": "Use a username or a display name.",
    "commitment": "E1, E2, E3.",
    "directorate": "Place.",
    "focus": "priority, vulnerability, opportunity.",
}
HTMX = {"HX-Request": "true"}


@pytest.fixture
def reader(olgas, as_, ana):
    olgas.directorate = "Place"
    olgas.save()
    says(olgas, "green", on="2025-06-10")
    moves(olgas, 2, to="2026-01-31", recorded="2025-06-10")
    asks(olgas, on="2025-06-10")
    aligns(olgas, "E1", recorded="2025-04-02")
    return as_(ana)


def words(response):
    """Return the words of a refusal, having seen that it is a page of the portal's, or else an alert."""
    page = response.content.decode()
    if "<html" in page:
        assert page.count("<h1>") == 1
        assert '<nav class="nav"' in page
        page = page.split("<h1>")[1].split("<footer")[0]
    return " ".join(re.sub(r"<[^>]*>", " ", page).split())


# --- The day --------------------------------------------------------------------------------------
DATES = "as_at must be a date written as YYYY-MM-DD"
REACH = "as_at must be from 2025-04-01, when this portal's history begins, to today"
DAYS = [
    ("soon", DATES),
    ("2025-02-30", DATES),
    ("20250601", DATES),
    ("2025-W22-1", DATES),
    ("01/06/2025", DATES),
    ("2025-6-1", DATES),
    (" 2025-06-1", DATES),
    ("٢٠٢٥-٠٦-٠١", DATES),
    ("0000-00-00", DATES),
    ("9" * 5000, DATES),
    ("<script>", DATES),
    ("\u202e2025-06-01", DATES),
    ("0001-01-01", REACH),
    ("2025-03-31", REACH),
    ("9999-12-31", REACH),
    ("2025-06\x0001", "The address holds a null character"),
]


@pytest.mark.parametrize("path", PAGES)
def test_a_day_that_is_none_or_out_of_reach_is_refused_in_words(reader, path):
    for value, reason in DAYS:
        response = reader.get(path, {"as_at": value})
        assert (value[:20], response.status_code) == (value[:20], 400)
        assert reason in words(response).replace("&#x27;", "'")
        assert "<script>" not in response.content.decode().split("<h1>")[1]


@pytest.mark.parametrize("path", PAGES)
def test_two_days_at_once_are_refused_and_the_same_day_twice_is_not(reader, path):
    response = reader.get(f"{path}?as_at=2025-06-01&as_at=2025-06-02")
    assert response.status_code == 400
    assert "as_at was given more than once: give one date." in words(response)
    assert reader.get(f"{path}?as_at=2025-06-12&as_at=2025-06-12").status_code == 200
    assert reader.get(f"{path}?as_at=").status_code == 200


@pytest.mark.parametrize(("path", "name"), [("/changes/", "since"), *((path, "compare") for path in PAGES[:9])])
def test_another_day_that_is_none_or_out_of_reach_is_refused_in_words(reader, path, name):
    for value, reason in DAYS:
        response = reader.get(path, {name: value})
        assert (value[:20], response.status_code) == (value[:20], 400)
        assert reason.replace("as_at", name) in words(response).replace("&#x27;", "'")
        assert "<script>" not in response.content.decode().split("<h1>")[1]
    response = reader.get(f"{path}?{name}=2025-06-01&{name}=2025-06-02")
    assert response.status_code == 400
    assert f"{name} was given more than once: give one date." in words(response)
    assert reader.get(f"{path}?{name}=").status_code == 200


def test_the_day_since_which_lies_before_the_day_of_the_page(reader):
    for query in ("since=2025-06-10&as_at=2025-06-10", "since=2025-06-11&as_at=2025-06-10"):
        response = reader.get(f"/changes/?{query}")
        assert response.status_code == 400
        assert "since must be before 2025-06-10, the day that the page speaks of." in words(response)


def test_the_first_and_the_last_day_of_history_are_in_reach(reader):
    for path in PAGES:
        assert reader.get(f"{path}?as_at=2025-04-01").status_code == 200


# --- Filters, search, order and pages -------------------------------------------------------------
@pytest.mark.parametrize("path", FILTERED)
def test_an_unknown_value_is_refused_and_what_is_allowed_is_named(reader, path):
    odd = ["unknown", "<script>alert(1)</script>", "' OR 1=1 --", "9" * 5000, "\u202egnol", "%", "٥", "None"]
    for name, value in product(FILTERS, odd if path == "/initiatives/" else odd[:2]):
        response = reader.get(path, {name: value})
        assert response.status_code == 400
        told = words(response)
        assert told.split(". ")[0].startswith("That could not be read " + name)
        assert FILTERS[name] in told
        assert "<script>alert" not in response.content.decode()


@pytest.mark.parametrize("path", FILTERED)
def test_one_unknown_value_among_known_ones_is_refused(reader, path):
    assert reader.get(f"{path}?status=green&status=orange").status_code == 400


@pytest.mark.parametrize("path", FILTERED)
def test_a_search_is_short_and_plain(reader, path):
    assert "q must be 200 characters at most; it holds 5,000." in words(reader.get(path, {"q": "x" * 5_000}))
    assert "it asks 1,000,002 characters of things, where" in words(reader.get(path, {"q": "x" * 1_000_000}))
    assert "The address holds a null character" in words(reader.get(f"{path}?q=a%00b"))
    for value in ("%", "_", "'", '"', "\\", "\u202egnol", "<script>alert(1)</script>", "[", "(", "*", "💥" * 200):
        response = reader.get(path, {"q": value})
        assert response.status_code == 200
        assert b"<script>alert" not in b"".join(response)


def test_an_order_that_is_none_is_refused_and_the_known_ones_are_named(reader):
    odd = ("nothing", "--ref", "ref,title", "ref;drop table", "owner__password", "-", "?", "ref ", "<script>", "REF")
    for sort in odd:
        response = reader.get("/initiatives/", {"sort": sort})
        assert (sort, response.status_code) == (sort, 400)
        assert "sort must be one of ref, title, pillar, status, progress, gap, updated, due, owner" in words(response)


@pytest.mark.parametrize("path", PAGED)
def test_a_page_is_a_whole_number_from_1_that_there_is(reader, path):
    for value in ("-1", "0", "abc", "1e9", "٥", "1.0", " 1", "1_0", "0x1", "9" * 10, "9" * 5000, "last", "+1", "½"):
        response = reader.get(path, {"page": value})
        assert (value[:20], response.status_code) == (value[:20], 400)
        assert "page must be a whole number from 1." in words(response)
    for value in ("2", "1000", "9" * 9):
        response = reader.get(path, {"page": value})
        assert response.status_code == 404
        assert "Page not found" in words(response)
    assert reader.get(path, {"page": ""}).status_code == 200


@pytest.mark.parametrize("path", ["/imports/", "/imports/mappings/"])
def test_a_page_of_imports_is_a_whole_number_from_1_that_there_is(as_, oscar, path):
    office = as_(oscar)
    for value in ("-1", "0", "abc", "٥", "9" * 5000, "½"):
        response = office.get(path, {"page": value})
        assert (value[:20], response.status_code) == (value[:20], 400)
        assert "page must be a whole number from 1." in words(response)
    assert office.get(path, {"page": "2"}).status_code == 404


def test_the_calendar_shows_1_to_8_quarters_and_says_so(reader):
    for value in ("0", "9", "-1", "04", "4.0", " 4", "four", "٤", "1e1", "9" * 5000, "<script>", "½", "None"):
        response = reader.get("/calendar/", {"quarters": value})
        assert (value[:20], response.status_code) == (value[:20], 400)
        assert "quarters must be a whole number from 1 to 8." in words(response)
    assert {reader.get("/calendar/", {"quarters": value}).status_code for value in ("", "1", "8")} == {200}


def test_the_calendar_names_the_pillars_that_it_knows(reader):
    response = reader.get("/calendar/", {"pillar": "profit"})
    assert response.status_code == 400
    assert "one of the values allowed: purpose, process, people, potential." in words(response)


def test_the_asks_are_of_pillars_that_there_are_and_put_to_me_or_to_anybody(reader):
    for value in ("profit", "<script>", "9" * 5000, "\u202e", "purpose,people", "None"):
        response = reader.get("/asks/", {"pillar": value})
        assert (value[:20], response.status_code) == (value[:20], 400)
        assert "one of the values allowed: purpose, process, people, potential." in words(response)
    for value in ("them", "ME", "1", "me,me", "9" * 5000, "<script>"):
        response = reader.get("/asks/", {"of": value})
        assert (value[:20], response.status_code) == (value[:20], 400)
        assert "of must be me, or left out." in words(response)
    assert {reader.get(f"/asks/?{query}").status_code for query in ("of=", "of=me&of=me", "pillar=")} == {200}


@pytest.mark.parametrize("path", PAGES)
def test_no_number_of_repeats_is_a_crash(reader, path):
    for query, count in product(("pillar=purpose", "as_at=2025-06-01", "q=a"), (900, 5000)):
        response = reader.get(f"{path}?{'&'.join([query] * count)}")
        assert response.status_code in (200, 400)


OF_THE_DESK = ["/accounts/my-data/", "/accounts/tokens/", "/exports/views/", "/exports/views/new/?dataset=trend"]
OF_THE_OFFICE = [
    "/exports/downloads/", "/imports/", "/imports/mappings/", "/initiatives/DS-001/handover/", "/record/",
    "/initiatives/DS-001/record/",
    "/initiatives/DS-001/stand-in/", "/initiatives/orphans/",
]  # fmt: skip


@pytest.mark.parametrize(
    "path",
    [
        *PAGES,
        "/accounts/",
        "/my/reminders/",
        "/my/calendar.ics",
        "/initiatives/DS-001/update/",
        *OF_THE_DESK,
        *OF_THE_OFFICE,
    ],
)
def test_odd_questions_are_no_crash(reader, path, olga, oscar, as_):
    client = as_(oscar) if path in OF_THE_OFFICE else as_(olga) if "update" in path else reader
    odd = ["%ED%A0%80=%ED%A0%80", "q=%FF", "as_at%00=1", "=", "&&&", "%", "a" * 100_000, "status__in=green", "q[]=x"]
    for query in [*odd, "_method=DELETE", "page=1;page=2"]:
        response = client.get(f"{path}{'&' if '?' in path else '?'}{quote(query, safe='%=&;[]/')}")
        assert response.status_code in (200, 400)


def test_htmx_hears_it_in_the_alert(reader):
    for query in ("status=orange", "as_at=soon", "page=0", "sort=x", "q=a%00b", "page=99"):
        response = reader.get(f"/initiatives/?{query}", headers=HTMX)
        assert (query, response.status_code) == (query, 404 if query == "page=99" else 400)
        assert response["HX-Retarget"] == "#page-alert"
        assert "<html" not in response.content.decode()


@pytest.mark.parametrize("sent", ["\0", "abc", "9" * 5000, "9" * 19, "-1", "٥", "1.0", "olga"])
def test_a_person_who_is_none_is_refused_in_the_administration(as_, oscar, strategy, sent):
    form = {"ref": "DS-009", "title": "Nine", "pillar": "1", "cadence": "monthly", "weight": "1", "owner": sent}
    response = as_(oscar).post("/admin/initiatives/initiative/add/", form)
    assert response.status_code == 200
    assert "errors field-owner" in response.content.decode()


# --- Addresses ------------------------------------------------------------------------------------
UNKNOWN = [
    "/nowhere/", "/initiatives/DS-999/", "/initiatives/DS-001/edit/", "/initiatives/DS-%00/", "/pillars/%00/",
    "/pillars/profit/", "/aims/A99/", "/exports/people.csv", "/%ED%A0%80/", "/%FF/", "/..%2f..%2fetc/passwd",
    "/initiatives/" + "x" * 100_000 + "/", "/pillars/%E2%80%AEesoprup/", "/<script>alert(1)</script>/",
    "/imports/" + "9" * 19 + "/", "/imports/x/",
    "/initiatives/DS-" + "9" * 5000 + "/", "/static/../portal.sqlite3", "/.secret-key", "/portal.sqlite3",
]  # fmt: skip


def test_an_unknown_address_is_a_page_of_the_portals(reader):
    for path in UNKNOWN:
        response = reader.get(path)
        assert (path[:40], response.status_code) == (path[:40], 404)
        assert words(response).startswith("Page not found There is no ")
        assert "<script>alert" not in response.content.decode()


def test_a_stranger_learns_nothing_from_an_unknown_address(olgas):
    known, unknown = (Client().get(f"/initiatives/{ref}/") for ref in ("DS-001", "DS-999"))
    assert (known.status_code, unknown.status_code) == (302, 302)
    assert Client().get("/nowhere/").status_code == 404


# --- Headers --------------------------------------------------------------------------------------
ODD_HEADERS = [
    {"HX-Request": "x" * 10_000},
    {"HX-Request": "true", "HX-Current-URL": "http://[", "HX-Target": "<script>"},
    {"HX-Request": "true", "HX-Current-URL": "x" * 50_000},
    {"HX-Request": "true", "HX-Prompt": "\x00", "HX-Trigger-Name": "\u202e"},
    {"Accept-Language": "a," * 25_000},
    {"X-HTTP-Method-Override": "DELETE"},
    {"X-Forwarded-Host": "example.org"},
    {"Accept": "application/json"},
    {"Range": "bytes=0-99999999999"},
    {"If-Modified-Since": "yesterday"},
]


def test_odd_headers_change_nothing(reader):
    stranger = Client()
    for headers in ODD_HEADERS:
        assert reader.get("/initiatives/", headers=headers).status_code == 200
        assert reader.get("/exports/updates.csv", headers=headers).status_code == 200
        assert stranger.get("/initiatives/", headers=headers).status_code in (200, 302)


def test_a_session_that_never_was_is_no_session(reader, settings):
    stranger = Client()
    for key in ("x" * 50_000, "'", "\xff", ""):
        stranger.cookies[settings.SESSION_COOKIE_NAME] = key
        assert stranger.get("/initiatives/").status_code == 302
