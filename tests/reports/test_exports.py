"""The catalogue, and the data sets by browser: the filters of the list, as at any day."""

import csv
import io
import re

import pytest

from reports.datasets import DATASETS
from tests.factories import aligns, an_initiative, asks, corrects, moves, says

DAY = "2025-07-01"

ALLOWED = "pillar, attention, status, stage, rag, owner, commitment, directorate, focus, q, as_at"


@pytest.fixture
def three(strategy, olga):
    """DS-001 of Olga's is late, moved, asks and serves E1; DS-002 is green; DS-003 is proposed."""
    ds1 = an_initiative(
        "DS-001", recorded="2025-04-01", owner=olga, title="=1+1", focus="priority", directorate="Place",
        milestones=["2025-05-30", "2025-12-31"],
    )  # fmt: skip
    ds2 = an_initiative("DS-002", recorded="2025-04-01", pillar="people", title="Schön, “quoted”\nand broken")
    an_initiative("DS-003", recorded="2025-04-01", pillar="people", stage="proposed")
    says(ds1, "amber", on="2025-06-10", what_changed="@SUM(A1)", by=olga)
    says(ds2, "green", on="2025-06-11")
    moves(ds1, 2, to="2026-01-31", recorded="2025-06-10")
    asks(ds1, on="2025-06-10")
    aligns(ds1, "E1", recorded="2025-04-02")
    return ds1


@pytest.fixture
def taken(as_, ana):
    """Return the rows of a data set as an analyst takes them away."""
    client = as_(ana)

    def rows(name, query=""):
        response = client.get(f"/exports/{name}.csv?as_at={DAY}&{query}")
        assert response.status_code == 200
        return list(csv.DictReader(io.StringIO(response.getvalue().decode("utf-8-sig"), newline="")))

    return rows


@pytest.mark.parametrize("name", DATASETS)
def test_a_data_set_comes_as_a_file_with_its_name_and_day(three, as_, ana, name):
    response = as_(ana).get(f"/exports/{name}.csv?as_at={DAY}")
    assert (response.status_code, response.streaming) == (200, True)
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"] == f'attachment; filename="{name}-{DAY}.csv"'
    assert response["Cache-Control"] == "private, no-cache"
    content = response.getvalue()
    assert content.startswith("\ufeff".encode())
    assert content.split(b"\r\n")[0].decode("utf-8-sig").split(",") == DATASETS[name].header
    assert content.endswith(b"\r\n")


def test_every_page_may_ask_for_the_head_alone(three, as_, ana):
    response = as_(ana).head("/exports/updates.csv")
    assert (response.status_code, response.getvalue()) == (200, b"")


def test_words_that_a_spreadsheet_would_reckon_with_are_made_harmless(three, taken):
    assert [row["title"] for row in taken("initiatives")][:2] == ["'=1+1", "Schön, “quoted”\nand broken"]
    assert taken("updates")[0]["what_changed"] == "'@SUM(A1)"


QUERIES = [
    "", "pillar=people", "pillar=people&pillar=purpose", "status=amber", "status=green&status=proposed",
    "stage=in-progress", "rag=green", "owner=olga", "owner=Olga+Owens", "commitment=E1", "commitment=E2",
    "directorate=Place", "focus=priority", "attention=late", "attention=moved&attention=silent", "attention=ask",
    "attention=watermelon", "q=ds-002", "q=sch%C3%B6n", "q=nothing", "pillar=people&status=green", "pillar=",
]  # fmt: skip


def test_the_filters_choose_what_the_list_shows(three, as_, ana, taken):
    client = as_(ana)
    for query in QUERIES:
        page = client.get(f"/initiatives/?as_at={DAY}&{query}").content.decode()
        refs = re.findall(r'<td class="cell-ref">(.*?)</td>', page)
        assert (query, [row["ref"] for row in taken("initiatives", query)]) == (query, refs)
        for name in ("milestones", "updates", "date_moves", "alignments"):
            assert {row["initiative"] for row in taken(name, query)} <= set(refs)
        assert sum(int(row["initiatives"]) for row in taken("pillars", query)) == len(refs)


def test_a_data_set_speaks_of_its_day(three, as_, ana, taken):
    corrects(three, title="A later name", recorded="2025-07-02")
    says(three, "red", on="2025-06-20", recorded="2025-07-02")
    assert {row["as_at"] for row in taken("initiatives")} == {DAY}
    first = taken("initiatives")[0]
    assert (first["title"], first["rag"]) == ("'=1+1", "amber")
    assert len(taken("updates")) == 2
    later = as_(ana).get("/exports/initiatives.csv?as_at=2025-07-02").getvalue().decode()
    assert "A later name" in later


# --- What is refused ------------------------------------------------------------------------------
def test_an_unknown_filter_is_refused_and_the_known_ones_are_named(three, as_, ana):
    client = as_(ana)
    for name in ("rags", "pillars", "as-at", "page", "sort", "format", "id__in", "<script>", "Q"):
        response = client.get("/exports/updates.csv", {name: "x"})
        words = response.content.decode()
        assert (name, response.status_code) == (name, 400)
        assert f"is not a filter. The filters are: {ALLOWED}." in words
        assert "<script>" not in words.split("<main")[1]


UNKNOWN = [
    "people.csv", "Updates.csv", "updates.pdf", "updates", ".csv", "../settings.csv", "updates.csv/", "updates.CSV",
    "upd%00ates.csv",
]  # fmt: skip


def test_an_unknown_data_set_is_not_found_in_the_portals_look(three, as_, ana):
    client = as_(ana)
    for name in UNKNOWN:
        response = client.get(f"/exports/{name}")
        assert (name, response.status_code) == (name, 404)
        assert "<h1>Page not found</h1>" in response.content.decode()


# --- The catalogue --------------------------------------------------------------------------------
def test_the_catalogue_lists_every_data_set_with_every_column(three, as_, ana):
    page = as_(ana).get("/exports/").content.decode()
    assert re.findall(r'<details class="govuk-details dataset" id="(\w+)"', page) == list(DATASETS)
    cells = r'<th scope="row"><code>(\w+)</code></th><td>(\w+)</td><td>(\w*)</td><td>(.+?)</td><td>(.+?)</td>'
    told = re.findall(cells, page)
    assert [row[:3] for row in told] == [(c.name, c.type, c.unit) for d in DATASETS.values() for c in d.columns]


@pytest.mark.parametrize("query", ["", "pillar=people", "attention=late&attention=ask", "q=nothing"])
@pytest.mark.parametrize("on", ["2025-04-30", DAY])
def test_the_catalogue_counts_the_rows_of_each_file(three, as_, ana, query, on):
    client = as_(ana)
    page = client.get(f"/exports/?as_at={on}&{query}").content.decode()
    told = re.findall(r'href="/exports/(\w+).csv.*?<td class="num">([\d,]+)</td>', page, re.DOTALL)
    files = {name: client.get(f"/exports/{name}.csv?as_at={on}&{query}").getvalue() for name in DATASETS}
    assert {name: int(count) for name, count in told} == {
        name: len(list(csv.reader(io.StringIO(file.decode(), newline="")))) - 1 for name, file in files.items()
    }


def test_the_catalogue_keeps_filters_and_day_in_its_links(three, as_, ana):
    page = as_(ana).get(f"/exports/?pillar=people&q=x&as_at={DAY}&sort=title").content.decode()
    assert f'href="/exports/updates.csv?pillar=people&amp;q=x&amp;as_at={DAY}"' in page
    assert "<strong>Pillar</strong>: People" in page
