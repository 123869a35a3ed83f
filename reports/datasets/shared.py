"""Columns that several data sets share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from initiatives import progress
from initiatives.status import Status
from reports import metrics
from reports.datasets.base import Column

MEAN = "Mean over the initiatives in progress or complete that have milestones, by weight"
OFFICE = "typed in by the office"
STRATEGY = "the strategy, as the office set it up"
UPDATE = "an owner's update"
DONE = "worked out: done weight / total weight"
PLANNED = "worked out: weight first promised by `as_at` / total weight"
COUNTED = "counted"


def as_at(value: Callable[[Any], Any]) -> Column:
    """Return the column of the day that the row speaks of."""
    meaning = "The day that the row speaks of: what had been recorded by its end in London"
    return Column("as_at", "date", meaning, value, "asked for; today when nothing is", required=True)


def distribution(figures: Callable[[Any], metrics.Figures]) -> tuple[Column, ...]:
    """Return how many initiatives there are, and how many of them show each status."""
    meaning = "How many initiatives; the statuses that follow add up to it"
    return (_count("initiatives", meaning, lambda r: figures(r).count), *statuses(figures))


def statuses(figures: Callable[[Any], Any]) -> tuple[Column, ...]:
    """Return how many initiatives show each status."""

    def count(word: Status) -> Callable[[Any], int]:
        return lambda row: figures(row).statuses[word]

    return tuple(
        _count(word.value.replace("-", "_"), f"How many of them show the status `{word.value}`", count(word))
        for word in Status
    )


def _count(name: str, meaning: str, value: Callable[[Any], int], unit: str = "initiatives") -> Column:
    return Column(name, "integer", meaning, value, COUNTED, unit=unit, required=True)


def shares(figures: Callable[[Any], Any], of: str) -> tuple[Column, ...]:
    """Return progress, and what was first promised by the day."""
    return (
        Column(
            "progress_percent",
            "integer",
            f"{of}: done weight over total weight, whole percent",
            lambda r: progress.whole(figures(r).progress),
            DONE,
            unit="percent",
        ),
        Column(
            "planned_percent",
            "integer",
            f"{of}: weight first promised by `as_at` over total weight, whole percent",
            lambda r: progress.whole(figures(r).planned),
            PLANNED,
            unit="percent",
        ),
    )


def gap(figures: Callable[[Any], Any]) -> Column:
    """Return by how much progress is ahead of what was first promised."""
    return Column(
        "gap_points",
        "integer",
        "Exact progress less exact planned, in whole points; negative is behind plan",
        lambda r: progress.whole(figures(r).gap),
        "worked out: progress less planned",
        unit="points",
    )


def other_clocks(figures: Callable[[Any], Any], of: str) -> tuple[Column, ...]:
    """Return what stands beside progress against first promises: today's dates, and how far those have moved."""
    return (
        Column(
            "due_percent",
            "integer",
            f"{of}: weight due by `as_at` at the dates as moved by then over total weight, whole percent",
            lambda r: progress.whole(figures(r).due),
            "worked out: weight due by `as_at` / total weight",
            unit="percent",
        ),
        Column(
            "days_moved",
            "integer",
            f"{of}: days from first promised to due dates as moved by then, mean by weight, whole days",
            lambda r: progress.nearest(figures(r).days_moved),
            "worked out: due dates less first promises, mean by weight",
            unit="days",
        ),
    )


def due_gap(figures: Callable[[Any], Any]) -> Column:
    """Return by how much progress is ahead of the dates as moved."""
    return Column(
        "due_gap_points",
        "integer",
        "Exact progress less exact due, in whole points; negative is behind the dates as moved",
        lambda r: progress.whole(figures(r).due_gap),
        "worked out: progress less due",
        unit="points",
    )


def milestones(figures: Callable[[Any], Any]) -> tuple[Column, ...]:
    """Return how many milestones there are, are done and are late, of a triple of those."""
    unit = "milestones"
    return (
        _count("milestones_total", "How many milestones, withdrawn ones included", lambda r: figures(r)[0], unit),
        _count("milestones_done", "How many of them are done", lambda r: figures(r)[1], unit),
        _count("milestones_late", "How many of them are late", lambda r: figures(r)[2], unit),
    )
