"""A leaver is forgotten: the name goes, what they did stays, and the chain of the record holds."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from accounts.models import User
from accounts.record import seals
from accounts.record.models import Entry
from accounts.record.replaying import differences
from initiatives import kept
from initiatives.history import initiative_as_at
from tests.factories import corrects, leaves, past_the_guard

pytestmark = pytest.mark.django_db


def everything():
    """Return every cell of every table as one text."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            found += [str(row) for row in cursor.fetchall()]
    return "\n".join(found)


def forgets(username="olga"):
    told = StringIO()
    call_command("forget", username, stdout=told)
    return told.getvalue()


@pytest.fixture
def gone(olgas, olga, as_):
    """Olga said something, changed her address, and left."""
    corrects(olga, email="olga@council.example", job_title="Head of roads", recorded="2025-05-02")
    as_(olga).post("/initiatives/DS-001/update/", {"rag": "green", "what_changed": "Tests passed."})
    leaves(olga, on="2025-06-02")
    kept.keep(timezone.localdate())
    seals.seal()
    return olga


def test_her_name_is_nowhere_and_the_chain_holds(gone, olgas):
    for secret in ("Olga", "olga", "Head of roads"):
        assert secret in everything()
    assert forgets() == (
        f"Forgotten: the account is now called Former officer (contributor), number {gone.pk}. "
        "0 texts and files named them. Backups still do.\n"
    )
    for secret in ("Olga", "olga", "Head of roads"):
        assert secret not in everything()
    assert seals.verify().broken == ""
    seals.seal()
    assert (seals.verify().broken, seals.verify().waiting, list(differences())) == ("", 0, [])


def test_what_she_did_stays_and_is_hers_by_number(gone, olgas):
    forgets()
    said = Entry.objects.get(table="initiatives_update")
    assert said.by == gone.pk
    assert "Tests passed." in said.after
    assert User.objects.get(pk=gone.pk).name == "Former officer (contributor)"
    assert str(initiative_as_at(olgas, timezone.localdate()).owner) == "Former officer (contributor)"


def test_who_has_not_left_is_not_forgotten(olga):
    with pytest.raises(CommandError, match="has an open account"):
        forgets()
    with pytest.raises(CommandError, match="Nobody here"):
        forgets("nobody-of-that-name")
    assert User.objects.get().name == "Olga Owens"


def test_a_name_that_somebody_takes_out_by_hand_is_missed(gone):
    with past_the_guard():
        Entry.objects.filter(table="accounts_user").update(personal="")
    assert "was changed" in seals.verify().broken
