"""Workers and PostgreSQL are killed while people save: what was said to be saved is, once and whole."""

import os
import random
import signal
import subprocess
import time
from contextlib import closing
from types import SimpleNamespace

import psycopg2
import pytest
from django.db import connection

from tests.databases import connected_to
from tests.factories import a_strategy
from tests.faults.conftest import start
from tests.faults.ledger import NOTHING, Owner, at_work, compared
from tests.services import Postgres

SLOW, NAIVE = "tests.faults.slow_updates", "tests.faults.naive_kills"


def owners_of(count):
    a_strategy(recorded="2025-04-01")
    return [Owner(number) for number in range(1, count + 1)]


# --- Workers --------------------------------------------------------------------------------------
def children_of(process):
    """Return the numbers of the processes that one has started."""
    found = subprocess.run(["pgrep", "-P", str(process)], capture_output=True, text=True)
    return [int(number) for number in found.stdout.split()]


def saves_go_on(owners, count):
    """Wait until so many more are said to be saved, so that a busy machine is no reason for a kill to hit nothing."""
    so_far, deadline = sum(len(owner.saved) for owner in owners), time.monotonic() + 60
    while sum(len(owner.saved) for owner in owners) < so_far + count and time.monotonic() < deadline:
        time.sleep(0.01)


def kills_workers(portal, owners, times, enough=lambda: False):
    """Kill a worker again and again, at random moments while people save; returns how often."""
    chance = random.Random(7)
    for number in range(times):
        saves_go_on(owners, 2)
        time.sleep(chance.uniform(0, 0.1))
        if enough():
            return number
        os.kill(chance.choice(children_of(portal.process.pid)), signal.SIGKILL)
    return times


@pytest.mark.parametrize("times", [20, pytest.param(80, marks=pytest.mark.soak)])
def test_workers_are_killed_and_nothing_saved_is_lost_doubled_or_half_done(open_portal, db, times):
    owners = owners_of(6)
    portal = open_portal(SLOW)
    with at_work(owners, portal):
        assert kills_workers(portal, owners, times) == times
    assert compared(owners) == NOTHING
    assert sum(len(owner.saved) for owner in owners) > times
    assert sum(owner.broken_off for owner in owners) > 0, "no kill fell into a request, so nothing was tried"
    assert {answer.status for owner in owners for answer in owner.refusals} <= {503}


def test_canary_without_one_transaction_and_a_key_the_same_kills_are_seen(open_portal, db):
    owners = owners_of(6)
    portal = open_portal(NAIVE)
    with at_work(owners, portal):
        kills_workers(portal, owners, 80, enough=lambda: compared(owners) != NOTHING)
    found = compared(owners)
    assert found["doubled"] + found["halves"] > 0


# --- PostgreSQL -----------------------------------------------------------------------------------
on_postgres = pytest.mark.skipif(connection.vendor != "postgresql", reason="it is PostgreSQL that is killed")


@pytest.fixture(scope="module")
def server_of_its_own(static_root, django_db_blocker):
    """A migrated PostgreSQL that these tests alone use, and may kill."""
    with Postgres() as server, django_db_blocker.unblock():
        place = SimpleNamespace(url=server.url, static_root=str(static_root))
        with start(place, "manage.py", "migrate", "--verbosity", "0") as migrates:
            assert migrates.communicate()[0] == ""
        yield server


@pytest.fixture
def db_of_its_own(server_of_its_own, static_root, request):
    """A database of that server, as it is before anybody has written anything."""
    server, name = server_of_its_own, f"of_its_own_{abs(hash(request.node.name))}"
    with closing(psycopg2.connect(server.url.removesuffix("postgres") + "template1")) as line:
        line.autocommit = True
        line.cursor().execute(f'CREATE DATABASE "{name}" TEMPLATE postgres')
    at = {"HOST": "127.0.0.1", "PORT": server.port, "USER": "postgres", "PASSWORD": server.password}
    url = server.url.removesuffix("postgres") + name
    with connected_to(name, **at):
        yield SimpleNamespace(url=url, static_root=str(static_root), server=server)


def comes_back(portal):
    """Return in how many seconds the portal can serve again."""
    began = time.monotonic()
    while portal.knock("GET", "/readyz").status != 200:
        time.sleep(0.05)
    return time.monotonic() - began


@on_postgres
def test_postgres_is_killed_ten_times_and_each_time_the_portal_is_back_and_nothing_is_lost(db_of_its_own, open_on):
    owners, chance, took = owners_of(4), random.Random(3), []
    portal = open_on(db_of_its_own, SLOW)
    with at_work(owners, portal):
        for _ in range(10):
            saves_go_on(owners, 2)
            time.sleep(chance.uniform(0, 0.2))
            db_of_its_own.server.kill()
            time.sleep(chance.uniform(0, 0.3))
            db_of_its_own.server.start()
            took.append(comes_back(portal))
    connection.close()
    assert max(took) <= 5
    assert compared(owners) == NOTHING
    refusals = [answer for owner in owners for answer in owner.refusals]
    assert sum(owner.broken_off for owner in owners) == 0
    assert {answer.status for answer in refusals} == {503}
    assert {answer.headers["Retry-After"] for answer in refusals} == {"10"}
    assert all(f"{owner.ref} says" in answer.words for owner in owners for answer in owner.refusals)


@on_postgres
def test_a_postgres_that_hangs_is_told_of_within_two_seconds_and_a_portal_is_ready_again_after(db_of_its_own, open_on):
    portal = open_on(db_of_its_own)
    server = db_of_its_own.server.process.pid
    for _ in range(3):  # so that connections are open
        assert portal.knock("GET", "/readyz").status == 200
    processes = [server, *children_of(server)]
    for number in processes:
        os.kill(number, signal.SIGSTOP)
    try:
        told = [how_long(portal) for _ in range(3)]
    finally:
        for number in processes:
            os.kill(number, signal.SIGCONT)
    assert [answer.status for answer, _ in told] == [503] * 3
    assert max(took for _, took in told) < 3  # two, and what a busy machine adds
    assert comes_back(portal) <= 5


def how_long(portal):
    began = time.monotonic()
    return portal.knock("GET", "/readyz"), time.monotonic() - began


@on_postgres
def test_canary_with_djangos_own_answers_a_kill_is_a_bare_500(db_of_its_own, open_on):
    owners = owners_of(2)
    portal = open_on(db_of_its_own, "tests.faults.naive_answers")
    with at_work(owners, portal):
        saves_go_on(owners, 2)
        db_of_its_own.server.kill()
        time.sleep(0.5)
        db_of_its_own.server.start()
    connection.close()
    assert 500 in {answer.status for owner in owners for answer in owner.refusals}


def drops_idle_connections(portal, owner):
    """Ask 200 times, and drop every connection of the portal's after each ten; returns the answers that are no page."""
    odd, others = [], "datname = current_database() AND pid <> pg_backend_pid()"
    for number in range(200):
        if number % 10 == 5:
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}")
        answer = portal.knock("GET", "/accounts/", owner.cookies)
        odd += [answer.status] if answer.status != 200 else []
    return odd


@on_postgres
def test_connections_that_are_dropped_while_idle_are_not_noticed(open_portal, db):
    (owner,) = owners_of(1)
    assert drops_idle_connections(open_portal(), owner) == []


@on_postgres
def test_canary_without_a_look_at_each_connection_they_are(open_portal, db):
    (owner,) = owners_of(1)
    assert drops_idle_connections(open_portal("tests.faults.naive_answers"), owner) != []
