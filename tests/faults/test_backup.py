"""A backup holds one moment whole, and an empty database filled from it says the same and goes on from there."""

import json
import stat
from io import StringIO
from types import SimpleNamespace
from zipfile import ZipFile

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from initiatives import kept
from initiatives.models import Ask, Initiative, Update
from pillars.models import Pillar
from reports.backup.files import new_file
from reports.backup.restoring import refuse_a_filled_one
from reports.backup.tables import LEFT_OUT, as_line, tables
from tests.databases import a_database, connected_to
from tests.everything import everything
from tests.factories import an_initiative, as_at, past_the_guard, says
from tests.faults.conftest import start
from tests.faults.test_imports import until_nobody_else_is_there


@pytest.fixture
def another(migrated, django_db_blocker, tmp_path):
    """An empty database beside the test's own; ask for it before `db`."""
    folder = tmp_path / "another"
    folder.mkdir()
    with django_db_blocker.unblock(), a_database(migrated, folder) as (name, url):
        yield SimpleNamespace(name=name, url=url)


def told(command, *arguments):
    out = StringIO()
    call_command(command, *map(str, arguments), stdout=out)
    return out.getvalue()


def backs_up(path):
    told("backup", path)
    return path


def members(path):
    """Return every table of a backup as it is written, and where its ids had got to."""
    with ZipFile(path) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        held = {name: archive.read(name) for name in archive.namelist() if name != "manifest.json"}
    return held, {table["table"]: table["last_id"] for table in manifest["tables"]}, manifest["answers"]


def lines(path, table):
    """Return the rows of one table of a backup by their columns' names."""
    with ZipFile(path) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        names = next(told["fields"] for told in manifest["tables"] if told["table"] == table)
        return [dict(zip(names, json.loads(line), strict=True)) for line in archive.open(f"{table}.jsonl")]


def is_empty():
    refuse_a_filled_one()
    return True


# --- There and back -------------------------------------------------------------------------------
def test_a_restored_database_says_the_same_and_goes_on_counting(another, db, tmp_path):
    everything()
    lacking = [table.label for table in tables(apps) if not table.model._base_manager.exists()]
    assert lacking == [], "add a row of each to tests/everything.py"
    first = backs_up(tmp_path / "first.zip")
    with connected_to(another.name):
        said = told("restore", first).splitlines()
        assert said[-1] == "Everything was restored, and every data set answers the same bytes."
        assert sum("the same bytes" in line for line in said[:-1]) == 36
        assert members(backs_up(tmp_path / "second.zip")) == members(first)
        one_more_of_each()
        kept.forget()
        says(Initiative.objects.get(ref="DS-001"), "green", on=timezone.localdate())
        assert kept.portfolio(timezone.localdate()).initiatives[0].rag == "green"


def one_more_of_each():
    """Take the newest row of each table away and write it again: its id is one that no row ever had."""
    counted = [table for table in tables(apps) if table.counts_ids]
    assert len(counted) > 30
    for table in counted:
        with transaction.atomic(), past_the_guard():
            row = table.model._base_manager.order_by("-pk").first()
            was, rows = row.pk, table.model._base_manager.filter(pk=row.pk)
            rows._raw_delete(rows.db)
            row.pk = None
            table.model._base_manager.bulk_create([row])
            assert row.pk > was, table.label
            transaction.set_rollback(True)


def test_an_id_whose_row_is_gone_is_not_given_again(another, db, tmp_path):
    gone = an_initiative("DS-009", recorded="2025-04-01", stage=None)
    was = gone.pk
    gone.delete()
    path = backs_up(tmp_path / "backup.zip")
    with connected_to(another.name):
        told("restore", path)
        assert an_initiative("DS-010", recorded="2025-04-02", stage=None).pk > was


def test_a_database_is_copied_to_another_and_back(another, db, tmp_path):
    everything()
    first = backs_up(tmp_path / "first.zip")
    if connection.vendor == "postgresql":  # by way of an SQLite that is not there yet
        copied = SimpleNamespace(url=f"sqlite:///{tmp_path / 'copied.sqlite3'}", static_root=db.static_root)
        assert is_copied(db, copied.url)
        assert is_copied(copied, another.url)
    else:
        assert is_copied(db, another.url)
    with connected_to(another.name):
        assert members(backs_up(tmp_path / "second.zip")) == members(first)
        one_more_of_each()


def is_copied(db, url):
    process = start(db, "manage.py", "copy_to", url)
    said, _ = process.communicate()
    last = said.splitlines()[-1]
    return (process.returncode, last) == (0, "Everything was restored, and every data set answers the same bytes.")


