"""From the empty state to today: what the record says that every table holds."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import models

from accounts.record.declared import Table, tables
from accounts.record.models import Entry, Kind

Rows = dict[str, dict[str, Any]]  # of one table: the key as text -> column -> value


@dataclass(frozen=True)
class Difference:
    """A row that does not stand as the record says."""

    table: str
    row: str
    columns: tuple[str, ...] = ()  # those that differ
    is_gone: bool = False  # the record has it, and the table has not
    is_new: bool = False  # the other way round

    def __str__(self) -> str:
        if self.is_gone:
            return f"{self.table} {self.row} is in the record, and gone from the table"
        if self.is_new:
            return f"{self.table} {self.row} is in the table, and not in the record"
        return f"{self.table} {self.row} differs from the record in {', '.join(self.columns)}"


def replayed(using: str = "default") -> dict[str, Rows]:
    """Return what every table of the record holds when its entries are followed in their order, from nothing."""
    found: dict[str, Rows] = {name: {} for name in tables()}
    entries = Entry.objects.using(using).order_by("pk").values_list("kind", "table", "row", "after", "personal")
    for kind, table, row, after, personal in entries.iterator(chunk_size=5000):
        rows = found.get(table)
        if rows is None:
            continue  # a table that is no more, or a word of the guard
        if kind == Kind.REMOVED:
            rows.pop(row, None)
            continue
        values = json.loads(after) if after else {}
        if personal:
            values |= json.loads(personal).get("after") or {}
        if kind == Kind.CHANGED:
            was = rows.pop(row, {})
            rows[str(values.get(tables()[table].key, row))] = was | values
        else:
            rows[row] = values
    return found


def differences(using: str = "default") -> Iterator[Difference]:
    """Yield every row that does not stand as the record says."""
    said = replayed(using)
    for table in tables().values():
        yield from _differences(table, said[table.name], using)


def _differences(table: Table, said: Rows, using: str) -> Iterator[Difference]:
    names = (*table.told, *table.personal)
    fields = {str(field.column): field for field in table.model._meta.concrete_fields}
    rows = table.model._base_manager.using(using).order_by("pk")
    for values in rows.values_list(table.key, *(fields[name].attname for name in names)).iterator(chunk_size=5000):
        row = str(values[0])
        told = said.pop(row, None)
        if told is None:
            yield Difference(table.name, row, is_new=True)
            continue
        differing = tuple(
            name
            for name, value in zip(names, values[1:], strict=True)
            if name not in told or as_held(fields[name], told[name]) != value
        )
        if differing:
            yield Difference(table.name, row, differing)
    yield from (Difference(table.name, row, is_gone=True) for row in said)


def as_held(field: models.Field[Any, Any], value: Any) -> Any:
    """Return a value of the record as the model holds it: each database writes JSON in its own way."""
    if value is None:
        return None
    if isinstance(field, models.JSONField):
        return json.loads(value) if isinstance(value, str) else value
    if isinstance(field, models.DateTimeField):
        moment = datetime.fromisoformat(value)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    if isinstance(field, models.ForeignKey):
        return as_held(field.target_field, value)
    return field.to_python(value)
