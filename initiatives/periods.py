"""Reporting periods and England's working days: dates in, dates out."""

from calendar import monthrange
from datetime import date, timedelta
from functools import lru_cache

from holidays import country_holidays

from initiatives.status import Cadence

ONE_DAY = timedelta(days=1)
GRACE_WORKING_DAYS = 5

# Made whole at once: filled a year at a time, it would be read by one thread while another fills it.
_bank_holidays = country_holidays("GB", subdiv="ENG", years=range(1990, 2101))


def is_working_day(day: date) -> bool:
    """Say whether the day is Monday to Friday and no bank holiday in England."""
    return day.weekday() < 5 and day not in _bank_holidays


def add_working_days(day: date, count: int) -> date:
    """Return the `count`th working day after `day` (before it, when negative)."""
    step = ONE_DAY if count >= 0 else -ONE_DAY
    for _ in range(abs(count)):
        day += step
        while not is_working_day(day):
            day += step
    return day


def period(day: date, cadence: str) -> tuple[date, date]:
    """Return the first and last day of the reporting period that holds `day`.

    Monthly periods are calendar months. Quarterly ones are financial quarters, April to June being Q1; their
    edges are those of the calendar's quarters.
    """
    first_month = day.month if cadence == Cadence.MONTHLY else day.month - (day.month - 1) % 3
    last_month = first_month if cadence == Cadence.MONTHLY else first_month + 2
    return date(day.year, first_month, 1), month_end(date(day.year, last_month, 1))


def month_end(day: date) -> date:
    """Return the last day of the month that holds `day`."""
    return day.replace(day=monthrange(day.year, day.month)[1])


def last_month_end(day: date) -> date:
    """Return the last day of the whole month before the one that holds `day`."""
    return day.replace(day=1) - ONE_DAY


def last_quarter_end(day: date) -> date:
    """Return the last day of the whole quarter before the one that holds `day`."""
    return period(day, Cadence.QUARTERLY)[0] - ONE_DAY


def month_ends(first: date, last: date) -> list[date]:
    """Return every month's last day from `first` to `last`, both included."""
    ends, end = [], month_end(first)
    while end <= last:
        ends.append(end)
        end = month_end(end + ONE_DAY)
    return ends


@lru_cache(maxsize=4096)
def last_working_day(first: date, last: date) -> date:
    """Return the last working day from `first` to `last`."""
    while not is_working_day(last):
        last -= ONE_DAY
    return max(first, last)


@lru_cache(maxsize=65536)
def update_due_on(last_said_on: date | None, began_on: date | None, cadence: str) -> date | None:
    """Return the day on which the next update is due.

    An update meets the period in which it is said, so the next is due on the last working day of the period
    after that. Before the first update it is due on the last working day of the period in which work began.
    None when nothing was said and work has not begun.
    """
    if last_said_on is not None:
        after = period(last_said_on, cadence)[1] + ONE_DAY
        return last_working_day(*period(after, cadence))
    if began_on is not None:
        return last_working_day(*period(began_on, cadence))
    return None


@lru_cache(maxsize=4096)
def grace_ends_on(due_on: date) -> date:
    """Return the last day on which an update due on `due_on` is not yet overdue: its fifth working day after."""
    return add_working_days(due_on, GRACE_WORKING_DAYS)


def is_overdue(due_on: date | None, day: date) -> bool:
    """Say whether on `day` more than five working days have passed since the update was due."""
    return due_on is not None and day > grace_ends_on(due_on)
