"""Real processes over a database of their own: a portal to knock at, commands to kill, and mail that may be down.

The test's own ORM speaks to that database too, so the cast and the factories set the stage and read what became of it.
Threads of a test knock by HTTP alone.
"""

import os
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from http.client import HTTPConnection
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.test import Client

from tests.databases import a_database, connected_to, migrated  # noqa: F401  (a fixture)

ROOT = Path(__file__).parents[2]


# --- The database ---------------------------------------------------------------------------------
@pytest.fixture(scope="session")
def static_root(tmp_path_factory):
    """Every static file in one folder, without which no page can be drawn as in production."""
    root = tmp_path_factory.mktemp("static")
    for finder in get_finders():
        for name, storage in finder.list([]):
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).symlink_to(storage.path(name))
    return root


@pytest.fixture
def db(migrated, static_root, django_db_blocker, tmp_path):
    """The cast and the factories ask for `db`: here it is a database that other processes open too."""
    with django_db_blocker.unblock(), a_database(migrated, tmp_path) as (name, url), connected_to(name):
        yield SimpleNamespace(url=url, static_root=str(static_root))


# --- Processes ------------------------------------------------------------------------------------
def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def environment(db, **more):
    """Return the environment of a process that serves or works on the database."""
    words = {"DATABASE_URL": db.url, "PORTAL_HTTPS": "false", "DEBUG": "false", "SECRET_KEY": settings.SECRET_KEY}
    return {**os.environ, **words, "STATIC_ROOT": db.static_root, "PYTHONPATH": str(ROOT), **more}


def start(db, *command, **more):
    """Start a command in a process of its own, which a test may kill."""
    return subprocess.Popen(
        [sys.executable, *command],
        cwd=ROOT,
        env=environment(db, **more),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def manage(db, *arguments, **more):
    """Run a command of manage.py to its end; returns its code and what it printed."""
    process = start(db, "manage.py", *arguments, **more)
    said, _ = process.communicate(timeout=120)
    return process.returncode, said


class Portal:
    """A portal that real workers serve; `knock` asks it as a browser without JavaScript or with htmx would."""

    def __init__(self, db, application, **more):
        self.port = free_port()
        # One process loads the code and the workers are born of it, which halves what it costs to open a portal.
        serve = ("-m", "gunicorn", "--config", "strategy_portal/gunicorn.py", "--preload", application)
        more = {"PORT": str(self.port), "HOST": "127.0.0.1", "WEB_CONCURRENCY": "3", "WEB_THREADS": "4", **more}
        self.process = start(db, *serve, **more)
        threading.Thread(target=self.process.communicate, daemon=True).start()  # so that it never waits for a reader

    def wait(self):
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                if self.knock("GET", "/readyz").status == 200:
                    return
            except OSError:
                time.sleep(0.1)
        raise RuntimeError("the portal did not start")

    def knock(self, method, path, cookies="", said=None, headers=None):
        """Send one request; returns its status, words and headers."""
        body = urlencode(said, doseq=True) if said is not None else None
        headers = {"Host": f"127.0.0.1:{self.port}", "Cookie": cookies, **(headers or {})}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        line = HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            line.request(method, path, body, headers)
            answer = line.getresponse()
            return SimpleNamespace(status=answer.status, words=answer.read().decode(), headers=answer.headers)
        finally:
            line.close()

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=40)


@pytest.fixture
def open_on():
    """Open a portal on a database: `open_on(db)`, or with the application of a naive variant."""
    opened = []

    def opening(db, application="strategy_portal.wsgi", **more):
        portal = Portal(db, application, **more)
        opened.append(portal)
        portal.wait()
        return portal

    yield opening
    for portal in opened:
        portal.stop()


@pytest.fixture
def open_portal(db, open_on):
    """Open a portal on the test's database: `open_portal()`, or with the application of a naive variant."""
    return partial(open_on, db)


TOKEN = "t" * 32


def cookies_of(person=None):
    """Return the cookies of a person who is signed in (or of a stranger), and the token that goes with them."""
    client = Client()
    if person is not None:
        client.force_login(person)
    held = {"csrftoken": TOKEN}
    if person is not None:
        held["sessionid"] = client.cookies[settings.SESSION_COOKIE_NAME].value
    return "; ".join(f"{name}={value}" for name, value in held.items())


def at_once(deeds):
    """Do all of these in threads that are let go together; returns what each came to, in order."""
    barrier = threading.Barrier(len(deeds))

    def doing(deed):
        barrier.wait()
        return deed()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(doing, deeds))
