"""Every download is on record, limits how many there are in a minute, and is for the strategy office to see."""

import csv
import io
import logging
from datetime import datetime
from itertools import chain

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from accounts.tokens import make_token, new_key
from reports.models import Answered, Download
from tests.accounts.test_tokens import a_token, knocks
from tests.factories import clock_at, says

PATH = "/exports/downloads/"


@pytest.fixture
def work(olgas, omars, olga):
    """DS-001 with two updates, and DS-002."""
    for on in ("2025-05-02", "2025-06-02"):
        says(olgas, "green", on=on, by=olga)


def take(client, path, **more):
    response = client.get(path, **more)
    return response, b"".join(response)


def hang_up(response):
    """Close a response as a server does whose reader is gone; the test goes on with its connection."""
    for close in list(response._resource_closers):
        close()


def last():
    return Download.objects.latest("pk")


# --- The record -----------------------------------------------------------------------------------
FILES = [
    ("initiatives.csv", "initiatives", "csv", 2),
    ("updates.csv?pillar=purpose", "updates", "csv", 2),
    ("updates.csv?q=ds-002", "updates", "csv", 0),
    ("milestones.xlsx", "milestones", "xlsx", 5),
    ("initiatives.json", "initiatives", "json", 2),
    ("datapackage.json", "datapackage", "json", 0),
]


@pytest.mark.parametrize(("path", "dataset", "format", "rows"), FILES)
def test_what_ana_takes_is_on_record_with_its_rows(work, as_, ana, path, dataset, format, rows):
    take(as_(ana), f"/exports/{path}")
    row = last()
    assert (row.person, row.token, row.dataset, row.format) == (ana, None, dataset, format)
    assert (row.rows, row.answered, row.query) == (rows, Answered.SENT, path.partition("?")[2])
    assert row.finished_at >= row.started_at


def test_the_rows_on_record_are_the_rows_of_the_file(work, as_, ana):
    for path in ("updates.csv", "date_moves.csv", "trend.csv?as_at=2025-06-30", "pillars.csv"):
        _, file = take(as_(ana), f"/exports/{path}")
        assert last().rows == len(list(csv.DictReader(io.StringIO(file.decode("utf-8-sig"), newline=""))))


def test_the_day_is_on_record(work, as_, ana):
    take(as_(ana), "/exports/initiatives.csv?as_at=2025-06-01")
    assert str(last().as_at) == "2025-06-01"


def test_a_token_is_on_record_with_its_person(work, ana):
    token, secret = a_token(ana)
    b"".join(knocks("/exports/updates.csv", secret))
    assert (last().person, last().token, last().rows) == (ana, token, 2)


def test_a_file_that_ana_has_already_is_on_record_as_unchanged(work, as_, ana):
    client = as_(ana)
    response, _ = take(client, "/exports/updates.csv")
    again = client.get("/exports/updates.csv", headers={"If-None-Match": response["ETag"]})
    assert again.status_code == 304
    assert (last().answered, last().rows) == (Answered.UNCHANGED, 0)


def test_a_reader_who_hangs_up_is_on_record_as_broken_off(work, as_, ana):
    response = as_(ana).get("/exports/initiatives.csv")
    assert last().answered == Answered.STARTED
    next(iter(response.streaming_content))
    hang_up(response)
    assert (last().answered, last().finished_at is None) == (Answered.BROKEN_OFF, False)


def test_a_reader_who_hangs_up_before_the_first_byte_too(work, as_, ana):
    hang_up(as_(ana).get("/exports/initiatives.csv"))
    assert (last().answered, last().rows) == (Answered.BROKEN_OFF, 0)


def test_what_is_refused_is_on_record_and_what_has_no_such_name_is_not(work, as_, ana):
    client = as_(ana)
    assert client.get("/exports/updates.csv?colour=red").status_code == 400
    assert client.get("/exports/updates.json?page=99").status_code == 404
    assert client.get("/exports/people.csv").status_code == 404
    assert [row.answered for row in Download.objects.all()] == [Answered.REFUSED] * 2


def test_the_head_alone_is_on_record_as_that(work, as_, ana):
    response = as_(ana).head("/exports/updates.csv")
    assert (response.status_code, response.getvalue()) == (200, b"")
    assert last().answered == Answered.HEADERS


def test_the_catalogue_is_no_download(work, as_, ana):
    as_(ana).get("/exports/")
    assert not Download.objects.exists()


def test_a_record_that_cannot_be_written_stands_in_nobodys_way(work, as_, ana, caplog):
    def read_only(execute, sql, params, many, context):
        if "reports_download" in sql:
            raise OperationalError("attempt to write a readonly database")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(read_only), caplog.at_level(logging.ERROR, "portal.downloads"):
        response, file = take(as_(ana), "/exports/updates.csv")
    assert (response.status_code, file.count(b"\r\n")) == (200, 3)
    assert f"could not be put on record: person={ana.pk} dataset=updates.csv" in caplog.text
    assert not Download.objects.exists()


# --- The limit ------------------------------------------------------------------------------------
def test_more_than_the_limit_of_a_minute_is_a_429_that_says_when(work, as_, ana, settings):
    settings.EXPORTS_A_MINUTE = 3
    client = as_(ana)
    with clock_at("2025-07-01"):
        assert [client.get("/exports/trend.csv").status_code for _ in range(4)] == [200] * 3 + [429]
        refused = client.get("/exports/trend.csv")
    assert refused["Retry-After"] == "60"
    page = refused.content.decode()
    assert "You can take 3 files a minute. Try again in 60 seconds." in page
    assert page.count("<h1>") == 1
    assert Download.objects.count() == 3  # what was refused costs nothing later