def test_what_is_left_out_is_there_anew(another, db, tmp_path):
    assert {label.lower() for label in LEFT_OUT} <= {model._meta.label_lower for model in apps.get_models()}
    everything()
    path = backs_up(tmp_path / "backup.zip")
    with connected_to(another.name):
        told("restore", path)
        initiatives = Initiative.objects.count()
        assert as_at(Initiative.objects.get(ref="DS-001"), "2025-06-01").last_update.rag == "amber"
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM initiatives_keptstanding WHERE kept_on IS NOT NULL")
            assert cursor.fetchone() == (initiatives,)


def as_an_older_version_wrote(path, older):
    """Write a backup again without all that came with imports or after them."""
    loader = MigrationExecutor(connection).loader
    came_later = set(loader.graph.backwards_plan(("initiatives", "0008_imports")))
    then = sorted(set(loader.applied_migrations) - came_later)
    state = loader.project_state([node for node in then if not set(loader.graph.node_map[node].children) & set(then)])
    with new_file(older) as file:
        found = []
        for table in tables(state.apps):
            rows = (as_line([row[name] for name in table.names]) for row in lines(path, table.label))
            told = file.member(f"{table.label}.jsonl", rows)
            found.append({"table": table.label, "fields": table.names, "last_id": None, **told})
        file.manifest({"moment": "then", "migrations": then, "tables": found, "answers": members(path)[2]})


def test_a_backup_of_an_older_version_fills_an_absent_database_and_is_brought_up(db, tmp_path):
    if connection.vendor == "postgresql":  # the same code, which takes long
        return
    an_initiative("DS-001", recorded="2025-04-01", milestones=["2025-06-01"])
    says(Initiative.objects.get(), "green", on="2025-04-11")
    as_an_older_version_wrote(backs_up(tmp_path / "today.zip"), tmp_path / "older.zip")
    with connected_to(str(tmp_path / "absent.sqlite3")):
        said = told("restore", tmp_path / "older.zip").splitlines()
        assert said[1] == "Brought up to this version."
        assert said[-1] == "Everything was restored, and every data set answers the same bytes."
        assert says(Initiative.objects.get(), "red", on="2025-05-11", issue="An issue.").pk > 1


def test_a_backup_of_an_older_version_is_refused_by_a_database_that_is_beyond_it(another, db, tmp_path):
    an_initiative("DS-001", recorded="2025-04-01")
    as_an_older_version_wrote(backs_up(tmp_path / "today.zip"), tmp_path / "older.zip")
    with connected_to(another.name):
        with pytest.raises(CommandError, match="the database is already beyond it"):
            told("restore", tmp_path / "older.zip")
        assert is_empty()


# --- While people write ---------------------------------------------------------------------------
def backed_up_while_owners_write(db, path, initiative, **more):
    """Back up by another process while asks are written, each with its update; returns what of them was torn apart."""
    process = start(db, "-m", "tests.faults.naive_backups", "backup", str(path), **more)
    while process.poll() is None:
        with transaction.atomic():
            update = Update.objects.create(
                initiative=initiative, said_on="2025-05-01", rag="green", what_changed="Work went on."
            )
            Ask.objects.create(initiative=initiative, update=update, question="Who pays?")
    said, _ = process.communicate()
    assert process.returncode == 0, said
    updates = {row["id"] for row in lines(path, "initiatives.Update")}
    asked = {row["update_id"] for row in lines(path, "initiatives.Ask")}
    assert Update.objects.count() > len(updates) > 0  # more were written before it began and after it ended
    return updates ^ asked


def test_a_backup_is_of_one_moment_while_owners_write(another, db, tmp_path):
    initiative = an_initiative("DS-001", recorded="2025-04-01")
    assert backed_up_while_owners_write(db, tmp_path / "backup.zip", initiative) == set()
    with connected_to(another.name):
        assert "every data set answers the same bytes" in told("restore", tmp_path / "backup.zip")


def test_read_table_after_table_it_would_be_torn(db, tmp_path):
    initiative = an_initiative("DS-001", recorded="2025-04-01")
    for attempt in range(10):
        if backed_up_while_owners_write(db, tmp_path / f"{attempt}.zip", initiative, NO_SNAPSHOT="1"):
            return
    raise AssertionError("ten backups found nothing torn, so they could never find it")


# --- Refusals -------------------------------------------------------------------------------------
def test_a_filled_database_is_refused_in_words(db, tmp_path):
    Pillar.objects.create(slug="purpose", name="Purpose")
    path = backs_up(tmp_path / "backup.zip")
    with pytest.raises(CommandError, match=r"The database is not empty: there are rows in pillars\.HistoricalPillar"):
        told("restore", path)
    assert Pillar.objects.count() == 1


