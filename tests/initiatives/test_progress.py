"""Worked examples, by hand, for every rule of the arithmetic. Today is 1 July 2025 unless a test says otherwise."""

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from initiatives import progress
from initiatives.progress import MilestoneAt, whole
from initiatives.status import Stage, Status
from tests.factories import day

TODAY = day("2025-07-01")


def promised(first, *, now=None, done=None, weight=1, moves=None, withdrawn=None):
    """Return a milestone first promised for a day, and now due on another when it has moved."""
    return MilestoneAt(
        id=1,
        ref="DS-001-M01",
        title="A step",
        weight=weight,
        first_due_on=day(first),
        due_on=day(now or first),
        done_on=done and day(done),
        moves=(1 if now else 0) if moves is None else moves,
        withdrawn_on=withdrawn and day(withdrawn),
    )


def read(*milestones):
    return progress.reading_of_dates(milestones, TODAY)


FAR_AWAY = promised("2026-03-31", weight=96)  # makes everything beside it a small part of the whole


# --- A milestone ----------------------------------------------------------------------------------
def test_a_milestone_done_on_the_day_itself_is_done_and_the_day_before_is_not():
    step = promised("2025-07-15", done="2025-07-01")
    assert step.status(day("2025-07-01")) == "done"
    assert step.status(day("2025-06-30")) == "open"


def test_a_milestone_due_today_is_late_tomorrow():
    step = promised("2025-07-01")
    assert step.status(day("2025-07-01")) == "open"
    assert step.status(day("2025-07-02")) == "late"


def test_lateness_looks_at_the_date_as_it_is_now():
    assert promised("2025-05-30", now="2025-08-29").status(TODAY) == "open"


def test_a_milestone_done_after_its_date_is_done_and_no_longer_late():
    step = promised("2025-05-30", done="2025-06-20")
    assert step.status(day("2025-06-19")) == "late"
    assert step.status(day("2025-06-20")) == "done"


def test_a_first_promise_is_missed_from_the_day_after_it():
    step = promised("2025-06-30")
    assert not step.missed_its_first_promise(day("2025-06-30"))
    assert step.missed_its_first_promise(day("2025-07-01"))


def test_a_first_promise_is_kept_by_work_done_on_its_very_day():
    assert not promised("2025-06-30", done="2025-06-30").missed_its_first_promise(TODAY)
    assert promised("2025-06-29", done="2025-06-30").missed_its_first_promise(TODAY)


def test_moving_a_date_never_mends_a_first_promise():
    assert promised("2025-06-01", now="2025-09-30").missed_its_first_promise(TODAY)
    assert promised("2025-06-01", now="2025-09-30", done="2025-06-20").missed_its_first_promise(TODAY)


def test_a_withdrawn_milestone_is_never_late_and_stays_in_the_figures_as_not_done():
    gone = promised("2025-05-01", withdrawn="2025-05-20")
    both = [gone, promised("2025-05-01", done="2025-05-01")]
    assert gone.status(TODAY) == "open"
    assert not gone.is_late(TODAY)
    assert not gone.is_open(TODAY)
    assert gone.missed_its_first_promise(TODAY)
    assert progress.progress(both, TODAY) == Fraction(1, 2)
    assert progress.planned(both, TODAY) == 1


# --- Progress, planned, gap -----------------------------------------------------------------------
def test_progress_planned_and_gap_are_shares_of_the_weight():
    steps = [
        promised("2025-05-30", weight=3, done="2025-05-28"),
        promised("2025-07-01", weight=2),  # promised by today, and open
        promised("2025-07-02", weight=1, done="2025-06-30"),  # ahead of its promise
        promised("2025-09-30", weight=4),
    ]
    assert progress.progress(steps, TODAY) == Fraction(4, 10)
    assert progress.planned(steps, TODAY) == Fraction(5, 10)
    assert progress.gap(steps, TODAY) == Fraction(-1, 10)


def test_the_plan_is_the_first_promise_however_often_dates_move():
    assert progress.planned([promised("2025-06-01", now="2026-01-30", moves=4)], TODAY) == 1


def test_olga_sees_no_percentage_where_there_are_no_milestones():
    assert progress.progress([], TODAY) is None
    assert progress.planned([], TODAY) is None
    assert progress.gap([], TODAY) is None
    assert whole(None) is None


def test_nothing_done_is_no_percent_rather_than_no_figure():
    assert progress.progress([promised("2025-09-30")], TODAY) == 0


