"""How long bringing in 10,000 initiatives takes, with their history, against a plain COPY of the same cells."""

from __future__ import annotations

import csv
import io
import os
import resource
import statistics
import subprocess
import sys
import time
from datetime import date, timedelta
from pathlib import Path

from services import Missing, Postgres

ROOT = Path(__file__).resolve().parent.parent
ROWS = 10_000
# As many words to a row as fit into a file of 10 MB: a third of what the Government's major projects have.
WORDS = (
    "The programme is to bring together what four services know of the same families, so that help comes earlier. " * 4
)
HEADER = (
    "ref", "title", "summary", "pillar", "stage", "rag", "rag_said_on", "what_changed", "risk", "issue", "owner",
    "directorate", "cadence", "weight", "starts_on", "first_ends_on", "ends_on",
)  # fmt: skip


def a_file() -> bytes:
    """Return a CSV file of 10,000 initiatives, each with a rating and its words, an owner and an end."""
    text, start = io.StringIO(), date(2026, 1, 1)
    write = csv.writer(text)
    write.writerow(HEADER)
    for n in range(ROWS):
        rag = ("green", "amber", "red")[n % 3]
        ends = start + timedelta(days=200 + n % 500)
        write.writerow(
            [
                f"BN-{n:05d}", f"Initiative number {n}", f"What initiative {n} is for. " + WORDS[:300],
                ("purpose", "process", "people", "potential")[n % 4], "in-progress", rag,
                start + timedelta(days=n % 90),
                f"What changed in initiative {n}. " + WORDS[:350],
                "The supplier may be late." if rag == "amber" else "", "The supplier is late." if rag == "red" else "",
                f"Officer {n % 40}", f"Directorate {n % 6}", "monthly", 1 + n % 5, start, ends,
                ends + timedelta(days=n % 2),
            ]
        )  # fmt: skip
    return text.getvalue().encode("utf-8-sig")


def compare() -> None:
    """Print the comparison on PostgreSQL, where there is one."""
    try:
        with Postgres() as server:
            env = {**os.environ, "DATABASE_URL": server.url, "PORTAL_HTTPS": "false", "PYTHONPATH": str(ROOT)}
            subprocess.run([sys.executable, ROOT / "manage.py", "migrate", "--verbosity", "0"], check=True, env=env)
            print(f"PostgreSQL: {ROWS:,} initiatives brought in from a file, against a plain COPY", flush=True)
            subprocess.run([sys.executable, __file__], check=True, env=env)
    except Missing as why:
        print(f"PostgreSQL: imports left out, {why}")


def plain_copy(content: bytes, *, keys: bool) -> float:
    """Return the seconds that COPY takes into a table of texts, or of our types with the keys that ours has."""
    from django.db import connection

    types = {
        "rag_said_on": "date",
        "weight": "smallint",
        "starts_on": "date",
        "first_ends_on": "date",
        "ends_on": "date",
    }
    if keys:
        types |= {"pillar": "text REFERENCES pillar", "owner": "text REFERENCES owner"}
    columns = ", ".join(f"{name} {types.get(name, 'text') if keys else 'text'}" for name in HEADER[1:])
    took = []
    with connection.cursor() as cursor:
        for _ in range(3):
            cursor.execute("CREATE TABLE pillar (id text PRIMARY KEY); CREATE TABLE owner (id text PRIMARY KEY)")
            cursor.execute("INSERT INTO pillar VALUES ('purpose'), ('process'), ('people'), ('potential')")
            cursor.execute("INSERT INTO owner SELECT 'Officer ' || n FROM generate_series(0, 39) n")
            cursor.execute(f"CREATE TABLE plain (ref text PRIMARY KEY, {columns})")
            if keys:
                cursor.execute("CREATE INDEX ON plain (pillar); CREATE INDEX ON plain (owner)")
            start = time.perf_counter()
            cursor.cursor.copy_expert("COPY plain FROM STDIN WITH (FORMAT csv, HEADER)", io.BytesIO(content[3:]))
            took.append(time.perf_counter() - start)
            cursor.execute("DROP TABLE plain, pillar, owner")
    return statistics.median(took)


def measure() -> None:
    """Print the seconds of a plain COPY, of the import, and of the same file again, into DATABASE_URL's database."""
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "strategy_portal.settings")
    import django

    django.setup()
    from django.utils import timezone

    from initiatives.imports import actions
    from initiatives.imports.files import read_file
    from initiatives.imports.mapping import ANY_OTHER, MAKE, guessed
    from initiatives.models import Update

    content = a_file()
    bare = plain_copy(content, keys=False)
    copy = plain_copy(content, keys=True)
    mapping = guessed(read_file(content, "bench.csv")).but(people={ANY_OTHER: MAKE})

    def bring() -> tuple[float, dict[str, int]]:
        start = time.perf_counter()
        table = read_file(content, "bench.csv")
        draft = actions.bring(by=None, name="bench.csv", content=content, mapping=mapping, table=table)
        for _ in actions.applying(draft=draft, by=None, on=timezone.localdate(), table=table):
            pass
        took = time.perf_counter() - start
        draft.refresh_from_db(fields=["counts"])
        return took, draft.counts["rows"]

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    first, made = bring()
    peak = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    again, unchanged = bring()
    assert made["new"] == unchanged["unchanged"] == Update.objects.count() == ROWS, (made, unchanged)
    print(f"  COPY of the same cells as texts   {bare:>8.2f} s   {bare / copy:>6.1f}x")
    print(f"  COPY with our types and keys      {copy:>8.2f} s      1.0x")
    print(
        f"  import with its history rows      {first:>8.2f} s   {first / copy:>6.1f}x   {peak:.0f} MiB more at its peak"
    )
    print(f"  the same file again, 0 changes    {again:>8.2f} s   {again / copy:>6.1f}x")


if __name__ == "__main__":
    measure()
