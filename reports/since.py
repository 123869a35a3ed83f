"""From which day on a page says what changed: the reader's last visit, the end of a month or quarter, or any day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.core.exceptions import BadRequest
from django.http import HttpRequest

from accounts.visits import last_visit_on
from initiatives.filters import read_day, today
from initiatives.history import first_day
from initiatives.periods import ONE_DAY, last_month_end, last_quarter_end

A_WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Since:
    """The day after whose end changes count, and how people call that: since your last visit on Tuesday."""

    day: date
    words: str


def usual_since(request: HttpRequest, day: date) -> Since | None:
    """Return since when a reader wants to hear what changed who does not say: since their last visit, or in a week.

    What they saw on the day of that visit is said again rather than missed. None while history holds one day only.
    """
    choices = since_choices(request, day)
    return choices[0] if choices else None


def since_choices(request: HttpRequest, day: date) -> list[Since]:
    """Return the days that are offered, the usual one first; each once, within history and before the day."""
    last_visit = last_visit_on(request.user) if day == today() else None  # type: ignore[arg-type]
    found = []
    if last_visit and last_visit <= day:
        found.append(Since(last_visit - ONE_DAY, f"since your last visit, {_named(last_visit, day)}"))
    found += [
        Since(day - A_WEEK, "in the last 7 days"),
        Since(last_month_end(day), f"since the end of {last_month_end(day):%B %Y}"),
        Since(last_quarter_end(day), f"since the end of the quarter, {_date(last_quarter_end(day))}"),
    ]
    first = first_day() or day
    within: dict[date, Since] = {}
    for since in found:
        if first <= since.day < day:
            within.setdefault(since.day, since)
    if not within and first < day:
        return [Since(first, f"since the records began, on {_date(first)}")]
    return list(within.values())


def asked_since(request: HttpRequest, day: date) -> Since | None:
    """Return the day that `since` asks for, or the usual one; a day that is not before the page's is a `BadRequest`."""
    values = [value for value in request.GET.getlist("since") if value]
    if len(set(values)) > 1:
        raise BadRequest("since was given more than once: give one date.")
    if not values:
        return usual_since(request, day)
    since = read_day(values[0], "since")
    if since >= day:
        raise BadRequest(f"since must be before {day:%Y-%m-%d}, the day that the page speaks of.")
    choices = since_choices(request, day)
    return next((choice for choice in choices if choice.day == since), Since(since, f"since {_date(since)}"))


def _named(past: date, day: date) -> str:
    """Name a day as people do: today, yesterday, on Tuesday, on 3 March 2026."""
    days = (day - past).days
    if days < 2:
        return ("today", "yesterday")[days]
    return f"on {past:%A}" if days < 7 else f"on {_date(past)}"


def _date(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
