"""The data sets as Ana takes them away: the contract's columns, clean cells, and files that are the same every time."""

import csv
import io
from datetime import UTC, date, datetime

import pytest
from django.core.management import CommandError, call_command

from reports.datasets import DATASETS, cell
from tests.exports import column, csv_file, taken
from tests.factories import (
    a_person,
    aligns,
    an_initiative,
    answers,
    as_at,
    asks,
    clock_at,
    contributes,
    corrects,
    day,
    moves,
    needs,
    notes,
    says,
    ticks,
    withdraws,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("strategy")]

COLUMNS = {
    "pillars": "pillar, name, statement, as_at, initiatives, proposed, green, amber, red, no_current_update, "
    "never_updated, paused, complete, stopped, progress_percent, planned_percent, gap_points, milestones_total, "
    "milestones_done, milestones_late, asks_open",
    "initiatives": "ref, title, pillar, also_contributes_to, focus, stage, status, rag, rag_said_on, machine_reading, "
    "watermelon, owner, deputy, sponsor, directorate, cadence, starts_on, first_ends_on, ends_on, update_due_on, "
    "days_since_update, progress_percent, planned_percent, gap_points, milestones_total, milestones_done, "
    "milestones_late, date_moves, next_milestone, next_milestone_due_on, commitments, asks_open, as_at, weight",
    "milestones": "ref, initiative, title, weight, first_due_on, due_on, done_on, moves, status, as_at",
    "updates": "id, initiative, said_on, submitted_at, author, rag, previous_rag, what_changed, what_next, ask, "
    "progress_percent, planned_percent, machine_reading",
    "date_moves": "milestone, initiative, moved_at, by, from, to, days, reason",
    "alignments": "initiative, commitment, commitment_name, aim, strength, how",
    "commitments": "commitment, name, aim, initiatives, proposed, green, amber, red, no_current_update, "
    "never_updated, paused, complete, stopped, progress_percent, planned_percent, gap",
    "golden_thread": "pillar, aim, commitments_served, initiatives, proposed, green, amber, red, no_current_update, "
    "never_updated, paused, complete, stopped, progress_percent, planned_percent",
    "trend": "month_end, pillar, proposed, green, amber, red, no_current_update, never_updated, paused, complete, "
    "stopped, progress_percent, planned_percent",
    "dependencies": "milestone, initiative, needs, needs_initiative, why, due_on, needs_due_on, needs_status, "
    "needs_forecast_on, at_risk, days_at_risk, root, as_at",
    "notes": "id, initiative, noted_on, recorded_at, by, words",
    "asks": "id, initiative, pillar, asked_on, asked_by, asked_of, question, needed_by, status, days_waited, "
    "days_beyond, answered_on, answered_by, words, as_at",
}


# --- Columns --------------------------------------------------------------------------------------
def test_the_data_sets_are_those_of_the_contract():
    assert list(DATASETS) == list(COLUMNS)


@pytest.mark.parametrize("name", COLUMNS)
def test_columns_come_in_the_contracts_order_with_more_only_at_the_end(name):
    promised = COLUMNS[name].split(", ")
    assert DATASETS[name].header[: len(promised)] == promised
    assert len(set(DATASETS[name].header)) == len(DATASETS[name].header)


@pytest.mark.parametrize("name", COLUMNS)
def test_every_column_says_its_type_and_what_it_means(name):
    types = {"text", "word", "list", "integer", "date", "moment", "truth"}
    assert {c.type for c in DATASETS[name].columns} <= types
    assert all(c.meaning for c in DATASETS[name].columns)


# --- Cells ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, ""),
        (True, "true"),
        (False, "false"),
        (0, "0"),
        (-3, "-3"),
        (date(2025, 7, 1), "2025-07-01"),
        (datetime(2025, 7, 1, 23, 30, 15, 999, tzinfo=UTC), "2025-07-01T23:30:15Z"),
        (["E1", "E20"], "E1; E20"),
        ([], ""),
        ("", ""),
        ("plain", "plain"),
        ("a=b", "a=b"),
        ("'quoted'", "'quoted'"),
    ],
)
def test_a_cell_is_written_plainly(value, written):
    assert cell(value) == written


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_a_text_that_a_spreadsheet_would_run_is_guarded_and_comes_back_whole(start):
    dangerous = f"{start}HYPERLINK(1)"
    found = an_initiative(recorded="2025-04-01", title=dangerous, directorate=f"{start}1")
    says(found, on="2025-05-01", what_changed=dangerous)
    written = [*column("initiatives", "title"), *column("updates", "what_changed")]
    assert written == [f"'{dangerous}"] * 2
    assert [text.removeprefix("'") for text in written] == [dangerous] * 2