def test_there_is_room_again_when_the_first_is_a_minute_old(work, as_, ana, settings):
    settings.EXPORTS_A_MINUTE = 2
    client = as_(ana)
    told = []
    for clock in ("09:00:00", "09:00:30", "09:00:59", "09:01:00", "09:01:01"):
        with clock_at(moment(clock)):
            response = client.get("/exports/trend.csv")
            told.append((response.status_code, response.get("Retry-After")))
    assert told == [(200, None), (200, None), (429, "1"), (200, None), (429, "29")]


def moment(clock):
    return datetime.fromisoformat(f"2025-07-01T{clock}+00:00")


def test_a_token_has_a_limit_of_its_own(work, as_, ana, settings):
    settings.TOKEN_EXPORTS_A_MINUTE = 1
    secrets = [make_token(by=ana, name="x", datasets=[], until=moment("09:00:00").date(), key=new_key())[1]] * 2
    _, other = a_token(ana)
    with clock_at("2025-07-01"):
        first, second = (knocks("/exports/trend.csv", secret) for secret in secrets)
        assert (first.status_code, second.status_code) == (200, 429)
        assert second["Retry-After"] == "60"
        assert second.content == b"This token can take 1 file a minute. Try again in 60 seconds.\n"
        assert knocks("/exports/trend.csv", other).status_code == 200
        assert as_(ana).get("/exports/trend.csv").status_code == 200


def test_anas_limit_is_not_oscars(work, as_, ana, oscar, settings):
    settings.EXPORTS_A_MINUTE = 1
    assert [as_(person).get("/exports/trend.csv").status_code for person in (ana, ana, oscar)] == [200, 429, 200]


def test_three_hundred_a_minute_by_browser_unless_settings_say_otherwise(settings):
    assert (settings.EXPORTS_A_MINUTE, settings.TOKEN_EXPORTS_A_MINUTE) == (300, 60)


def test_a_download_costs_the_same_few_queries_however_many_there_were(work, as_, ana):
    client = as_(ana)
    client.get("/accounts/")
    counts = []
    for _ in range(3):
        with CaptureQueriesContext(connection) as queries:
            take(client, "/exports/datapackage.json")
        counts.append(len([q for q in queries if "reports_download" in q["sql"]]))
    assert counts == [3, 3, 3]  # counted, begun, finished


# --- The office's page ----------------------------------------------------------------------------
def text(client, query=""):
    response = client.get(f"{PATH}{query}")
    assert response.status_code == 200
    return response.content.decode()


def test_oscar_sees_who_took_what_and_ana_does_not(work, as_, ana, oscar):
    take(as_(ana), "/exports/updates.csv?pillar=purpose&pillar=people&as_at=2025-06-30")
    b"".join(knocks("/exports/initiatives.json", a_token(ana)[1]))
    page = text(as_(oscar))
    assert page.index("initiatives.json") < page.index("updates.csv")
    assert 'Ana Ash</span>, token “<span dir="auto">Script</span>”' in page
    assert "Ana Ash</span>, browser" in page
    assert "pillar purpose or people; as_at 2025-06-30" in page
    assert as_(ana).get(PATH).status_code == 403


def test_it_filters_by_person_and_data_set_and_totals_thirty_days(work, as_, ana, omar, oscar):
    with clock_at("2025-07-01"):
        take(as_(omar), "/exports/trend.csv")
    with clock_at("2025-08-15"):
        for path in ("updates.csv", "updates.csv", "initiatives.csv"):
            take(as_(ana), f"/exports/{path}")
        client = as_(oscar)
        page = text(client)
        cells = (f'<td class="num">{number}</td>' for number in (2, 1, 4))  # times, people, rows
        assert f'<tr><th scope="row"><code>updates</code></th>{"".join(cells)}</tr>' in page
        assert "<code>trend</code></th>" not in page
        assert text(client, "?person=omar").count("<code>updates.csv</code>") == 0
        assert text(client, "?person=ana&dataset=updates").count("<code>updates.csv</code>") == 2


def test_it_goes_back_fifty_at_a_time(work, as_, ana, oscar):
    Download.objects.bulk_create(
        Download(person=ana, dataset="trend", format="csv", as_at="2025-07-01", rows=n) for n in range(120)
    )
    client, query, seen = as_(oscar), "", []
    while query is not None:
        response = client.get(f"{PATH}{query}")
        seen.append([row.rows for row, _ in response.context["rows"]])
        query = f"?before={response.context['older']}" if response.context["older"] else None
    assert [len(page) for page in seen] == [50, 50, 20]
    assert list(chain.from_iterable(seen)) == list(reversed(range(120)))


def test_what_it_does_not_know_is_refused_in_words(work, as_, oscar):
    client = as_(oscar)
    for query, words in (
        ("person=ghost", "has taken nothing away"),
        ("dataset=people", "dataset must be one of pillars, initiatives,"),
        ("before=x", "before must be the number of a download."),
        ("before=٣", "before must be the number of a download."),
        (f"before={'9' * 50}", "before must be the number of a download."),
    ):
        response = client.get(f"{PATH}?{query}")
        assert response.status_code == 400
        assert words in response.content.decode()
    assert "Nothing was taken away yet." in text(client)
