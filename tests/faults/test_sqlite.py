"""The SQLite file of a small council: many writers at once, and a disk that is full."""

from uuid import uuid4

import pytest
from django.db import connection

from accounts.models import User
from initiatives.models import Update
from tests.factories import a_person
from tests.faults.conftest import TOKEN, cookies_of, start

pytestmark = pytest.mark.skipif(connection.vendor != "sqlite", reason="it is SQLite that is tried")

PAGE = "/initiatives/DS-001/update/"


# --- Many at once ---------------------------------------------------------------------------------
def failures_of(db, times, mode):
    """Let three processes of four threads count together; returns how many transactions failed."""
    each = [start(db, "-m", "tests.faults.counting", str(times // 3), mode) for _ in range(3)]
    said = [process.communicate()[0] for process in each]
    assert [process.returncode for process in each] == [0, 0, 0], said
    return sum(int(words.split()[-1]) for words in said)


@pytest.mark.parametrize("times", [600, pytest.param(6000, marks=pytest.mark.soak)])
def test_of_600_transactions_that_read_and_then_write_none_fails_and_none_is_forgotten(db, times):
    a_person("counter", "0")
    assert failures_of(db, times, "ours") == 0
    assert User.objects.get(username="counter").name == str(times)


def test_canary_begun_as_django_would_by_itself_many_fail(db):
    a_person("counter", "0")
    failed = failures_of(db, 240, "deferred")
    assert failed > 0
    assert int(User.objects.get(username="counter").name) == 240 - failed


# --- A full disk ----------------------------------------------------------------------------------
def pages():
    with connection.cursor() as cursor:
        return cursor.execute("PRAGMA page_count").fetchone()[0]


class Filling:
    """A portal whose disk has room for a little more; what Olga said there, and how each was answered."""

    def __init__(self, open_portal, olga, program, limit):
        self.limit, self.cookies, self.answers = limit, cookies_of(olga), []
        self.leave_room(40)
        self.portal = open_portal(program)

    def leave_room(self, for_pages):
        self.limit.write_text(str(pages() + for_pages))

    def says(self, number):
        words = f"Number {number}: {'all of it matters, ' * 400}".strip()
        said = {"rag": "green", "what_changed": words, "key": str(uuid4()), "csrfmiddlewaretoken": TOKEN}
        self.answers.append((words, self.portal.knock("POST", PAGE, self.cookies, said)))

    def saved(self):
        """Return what was said to be saved."""
        return {words for words, answer in self.answers if answer.status == 302}

    def refused(self):
        return [(words, answer) for words, answer in self.answers if answer.status != 302]


@pytest.fixture
def fills_up(olgas, olga, open_portal, tmp_path, monkeypatch):
    monkeypatch.setenv("PAGES_FILE", str(tmp_path / "pages"))
    return lambda program: Filling(open_portal, olga, program, tmp_path / "pages")


def on_record():
    return set(Update.objects.values_list("what_changed", flat=True))


def test_on_a_full_disk_everything_is_read_nothing_saved_is_lost_and_saving_goes_on_after(db, fills_up):
    filling = fills_up("tests.faults.small_disk")
    for number in range(60):
        filling.says(number)
        if len(filling.refused()) == 10:
            break
    assert len(filling.saved()) > 0
    told = [(answer.status, answer.headers["Retry-After"]) for _, answer in filling.refused()]
    assert told == [(503, "10")] * 10
    assert all(words in answer.words for words, answer in filling.refused())

    portal, cookies = filling.portal, filling.cookies
    for path in ("/", "/initiatives/", "/initiatives/DS-001/", "/my/", "/exports/", PAGE, "/exports/updates.csv"):
        assert (path, portal.knock("GET", path, cookies).status) == (path, 200)
    assert portal.knock("GET", "/readyz").status == 200

    filling.leave_room(4000)
    filling.says(100)
    assert any(words.startswith("Number 100") for words in filling.saved())
    assert filling.saved() == on_record()
    with connection.cursor() as cursor:
        assert cursor.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_canary_that_hopes_for_the_best_says_saved_of_what_is_lost(db, fills_up):
    filling = fills_up("tests.faults.naive_disk")
    for number in range(40):
        filling.says(number)
    assert filling.saved() - on_record()
