"""Two days side by side: how things stood then, how they stand, and the difference, in words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from initiatives.as_at import InitiativeAt, Portfolio
from initiatives.progress import nearest, whole
from initiatives.status import Rag, Reading, Stage

NONE = "none"


@dataclass(frozen=True)
class Row:
    """One figure on two days."""

    label: str
    then: str
    now: str
    difference: str


def compared_initiative(then: InitiativeAt | None, now: InitiativeAt) -> list[Row]:
    """Compare an initiative with itself; before it was on record everything is "none"."""

    def of(figure: Callable[[InitiativeAt], Any]) -> tuple[Any, Any]:
        return (figure(then) if then else None), figure(now)

    return [
        words_row("Status", *(word and word.label for word in of(lambda i: i.status))),
        words_row("Stage", *(word and Stage(word).label for word in of(lambda i: i.stage))),
        words_row("Last said", *(word and Rag(word).label for word in of(lambda i: i.rag))),
        words_row("The dates say", *(word and Reading(word).label for word in of(lambda i: i.reading))),
        shares_row("Progress", *of(lambda i: i.progress)),
        shares_row("First promised by then", *of(lambda i: i.planned)),
        shares_row("Due by then at the dates of the day", *of(lambda i: i.due)),
        points_row("Ahead of first promises", *of(lambda i: i.gap)),
        dates_row("Expected end", *of(lambda i: i.ends_on)),
        days_row("Dates moved, in days", *of(lambda i: i.days_moved)),
        counts_row("Milestones done", *of(lambda i: i.milestones_done)),
        counts_row("Milestones late", *of(lambda i: i.milestones_late)),
        counts_row("Asks open", *of(lambda i: i.asks_open)),
        words_row("Owner", *(person and person.name for person in of(lambda i: i.owner))),
    ]


@dataclass(frozen=True)
class Beside:
    """An initiative of a list as it stood on the other day, and what differs."""

    then: InitiativeAt | None
    difference: str


def beside(then: Portfolio, initiatives: Iterable[InitiativeAt]) -> Mapping[int, Beside]:
    """Return, by initiative, how each of these stood on the other day, and in words what differs."""
    before = {i.id: i for i in then.initiatives}
    return {i.id: Beside(before.get(i.id), _difference(before.get(i.id), i)) for i in initiatives}


def _difference(then: InitiativeAt | None, now: InitiativeAt) -> str:
    if then is None:
        return "not on record then"
    words = []
    if then.status != now.status:
        words.append(f"{then.status.label.lower()} to {now.status.label.lower()}")
    if then.progress is not None and now.progress is not None and whole(then.progress) != whole(now.progress):
        points = (whole(now.progress) or 0) - (whole(then.progress) or 0)
        words.append(f"{_signed(points)} {'point' if abs(points) == 1 else 'points'} done")
    if then.ends_on and now.ends_on and then.ends_on != now.ends_on:
        words.append(f"end {_days_apart(then.ends_on, now.ends_on)}")
    return ", ".join(words) or "no change"


# --- How figures are written ----------------------------------------------------------------------
def _signed(number: int) -> str:
    return f"+{number:,}" if number > 0 else f"−{-number:,}" if number < 0 else "no change"


def _days_apart(then: date, now: date) -> str:
    days = (now - then).days
    return _signed(days) if not days else f"{_signed(days)} {'day' if abs(days) == 1 else 'days'}"


def _between(then: int | None, now: int | None) -> str:
    return "" if then is None or now is None else _signed(now - then)


def counts_row(label: str, then: int | None, now: int) -> Row:
    """Set a number of things on two days beside each other."""
    return Row(label, NONE if then is None else f"{then:,}", f"{now:,}", _between(then, now))


def shares_row(label: str, then: Fraction | None, now: Fraction | None) -> Row:
    """Set shares, in whole percent on two days beside each other."""
    percent = (whole(then), whole(now))
    was, is_ = (NONE if share is None else f"{share}%" for share in percent)
    return Row(label, was, is_, _between(*percent))


def points_row(label: str, then: Fraction | None, now: Fraction | None) -> Row:
    """Set gaps, in whole points on two days beside each other."""
    points = (whole(then), whole(now))
    was, is_ = (NONE if share is None else f"{share:+d}".replace("-", "−").replace("+0", "0") for share in points)
    return Row(label, was, is_, _between(*points))


def days_row(label: str, then: Fraction | None, now: Fraction | None) -> Row:
    """Set numbers of days on two days beside each other."""
    days = (nearest(then), nearest(now))
    was, is_ = (NONE if number is None else f"{number}".replace("-", "−") for number in days)
    return Row(label, was, is_, _between(*days))


def dates_row(label: str, then: date | None, now: date | None) -> Row:
    """Set dates on two days beside each other."""
    difference = _days_apart(then, now) if then and now else ""
    was, is_ = (f"{day.day} {day:%b %Y}" if day else NONE for day in (then, now))
    return Row(label, was, is_, difference)


def words_row(label: str, then: str | None, now: str | None) -> Row:
    """Set words on two days beside each other."""
    return Row(label, then or NONE, now or NONE, "no change" if then == now else "changed")