def test_a_list_that_starts_like_a_formula_is_guarded_too():
    assert cell(["=1", "x"]) == "'=1; x"


# --- Files ----------------------------------------------------------------------------------------
@pytest.fixture
def ds1(lea):
    """DS-001 with something in every data set."""
    found = an_initiative("DS-001", recorded="2025-04-01", milestones=["2025-05-30", "2025-06-13", "2026-03-31"])
    aligns(found, "E1", recorded="2025-04-02", how="By sharing.")
    says(found, "amber", on="2025-05-10", recorded="2025-05-12", by=lea, risk="A risk.")
    ticks(found, 1, on="2025-05-28", recorded="2025-06-02")
    moves(found, 3, to="2026-06-30", recorded="2025-06-03")
    asks(found, on="2025-06-04")
    notes(found, on="2025-06-05", by=lea)
    return found


@pytest.mark.parametrize("name", COLUMNS)
def test_a_file_is_utf_8_with_a_byte_order_mark_and_crlf(ds1, name):
    corrects(ds1, title="Naïve, “quoted”\nand broken", recorded="2025-06-05")
    ds2 = an_initiative("DS-002", recorded="2025-06-05", milestones=["2026-03-31"])
    needs((ds1, 3), (ds2, 1), recorded="2025-06-05")
    raw = csv_file(name)
    assert raw.startswith(b"\xef\xbb\xbf" + DATASETS[name].header[0].encode())
    assert raw.count(b"\xef\xbb\xbf") == 1
    rows = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline="")))
    assert raw.count(b"\r\n") == len(rows) > 1
    assert {len(row) for row in rows} == {len(DATASETS[name].columns)}


def test_commas_quotes_and_line_ends_come_back_as_they_were_typed(ds1):
    for title in ('He said "yes", twice', "one\ntwo", "one\r\ntwo", "ends\r", "emoji 🐳 and \u202eright to left"):
        corrects(ds1, title=title, recorded="2025-06-05")
        assert column("initiatives", "title") == [title]


@pytest.mark.parametrize("name", COLUMNS)
def test_ana_gets_the_same_bytes_by_command_every_time(ds1, name, tmp_path):
    first, second = tmp_path / "first.csv", tmp_path / "second.csv"
    for file in (first, second):
        with clock_at("2025-07-01"):
            call_command("export", name, output=file)
    assert first.read_bytes() == second.read_bytes() == csv_file(name)


def test_ana_can_send_a_data_set_down_a_pipe(ds1):
    out = io.StringIO()
    with clock_at("2025-07-01"):
        call_command("export", "milestones", "--as-at", "2025-06-01", stdout=out)
    assert out.getvalue().startswith("\ufeffref,initiative,title")
    assert out.getvalue().count("2025-06-01\r\n") == 0  # withdrawn_on follows, and is empty
    assert out.getvalue().count("2025-06-01,\r\n") == 3


@pytest.mark.parametrize("bad", ["2025-03-31", "2025-07-02", "yesterday", "20250601", "2025-6-1", "2025-02-30"])
def test_ana_is_told_when_history_does_not_reach_a_day(ds1, bad):
    with clock_at("2025-07-01"), pytest.raises(CommandError, match="as-at must be"):
        call_command("export", "pillars", "--as-at", bad)


# --- What the rows say ----------------------------------------------------------------------------
def test_an_initiatives_row_says_everything_of_the_contract(ds1, olga, dina, sam):
    corrects(ds1, owner=olga, deputy=dina, sponsor=sam, focus="priority", weight=3, recorded="2025-04-03")
    corrects(ds1, directorate="Corporate Services", starts_on=day("2025-04-01"), recorded="2025-04-03")
    contributes(ds1, "potential", recorded="2025-04-03")
    contributes(ds1, "people", recorded="2025-04-04")
    aligns(ds1, "E3", "supporting", recorded="2025-04-04")
    (row,) = taken("initiatives")
    assert row == {
        "ref": "DS-001",
        "title": "Title of DS-001",
        "pillar": "purpose",
        "also_contributes_to": "people; potential",
        "focus": "priority",
        "stage": "in-progress",
        "status": "amber",
        "rag": "amber",
        "rag_said_on": "2025-05-10",
        "machine_reading": "red",
        "watermelon": "false",
        "owner": "Olga Owens",
        "deputy": "Dina Dean",
        "sponsor": "Sam Spencer",
        "directorate": "Corporate Services",
        "cadence": "monthly",
        "starts_on": "2025-04-01",
        "first_ends_on": "2026-03-31",
        "ends_on": "2026-06-30",
        "update_due_on": "2025-06-30",
        "days_since_update": "52",
        "progress_percent": "33",
        "planned_percent": "67",
        "gap_points": "-33",
        "milestones_total": "3",
        "milestones_done": "1",
        "milestones_late": "1",
        "date_moves": "1",
        "next_milestone": "DS-001-M02",
        "next_milestone_due_on": "2025-06-13",
        "commitments": "E1; E3",
        "asks_open": "1",
        "as_at": "2025-07-01",
        "weight": "3",
        "due_percent": "67",
        "days_moved": "30",  # 91 days of one in three
        "due_gap_points": "-33",
        "external_ref": "",
    }


