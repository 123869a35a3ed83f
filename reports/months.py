"""The pillars' figures at each month's end: from rows that are kept where there are any, else from history.

A month that is over never changes, so what it added up to is kept. Triggers throw a month away when something is
brought in that was recorded before its end.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cache
from hashlib import sha256
from typing import Any

from django.db import transaction

from accounts.history import end_of
from initiatives import kept, triggers
from initiatives.as_at import Portfolio
from initiatives.history import Timeline, first_day
from initiatives.models import KeptMonth
from initiatives.status import Status
from pillars.history import PillarAt, StrategyAt
from reports import metrics

_SHARES = ("progress", "planned", "due", "days_moved")


@dataclass(frozen=True)
class MonthFigures:
    """What a pillar added up to at a month's end: the part of `metrics.Figures` that a trend needs."""

    statuses: dict[Status, int]
    progress: Fraction | None
    planned: Fraction | None
    due: Fraction | None
    days_moved: Fraction | None


@dataclass(frozen=True)
class MonthPoint:
    """A pillar's figures at a month's end."""

    month_end: date
    pillar: PillarAt
    figures: MonthFigures


def trend(
    ends: Sequence[date], strategy: StrategyAt, only: frozenset[int] | None = None, *, now: Portfolio | None = None
) -> list[MonthPoint]:
    """Return every pillar's figures at each of the month ends; `only` keeps the initiatives of these ids.

    `strategy` names the pillars. Months that are not kept are read from history, all at once, but one that ends on the
    day of `now`: whoever has that portfolio need not read it again on the last day of each month.
    """
    told = {} if only is not None else _kept(ends)
    if now is not None and now.day in ends and now.day not in told:
        told[now.day] = [_tell(point) for point in metrics.at_end(now, only)]
    missing = [end for end in ends if end not in told]
    told |= _from_history(missing, only)
    return [_read(end, row, strategy) for end in ends for row in told[end]]


def keep_months(day: date) -> int:
    """Keep every month that was over before the day and is not kept yet, and return how many those were.

    Raises `triggers.Busy` when somebody writes all the while.
    """
    over = [end for end in metrics.whole_month_ends(first_day(), day) if end < day]
    missing = [end for end in over if end not in _kept(over)]
    if not missing:
        return 0
    with transaction.atomic():
        triggers.hold_still()
        KeptMonth.objects.filter(month_end__in=missing).delete()  # those of other rules
        KeptMonth.objects.bulk_create(
            KeptMonth(month_end=end, ended_at=end_of(end), rules=rules(), told=json.dumps(rows))
            for end, rows in _from_history(missing).items()
        )
    return len(missing)


@cache
def rules() -> str:
    """Return a mark of the arithmetic: what another version of it has kept is not used."""
    ours = "".join(inspect.getsource(writing) for writing in (metrics.Figures, metrics.by_pillar, _tell, _read))
    return sha256((kept.rules() + ours).encode()).hexdigest()[:16]


def _kept(ends: Iterable[date]) -> dict[date, Any]:
    rows = KeptMonth.objects.filter(month_end__in=ends, rules=rules())
    return {end: json.loads(told) for end, told in rows.values_list("month_end", "told")}


def _from_history(ends: Sequence[date], only: frozenset[int] | None = None) -> dict[date, Any]:
    if not ends:
        return {}
    told: dict[date, Any] = {end: [] for end in ends}
    timeline = Timeline(max(ends), days=ends if len(ends) == 1 else None)
    for point in metrics.trend(timeline, ends, only):
        told[point.month_end].append(_tell(point))
    return told


def _tell(point: metrics.TrendPoint) -> list[Any]:
    shares = (getattr(point.figures, name) for name in _SHARES)
    counts = {word.value: count for word, count in point.figures.statuses.items()}
    return [
        point.pillar.id,
        counts,
        [None if share is None else (share.numerator, share.denominator) for share in shares],
    ]


def _read(end: date, told: list[Any], strategy: StrategyAt) -> MonthPoint:
    pillar_id, counts, shares = told
    statuses = {word: counts[word.value] for word in Status}
    figures = MonthFigures(statuses, *(share and Fraction(*share) for share in shares))
    return MonthPoint(end, strategy.pillars[pillar_id], figures)
