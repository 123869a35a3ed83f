"""Two web processes over one database behind nginx, as docs/deploying.md has them: people see one portal."""

import re
import socket
import ssl
import time
from collections import Counter
from contextlib import ExitStack, suppress
from http.client import HTTPConnection, HTTPException
from math import inf
from urllib.parse import urlsplit

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.db import connection

from initiatives.models import Update
from tests.faults.nginx import NAME, Nginx, anybody

AS_DEPLOYED = {
    "PORTAL_HTTPS": "true",
    "BEHIND_PROXY": "true",
    "ALLOWED_HOSTS": f"{NAME},127.0.0.1",
    "WEB_CONCURRENCY": "1",
    "WEB_THREADS": "12",
}
MONITOR = "m" * 40
SHARED = pytest.mark.skipif(connection.vendor != "postgresql", reason="several machines share a PostgreSQL")


@pytest.fixture
def two(db, open_on, tmp_path, monkeypatch):
    """Two portals behind nginx, which takes them by turns."""

    def opening(**more):
        portals = [open_on(db, **AS_DEPLOYED, **more) for _ in range(2)]
        folder = tmp_path / "nginx"
        folder.mkdir()
        nginx = Nginx(folder, [portal.port for portal in portals])
        assert "test is successful" in nginx.checked()
        return stack.enter_context(nginx), portals

    with ExitStack() as stack:
        yield opening


def token_in(page):
    return re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[1]


def signs_in(nginx, person):
    """Sign a person in through nginx, by the page; returns their cookies."""
    person.password = PBKDF2PasswordHasher().encode("pop-up-book", "salt", iterations=1000)
    person.save()
    cookies = {}
    page = nginx.knock("GET", "/accounts/login/", cookies)
    said = dict.fromkeys(("username", "login"), person.username) | {"password": "pop-up-book"}
    answer = nginx.knock("POST", "/accounts/login/", cookies, said | {"csrfmiddlewaretoken": token_in(page.words)})
    assert answer.status == 302
    assert "__Host-sessionid" in cookies
    return cookies


def served(nginx, path):
    """Return the processes that have served an address."""
    return {line.rpartition(":")[2] for line in nginx.log() if f' {path}"' in line}


@SHARED
def test_signed_in_at_one_process_people_act_at_the_other_and_see_it_at_once(two, olgas, olga, ana):
    nginx, portals = two(EXPORTS_A_MINUTE="5", METRICS_TOKEN=MONITOR)
    ports = {str(portal.port) for portal in portals}
    olgas_cookies, anas = signs_in(nginx, olga), signs_in(nginx, ana)

    # Both have today's portfolio in memory, and each is asked after an update that either of them took.
    for number in range(4):
        for _ in portals:
            assert nginx.knock("GET", "/", olgas_cookies).status == 200
        words = f"Said for the {number}th time."
        page = nginx.knock("GET", "/initiatives/DS-001/update/", olgas_cookies)
        version = re.search(r'name="version" value="(\d+)"', page.words)[1]
        colour = ("green", "amber", "red")[number % 3]
        said = {"rag": colour, "what_changed": words, "risk": "A risk.", "issue": "An issue.", "version": version}
        said |= {"explanation": "I know better.", "csrfmiddlewaretoken": token_in(page.words)}
        if number % 2:
            nginx.knock("GET", "/healthz")  # so that it is the other's turn
        assert nginx.knock("POST", "/initiatives/DS-001/update/", olgas_cookies, said).status == 302
        for _ in portals:
            assert words in nginx.knock("GET", "/initiatives/DS-001/", olgas_cookies).words
            listed = nginx.knock("GET", f"/initiatives/?status={colour}", olgas_cookies).words
            assert "Title of DS-001" in listed
    assert Update.objects.count() == 4
    for path in ("/", "/initiatives/DS-001/", "/initiatives/", "/initiatives/DS-001/update/"):
        assert served(nginx, path) == ports

    # One limit for both.
    answers = Counter(nginx.knock("GET", "/exports/initiatives.csv", anas).status for _ in range(12))
    assert answers == {200: 5, 429: 7}
    assert served(nginx, "/exports/initiatives.csv") == ports

    # What is monitored is asked of each process, and not through nginx.
    shown = {"Authorization": f"Bearer {MONITOR}"}
    assert nginx.knock("GET", "/metrics", headers=shown).status == 404
    for portal in portals:
        told = portal.knock("GET", "/metrics", headers=shown)
        assert (told.status, 'view="initiatives:update"' in told.words) == (200, True)

    # One of them goes: nobody notices. Both go: nginx says so in words.
    portals[0].stop()
    assert {nginx.knock("GET", "/initiatives/", olgas_cookies).status for _ in range(6)} == {200}
    portals[1].stop()
    answer = nginx.knock("GET", "/initiatives/", olgas_cookies)
    assert (answer.status, answer.headers["Retry-After"]) == (503, "10")
    assert "<h1>Not just now</h1>" in answer.words


