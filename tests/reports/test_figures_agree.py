"""Every figure can be traced: the demonstration's files, recomputed from one another, today and at three past dates."""

import csv
from datetime import date
from itertools import groupby

import pytest
from django.core.management import call_command
from django.db import transaction

from reports.datasets import DATASETS
from tests.factories import clock_at
from tests.reports.recomputed import Work, mean, rounded, totals

TODAY = "2026-03-18"
DAYS = [TODAY, "2026-02-28", "2025-10-26", "2025-01-03"]  # the clocks went back on the third


@pytest.fixture(scope="module", autouse=True)
def demonstration(django_db_setup, django_db_blocker):
    """Load the demonstration once for the whole file, and take it away again."""
    with django_db_blocker.unblock(), clock_at(TODAY), transaction.atomic():
        call_command("load_demo", verbosity=0)
        yield
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def nothing_is_left_behind(db):
    """Every test reads the same rows."""


@pytest.fixture(scope="module")
def export(tmp_path_factory, demonstration):
    """Return the rows of a data set as at a day, taken once by command."""
    folder, taken = tmp_path_factory.mktemp("exports"), {}

    def rows(name, on):
        if (name, on) not in taken:
            file = folder / f"{name}-{on}.csv"
            call_command("export", name, "--as-at", on, "-o", str(file))
            with file.open(encoding="utf-8-sig", newline="") as text:
                taken[name, on] = list(csv.DictReader(text))
        return taken[name, on]

    return rows


@pytest.fixture
def work(export):
    """Return every initiative as at a day, recomputed."""

    def recomputed(on):
        def of(name, ref):
            return [row for row in export(name, on) if row["initiative"] == ref]

        return [
            Work(row, of("milestones", row["ref"]), of("updates", row["ref"]), of("date_moves", row["ref"]))
            for row in export("initiatives", on)
        ]

    return recomputed


def among(row, recomputed):
    return {name: row[name] for name in recomputed}


# --- Row by row -----------------------------------------------------------------------------------
@pytest.mark.parametrize("on", DAYS)
def test_every_initiative_agrees_with_its_milestones_updates_and_moves(work, on):
    found = work(on)
    assert len(found) >= 10
    for initiative in found:
        cells = initiative.cells()
        assert among(initiative.row, cells) == cells, initiative.row["ref"]


@pytest.mark.parametrize("on", DAYS)
def test_every_milestone_agrees_with_its_moves(export, work, on):
    moves = export("date_moves", on)
    for initiative in work(on):
        for row in initiative.milestones:
            own = [move for move in moves if move["milestone"] == row["ref"]]
            status = "done" if initiative.is_done(row) else "late" if initiative.is_late(row) else "open"
            due_on = own[-1]["to"] if own else row["first_due_on"]
            assert (row["moves"], row["due_on"], row["status"]) == (str(len(own)), due_on, status), row["ref"]


@pytest.mark.parametrize("on", DAYS)
def test_each_move_starts_where_the_last_one_ended(export, on):
    first = {row["ref"]: row["first_due_on"] for row in export("milestones", on)}
    first |= {row["ref"]: row["first_ends_on"] for row in export("initiatives", on)}
    for move in export("date_moves", on):
        ref = move["milestone"] or move["initiative"]
        assert move["from"] == first[ref]
        assert int(move["days"]) == (date.fromisoformat(move["to"]) - date.fromisoformat(move["from"])).days
        first[ref] = move["to"]


# --- What they add up to --------------------------------------------------------------------------
@pytest.mark.parametrize("on", DAYS)
def test_every_pillar_agrees_with_its_initiatives(export, work, on):
    rows, found = export("pillars", on), work(on)
    assert [row["pillar"] for row in rows] == ["purpose", "process", "people", "potential"]
    for row in rows:
        home = [w for w in found if w.row["pillar"] == row["pillar"]]
        progress, planned = mean(home, lambda w: w.progress), mean(home, lambda w: w.planned)
        recomputed = {
            **totals(home),
            "as_at": on,
            "gap_points": rounded(None if progress is None else progress - planned),
            "milestones_total": str(sum(len(w.milestones) for w in home)),
            "milestones_done": str(sum(w.is_done(m) for w in home for m in w.milestones)),
            "milestones_late": str(sum(len(w.late) for w in home)),
            "asks_open": str(sum(int(w.row["asks_open"]) for w in home)),
        }
        assert among(row, recomputed) == recomputed


