"""What initiatives add up to: pillars, commitments, the golden thread, the trend, and what needs a leader."""

from datetime import timedelta
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from initiatives.history import Timeline, portfolio
from initiatives.progress import whole
from initiatives.status import Status
from reports import metrics
from reports.attention import needing_attention
from tests.factories import (
    aligns,
    an_initiative,
    answers,
    asks,
    contributes,
    corrects,
    day,
    enters,
    milestone,
    moves,
    says,
    ticks,
    told,
    undone,
    withdraws,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("strategy")]
TODAY = day("2025-07-01")


def pillars(on=TODAY):
    return {row.pillar.slug: row.figures for row in metrics.by_pillar(portfolio(day(on)))}


def commitments(on=TODAY):
    return {row.commitment.code: row for row in metrics.by_commitment(portfolio(day(on)))}


def thread(on=TODAY):
    return {(cell.pillar.slug, cell.aim.code): cell for cell in metrics.golden_thread(portfolio(day(on)))}


def counted(figures):
    return {word.value: count for word, count in figures.statuses.items() if count}


def half_done(ref, *, weight=1, **attributes):
    """An initiative with half of its weight done and all of it promised by today."""
    found = an_initiative(ref, recorded="2025-04-01", weight=weight, milestones=["2025-05-30"] * 2, **attributes)
    ticks(found, 1, on="2025-05-30")
    return found


# --- Pillars --------------------------------------------------------------------------------------
def test_a_pillar_shows_how_its_work_is_distributed_and_no_colour_of_its_own():
    said = {"DS-001": "green", "DS-002": "red", "DS-003": None, "DS-004": "green"}
    made = {ref: an_initiative(ref, recorded="2025-04-01") for ref in said}
    for ref, rag in said.items():
        if rag:
            says(made[ref], rag, on="2025-06-10")
    enters(made["DS-004"], "paused", on="2025-06-20")
    figures = pillars()["purpose"]
    assert counted(figures) == {"green": 1, "red": 1, "never-updated": 1, "paused": 1}
    assert figures.count == 4
    assert (figures.in_progress, figures.silent) == (3, 1)
    assert figures.strip == [
        ("green", "Green", 1),
        ("red", "Red", 1),
        ("never-updated", "Never updated", 1),
        ("paused", "Paused", 1),
    ]


def test_a_pillar_without_work_has_no_figures_and_still_has_its_row():
    figures = pillars()["potential"]
    assert (figures.count, counted(figures), figures.milestones_total) == (0, {}, 0)
    assert (figures.progress, figures.planned, figures.gap) == (None, None, None)


def test_a_pillars_progress_is_the_mean_of_its_work_by_weight():
    half_done("DS-001", weight=3)
    an_initiative("DS-002", recorded="2025-04-01", weight=1, milestones=["2026-03-31"])
    figures = pillars()["purpose"]
    assert figures.progress == Fraction(3, 8)  # (3 x 1/2 + 1 x 0) / 4
    assert figures.planned == Fraction(3, 4)  # (3 x 1 + 1 x 0) / 4
    assert figures.gap == Fraction(-3, 8)
    assert [whole(share) for share in (figures.progress, figures.planned, figures.gap)] == [38, 75, -38]


def test_the_mean_counts_work_in_progress_or_complete_and_no_other():
    stages = {
        "DS-001": "in-progress",
        "DS-002": "complete",
        "DS-003": "paused",
        "DS-004": "stopped",
        "DS-005": "proposed",
    }
    for ref, stage in stages.items():
        found = an_initiative(ref, recorded="2025-04-01", stage=stage, milestones=["2025-05-30"])
        if stage != "in-progress":
            ticks(found, 1, on="2025-05-30")
    figures = pillars()["purpose"]
    assert figures.progress == Fraction(1, 2)  # 0% in progress and 100% complete
    assert (figures.milestones_total, figures.milestones_done, figures.milestones_late) == (5, 4, 1)


