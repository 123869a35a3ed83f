"""An importer that is killed leaves all of its file or nothing; two at once follow one another."""

import json
import random
import time

import pytest
from django.db import connection

from initiatives.imports import actions
from initiatives.models import Import, ImportedRow, Initiative, StageChange, Update
from tests.factories import past_the_guard
from tests.faults.conftest import start
from tests.initiatives.imports.files import a_file

ROWS = 3000
KILLS = 10
MAPPING = {
    "columns": {"external_ref": ["Id"], "title": ["Name"], "rag": ["RAG"]},
    "defaults": {"pillar": "process"},
}


@pytest.fixture
def long_file(tmp_path, strategy):
    file, mapping = tmp_path / "long.csv", tmp_path / "long.json"
    file.write_bytes(a_file("Id | Name | RAG", *(f"P{n} | Project {n} | green" for n in range(ROWS))))
    mapping.write_text(json.dumps(MAPPING))
    return str(file), "--mapping", str(mapping), "--apply"


def begins(db, file, *program):
    """Start an importer, and return it once it has begun to apply, with the moment of that."""
    process = start(db, *(program or ("manage.py",)), "import_initiatives", *file, PYTHONUNBUFFERED="1")
    for line in process.stdout:
        if line.startswith("Checking"):
            return process, time.monotonic()
    raise AssertionError(process.wait())


def rows():
    """Return how many rows there are of everything that the file writes."""
    models = (Initiative, Initiative.history.model, StageChange, Update, ImportedRow)
    return [model.objects.count() for model in models]


def until_nobody_else_is_there():
    """Wait until PostgreSQL has noticed that whom it worked for is gone: a commit may still be on its way."""
    if connection.vendor == "postgresql":
        others = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        with connection.cursor() as cursor:
            while cursor.execute(others) or cursor.fetchone()[0]:
                time.sleep(0.05)


def is_undone(of_all):
    """Take back what a whole import wrote, so that the next one begins anew."""
    if of_all:
        actions.undo(applied=Import.objects.get(state="applied"), by=None)
        with past_the_guard():
            ImportedRow.objects.all().delete()


def how_long(db, file):
    process, began = begins(db, file)
    process.communicate()
    took = time.monotonic() - began
    assert rows() == [ROWS] * 5
    is_undone(True)
    assert rows() == [0] * 5
    return took


def kills(db, file, took, *program):
    """Kill an importer at a random moment of so many seconds; returns whether it was at work, and what it left."""
    process, _ = begins(db, file, *program)
    time.sleep(random.uniform(0, took))
    was_at_work = process.poll() is None
    process.kill()
    process.communicate()
    until_nobody_else_is_there()
    found = set(rows())
    return was_at_work, "nothing" if found == {0} else "all" if found == {ROWS} else "a part"


def test_an_importer_that_is_killed_leaves_all_or_nothing(db, long_file):
    took, left = how_long(db, long_file), []
    while len(left) < KILLS or left.count("nothing") < KILLS // 2:
        was_at_work, found = kills(db, long_file, took)
        assert found in ("nothing", "all")
        is_undone(found == "all")
        if was_at_work:
            left.append(found)
        else:
            took /= 2  # the machine was busier when that was measured
    assert left.count("nothing") >= KILLS // 2
    process, _ = begins(db, long_file)
    process.communicate()
    assert rows() == [ROWS] * 5
    before = rows()[:-1]
    begins(db, long_file)[0].communicate()
    assert rows()[:-1] == before


def test_without_its_one_transaction_a_part_would_be_left(db, long_file):
    took = how_long(db, long_file)
    for _ in range(KILLS):
        was_at_work, found = kills(db, long_file, took, "-m", "tests.faults.naive_imports")
        if found == "a part":
            return
        is_undone(found == "all")
        if not was_at_work:
            took /= 2
    raise AssertionError(f"{KILLS} kills found nothing half done, so they could never find it")


def test_two_importers_at_once_follow_one_another(db, long_file):
    processes = [begins(db, long_file)[0] for _ in range(2)]
    for process in processes:
        process.communicate()
        assert process.returncode == 0
    assert rows()[:-1] == [ROWS] * 4
    assert sorted(row.counts["rows"]["new"] for row in Import.objects.all()) == [0, ROWS]
