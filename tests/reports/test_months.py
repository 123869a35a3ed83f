"""Months that are over are kept: they say what history says, until something from before their end is brought in."""

import pytest

from initiatives import history
from initiatives.models import KeptMonth
from pillars.history import StrategyHistory
from pillars.models import Pillar
from reports import metrics, months
from tests.factories import (
    an_initiative,
    clock_at,
    corrects,
    day,
    moves,
    says,
    ticks,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("strategy")]

TODAY = day("2025-07-15")
ENDS = [day("2025-04-30"), day("2025-05-31"), day("2025-06-30")]


@pytest.fixture(autouse=True)
def work(strategy):
    found = an_initiative("DS-001", recorded="2025-04-01", milestones=["2025-05-30", ("2025-09-30", 2)])
    says(found, "amber", on="2025-05-12")
    ticks(found, 1, on="2025-05-29")
    moves(found, 2, to="2025-10-30", recorded="2025-06-10")
    an_initiative("DS-002", recorded="2025-06-10", pillar="people", stage="proposed")
    return found


def told():
    points = months.trend(ENDS, StrategyHistory().at(TODAY))
    return [
        (p.month_end, p.pillar.slug, p.figures.statuses, p.figures.progress, p.figures.planned, p.figures.days_moved)
        for p in points
    ]


def keeps(on="2025-07-15"):
    with clock_at(on):
        return months.keep_months(day(on))


def kept_ends():
    return sorted(KeptMonth.objects.values_list("month_end", flat=True))


def test_kept_months_say_what_history_says(django_assert_num_queries):
    from_history = told()
    assert keeps() == 3
    assert told() == from_history
    assert len(from_history) == 3 * 4
    strategy = StrategyHistory().at(TODAY)
    with django_assert_num_queries(1):
        months.trend(ENDS, strategy)


def test_the_mean_moves_of_a_month_are_worked_out_by_hand():
    june = [row for row in told() if row[:2] == (ENDS[2], "purpose")]
    assert june[0][3:] == (pytest.approx(1 / 3), pytest.approx(1 / 3), 20)  # (1 x 0 + 2 x 30 days) / 3


def test_a_month_that_is_not_over_is_not_kept():
    assert keeps("2025-06-30") == 2
    assert kept_ends() == ENDS[:2]
    assert keeps("2025-07-01") == 1


def test_on_the_last_day_of_a_month_that_day_is_not_read_twice(django_assert_num_queries):
    keeps("2025-06-30")
    now = history.portfolio(ENDS[2])
    from_history = months.trend(ENDS, now.strategy)
    with django_assert_num_queries(1):
        assert months.trend(ENDS, now.strategy, now=now) == from_history


def test_what_is_recorded_now_leaves_past_months_alone(work):
    keeps()
    says(work, "red", on="2025-05-01", recorded="2025-07-15")
    assert kept_ends() == ENDS


def test_what_is_brought_in_from_before_a_months_end_throws_it_away(work):
    keeps()
    says(work, "red", on="2025-06-20", recorded="2025-06-20")
    assert kept_ends() == ENDS[:2]
    assert told()[8][2]["red"] == 1
    assert keeps() == 1
    assert told()[8][2]["red"] == 1


def test_a_pillar_that_is_set_up_before_a_months_end_throws_it_away():
    keeps()
    with clock_at("2025-05-31"):
        Pillar.objects.create(slug="fifth", name="Fifth", order=5)
    assert kept_ends() == ENDS[:1]
    assert [row[1] for row in told()].count("fifth") == 2


def test_a_corrected_title_does_not_touch_what_is_over(work):
    keeps()
    corrects(work, title="Another", recorded="2025-07-15")
    assert kept_ends() == ENDS


def test_a_trend_of_some_work_is_read_from_history(work):
    keeps()
    points = months.trend(ENDS, StrategyHistory().at(TODAY), frozenset())
    assert all(not any(point.figures.statuses.values()) for point in points)


def test_another_version_of_the_arithmetic_uses_nothing_of_this_one(monkeypatch):
    keeps()
    monkeypatch.setattr(months, "rules", lambda: "another")
    assert keeps() == 3
    assert metrics.whole_month_ends(ENDS[0], TODAY) == ENDS
