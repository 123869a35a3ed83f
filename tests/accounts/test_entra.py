"""Signing in with Microsoft Entra ID, against a real provider on loopback: who is let in, and who is not."""

import json
import logging
import socket

import jwt
import pytest
import requests
from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from cryptography.hazmat.primitives.asymmetric import rsa
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.test import Client

from accounts.entra.people import link
from accounts.models import Identity, RoleGrant, SignIn, User
from tests.accounts.conftest import free_port
from tests.accounts.entra import (
    ANNA,
    BEN,
    CLIENT,
    OTHER_TENANT,
    TENANT,
    asked,
    public_key,
    seconds_from_now,
    signed,
    way_back,
)
from tests.factories import a_person

BEGIN, CALLBACK = "/accounts/entra/", "/accounts/entra/callback/"
STRANGE_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture
def anna(directory):
    """Anna is in the directory, with the app role of a leader."""
    directory.knows(ANNA, roles=["leader"], email="anna@council.example", job_title="Director")
    return ANNA


def comes_back(directory, client, object_id, then="/"):
    """Walk the whole way and return what the portal answers at its end."""
    question = asked(client.get(BEGIN, {"next": then}))
    return client.get(way_back(directory.lets_in(question.address, object_id)))


def signed_in(client):
    return "_auth_user_id" in client.session


def everything_kept():
    """Return what a refused sign-in may not change."""
    return [list(model.objects.order_by("pk").values()) for model in (User, RoleGrant, Identity, SignIn)] + [
        User.history.count(),
        RoleGrant.history.count(),
    ]


# --- Coming in ------------------------------------------------------------------------------------
def test_anna_comes_to_the_page_that_she_asked_for(directory, anna, strategy):
    client = Client()
    response = comes_back(directory, client, anna, then="/initiatives/?status=red")
    assert response["Location"] == "/initiatives/?status=red"
    assert client.get("/initiatives/").status_code == 200
    person = User.objects.get()
    assert (person.username, person.name, person.job_title) == ("anna", "Anna Arden", "Director")
    assert (person.email, person.has_usable_password(), person.roles) == ("anna@council.example", False, {"leader"})
    assert str(person.identity.object_id) == ANNA
    assert [(one.way, one.is_break_glass) for one in SignIn.objects.all()] == [("entra", False)]


def test_the_question_carries_state_nonce_and_challenge_and_the_code_is_fetched_with_their_answer(directory, anna):
    client = Client()
    question = asked(client.get(BEGIN))
    assert (question.client_id, question.response_type, question.code_challenge_method) == (CLIENT, "code", "S256")
    assert set(question.scope.split()) == {"openid", "profile", "email"}
    assert min(map(len, (question.state, question.nonce, question.code_challenge))) >= 16
    client.get(way_back(directory.lets_in(question.address, anna)))
    assert len(directory.asked_with[0]["code_verifier"]) >= 43
    assert asked(Client().get(BEGIN)).nonce != question.nonce


def test_nobody_steers_the_question_by_the_address(directory):
    question = asked(Client().get(BEGIN, {"scope": "Mail.Read", "auth_params": "prompt=none", "process": "connect"}))
    assert "Mail.Read" not in question.scope
    assert not hasattr(question, "prompt")


@pytest.mark.parametrize("elsewhere", ["https://example.org/", "//example.org/", "/\\example.org", "/accounts/login/"])
def test_coming_in_leads_to_no_other_site(directory, anna, elsewhere):
    assert comes_back(directory, Client(), anna, then=elsewhere)["Location"] == "/"


def test_somebody_without_an_app_role_comes_to_their_own_account(directory):
    directory.knows(ANNA)
    assert comes_back(directory, Client(), ANNA)["Location"] == "/"
    assert User.objects.get().roles == frozenset()


def test_the_session_gets_a_new_key(directory, anna):
    client = Client()
    question = asked(client.get(BEGIN))
    before = client.session.session_key
    client.get(way_back(directory.lets_in(question.address, anna)))
    assert signed_in(client)
    assert client.session.session_key != before


def test_no_token_of_entra_s_is_kept(directory, anna):
    client = Client()
    comes_back(directory, client, anna)
    kept = json.dumps(dict(client.session.items()), default=str)
    assert directory.handed_out[0] not in kept
    assert "access_token" not in kept