# --- The other clocks: today's dates, and how far they have moved ----------------------------------
def test_against_todays_dates_what_moved_is_due_when_it_is_now_due():
    steps = [
        promised("2025-05-30", weight=3, done="2025-05-28"),
        promised("2025-06-30", now="2025-07-02", weight=2),  # first promised by today, and due tomorrow
        promised("2025-09-30", now="2025-07-01", weight=4),  # brought forward to today
        promised("2025-07-02", weight=1),
    ]
    assert progress.planned(steps, TODAY) == Fraction(5, 10)
    assert progress.due(steps, TODAY) == Fraction(7, 10)
    assert progress.due(steps, day("2025-07-02")) == 1


def test_a_withdrawn_milestone_stays_due_as_it_stays_promised():
    steps = [promised("2025-05-01", now="2025-06-01", withdrawn="2025-05-20"), promised("2025-12-01")]
    assert progress.due(steps, TODAY) == progress.planned(steps, TODAY) == Fraction(1, 2)


def test_dates_have_moved_by_the_mean_of_their_days_by_weight():
    steps = [
        promised("2025-05-30", weight=1),
        promised("2025-06-01", now="2025-07-01", weight=2),  # 30 days later
        promised("2025-12-31", now="2025-12-21", weight=3),  # 10 days sooner
    ]
    assert progress.days_moved(steps) == Fraction(2 * 30 - 3 * 10, 6)


def test_dates_count_from_the_first_promise_however_often_they_moved_on_the_way():
    assert progress.days_moved([promised("2025-06-01", now="2025-06-03", moves=4)]) == 2
    assert progress.days_moved([promised("2025-06-01", now="2025-06-01", moves=2)]) == 0
    assert progress.days_moved([promised("2025-06-01", now="2025-05-30")]) == -2


def test_without_milestones_nothing_is_due_and_nothing_has_moved():
    assert progress.due([], TODAY) is None
    assert progress.days_moved([]) is None


@pytest.mark.parametrize(
    ("number", "rounded"),
    [
        (Fraction(5, 2), 3),
        (Fraction(-5, 2), -3),
        (Fraction(1, 2), 1),
        (Fraction(-1, 2), -1),
        (Fraction(49, 100), 0),
        (Fraction(-49, 100), 0),
        (Fraction(0), 0),
        (Fraction(34), 34),
        (None, None),
    ],
)
def test_days_are_rounded_as_points_are(number, rounded):
    assert progress.nearest(number) == rounded


# --- Means ----------------------------------------------------------------------------------------
def test_a_mean_is_weighted_and_passes_over_work_without_milestones():
    shares = [(Fraction(1, 3), 2), (Fraction(1, 3), 1), (Fraction(1), 1), (None, 50), (Fraction(0), 2)]
    assert progress.weighted_mean(shares) == Fraction(2, 6)  # (2 x 1/3 + 1 x 1/3 + 1 x 1 + 2 x 0) / 6


def test_a_mean_of_nothing_is_no_figure():
    assert progress.weighted_mean([]) is None
    assert progress.weighted_mean([(None, 3)]) is None


# --- Rounding -------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("share", "points"),
    [
        (Fraction(-25, 1000), -3),
        (Fraction(25, 1000), 3),
        (Fraction(5, 1000), 1),
        (Fraction(-5, 1000), -1),
        (Fraction(4999, 1_000_000), 0),
        (Fraction(-4999, 1_000_000), 0),
        (Fraction(1, 3), 33),
        (Fraction(2, 3), 67),
        (Fraction(-2, 3), -67),
        (Fraction(29, 200), 15),  # 14.5, which floats take for a little less
        (Fraction(0), 0),
        (Fraction(1), 100),
    ],
)
def test_halves_are_rounded_away_from_zero(share, points):
    assert whole(share) == points


def test_the_gap_in_points_is_the_rounded_gap_and_no_difference_of_rounded_figures():
    steps = [
        promised("2025-06-01", weight=149, done="2025-06-01"),
        promised("2025-06-01", now="2025-09-30", weight=55),
        promised("2025-12-01", weight=796),
    ]
    assert whole(progress.progress(steps, TODAY)) == 15  # 14.9
    assert whole(progress.planned(steps, TODAY)) == 20  # 20.4
    assert whole(progress.gap(steps, TODAY)) == -6  # -5.5


