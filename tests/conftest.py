"""The cast, who can sign in as themselves with `as_`, and a portal that is quick to test over plain http."""

import hypothesis
import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client, override_settings

from initiatives import kept
from tests.factories import a_person, a_strategy, an_initiative

# pytest-django reads the settings before this file, too early for the environment to change them.
QUICK_AND_PLAIN = override_settings(
    PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
    DEMO_PASSWORD="",
    EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend",
    STORAGES={
        "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    },
    # What PORTAL_HTTPS=false would have set.
    PORTAL_HTTPS=False,
    SECURE_SSL_REDIRECT=False,
    SECURE_HSTS_SECONDS=0,
    SECURE_HSTS_INCLUDE_SUBDOMAINS=False,
    SECURE_HSTS_PRELOAD=False,
    SESSION_COOKIE_SECURE=False,
    SESSION_COOKIE_NAME="session",
    CSRF_COOKIE_SECURE=False,
    CSRF_COOKIE_NAME="csrf",
)

# A machine that is busy is no failure.
hypothesis.settings.register_profile("portal", deadline=None)
hypothesis.settings.load_profile("portal")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix, tmp_path_factory):
    """Keep SQLite in a file, as life does: in memory, the threads of a live server would trip over each other.

    Each of several processes has a database of its own: on PostgreSQL by a suffix, on SQLite by a folder.
    """
    if connection.vendor == "sqlite":
        connection.settings_dict["TEST"]["NAME"] = str(tmp_path_factory.mktemp("database") / "test.sqlite3")
        options = connection.settings_dict["OPTIONS"]
        options["init_command"] = options["init_command"].replace("synchronous=FULL", "synchronous=OFF")


@pytest.fixture(autouse=True)
def nothing_remembered():
    """Tests share a process, and rows of one test may bear the numbers of another's."""
    cache.clear()
    kept.forget()


def pytest_configure():
    QUICK_AND_PLAIN.enable()


def pytest_unconfigure():
    QUICK_AND_PLAIN.disable()


# --- The cast -------------------------------------------------------------------------------------
@pytest.fixture
def olga(db):
    """Olga owns DS-001."""
    return a_person("olga", "Olga Owens", "contributor")


@pytest.fixture
def omar(db):
    """Omar owns something else: DS-002."""
    return a_person("omar", "Omar Odell", "contributor")


@pytest.fixture
def dina(db):
    """Dina deputises for Olga."""
    return a_person("dina", "Dina Dean", "contributor")


@pytest.fixture
def sam(db):
    """Sam sponsors Olga's work."""
    return a_person("sam", "Sam Spencer", "contributor")


@pytest.fixture
def lea(db):
    """Lea leads the council."""
    return a_person("lea", "Lea Lang", "leader")


@pytest.fixture
def ana(db):
    """Ana takes the data away."""
    return a_person("ana", "Ana Ash", "analyst")


@pytest.fixture
def oscar(db):
    """Oscar runs the strategy office."""
    return a_person("oscar", "Oscar Orme", "office")


@pytest.fixture
def ada(db):
    """Ada administers the portal."""
    return a_person("ada", "Ada Adams", "administrator")


@pytest.fixture
def nadia(db):
    """Nadia can sign in and has no role."""
    return a_person("nadia", "Nadia Nash")


@pytest.fixture
def polly(db):
    """Polly works for the police: a partner, whom a link lets update what she owns."""
    return a_person("polly", "Polly Peel", is_partner=True, email="polly@police.example")


@pytest.fixture
def as_():
    """Sign a person in: `as_(olga).get("/")`."""

    def signed_in(person):
        client = Client()
        client.force_login(person)
        return client

    return signed_in


# --- Their work -----------------------------------------------------------------------------------
@pytest.fixture
def strategy(db):
    """Four pillars, two aims and three commitments, recorded on 1 April 2025."""
    return a_strategy(recorded="2025-04-01")


@pytest.fixture
def olgas(strategy, olga, dina, sam):
    """Olga's initiative DS-001: monthly, in progress since 1 April 2025, with four milestones."""
    return an_initiative(
        "DS-001",
        recorded="2025-04-01",
        owner=olga,
        deputy=dina,
        sponsor=sam,
        milestones=["2025-05-30", "2025-07-31", "2025-10-31", "2026-03-31"],
    )


@pytest.fixture
def omars(strategy, omar):
    """Omar's initiative DS-002: in progress since 1 April 2025, with one milestone."""
    return an_initiative("DS-002", recorded="2025-04-01", owner=omar, milestones=["2026-03-31"])