# --- Kept fresh -----------------------------------------------------------------------------------
def test_name_title_and_address_are_as_entra_has_them_now_with_the_versions_before(directory, anna):
    comes_back(directory, Client(), anna)
    directory.knows(ANNA, roles=["leader"], name="Anna Ash", email="anna.ash@council.example", job_title="Chief")
    comes_back(directory, Client(), anna)
    person = User.objects.get()
    assert (person.name, person.job_title, person.email) == ("Anna Ash", "Chief", "anna.ash@council.example")
    assert person.username == "anna"
    assert [version.name for version in person.history.order_by("history_id")] == ["Anna Arden", "Anna Ash"]
    latest = person.history.latest()
    assert (latest.history_user, latest.history_change_reason) == (person, "Microsoft Entra ID, at sign-in")


def test_signing_in_again_with_nothing_new_leaves_no_version(directory, anna):
    comes_back(directory, Client(), anna)
    before = User.history.count(), RoleGrant.history.count()
    comes_back(directory, Client(), anna)
    assert (User.history.count(), RoleGrant.history.count()) == before


@pytest.mark.parametrize("name", ["", "   ", 7, None, "x" * 151, "two\nlines"])
def test_what_is_no_name_changes_none(directory, anna, name):
    comes_back(directory, Client(), anna)
    directory.knows(ANNA, roles=["leader"], name=name)
    comes_back(directory, Client(), anna)
    assert User.objects.get().name == "Anna Arden"


# --- Roles ----------------------------------------------------------------------------------------
def test_roles_are_replaced_at_each_sign_in_and_their_versions_say_by_whom(directory, anna):
    comes_back(directory, Client(), anna)
    directory.knows(ANNA, roles=["Analyst", "office", "something of another system"])
    comes_back(directory, Client(), anna)
    person = User.objects.get()
    assert person.roles == {"analyst", "office"}
    removed = RoleGrant.history.get(history_type="-")
    assert (removed.role, removed.history_user, removed.history_change_reason) == (
        "leader",
        person,
        "Microsoft Entra ID, at sign-in",
    )


def test_a_role_given_by_hand_does_not_outlive_what_entra_says(directory, anna):
    comes_back(directory, Client(), anna)
    User.objects.get().grants.create(role="administrator")
    comes_back(directory, Client(), anna)
    assert User.objects.get().roles == {"leader"}


def test_a_role_taken_in_entra_ends_the_sessions_that_had_it(directory, anna):
    before = Client()
    comes_back(directory, before, anna)
    directory.knows(ANNA, roles=["analyst"])
    now = Client()
    comes_back(directory, now, anna)
    assert before.get("/accounts/").status_code == 302
    assert now.get("/accounts/").status_code == 200


def test_other_words_for_our_roles_can_be_set(directory, settings):
    settings.ENTRA_ROLES = {"Portal.Office": "office"}
    directory.knows(ANNA, roles=["Portal.Office", "Portal.Other"])
    comes_back(directory, Client(), ANNA)
    assert User.objects.get().roles == {"office"}


# --- Who is who -----------------------------------------------------------------------------------
def test_a_changed_address_is_the_same_person(directory, anna):
    comes_back(directory, Client(), anna)
    directory.knows(ANNA, roles=["leader"], email="other@council.example", preferred_username="other@council.example")
    comes_back(directory, Client(), anna)
    assert User.objects.count() == 1


def test_the_same_address_of_another_object_is_another_person(directory, anna):
    comes_back(directory, Client(), anna)
    directory.knows(BEN, name="Ben Bo", email="anna@council.example", preferred_username="anna@council.example")
    comes_back(directory, Client(), BEN)
    ben = User.objects.get(identity__object_id=BEN)
    assert (ben.username, ben.email, ben.roles) == ("anna-2", "", frozenset())
    assert User.objects.get(identity__object_id=ANNA).email == "anna@council.example"


