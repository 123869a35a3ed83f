"""Files as people of the office bring them, and bringing them."""

import csv
import io
from io import StringIO
from pathlib import Path

from django.core.management import call_command
from django.db import connection

from initiatives.imports import actions
from initiatives.imports.files import read_file
from initiatives.imports.mapping import from_text, guessed
from tests.factories import clock_at, day

HERE = Path(__file__).parent
GMPP = {year: HERE / f"gmpp_{year}.csv" for year in (2021, 2022)}
GMPP_MAPPING = from_text((HERE / "gmpp.json").read_bytes())


def a_file(*rows, delimiter=","):
    """Return a CSV file: a heading row, then the others, each one text with its cells apart by bars."""
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows([cell.strip() for cell in row.split("|")] for row in rows)
    return text.getvalue().encode()


def brings(by, content, *, on="2025-07-01", as_of=None, name="return.csv", mapping=None, kind="", **said):
    """Bring a file on a day; `said` is what its mapping says beside what its headings suggest."""
    mapping = mapping or guessed(read_file(content, name), kind)
    with clock_at(on):
        draft = actions.bring(by=by, name=name, content=content, mapping=mapping.but(**said))
        draft.as_of = as_of and day(as_of)
        draft.save(update_fields=["as_of"])
        return draft


def looks(draft, *, on="2025-07-01"):
    """Look at what a file would do."""
    with clock_at(on):
        return actions.plan_of(draft, today=day(on))


def plans(by, content, **how):
    """Bring a file and look at what it would do."""
    return looks(brings(by, content, **how), on=how.get("on", "2025-07-01"))


def applies(draft, by, *, on="2025-07-01"):
    """Apply a file on a day."""
    with clock_at(on):
        return actions.apply(draft=draft, by=by, on=day(on))


def takes(by, content, *, on="2025-07-01", **how):
    """Bring a file and apply it."""
    return applies(brings(by, content, on=on, **how), by, on=on)


def commands(path, *options, on=None):
    """Run the command on a day; returns what it printed, line by line."""
    told = StringIO()
    with clock_at(on or "2025-07-01"):
        call_command("import_initiatives", str(path), *options, stdout=told, stderr=StringIO())
    return told.getvalue().splitlines()


def changes(plan, number):
    """Return what a row would change, as people read it: field -> (before, after)."""
    row = next(row for row in plan.rows if row.number == number)
    return {change.field: (change.before, change.after) for change in row.changes}


def reasons(plan):
    """Return why rows are refused, by their number."""
    return {row.number: row.reasons for row in plan.rows if row.reasons}


def written():
    """Return every row of every table but those of imports themselves, to see that nothing was written."""
    left_out = (
        "initiatives_import", "initiatives_importedrow", "initiatives_namedmapping", "sqlite_", "accounts_record",
        "accounts_seal",
    )  # fmt: skip
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if not table.startswith(left_out):
                cursor.execute(f'SELECT * FROM "{table}"')
                found[table] = sorted(map(str, cursor.fetchall()))
    return found
