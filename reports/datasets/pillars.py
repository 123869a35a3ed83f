"""Pillars as at a day, and at each month's end."""

# ruff: noqa: E501  (a table of columns reads best with one to a line)

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from initiatives.history import first_day
from pillars.history import StrategyHistory
from reports import metrics, months
from reports.datasets.base import Column, Dataset, Scope
from reports.datasets.shared import (
    COUNTED,
    MEAN,
    STRATEGY,
    as_at,
    distribution,
    due_gap,
    gap,
    milestones,
    other_clocks,
    shares,
    statuses,
)


@dataclass(frozen=True)
class _OfDay:
    day: date
    of: Any


def _pillar_rows(scope: Scope) -> Iterator[_OfDay]:
    return (_OfDay(scope.day, found) for found in metrics.by_pillar(scope.portfolio))


# fmt: off
PILLARS = Dataset(
    name="pillars",
    one_row_is="A pillar as at a day. An initiative counts under its home pillar only.",
    key=("pillar",),
    columns=(
        Column("pillar", "text", "The pillar's slug", lambda r: r.of.pillar.slug, STRATEGY, required=True),
        Column("name", "text", "The pillar's name", lambda r: r.of.pillar.name, STRATEGY, required=True),
        Column("statement", "text", "What the pillar promises, in its own words", lambda r: r.of.pillar.statement, STRATEGY),
        as_at(lambda r: r.day),
        *distribution(lambda r: r.of.figures),
        *shares(lambda r: r.of.figures, MEAN),
        gap(lambda r: r.of.figures),
        *milestones(lambda r: (r.of.figures.milestones_total, r.of.figures.milestones_done, r.of.figures.milestones_late)),
        Column("asks_open", "integer", "How many asks wait for an answer", lambda r: r.of.figures.asks_open, COUNTED, unit="asks", required=True),
        *other_clocks(lambda r: r.of.figures, MEAN),
        due_gap(lambda r: r.of.figures),
    ),
    rows=_pillar_rows,
    counted=lambda scope: len(scope.portfolio.pillars),
)


def _month_ends(scope: Scope) -> list[date]:
    return metrics.whole_month_ends(first_day(), scope.day)


def _trend_rows(scope: Scope) -> list[months.MonthPoint]:
    return months.trend(_month_ends(scope), scope.portfolio.strategy, scope.ids if scope.filtered else None)


def _trend_count(scope: Scope) -> int:
    """Count the rows from the strategy alone, where every pillar stood at every month's end."""
    ends, strategy = _month_ends(scope), StrategyHistory()
    stood = [[pillar.stood for pillar in strategy.at(end).pillars.values()] for end in ends]
    if all(map(all, stood)):
        return sum(map(len, stood))
    return len(_trend_rows(scope))


TREND = Dataset(
    name="trend",
    one_row_is="A pillar at a month's end, from the first history to the day asked for.",
    key=("month_end", "pillar"),
    columns=(Column("month_end", "date", "The last day of the month, and the day that the row speaks as at", lambda r: r.month_end, "the calendar", required=True), Column("pillar", "text", "The pillar's slug", lambda r: r.pillar.slug, STRATEGY, required=True), *statuses(lambda r: r.figures), *shares(lambda r: r.figures, MEAN), *other_clocks(lambda r: r.figures, MEAN)),
    rows=_trend_rows,
    counted=_trend_count,
)
