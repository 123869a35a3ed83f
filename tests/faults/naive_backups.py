"""Backups that read table after table, and restores that die half-way, with their one transaction or without."""

import os
import signal
import sys
from contextlib import contextmanager

import django
from django.core.management import execute_from_command_line
from django.db import connection


@contextmanager
def no_snapshot():
    connection.ensure_connection()
    yield connection


@contextmanager
def no_transaction():
    with connection.cursor() as cursor:  # rows come before those that they point to
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = replica")
        else:
            cursor.execute("PRAGMA foreign_keys = OFF")
    yield


def dies_at(name, fill):
    def fill_or_die(table, *told):
        if table.label == name:
            os.kill(os.getpid(), signal.SIGKILL)
        return fill(table, *told)

    return fill_or_die


if __name__ == "__main__":
    django.setup()
    from reports.backup import restoring, writing

    if "NO_SNAPSHOT" in os.environ:
        writing.snapshot = no_snapshot
    if "DIES_AT" in os.environ:
        restoring.fill = dies_at(os.environ["DIES_AT"], restoring.fill)
    if "NO_TRANSACTION" in os.environ:
        restoring._whole_or_not_at_all = no_transaction
    execute_from_command_line(["manage.py", *sys.argv[1:]])
