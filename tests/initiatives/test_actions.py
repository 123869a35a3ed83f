"""What people do to an initiative: each deed is told whole or not at all."""

import pytest
from django.db import IntegrityError, transaction

from initiatives import actions
from initiatives.actions import Move, Question
from initiatives.models import Ask, DateMove, DoneDate, Milestone, StageChange, Update
from tests.factories import (
    an_initiative,
    answers,
    as_at,
    asks,
    clock_at,
    day,
    enters,
    milestone,
    moves,
    says,
    ticks,
    unticks,
    withdraws,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def ds1(strategy):
    """DS-001: in progress since 1 April 2025, four milestones of one weight, the first two promised by 30 June."""
    days = ["2025-05-30", "2025-06-30", "2025-10-31", "2026-03-31"]
    return an_initiative("DS-001", recorded="2025-04-01", milestones=days)


def figures(update):
    return update.progress_percent, update.planned_percent, update.machine_reading


# --- Saying how it goes ---------------------------------------------------------------------------
def test_olga_says_how_it_goes_and_everything_she_said_is_kept(ds1, olga):
    words = {"what_changed": "Tests passed.", "what_next": "Go live.", "risk": "A post is empty.", "issue": ""}
    update = says(ds1, "amber", on="2025-05-01", recorded="2025-05-02", by=olga, **words)
    kept = Update.objects.values("rag", "said_on", "recorded_by", *words).get(pk=update.pk)
    assert kept == {"rag": "amber", "said_on": day("2025-05-01"), "recorded_by": olga.pk, **words}
    assert as_at(ds1, "2025-05-02").rag == "amber"


def test_an_update_keeps_the_figures_of_the_moment_just_after_it(ds1):
    assert figures(says(ds1, on="2025-05-29")) == (0, 0, "green")
    assert figures(says(ds1, on="2025-05-30")) == (0, 25, "red")  # -25 points
    ticks(ds1, 1, on="2025-06-02")
    assert figures(says(ds1, on="2025-06-03")) == (25, 25, "green")


def test_an_updates_own_ticks_and_moves_are_in_its_figures(ds1):
    first, second = milestone(ds1, 1), milestone(ds1, 2)
    update = says(
        ds1,
        on="2025-07-05",
        done={first.pk: day("2025-07-04")},
        moves=[Move(second.pk, day("2025-09-30"), "The supplier is late.")],
    )
    assert figures(update) == (25, 50, "red")
    after = as_at(ds1, "2025-07-05")
    assert [m.status(after.day) for m in after.milestones] == ["done", "open", "open", "open"]
    assert after.milestones[1].due_on == day("2025-09-30")


def test_a_tick_an_ask_and_a_move_are_recorded_at_the_moment_of_the_update_by_its_author(ds1, olga):
    update = says(
        ds1,
        on="2025-05-01",
        recorded="2025-05-02",
        by=olga,
        done={milestone(ds1, 1).pk: day("2025-04-30")},
        moves=[Move(milestone(ds1, 2).pk, day("2025-07-31"), "It took longer.")],
        ask=Question("Who pays?", day("2025-06-01")),
    )
    for row in (DoneDate.objects.get(), DateMove.objects.get(), Ask.objects.get()):
        assert (row.recorded_at, row.recorded_by) == (update.recorded_at, olga)
    assert (update.ask.question, update.ask.needed_by) == ("Who pays?", day("2025-06-01"))
    assert update.ask.asked_on == day("2025-05-01")


def test_an_update_is_never_read_as_silent(ds1):
    update = says(ds1, on="2025-04-05", recorded="2025-12-01")  # so late that another is overdue already
    assert as_at(ds1, "2025-12-01").reading == "silent"
    assert figures(update) == (0, 75, "red")


@pytest.mark.parametrize("stage", ["proposed", "paused", "complete", "stopped"])
def test_an_update_of_work_that_is_not_in_progress_is_not_read(ds1, stage):
    enters(ds1, stage, on="2025-05-01")
    assert figures(says(ds1, on="2025-06-01")) == (0, 25, "")


def test_an_update_of_work_without_milestones_keeps_no_percentages(strategy):
    assert figures(says(an_initiative(recorded="2025-04-01"), on="2025-05-01")) == (None, None, "")


def test_an_updates_own_figures_do_not_change_afterwards(ds1):
    update = says(ds1, on="2025-05-30")
    ticks(ds1, 1, on="2025-05-20", recorded="2025-06-10")
    update.refresh_from_db()
    assert figures(update) == (0, 25, "red")


def test_the_previous_rag_is_the_one_last_said(ds1):
    first = says(ds1, "red", on="2025-05-20")
    about_earlier = says(ds1, "green", on="2025-05-10", recorded="2025-05-25")
    last = says(ds1, "amber", on="2025-05-26")
    assert [u.previous_rag for u in (first, about_earlier, last)] == ["", "red", "red"]


# --- All or nothing -------------------------------------------------------------------------------
def nothing_was_written():
    return not any(model.objects.exists() for model in (Update, DoneDate, DateMove, Ask))


def test_olga_cannot_tick_omars_milestone_with_her_update(ds1, omars):
    hers, his = milestone(ds1, 1), milestone(omars, 1)
    with pytest.raises(Milestone.DoesNotExist):
        says(ds1, on="2025-05-01", done={hers.pk: day("2025-04-30"), his.pk: day("2025-04-30")})
    assert nothing_was_written()


@pytest.mark.parametrize(("rag", "missing"), [("amber", "risk"), ("red", "issue")])
def test_an_update_without_its_reason_leaves_not_even_its_ticks(ds1, rag, missing):
    with pytest.raises(IntegrityError), transaction.atomic():
        says(ds1, rag, on="2025-05-01", **{missing: ""}, done={milestone(ds1, 1).pk: day("2025-04-30")})
    assert nothing_was_written()


def test_an_update_whose_ask_is_refused_leaves_nothing(ds1):
    with pytest.raises(IntegrityError), transaction.atomic():
        says(ds1, on="2025-05-01", ask=Question(""))
    assert nothing_was_written()


# --- Dates ----------------------------------------------------------------------------------------
def test_each_move_starts_where_the_last_one_ended(ds1):
    moves(ds1, 1, to="2025-07-31", recorded="2025-05-01")
    moves(ds1, 2, to="2025-12-31", recorded="2025-05-02")
    move = moves(ds1, 1, to="2025-06-15", recorded="2025-05-03")
    assert (move.from_on, move.to_on, move.days) == (day("2025-07-31"), day("2025-06-15"), -46)


def test_an_initiatives_own_promise_moves_like_a_milestone(strategy):
    ds1 = an_initiative(recorded="2025-04-01", promised_end_on=day("2025-12-31"))
    first = moves(ds1, None, to="2026-01-31", recorded="2025-05-01")
    second = moves(ds1, None, to="2026-03-31", recorded="2025-06-01")
    assert [(move.from_on, move.milestone) for move in (first, second)] == [
        (day("2025-12-31"), None),
        (day("2026-01-31"), None),
    ]


def test_a_move_to_the_same_day_is_no_move(ds1):
    with pytest.raises(IntegrityError):
        moves(ds1, 1, to="2025-05-30", recorded="2025-05-01")


def test_taking_a_done_date_back_keeps_both_rows(ds1):
    ticks(ds1, 1, on="2025-05-20")
    unticks(ds1, 1, recorded="2025-06-02")
    rows = DoneDate.objects.values_list("done_on", "reason")
    assert list(rows) == [(day("2025-05-20"), ""), (None, "Not yet.")]


# --- Stages, withdrawals, answers -----------------------------------------------------------------
def test_a_stage_change_keeps_who_when_and_why(ds1, oscar):
    with clock_at("2025-06-02"):
        actions.change_stage(initiative=ds1, by=oscar, on=day("2025-05-31"), stage="paused", reason="No money.")
    row = StageChange.objects.last()
    assert (row.stage, row.changed_on, row.reason, row.recorded_by) == ("paused", day("2025-05-31"), "No money.", oscar)


def test_a_milestone_is_withdrawn_once(ds1):
    assert withdraws(ds1, 1, on="2025-05-01").reason == "No longer needed."
    with pytest.raises(IntegrityError):
        withdraws(ds1, 1, on="2025-05-02")


def test_leaders_answer_an_ask_once(ds1):
    ask = asks(ds1, on="2025-05-01")
    assert str(answers(ask, on="2025-05-10", outcome="declined")) == "Declined: The board agreed."
    with pytest.raises(IntegrityError):
        answers(ask, on="2025-05-11")


def test_milestones_are_numbered_on_from_the_highest(ds1, omars):
    assert [actions.next_milestone_number(which) for which in (ds1, omars)] == [5, 2]
    milestone(ds1, 2).delete()
    assert actions.next_milestone_number(ds1) == 5
    assert milestone(ds1, 4).ref == "DS-001-M04"
