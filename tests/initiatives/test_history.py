"""The portfolio as at a day: what had been recorded by its end in London, and nothing that was recorded later."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest

from initiatives.history import Timeline, first_day, portfolio, story
from tests.factories import (
    aligns,
    an_initiative,
    answers,
    as_at,
    asks,
    contributes,
    corrects,
    day,
    enters,
    moves,
    says,
    ticks,
    told,
    unticks,
    withdraws,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def ds1(strategy):
    """DS-001: monthly, in progress since 1 April 2025, with milestones for the ends of May and July."""
    return an_initiative("DS-001", recorded="2025-04-01", milestones=["2025-05-30", "2025-07-31"])


# --- What had been recorded -----------------------------------------------------------------------
def test_nothing_exists_before_it_was_recorded(ds1):
    assert as_at(ds1, "2025-03-31") is None
    assert as_at(ds1, "2025-04-01").ref == "DS-001"
    assert portfolio(day("2025-03-31")).initiatives == ()


def test_a_done_date_counts_from_the_day_it_was_recorded_however_it_is_dated(ds1):
    ticks(ds1, 1, on="2025-05-20", recorded="2025-06-10")
    assert as_at(ds1, "2025-06-09").progress == 0
    assert as_at(ds1, "2025-06-09").milestones[0].status(day("2025-06-09")) == "late"
    assert as_at(ds1, "2025-06-10").progress == Fraction(1, 2)


def test_a_done_date_taken_back_is_taken_back_from_that_day_only(ds1):
    ticks(ds1, 1, on="2025-05-20")
    unticks(ds1, 1, recorded="2025-06-02")
    ticks(ds1, 1, on="2025-06-20")
    done_on = [as_at(ds1, on).milestones[0].done_on for on in ("2025-06-01", "2025-06-02", "2025-06-20")]
    assert done_on == [day("2025-05-20"), None, day("2025-06-20")]


def test_a_move_counts_from_the_day_it_was_recorded_and_keeps_the_first_promise(ds1):
    moves(ds1, 1, to="2025-06-30", recorded="2025-06-05")
    moves(ds1, 1, to="2025-08-29", recorded="2025-06-25")
    steps = [as_at(ds1, on).milestones[0] for on in ("2025-06-04", "2025-06-05", "2025-06-25")]
    assert [step.due_on for step in steps] == [day("2025-05-30"), day("2025-06-30"), day("2025-08-29")]
    assert [step.moves for step in steps] == [0, 1, 2]
    assert {step.first_due_on for step in steps} == {day("2025-05-30")}
    assert as_at(ds1, "2025-06-25").gap == Fraction(-1, 2)


def test_a_withdrawn_milestone_stays_in_totals_and_in_the_plan_and_is_not_late(ds1):
    withdraws(ds1, 1, on="2025-06-10")
    before, after = as_at(ds1, "2025-06-09"), as_at(ds1, "2025-06-10")
    assert (len(before.late_milestones), len(after.late_milestones)) == (1, 0)
    assert (after.progress, after.planned) == (before.progress, before.planned) == (0, Fraction(1, 2))
    assert len(after.milestones) == 2
    assert after.next_milestone.ref == "DS-001-M02"


def test_the_next_milestone_is_the_open_one_that_is_due_first_late_or_not(ds1):
    assert as_at(ds1, "2025-06-20").next_milestone.ref == "DS-001-M01"
    moves(ds1, 1, to="2025-08-29", recorded="2025-06-21")
    assert as_at(ds1, "2025-06-21").next_milestone.ref == "DS-001-M02"
    ticks(ds1, 1, on="2025-06-22")
    ticks(ds1, 2, on="2025-06-22")
    assert as_at(ds1, "2025-06-22").next_milestone is None


# --- The last update said -------------------------------------------------------------------------
def test_the_last_update_is_the_one_with_the_latest_day_and_not_the_latest_recorded(ds1):
    says(ds1, "red", on="2025-05-20")
    says(ds1, "green", on="2025-05-10", recorded="2025-05-25")  # a word about earlier, sent in late
    assert as_at(ds1, "2025-05-25").rag == "red"
    assert as_at(ds1, "2025-05-25").rag_said_on == day("2025-05-20")
    assert as_at(ds1, "2025-05-25").days_since_update == 5


def test_of_two_updates_about_the_same_day_the_later_recorded_puts_the_first_right(ds1):
    says(ds1, "green", on="2025-05-20")
    says(ds1, "amber", on="2025-05-20", recorded="2025-05-21")
    assert as_at(ds1, "2025-05-20").rag == "green"
    assert as_at(ds1, "2025-05-21").rag == "amber"


def test_of_two_updates_of_the_same_moment_the_second_counts(ds1):
    says(ds1, "green", on="2025-05-20")
    says(ds1, "red", on="2025-05-20")
    assert as_at(ds1, "2025-05-20").rag == "red"


# --- Status and reading, end to end ---------------------------------------------------------------
def test_olga_is_never_updated_then_green_then_silent_then_red(ds1):
    says(ds1, "green", on="2025-04-11")  # the next is due on 30 May, and overdue after five working days: 6 June
    says(ds1, "red", on="2025-06-16")
    statuses = [as_at(ds1, on).status for on in ("2025-04-10", "2025-04-11", "2025-06-06", "2025-06-07", "2025-06-16")]
    assert statuses == ["never-updated", "green", "green", "no-current-update", "red"]
    readings = [as_at(ds1, on).reading for on in ("2025-04-10", "2025-05-30", "2025-06-06", "2025-06-07")]
    assert readings == ["silent", "red", "red", "silent"]  # planned 50%, done 0%, from 30 May on


def test_a_watermelon_is_one_until_silence_covers_it(ds1):
    says(ds1, "green", on="2025-04-11")
    melon = [as_at(ds1, on).is_watermelon for on in ("2025-05-29", "2025-05-30", "2025-06-06", "2025-06-07")]
    assert melon == [False, True, True, False]


def test_pausing_moves_neither_the_last_update_nor_what_is_due(ds1):
    says(ds1, "green", on="2025-04-11")
    enters(ds1, "paused", on="2025-04-20")
    enters(ds1, "in-progress", on="2025-08-01")
    paused, again = as_at(ds1, "2025-07-31"), as_at(ds1, "2025-08-01")
    assert (paused.status, paused.update_due_on, paused.reading) == ("paused", None, None)
    assert (again.status, again.update_due_on) == ("no-current-update", day("2025-05-30"))
    assert paused.rag == "green"


def test_changing_the_cadence_changes_what_is_due_from_that_day(ds1):
    says(ds1, "green", on="2025-04-11")
    corrects(ds1, cadence="quarterly", recorded="2025-06-10")
    before, after = as_at(ds1, "2025-06-09"), as_at(ds1, "2025-06-10")
    assert (before.status, before.update_due_on) == ("no-current-update", day("2025-05-30"))
    assert (after.status, after.update_due_on) == ("green", day("2025-09-30"))


# --- Stages ---------------------------------------------------------------------------------------
def test_work_without_a_stage_is_proposed(strategy):
    assert as_at(an_initiative(recorded="2025-04-01", stage=None), "2025-04-01").status == "proposed"


def test_the_stage_is_the_one_with_the_latest_day_then_the_latest_recorded(ds1):
    enters(ds1, "complete", on="2025-06-20")
    enters(ds1, "paused", on="2025-06-10", recorded="2025-06-25")  # learnt later, and over by then
    assert as_at(ds1, "2025-06-19").stage == "in-progress"
    assert as_at(ds1, "2025-06-25").stage == "complete"
    enters(ds1, "stopped", on="2025-06-20", recorded="2025-06-26")  # the 20th put right
    assert as_at(ds1, "2025-06-25").stage == "complete"
    assert as_at(ds1, "2025-06-26").stage == "stopped"


def test_work_began_on_the_day_it_first_became_in_progress(strategy):
    ds1 = an_initiative(recorded="2025-04-01", stage="proposed")
    enters(ds1, "in-progress", on="2025-05-12")
    enters(ds1, "paused", on="2025-06-02")
    enters(ds1, "in-progress", on="2025-07-01")
    assert as_at(ds1, "2025-05-11").began_on is None
    assert as_at(ds1, "2025-07-01").began_on == day("2025-05-12")
    assert as_at(ds1, "2025-07-01").update_due_on == day("2025-05-30")


# --- Ends -----------------------------------------------------------------------------------------
def test_an_initiative_ends_with_its_last_milestone(ds1):
    moves(ds1, 1, to="2025-09-30", recorded="2025-05-20")
    found = as_at(ds1, "2025-05-20")
    assert (found.first_ends_on, found.ends_on) == (day("2025-07-31"), day("2025-09-30"))


def test_an_initiative_without_milestones_has_a_promise_and_moves_of_its_own(strategy):
    ds1 = an_initiative(recorded="2025-04-01", promised_end_on=day("2025-12-31"))
    moves(ds1, None, to="2026-03-31", recorded="2025-10-01")
    moves(ds1, None, to="2026-06-30", recorded="2026-01-05")
    found = [as_at(ds1, on) for on in ("2025-09-30", "2025-10-01", "2026-01-05")]
    assert [f.first_ends_on for f in found] == [day("2025-12-31")] * 3
    assert [f.ends_on for f in found] == [day("2025-12-31"), day("2026-03-31"), day("2026-06-30")]
    assert [f.date_moves for f in found] == [0, 1, 2]


def test_an_initiative_that_promised_nothing_has_no_end(strategy):
    found = as_at(an_initiative(recorded="2025-04-01"), "2025-04-01")
    assert (found.first_ends_on, found.ends_on) == (None, None)


# --- Asks -----------------------------------------------------------------------------------------
def test_an_ask_is_open_until_the_day_it_was_answered_or_declined(ds1):
    first, second = asks(ds1, on="2025-05-01"), asks(ds1, on="2025-05-02")
    answers(first, on="2025-05-10")
    answers(second, on="2025-05-12", outcome="declined")
    days = ("2025-04-30", "2025-05-01", "2025-05-02", "2025-05-10", "2025-05-12")
    assert [as_at(ds1, on).asks_open for on in days] == [0, 1, 2, 1, 0]


# --- Days are London's ----------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("moment", "counts_from"),
    [
        (datetime(2025, 7, 1, 22, 59, 59, tzinfo=UTC), "2025-07-01"),
        (datetime(2025, 7, 1, 23, 0, tzinfo=UTC), "2025-07-02"),  # midnight in London's summer
        (datetime(2025, 7, 1, 23, 30, tzinfo=UTC), "2025-07-02"),
        (datetime(2025, 12, 1, 23, 30, tzinfo=UTC), "2025-12-01"),  # London's winter
        (datetime(2025, 10, 25, 23, 0, tzinfo=UTC), "2025-10-26"),  # the clocks go back that night
        (datetime(2025, 10, 26, 23, 59, 59, tzinfo=UTC), "2025-10-26"),
        (datetime(2026, 3, 28, 23, 59, 59, tzinfo=UTC), "2026-03-28"),  # the clocks go forward that night
        (datetime(2026, 3, 29, 23, 0, tzinfo=UTC), "2026-03-30"),
    ],
)
def test_what_is_recorded_around_midnight_counts_for_londons_day(ds1, moment, counts_from):
    says(ds1, "red", on=moment.date(), recorded=moment)
    ticks(ds1, 1, on="2025-05-30", recorded=moment)
    corrects(ds1, title="New", recorded=moment)
    first = day(counts_from)
    found = [as_at(ds1, on) for on in (first - timedelta(days=1), first)]
    assert [f.rag for f in found] == [None, "red"]
    assert [f.milestones_done for f in found] == [0, 1]
    assert [f.title for f in found] == ["Title of DS-001", "New"]


def test_history_begins_on_londons_day_too():
    assert first_day() is None
    an_initiative(recorded=datetime(2025, 7, 1, 23, 30, tzinfo=UTC))
    assert first_day() == day("2025-07-02")


# --- Order, one initiative, a story ---------------------------------------------------------------
def test_initiatives_come_in_the_order_of_their_numbers(strategy):
    for ref in ("DS-1000", "DS-010", "DS-999", "DS-002"):
        an_initiative(ref, recorded="2025-04-01")
    refs = [i.ref for i in portfolio(day("2025-04-01")).initiatives]
    assert refs == ["DS-002", "DS-010", "DS-999", "DS-1000"]


def test_one_initiative_reads_as_it_does_among_all(ds1):
    ds2 = an_initiative("DS-002", recorded="2025-04-03", milestones=["2025-06-30"])
    for which in (ds1, ds2):
        says(which, "amber", on="2025-05-01")
        ticks(which, 1, on="2025-05-02")
        moves(which, 1, to="2025-08-29", recorded="2025-05-03")
        withdraws(which, 1, on="2025-05-04")
        aligns(which, "E3", recorded="2025-05-05")
        contributes(which, "people", recorded="2025-05-06")
        asks(which, on="2025-05-07")
    among_all = portfolio(day("2025-06-01")).initiatives
    assert [told(i) for i in among_all] == [told(as_at(which, "2025-06-01")) for which in (ds1, ds2)]


def test_a_timeline_read_to_the_end_tells_every_earlier_day_as_it_was(ds1):
    says(ds1, "green", on="2025-04-20")
    aligns(ds1, "E1", recorded="2025-04-22")
    contributes(ds1, "people", recorded="2025-04-24")
    moves(ds1, 1, to="2025-08-29", recorded="2025-04-26")
    ticks(ds1, 2, on="2025-04-28")
    withdraws(ds1, 1, on="2025-04-30")
    ask = asks(ds1, on="2025-05-02")
    answers(ask, on="2025-05-04")
    enters(ds1, "paused", on="2025-05-06")
    corrects(ds1, title="New", weight=2, recorded="2025-05-08")
    says(ds1, "red", on="2025-04-10", recorded="2025-05-10")
    timeline = Timeline(day("2025-05-10"))
    for then in (day("2025-04-19") + timedelta(days=n) for n in range(22)):
        assert told(timeline.at(then)) == told(portfolio(then))


def test_a_timeline_speaks_of_no_day_that_it_was_not_read_for(ds1):
    with pytest.raises(ValueError, match="2025-06-02"):
        Timeline(day("2025-06-01")).at(day("2025-06-02"))
    with pytest.raises(ValueError, match="2025-05-31"):
        Timeline(day("2025-06-01"), days=[day("2025-06-01")]).at(day("2025-05-31"))


def test_an_initiatives_story_is_told_newest_first_and_only_as_far_as_the_day(ds1, lea):
    says(ds1, "green", on="2025-05-01", by=lea)
    moves(ds1, 1, to="2025-08-29", recorded="2025-05-03")
    ticks(ds1, 2, on="2025-05-10")
    withdraws(ds1, 1, on="2025-05-12")
    answers(asks(ds1, on="2025-05-11"), on="2025-05-13")
    enters(ds1, "complete", on="2025-05-20")
    kinds = ["answer", "withdrawal", "done", "move", "update", "stage"]
    assert [event.kind for event in story(ds1, day("2025-05-19"))] == kinds
    assert [event.kind for event in story(ds1, day("2025-05-20"))] == ["stage", *kinds]
    assert story(ds1, day("2025-05-01"))[0].by.name == "Lea Lang"


# --- Queries --------------------------------------------------------------------------------------
@pytest.mark.parametrize("count", [3, 30])
@pytest.mark.parametrize("days", [["2025-05-01"], ["2025-04-20", "2025-05-01"], None])
def test_the_portfolio_takes_15_queries_however_many_initiatives(strategy, django_assert_num_queries, count, days):
    for number in range(1, count + 1):
        ds = an_initiative(f"DS-{number:03d}", recorded="2025-04-01", milestones=["2025-05-30"])
        says(ds, "green", on="2025-04-11")
        aligns(ds, "E1", recorded="2025-04-11")
        asks(ds, on="2025-04-11")
    with django_assert_num_queries(15):
        found = Timeline(day("2025-05-01"), days=days and [day(on) for on in days]).at(day("2025-05-01"))
        assert [i.status for i in found.initiatives] == ["green"] * count