# --- The machine's reading ------------------------------------------------------------------------
def test_work_on_plan_reads_green():
    assert read(promised("2025-06-01", done="2025-06-01"), promised("2025-09-30")) == "green"


def test_work_without_milestones_reads_nothing():
    assert read() is None


def test_thirty_days_late_is_amber_and_thirty_one_is_red():
    assert read(promised("2025-06-01", weight=4), FAR_AWAY) == "amber"
    assert read(promised("2025-05-31", weight=4), FAR_AWAY) == "red"


def test_a_day_late_is_amber():
    assert read(promised("2025-07-01", weight=4), FAR_AWAY) == "green"
    assert read(promised("2025-06-30", weight=4), FAR_AWAY) == "amber"


def test_lateness_is_counted_from_the_date_as_it_is_now():
    assert read(promised("2025-01-31", now="2025-06-20", weight=4), FAR_AWAY) == "amber"


@pytest.mark.parametrize(
    ("behind", "reading"),
    [(9_999, "red"), (2_501, "red"), (2_500, "red"), (2_499, "amber"), (1_000, "amber"), (999, "green"), (0, "green")],
)
def test_the_gap_is_compared_exactly(behind, reading):
    """The gap is `behind` hundredths of a point; what is behind has moved once, so nothing is late."""
    steps = [promised("2026-03-31", weight=10_000 - behind)]
    if behind:
        steps.append(promised("2025-06-01", now="2025-12-01", weight=behind))
    assert progress.gap(steps, TODAY) == Fraction(-behind, 10_000)
    assert read(*steps) == reading


def test_two_moves_of_an_open_milestone_are_amber_and_one_is_not():
    assert read(promised("2025-09-30", now="2025-10-31", moves=1)) == "green"
    assert read(promised("2025-09-30", now="2025-10-31", moves=2)) == "amber"


def test_moves_are_counted_of_one_milestone_and_not_added_up():
    assert read(*[promised("2025-09-30", now="2025-10-31", moves=1)] * 3) == "green"


def test_moves_of_a_milestone_that_is_done_or_withdrawn_no_longer_count():
    assert read(promised("2025-05-30", now="2025-06-30", done="2025-06-25", moves=3)) == "green"
    assert read(promised("2025-09-30", now="2025-12-31", withdrawn="2025-06-25", moves=3)) == "green"


def test_a_milestone_brought_forward_and_missed_is_late():
    assert read(promised("2025-09-30", now="2025-06-20", weight=4), FAR_AWAY) == "amber"


@pytest.mark.parametrize("stage", ["proposed", "paused", "complete", "stopped"])
def test_the_machine_reads_only_work_in_progress(stage):
    late = [promised("2025-01-31")]
    assert progress.machine_reading(shown=Status(stage), stage=stage, milestones=late, day=TODAY) is None


@pytest.mark.parametrize("silence", [Status.NEVER_UPDATED, Status.NO_CURRENT_UPDATE])
@pytest.mark.parametrize("milestones", [[], [promised("2025-01-31")]])
def test_silence_wins_over_late_dates_and_over_no_milestones(silence, milestones):
    said = {"shown": silence, "stage": "in-progress", "milestones": milestones, "day": TODAY}
    assert progress.machine_reading(**said) == "silent"


def test_work_that_speaks_and_has_no_milestones_reads_nothing():
    assert progress.machine_reading(shown=Status.GREEN, stage="in-progress", milestones=[], day=TODAY) is None


# --- Status ---------------------------------------------------------------------------------------
def shown(stage="in-progress", said="green", due="2025-07-31", on=TODAY):
    return progress.status(stage=stage, last_rag=said, update_due_on=due and day(due), day=on)


@pytest.mark.parametrize("stage", ["proposed", "paused", "complete", "stopped"])
@pytest.mark.parametrize("said", [None, "red"])
def test_work_that_is_not_in_progress_shows_its_stage_whatever_was_said(stage, said):
    assert shown(stage=stage, said=said, due=None) == stage


@pytest.mark.parametrize("rag", ["green", "amber", "red"])
def test_work_in_progress_shows_the_rag_last_said(rag):
    assert shown(said=rag) == rag


def test_work_that_never_spoke_is_never_updated_even_before_its_first_update_is_due():
    assert shown(said=None) == "never-updated"
    assert shown(said=None, due="2024-01-31") == "never-updated"


