"""Writing many rows at once, near the speed of the database: COPY on PostgreSQL, one prepared statement on SQLite.

Django's own bulk_create makes an object and adapts every cell for each row, which costs five to ten times as much.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from datetime import UTC
from typing import Any

from django.db import connection, models

from accounts.record.deeds import tell


def new_ids(model: type[models.Model], count: int) -> Sequence[int]:
    """Return `count` numbers that no row of the model has had, to be used in this transaction."""
    table, column = model._meta.db_table, model._meta.pk.column
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            sequence = "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)"
            cursor.execute(sequence, [table, column, count])
            return [row[0] for row in cursor.fetchall()]
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        found = cursor.fetchone()
        last = found[0] if found else 0
        return range(last + 1, last + 1 + count)


def insert(model: type[models.Model], rows: Iterable[dict[str, Any]]) -> int:
    """Write rows, each given by the names of its fields (`initiative_id`); what is not given takes its default.

    Nothing is checked but what the database itself promises, and no signal is sent: versions are rows of their own.
    """
    rows = list(rows)
    if not rows:
        return 0
    fields = [
        field for field in model._meta.concrete_fields if not (field.primary_key and field.attname not in rows[0])
    ]
    defaults = {field.attname: field.get_default() for field in fields}
    quoted = {field: connection.ops.quote_name(str(field.column)) for field in fields}
    table, columns = connection.ops.quote_name(model._meta.db_table), ", ".join(quoted.values())
    cells = [[row.get(name, default) for name, default in defaults.items()] for row in rows]
    for place, field in enumerate(fields):
        if isinstance(field, models.JSONField):
            for row in cells:
                row[place] = json.dumps(row[place])
    if connection.vendor == "postgresql":
        filled = [name for field, name in quoted.items() if not field.null]
        _copy(table, columns, ", ".join(filled), cells)
    else:
        _insert(table, columns, fields, cells)
    return len(rows)


def _copy(table: str, columns: str, filled: str, cells: list[list[Any]]) -> None:
    """Write by COPY: an empty cell is nothing, or in a column that always holds something an empty text."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(cells)
    text.seek(0)
    tell(connection)  # COPY goes past what tells otherwise
    with connection.cursor() as cursor:
        cursor.cursor.copy_expert(
            f"COPY {table} ({columns}) FROM STDIN WITH (FORMAT csv, FORCE_NOT_NULL ({filled}))", text
        )


def _insert(table: str, columns: str, fields: list[Any], cells: list[list[Any]]) -> None:
    """Write by one statement, run for every row; SQLite keeps days and moments as texts."""
    for place, field in enumerate(fields):
        if isinstance(field, models.DateTimeField):
            for row in cells:
                row[place] = row[place] and row[place].astimezone(UTC).replace(tzinfo=None).isoformat(" ")
        elif isinstance(field, models.DateField):
            for row in cells:
                row[place] = row[place] and row[place].isoformat()
    marks = ", ".join(["%s"] * len(fields))
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", cells)
