"""So many tries and no more, counted in the database for every process."""

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from accounts.limits import Limit, purge
from accounts.models import Tries
from tests.databases import a_database, connected_to, migrated  # noqa: F401  (a fixture)

HOME = Path(__file__).parents[2]
SIGN_IN, RESET = "/accounts/login/", "/accounts/password_reset/"
THREE = Limit("three", amount=3, seconds=60)
NOW = timezone.now()


def later(seconds):
    return NOW + timedelta(seconds=seconds)


def test_a_limit_lets_so_many_through_and_says_how_long_to_wait(db):
    assert [THREE.take("a", at=later(second)) for second in range(5)] == [0, 0, 0, 57, 56]
    assert THREE.take("b", at=NOW) == 0
    assert Limit("other", 3, 60).take("a", at=NOW) == 0


def test_it_begins_anew_when_its_time_is_over(db):
    for _ in range(4):
        THREE.take("a", at=NOW)
    assert THREE.take("a", at=later(59.5)) == 1
    assert THREE.take("a", at=later(60)) == 0
    assert Tries.objects.get().amount == 1


def test_a_clock_that_was_set_back_ends_no_wait_late(db):
    for _ in range(4):
        THREE.take("a", at=later(86400))
    assert THREE.take("a", at=NOW) == 0


def test_what_was_good_is_counted_back_and_leaves_no_row(db):
    THREE.take("a", at=NOW)
    THREE.take("a", at=NOW)
    THREE.give_back("a")
    assert Tries.objects.get().amount == 1
    THREE.give_back("a")
    THREE.give_back("a")
    assert not Tries.objects.exists()


def test_a_forgotten_key_has_all_its_tries_again(db):
    for _ in range(4):
        THREE.take("a", at=NOW)
    THREE.clear("a")
    assert THREE.take("a", at=NOW) == 0


def test_rows_that_count_no_longer_go_by_themselves(db):
    for key in range(300):
        THREE.take(key, at=NOW)
    for key in range(300, 900):
        THREE.take(key, at=later(3600))
    assert Tries.objects.count() == 600
    assert purge(later(7200)) == 600


def test_no_name_and_no_address_is_kept(db):
    THREE.take("olga@council.example", at=NOW)
    assert "olga" not in Tries.objects.get().key


@pytest.mark.parametrize("key", ["", "\0", "\ud800", "x" * 1_000_000, None, 7])
def test_anything_can_be_a_key(db, key):
    assert THREE.take(key, at=NOW) == 0


# --- In several processes -------------------------------------------------------------------------
TRIES = """
import sys, django
django.setup()
from django.utils import timezone
from accounts.limits import Limit
sys.stdin.readline()
limit = Limit("raced", amount=50, seconds=600)
print(sum(limit.take("one", at=timezone.now()) == 0 for _ in range(60)))
"""


def test_two_processes_let_through_no_more_than_one_would(migrated, django_db_blocker, tmp_path):  # noqa: F811
    with django_db_blocker.unblock(), a_database(migrated, tmp_path) as (name, url), connected_to(name):
        environment = {"DATABASE_URL": url, "SECRET_KEY": settings.SECRET_KEY, "PYTHONPATH": str(HOME)}
        environment["DJANGO_SETTINGS_MODULE"] = "strategy_portal.settings"
        both = [
            subprocess.Popen(
                [sys.executable, "-c", TRIES], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            )
            for _ in range(2)
        ]
        for one in both:
            one.stdin.write("go\n")
            one.stdin.flush()
        through = [int(one.communicate()[0]) for one in both]
        assert sum(through) == 50
        assert Tries.objects.get().amount == 120


# --- Where they stand -----------------------------------------------------------------------------
def tries(client, username, password="wrong", **more):
    return client.post(SIGN_IN, {"username": username, "password": password}, **more)


def test_a_username_that_is_tried_too_often_has_to_wait_the_right_password_too(olga, settings):
    settings.SIGN_IN_TRIES = 3
    client = Client()
    assert [tries(client, name).status_code for name in ("olga", "Olga", "OLGA", "olga")] == [200, 200, 200, 429]
    response = tries(client, "olga", "pop-up-book", REMOTE_ADDR="10.0.0.9")
    assert response.status_code == 429
    assert 0 < int(response["Retry-After"]) <= 900
    assert "Too many tries. Wait 15 minutes, then try again." in response.content.decode()
    assert "_auth_user_id" not in client.session
    assert tries(client, "omar").status_code == 200


def test_an_address_that_tries_many_names_has_to_wait_and_no_other_address(olga, settings):
    settings.SIGN_IN_TRIES_OF_AN_ADDRESS = 5
    client = Client()
    answers = [tries(client, f"name-{number}").status_code for number in range(7)]
    assert answers == [200] * 5 + [429] * 2
    assert tries(client, "olga", "pop-up-book", REMOTE_ADDR="10.0.0.9").status_code == 302


def test_a_right_password_is_no_try(olga, settings):
    settings.SIGN_IN_TRIES, settings.SIGN_IN_TRIES_OF_AN_ADDRESS = 3, 3
    for _ in range(5):
        assert tries(Client(), "olga", "wrong").status_code == 200
        assert tries(Client(), "olga", "pop-up-book").status_code == 302
        tries(Client(), "olga", "pop-up-book")
        Tries.objects.exclude(amount=0).delete()
    assert not Tries.objects.exists()


def test_who_is_unknown_has_left_or_is_known_hears_the_same_from_the_first_try_to_the_last(olga, omar, settings):
    settings.SIGN_IN_TRIES = 3
    omar.is_active = False
    omar.save()

    def told(username):
        client, said = Client(), []
        for _ in range(5):
            response = tries(client, username)
            said.append((response.status_code, [str(error) for error in response.context["form"].non_field_errors()]))
        return said

    assert told("olga") == told("omar") == told("nobody-here")


def test_who_is_unknown_costs_as_much_work_as_who_is_known(olga, settings, monkeypatch):
    hashed = []
    from django.contrib.auth.hashers import MD5PasswordHasher

    encode = MD5PasswordHasher.encode
    monkeypatch.setattr(MD5PasswordHasher, "encode", lambda self, *words: hashed.append(1) or encode(self, *words))

    def work(username):
        hashed.clear()
        tries(Client(), username)
        return len(hashed)

    assert work("olga") == work("nobody-here") == 1


def test_letters_for_a_password_come_so_often_and_no_oftener_whether_or_not_there_is_an_account(olga, mailoutbox):
    olga.email = "olga@council.example"
    olga.save()

    def asks(email):
        return [Client().post(RESET, {"email": email}).status_code for _ in range(5)]

    assert asks("olga@council.example") == asks("nobody@council.example") == [302, 302, 302, 429, 429]
    assert len(mailoutbox) == 3
