"""JSON: a page of rows with how many there are in all, and where the next page is."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from reports.datasets import Column, Dataset, Scope, moment, text
from reports.files import Piece

PAGE_SIZE = 500  # rows


def json_pieces(
    dataset: Dataset,
    scope: Scope,
    columns: Sequence[Column] | None = None,
    *,
    count: int,
    page: int | None = None,
    following: str | None = None,
) -> Iterator[Piece]:
    """Yield a data set's page as JSON, or all of it; `count` is of all rows, `following` the next page's address."""
    columns = columns or dataset.columns
    names = [column.name for column in columns]
    start, stop = ((page - 1) * PAGE_SIZE, page * PAGE_SIZE) if page else (0, None)
    yield f'{{"count": {count}, "next": {json.dumps(following)}, "results": ['.encode(), 0
    before = "\n"
    for row in dataset.values(scope, columns, start, stop):
        told = dict(zip(names, map(_value, row), strict=True))
        yield f"{before}{json.dumps(told, ensure_ascii=False)}".encode(), 1
        before = ",\n"
    yield b"\n]}\n", 0


def _value(value: Any) -> Any:
    """Return what JSON holds of a value: numbers and truth as they are, days and moments as text, nothing as null."""
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return value.isoformat()
    return text(value) or None
