"""What the record costs: an update, and 10,000 initiatives brought in, with its triggers and seals and without them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from bench_imports import ROWS, a_file
from services import Missing, Postgres

ROOT = Path(__file__).resolve().parent.parent
UPDATES = 300


def compare() -> None:
    """Print the comparison on SQLite, then on PostgreSQL where there is one."""
    with tempfile.TemporaryDirectory() as folder:
        told = {kept: told_by(f"sqlite:///{folder}/{kept}.sqlite3", kept) for kept in ("without", "with")}
    tell("SQLite", told)
    try:
        told = {}
        for kept in ("without", "with"):
            with Postgres() as server:
                told[kept] = told_by(server.url, kept)
        tell("PostgreSQL", told)
    except Missing as why:
        print(f"PostgreSQL: the record left out, {why}")


def told_by(url: str, kept: str) -> dict[str, float]:
    """Return the seconds that each deed takes in a fresh database."""
    env = {**os.environ, "DATABASE_URL": url, "PORTAL_HTTPS": "false", "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, ROOT / "manage.py", "migrate", "--verbosity", "0"], check=True, env=env)
    run = subprocess.run([sys.executable, __file__, kept], check=True, env=env, stdout=subprocess.PIPE, text=True)
    found: dict[str, float] = json.loads(run.stdout)
    return found


def tell(name: str, told: dict[str, dict[str, float]]) -> None:
    """Print a table for one database."""
    print(f"{name}: with the record against without")
    for what in ("update", "import"):
        bare, kept = told["without"][what], told["with"][what]
        print(f"  {what:<8} {1000 * bare:>9.1f} ms {1000 * kept:>9.1f} ms   {kept / bare:>4.2f}x")
    entries, seconds = told["with"]["entries"], told["with"]["verify"]
    print(f"  sealing what the import left to the night: {told['with']['seal']:.1f} s")
    print(f"  {entries:,.0f} entries verified in {seconds:.1f} s: {100_000 * seconds / entries:.1f} s for 100,000")


def measure(kept: str) -> None:
    """Print as JSON what each deed takes, in DATABASE_URL's database."""
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "strategy_portal.settings")
    import django

    django.setup()
    from django.utils import timezone

    from accounts.record import deeds, seals, triggers
    from accounts.record.models import Entry
    from initiatives import actions
    from initiatives.imports import actions as imports
    from initiatives.imports.files import read_file
    from initiatives.imports.mapping import ANY_OTHER, MAKE, guessed
    from initiatives.models import Initiative
    from pillars.first import make_first_pillars
    from pillars.models import Pillar

    if kept == "without":
        triggers.remove()
    make_first_pillars()
    pillar, today = Pillar.objects.first(), timezone.localdate()
    some = [Initiative.objects.create(ref=f"DS-{n:03d}", title="X", pillar=pillar) for n in range(10)]
    for initiative in some:
        actions.change_stage(initiative=initiative, by=None, on=today - timedelta(days=1), stage="in-progress")
    start = time.perf_counter()
    for number in range(UPDATES):
        with deeds.doing("page"):
            actions.post_update(
                initiative=some[number % 10], by=None, on=today, rag="green", what_changed="It went on."
            )
    update = (time.perf_counter() - start) / UPDATES
    content = a_file()
    mapping = guessed(read_file(content, "bench.csv")).but(people={ANY_OTHER: MAKE})
    start = time.perf_counter()
    table = read_file(content, "bench.csv")
    draft = imports.bring(by=None, name="bench.csv", content=content, mapping=mapping, table=table)
    for _ in imports.applying(draft=draft, by=None, on=today, table=table):
        pass
    told = {"update": update, "import": time.perf_counter() - start}
    if kept == "with":
        start = time.perf_counter()
        seals.seal()
        told["seal"] = time.perf_counter() - start
        start = time.perf_counter()
        found = seals.verify()
        told |= {"verify": time.perf_counter() - start, "entries": Entry.objects.count()}
        assert (found.broken, found.waiting) == ("", 0), found
        assert told["entries"] > ROWS
    print(json.dumps(told))


if __name__ == "__main__":
    measure(sys.argv[1]) if sys.argv[1:] else compare()
