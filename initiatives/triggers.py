"""The triggers that say which kept rows are no longer true.

They count in the database itself, so that no way of writing gets past them: pages, commands, the administration, bulk
writes or SQL by hand. They are made after every migration and taken away before, because SQLite makes a changed table
anew, which loses its triggers and minds those of others.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic
from typing import Any

from django.db import OperationalError, connections, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from initiatives import models as ours
from initiatives.models.kept import KeptMonth, KeptStanding
from pillars.models import Pillar

_BY_MILESTONE = "SELECT initiative_id FROM initiatives_milestone WHERE id = {row}.milestone_id"
_BY_ASK = "SELECT initiative_id FROM initiatives_ask WHERE id = {row}.ask_id"


@dataclass(frozen=True)
class Watched:
    """A table whose rows enter figures: whose figures, and the column of the moment at which a row was recorded."""

    model: type[models.Model]
    initiative: str  # the id of the initiative, in SQL, where {row} is a row of the table; nothing for no initiative
    moment: str

    @property
    def table(self) -> str:
        return self.model._meta.db_table


def watched() -> tuple[Watched, ...]:
    """Return every table from which `InitiativeAt` and the months' figures are worked out."""
    own = "{row}.initiative_id"
    return (
        Watched(ours.Initiative.history.model, "{row}.id", "history_date"),
        *(
            Watched(model.history.model, own, "history_date")
            for model in (ours.Contribution, ours.Alignment, ours.Milestone)
        ),
        *(
            Watched(model, own, "recorded_at")
            for model in (ours.StageChange, ours.DateMove, ours.Update, ours.Ask, ours.StandIn)
        ),
        *(Watched(model, _BY_MILESTONE, "recorded_at") for model in (ours.DoneDate, ours.Withdrawal)),
        Watched(ours.Answer, _BY_ASK, "recorded_at"),
        Watched(Pillar.history.model, "", "history_date"),
    )


# --- What they say --------------------------------------------------------------------------------
_STANDING, _MONTH = KeptStanding._meta.db_table, KeptMonth._meta.db_table
_INITIATIVE = ours.Initiative._meta.db_table
_EVENTS = {"INSERT": "NEW", "UPDATE": "NEW", "DELETE": "OLD"}


def _on_sqlite() -> Iterator[tuple[str, str]]:
    """Yield the name and the statement of each trigger: one for every row that is written."""
    for table in watched():
        for event, row in _EVENTS.items():
            deeds = [f"DELETE FROM {_MONTH} WHERE ended_at > {row}.{table.moment}"]
            if table.initiative:
                id_ = table.initiative.format(row=row)
                deeds.append(f"UPDATE {_STANDING} SET changes = changes + 1 WHERE initiative_id = ({id_})")
            yield _trigger_on_sqlite(table.table, event, deeds)
    made = f"INSERT OR IGNORE INTO {_STANDING} (initiative_id, changes, kept_changes, rules, told, more) "
    yield _trigger_on_sqlite(_INITIATIVE, "INSERT", [made + "VALUES (NEW.id, 1, 0, '', '', '')"])
    yield _trigger_on_sqlite(_INITIATIVE, "DELETE", [f"DELETE FROM {_STANDING} WHERE initiative_id = OLD.id"])


def _trigger_on_sqlite(table: str, event: str, deeds: list[str]) -> tuple[str, str]:
    name = f"kept_{table}_{event.lower()}"
    return name, f"CREATE TRIGGER {name} AFTER {event} ON {table} BEGIN {'; '.join(deeds)}; END"


def _on_postgresql() -> Iterator[tuple[str, str]]:
    """Yield the same for PostgreSQL: one for every statement, however many rows it writes."""
    for table in watched():
        for event in _EVENTS:
            deeds = [f"DELETE FROM {_MONTH} WHERE ended_at > (SELECT min({table.moment}) FROM written)"]
            if table.initiative:
                id_ = table.initiative.format(row="written")
                ids = f"SELECT ({id_}) FROM written"
                deeds.append(f"UPDATE {_STANDING} SET changes = changes + 1 WHERE initiative_id IN ({ids})")
            yield _trigger_on_postgresql(table.table, event, deeds)
    made = f"INSERT INTO {_STANDING} (initiative_id, changes, kept_changes, rules, told, more) "
    made += "SELECT id, 1, 0, '', '', '' FROM written ON CONFLICT DO NOTHING"
    yield _trigger_on_postgresql(_INITIATIVE, "INSERT", [made])
    gone = f"DELETE FROM {_STANDING} WHERE initiative_id IN (SELECT id FROM written)"
    yield _trigger_on_postgresql(_INITIATIVE, "DELETE", [gone])


