"""What every data set answers on some days: two databases that answer the same say the same."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any

from django.core.exceptions import BadRequest

from initiatives.history import first_day
from initiatives.periods import last_month_end
from reports.datasets import DATASETS, Scope
from reports.files.as_csv import csv_pieces


@dataclass(frozen=True)
class Answer:
    """The bytes of one data set's CSV file on one day, as their digest."""

    dataset: str
    day: date
    columns: list[str]
    rows: int
    sha256: str

    def told(self) -> dict[str, Any]:
        """Return it as JSON holds it."""
        return {**vars(self), "day": self.day.isoformat()}


def days_to_ask(today: date) -> list[date]:
    """Return today, the end of last month, and the middle of what is on record, as far as there is history."""
    first = first_day() or today
    asked = (today, last_month_end(today), first + (today - first) // 2)
    return sorted({day for day in asked if first <= day <= today}, reverse=True)


def answers(days: list[date]) -> Iterator[Answer]:
    """Yield what every data set answers on each of the days."""
    for day in days:
        scope = Scope(day)
        for name, dataset in DATASETS.items():
            yield answer(name, day, dataset.header, scope)


def answer(name: str, day: date, columns: list[str], scope: Scope) -> Answer:
    """Return what one data set answers on a day in these columns; raises `BadRequest` where one is no longer there."""
    digest, rows, dataset = sha256(), 0, DATASETS[name]
    for piece, count in csv_pieces(dataset, scope, dataset.chosen(columns)):
        digest.update(piece)
        rows += count
    return Answer(name, day, columns, rows, digest.hexdigest())


def compared(told: list[dict[str, Any]]) -> Iterator[tuple[bool, str]]:
    """Yield for each answer that a backup tells whether this database gives the same, and a line that says so."""
    scope: Scope | None = None
    for was in told:
        name, day = was["dataset"], date.fromisoformat(was["day"])
        if scope is None or scope.day != day:
            scope = Scope(day)
        if name not in DATASETS:
            yield False, f"{name} on {day}: this version has no such data set"
            continue
        try:
            now = answer(name, day, was["columns"], scope)
        except BadRequest as error:
            yield False, f"{name} on {day}: {error}"
            continue
        same = now.told() == was
        yield same, f"{name} on {day}: {now.rows} rows, {'the same bytes' if same else 'OTHER BYTES'}"
