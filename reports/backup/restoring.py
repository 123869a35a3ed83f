"""Filling an empty database from a backup, and proving that it answers the same."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.apps import apps as today
from django.apps.registry import Apps
from django.core.management import call_command
from django.db import IntegrityError, OperationalError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder

from accounts.record import triggers as record
from initiatives import triggers
from reports.backup import BackupError, proof
from reports.backup.files import Backup, open_file
from reports.backup.tables import MADE_BY_MIGRATING, Table, fill, give_ids_after, tables

Node = tuple[str, str]
TOLD_BY_THE_DATABASE = ("accounts.Entry", "accounts.Seal")  # of rows that are there: those say more to a person


def restore(path: Path, *, say: Callable[[str], Any]) -> bool:
    """Fill the empty database from a backup, and say whether every data set answers the same bytes as before.

    Raises `BackupError` with words, having written no row, where the file or the database is not fit for it.
    """
    with open_file(path) as backup:
        make_database_if_absent()
        refuse_a_filled_one()
        older = _bring_to_the_state_of(backup)
        with _whole_or_not_at_all():
            refuse_a_filled_one()  # somebody may have been quicker
            rows = _load(backup, older or today)
        say(f"{rows} rows of {backup.manifest['moment']} restored.")
        if older:
            call_command("migrate", verbosity=0, interactive=False)
            say("Brought up to this version.")
        call_command("keep_figures", stdout=io.StringIO())
        results = list(proof.compared(backup.manifest["answers"]))
    for _, line in results:
        say(line)
    return all(same for same, _ in results)


# --- Whether it may be ----------------------------------------------------------------------------
def make_database_if_absent() -> None:
    """Make the database where its server does not have it yet. SQLite makes its file itself."""
    try:
        connection.ensure_connection()
    except OperationalError as error:
        if connection.vendor != "postgresql" or "does not exist" not in str(error):
            raise BackupError(f"The database does not answer: {error}") from error
        with connection._nodb_cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {connection.ops.quote_name(connection.settings_dict['NAME'])}")


def refuse_a_filled_one() -> None:
    """Raise `BackupError` unless the database is empty: without tables, or with ours and nothing in them."""
    there = set(connection.introspection.table_names())
    if there and MigrationRecorder.Migration._meta.db_table not in there:
        raise BackupError("The database holds tables that are not the portal's. Restore into an empty one.")
    for table in sorted(tables(today), key=lambda table: table.label in TOLD_BY_THE_DATABASE):
        if table.model._meta.db_table in there and table.label not in MADE_BY_MIGRATING:
            with connection.cursor() as cursor:  # its columns may be those of another version
                cursor.execute(f"SELECT 1 FROM {connection.ops.quote_name(table.model._meta.db_table)} LIMIT 1")
                if cursor.fetchone():
                    raise BackupError(
                        f"The database is not empty: there are rows in {table.label}. Nothing was restored: "
                        "restore into an empty or absent one, and change DATABASE_URL afterwards."
                    )


def _bring_to_the_state_of(backup: Backup) -> Apps | None:
    """Migrate the empty database to where the backup's was, and return the models of then; None for those of today."""
    executor = MigrationExecutor(connection)
    then = {(app, name) for app, name in backup.manifest["migrations"]} & executor.loader.disk_migrations.keys()
    unknown = {(app, name) for app, name in backup.manifest["migrations"]} - executor.loader.disk_migrations.keys()
    if unknown:
        names = ", ".join(f"{app} {name}" for app, name in sorted(unknown))
        raise BackupError(f"The backup is of another version: this one does not know {names}. Restore it with that.")
    if then == executor.loader.disk_migrations.keys():
        call_command("migrate", verbosity=0, interactive=False)
        return None
    further = set(executor.loader.applied_migrations) - then
    if further:
        app, name = min(further)
        raise BackupError(
            f"The backup is of an older version, and the database is already beyond it ({app} {name}): "
            "restore into a database that was never migrated."
        )
    targets = _last_of(then, executor)
    state = executor.migrate(targets)
    return state.apps


def _last_of(then: set[Node], executor: MigrationExecutor) -> list[Node]:
    """Return the migrations of then that no other one of then follows."""
    followed = {parent.key for node in then for parent in executor.loader.graph.node_map[node].parents}
    return sorted(then - followed)


# --- Doing it -------------------------------------------------------------------------------------
@contextmanager
def _whole_or_not_at_all() -> Iterator[None]:
    """Write inside in one transaction, past the triggers: the rows are what they already made of their time."""
    try:
        with transaction.atomic(durable=True):
            triggers.remove()
            record.remove()
            yield
            connection.check_constraints()
            record.install()
            triggers.install()
    except IntegrityError as error:
        raise BackupError(f"The backup's rows do not fit together, and nothing was restored: {error}") from error


def _load(backup: Backup, apps: Apps) -> int:
    """Write every row, and have the database go on counting ids where it was."""
    known, rows = {table.label: table for table in tables(apps)}, 0
    for told in backup.manifest["tables"]:
        table = known.pop(told["table"], None)
        if table is None or table.names != told["fields"]:
            raise BackupError(f"The backup's table {told['table']} is not the one that its version has.")
        if table.label in MADE_BY_MIGRATING:
            table.model._base_manager.all().delete()
        rows += fill(table, backup.lines(told), connection)
        give_ids_after(table, told["last_id"], connection)
    _refuse_missing(known)
    return rows


def _refuse_missing(tables: dict[str, Table]) -> None:
    if tables:
        raise BackupError(f"The backup lacks {', '.join(sorted(tables))}.")