def _trigger_on_postgresql(table: str, event: str, deeds: list[str]) -> tuple[str, str]:
    name = f"kept_{table}_{event.lower()}"
    function = f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    function += f"{'; '.join(deeds)}; RETURN NULL; END $$"
    trigger = f"CREATE TRIGGER {name} AFTER {event} ON {table} REFERENCING {_EVENTS[event]} TABLE AS written "
    return name, f"{function}; {trigger} FOR EACH STATEMENT EXECUTE FUNCTION {name}()"


def _wanted(connection: BaseDatabaseWrapper) -> dict[str, str]:
    return dict(_on_postgresql() if connection.vendor == "postgresql" else _on_sqlite())


_FOUND = {
    "sqlite": "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'kept!_%' ESCAPE '!'",
    "postgresql": "SELECT t.tgname, c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
    "WHERE t.tgname LIKE 'kept!_%' ESCAPE '!' AND pg_table_is_visible(c.oid)",
}


def standing_triggers(connection: BaseDatabaseWrapper) -> dict[str, str]:
    """Return the triggers of ours that the database has, each with its table."""
    with connection.cursor() as cursor:
        cursor.execute(_FOUND[connection.vendor])
        return dict(cursor.fetchall())


class Busy(Exception):
    """Raised when history cannot be held still, because somebody has been writing all the while."""


def hold_still(using: str = "default", patience: float = 30.0) -> None:
    """Let nobody add to history until the transaction ends, so that what is kept of it is whole.

    SQLite lets only one transaction write anyway. PostgreSQL takes locks that readers do not notice. It never waits for
    one while it holds another, so that nobody is caught in a ring: when one is not to be had it lets go of all, waits
    for each by itself, and tries again. Waiting is also what makes PostgreSQL's own vacuum step aside.

    Raises `Busy` when somebody has been writing for so many seconds.
    """
    connection = connections[using]
    if connection.vendor != "postgresql":
        return
    tables = sorted({table.table for table in watched()})
    ends_at = monotonic() + patience
    while monotonic() < ends_at:
        try:
            with transaction.atomic(using), connection.cursor() as cursor:
                cursor.execute(f"LOCK TABLE {', '.join(tables)} IN SHARE MODE NOWAIT")
                return
        except OperationalError:
            for table in tables:
                _wait_for(table, using)
    raise Busy("Somebody has been writing all the while. Nothing was kept: try again.")


def _wait_for(table: str, using: str) -> None:
    """Wait until nobody writes to the table, five seconds at most, and let go of it at once."""
    with suppress(OperationalError), transaction.atomic(using), connections[using].cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '5s'")
        cursor.execute(f"LOCK TABLE {table} IN SHARE MODE")
        transaction.set_rollback(True, using)


# --- Before and after every migration -------------------------------------------------------------
def remove(using: str = "default", **_: Any) -> None:
    """Take the triggers away, so that tables can be changed."""
    connection = connections[using]
    with connection.cursor() as cursor:
        for name, table in standing_triggers(connection).items():
            cursor.execute(f"DROP TRIGGER {name}" + (f" ON {table}" if connection.vendor == "postgresql" else ""))


def install(using: str = "default", **_: Any) -> None:
    """Make the triggers, where all their tables are there, and count what was written without them as changed."""
    connection = connections[using]
    wanted = _wanted(connection)
    if standing_triggers(connection).keys() == wanted.keys():
        return
    tables = {table.table for table in watched()} | {_STANDING, _MONTH, _INITIATIVE}
    if not tables <= set(connection.introspection.table_names()):
        return  # migrated back to a time before them
    remove(using)
    with connection.cursor() as cursor:
        for statement in wanted.values():
            cursor.execute(statement)
        cursor.execute(f"DELETE FROM {_MONTH}")
        cursor.execute(f"DELETE FROM {_STANDING}")
        cursor.execute(
            f"INSERT INTO {_STANDING} (initiative_id, changes, kept_changes, rules, told, more) "
            f"SELECT id, 1, 0, '', '', '' FROM {_INITIATIVE}"
        )
