"""Which tables a backup holds, and how their values are written so that every database reads the same."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any
from uuid import UUID

from django.apps.registry import Apps
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.dateparse import parse_duration

# Left out: who is signed in at the moment, what migrating makes anew, and what is worked out from the rest.
LEFT_OUT = frozenset(
    {
        "accounts.Session",
        "accounts.Tries",
        "contenttypes.ContentType",
        "auth.Permission",
        "initiatives.KeptStanding",
        "initiatives.KeptMonth",
    }
)
# Rows that migrating makes are no content: a database that holds nothing else counts as empty.
MADE_BY_MIGRATING = frozenset({"sites.Site"})
BATCH = 1000


@dataclass(frozen=True)
class Table:
    """A table of a backup: its model, whose columns are written in the model's order, rows in that of their ids."""

    model: type[models.Model]

    @property
    def label(self) -> str:
        return self.model._meta.label

    @cached_property
    def fields(self) -> list[Any]:
        return list(self.model._meta.concrete_fields)

    @property
    def names(self) -> list[str]:
        return [field.attname for field in self.fields]

    @property
    def counts_ids(self) -> bool:
        """Whether the database gives its rows their ids."""
        return isinstance(self.model._meta.pk, models.AutoField)

    def rows(self) -> Iterator[list[Any]]:
        """Yield every row as JSON can hold it, a part at a time."""
        found = self.model._base_manager.order_by("pk").values_list(*self.names).iterator(BATCH)
        written = [_writer(field) for field in self.fields]
        for row in found:
            yield [write(value) for write, value in zip(written, row, strict=True)]


def tables(apps: Apps) -> list[Table]:
    """Return every table that a backup holds, by name."""
    found = apps.get_models(include_auto_created=True)
    kept = [model for model in found if model._meta.managed and not model._meta.proxy]
    return sorted((Table(model) for model in kept if model._meta.label not in LEFT_OUT), key=lambda table: table.label)


# --- Writing a value ------------------------------------------------------------------------------
def _writer(field: Any) -> Callable[[Any], Any]:
    """Return what writes the field's values: what migrating numbers anew is named by what it is."""
    target = field.related_model._meta.label if field.is_relation else ""
    if target == "contenttypes.ContentType":
        names = {row.pk: list(row.natural_key()) for row in ContentType.objects.all()}
        return lambda value: None if value is None else names[value]
    if target == "auth.Permission":
        names = {row.pk: list(row.natural_key()) for row in Permission.objects.select_related("content_type")}
        return lambda value: None if value is None else names[value]
    return _plain


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, (bytes, memoryview)):
        return b64encode(value).decode()
    if isinstance(value, (UUID, Decimal, timedelta)):
        return str(value)
    return value


def as_line(row: Sequence[Any]) -> bytes:
    """Write a row as a line; keys within a value are sorted, since PostgreSQL has an order of its own."""
    return json.dumps(row, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() + b"\n"


# --- Reading it back ------------------------------------------------------------------------------
def _reader(field: Any, connection: BaseDatabaseWrapper) -> Callable[[Any], Any] | None:
    """Return what makes of a written value one that the database takes; None where it is that already."""
    if field.is_relation:
        target = field.related_model._meta.label
        if target == "contenttypes.ContentType":
            return lambda value: None if value is None else _content_type(*value).pk
        if target == "auth.Permission":
            return lambda value: None if value is None else _permission(*value).pk
        return _reader(field.target_field, connection)
    parse = next((parse for kind, parse in _PARSED if isinstance(field, kind)), None)
    if parse is None:
        return None
    return lambda value: field.get_db_prep_save(None if value is None else parse(value), connection)


def _content_type(app_label: str, model: str) -> ContentType:
    try:
        return ContentType.objects.get_by_natural_key(app_label, model)
    except ContentType.DoesNotExist:  # of an app that is no longer there, or of a table that migrating has yet to name
        return ContentType.objects.create(app_label=app_label, model=model)


def _permission(codename: str, app_label: str, model: str) -> Permission:
    kind = _content_type(app_label, model)
    return Permission.objects.get_or_create(codename=codename, content_type=kind, defaults={"name": codename})[0]


_PARSED: tuple[tuple[type[Any], Callable[[Any], Any]], ...] = (
    (models.DateTimeField, datetime.fromisoformat),
    (models.TimeField, time.fromisoformat),
    (models.DurationField, parse_duration),
    (models.DecimalField, Decimal),
    (models.UUIDField, UUID),
    (models.BinaryField, b64decode),
    (models.JSONField, lambda value: value),
)


def fill(table: Table, lines: Iterator[bytes], connection: BaseDatabaseWrapper) -> int:
    """Write lines into the table as they are, without asking the model anything, and return how many."""
    quote = connection.ops.quote_name
    columns = ", ".join(quote(field.column) for field in table.fields)
    into = f"INSERT INTO {quote(table.model._meta.db_table)} ({columns}) VALUES "
    one = "(" + ", ".join(["%s"] * len(table.fields)) + ")"
    at_once = connection.features.max_query_params or BATCH * len(table.fields)
    size = max(1, min(BATCH, at_once // len(table.fields)))
    readers = [(i, read) for i, field in enumerate(table.fields) if (read := _reader(field, connection))]
    count = 0
    with connection.cursor() as cursor:
        batch: list[Any] = []
        for line in lines:
            row = json.loads(line)
            for index, read in readers:
                row[index] = read(row[index])
            batch += row
            count += 1
            if len(batch) == size * len(row):
                cursor.execute(into + ", ".join([one] * size), batch)
                batch = []
        if batch:
            cursor.execute(into + ", ".join([one] * (len(batch) // len(table.fields))), batch)
    return count


# --- The last id given ----------------------------------------------------------------------------
def last_id(table: Table, connection: BaseDatabaseWrapper) -> int | None:
    """Return the last id that the database gave to a row of the table, which may be gone; None before the first."""
    if not table.counts_ids:
        return None
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"SELECT last_value, is_called FROM {_sequence(table, cursor)}")
            last, is_called = cursor.fetchone()
            return last if is_called else None
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table.model._meta.db_table])
        found = cursor.fetchone()
        return (found[0] or None) if found else None


def give_ids_after(table: Table, last: int | None, connection: BaseDatabaseWrapper) -> None:
    """Have the database give the next row an id after `last` and after every row there.

    An id is never given twice, also when its row is gone: history still speaks of that one.
    """
    if not table.counts_ids:
        return
    highest = table.model._base_manager.aggregate(highest=models.Max("pk"))["highest"]
    last = max((number for number in (last, highest) if number), default=None)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"SELECT setval('{_sequence(table, cursor)}', %s, %s)", [last or 1, last is not None])
            return
        name = table.model._meta.db_table
        cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [name])
        if last is not None:
            cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [name, last])


def _sequence(table: Table, cursor: Any) -> str:
    column = table.model._meta.pk.column
    cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [f'"{table.model._meta.db_table}"', column])
    return str(cursor.fetchone()[0])
