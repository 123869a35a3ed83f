"""The triggers that write the record, and those that guard history: nothing past them but by taking them away.

Like those of the kept rows they step aside for migrations, and what a migration changed is then recorded as found.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connections, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from accounts.record import deeds
from accounts.record.declared import Table, only_added, tables
from accounts.record.models import Entry, Kind, Way
from accounts.record.replaying import differences

RECORD, SEALS = "accounts_record", "accounts_seal"
REFUSED = "this is only ever added to: nothing of it can be changed or deleted"
_INTO = (
    f"INSERT INTO {RECORD} (at, kind, table_name, row_key, thing, before, after, personal, by, way, request, reason)"
)


# --- SQLite: one for every row --------------------------------------------------------------------
_NOW = "strftime('%Y-%m-%d %H:%M:%f000', 'now')"
_DEED = ", ".join(f"portal_deed('{name}')" for name in ("by", "way", "request", "reason"))
_SALT = "lower(hex(randomblob(16)))"


def _pairs(columns: tuple[str, ...], row: str) -> str:
    return ", ".join(f"'{name}', {row}.\"{name}\"" for name in columns)


def _object(columns: tuple[str, ...], row: str) -> str:
    return f"json_object({_pairs(columns, row)})"


def _changed(columns: tuple[str, ...], value: str) -> str:
    # SQLite finds no names for the columns of VALUES inside a trigger.
    each = (f'SELECT \'{name}\' AS name, OLD."{name}" AS was, NEW."{name}" AS now' for name in columns)
    return f"(SELECT json_group_object(name, {value}) FROM ({' UNION ALL '.join(each)}) WHERE was IS NOT now)"


def _differ(columns: tuple[str, ...]) -> str:
    return " OR ".join(f'OLD."{name}" IS NOT NEW."{name}"' for name in columns) or "0"


def _personal(table: Table, *parts: str) -> str:
    return f"json_object('salt', {_SALT}, {', '.join(parts)})" if table.personal else "''"


def _whole_on_sqlite(table: Table, row: str, kind: str) -> str:
    """Return the values of an entry that tells all of a row."""
    whole, personal = _object(table.told, row), table.personal and _object(table.personal, row)
    place = "before" if kind == Kind.REMOVED else "after"
    values = (f"{whole}, ''", "") if kind == Kind.REMOVED else (f"'', {whole}", "")
    own = _personal(table, f"'{place}', {personal}")
    return f"{_NOW}, '{kind}', '{table.name}', {row}.{table.key}, {table.thing(row)}, {values[0]}, {own}"


def _on_sqlite() -> Iterator[tuple[str, str, str]]:
    """Yield the table, name and statement of each trigger."""
    for table in tables().values():
        name = table.name
        for event, row, kind in (("INSERT", "NEW", Kind.ADDED), ("DELETE", "OLD", Kind.REMOVED)):
            says = f"{_INTO} VALUES ({_whole_on_sqlite(table, row, kind)}, {_DEED})"
            yield _sqlite(name, f"record_{name}_{event.lower()}", f"AFTER {event} ON {name}", says)
        columns = (*table.told, *table.personal)
        own = "''"
        if table.personal:
            parts = [
                f"'{part}', {_changed(table.personal, value)}" for part, value in (("before", "was"), ("after", "now"))
            ]
            own = f"CASE WHEN {_differ(table.personal)} THEN {_personal(table, *parts)} ELSE '' END"
        values = (
            f"{_NOW}, '{Kind.CHANGED}', '{name}', OLD.{table.key}, {table.thing('NEW')}, "
            f"{_changed(table.told, 'was')}, {_changed(table.told, 'now')}, {own}, {_DEED}"
        )
        when = f"AFTER UPDATE ON {name} WHEN {_differ(columns)}"
        yield _sqlite(name, f"record_{name}_update", when, f"{_INTO} VALUES ({values})")
    for name in (*only_added(), RECORD, SEALS):
        for event in ("UPDATE", "DELETE"):
            when = f"BEFORE {event} ON {name} WHEN portal_deed('aside') IS NOT 1"
            yield _sqlite(name, f"guard_{name}_{event.lower()}", when, f"SELECT RAISE(ABORT, '{name}: {REFUSED}')")


def _sqlite(table: str, name: str, when: str, deed: str) -> tuple[str, str, str]:
    return table, name, f"CREATE TRIGGER {name} {when} BEGIN {deed}; END"


# --- PostgreSQL: one for every statement, however many rows it writes -----------------------------
_GUARD = f"""
CREATE OR REPLACE FUNCTION guard_history() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF coalesce(current_setting('portal.aside', true), '') <> 'on' THEN
        RAISE EXCEPTION '%: {REFUSED}', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE TG_OP WHEN 'UPDATE' THEN NEW WHEN 'DELETE' THEN OLD END;
