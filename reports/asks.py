"""What leaders owe: the asks that wait, how long pillars have waited, and leaders' lateness beside that of owners."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from statistics import median

from initiatives.as_at import Portfolio
from initiatives.asks import AskAt, most_pressing_first
from initiatives.progress import nearest
from initiatives.status import Stage
from pillars.history import PillarAt

A_YEAR, LATELY = timedelta(days=365), timedelta(days=90)


@dataclass(frozen=True)
class Lateness:
    """What owners and leaders are late with, side by side."""

    updates: int
    milestones: int
    answers_open: int
    answers_late: int
    longest_wait: int | None  # days

    @property
    def anybody(self) -> bool:
        return bool(self.updates or self.milestones or self.answers_late)


def lateness(now: Portfolio, waiting: Iterable[AskAt]) -> Lateness:
    """Return how late everybody is: updates and milestones of work in progress, and answers to open asks."""
    live = [i for i in now.initiatives if i.stage == Stage.IN_PROGRESS]
    waits = [(found.days_waited, found.days_beyond) for found in waiting]
    return Lateness(
        updates=sum(i.status.is_silent for i in live),
        milestones=sum(i.milestones_late for i in live),
        answers_open=len(waits),
        answers_late=sum(beyond is not None for _, beyond in waits),
        longest_wait=max((waited for waited, _ in waits), default=None),
    )


@dataclass(frozen=True)
class PillarAsks:
    """How a pillar's asks wait, and how they were answered in the last twelve months. Days are whole."""

    pillar: PillarAt
    open: int
    beyond: int
    longest_wait: int | None
    answered: int
    median_days: int | None


def by_pillar(now: Portfolio, asks: Sequence[AskAt]) -> list[PillarAsks]:
    """Return the figures of each pillar's asks; an ask counts under the home pillar of its initiative."""
    home = {i.id: i.pillar.id for i in now.initiatives}
    return [_figures(pillar, [a for a in asks if home.get(a.ask.initiative_id) == pillar.id]) for pillar in now.pillars]


def _figures(pillar: PillarAt, asks: Sequence[AskAt]) -> PillarAsks:
    waiting = [a for a in asks if a.answer is None]
    answered = [a for a in asks if a.answer and a.answer.answered_on > a.day - A_YEAR]
    return PillarAsks(
        pillar=pillar,
        open=len(waiting),
        beyond=sum(a.days_beyond is not None for a in waiting),
        longest_wait=max((a.days_waited for a in waiting), default=None),
        answered=len(answered),
        median_days=nearest(_middle([a.days_waited for a in answered])) if answered else None,
    )


def _middle(days: Sequence[int]) -> Fraction:
    """Return the median exactly: between two middle ones it is half way."""
    return median(Fraction(number) for number in days)


def waiting(asks: Iterable[AskAt]) -> list[AskAt]:
    """Return those that wait, the most pressing first."""
    return most_pressing_first([a for a in asks if a.answer is None])


def answered_lately(asks: Iterable[AskAt], day: date) -> list[AskAt]:
    """Return those answered or declined in the last ninety days, the newest first."""
    found = [a for a in asks if a.answer and a.answer.answered_on > day - LATELY]
    return sorted(found, key=lambda a: (a.answer.answered_on, a.answer.pk) if a.answer else (day, 0), reverse=True)
