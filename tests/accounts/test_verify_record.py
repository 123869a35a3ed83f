"""Nobody can change the record unseen: its chain names the first row that is not as it was."""

import logging
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.record import seals
from accounts.record.models import Entry, Seal
from initiatives.models import Initiative
from tests.factories import corrects, past_the_guard

pytestmark = pytest.mark.django_db


def verifies(*options):
    told = StringIO()
    call_command("verify_record", *options, stdout=told)
    return told.getvalue()


def refuses(*words, options=()):
    with pytest.raises(CommandError) as error:
        verifies(*options)
    assert all(word in str(error.value) for word in words), str(error.value)


def by_hand(sql, params=()):
    with past_the_guard(), connection.cursor() as cursor:
        cursor.execute(sql, params)


@pytest.fixture
def sealed(olgas, omars):
    """A record that is sealed; returns the ids of its entries in the order of the chain."""
    corrects(olgas, title="Another title", recorded="2025-05-02")
    seals.seal()
    return list(Seal.objects.order_by("place").values_list("entry", flat=True))


def test_a_good_record_says_so_and_where_it_ends(sealed):
    said = verifies()
    assert f"{len(sealed)} entries are as they were sealed. The record ends with {seals.head()}" in said
    assert "Replayed from nothing, it gives today's tables." in said
    assert "wait" not in said


def test_what_is_not_sealed_yet_is_counted_and_sealed_at_night(sealed, omars, caplog):
    Initiative.objects.filter(pk=omars.pk).update(weight=4)
    assert "1 entries wait for their seal" in verifies()
    caplog.set_level(logging.INFO, "portal.record")
    call_command("seal_record", stdout=StringIO())
    assert "wait" not in verifies()
    assert f"the record ends with {seals.head()}: 1 sealed now" in caplog.text


FIELDS = {
    "at": "'2025-01-01 00:00:00+00:00'", "kind": "'='", "table_name": "'x'", "row_key": "'9'", "thing": "'x/9'",
    "before": "'{}'", "after": "'{}'", "personal": "'{\"salt\":\"\"}'", "by": "4711", "way": "'link'", "request": "'x'",
    "reason": "'x'",
}  # fmt: skip


@pytest.mark.parametrize("column", FIELDS)
def test_a_changed_row_is_named(sealed, column):
    changed = sealed[len(sealed) // 2]
    by_hand(f"UPDATE accounts_record SET {column} = {FIELDS[column]} WHERE id = %s", [changed])
    refuses(f"entry {changed} at place {len(sealed) // 2 + 1} was changed")


@pytest.mark.parametrize("which", [0, 5, -1])
def test_a_removed_row_is_named(sealed, which):
    by_hand("DELETE FROM accounts_record WHERE id = %s", [sealed[which]])
    refuses(f"entry {sealed[which]}", "was removed")


def test_a_row_that_was_removed_with_its_seal_is_missed(sealed):
    by_hand("DELETE FROM accounts_record WHERE id = %s", [sealed[5]])
    by_hand("DELETE FROM accounts_seal WHERE entry = %s", [sealed[5]])
    refuses("the entry at place 6 was removed")


def test_an_end_that_was_cut_off_with_its_seals_is_found_by_the_end_that_was_noted(sealed, olgas):
    noted = seals.head()
    assert "entries are as they were sealed" in verifies("--head", noted, "--chain-only")
    by_hand("DELETE FROM accounts_record WHERE id = %s", [sealed[-1]])
    by_hand("DELETE FROM accounts_seal WHERE entry = %s", [sealed[-1]])
    assert "entries are as they were sealed" in verifies("--chain-only")  # nothing else could tell
    refuses(noted, "cut off", options=["--head", noted, "--chain-only"])
    refuses("title")  # but for the tables, which do not stand as it says


def test_an_end_that_was_noted_long_ago_is_still_in_the_chain(sealed, olgas):
    noted = seals.head()
    corrects(olgas, title="A third title", recorded="2025-05-03")
    seals.seal()
    assert seals.head() != noted
    verifies("--head", noted)


def test_a_row_added_to_the_past_is_named(sealed):
    by_hand(
        "INSERT INTO accounts_record (at, kind, table_name, row_key, thing, before, after, personal, by, way, request, "
        "reason) SELECT '2025-01-01 00:00:00+00:00', kind, table_name, row_key, thing, before, after, personal, by, "
        "way, request, reason FROM accounts_record WHERE id = %s",
        [sealed[3]],
    )
    added = Entry.objects.exclude(kind="!").order_by("-pk").first().pk
    refuses(f"entry {added} was added by hand")
    seals.seal()  # which does not make it good
    refuses(f"entry {added} was added by hand")


def test_a_row_that_was_added_with_a_seal_is_named(sealed):
    by_hand("UPDATE accounts_seal SET place = place + 1000 WHERE place > 3")
    by_hand("UPDATE accounts_seal SET place = place - 999 WHERE place > 1000")
    forged = Entry.objects.order_by("-pk").first().pk
    by_hand("INSERT INTO accounts_seal (place, entry, digest, hash) VALUES (4, %s, '', 'x')", [forged])
    refuses(f"entry {forged} at place 4")


def test_rows_that_changed_places_are_named(sealed):
    first, second = sealed[3], sealed[4]
    for was, becomes in ((first, -1), (second, first), (-1, second)):
        by_hand("UPDATE accounts_record SET id = %s WHERE id = %s", [becomes, was])
    refuses(f"entry {first} at place 4 was changed, or is not where it was")


def test_seals_that_changed_places_are_named(sealed):
    for was, becomes in ((4, -1), (5, 4), (-1, 5)):
        by_hand("UPDATE accounts_seal SET place = %s WHERE place = %s", [becomes, was])
    refuses("at place 4")


def test_a_table_that_was_changed_past_the_triggers_is_named(sealed, olgas):
    from accounts.record import triggers

    triggers.remove()
    Initiative.objects.filter(pk=olgas.pk).update(title="It was always so")
    refuses(f"initiatives_initiative {olgas.pk} differs from the record in title")


def test_a_transaction_that_ends_late_is_sealed_after_younger_ones(sealed, omars):
    Initiative.objects.filter(pk=omars.pk).update(weight=4)
    late = Entry.objects.order_by("-pk").first()
    Initiative.objects.filter(pk=omars.pk).update(weight=5)
    by_hand("DELETE FROM accounts_record WHERE id = %s", [late.pk])  # it has not committed yet
    seals.seal()
    late.save(force_insert=True)
    seals.seal(everything=False)
    assert Seal.objects.order_by("-place").first().entry == late.pk
    verifies()