@pytest.mark.parametrize("on", DAYS)
def test_every_commitment_agrees_with_the_initiatives_aligned_to_it(export, work, on):
    rows, found, alignments = export("commitments", on), work(on), export("alignments", on)
    assert [row["commitment"] for row in rows] == [f"E{number}" for number in range(1, 21)]
    for row in rows:
        behind = {a["initiative"]: a["strength"] for a in alignments if a["commitment"] == row["commitment"]}
        aligned = [w for w in found if w.row["ref"] in behind]
        held = any(behind[w.row["ref"]] == "main" and w.stage != "stopped" for w in aligned)
        recomputed = {**totals(aligned), "gap": "false" if held else "true"}
        assert among(row, recomputed) == recomputed
    listed = {w.row["ref"]: w.row["commitments"].split("; ") for w in found if w.row["commitments"]}
    aligned = {ref: [a["commitment"] for a in of] for ref, of in groupby(alignments, key=lambda a: a["initiative"])}
    assert aligned == listed


@pytest.mark.parametrize("on", DAYS)
def test_every_cell_of_the_golden_thread_agrees(export, work, on):
    found, aims = work(on), {row["commitment"]: row["aim"] for row in export("commitments", on)}
    rows = export("golden_thread", on)
    assert len(rows) == 4 * 4
    for row in rows:
        ours = {code for code, aim in aims.items() if aim == row["aim"]}
        home = [w for w in found if w.row["pillar"] == row["pillar"] and ours & set(w.row["commitments"].split("; "))]
        served = ours & {code for w in home if w.stage != "stopped" for code in w.row["commitments"].split("; ")}
        recomputed = {**totals(home), "commitments_served": str(len(served))}
        assert among(row, recomputed) == recomputed


def test_every_point_of_the_trend_agrees_with_the_files_of_its_day(export, work):
    rows = export("trend", TODAY)
    ends = list(dict.fromkeys(row["month_end"] for row in rows))
    assert (len(ends), len(rows)) == (18, 18 * 4)
    assert (ends[0], ends[-1]) == ("2024-09-30", "2026-02-28")
    for row in rows:
        home = [w for w in work(row["month_end"]) if w.row["pillar"] == row["pillar"]]
        recomputed = totals(home)
        del recomputed["initiatives"]
        assert among(row, recomputed) == recomputed


# --- The past stays what it was -------------------------------------------------------------------
@pytest.mark.parametrize("on", DAYS[1:])
@pytest.mark.parametrize("name", ["updates", "date_moves", "trend"])
def test_what_was_in_the_file_then_is_how_the_file_begins_now(export, name, on):
    then = export(name, on)
    assert then == export(name, TODAY)[: len(then)]


@pytest.mark.parametrize("name", DATASETS)
def test_taken_twice_a_file_is_the_same_to_the_byte(tmp_path, name):
    for file in ("once.csv", "twice.csv"):
        call_command("export", name, "--as-at", "2025-10-26", "-o", str(tmp_path / file))
    assert (tmp_path / "once.csv").read_bytes() == (tmp_path / "twice.csv").read_bytes()


def test_the_demonstration_tries_every_rule_of_this_file(work):
    found = [w for on in DAYS for w in work(on)]
    assert {w.reading for w in found} == {"green", "amber", "red", "silent", ""}
    assert any(w.watermelon for w in found)
    assert any(w.gap is not None and w.gap.denominator > 2 for w in found)
    assert any(m["withdrawn_on"] for w in found for m in w.milestones)
    assert any(not w.milestones and w.moves for w in found)
