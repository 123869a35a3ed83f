"""Databases beside the test's own: fresh, migrated, and thrown away."""

import os
import shutil
import time
from contextlib import contextmanager

import pytest
from django.core.management import call_command
from django.db import connection


@contextmanager
def connected_to(name):
    """Point the test's connection at another database, and back."""
    before, held = connection.settings_dict["NAME"], connection.connection
    connection.connection = None  # an SQLite of the memory would be gone if it were closed
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        if connection.connection is not None:
            connection.connection.close()
        connection.settings_dict["NAME"], connection.connection = before, held
        connection.closed_in_transaction = connection.in_atomic_block = False
        connection.needs_rollback = False


@pytest.fixture(scope="session")
def migrated(django_db_setup, django_db_blocker, tmp_path_factory):
    """A migrated SQLite file to copy; None on PostgreSQL, where the test's own database is the template."""
    if connection.vendor != "sqlite":
        return None
    path = tmp_path_factory.mktemp("migrated") / "portal.sqlite3"
    with django_db_blocker.unblock(), closing(sqlite3.connect(connection.settings_dict["NAME"])) as tests:
        tests.execute("VACUUM INTO ?", [str(path)])  # what is committed, which no test has yet written to
    return path


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