def test_the_address_of_a_local_administrator_makes_a_new_person_and_takes_nothing_over(directory, ada):
    ada.email = "ada@council.example"
    ada.save()
    directory.knows(ANNA, name="Ada Adams", email="ADA@council.example", preferred_username="ada", email_verified=True)
    client = Client()
    comes_back(directory, client, ANNA)
    new = User.objects.get(identity__object_id=ANNA)
    assert (new.pk != ada.pk, new.username, new.email, new.roles) == (True, "ada-2", "", frozenset())
    ada.refresh_from_db()
    assert (ada.email, ada.roles) == ("ada@council.example", {"administrator"})
    assert client.session["_auth_user_id"] == str(new.pk)


def test_an_administrator_says_who_a_local_person_is_and_then_entra_lets_them_in_and_their_password_does_not(
    directory, anna, olga, ada
):
    link(person=olga, object_id=ANNA, by=ada)
    comes_back(directory, Client(), anna)
    assert User.objects.count() == 2
    olga.refresh_from_db()
    assert (olga.username, olga.name) == ("olga", "Anna Arden")
    local = Client()
    local.post("/accounts/login/", {"username": "olga", "password": "pop-up-book"})
    assert not signed_in(local)


def test_who_comes_by_entra_gets_no_letter_for_a_password(directory, anna, mailoutbox):
    comes_back(directory, Client(), anna)
    response = Client().post("/accounts/password_reset/", {"email": "anna@council.example"})
    assert (response.status_code, mailoutbox) == (302, [])


# --- Forged and misused ---------------------------------------------------------------------------
def with_claims(**changes):
    """Forge a token that the provider really signed, with other claims; None leaves a claim out."""

    def forge(claims, key):
        said = {**claims, **{name: value() if callable(value) else value for name, value in changes.items()}}
        return signed({name: value for name, value in said.items() if value is not None}, key)

    return forge


def without_signature(claims, key):
    return jwt.encode(claims, None, algorithm="none")


def with_the_public_key_as_a_secret(claims, key):
    """Return an HS256 token whose secret is the public key: made by hand, for the library will not make it."""
    from hashlib import sha256
    from hmac import digest

    head = jwt.utils.base64url_encode(b'{"alg":"HS256","typ":"JWT"}')
    said = head + b"." + jwt.utils.base64url_encode(json.dumps(claims).encode())
    return (said + b"." + jwt.utils.base64url_encode(digest(public_key(key), said, sha256))).decode()


def with_a_strange_key(claims, key):
    return jwt.encode(claims, STRANGE_KEY, algorithm="RS256")


def with_a_strange_key_and_its_address(claims, key):
    return jwt.encode(claims, STRANGE_KEY, algorithm="RS256", headers={"kid": "strange", "jku": "http://127.0.0.1:1/"})


def with_a_strange_key_inside(claims, key):
    public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(STRANGE_KEY.public_key()))
    return jwt.encode(claims, STRANGE_KEY, algorithm="RS256", headers={"jwk": public})


def with_the_claims_changed_afterwards(claims, key):
    head, _, signature = signed(claims, key).split(".")
    changed = jwt.utils.base64url_encode(json.dumps({**claims, "roles": ["administrator"]}).encode()).decode()
    return f"{head}.{changed}.{signature}"


def with_another_algorithm(claims, key):
    return jwt.encode(claims, jwt.PyJWK(key, algorithm="RS256").key, algorithm="PS256")


