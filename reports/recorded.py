"""A mark of everything that was ever recorded."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.apps import apps
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
    found = [
        model._base_manager.order_by()
        .annotate(of=Value(number))
        .values("of")
        .annotate(first=Cast(Min("pk"), BigIntegerField()), last=Cast(Max("pk"), BigIntegerField()))
        .values_list("of", "first", "last")
        for number, model in enumerate(_tables())
    ]
    found.append(
        KeptStanding.objects.order_by()
        .annotate(of=Value(-1))
        .values("of")
        .annotate(first=Cast(Min("pk"), BigIntegerField()), last=Cast(Sum("changes"), BigIntegerField()))
        .values_list("of", "first", "last")
    )
    return repr(sorted(found[0].union(*found[1:], all=True)))
