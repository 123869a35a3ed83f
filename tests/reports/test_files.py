"""The files as Ana's programs read them: CSV, XLSX and JSON say the same, and every one can be asked about again."""

import csv
import io
import json
import subprocess
import sys
from collections import Counter
from datetime import UTC, date, datetime
from xml.etree import ElementTree
from zipfile import ZipFile

import hypothesis
import pytest
import time_machine
from django.core.exceptions import BadRequest
from django.core.management import call_command
from django.db.models import DateField, F, Value
from django.http import QueryDict
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from initiatives.models import Note, Update, was_late
from reports.datasets import DATASETS, cell, guarded, unguarded
from reports.datasets.sql import CELLS, WasLate
from reports.files import BLOCK, as_xlsx, blocks
from tests.databases import examples
from tests.exports import csv_file, scope
from tests.factories import (
    aligns,
    an_initiative,
    answers,
    asks,
    corrects,
    day,
    moves,
    needs,
    notes,
    says,
    ticks,
)
from tests.test_house import digest

DAY = "2025-07-01"
NASTY = [
    "=1+1", "'=1+1", "''=1+1", "+44", "-1", "- a list", "@SUM(A1)", "\ttab", "\rreturn", "'\r\n=x", "'", "''",
    "'quoted'", "a,b", 'say "yes", twice', '"', '""', "one\ntwo", "one\r\ntwo", "ends\r", "ends\n", "\n", " space ",
    ";", "a; b", "\\.", "naïve “quotes” 🐳 \u202eabc", "null", "NULL", "true", "2025-07-01", "007", "1e5", "_x000D_",
    "<f>1</f>", "&amp;", "]]>", "\x0bcontrol\x1f", "%s %d %%", "{0}", "\ufeffmark",
]  # fmt: skip


@pytest.fixture
def work(strategy, olga, dina, sam, lea):
    """DS-001 of Olga's has something in every data set, and words that are hard to write down; DS-002 serves it."""
    ds1 = an_initiative(
        "DS-001", recorded="2025-04-01", owner=olga, deputy=dina, sponsor=sam, title="=1+1", directorate="'@Place",
        milestones=["2025-05-30", "2025-06-13", ("2026-03-31", 2)],
    )  # fmt: skip
    ds2 = an_initiative("DS-002", recorded="2025-04-02", pillar="people", milestones=["2026-01-31"])
    Update.objects.bulk_create(
        Update(
            initiative=ds1, recorded_at=datetime(2025, 5, 12, 11, tzinfo=UTC), recorded_by=(olga, None)[number % 2],
            said_on=day("2025-05-10"), rag="amber", what_changed=words, risk=words, period_ends_on=day("2025-05-31"),
        )
        for number, words in enumerate(NASTY)
    )  # fmt: skip
    a_note = {"initiative": ds1, "recorded_by": lea, "recorded_at": datetime(2025, 5, 13, 11, tzinfo=UTC)}
    Note.objects.bulk_create(Note(words=words, noted_on=day("2025-05-13"), **a_note) for words in NASTY)
    says(ds2, "green", on="2025-06-10", recorded="2025-07-01", by=lea)
    ticks(ds1, 1, on="2025-05-28", recorded="2025-06-02")
    moves(ds1, 3, to="2026-06-30", recorded="2025-06-03")
    moves(ds2, 1, to="2025-12-31", recorded="2025-06-03")
    answers(asks(ds1, on="2025-06-04"), on="2025-06-05")
    asks(ds2, on="2025-06-06")
    aligns(ds1, "E1", recorded="2025-04-02", how="-how")
    needs((ds1, 3), (ds2, 1), recorded="2025-06-05")
    return ds1


@pytest.fixture
def got(as_, ana):
    """Ask for an address as Ana."""
    client = as_(ana)
    return lambda address, **more: client.get(f"/exports/{address}", **more)