# What is forged, what the log says, and whether allauth's own checks alone would have taken it.
FORGED = {
    "no signature": (without_signature, "wrong algorithm", True),
    "the public key as a secret": (with_the_public_key_as_a_secret, "wrong algorithm", True),
    "a strange key": (with_a_strange_key, "wrong signature", True),
    "a strange key and its address": (with_a_strange_key_and_its_address, "unknown key", True),
    "a strange key inside": (with_a_strange_key_inside, "wrong signature", True),
    "claims changed afterwards": (with_the_claims_changed_afterwards, "wrong signature", True),
    "another algorithm": (with_another_algorithm, "wrong algorithm", True),
    "another issuer": (with_claims(iss="https://login.example.org/v2.0"), "another issuer", False),
    "meant for another": (with_claims(aud="another client"), "meant for another", False),
    "meant for several": (with_claims(aud=[CLIENT, "another client"]), "meant for another", True),
    "another nonce": (with_claims(nonce="n" * 43), "wrong nonce", True),
    "no nonce": (with_claims(nonce=None), "incomplete", True),
    "nonce that is no text": (with_claims(nonce=7), "wrong nonce", True),
    "expired": (with_claims(exp=lambda: seconds_from_now(-3600)), "expired", False),
    "no end": (with_claims(exp=None), "incomplete", True),
    "issued in the future": (with_claims(iat=lambda: seconds_from_now(3600)), "not yet valid", True),
    "good only later": (with_claims(nbf=lambda: seconds_from_now(3600)), "not yet valid", True),
    "another tenant": (with_claims(tid=OTHER_TENANT), "another tenant", True),
    "no tenant": (with_claims(tid=None), "incomplete", True),
    "tenant that is none": (with_claims(tid="common"), "another tenant", True),
    "no object": (with_claims(oid=None), "incomplete", True),
    "object that is none": (with_claims(oid="anna@council.example"), "incomplete", True),
    "roles that are no list": (with_claims(roles="administrator"), "malformed", True),
    "no token at all": (lambda claims, key: None, "no token", False),
    "no token but words": (lambda claims, key: "a.b.c", "malformed", False),
    "no token but a list": (lambda claims, key: ["a"], "no token", False),
}


def taken_by_allauth_alone(token, directory):
    """Say whether what allauth looks at, in a token straight from the provider, would have been enough."""
    try:
        jwtkit.verify_and_decode(
            credential=token,
            keys_url=f"{directory.issuer}/jwks",
            issuer=directory.issuer,
            audience=CLIENT,
            lookup_kid=jwtkit.lookup_kid_jwk,
            verify_signature=False,
        )
    except (OAuth2Error, TypeError):
        return False
    return True


def refused(response, caplog, why, status=403):
    """See that somebody read in words that they were not let in, and that the log has one line of it."""
    assert response.status_code == status
    page = response.content.decode()
    assert "<h1>You were not signed in</h1>" in page
    lines = [record.getMessage() for record in caplog.records if record.name == "portal.sign_in"]
    assert lines == [f"sign-in refused: way=entra why={why}"]
    return page


@pytest.mark.parametrize("what", FORGED)
def test_a_forged_token_lets_nobody_in(directory, anna, caplog, what):
    directory.forge, why, naive = FORGED[what]
    before, client = everything_kept(), Client()
    with caplog.at_level(logging.INFO):
        response = comes_back(directory, client, anna)
    page = refused(response, caplog, why)
    assert everything_kept() == before
    assert not signed_in(client)
    assert why == "another tenant" or why not in page
    assert taken_by_allauth_alone(directory.handed_out[0], directory) == naive


def test_of_the_forged_tokens_allauth_s_own_checks_would_take_most():
    assert len(FORGED) >= 14
    assert sum(naive for _, _, naive in FORGED.values()) >= 10


def test_a_token_with_the_name_of_its_key_is_taken(directory, anna):
    keys = requests.get(f"{directory.issuer}/jwks", timeout=10).json()["keys"]
    stranger = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(STRANGE_KEY.public_key())) | {"kid": "old", "use": "sig"}
    directory.keys = {"keys": [stranger, *({**key, "kid": "new", "use": "sig"} for key in keys)]}
    directory.forge = lambda claims, key: signed(claims, key, kid="new")
    client = Client()
    comes_back(directory, client, anna)
    assert signed_in(client)


@pytest.mark.parametrize("keys", [{}, {"keys": []}, {"keys": "none"}, {"keys": [7, {"kty": "RSA"}]}, []])
def test_keys_that_are_none_let_nobody_in(directory, anna, caplog, keys):
    directory.keys = keys
    client = Client()
    response = comes_back(directory, client, anna)
    assert response.status_code == 403
    assert not signed_in(client)
    assert User.objects.count() == 0


@pytest.mark.parametrize("state", ["", "x" * 16, "\x00", "<script>"])
def test_a_state_that_this_browser_never_had_lets_nobody_in(directory, anna, caplog, state):
    client = Client()
    question = asked(client.get(BEGIN))
    location = way_back(directory.lets_in(question.address, anna))
    response = client.get(CALLBACK, {"code": location.split("code=")[1].split("&")[0], "state": state})
    if state == "\x00":
        assert response.status_code in (400, 403)
    else:
        refused(response, caplog, "unknown state")
    assert not signed_in(client)


