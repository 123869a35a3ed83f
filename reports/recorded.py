"""A mark of everything that was ever recorded."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models import BigIntegerField, Max, Min, Sum, Value
from django.db.models.functions import Cast

from initiatives.models import KeptStanding, Recorded


@cache
def _tables() -> tuple[Any, ...]:
    """Return every table of history: rows that are only added, and versions of what can be corrected."""
    models = apps.get_models()
    return (
        *(model for model in models if issubclass(model, Recorded)),
        *(model.history.model for model in models if hasattr(model, "history")),
    )


def mark_of_everything() -> str:
    """Return a mark that is another one as soon as anything is recorded or taken away, in one query.

    Numbers of rows are never used again, so the first and the last of each table tell; where something between them was
    taken away, the count of what happened to each initiative does.
    """
    with connection.cursor() as cursor:
        cursor.execute(*_question(connection.vendor))
        return repr(sorted(cursor.fetchall()))


@cache
def _question(vendor: str) -> tuple[str, tuple[Any, ...]]:
    """Return the query, which is long and always the same, as the database of this process takes it."""
    tables: list[tuple[Any, Any]] = [(model._base_manager, Max("pk")) for model in _tables()]
    tables.append((KeptStanding.objects, Sum("changes")))
    found = [
        rows.order_by()
        .annotate(of=Value(number))
        .values("of")
        .annotate(first=Cast(Min("pk"), BigIntegerField()), last=Cast(last, BigIntegerField()))
        .values_list("of", "first", "last")
        for number, (rows, last) in enumerate(tables)
    ]
    sql, params = found[0].union(*found[1:], all=True).query.sql_with_params()
    return sql, params