def test_work_without_milestones_is_passed_over_rather_than_counted_as_nothing_done():
    half_done("DS-001")
    an_initiative("DS-002", recorded="2025-04-01", weight=50)
    assert pillars()["purpose"].progress == Fraction(1, 2)


def test_totals_count_every_stage_and_withdrawn_milestones_too():
    for ref, stage in (("DS-001", "paused"), ("DS-002", "stopped"), ("DS-003", "in-progress")):
        found = an_initiative(ref, recorded="2025-04-01", stage=stage, milestones=["2025-05-30", "2025-06-13"])
        asks(found, on="2025-06-02")
        withdraws(found, 2, on="2025-06-03")
    answers(asks(found, on="2025-06-02"), on="2025-06-04")
    figures = pillars()["purpose"]
    assert (figures.milestones_total, figures.milestones_done, figures.milestones_late) == (6, 0, 3)
    assert figures.asks_open == 3


def test_an_initiative_counts_under_its_home_pillar_alone():
    contributes(half_done("DS-001", pillar="people"), "process", recorded="2025-04-02")
    assert {slug: figures.count for slug, figures in pillars().items()} == {
        "purpose": 0,
        "process": 0,
        "people": 1,
        "potential": 0,
    }


def test_a_weight_corrected_later_does_not_change_last_months_mean():
    corrects(half_done("DS-001"), weight=7, recorded="2025-07-01")
    an_initiative("DS-002", recorded="2025-04-01", milestones=["2026-03-31"])
    assert pillars("2025-06-30")["purpose"].progress == Fraction(1, 4)
    assert pillars("2025-07-01")["purpose"].progress == Fraction(7, 16)


# --- Commitments ----------------------------------------------------------------------------------
def test_any_strength_of_alignment_counts_and_only_a_main_one_fills_a_gap():
    aligns(half_done("DS-001"), "E1", "main", recorded="2025-04-02")
    aligns(half_done("DS-002", weight=3), "E2", "supporting", recorded="2025-04-02")
    found = commitments()
    assert {code: row.figures.count for code, row in found.items()} == {"E1": 1, "E2": 1, "E3": 0}
    assert {code: row.is_gap for code, row in found.items()} == {"E1": False, "E2": True, "E3": True}
    assert found["E2"].figures.progress == Fraction(1, 2)


@pytest.mark.parametrize(
    ("stage", "is_gap"),
    [("proposed", False), ("in-progress", False), ("paused", False), ("complete", False), ("stopped", True)],
)
def test_stopped_work_leaves_a_gap_and_every_other_stage_fills_it(stage, is_gap):
    found = an_initiative(recorded="2025-04-01")
    aligns(found, "E1", recorded="2025-04-02")
    enters(found, stage, on="2025-05-01")
    assert commitments()["E1"].is_gap is is_gap
    assert commitments()["E1"].figures.count == 1


def test_a_gap_opens_on_the_day_the_alignment_becomes_supporting():
    corrects(aligns(half_done("DS-001"), "E1", recorded="2025-04-02"), strength="supporting", recorded="2025-06-10")
    assert [commitments(on)["E1"].is_gap for on in ("2025-04-01", "2025-06-09", "2025-06-10")] == [True, False, True]


# --- The golden thread ----------------------------------------------------------------------------
def test_an_initiative_counts_under_every_aim_that_it_is_aligned_to_and_once_in_each():
    found = half_done("DS-001", pillar="people")
    for code in ("E1", "E2", "E3"):
        aligns(found, code, "supporting", recorded="2025-04-02")
    cells = thread()
    assert len(cells) == 8  # four pillars by two aims
    assert {
        key: (cell.figures.count, cell.commitments_served) for key, cell in cells.items() if cell.figures.count
    } == {
        ("people", "A1"): (1, 2),
        ("people", "A2"): (1, 1),
    }