def test_the_state_of_another_browser_lets_nobody_in(directory, anna, caplog):
    location = way_back(directory.lets_in(asked(Client().get(BEGIN)).address, anna))
    victim = Client()
    victim.get(BEGIN)
    refused(victim.get(location), caplog, "unknown state")
    assert not signed_in(victim)


def test_the_way_back_can_be_walked_once(directory, anna, caplog):
    client = Client()
    location = way_back(directory.lets_in(asked(client.get(BEGIN)).address, anna))
    client.get(location)
    client.post("/accounts/logout/")
    caplog.clear()
    refused(client.get(location), caplog, "unknown state")
    assert not signed_in(client)


def test_a_code_that_was_used_lets_nobody_in_with_a_fresh_state(directory, anna, caplog):
    client = Client()
    first = way_back(directory.lets_in(asked(client.get(BEGIN)).address, anna))
    client.get(first)
    thief = Client()
    state = asked(thief.get(BEGIN)).state
    caplog.clear()
    refused(
        thief.get(CALLBACK, {"code": first.split("code=")[1].split("&")[0], "state": state}), caplog, "code refused"
    )
    assert not signed_in(thief)


def test_a_stolen_code_brings_the_thief_s_browser_nothing(directory, anna, caplog):
    """The code is good and unused, but the token has the nonce of the browser that it was made for."""
    victim, thief = Client(), Client()
    location = way_back(directory.lets_in(asked(victim.get(BEGIN)).address, anna))
    state = asked(thief.get(BEGIN)).state
    response = thief.get(CALLBACK, {"code": location.split("code=")[1].split("&")[0], "state": state})
    refused(response, caplog, "wrong nonce")
    assert not signed_in(thief)


def test_somebody_deactivated_is_not_let_in_and_nothing_of_them_changes(directory, anna, caplog):
    comes_back(directory, Client(), anna)
    person = User.objects.get()
    person.is_active = False
    person.save()
    directory.knows(ANNA, roles=["administrator"], name="Somebody Else")
    before, client = everything_kept(), Client()
    caplog.clear()
    page = refused(comes_back(directory, client, anna), caplog, "deactivated")
    assert "no longer active" in page
    assert everything_kept() == before
    assert not signed_in(client)


def test_who_cancels_at_the_provider_reads_so(directory, caplog):
    client = Client()
    state = asked(client.get(BEGIN)).state
    refused(client.get(CALLBACK, {"error": "access_denied", "state": state}), caplog, "cancelled")


def test_an_error_of_the_provider_s_is_told_in_our_words(directory, caplog):
    client = Client()
    state = asked(client.get(BEGIN)).state
    said = {"error": "server_error", "error_description": "<script>alert(1)</script>", "state": state}
    assert "<script>alert" not in refused(client.get(CALLBACK, said), caplog, "not allowed")


# --- When it is down, and when it is off ----------------------------------------------------------
def test_a_provider_that_does_not_answer_is_told_in_words_and_local_accounts_go_on(directory, settings, caplog, ada):
    settings.ENTRA_ISSUER = f"http://localhost:{free_port()}"
    response = Client().get(BEGIN)
    assert (response.status_code, response["Retry-After"]) == (503, "60")
    assert "does not answer" in response.content.decode()
    client = Client()
    client.post("/accounts/login/", {"username": "ada", "password": "pop-up-book"})
    assert signed_in(client)


def test_a_provider_that_accepts_and_says_nothing_is_told_as_soon_as_the_setting_says(directory, settings):
    settings.SOCIALACCOUNT_REQUESTS_TIMEOUT = 0.3
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.ENTRA_ISSUER = f"http://127.0.0.1:{silent.getsockname()[1]}"
        assert Client().get(BEGIN).status_code == 503


def test_two_first_sign_ins_at_once_make_one_person(directory, anna, monkeypatch):
    """The second has seen that there is nobody, and finds out when it writes."""
    comes_back(directory, Client(), anna)
    first, look = User.objects.get(), Identity.objects.filter
    seen = []

    def nobody_the_first_time(*words, **more):
        seen.append(1)
        return look(*words, **more) if len(seen) > 1 else Identity.objects.none()

    monkeypatch.setattr(Identity.objects, "filter", nobody_the_first_time)
    client = Client()
    comes_back(directory, client, anna)
    assert User.objects.get() == first
    assert client.session["_auth_user_id"] == str(first.pk)


