"""A second factor of local accounts: setting it up, being asked for it, losing it."""

import re
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core import signing
from django.test import Client

from accounts.models import SignIn
from accounts.second_factor import CODES, SALT, has_second_factor, new_secret, secret_of, set_up
from tests.factories import clock_at

SIGN_IN, CODE, SECOND = "/accounts/login/", "/accounts/login/code/", "/accounts/second_factor/"
KEYS = {"username": "olga", "password": "pop-up-book"}
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def shown(secret, steps=0):
    """What an app with this secret shows now, or some half minutes from now."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


@pytest.fixture
def codes(olga):
    """Olga has an app with a secret that we know; returns her recovery codes."""
    with clock_at("2025-06-10"):
        return set_up(olga, secret=SECRET, code=shown(SECRET), by=olga)


def signed_in(client):
    return "_auth_user_id" in client.session


def gives_the_password(client, then="/"):
    response = client.post(SIGN_IN, KEYS | {"next": then})
    assert (response.status_code, response["Location"]) == (302, CODE)
    assert not signed_in(client)
    return client


# --- Being asked ----------------------------------------------------------------------------------
def test_olga_gives_her_password_then_her_code_and_comes_where_she_was_going(olga, codes):
    client = gives_the_password(Client(), then="/initiatives/")
    assert client.get("/accounts/").status_code == 302
    assert client.get(CODE).status_code == 200
    response = client.post(CODE, {"code": shown(SECRET)})
    assert (response.status_code, response["Location"]) == (302, "/initiatives/")
    assert signed_in(client)
    assert SignIn.objects.get().way == "code"


@pytest.mark.parametrize("steps", [-1, 0, 1])
def test_a_telephone_whose_clock_is_half_a_minute_off_does(olga, codes, steps):
    with clock_at("2025-06-11"):
        client = gives_the_password(Client())
        assert client.post(CODE, {"code": shown(SECRET, steps)}).status_code == 302


@pytest.mark.parametrize("code", ["", "000000", "\x00", "x" * 1000, "<script>alert(1)</script>", "１２３４５６"])
def test_a_wrong_code_is_said_in_words(olga, codes, code):
    client = gives_the_password(Client())
    response = client.post(CODE, {"code": code})
    assert response.status_code == 200
    assert "There is a problem" in response.content.decode()
    assert "<script>alert" not in response.content.decode()
    assert not signed_in(client)


def test_a_code_is_used_up_in_every_process(olga, codes):
    from django.core.cache import cache

    with clock_at("2025-06-11"):
        assert gives_the_password(Client()).post(CODE, {"code": shown(SECRET)}).status_code == 302
        cache.clear()  # what another process does not know
        assert gives_the_password(Client()).post(CODE, {"code": shown(SECRET)}).status_code == 200


def test_codes_are_guessed_so_often_and_no_oftener_in_all_browsers_together(olga, codes):
    answers = [gives_the_password(Client()).post(CODE, {"code": "000000"}) for _ in range(CODES.amount + 1)]
    assert [answer.status_code for answer in answers] == [200] * CODES.amount + [429]
    assert int(answers[-1]["Retry-After"]) > 0
    assert gives_the_password(Client()).post(CODE, {"code": shown(SECRET)}).status_code == 429


def test_a_recovery_code_lets_in_once(olga, codes):
    assert gives_the_password(Client()).post(CODE, {"code": codes[3]}).status_code == 302
    assert SignIn.objects.get().way == "recovery"
    assert gives_the_password(Client()).post(CODE, {"code": codes[3]}).status_code == 200


def test_without_the_password_nobody_is_asked_for_a_code(olga, codes):
    client = Client()
    assert client.get(CODE)["Location"] == SIGN_IN
    assert client.post(CODE, {"code": shown(SECRET)})["Location"] == SIGN_IN
    assert not signed_in(client)


def test_ten_minutes_after_the_password_it_is_asked_again(olga, codes):
    with clock_at("2025-06-11") as now:
        client = gives_the_password(Client())
    from datetime import timedelta

    with clock_at(now + timedelta(minutes=11)):
        assert client.post(CODE, {"code": shown(SECRET)})["Location"] == SIGN_IN
    assert not signed_in(client)


def test_who_left_or_changed_the_password_meanwhile_is_not_let_in(olga, codes):
    client = gives_the_password(Client())
    olga.set_password("three other words")
    olga.save()
    assert client.post(CODE, {"code": shown(SECRET)})["Location"] == SIGN_IN
    assert not signed_in(client)


# --- Setting it up --------------------------------------------------------------------------------
def begins(client):
    page = client.get(SECOND).content.decode()
    signed = re.search(r'name="secret" value="([^"]+)"', page).group(1)
    return signed, signing.loads(signed, salt=SALT)[1], page


def test_olga_sets_an_app_up_and_keeps_her_recovery_codes(olga, as_):
    client = as_(olga)
    signed, secret, page = begins(client)
    assert secret in page
    assert 'src="data:image/svg+xml;base64,' in page
    response = client.post(SECOND, {"secret": signed, "code": shown(secret), "password": "pop-up-book"})
    told = re.findall(r"<code class=\"secret\">(\d{8})</code>", response.content.decode())
    assert (response.status_code, len(set(told))) == (200, 10)
    assert has_second_factor(olga)
    kept = repr([row.data for row in Authenticator.objects.all()])
    assert secret not in kept
    assert not any(code in kept for code in told)
    assert gives_the_password(Client()).post(CODE, {"code": told[0]}).status_code == 302


def test_looking_at_the_page_sets_nothing_up(olga, as_):
    begins(as_(olga))
    assert not Authenticator.objects.exists()


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"password": "wrong"}, "This is not your password."),
        ({"code": "000000"}, "This is not the code of this moment."),
        ({"secret": "x"}, "This is not the code of this moment."),
        ({"code": ""}, "There is a problem"),
    ],
)
def test_without_password_and_code_nothing_is_set_up(olga, as_, said, words):
    client = as_(olga)
    signed, secret, _ = begins(client)
    response = client.post(SECOND, {"secret": signed, "code": shown(secret), "password": "pop-up-book"} | said)
    assert response.status_code == 200
    assert words in response.content.decode()
    assert not has_second_factor(olga)


def test_the_secret_of_somebody_else_s_page_is_none(olga, omar):
    assert secret_of(omar, new_secret(olga)) is None
    with clock_at("2025-06-10"):
        old = new_secret(olga)
    assert secret_of(olga, old) is None


def test_olga_takes_it_away_with_a_code_and_not_without(olga, codes, as_):
    client = as_(olga)
    assert client.post(SECOND, {"deed": "take_away", "code": "000000"}).status_code == 200
    assert has_second_factor(olga)
    assert client.post(SECOND, {"deed": "take_away", "code": codes[0]}).status_code == 302
    assert not Authenticator.objects.exists()


def test_new_recovery_codes_end_the_old_ones(olga, codes, as_):
    response = as_(olga).post(SECOND, {"deed": "renew", "code": codes[0]})
    told = re.findall(r"<code class=\"secret\">(\d{8})</code>", response.content.decode())
    assert len(told) == 10
    assert set(told).isdisjoint(codes)
    assert gives_the_password(Client()).post(CODE, {"code": codes[1]}).status_code == 200


# --- Having to ------------------------------------------------------------------------------------
def test_where_it_is_demanded_the_office_comes_in_only_with_one(oscar, olga, settings):
    settings.SECOND_FACTOR_REQUIRED = True
    client = Client()
    response = client.post(SIGN_IN, {"username": "oscar", "password": "pop-up-book", "next": "/initiatives/"})
    assert response["Location"] == SECOND
    assert not signed_in(client)
    signed, secret, page = begins(client)
    assert "Your role needs one" in page
    response = client.post(SECOND, {"secret": signed, "code": shown(secret)})
    assert 'href="/initiatives/"' in response.content.decode()
    assert signed_in(client)
    assert client.post(SECOND, {"deed": "take_away", "code": shown(secret, 1)}).status_code == 200
    assert has_second_factor(oscar)
    assert Client().post(SIGN_IN, KEYS)["Location"] == "/"  # Olga has no such role


def test_by_default_and_in_the_demonstration_a_password_is_enough(oscar):
    assert Client().post(SIGN_IN, {"username": "oscar", "password": "pop-up-book"})["Location"] == "/"


def test_ada_takes_a_lost_telephone_s_away(ada, olga, codes, as_, caplog):
    said = {"action": "take_second_factors_away", "_selected_action": [olga.pk]}
    assert as_(ada).post("/admin/accounts/user/", said).status_code == 302
    assert not has_second_factor(olga)
    assert f"second factor taken away: person={olga.pk} by={ada.pk}" in caplog.text


def test_a_former_secret_key_still_reads_what_it_wrote(olga, codes, settings):
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another" * 10
    client = gives_the_password(Client())
    assert client.post(CODE, {"code": shown(SECRET)}).status_code == 302


# --- The administration has no way in of its own --------------------------------------------------
def test_the_administration_s_own_sign_in_page_lets_nobody_in_by_a_password_alone(oscar, ada, as_):
    client = as_(oscar)
    response = client.post("/admin/login/", {"username": "ada", "password": "pop-up-book"})
    assert (response.status_code, response["Location"]) == (302, SIGN_IN)
    assert client.session["_auth_user_id"] == str(oscar.pk)