def test_what_an_initiative_does_not_have_is_left_empty_and_never_0():
    an_initiative(recorded="2025-04-01", stage="proposed")
    (row,) = taken("initiatives")
    empty = {name for name, value in row.items() if value == ""}
    assert empty == {
        "also_contributes_to", "focus", "rag", "rag_said_on", "machine_reading", "owner", "deputy", "sponsor",
        "directorate", "starts_on", "first_ends_on", "ends_on", "update_due_on", "days_since_update",
        "progress_percent", "planned_percent", "gap_points", "next_milestone", "next_milestone_due_on", "commitments",
        "due_percent", "days_moved", "due_gap_points", "external_ref",
    }  # fmt: skip
    assert (row["watermelon"], row["milestones_total"], row["asks_open"]) == ("false", "0", "0")


def test_milestones_say_their_first_promise_beside_the_date_of_now(ds1):
    withdraws(ds1, 2, on="2025-06-20")
    rows = [",".join(row.values()) for row in taken("milestones")]
    assert rows == [
        "DS-001-M01,DS-001,Step 1,1,2025-05-30,2025-05-30,2025-05-28,0,done,2025-07-01,",
        "DS-001-M02,DS-001,Step 2,1,2025-06-13,2025-06-13,,0,open,2025-07-01,2025-06-20",
        "DS-001-M03,DS-001,Step 3,1,2026-03-31,2026-06-30,,1,open,2025-07-01,",
    ]


def test_an_update_is_exported_as_it_was_said(ds1):
    (row,) = taken("updates")
    del row["id"]
    assert row == {
        "initiative": "DS-001",
        "said_on": "2025-05-10",
        "submitted_at": "2025-05-12T11:00:00Z",  # noon in London's summer
        "author": "Lea Lang",
        "rag": "amber",
        "previous_rag": "",
        "what_changed": "Work went on.",
        "what_next": "",
        "ask": "",
        "progress_percent": "0",
        "planned_percent": "0",
        "machine_reading": "green",
        "risk": "A risk.",
        "issue": "",
        "period_ends_on": "2025-05-31",
        "late": "false",
        "corrects": "",
        "dates_move": "",
        "explanation": "",
        "public_line": "",
        "rating_word": "",
        "brought_in_at": "",
    }


def test_an_update_that_came_after_its_period_or_corrects_another_says_so(ds1):
    wrong = says(ds1, "red", on="2025-06-20", public_line="It is late.", dates_move="no")
    says(ds1, "green", on="2025-06-20", recorded="2025-07-01", corrects=wrong, explanation="Tests passed since.")
    names = ("said_on", "period_ends_on", "late", "corrects", "dates_move", "explanation", "public_line")
    assert [[row[name] for name in names] for row in taken("updates")[1:]] == [
        ["2025-06-20", "2025-06-30", "false", "", "no", "", "It is late."],
        ["2025-06-20", "2025-06-30", "true", str(wrong.pk), "", "Tests passed since.", ""],
    ]


def test_rows_of_history_come_in_the_order_in_which_they_were_recorded(ds1):
    ds2 = an_initiative("DS-002", recorded="2025-04-01", milestones=["2025-05-30"])
    says(ds2, "green", on="2025-06-20", recorded="2025-06-20")
    says(ds1, "green", on="2025-05-11", recorded="2025-06-25")
    moves(ds2, 1, to="2025-05-23", recorded="2025-05-02")
    assert column("updates", "initiative") == ["DS-001", "DS-002", "DS-001"]
    assert column("date_moves", "initiative") == ["DS-002", "DS-001"]
    assert column("date_moves", "days") == ["-7", "91"]