def test_a_provider_that_goes_down_half_way_is_told_in_words(directory, anna, settings):
    client = Client()
    location = way_back(directory.lets_in(asked(client.get(BEGIN)).address, anna))
    settings.ENTRA_ISSUER = f"http://localhost:{free_port()}"
    assert client.get(location).status_code == 503
    assert not signed_in(client)


def test_a_provider_that_calls_itself_otherwise_is_not_trusted(directory, anna, settings, caplog):
    settings.ENTRA_ISSUER = directory.issuer.replace("localhost", "127.0.0.1") + "/.well-known/openid-configuration#"
    assert Client().get(BEGIN).status_code == 403
    assert "why=another issuer" in caplog.text


def test_a_sign_in_by_a_local_account_is_logged_and_on_record_as_break_glass(directory, ada, caplog):
    Client().post("/accounts/login/", {"username": "ada", "password": "pop-up-book"})
    record = next(record for record in caplog.records if "break-glass" in record.getMessage())
    assert (record.levelname, record.name) == ("WARNING", "portal.sign_in")
    assert record.getMessage() == f"break-glass sign-in: person={ada.pk} way=password"
    assert SignIn.objects.get().is_break_glass


def test_the_sign_in_page_leads_to_entra_and_keeps_the_page_that_was_asked_for(directory):
    page = Client().get("/accounts/login/?next=/initiatives/%3Fa%3D1%26b%3D2").content.decode()
    assert 'href="/accounts/entra/?next=%2Finitiatives%2F%3Fa%3D1%26b%3D2"' in page
    assert 'name="username"' in page


@pytest.mark.parametrize("address", [BEGIN, CALLBACK])
def test_without_settings_there_is_no_such_way(db, address):
    assert Client().get(address).status_code == 404
    assert "entra" not in Client().get("/accounts/login/").content.decode()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ENTRA_TENANT", "common"),
        ("ENTRA_TENANT", "council.onmicrosoft.com"),
        ("ENTRA_CLIENT_SECRET", ""),
        ("ENTRA_ISSUER", "http://login.example.org"),
        ("ENTRA_ROLES", {"Portal.Chief": "chief"}),
    ],
)
def test_settings_that_trust_too_much_or_are_half_made_fail_the_check(settings, name, value):
    settings.ENTRA_TENANT, settings.ENTRA_CLIENT_ID, settings.ENTRA_CLIENT_SECRET = TENANT, CLIENT, "secret"
    call_command("check")
    setattr(settings, name, value)
    with pytest.raises(SystemCheckError, match="ENTRA_"):
        call_command("check")


# --- In the administration ------------------------------------------------------------------------
def form_of(person, **said):
    return {"username": person.username, "name": person.name, "is_active": "on", "entra_object_id": ""} | said


def test_ada_links_a_person_to_their_object_and_roles_are_then_entra_s_to_give(directory, ada, olga, as_):
    address, empty = f"/admin/accounts/user/{olga.pk}/change/", {"grants-TOTAL_FORMS": "0", "grants-INITIAL_FORMS": "0"}
    client = as_(ada)
    before = as_(olga)
    assert client.post(address, form_of(olga, entra_object_id=ANNA) | empty).status_code == 302
    assert str(Identity.objects.get(person=olga).object_id) == ANNA
    assert before.get("/accounts/").status_code == 302
    page = client.get(address).content.decode()
    assert ANNA in page
    assert 'name="grants-0-role"' not in page


def test_two_people_are_never_one_object(directory, ada, olga, omar, as_):
    link(person=omar, object_id=ANNA, by=ada)
    empty = {"grants-TOTAL_FORMS": "0", "grants-INITIAL_FORMS": "0"}
    response = as_(ada).post(f"/admin/accounts/user/{olga.pk}/change/", form_of(olga, entra_object_id=ANNA) | empty)
    assert response.status_code == 200
    assert "Another person has this object ID." in response.content.decode()
    assert a_person("una", "Una Usher").pk  # nothing else was broken