def as_rows(file):
    return list(csv.reader(io.StringIO(file.decode("utf-8-sig"), newline="")))


def sheet(file, name):
    return CalamineWorkbook.from_filelike(io.BytesIO(file)).get_sheet_by_name(name).to_python()


def pages(got, name, query=""):
    """Return all rows of a data set in JSON, page by page."""
    address, found = f"{name}.json?{query}", []
    while address:
        told = json.loads(got(address.removeprefix("/exports/")).getvalue())
        found += told["results"]
        address = told["next"]
    assert told["count"] == len(found)
    return found


# --- The three formats say the same ---------------------------------------------------------------
@pytest.mark.parametrize("name", DATASETS)
def test_the_three_formats_hold_the_same_rows(work, got, name):
    heading, *rows = as_rows(got(f"{name}.csv?as_at={DAY}").getvalue())
    assert rows
    dataset = DATASETS[name]

    def from_json(column, value):
        if value is None:
            return ""
        return guarded(value) if column.type in ("text", "list") else cell(value)

    told = pages(got, name, f"as_at={DAY}")
    assert [list(row) for row in told] == [heading] * len(rows)
    assert [[from_json(c, row[c.name]) for c in dataset.columns] for row in told] == rows

    def from_excel(column, value):
        if value == "":
            return ""
        if column.type == "moment":
            return value.replace(tzinfo=UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return str(int(value)) if column.type == "integer" else cell(value) if column.type != "text" else value

    book = sheet(got(f"{name}.xlsx?as_at={DAY}").getvalue(), name)
    assert book[0] == heading
    read = [[from_excel(c, value) for c, value in zip(dataset.columns, row, strict=True)] for row in book[1:]]
    assert read == rows


def test_values_are_typed(work, got):
    row = pages(got, "initiatives", f"as_at={DAY}")[0]
    assert (row["title"], row["directorate"], row["weight"], row["watermelon"]) == ("=1+1", "'@Place", 1, False)
    assert (row["first_ends_on"], row["focus"], row["commitments"]) == ("2026-03-31", None, "E1")
    book = sheet(got(f"initiatives.xlsx?as_at={DAY}").getvalue(), "initiatives")
    row = dict(zip(*book[:2], strict=True))
    assert (row["title"], row["directorate"], row["weight"], row["watermelon"]) == ("'=1+1", "''@Place", 1, False)
    assert (row["first_ends_on"], row["focus"], row["commitments"]) == (date(2026, 3, 31), "", "E1")
    book = sheet(got(f"notes.xlsx?as_at={DAY}").getvalue(), "notes")
    assert book[1][3] == datetime(2025, 5, 13, 11)


# --- Text that a spreadsheet would reckon with ----------------------------------------------------
def test_taking_the_guard_off_gives_back_what_was_typed():
    assert [unguarded(guarded(words)) for words in NASTY] == NASTY
    assert not any(guarded(words).startswith(("=", "+", "-", "@", "\t", "\r")) for words in NASTY)


def test_the_database_guards_as_python_does(work):
    cells = Note.objects.order_by("id").values_list(CELLS["text"](F("words")), flat=True)
    assert list(cells) == [guarded(words) for words in NASTY]


@pytest.mark.parametrize("name", ["updates", "date_moves", "notes"])
@pytest.mark.parametrize("columns", [None, 1, 2])
def test_the_lines_that_the_database_makes_are_those_of_python(work, name, columns):
    dataset, asked = DATASETS[name], DATASETS[name].columns[-columns:] if columns else DATASETS[name].columns
    values = list(dataset.values(scope(DAY), asked))
    lines = b"".join(lines for lines, _ in dataset.csv_lines(scope(DAY), asked))
    buffer = io.StringIO()
    csv.writer(buffer).writerows([cell(value) for value in row] for row in values)
    assert lines.decode() == buffer.getvalue()
    assert len(values) > 1


def test_the_database_names_people_and_milestones_and_counts_days_as_the_portal_does(work):
    found = [row[4] for row in DATASETS["updates"].values(scope(DAY), DATASETS["updates"].columns)]
    assert found[:3] == ["Olga Owens", None, "Olga Owens"]
    moved = [list(row) for row in DATASETS["date_moves"].values(scope(DAY), DATASETS["date_moves"].columns)]
    assert [(row[0], row[1], row[6]) for row in moved] == [("DS-001-M03", "DS-001", 91), ("DS-002-M01", "DS-002", -31)]


MOMENTS = [
    datetime(2025, 6, 30, 22, 59, 59, tzinfo=UTC), datetime(2025, 6, 30, 23, 0, tzinfo=UTC),
    datetime(2025, 6, 30, 23, 59, 59, 999999, tzinfo=UTC), datetime(2025, 7, 1, tzinfo=UTC),
    datetime(2025, 12, 31, 23, 59, 59, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC),
    datetime(2025, 6, 29, 12, tzinfo=UTC),
]  # fmt: skip


@pytest.mark.parametrize("ends", [None, "2025-06-30", "2025-12-31"])
def test_the_database_says_late_as_the_portal_does(work, ends):
    ends = day(ends) if ends else None
    a_note = {"initiative": work, "noted_on": day("2025-06-01"), "words": "Late?"}
    Note.objects.bulk_create(Note(recorded_at=at, **a_note) for at in MOMENTS)
    late = WasLate(F("recorded_at"), Value(ends, output_field=DateField()))
    told = dict(Note.objects.filter(words="Late?").values_list("recorded_at", late))
    assert told == {at: was_late(at, ends) for at in MOMENTS}


def test_a_workbook_holds_no_formula_and_the_same_bytes_every_time(work, got):
    first, second = (got(f"updates.xlsx?as_at={DAY}").getvalue() for _ in range(2))
    assert first == second
    with ZipFile(io.BytesIO(first)) as parts:
        root = ElementTree.fromstring(parts.read("xl/worksheets/sheet1.xml"))
        assert b"2025-07-01T00:00:00Z" in parts.read("docProps/core.xml")
    tags = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert "f" not in tags
    assert {"pane", "autoFilter", "cols", "c"} <= tags


def test_a_text_too_long_for_a_cell_of_excel_is_cut_with_a_mark():
    assert as_xlsx.cut("x" * 32_767) == "x" * 32_767
    assert as_xlsx.cut("x" * 32_768) == "x" * 32_766 + "…"
    assert as_xlsx.cut("🐳" * 16_384) == "🐳" * 16_383 + "…"


def test_more_rows_than_a_sheet_holds_are_refused_in_words():
    as_xlsx.check_it_fits(1_048_575, "updates")
    with pytest.raises(BadRequest, match=r"updates has 1,048,576 rows, and a sheet of Excel holds 1,048,575 below"):
        as_xlsx.check_it_fits(1_048_576, "updates")


# --- Columns and pages ----------------------------------------------------------------------------
@pytest.mark.parametrize("query", ["columns=title,ref", "columns=title&columns=ref", "columns=+title+,ref,title,"])
@pytest.mark.parametrize("format", ["csv", "json", "xlsx"])
def test_ana_chooses_columns_in_her_order(work, got, query, format):
    file = got(f"initiatives.{format}?as_at={DAY}&{query}").getvalue()
    if format == "json":
        assert [list(row) for row in json.loads(file)["results"]] == [["title", "ref"]] * 2
    else:
        rows = as_rows(file) if format == "csv" else sheet(file, "initiatives")
        assert rows == [["title", "ref"], ["'=1+1", "DS-001"], ["Title of DS-002", "DS-002"]]


def test_a_column_that_is_none_is_refused_with_those_that_are(work, got):
    for name in ("colour", "Ref", "<script>", "from,colour", "x" * 500):
        response = got("date_moves.csv", data={"columns": name})
        assert response.status_code == 400
        words = response.content.decode()
        assert (
            "is not one of the columns of date_moves: "
            "milestone, initiative, moved_at, by, from, to, days, reason, brought_in_at." in words
        )
        assert "<script>" not in words.split("<main")[1]


def test_only_json_comes_in_pages(work, got):
    assert got("updates.json?page=1").status_code == 200
    for address in ("updates.csv?page=1", "updates.xlsx?page=1", "workbook.xlsx?page=1", "datapackage.zip?columns=ref"):
        assert (address, got(address).status_code) == (address, 400)


def test_pages_hold_every_row_once_and_name_the_next_with_all_that_was_asked(work, got):
    Note.objects.bulk_create(
        Note(initiative=work, words=f"Note {n}", noted_on=day("2025-06-07"), recorded_at=MOMENTS[0])
        for n in range(1000)
    )
    query = f"pillar=purpose&as_at={DAY}&columns=id,words"
    first = json.loads(got(f"notes.json?{query}").getvalue())
    assert first["next"] == f"/exports/notes.json?pillar=purpose&as_at={DAY}&columns=id%2Cwords&page=2"
    assert (first["count"], len(first["results"])) == (1000 + len(NASTY), 500)
    found = pages(got, "notes", query)
    assert [row["words"] for row in found] == [*NASTY, *(f"Note {n}" for n in range(1000))]
    assert len({row["id"] for row in found}) == len(found)
    assert got(f"notes.json?{query}&page=3").status_code == 200
    assert got(f"notes.json?{query}&page=4").status_code == 404


def test_many_rows_come_in_batches_that_leave_nothing_out(work):
    Note.objects.bulk_create(
        Note(initiative=work, words=f"Note {n}", noted_on=day("2025-06-07"), recorded_at=MOMENTS[n % 3])
        for n in range(2500)
    )
    ids = [row[0] for row in as_rows(csv_file("notes"))[1:]]
    assert ids == [str(id_) for id_ in Note.objects.order_by("recorded_at", "id").values_list("id", flat=True)]


# --- Sending --------------------------------------------------------------------------------------
def test_a_file_goes_in_blocks_and_says_how_many_rows_went():
    told = []
    pieces = [(b"x" * 10, 1), (b"y" * 3 * BLOCK, 2), (b"z", 3)]
    sizes = [len(block) for block in blocks(iter(pieces), told.append)]
    assert sizes == [10, BLOCK, BLOCK, BLOCK, 1]
    assert told == [6]


def test_a_reader_who_hangs_up_has_the_rows_that_went():
    told = []
    sending = blocks(iter([(b"x" * 10, 1), (b"y" * BLOCK, 2), (b"z", 3)]), told.append)
    next(sending), next(sending)
    sending.close()
    assert told == [1]


# --- Asking again ---------------------------------------------------------------------------------
FILES = [
    "updates.csv", "updates.xlsx", "updates.json", "pillars.csv", "workbook.xlsx", "datapackage.json",
    "datapackage.zip",
]  # fmt: skip


@pytest.mark.parametrize("file", FILES)
def test_who_has_the_file_already_hears_that_it_is_unchanged(work, got, file):
    first = got(f"{file}?as_at={DAY}")
    assert (first.status_code, first["Cache-Control"]) == (200, "private, no-cache")
    again = got(f"{file}?as_at={DAY}", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.getvalue()) == (304, b"")
    assert (again["ETag"], again["Cache-Control"]) == (first["ETag"], "private, no-cache")
    for other in (f"as_at={DAY}&pillar=purpose", "as_at=2025-06-30"):
        assert got(f"{file}?{other}", headers={"If-None-Match": first["ETag"]}).status_code == 200
    assert got(f"{file}?as_at={DAY}", headers={"If-None-Match": 'W/"x", nonsense'}).status_code == 200


def test_whatever_is_recorded_makes_it_another_file(work, got, olga):
    marks = [got(f"initiatives.csv?as_at={DAY}")["ETag"]]

    def recorded(*_):
        marks.append(got(f"initiatives.csv?as_at={DAY}")["ETag"])

    recorded(says(work, on="2025-06-20"))
    recorded(corrects(work, title="Another", recorded="2025-06-21"))
    recorded(corrects(olga, name="Olga Other", recorded="2025-06-22"))
    recorded(moves(work, 3, to="2027-01-31", recorded="2025-06-23"))
    assert len(set(marks)) == 5


def test_the_mark_takes_one_query_and_no_file(work, got, django_assert_num_queries):
    mark = got(f"updates.csv?as_at={DAY}")["ETag"]
    # The session, the person, their roles and visit; the first day; the mark; six put the download on record.
    with django_assert_num_queries(12):
        assert got(f"updates.csv?as_at={DAY}", headers={"If-None-Match": mark}).status_code == 304


@pytest.mark.parametrize("file", FILES)
def test_the_head_alone_says_the_same_without_the_file(work, as_, ana, file):
    client = as_(ana)
    full, head = client.get(f"/exports/{file}?as_at={DAY}"), client.head(f"/exports/{file}?as_at={DAY}")
    assert (head.status_code, head.getvalue()) == (200, b"")
    own = {"X-Request-ID": ""}  # each request has a number of its own
    assert dict(head.headers) | own == dict(full.headers) | own


# --- All of them together -------------------------------------------------------------------------
def test_one_workbook_holds_a_sheet_of_contents_and_one_for_each_data_set(work, got):
    book = CalamineWorkbook.from_filelike(io.BytesIO(got(f"workbook.xlsx?as_at={DAY}").getvalue()))
    assert book.sheet_names == ["contents", *DATASETS]
    contents = book.get_sheet_by_name("contents").to_python()
    assert contents[0] == ["data set", "one row is", "rows", "as at"]
    for name, _, count, on in contents[1:]:
        rows = book.get_sheet_by_name(name).to_python()
        assert (rows[0], len(rows) - 1, on) == (DATASETS[name].header, count, day(DAY))


@pytest.mark.parametrize("query", ["", "&pillar=people"])
def test_the_data_package_is_valid_for_a_program_that_knows_nothing_of_us(work, got, tmp_path, query):
    with ZipFile(io.BytesIO(got(f"datapackage.zip?as_at={DAY}{query}").getvalue())) as archive:
        archive.extractall(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"datapackage.json", *(f"{name}.csv" for name in DATASETS)}
    for name in DATASETS:
        assert (tmp_path / f"{name}.csv").read_bytes() == got(f"{name}.csv?as_at={DAY}{query}").getvalue()
    assert validated(tmp_path) == (0, [])
    file = tmp_path / "milestones.csv"
    file.write_text(file.read_text().replace("DS-002-M01,DS-002,", "DS-002-M01,DS-099,"))
    assert validated(tmp_path) == (1, ["foreign-key"])


def validated(folder):
    """Run the public tool in a folder; return its verdict and the kinds of what it found."""
    run = [sys.executable, "-m", "frictionless", "validate", "datapackage.json", "--json"]
    done = subprocess.run(run, cwd=folder, capture_output=True, text=True)
    report = json.loads(done.stdout)
    assert [task["name"] for task in report["tasks"]] == list(DATASETS)
    return done.returncode, [error["type"] for task in report["tasks"] for error in task["errors"]]


def test_the_metadata_alone_leads_to_the_files_with_the_filters_in_force(work, got):
    told = json.loads(got(f"datapackage.json?pillar=people&as_at={DAY}").getvalue())
    assert [resource["path"] for resource in told["resources"]] == [
        f"{n}.csv?pillar=people&as_at={DAY}" for n in DATASETS
    ]
    fields = {field["name"]: field for field in told["resources"][1]["schema"]["fields"]}
    assert fields["weight"]["unit"] == "weight"
    assert fields["cadence"]["constraints"] == {"required": True, "enum": ["monthly", "quarterly"]}


# --- By command -----------------------------------------------------------------------------------
@pytest.mark.parametrize("format", ["xlsx", "json"])
def test_the_command_writes_the_other_formats_too(work, got, tmp_path, format):
    file = tmp_path / f"out.{format}"
    call_command("export", "updates", "--format", format, "--columns", "id,rag", "--as-at", DAY, "-o", str(file))
    assert file.read_bytes() == got(f"updates.{format}?columns=id,rag&as_at={DAY}").getvalue()


# --- Anything at all ------------------------------------------------------------------------------
ODD = st.one_of(
    st.text(max_size=12),
    st.sampled_from(["1", "0", "-1", "=1", "null", "%", "'", '"', "\\", "a\r\nb", "<script>", "9" * 30, " ", ""]),
)
GOOD = {
    "pillar": ["purpose", "people"], "attention": ["late", "ask"], "status": ["amber", "proposed"], "stage": ["paused"],
    "rag": ["red", "amber"], "owner": ["olga", "Olga Owens"], "commitment": ["E1"], "focus": ["priority"],
    "q": ["title ds"], "as_at": [DAY, DAY, DAY, "2025-06-01"], "page": ["1", "2"],
    "columns": ["id", "id,initiative", "initiative", "by"],
    "directorate": [""], "compare": ["2025-06-01"],
}  # fmt: skip
ASKED = st.lists(
    st.one_of(
        *[st.tuples(st.just(name), st.sampled_from(values)) for name, values in GOOD.items()] * 3,
        st.tuples(st.sampled_from(sorted(GOOD)), ODD),
        st.tuples(ODD, ODD),
    ),
    max_size=3,
)
HISTORY = ("updates", "date_moves", "notes")
ASKINGS = {  # what is asked, and how often: 5,000 times in all
    "history": ([f"{name}.{format}" for name in HISTORY for format in ("csv", "json")], 3800),
    "portfolio": ([f"{name}.{format}" for name in DATASETS for format in ("csv", "json")], 900),
    "workbooks": ([f"{name}.xlsx" for name in DATASETS], 200),
    "everything": (["datapackage.json", "datapackage.zip", "workbook.xlsx", ""], 100),
}


@time_machine.travel("2025-07-01T12:00Z", tick=False)  # so that nobody's visit grows longer meanwhile
@pytest.mark.parametrize("asking", ASKINGS)
def test_whatever_is_asked_of_the_exports_is_answered_and_changes_nothing(olgas, olga, as_, ana, settings, asking):
    settings.EXPORTS_A_MINUTE = 100_000
    addresses, times = ASKINGS[asking][0], examples(ASKINGS[asking][1])
    says(olgas, "amber", on="2025-06-10", by=olga)
    notes(olgas, "=1", on="2025-06-10", by=olga)
    client, seen = as_(ana), Counter()
    client.get("/accounts/")
    before = digest(but=["reports_download", "sqlite_sequence"])

    @hypothesis.settings(max_examples=times, derandomize=True, database=None, deadline=None)
    @hypothesis.given(st.sampled_from(addresses), ASKED)
    def ask(address, asked):
        query = QueryDict(mutable=True)
        for name, value in asked:
            query.appendlist(name, value)
        response = client.get(
            f"/exports/{address}?{query.urlencode()}", headers={"HX-Request": "true"}
        )  # words without a page
        if response.streaming:
            b"".join(response)
        seen[response.status_code] += 1
        assert response.status_code in (200, 400, 404)

    ask()
    assert digest(but=["reports_download", "sqlite_sequence"]) == before
    assert sum(seen.values()) >= times
    assert min(seen[200], seen[400]) > times / 20