def test_a_move_of_an_initiatives_own_promise_names_no_milestone():
    found = an_initiative(recorded="2025-04-01", promised_end_on=day("2025-12-31"))
    moves(found, None, to="2026-03-31", recorded="2025-05-01")
    assert [list(row.values()) for row in taken("date_moves")] == [
        ["", "DS-001", "2025-05-01T11:00:00Z", "", "2025-12-31", "2026-03-31", "90", "It took longer.", ""]
    ]


def test_a_note_is_exported_with_who_wrote_it_down_and_when(ds1, lea):
    notes(ds1, "=Seen, and liked.", on="2025-06-06", recorded="2025-06-09", by=lea)
    rows = [list(row.values())[1:] for row in taken("notes")]
    assert rows == [
        ["DS-001", "2025-06-05", "2025-06-05T11:00:00Z", "Lea Lang", "The board wants to see it again."],
        ["DS-001", "2025-06-06", "2025-06-09T11:00:00Z", "Lea Lang", "'=Seen, and liked."],
    ]
    assert column("notes", "noted_on", "2025-06-08") == ["2025-06-05"]


def test_alignments_say_how(ds1):
    assert [list(row.values()) for row in taken("alignments")] == [
        ["DS-001", "E1", "Commitment 1", "A1", "main", "By sharing."]
    ]


def test_commitments_show_their_gaps_as_true(ds1):
    assert column("commitments", "commitment") == ["E1", "E2", "E3"]
    assert column("commitments", "gap") == ["false", "true", "true"]
    assert column("commitments", "aim") == ["A1", "A1", "A2"]


def test_the_golden_thread_has_a_row_for_each_pillar_and_aim(ds1):
    found = [
        (row["pillar"], row["aim"], row["commitments_served"], row["initiatives"]) for row in taken("golden_thread")
    ]
    assert len(found) == 8
    assert found[:3] == [("purpose", "A1", "1", "1"), ("purpose", "A2", "0", "0"), ("process", "A1", "0", "0")]


def test_the_trend_ends_with_the_last_whole_month(ds1):
    ends = [row["month_end"] for row in taken("trend", "2025-07-01") if row["pillar"] == "purpose"]
    assert ends == ["2025-04-30", "2025-05-31", "2025-06-30"]
    assert column("trend", "month_end", "2025-06-29")[-1] == "2025-05-31"


def test_history_recorded_after_the_day_is_not_in_the_file(ds1):
    assert column("updates", "rag", "2025-05-11") == []
    assert column("date_moves", "to", "2025-06-02") == []
    assert column("alignments", "how", "2025-04-01") == []


def test_people_are_named_as_they_were_called_on_the_day(strategy):
    with clock_at("2025-04-01"):
        olga = a_person("olga", "Olga Owens")
    found = an_initiative(recorded="2025-04-01", owner=olga)
    says(found, on="2025-05-01", by=olga)
    corrects(olga, name="Olga Odell", recorded="2025-06-01")
    assert [*column("initiatives", "owner", "2025-05-31"), *column("updates", "author", "2025-05-31")] == [
        "Olga Owens"
    ] * 2
    assert [*column("initiatives", "owner", "2025-06-01"), *column("updates", "author", "2025-06-01")] == [
        "Olga Odell"
    ] * 2


# --- Queries --------------------------------------------------------------------------------------
QUERIES = {
    "pillars": 15, "initiatives": 15, "milestones": 15, "updates": 3, "date_moves": 3, "alignments": 15,
    "commitments": 15, "golden_thread": 15, "trend": 32, "dependencies": 16, "notes": 3, "asks": 16,
}  # fmt: skip


@pytest.mark.parametrize("count", [3, 30])
def test_each_data_set_takes_the_same_number_of_queries_however_many_initiatives(
    olga, django_assert_num_queries, count
):
    last = an_initiative("DS-999", recorded="2025-04-01", milestones=["2025-05-30"])
    for number in range(1, count + 1):
        found = an_initiative(f"DS-{number:03d}", recorded="2025-04-01", owner=olga, milestones=["2025-05-30"])
        says(found, on="2025-05-02", by=olga)
        moves(found, 1, to="2025-08-29", recorded="2025-05-03")
        aligns(found, "E1", recorded="2025-05-04")
        contributes(found, "people", recorded="2025-05-04")
        answers(asks(found, on="2025-05-05"), on="2025-05-06")
        needs((found, 1), (last, 1), recorded="2025-05-06")
        notes(found, on="2025-05-07", by=olga)
    assert as_at(found, "2025-07-01").date_moves == 1
    for name, queries in QUERIES.items():
        with django_assert_num_queries(queries):
            rows = csv_file(name)
            assert rows
