"""What day it is in London, what is due on it and what is overdue, by hand, for the hours at which clocks mislead."""

from datetime import UTC, datetime

import pytest

from initiatives.filters import today
from initiatives.periods import is_overdue, update_due_on
from tests.factories import as_at, clock_at, day, says


def at(moment):
    """Return a moment of UTC, which the computer's clock knows, whatever people's clocks say."""
    return datetime.fromisoformat(moment).replace(tzinfo=UTC)


TODAY = [
    # The clocks go forward on 29 March 2026, at 01:00.
    ("2026-03-28 22:59", "2026-03-28"), ("2026-03-28 23:00", "2026-03-28"), ("2026-03-28 23:59", "2026-03-28"),
    ("2026-03-29 00:00", "2026-03-29"), ("2026-03-29 00:59", "2026-03-29"), ("2026-03-29 01:00", "2026-03-29"),
    ("2026-03-29 01:59", "2026-03-29"), ("2026-03-29 02:00", "2026-03-29"), ("2026-03-29 22:59", "2026-03-29"),
    ("2026-03-29 23:00", "2026-03-30"), ("2026-03-29 23:59", "2026-03-30"), ("2026-03-30 00:00", "2026-03-30"),
    # They go back on 25 October 2026: the hour from 01:00 comes twice.
    ("2026-10-24 22:59", "2026-10-24"), ("2026-10-24 23:00", "2026-10-25"), ("2026-10-25 00:00", "2026-10-25"),
    ("2026-10-25 00:30", "2026-10-25"), ("2026-10-25 00:59", "2026-10-25"), ("2026-10-25 01:00", "2026-10-25"),
    ("2026-10-25 01:30", "2026-10-25"), ("2026-10-25 22:59", "2026-10-25"), ("2026-10-25 23:00", "2026-10-25"),
    ("2026-10-25 23:59", "2026-10-25"), ("2026-10-26 00:00", "2026-10-26"),
    # The ends of months, of a leap February and of a year.
    ("2026-06-30 22:59", "2026-06-30"), ("2026-06-30 23:00", "2026-07-01"), ("2026-06-30 23:30", "2026-07-01"),
    ("2026-04-30 23:00", "2026-05-01"), ("2026-09-30 23:59", "2026-10-01"), ("2026-10-31 23:59", "2026-10-31"),
    ("2027-02-28 23:59", "2027-02-28"), ("2027-03-01 00:00", "2027-03-01"), ("2028-02-28 23:59", "2028-02-28"),
    ("2028-02-29 00:00", "2028-02-29"), ("2028-02-29 23:59", "2028-02-29"), ("2028-03-01 00:00", "2028-03-01"),
    ("2026-12-31 23:59", "2026-12-31"), ("2027-01-01 00:00", "2027-01-01"),
]  # fmt: skip

DUE = [
    # Said on the last day every month: the day after is no later for a short month, and none drifts to the 28th.
    ("2026-01-30 12:00", "monthly", "2026-02-27"), ("2026-02-27 12:00", "monthly", "2026-03-31"),
    ("2026-03-31 12:00", "monthly", "2026-04-30"), ("2026-04-30 12:00", "monthly", "2026-05-29"),
    ("2026-05-29 12:00", "monthly", "2026-06-30"), ("2026-06-30 12:00", "monthly", "2026-07-31"),
    ("2026-07-31 12:00", "monthly", "2026-08-28"), ("2026-08-28 12:00", "monthly", "2026-09-30"),
    ("2026-09-30 12:00", "monthly", "2026-10-30"), ("2026-10-30 12:00", "monthly", "2026-11-30"),
    ("2026-11-30 12:00", "monthly", "2026-12-31"), ("2026-12-31 12:00", "monthly", "2027-01-29"),
    ("2028-01-31 12:00", "monthly", "2028-02-29"), ("2028-02-29 12:00", "monthly", "2028-03-31"),
    ("2026-03-31 12:00", "quarterly", "2026-06-30"), ("2026-06-30 12:00", "quarterly", "2026-09-30"),
    ("2026-09-30 12:00", "quarterly", "2026-12-31"), ("2026-12-31 12:00", "quarterly", "2027-03-31"),
    # Said a minute before midnight and at midnight in London.
    ("2026-06-30 22:59", "monthly", "2026-07-31"), ("2026-06-30 23:00", "monthly", "2026-08-28"),
    ("2026-12-31 23:59", "monthly", "2027-01-29"), ("2027-01-01 00:00", "monthly", "2027-02-26"),
    ("2028-02-29 23:59", "monthly", "2028-03-31"), ("2028-03-01 00:00", "monthly", "2028-04-28"),
    ("2026-06-30 22:59", "quarterly", "2026-09-30"), ("2026-06-30 23:00", "quarterly", "2026-12-31"),
]  # fmt: skip

OVERDUE = [
    ("2026-03-31", "2026-04-09 22:59", False), ("2026-03-31", "2026-04-09 23:00", True),  # Easter, summer time
    ("2026-06-30", "2026-07-07 22:59", False), ("2026-06-30", "2026-07-07 23:00", True),
    ("2026-10-30", "2026-11-06 23:59", False), ("2026-10-30", "2026-11-07 00:00", True),  # winter time again
    ("2026-12-31", "2027-01-08 23:59", False), ("2026-12-31", "2027-01-09 00:00", True),  # New Year's Day
]  # fmt: skip


def test_the_tables_are_long_enough_to_mean_something():
    assert len(set(TODAY)) + len(set(DUE)) + len(set(OVERDUE)) == 37 + 26 + 8


@pytest.mark.parametrize(("moment", "expected"), TODAY)
def test_today_is_londons(moment, expected):
    with clock_at(at(moment)):
        assert today() == day(expected)


@pytest.mark.parametrize(("moment", "cadence", "due"), DUE)
def test_what_is_said_at_a_moment_makes_the_next_update_due(moment, cadence, due):
    with clock_at(at(moment)):
        assert update_due_on(today(), None, cadence) == day(due)


@pytest.mark.parametrize(("due", "moment", "expected"), OVERDUE)
def test_an_update_is_overdue_from_londons_midnight(due, moment, expected):
    with clock_at(at(moment)):
        assert is_overdue(day(due), today()) is expected


def test_a_milestone_is_late_from_londons_midnight_on_the_page_too(olgas, olga, as_):
    olga = as_(olga)
    for moment, late in [("2025-05-30 22:59", 0), ("2025-05-30 23:00", 1)]:
        with clock_at(at(moment)):
            olga.get("/")
            assert as_at(olgas, today()).milestones_late == late


def test_what_is_said_in_the_hour_that_comes_twice_is_said_in_its_order(olgas):
    says(olgas, "green", on="2025-10-26", recorded=at("2025-10-26 00:30"))  # half past one, by summer time
    says(olgas, "red", on="2025-10-26", recorded=at("2025-10-26 01:30"))  # and half past one again
    assert as_at(olgas, "2025-10-26").rag == "red"
