"""Worked examples for periods, working days and due dates, with England's real calendar."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from initiatives.periods import (
    add_working_days,
    grace_ends_on,
    is_overdue,
    is_working_day,
    month_end,
    month_ends,
    period,
    update_due_on,
)
from tests.factories import day

days = st.dates(date(2015, 1, 1), date(2035, 12, 31))
cadences = st.sampled_from(["monthly", "quarterly"])


# --- Working days ---------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("holiday", "name"),
    [
        ("2025-12-25", "Christmas Day"),
        ("2025-12-26", "Boxing Day"),
        ("2026-01-01", "New Year's Day"),
        ("2026-04-03", "Good Friday"),
        ("2026-04-06", "Easter Monday"),
        ("2026-05-04", "the early May bank holiday"),
        ("2026-05-25", "the spring bank holiday"),
        ("2026-08-31", "the summer bank holiday"),
        ("2026-12-28", "the substitute for Boxing Day on a Saturday"),
        ("2027-12-27", "the substitute for Christmas Day on a Saturday"),
        ("2027-12-28", "the substitute for Boxing Day on a Sunday"),
        ("2028-01-03", "the substitute for New Year's Day on a Saturday"),
        ("2022-06-03", "the Platinum Jubilee"),
        ("2022-09-19", "the Queen's funeral"),
        ("2023-05-08", "the Coronation"),
    ],
)
def test_nobody_in_england_works_on_a_bank_holiday(holiday, name):
    assert day(holiday).weekday() < 5
    assert not is_working_day(day(holiday)), name


@pytest.mark.parametrize("elsewhere", ["2026-01-02", "2026-03-17", "2026-08-03", "2026-11-30"])
def test_england_works_on_the_bank_holidays_of_scotland_and_northern_ireland(elsewhere):
    assert is_working_day(day(elsewhere))


def test_nobody_works_at_the_weekend():
    assert [is_working_day(day(f"2025-11-{n}")) for n in range(24, 31)] == [True] * 5 + [False] * 2


def test_working_days_are_counted_over_christmas():
    assert add_working_days(day("2025-12-24"), 1) == day("2025-12-29")
    assert add_working_days(day("2025-12-24"), 4) == day("2026-01-02")


def test_working_days_are_counted_backwards_too():
    assert add_working_days(day("2025-12-29"), -1) == day("2025-12-24")


# --- Periods --------------------------------------------------------------------------------------
def test_a_monthly_period_is_a_calendar_month():
    assert period(day("2028-02-10"), "monthly") == (day("2028-02-01"), day("2028-02-29"))


@pytest.mark.parametrize(
    ("inside", "first", "last"),
    [
        ("2025-04-01", "2025-04-01", "2025-06-30"),
        ("2025-06-30", "2025-04-01", "2025-06-30"),
        ("2025-08-15", "2025-07-01", "2025-09-30"),
        ("2025-12-31", "2025-10-01", "2025-12-31"),
        ("2026-01-01", "2026-01-01", "2026-03-31"),
    ],
)
def test_a_quarterly_period_is_a_financial_quarter(inside, first, last):
    assert period(day(inside), "quarterly") == (day(first), day(last))


@given(days, cadences)
def test_every_day_lies_in_one_period_and_the_next_begins_the_day_after(any_day, cadence):
    first, last = period(any_day, cadence)
    assert first <= any_day <= last
    assert period(first, cadence) == period(last, cadence) == (first, last)
    assert period(last + timedelta(days=1), cadence)[0] == last + timedelta(days=1)


def test_month_ends_run_from_the_first_month_to_the_last_whole_one():
    ends = [day("2027-12-31"), day("2028-01-31"), day("2028-02-29")]
    assert month_ends(day("2027-12-31"), day("2028-03-30")) == ends
    assert month_ends(day("2027-12-01"), day("2028-02-29")) == ends
    assert month_ends(day("2028-03-01"), day("2028-03-30")) == []
    assert month_end(day("2027-12-05")) == day("2027-12-31")


# --- When an update is due ------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("said", "due"),
    [
        ("2025-03-10", "2025-04-30"),
        ("2025-03-31", "2025-04-30"),
        ("2025-04-01", "2025-05-30"),  # the 31st is a Saturday
        ("2025-11-28", "2025-12-31"),  # across a year's end
        ("2024-02-29", "2024-03-28"),  # the 29th is Good Friday, then a weekend
        ("2021-04-06", "2021-05-28"),  # the 31st is the spring bank holiday
        ("2026-07-01", "2026-08-28"),  # the 31st is the summer bank holiday
        ("2028-01-20", "2028-02-29"),
    ],
)
def test_a_monthly_update_is_due_on_the_last_working_day_of_the_month_after_the_last(said, due):
    assert update_due_on(day(said), None, "monthly") == day(due)


@pytest.mark.parametrize(
    ("said", "due"),
    [
        ("2025-05-15", "2025-09-30"),
        ("2025-06-30", "2025-09-30"),
        ("2025-07-01", "2025-12-31"),
        ("2025-12-31", "2026-03-31"),
        ("2026-01-02", "2026-06-30"),
        ("2023-10-10", "2024-03-28"),  # Easter ends that quarter early
    ],
)
def test_a_quarterly_update_is_due_on_the_last_working_day_of_the_quarter_after_the_last(said, due):
    assert update_due_on(day(said), None, "quarterly") == day(due)


def test_the_first_update_is_due_in_the_period_in_which_work_began():
    assert update_due_on(None, day("2025-05-12"), "monthly") == day("2025-05-30")
    assert update_due_on(None, day("2025-05-12"), "quarterly") == day("2025-06-30")


def test_work_that_begins_on_the_last_saturday_of_a_month_owes_its_update_for_that_month():
    assert update_due_on(None, day("2025-05-31"), "monthly") == day("2025-05-30")


def test_an_update_said_counts_rather_than_the_day_work_began():
    assert update_due_on(day("2025-07-02"), day("2025-05-12"), "monthly") == day("2025-08-29")


def test_nothing_is_due_of_work_that_neither_began_nor_spoke():
    assert update_due_on(None, None, "monthly") is None
    assert not is_overdue(None, day("2025-05-12"))


# --- Overdue --------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("due", "fifth_working_day", "overdue_from"),
    [
        ("2025-04-30", "2025-05-08", "2025-05-09"),  # the early May bank holiday is no working day
        ("2025-11-28", "2025-12-05", "2025-12-06"),  # a Saturday: the calendar day after a Friday
        ("2025-12-31", "2026-01-08", "2026-01-09"),  # New Year's Day
        ("2026-03-31", "2026-04-09", "2026-04-10"),  # Good Friday and Easter Monday
        ("2027-12-24", "2028-01-05", "2028-01-06"),  # three substitute days
    ],
)
def test_an_update_is_overdue_from_the_calendar_day_after_the_fifth_working_day(due, fifth_working_day, overdue_from):
    assert grace_ends_on(day(due)) == day(fifth_working_day)
    assert not is_overdue(day(due), day(fifth_working_day))
    assert day(overdue_from) - day(fifth_working_day) == timedelta(days=1)
    assert is_overdue(day(due), day(overdue_from))


@given(days, cadences)
def test_nobody_who_has_just_spoken_is_overdue(said, cadence):
    due = update_due_on(said, None, cadence)
    assert is_working_day(due)
    assert said < due
    assert not is_overdue(due, due)


@given(days, days, cadences)
def test_speaking_later_never_brings_the_next_update_forward(one, other, cadence):
    earlier, later = sorted([one, other])
    assert update_due_on(earlier, None, cadence) <= update_due_on(later, None, cadence)
