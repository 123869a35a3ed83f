"""Making a backup."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import django
from django.apps import apps
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from reports.backup import BackupError, proof
from reports.backup.files import new_file
from reports.backup.snapshot import snapshot
from reports.backup.tables import as_line, last_id, tables


def back_up(path: Path, *, now: datetime, say: Callable[[str], Any]) -> Path:
    """Write everything that the database holds at one moment, and return where.

    In a folder the file is named by the moment. Raises `BackupError` with words.
    """
    if path.is_dir():
        path = path / f"portal-{now.astimezone(timezone.get_default_timezone()):%Y-%m-%d-%H%M%S}.zip"
    if path.exists():
        raise BackupError(f"{path} is there already: a backup never takes another's place.")
    try:
        with new_file(path) as file, snapshot() as held:
            migrations = sorted(MigrationRecorder(held).applied_migrations())
            if unapplied(held):
                raise BackupError("The database is behind this version: run `manage.py migrate` first.")
            found = []
            for table in tables(apps):
                told = file.member(f"{table.label}.jsonl", (as_line(row) for row in table.rows()))
                found.append({"table": table.label, "fields": table.names, "last_id": last_id(table, held), **told})
            say(f"{sum(table['rows'] for table in found)} rows in {len(found)} tables.")
            answers = list(proof.answers(proof.days_to_ask(timezone.localdate(now))))
            say(f"{len(answers)} answers of data sets, to prove a restored database by.")
            file.manifest(
                {
                    "moment": now.isoformat(),
                    "from": held.vendor,
                    "django": django.get_version(),
                    "migrations": migrations,
                    "tables": found,
                    "answers": [answer.told() for answer in answers],
                }
            )
    except OSError as error:
        raise BackupError(f"{path}: {error.strerror}. There is no backup of that name.") from error
    return path


def unapplied(held: Any = connection) -> bool:
    """Say whether the database is behind the code."""
    executor = MigrationExecutor(held)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