def test_a_changed_cut_or_foreign_file_is_refused_before_anything_is_written(another, db, tmp_path):
    everything()
    whole = backs_up(tmp_path / "backup.zip").read_bytes()
    with ZipFile(tmp_path / "foreign.zip", "w") as foreign:
        foreign.writestr("a.txt", "words")
    spoiled = [(tmp_path / "foreign.zip").read_bytes(), b"", b"PK\x03\x04", b"words" * 100, whole[:-1], whole + b"\0"]
    spoiled += [whole[: len(whole) // 2], whole[: -len(whole) // 3] + whole[-64:]]
    for place in range(0, len(whole), len(whole) // 60):  # also in the seal and the zip's own bookkeeping
        spoiled.append(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
    with connected_to(another.name):
        for content in spoiled:
            (tmp_path / "spoiled.zip").write_bytes(content)
            with pytest.raises(CommandError, match=r"is no backup of the portal|is cut short, or was changed"):
                told("restore", tmp_path / "spoiled.zip")
        assert is_empty()
        with pytest.raises(CommandError, match="No such file"):
            told("restore", tmp_path / "absent.zip")


def test_a_backup_never_takes_anothers_place_and_its_owner_alone_reads_it(db, tmp_path):
    path = backs_up(tmp_path / "backup.zip")
    was = path.read_bytes()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(CommandError, match="is there already"):
        told("backup", path)
    assert path.read_bytes() == was
    with pytest.raises(CommandError, match=r"No such file or directory\. There is no backup of that name"):
        told("backup", tmp_path / "absent" / "backup.zip")
    folder = tmp_path / "nightly"
    folder.mkdir()
    told("backup", folder)
    assert [file.name[:9] for file in folder.iterdir()] == ["portal-20"]


def test_a_backup_of_a_newer_version_is_refused_in_words(another, db, tmp_path):
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('initiatives', '9999_to_come', '2025-01-01')"
        )
    path = backs_up(tmp_path / "backup.zip")
    with connected_to(another.name):
        with pytest.raises(CommandError, match="this one does not know initiatives 9999_to_come"):
            told("restore", path)
        assert is_empty()


LATER_AND_EARLIER = ("accounts.HistoricalUser", "reports.SavedView")


# --- Deaths ---------------------------------------------------------------------------------------
def test_a_backup_that_is_killed_leaves_nothing_of_its_name(db, tmp_path):
    everything()
    folder = tmp_path / "nightly"
    folder.mkdir()
    process = start(db, "manage.py", "backup", str(folder / "backup.zip"), PYTHONUNBUFFERED="1")
    assert "rows in" in process.stdout.readline()  # the tables are written, the proof is not
    process.kill()
    process.communicate()
    assert not (folder / "backup.zip").exists()
    assert len(list(folder.iterdir())) == 1  # the draft
    until_nobody_else_is_there()
    backs_up(folder / "backup.zip")


@pytest.mark.parametrize(
    "at", ["initiatives.Update", *(pytest.param(label, marks=pytest.mark.soak) for label in LATER_AND_EARLIER)]
)
def test_a_restore_that_is_killed_leaves_the_database_empty(another, db, tmp_path, at):
    everything()
    path = backs_up(tmp_path / "backup.zip")
    filling = SimpleNamespace(url=another.url, static_root=db.static_root)
    process = start(filling, "-m", "tests.faults.naive_backups", "restore", str(path), DIES_AT=at)
    process.communicate()
    assert process.returncode == -9
    with connected_to(another.name):
        until_nobody_else_is_there()
        assert is_empty()
        assert "the same bytes" in told("restore", path)


def test_without_its_one_transaction_a_part_would_be_left(another, db, tmp_path):
    everything()
    path = backs_up(tmp_path / "backup.zip")
    filling = SimpleNamespace(url=another.url, static_root=db.static_root)
    more = {"DIES_AT": "reports.SavedView", "NO_TRANSACTION": "1"}
    start(filling, "-m", "tests.faults.naive_backups", "restore", str(path), **more).communicate()
    with connected_to(another.name), pytest.raises(Exception, match="not empty"):
        is_empty()


# --- Large ----------------------------------------------------------------------------------------
@pytest.mark.parametrize("count", [60, pytest.param(2000, marks=pytest.mark.soak)])
def test_every_data_set_of_a_large_portfolio_answers_the_same_bytes(another, db, tmp_path, count):
    told("load_demo", "--scale", count)
    first = backs_up(tmp_path / "first.zip")
    with connected_to(another.name):
        said = told("restore", first).splitlines()
        assert sum("the same bytes" in line for line in said[:-1]) == 36
        assert members(backs_up(tmp_path / "second.zip")) == members(first)
