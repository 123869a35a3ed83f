"""`manage.py setup`: a first run without the demonstration."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import User
from pillars.models import Pillar
from tests.factories import a_person

pytestmark = pytest.mark.django_db
PASSWORD = "three odd words"


@pytest.fixture(autouse=True)
def with_password(monkeypatch):
    monkeypatch.setenv("SETUP_PASSWORD", PASSWORD)


def sets_up(username="ada", name="Ada Adams", **options):
    told = StringIO()
    call_command("setup", stdout=told, username=username, name=name, **options)
    return told.getvalue().splitlines()


def made():
    return [*User.objects.values_list("username", flat=True), *Pillar.objects.values_list("slug", flat=True)]


def test_ada_is_made_administrator_and_the_four_pillars_stand():
    assert sets_up(email="ada@example.org") == [
        "Made Ada Adams, who signs in as ada, an administrator.",
        "Made the pillars Purpose, Process, People and Potential.",
        "Next: sign in, open Administration, and add aims, commitments, people and initiatives.",
    ]
    ada = User.objects.get()
    assert (ada.name, ada.email, ada.roles) == ("Ada Adams", "ada@example.org", {"administrator"})
    assert list(Pillar.objects.values_list("slug", "name", "shape", "colour", "is_demonstration")) == [
        ("purpose", "Purpose", "circle", 1, False),
        ("process", "Process", "square", 2, False),
        ("people", "People", "hexagon", 3, False),
        ("potential", "Potential", "star", 4, False),
    ]
    assert {pillar.history.count() for pillar in Pillar.objects.all()} == {1}


def test_ada_signs_in_and_finds_the_administration_and_the_dashboard():
    sets_up()
    client = Client()
    client.post("/accounts/login/", {"username": "ada", "password": PASSWORD})
    for path in ("/", "/admin/", "/admin/initiatives/initiative/add/", "/admin/accounts/user/add/"):
        assert client.get(path).status_code == 200


def test_a_second_run_changes_nothing(monkeypatch):
    sets_up()
    before = made(), User.objects.get().password
    monkeypatch.setenv("SETUP_PASSWORD", "three other words")
    assert sets_up("eve", "Eve")[:2] == [
        "There is an administrator already: none was made.",
        "There are pillars already: none was made.",
    ]
    assert (made(), User.objects.get().password) == before


def test_people_without_an_administrator_get_one_and_stay_as_they_are(olga):
    sets_up()
    assert made() == ["ada", "olga", "purpose", "process", "people", "potential"]
    assert (User.objects.get(username="ada").roles, olga.roles) == ({"administrator"}, {"contributor"})


def test_an_administrator_who_left_leaves_room_for_another(oscar, ada):
    User.objects.filter(pk=ada.pk).update(is_active=False)
    sets_up("eve", "Eve Ever")
    assert User.objects.get(username="eve").roles == {"administrator"}


def test_pillars_that_are_there_already_stay_as_they_are():
    Pillar.objects.create(slug="data", name="Data")
    sets_up()
    assert made() == ["ada", "data"]


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"username": "a da"}, "Enter a valid username"),
        ({"username": "a" * 151}, "at most 150 characters"),
        ({"name": " " * 3 + "a" * 151}, "at most 150 characters"),
        ({"email": "ada"}, "Enter a valid email address"),
    ],
)
def test_what_cannot_be_is_refused_in_words_and_nothing_is_made(said, words):
    with pytest.raises(CommandError, match=words):
        sets_up(**said)
    assert made() == []


@pytest.mark.parametrize(
    ("password", "words"),
    [("short", "too short"), ("password1234", "too common"), ("ada@example.org", "too similar")],
)
def test_a_weak_password_is_refused_in_words_and_nothing_is_made(monkeypatch, password, words):
    monkeypatch.setenv("SETUP_PASSWORD", password)
    with pytest.raises(CommandError, match=words):
        sets_up(email="ada@example.org")
    assert made() == []


@pytest.mark.parametrize("missing", ["username", "name", "SETUP_PASSWORD"])
def test_without_a_terminal_what_is_missing_is_named_rather_than_asked(monkeypatch, missing):
    monkeypatch.delenv(missing, raising=False)
    with pytest.raises(CommandError, match="Give --username and --name, and the password in SETUP_PASSWORD"):
        sets_up(**{missing: None} if missing.islower() else {})
    assert made() == []


@pytest.mark.parametrize("taken", [{"username": "olga"}, {"email": "OLGA@example.org"}])
def test_what_is_somebody_elses_is_refused_in_words(taken):
    a_person("olga", email="olga@example.org")
    with pytest.raises(CommandError, match=r"already exists|Another person has this"):
        sets_up(**taken)
    assert made() == ["olga"]