END $$
"""
_TOLD = "deed jsonb := coalesce(nullif(current_setting('portal.deed', true), ''), '{}')::jsonb"
_OF_DEED = (
    "(deed->>'by')::bigint, coalesce(deed->>'way', ''), coalesce(deed->>'request', ''), coalesce(deed->>'reason', '')"
)


def _array(names: tuple[str, ...]) -> str:
    return "ARRAY[" + ", ".join(f"'{name}'" for name in names) + "]::text[]"


def _only(table: Table, row: str) -> str:
    return f"to_jsonb({row}) - {_array((*table.left_out, *table.personal))}"


def _who(table: Table, row: str) -> str:
    return f"jsonb_build_object({_pairs(table.personal, row)})"


def _whole_on_postgresql(table: Table, row: str, kind: str) -> str:
    whole = f"({_only(table, row)})::text"
    values = f"{whole}, ''" if kind == Kind.REMOVED else f"'', {whole}"
    own = "''"
    if table.personal:
        place = "before" if kind == Kind.REMOVED else "after"
        own = f"jsonb_build_object('salt', gen_random_uuid(), '{place}', {_who(table, row)})::text"
    return f"clock_timestamp(), '{kind}', '{table.name}', {row}.{table.key}::text, {table.thing(row)}, {values}, {own}"


def _update_on_postgresql(table: Table) -> str:
    """Return the statement that tells what an update changed; a row that got another key went and came."""

    def differing(old: str, new: str) -> str:
        was, now = (f"coalesce(jsonb_object_agg(key, {row}.value), '{{}}')" for row in "ab")
        rows = f"jsonb_each({old}) a FULL JOIN jsonb_each({new}) b USING (key)"
        return f"SELECT {was} AS was, {now} AS now FROM {rows} WHERE a.value IS DISTINCT FROM b.value"

    who, own, either = "", "''", "told.was <> told.now"
    if table.personal:
        who = f"CROSS JOIN LATERAL ({differing(_who(table, 'o'), _who(table, 'n'))}) AS who "
        own = (
            "CASE WHEN who.was = who.now THEN '' ELSE "
            "jsonb_build_object('salt', gen_random_uuid(), 'before', who.was, 'after', who.now)::text END"
        )
        either += " OR who.was <> who.now"
    return (
        f"{_INTO} SELECT clock_timestamp(), '{Kind.CHANGED}', '{table.name}', o.{table.key}::text, {table.thing('n')}, "
        f"told.was::text, told.now::text, {own}, {_OF_DEED} "
        f"FROM gone o JOIN written n ON o.{table.key} = n.{table.key} "
        f"CROSS JOIN LATERAL ({differing(_only(table, 'o'), _only(table, 'n'))}) AS told {who}"
        f"WHERE {either}; "
        f"{_INTO} SELECT {_whole_on_postgresql(table, 'o', Kind.REMOVED)}, {_OF_DEED} FROM gone o "
        f"WHERE NOT EXISTS (SELECT FROM written n WHERE n.{table.key} = o.{table.key}); "
        f"{_INTO} SELECT {_whole_on_postgresql(table, 'n', Kind.ADDED)}, {_OF_DEED} FROM written n "
        f"WHERE NOT EXISTS (SELECT FROM gone o WHERE n.{table.key} = o.{table.key})"
    )


def _on_postgresql() -> Iterator[tuple[str, str, str]]:
    for table in tables().values():
        for event, sees, says in (
            ("INSERT", "NEW TABLE AS written", f"{_whole_on_postgresql(table, 'written', Kind.ADDED)}"),
            ("DELETE", "OLD TABLE AS gone", f"{_whole_on_postgresql(table, 'gone', Kind.REMOVED)}"),
            ("UPDATE", "OLD TABLE AS gone NEW TABLE AS written", ""),
        ):
            rows = "written" if event == "INSERT" else "gone"
            deed = f"{_INTO} SELECT {says}, {_OF_DEED} FROM {rows}" if says else _update_on_postgresql(table)
            name = f"record_{table.name}_{event.lower()}"
            function = (
                f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ DECLARE {_TOLD}; BEGIN "
                f"{deed}; RETURN NULL; END $$"
            )
            trigger = f"CREATE TRIGGER {name} AFTER {event} ON {table.name} REFERENCING {sees} "
            yield table.name, name, f"{function}; {trigger} FOR EACH STATEMENT EXECUTE FUNCTION {name}()"
    for name in (*only_added(), RECORD, SEALS):
        for event, each in (("UPDATE", "ROW"), ("DELETE", "ROW"), ("TRUNCATE", "STATEMENT")):
            guard = f"guard_{name}_{event.lower()}"
            when = f"BEFORE {event} ON {name} FOR EACH {each} EXECUTE FUNCTION guard_history()"
            yield name, guard, f"CREATE TRIGGER {guard} {when}"


# --- Standing aside -------------------------------------------------------------------------------
@contextmanager
def standing_aside(why: str, using: str = "default", *, of: models.Model | None = None) -> Iterator[None]:
    """Let history be changed or taken away inside, as one transaction. That it was, and why, is in the record itself.

    `of` is whom it is about, where it is one row. The few who may: `remove_demo`, undoing an import, forgetting a
    person, restoring a backup, emptying the database.
    """
    connection = connections[using]
    table, row = (of._meta.db_table, f"{of.pk}") if of else ("", "")
    thing = f"{table}/{row}" if of else ""
    with transaction.atomic(using=using), deeds.aside(connection):
        says = f"'{Kind.STOOD_ASIDE}', '{table}', '{row}', '{thing}', '', '', ''"
        _write(connection, f"{_INTO} VALUES ({_moment(connection)}, {says}, ", why)
        yield


def _moment(connection: BaseDatabaseWrapper) -> str:
    return "clock_timestamp()" if connection.vendor == "postgresql" else _NOW


def _write(connection: BaseDatabaseWrapper, says: str, reason: str) -> None:
    deed = deeds.current()
    if deed is not deeds.NOBODY:
        deed.know()
        deed.note_writing()
    told = deed.told() | {"reason": f"{reason}"[:300]}
    with connection.cursor() as cursor:
        values = [told[name] for name in ("by", "way", "request", "reason")]
        # PostgreSQL takes no moment for a parameter, and SQLite's has percent signs of its own.
        cursor.execute(f"{says.replace('%', '%%')}%s, %s, %s, %s)", values)


# --- Before and after every migration -------------------------------------------------------------
_FOUND = {
    "sqlite": "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger' "
    "AND (name LIKE 'record!_%' ESCAPE '!' OR name LIKE 'guard!_%' ESCAPE '!')",
    "postgresql": "SELECT t.tgname, c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
    "WHERE (t.tgname LIKE 'record!_%' ESCAPE '!' OR t.tgname LIKE 'guard!_%' ESCAPE '!') "
    "AND pg_table_is_visible(c.oid)",
}


def standing_triggers(connection: BaseDatabaseWrapper) -> dict[str, str]:
    """Return the triggers of the record that the database has, each with its table."""
    with connection.cursor() as cursor:
        cursor.execute(_FOUND[connection.vendor])
        return dict(cursor.fetchall())


def wanted(connection: BaseDatabaseWrapper) -> dict[str, tuple[str, str]]:
    """Return every trigger of the record: its table, and the statement that makes it."""
    made = _on_postgresql() if connection.vendor == "postgresql" else _on_sqlite()
    return {_short(name): (table, statement.replace(name, _short(name))) for table, name, statement in made}


def _short(name: str) -> str:
    """Return a name that PostgreSQL does not cut off."""
    return name.replace("initiatives_historical", "versions_of_")[:63]


def remove(using: str = "default", plan: Any = None, **_: Any) -> None:
    """Take the triggers away, so that tables can be changed; nothing is done when no migration is waiting."""
    if plan == []:
        return
    connection = connections[using]
    with connection.cursor() as cursor:
        for name, table in standing_triggers(connection).items():
            cursor.execute(f"DROP TRIGGER {name}" + (f" ON {table}" if connection.vendor == "postgresql" else ""))


def install(using: str = "default", plan: Any = None, **_: Any) -> None:
    """Make the triggers where all their tables are there, and record what was written without them as found so.

    When no migration was waiting they were there all along, and are only made anew: a new version may want others.
    """
    connection = connections[using]
    needed = wanted(connection)
    were_there = standing_triggers(connection).keys() == needed.keys()
    if were_there and plan is None:
        return
    if not {table for table, _ in needed.values()} <= set(connection.introspection.table_names()):
        return  # migrated back to a time before them
    with transaction.atomic(using=using), connection.cursor() as cursor:
        remove(using)
        if connection.vendor == "postgresql":
            cursor.execute(_GUARD)
        for _table, statement in needed.values():
            cursor.execute(statement)
        if not were_there:
            record_as_found(using)


def record_as_found(using: str = "default") -> None:
    """Record every row that does not stand as the record says: what was there before it, what a migration changed."""
    connection = connections[using]
    if not Entry.objects.using(using).exists():
        for table in tables().values():
            _found(connection, table, "")
        return
    differing: dict[str, list[str]] = {}
    gone = []
    for difference in differences(using):
        if difference.is_gone:
            gone.append(difference)
        else:
            differing.setdefault(difference.table, []).append(difference.row)
    for name, rows in differing.items():
        table = tables()[name]
        for start in range(0, len(rows), 500):
            marks = ", ".join(["%s"] * len(rows[start : start + 500]))
            _found(connection, table, f" WHERE CAST({table.key} AS text) IN ({marks})", rows[start : start + 500])
    with connection.cursor() as cursor:
        for difference in gone:
            at = _moment(connection).replace("%", "%%")
            says = f"{_INTO} VALUES ({at}, '-', %s, %s, '', '', '', '', NULL, '{Way.MIGRATION}', '', '')"
            cursor.execute(says, [difference.table, difference.row])


def record_again(row: models.Model, using: str = "default") -> None:
    """Record how a row stands, as found, so that what was told of it before can go."""
    table = tables()[row._meta.db_table]
    _found(connections[using], table, f" WHERE {table.key} = %s", [row.pk])


def _found(connection: BaseDatabaseWrapper, table: Table, where: str, params: Any = ()) -> None:
    is_postgresql = connection.vendor == "postgresql"
    whole = _whole_on_postgresql if is_postgresql else _whole_on_sqlite
    says = f"{_INTO} SELECT {whole(table, table.name, Kind.FOUND)}, NULL, '{Way.MIGRATION}', '', '' FROM {table.name}"
    with connection.cursor() as cursor:
        cursor.execute(says.replace("%", "%%") + where + f" ORDER BY {table.key}", params or [])
