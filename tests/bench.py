"""`make bench`: how pages and exports cost at 2,000 initiatives against 30, as ratios of one run.

Times on a shared machine are noise; their ratio in one run is not. Each size has a database of its own, made here and
thrown away. DATABASE_URL is not read: PostgreSQL joins in when `tests/services.py` finds a server.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

import bench_exports
import bench_imports
import bench_record
from services import Missing, Postgres

ROOT = Path(__file__).resolve().parent.parent
SIZES = (30, 2000)
# Each may be asked for alone: `python tests/bench.py exports`
PARTS = {"exports": bench_exports.compare, "imports": bench_imports.compare, "record": bench_record.compare}
ADDRESSES = (
    "/",
    "/pillars/",
    "/pillars/process/",
    "/aims/",
    "/initiatives/",
    "/asks/",
    "/changes/",
    "/exports/initiatives.csv",
    "/exports/updates.csv",
)


def measure(rounds: int = 3) -> None:
    """Print each address's median milliseconds in the database of DATABASE_URL, one a line."""
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "strategy_portal.settings")
    from django.conf import settings
    from django.test import Client
    from django.utils import timezone

    import strategy_portal.wsgi  # noqa: F401  (set up as it serves)
    from accounts.models import User, Visit

    settings.ALLOWED_HOSTS.append("testserver")
    client = Client()
    leader = User.objects.get(username="leader")
    client.force_login(leader)
    # She looked a week ago, so the dashboard has a week of changes to sum up.
    now = timezone.now()
    times = {"started_at": now, "seen_at": now, "previous_started_at": now - timedelta(days=7)}
    Visit.objects.update_or_create(person=leader, defaults=times)
    for address in ADDRESSES:
        times = []
        for _ in range(rounds + 1):  # the first warms up
            start = time.perf_counter()
            response = client.get(address)
            b"".join(response) if response.streaming else response.content
            times.append(1000 * (time.perf_counter() - start))
            assert response.status_code == 200, address
        print(f"{address} {statistics.median(times[1:]):.1f}")


def at_size(size: int, url: str) -> dict[str, float]:
    """Return each address's milliseconds in a fresh database of `size` initiatives."""
    env = {**os.environ, "DATABASE_URL": url, "PORTAL_HTTPS": "false", "PYTHONPATH": str(ROOT)}
    manage = [sys.executable, str(ROOT / "manage.py")]
    subprocess.run([*manage, "migrate", "--verbosity", "0"], check=True, env=env)
    subprocess.run([*manage, "flush", "--no-input", "--verbosity", "0"], check=True, env=env)
    subprocess.run([*manage, "load_demo", "--scale", str(size)], check=True, env=env, stdout=subprocess.DEVNULL)
    run = [sys.executable, __file__, "measure"]
    out = subprocess.run(run, check=True, env=env, stdout=subprocess.PIPE, text=True).stdout
    return {address: float(ms) for address, ms in (line.split() for line in out.splitlines())}


def compare(name: str, url: str) -> None:
    """Print a table for one database."""
    small, large = (at_size(size, url) for size in SIZES)
    print(f"{name}: server time at {SIZES[1]:,} initiatives with five years of history against {SIZES[0]}")
    for address in ADDRESSES:
        ratio = large[address] / small[address]
        print(f"  {address:<26} {small[address]:>8.0f} ms {large[address]:>8.0f} ms   {ratio:>5.1f}x")


def main() -> None:
    """Compare on SQLite, then on PostgreSQL where there is one."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["STATIC_ROOT"] = f"{folder}/static"  # pages name static files, which must have been collected
        collect = [sys.executable, str(ROOT / "manage.py"), "collectstatic", "--no-input", "--verbosity", "0"]
        subprocess.run(collect, check=True)
        compare("SQLite", f"sqlite:///{folder}/bench.sqlite3")
        try:
            with Postgres() as server:
                compare("PostgreSQL", server.url)
        except Missing as why:
            print(f"PostgreSQL: left out, {why}")
    for part in PARTS.values():
        part()


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["measure"]:
            measure()
        case [part] if part in PARTS:
            PARTS[part]()
        case _:
            main()