def test_a_commitment_is_served_by_work_that_is_not_stopped():
    live, ended = half_done("DS-001"), half_done("DS-002", weight=3)
    aligns(live, "E1", "supporting", recorded="2025-04-02")
    for code in ("E1", "E2"):
        aligns(ended, code, recorded="2025-04-02")
    enters(ended, "stopped", on="2025-06-20")
    cell = thread()["purpose", "A1"]
    assert (cell.commitments_served, cell.figures.count) == (1, 2)
    assert counted(cell.figures) == {"never-updated": 1, "stopped": 1}
    assert cell.figures.progress == Fraction(1, 2)  # of the work in progress alone
    assert thread("2025-06-19")["purpose", "A1"].commitments_served == 2


def test_a_cells_progress_follows_the_pillars_rule():
    heavy, light = half_done("DS-001", weight=3), half_done("DS-002", weight=1)
    for found in (heavy, light):
        aligns(found, "E3", recorded="2025-04-02")
    ticks(light, 2, on="2025-06-10")
    assert thread()["purpose", "A2"].figures.progress == Fraction(5, 8)  # (3 x 1/2 + 1 x 1) / 4


# --- The trend ------------------------------------------------------------------------------------
def test_the_trend_has_a_point_for_each_pillar_at_each_whole_months_end():
    ds1 = half_done("DS-001")
    says(ds1, "green", on="2025-05-12")
    an_initiative("DS-002", recorded="2025-06-10", pillar="people")
    ends = metrics.whole_month_ends(day("2025-04-01"), TODAY)
    assert ends == [day("2025-04-30"), day("2025-05-31"), day("2025-06-30")]
    points = metrics.trend(Timeline(TODAY), ends)
    assert [(p.month_end, p.pillar.slug) for p in points[:5]] == [
        (ends[0], "purpose"),
        (ends[0], "process"),
        (ends[0], "people"),
        (ends[0], "potential"),
        (ends[1], "purpose"),
    ]
    purpose = [
        (counted(p.figures), p.figures.progress, p.figures.planned) for p in points if p.pillar.slug == "purpose"
    ]
    assert purpose == [
        ({"never-updated": 1}, 0, 0),
        ({"green": 1}, Fraction(1, 2), 1),
        ({"green": 1}, Fraction(1, 2), 1),
    ]
    assert [p.figures.count for p in points if p.pillar.slug == "people"] == [0, 0, 1]


def test_each_point_of_the_trend_is_the_portfolio_of_that_day():
    says(half_done("DS-001"), "amber", on="2025-05-12")
    ends = metrics.whole_month_ends(day("2025-04-01"), TODAY)
    for point in metrics.trend(Timeline(TODAY), ends):
        of_that_day = pillars(point.month_end)[point.pillar.slug]
        assert [told(i) for i in point.figures.initiatives] == [told(i) for i in of_that_day.initiatives]
        assert (point.figures.statuses, point.figures.gap) == (of_that_day.statuses, of_that_day.gap)


def test_a_trend_of_some_work_leaves_the_rest_out():
    one = half_done("DS-001")
    half_done("DS-002")
    (end,) = metrics.whole_month_ends(day("2025-06-01"), day("2025-06-30"))
    points = metrics.trend(Timeline(end), [end], frozenset({one.pk}))
    assert [i.ref for p in points for i in p.figures.initiatives] == ["DS-001"]


def test_there_is_no_trend_before_there_is_history():
    assert metrics.whole_month_ends(None, TODAY) == []
    assert metrics.whole_month_ends(day("2025-06-02"), day("2025-06-29")) == []


