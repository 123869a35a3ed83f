"""What is still to be met: the milestones of the next financial quarters, the late ones first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from initiatives.as_at import InitiativeAt, Portfolio
from initiatives.periods import period
from initiatives.progress import MilestoneAt
from initiatives.status import Cadence, MilestoneStatus, Stage

STILL_OWED = (Stage.IN_PROGRESS, Stage.PAUSED, Stage.PROPOSED)
LATE_ALREADY = "Late already"


@dataclass(frozen=True)
class Quarter:
    """A financial quarter, April to June being Q1."""

    first: date
    last: date

    @property
    def number(self) -> int:
        return (self.first.month - 4) // 3 % 4 + 1

    @property
    def year(self) -> str:
        """The financial year, as councils write it: 2026/27."""
        began = self.first.year - (self.number == 4)
        return f"{began}/{(began + 1) % 100:02d}"

    @property
    def label(self) -> str:
        return f"Q{self.number} {self.year} ({self.first:%B} to {self.last:%B %Y})"


def next_quarters(day: date, count: int) -> tuple[Quarter, ...]:
    """Return the quarter that holds the day and those after it, `count` in all."""
    found: list[Quarter] = []
    for _ in range(count):
        found.append(Quarter(*period(day, Cadence.QUARTERLY)))
        day = found[-1].last + timedelta(days=1)
    return tuple(found)


@dataclass(frozen=True)
class Due:
    """A milestone that is still to be met, and the group that it stands in."""

    initiative: InitiativeAt
    milestone: MilestoneAt
    status: MilestoneStatus
    group: str

    @property
    def is_late(self) -> bool:
        return self.status == MilestoneStatus.LATE

    @property
    def days_moved(self) -> int:
        """By how many days it is due later than first promised; negative when it came forward."""
        return (self.milestone.due_on - self.milestone.first_due_on).days

    @property
    def moved_by(self) -> int:
        return abs(self.days_moved)


@dataclass(frozen=True)
class Agenda:
    """What is to be met from the day to the end of the last quarter: the late first, then by due date."""

    day: date
    quarters: tuple[Quarter, ...]
    rows: tuple[Due, ...]

    @cached_property
    def late(self) -> int:
        return sum(row.is_late for row in self.rows)


def agenda(portfolio: Portfolio, count: int) -> Agenda:
    """Return what is still to be met in this quarter and the next, `count` in all, and what is late already.

    Of work in progress, paused or proposed; neither what is done nor what was withdrawn.
    """
    day, quarters = portfolio.day, next_quarters(portfolio.day, count)
    rows = [
        Due(initiative, milestone, milestone.status(day), group)
        for initiative in portfolio.initiatives
        if initiative.stage in STILL_OWED
        for milestone in initiative.milestones
        if milestone.is_open(day) and (group := _group(milestone, day, quarters))
    ]
    rows.sort(key=lambda row: (not row.is_late, row.milestone.due_on))
    return Agenda(day, quarters, tuple(rows))


def _group(milestone: MilestoneAt, day: date, quarters: tuple[Quarter, ...]) -> str:
    """Return the group that an open milestone stands in; none when it is due after the last quarter."""
    if milestone.is_late(day):
        return LATE_ALREADY
    return next((q.label for q in quarters if q.first <= milestone.due_on <= q.last), "")
