"""What always holds of history, whatever happens: events are drawn at random and written as rows."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from initiatives.history import Timeline, portfolio
from initiatives.models import DateMove, DoneDate, StageChange, Update
from tests.factories import an_initiative, day, milestone, told, undone

pytestmark = pytest.mark.django_db

START = day("2025-04-01")
events = st.lists(
    st.tuples(
        st.sampled_from(["update", "move", "done", "undone", "stage"]),
        st.integers(0, 1),  # which initiative
        st.integers(1, 300),  # recorded so many days after the start
        st.integers(-60, 60),  # speaks of a day so many days away from that
        st.integers(0, 4),  # which word
    ),
    max_size=14,
)
SOME = settings(
    max_examples=25,
    phases=[Phase.reuse, Phase.generate],  # making a failure smaller would take minutes in a database
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@pytest.fixture
def two(strategy):
    return [
        an_initiative(
            ref, recorded=START, milestones=[(START + timedelta(days=90), 1), (START + timedelta(days=200), 2)]
        )
        for ref in ("DS-001", "DS-002")
    ]


def record(initiatives, happened):
    """Write the rows themselves, so that anything may follow anything."""
    for kind, which, recorded, away, word in happened:
        initiative = initiatives[which]
        on = START + timedelta(days=recorded + away)
        row = {"recorded_at": datetime(2025, 4, 1, 10, tzinfo=UTC) + timedelta(days=recorded)}
        step = milestone(initiative, 1 + word % 2)
        if kind == "update":
            rag = ("green", "amber", "red")[word % 3]
            words = {"what_changed": "x", "risk": "x", "issue": "x"}
            Update.objects.create(initiative=initiative, said_on=on, rag=rag, **words, **row)
        elif kind == "move":
            moved = {"from_on": START, "to_on": START + timedelta(days=recorded + 60 + away), "reason": "x"}
            DateMove.objects.create(initiative=initiative, milestone=step, **moved, **row)
        elif kind == "stage":
            stage = ("in-progress", "paused", "complete", "stopped", "in-progress")[word]
            StageChange.objects.create(initiative=initiative, stage=stage, changed_on=on, **row)
        else:
            done_on = on if kind == "done" else None
            DoneDate.objects.create(milestone=step, done_on=done_on, reason="x", **row)


@SOME
@given(events, st.integers(0, 300))
def test_what_is_recorded_later_never_changes_the_past_however_it_is_dated(two, happened, days):
    then = START + timedelta(days=days)
    with undone():
        record(two, [event for event in happened if event[2] <= days])
        before = told(portfolio(then))
        record(two, [event for event in happened if event[2] > days])
        assert told(portfolio(then)) == before


@SOME
@given(events, st.lists(st.integers(0, 320), min_size=1, max_size=5))
def test_a_timeline_of_every_day_and_a_reading_of_one_day_agree(two, happened, days):
    with undone():
        record(two, happened)
        asked = [START + timedelta(days=number) for number in days]
        every_day, some_days = Timeline(max(asked)), Timeline(max(asked), days=asked)
        for then in asked:
            assert told(every_day.at(then)) == told(some_days.at(then)) == told(portfolio(then))


@SOME
@given(events, st.integers(0, 320))
def test_moves_never_improve_the_figures_against_first_promises(two, happened, days):
    then = START + timedelta(days=days)
    with undone():
        record(two, [event for event in happened if event[0] != "move"])
        kept = portfolio(then)
        record(two, [event for event in happened if event[0] == "move"])
        for before, after in zip(kept.initiatives, portfolio(then).initiatives, strict=True):
            assert (after.progress, after.planned, after.gap) == (before.progress, before.planned, before.gap)
            missed = [[m.missed_its_first_promise(then) for m in i.milestones] for i in (before, after)]
            assert missed[0] == missed[1]
