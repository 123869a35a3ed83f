"""Reading a database as it stands at one moment, while people write."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper


@contextmanager
def snapshot(using: str = DEFAULT_DB_ALIAS) -> Iterator[BaseDatabaseWrapper]:
    """Read everything inside as at one moment, and hold nobody off who writes meanwhile.

    PostgreSQL reads repeatably and may write nothing. SQLite reads its write-ahead log up to one point.
    """
    connection = connections[using]
    if connection.vendor == "postgresql":
        with transaction.atomic(using, durable=True):
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
                _take_the_moment(connection)
            yield connection
        return
    connection.ensure_connection()
    mode, connection.transaction_mode = connection.transaction_mode, "DEFERRED"  # type: ignore[attr-defined]
    try:
        with transaction.atomic(using, durable=True):
            _take_the_moment(connection)
            yield connection
    finally:
        connection.transaction_mode = mode  # type: ignore[attr-defined]


def _take_the_moment(connection: BaseDatabaseWrapper) -> None:
    """Read something: the moment is that of the first reading."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM django_migrations")
        cursor.fetchone()