def test_nginx_leads_to_https_keeps_secrets_out_of_its_log_and_takes_no_borrowed_word(two, olgas, db):
    nginx, _ = two()
    line = HTTPConnection("127.0.0.1", nginx.plain_port, timeout=60)
    line.request("GET", "/initiatives/?q=a", headers={"Host": NAME})
    answer = line.getresponse()
    assert (answer.status, answer.headers["Location"]) == (301, f"https://{NAME}/initiatives/?q=a")
    line.close()
    for path in ("/link/SECRET/", "/calendar/SECRET.ics", "/accounts/set_password/SECRET/x/"):
        nginx.knock("GET", path)
    nginx.knock("GET", "/nowhere/?q=SECRET")
    assert len(nginx.log()) >= 1
    assert not [line for line in nginx.log() if "SECRET" in line]
    lied = nginx.knock("GET", "/my/", headers={"X-Forwarded-Proto": "http", "X-Forwarded-Host": "evil.example"})
    assert (lied.status, urlsplit(lied.headers["Location"]).netloc) == (302, "")


# --- Slow clients ---------------------------------------------------------------------------------
SLOW = 500


class SlowOnes:
    """So many who each say a word of a request now and then, and never come to its end."""

    def __init__(self, port, context=None):
        self.port, self.context, self.lines = port, context, []

    def come(self, count):
        """Let more of them come; whoever was sent away is forgotten."""
        for _ in range(count):
            try:
                line = socket.create_connection(("127.0.0.1", self.port), timeout=10)
                if self.context:
                    line = self.context.wrap_socket(line)
                line.sendall(f"GET / HTTP/1.1\r\nHost: {NAME}\r\n".encode())
                line.settimeout(1)
                self.lines.append(line)
            except OSError:
                pass

    def say_a_word(self):
        for line in list(self.lines):
            try:
                line.sendall(b"X-Slow: yes\r\n")
            except (OSError, ssl.SSLError):
                self.lines.remove(line)
                line.close()
        self.come(SLOW - len(self.lines))

    def go(self):
        for line in self.lines:
            line.close()


def took(asks):
    """Ask once; returns in how many seconds a good answer came, or endlessly many."""
    began = time.monotonic()
    with suppress(OSError, HTTPException):
        if asks() == 200:
            return time.monotonic() - began
    return inf


def answered(asks, calm, count, within):
    """Ask so many times, ten times a second; returns which part was answered well and within so many seconds.

    Before each, a portal is asked that nobody slow is at: while that takes long, the machine is busy, and we wait.
    """
    told = []
    for _ in range(5 * count):
        if took(calm) < within / 4:
            told.append(took(asks) <= within)
        if len(told) == count:
            break
        time.sleep(0.1)
    return sum(told) / len(told)


def asking(line_to):
    def asks():
        line = line_to()
        try:
            line.request("GET", "/accounts/login/", headers={"Host": NAME, "X-Forwarded-Proto": "https"})
            answer = line.getresponse()
            answer.read()
            return answer.status
        finally:
            line.close()

    return asks


def with_slow_ones(slow, asks, calm, count, rounds, within):
    """Ask while the slow ones are there; returns the part that was answered in time."""
    slow.come(SLOW)
    try:
        parts = []
        for _ in range(rounds):
            slow.say_a_word()
            parts.append(answered(asks, calm, count, within))
        return sum(parts) / rounds
    finally:
        slow.go()


# A second is what people are promised. A machine that does much else at once is given more, and tells the same.
@SHARED
@pytest.mark.parametrize(("within", "count"), [(4, 20), pytest.param(1, 100, marks=pytest.mark.soak)])
def test_500_slow_clients_at_nginx_keep_nobody_waiting_and_at_gunicorn_alone_everybody(two, db, within, count):
    nginx, portals = two()
    calm = asking(lambda: HTTPConnection("127.0.0.1", portals[1].port, timeout=within))
    slow = SlowOnes(nginx.port, anybody())
    assert with_slow_ones(slow, asking(lambda: nginx.line(timeout=within)), calm, count, 3, within) >= 0.99

    # The naive way: gunicorn on the network, with nothing before it.
    alone = asking(lambda: HTTPConnection("127.0.0.1", portals[0].port, timeout=within))
    assert answered(alone, calm, 3, within) > 0
    assert with_slow_ones(SlowOnes(portals[0].port), alone, calm, 3, 1, within) < 0.99