# --- What needs a leader --------------------------------------------------------------------------
def test_what_needs_a_leader_is_grouped_by_the_reason_and_says_why():
    asking = an_initiative("DS-001", recorded="2025-06-02")
    asks(asking, on="2025-06-03")
    red = an_initiative("DS-002", recorded="2025-06-02")
    says(red, "red", on="2025-06-10")
    melon = an_initiative("DS-003", recorded="2025-04-01", milestones=["2025-05-30"])
    says(melon, "green", on="2025-06-20")
    silent = an_initiative("DS-004", recorded="2025-04-01")
    says(silent, "amber", on="2025-04-22")
    moved = an_initiative("DS-005", recorded="2025-06-02", milestones=["2025-08-29", "2025-09-30"])
    moves(moved, 2, to="2025-10-10", recorded="2025-06-05")
    for found in (asking, moved):
        says(found, "green", on="2025-06-20")
    groups = {g.reason.title: [(i.initiative.ref, i.why) for i in g.items] for g in needing_attention(portfolio(TODAY))}
    assert groups == {
        "Waiting for an answer from leaders": [("DS-001", "1 ask open")],
        "Red": [("DS-002", "red for 21 days, said 21 days ago")],
        "Said green, reads red": [("DS-003", "“Step 1” is 32 days late")],
        "No current update": [("DS-004", "last said amber 70 days ago")],
        "Late milestones": [("DS-003", "“Step 1” is 32 days late")],
        "Dates moved": [("DS-005", "1 move, and the end is 10 days later than first promised")],
    }


def test_the_longest_silence_comes_first():
    for ref, began in (("DS-001", "2025-05-01"), ("DS-002", "2025-04-01"), ("DS-003", "2025-06-30")):
        an_initiative(ref, recorded=began)
    (group,) = needing_attention(portfolio(TODAY))
    assert [(item.initiative.ref, item.why) for item in group.items] == [
        ("DS-002", "never updated in the 91 days since work began"),
        ("DS-001", "never updated in the 61 days since work began"),
        ("DS-003", "never updated in the 1 day since work began"),
    ]


def test_nothing_needs_a_leader_while_all_is_well():
    says(an_initiative(recorded="2025-06-02", milestones=["2025-09-30"]), "green", on="2025-06-20")
    assert needing_attention(portfolio(TODAY)) == []


# --- What always holds ----------------------------------------------------------------------------
stories = st.lists(
    st.tuples(
        st.sampled_from(["purpose", "people"]),
        st.sampled_from(["proposed", "in-progress", "paused", "complete", "stopped"]),
        st.sampled_from([None, "green", "amber", "red"]),
        st.integers(0, 150),  # said so many days ago
        st.sets(st.sampled_from(["E1", "E2", "E3"])),
    ),
    max_size=5,
)


@settings(
    max_examples=15,
    phases=[Phase.reuse, Phase.generate],  # making a failure smaller would take minutes in a database
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(stories)
def test_every_distribution_adds_up_to_its_initiatives(told):
    with undone():
        for number, (pillar, stage, rag, ago, codes) in enumerate(told, start=1):
            found = an_initiative(f"DS-{number:03d}", recorded="2025-01-01", pillar=pillar, stage=stage)
            if rag:
                says(found, rag, on=TODAY - timedelta(days=ago))
            for code in codes:
                aligns(found, code, recorded="2025-01-02")
        whole_ = portfolio(TODAY)
        rows = [*metrics.by_pillar(whole_), *metrics.by_commitment(whole_), *metrics.golden_thread(whole_)]
        for row in rows:
            assert list(row.figures.statuses) == list(Status)
            assert sum(row.figures.statuses.values()) == row.figures.count
        assert sum(row.figures.count for row in metrics.by_pillar(whole_)) == len(told)
        assert metrics.whole_portfolio(whole_).count == len(told)
        assert sum(row.figures.count for row in metrics.by_commitment(whole_)) == sum(len(t[4]) for t in told)


def test_a_milestones_weight_counts_inside_its_initiative_and_not_in_the_pillar():
    found = an_initiative(recorded="2025-04-01", milestones=[("2025-05-30", 9), ("2026-03-31", 1)])
    ticks(found, 1, on="2025-05-30")
    an_initiative("DS-002", recorded="2025-04-01", milestones=["2026-03-31"])
    assert milestone(found, 1).weight == 9
    assert pillars()["purpose"].progress == Fraction(45, 100)  # (90% + 0%) / 2