def test_olgas_green_turns_to_silence_on_the_day_after_the_fifth_working_day():
    assert shown(due="2025-04-30", on=day("2025-05-08")) == "green"
    assert shown(due="2025-04-30", on=day("2025-05-09")) == "no-current-update"


# --- Watermelons ----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("stage", "said", "reading", "watermelon"),
    [
        ("in-progress", "green", "red", True),
        ("in-progress", "green", "amber", False),
        ("in-progress", "green", "silent", False),
        ("in-progress", "green", None, False),
        ("in-progress", "amber", "red", False),
        ("in-progress", None, "red", False),
        ("paused", "green", "red", False),
    ],
)
def test_a_watermelon_is_in_progress_said_green_and_reads_red(stage, said, reading, watermelon):
    assert progress.is_watermelon(stage=stage, last_rag=said, reading=reading) is watermelon


# --- What always holds ----------------------------------------------------------------------------
some_days = st.dates(date(2024, 1, 1), date(2026, 12, 31))


@st.composite
def milestones(draw):
    first = draw(some_days)
    moves = draw(st.integers(0, 3))
    return MilestoneAt(
        id=1,
        ref="DS-001-M01",
        title="A step",
        weight=draw(st.integers(1, 9)),
        first_due_on=first,
        due_on=draw(some_days) if moves else first,
        done_on=draw(st.none() | some_days),
        moves=moves,
        withdrawn_on=draw(st.none() | some_days),
    )


portfolios = st.lists(milestones(), max_size=6)


@given(st.lists(st.sampled_from(Status)))
def test_a_distribution_names_every_status_and_adds_up(statuses):
    counts = progress.distribution(statuses)
    assert list(counts) == list(Status)
    assert sum(counts.values()) == len(statuses)


@given(portfolios, some_days, st.data())
def test_moving_dates_never_improves_the_figures_against_first_promises(steps, any_day, data):
    again = [
        MilestoneAt(
            step.id, step.ref, step.title, step.weight, step.first_due_on,
            due_on=data.draw(some_days), done_on=step.done_on, moves=step.moves + 1, withdrawn_on=step.withdrawn_on,
        )
        for step in steps
    ]  # fmt: skip
    for figure in (progress.progress, progress.planned, progress.gap):
        assert figure(again, any_day) == figure(steps, any_day)
    for before, after in zip(steps, again, strict=True):
        assert after.missed_its_first_promise(any_day) == before.missed_its_first_promise(any_day)


@given(portfolios, some_days)
def test_without_a_move_both_clocks_agree_and_no_day_has_moved(steps, any_day):
    unmoved = [replace(step, due_on=step.first_due_on) for step in steps]
    assert progress.due(unmoved, any_day) == progress.planned(steps, any_day)
    assert progress.days_moved(unmoved) in (0, None)


@given(portfolios, some_days)
def test_every_milestone_has_one_status_and_late_ones_read_amber_or_worse(steps, any_day):
    words = [step.status(any_day) for step in steps]
    assert sum(words.count(word) for word in ("done", "late", "open")) == len(steps)
    if "late" in words:
        assert progress.reading_of_dates(steps, any_day) in ("amber", "red")


@given(portfolios, some_days)
def test_progress_and_plan_lie_between_nothing_and_the_whole(steps, any_day):
    for figure in (progress.progress, progress.planned):
        share = figure(steps, any_day)
        assert (share is None) == (steps == [])
        assert share is None or 0 <= share <= 1


@given(portfolios, some_days)
def test_the_plan_only_grows_as_days_pass(steps, any_day):
    tomorrow = any_day + timedelta(days=1)
    assert (progress.planned(steps, any_day) or 0) <= (progress.planned(steps, tomorrow) or 0)


@given(st.fractions(-1, 1))
def test_rounding_moves_a_figure_by_half_a_point_at_most_and_alike_on_both_sides(share):
    assert abs(whole(share) - share * 100) <= Fraction(1, 2)
    assert whole(-share) == -whole(share)


@given(st.lists(st.tuples(st.fractions(0, 1), st.integers(1, 9)), min_size=1))
def test_a_mean_lies_between_the_least_and_the_greatest(pairs):
    shares = [share for share, _ in pairs]
    assert min(shares) <= progress.weighted_mean(pairs) <= max(shares)


def test_every_stage_but_work_in_progress_is_a_status():
    assert set(Stage.values) - set(Status.values) == {"in-progress"}
