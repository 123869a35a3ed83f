"""Databases beside the test's own: fresh, migrated, and thrown away. And the test's own as it was once before."""

import os
import shutil
import sqlite3
import time
from contextlib import closing, contextmanager

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection


def examples(count):
    """Return how many generated cases to try: all on SQLite, a tenth on PostgreSQL, where the same code runs again."""
    return count if connection.vendor == "sqlite" else count // 10


@contextmanager
def connected_to(name, **more):
    """Point the test's connection at another database, which may be another server's, and back."""
    before, held = {key: connection.settings_dict[key] for key in ("NAME", *more)}, connection.connection
    connection.connection = None  # an SQLite of the memory would be gone if it were closed
    connection.settings_dict.update(NAME=name, **more)
    try:
        yield
    finally:
        if connection.connection is not None:
            connection.connection.close()
        connection.settings_dict.update(before)
        connection.connection = held
        connection.closed_in_transaction = connection.in_atomic_block = False
        connection.needs_rollback = False


@pytest.fixture(scope="session")
def migrated(django_db_setup, django_db_blocker, tmp_path_factory):
    """A migrated SQLite file to copy; None on PostgreSQL, where the test's own database is the template."""
    if connection.vendor != "sqlite":
        return None
    path = tmp_path_factory.mktemp("migrated") / "portal.sqlite3"
    with django_db_blocker.unblock():
        copy(path)
    return path


def copy(path):
    """Copy what is committed in the test's SQLite database into a file."""
    with closing(sqlite3.connect(connection.settings_dict["NAME"])) as own:
        own.execute("VACUUM INTO ?", [str(path)])


def copy_back(path):
    """Make the test's SQLite database again what it was when it was copied."""
    connection.ensure_connection()
    with closing(sqlite3.connect(path)) as copied:
        copied.backup(connection.connection)
    ContentType.objects.clear_cache()


@contextmanager
def a_database(migrated, folder):
    """Make a fresh migrated database; yields its name and its address."""
    if connection.vendor == "sqlite":
        path = folder / "portal.sqlite3"
        shutil.copy(migrated, path)
        yield str(path), f"sqlite:///{path}"
        return
    name, at = f"faults_{os.getpid()}_{time.monotonic_ns()}", connection.settings_dict
    template = at["NAME"]
    connection.close()  # a template is copied only while nobody is in it

    def by_the_server(sql):
        with connected_to("postgres"), connection.cursor() as cursor:
            cursor.execute(sql)

    by_the_server(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    try:
        yield name, f"postgres://{at['USER']}:{at['PASSWORD']}@{at['HOST']}:{at['PORT']}/{name}"
    finally:
        by_the_server(f'DROP DATABASE "{name}" WITH (FORCE)')
