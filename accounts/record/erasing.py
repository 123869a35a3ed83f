"""What may leave the record: a demonstration, and everything when the database is emptied.

All of it inside `standing_aside` alone.
"""

from __future__ import annotations

from typing import Any

from django.db import connections
from django.db.models import Max

from accounts.record.models import Entry, Kind, Seal
from accounts.record.seals import seal


def newest(using: str = "default") -> int:
    """Return the number of the newest entry."""
    return Entry.objects.using(using).aggregate(newest=Max("pk"))["newest"] or 0


def empty(using: str = "default") -> None:
    """Take the whole record away."""
    for model in (Seal, Entry):
        rows: Any = model._base_manager.using(using).all()
        rows._raw_delete(using)


def erase_what_went(since: int, using: str = "default") -> None:
    """Take out whatever is told of rows that were removed after an entry, and of their parts, and seal the rest anew.

    So the chain begins again, and an end of it that was noted before holds no longer: the guard's word says why.
    """
    gone = "FROM accounts_record WHERE id > %s AND kind = '-'"
    with connections[using].cursor() as cursor:
        cursor.execute(
            f"DELETE FROM accounts_record WHERE (table_name, row_key) IN (SELECT table_name, row_key {gone}) "
            f"OR thing IN (SELECT table_name || '/' || row_key {gone})",
            [since, since],
        )
    if not Entry.objects.using(using).exclude(kind=Kind.STOOD_ASIDE).exists():
        empty(using)
        return
    seal_anew(using)


def seal_anew(using: str = "default") -> None:
    """Begin the chain again, over what there is now."""
    Seal.objects.using(using).all()._raw_delete(using)
    seal(using)
