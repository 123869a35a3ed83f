"""How far the `updates` export is from what the database's own tools do with the same columns.

Both run in one go on the same 200,000 rows, and their best times are compared: times on a shared machine are noise.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from random import Random

from services import Missing, Postgres

ROOT = Path(__file__).resolve().parent.parent
ROWS = 200_000
ROUNDS = 3
TOOLS = {"postgresql": ("PostgreSQL", "psql \\copy", 1.5), "sqlite": ("SQLite", "sqlite3 .mode csv", 4.0)}
WORDS = (
    "Work went on as planned, and the supplier answered.", 'Two teams joined; tests found "gaps".',
    "The first version is live.\nTwo libraries use it.", "- three boxes ticked",
    "Naïve matching of ‘addresses’ improved.",
)  # fmt: skip
LATE = {
    "postgresql": "(u.recorded_at AT TIME ZONE 'Europe/London')::date > u.period_ends_on",
    "sqlite": "date(u.recorded_at) > u.period_ends_on",
}
PLAIN = """SELECT u.id, i.ref, u.said_on, u.recorded_at, p.name, u.rag, u.previous_rag, u.what_changed, u.what_next,
a.question, u.progress_percent, u.planned_percent, u.machine_reading, u.risk, u.issue, u.period_ends_on, {late},
u.corrects_id, u.dates_move, u.explanation, u.public_line, u.rating_word,
CASE WHEN b.as_of IS NOT NULL THEN b.applied_at END
FROM initiatives_update u JOIN initiatives_initiative i ON i.id = u.initiative_id
LEFT JOIN accounts_user p ON p.id = u.recorded_by_id LEFT JOIN initiatives_ask a ON a.update_id = u.id
LEFT JOIN initiatives_import b ON b.id = u.brought_in_id
ORDER BY u.recorded_at, u.id"""


def compare() -> None:
    """Print the comparison on PostgreSQL and on SQLite, each where its tools are."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            with Postgres() as server:
                _compare("PostgreSQL", server.url, folder)
        except Missing as why:
            print(f"PostgreSQL: exports left out, {why}")
        _compare("SQLite", f"sqlite:///{folder}/exports.sqlite3", folder)


def _compare(name: str, url: str, folder: str) -> None:
    tool = "psql" if name == "PostgreSQL" else "sqlite3"
    if shutil.which(tool) is None:
        print(f"{name}: exports left out, there is no {tool}")
        return
    static = str(Path(folder, "static"))
    Path(static).mkdir(exist_ok=True)
    env = {**os.environ, "DATABASE_URL": url, "PORTAL_HTTPS": "false", "PYTHONPATH": str(ROOT), "STATIC_ROOT": static}
    manage = [sys.executable, str(ROOT / "manage.py")]
    subprocess.run([*manage, "migrate", "--verbosity", "0"], check=True, env=env)
    subprocess.run([*manage, "load_demo", "--scale", "100"], check=True, env=env, stdout=subprocess.DEVNULL)
    subprocess.run([sys.executable, __file__, "measure", folder], check=True, env=env)


def measure(folder: str) -> None:
    """Fill the database of DATABASE_URL, and print what the export and the database's own tool take in turn."""
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "strategy_portal.settings")
    from django.db import connection

    import strategy_portal.wsgi  # noqa: F401  (set up as it serves)

    rows = _fill(connection.vendor)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    taken = [_export()]  # the first warms up
    plain = []
    for _ in range(ROUNDS):
        plain.append(_plain(connection, folder))
        taken.append(_export())
    best = min(seconds for seconds, *_ in taken[1:])
    first, memory = max(first for _, first, _ in taken[1:]), max(memory for *_, memory in taken)
    name, tool, goal = TOOLS[connection.vendor]
    print(f"{name}: the updates export at {rows:,} rows against {tool} of the same columns")
    print(f"  {tool:<22} {rows / min(plain):>9,.0f} rows/s")
    ratio = f"{best / min(plain):.2f}x (goal {goal}x)"
    print(f"  {'/exports/updates.csv':<22} {rows / best:>9,.0f} rows/s   {ratio}")
    print(f"  first byte {1000 * first:.0f} ms (goal 200); peak memory {memory:.1f} MiB above idle (goal 16)")


def _fill(vendor: str) -> int:
    """Record 200,000 updates at once, each ten minutes after the one before; return how many there are."""
    from django.utils import timezone

    from accounts.models import User
    from initiatives.models import Initiative, Update

    random, start = Random(1), timezone.now() - timedelta(minutes=10 * (ROWS + 1))
    ids, people = (list(model.objects.values_list("pk", flat=True)) for model in (Initiative, User))

    def update(number: int) -> Update:
        at, rag = start + timedelta(minutes=10 * number), random.choice(("green", "amber", "red"))
        return Update(
            recorded_at=at, recorded_by_id=random.choice(people), initiative_id=random.choice(ids), said_on=at.date(),
            rag=rag, previous_rag=random.choice(("", "green")), what_changed=random.choice(WORDS),
            what_next=random.choice(WORDS), risk="A risk." if rag == "amber" else "",
            issue="An issue." if rag == "red" else "", period_ends_on=at.date() + timedelta(days=random.randrange(30)),
            progress_percent=random.randrange(101), planned_percent=random.randrange(101),
            machine_reading=random.choice(("", "green", "red")),
        )  # fmt: skip

    for begin in range(0, ROWS, 5000):
        Update.objects.bulk_create([update(begin + number) for number in range(5000)], batch_size=5000)
    return Update.objects.count()


def _export() -> tuple[float, float, float]:
    """Return the seconds that the export takes through the portal, those to its first byte, and MiB above idle."""
    from django.conf import settings
    from django.test import Client

    from accounts.models import User

    settings.ALLOWED_HOSTS = ["testserver"]
    client = Client()
    client.force_login(User.objects.get(username="analyst"))
    client.get("/exports/notes.csv").getvalue()
    idle, peak, start = _resident(), 0.0, time.perf_counter()
    first = None
    for _ in client.get("/exports/updates.csv"):
        first = first or time.perf_counter() - start
        peak = max(peak, _resident())
    return time.perf_counter() - start, first or 0.0, peak - idle


def _resident() -> float:
    """Return the memory that this process holds, in MiB (Linux; 0 elsewhere)."""
    statm = Path("/proc/self/statm")
    return int(statm.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20 if statm.exists() else 0.0


def _plain(connection, folder: str) -> float:
    """Return the seconds that the database's own tool takes to write the same columns to a file."""
    query, at = PLAIN.format(late=LATE[connection.vendor]).replace("\n", " "), connection.settings_dict
    file = f"{folder}/plain.csv"
    if connection.vendor == "postgresql":
        run = ["psql", "-qX", "-h", at["HOST"], "-p", str(at["PORT"]), "-U", at["USER"], "-d", at["NAME"]]
        said = f"\\copy ({query}) TO '{file}' WITH (FORMAT csv, HEADER)\n"
        env = {**os.environ, "PGPASSWORD": at["PASSWORD"]}
    else:
        run, env = ["sqlite3", "-bail", str(at["NAME"])], dict(os.environ)
        said = f".mode csv\n.headers on\n.output {file}\n{query};\n"
    start = time.perf_counter()
    subprocess.run(run, input=said, text=True, check=True, env=env)
    return time.perf_counter() - start


if __name__ == "__main__":
    measure(sys.argv[2]) if sys.argv[1:2] == ["measure"] else compare()
