"""Who changed what, when, from what to what and by which way: the database itself writes it down."""

import json
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.db.models import F, QuerySet

from accounts.models import RoleGrant, User
from accounts.record import deeds, triggers
from accounts.record.declared import declared, only_added, tables
from accounts.record.erasing import empty
from accounts.record.models import Entry
from accounts.record.replaying import differences
from initiatives.links import make_link
from initiatives.models import Initiative, Milestone, Update
from pillars.models import Pillar
from tests.factories import a_person, corrects, past_the_guard, says, ticks
from tests.initiatives.imports.files import a_file, takes

pytestmark = pytest.mark.django_db
OURS = ("accounts", "pillars", "initiatives", "reports", "strategy_portal")
GREEN = {"rag": "green", "what_changed": "Tests passed."}


def told(since=0):
    """Return what was written since an entry: kind, table, before, after."""
    return [
        (e.kind, e.table, json.loads(e.before or "{}"), json.loads(e.after or "{}"))
        for e in Entry.objects.filter(pk__gt=since).order_by("pk")
    ]


def last():
    return Entry.objects.order_by("-pk").first()


def now():
    found = last()
    return found.pk if found else 0


# --- Everything is in it --------------------------------------------------------------------------
def test_every_model_of_ours_is_in_the_record_or_excused_in_words():
    ours = {m._meta.label for m in apps.get_models() if m._meta.app_label in OURS and not hasattr(m, "instance_type")}
    said = {f"{label}.{kept.model}" for label, app in declared().items() for kept in app.kept}
    excused = {f"{label}.{model}": why for label, app in declared().items() for model, why in app.excused.items()}
    assert said & excused.keys() == set()
    assert said | excused.keys() == ours
    assert all(excused.values())


def test_every_table_of_the_record_and_of_history_has_its_triggers():
    found = triggers.standing_triggers(connection)
    assert found == {name: table for name, (table, _) in triggers.wanted(connection).items()}
    events = ("insert", "update", "delete")
    assert {(t, e) for t in tables() for e in events} == {
        (table, name.rpartition("_")[2]) for name, table in found.items() if name.startswith("record_")
    }
    guarded = {table for name, table in found.items() if name.startswith("guard_")}
    assert guarded == {*only_added(), "accounts_record", "accounts_seal"}


def test_a_secret_is_in_no_entry(olga, olgas, polly, oscar):
    olga.set_password("a-new-password-of-olgas")
    olga.save()
    link, path = make_link(initiative=olgas, person=polly, by=oscar)
    everything = " ".join(f"{e.before} {e.after} {e.personal}" for e in Entry.objects.all())
    for secret in (olga.password, link.digest, path):
        assert secret not in everything
    assert "olga" in everything


# --- From what to what ----------------------------------------------------------------------------
def test_a_change_tells_only_what_changed(olgas):
    since = now()
    corrects(olgas, title="A better title", weight=3, recorded="2025-05-02")
    assert told(since) == [
        (
            "~",
            "initiatives_initiative",
            {"title": "Title of DS-001", "weight": 1},
            {"title": "A better title", "weight": 3},
        )
    ]
    assert (last().row, last().thing) == (f"{olgas.pk}", f"initiatives_initiative/{olgas.pk}")


def test_saving_what_is_as_it_was_tells_nothing(olgas):
    since = now()
    Initiative.objects.filter(pk=olgas.pk).update(title=F("title"))
    User.objects.update(password="x")
    assert told(since) == []


def test_what_is_removed_is_told_as_it_was(olga):
    since = now()
    grant = olga.grants.get()
    id_ = grant.pk
    grant.delete()
    assert told(since) == [("-", "accounts_rolegrant", {"id": id_, "user_id": olga.pk, "role": "contributor"}, {})]
    assert last().thing == f"accounts_user/{olga.pk}"


WAYS_PAST_THE_MODEL = {
    "update()": lambda i: Initiative.objects.filter(pk=i.pk).update(title="X"),
    "bulk_update": lambda i: Initiative.objects.bulk_update([Initiative(pk=i.pk, title="X")], ["title"]),
    "SQL": lambda i: by_hand("UPDATE initiatives_initiative SET title = 'X' WHERE id = %s", [i.pk]),
}


def by_hand(sql, params=()):
    with connection.cursor() as cursor:
        cursor.execute(sql, params)


@pytest.mark.parametrize("way", WAYS_PAST_THE_MODEL)
def test_what_versions_never_see_is_on_record(olgas, way):
    since, versions = now(), olgas.history.count()
    WAYS_PAST_THE_MODEL[way](olgas)
    assert told(since) == [("~", "initiatives_initiative", {"title": "Title of DS-001"}, {"title": "X"})]
    assert olgas.history.count() == versions  # a package that hangs on signals has seen nothing


def test_rows_made_in_bulk_or_replaced_are_on_record(olgas):
    since = now()
    more = {"initiative": olgas, "title": "More", "first_due_on": "2026-01-01"}
    Milestone.objects.bulk_create([Milestone(number=number, **more) for number in (8, 9)])
    assert [(kind, table) for kind, table, *_ in told(since)] == [("+", "initiatives_milestone")] * 2
    since = now()
    grant = RoleGrant.objects.first()
    if connection.vendor == "sqlite":
        by_hand(
            "REPLACE INTO accounts_rolegrant (id, user_id, role) VALUES (%s, %s, 'analyst')", [grant.pk, grant.user_id]
        )
        assert [kind for kind, *_ in told(since)] == ["-", "+"]
    by_hand("UPDATE accounts_rolegrant SET id = 4711 WHERE id = %s", [grant.pk])
    assert list(differences()) == []


# --- By whom, and which way -----------------------------------------------------------------------
def test_a_page_is_told_with_who_sent_it(as_, olga, olgas):
    as_(olga).post("/initiatives/DS-001/update/", GREEN)
    found = last()
    assert (found.table, found.by, found.way) == ("initiatives_update", olga.pk, "page")
    assert found.reason == "POST initiatives:update"
    assert len(found.request) == 32


def test_the_administration_is_a_way_of_its_own(as_, oscar, strategy):
    purpose = Pillar.objects.get(slug="purpose")
    fields = {"name": "Purpose!", "order": 1, "shape": "circle", "colour": 1, "statement": purpose.statement}
    assert as_(oscar).post(f"/admin/pillars/pillar/{purpose.pk}/change/", fields).status_code == 302
    found = last()
    assert (found.by, found.way) == (oscar.pk, "admin")
    assert told(found.pk - 1) == [("~", "pillars_pillar", {"name": "Purpose"}, {"name": "Purpose!"})]


def test_a_partners_link_speaks_for_the_partner_whoever_is_signed_in(as_, oscar, polly, olgas):
    corrects(olgas, owner=polly, recorded="2025-05-02")
    _, path = make_link(initiative=olgas, person=polly, by=oscar)
    since = now()
    assert as_(oscar).post(path, GREEN).status_code == 200
    found = Entry.objects.filter(pk__gt=since)
    assert {(e.table, e.by, e.way) for e in found} == {
        ("initiatives_update", polly.pk, "link"),
        ("initiatives_linkuse", polly.pk, "link"),
    }


def test_an_import_is_named_and_so_is_its_undoing(as_, oscar, strategy):
    applied = takes(oscar, a_file("ref | title | pillar", "NW-001 | New work | purpose"))
    found = Entry.objects.get(table="initiatives_initiative")
    assert (found.by, found.way, found.reason) == (oscar.pk, "import", f"import {applied.pk}: return.csv")
    since = now()
    assert as_(oscar).post(f"/imports/{applied.pk}/undo/", {}).status_code == 302
    aside, *gone = Entry.objects.filter(pk__gt=since).order_by("pk")
    assert (aside.kind, aside.reason) == ("!", f"import {applied.pk} is undone: return.csv")
    assert ("-", "initiatives_initiative") in {(e.kind, e.table) for e in gone}
    assert {(e.by, e.way) for e in [aside, *gone]} == {(oscar.pk, "page")}
    assert list(differences()) == []


def test_a_command_is_named(monkeypatch, db):
    monkeypatch.setenv("SETUP_PASSWORD", "a-long-pass-phrase-of-hers")
    call_command("setup", username="fay", name="Fay First", stdout=StringIO())
    assert {(e.by, e.way, e.reason) for e in Entry.objects.all()} == {(None, "command", "manage.py setup")}


def test_what_comes_past_the_portal_says_no_way(as_, olga, olgas):
    as_(olga).post("/initiatives/DS-001/update/", GREEN)
    by_hand("UPDATE initiatives_initiative SET weight = 7")
    assert (last().by, last().way, last().reason) == (None, "", "")


def test_reading_tells_the_database_nothing(as_, olga, olgas, django_assert_max_num_queries):
    since = now()
    client = as_(olga)
    client.get("/accounts/")
    assert deeds.current() is deeds.NOBODY
    assert now() == since


# --- Only ever added to ---------------------------------------------------------------------------
def refuses(deed):
    with pytest.raises(IntegrityError, match="only ever added to"), transaction.atomic():
        deed()


def test_history_can_be_edited_by_nobody(olgas, olga):
    says(olgas, "green", on="2025-05-02", by=olga)
    ticks(olgas, 1, on="2025-05-02")
    refuses(lambda: QuerySet(Update).update(rag="green", what_changed="Nothing."))
    refuses(lambda: QuerySet(Update).all()._raw_delete("default"))
    refuses(lambda: olgas.history.update(title="It was always so"))
    refuses(lambda: by_hand("DELETE FROM initiatives_donedate"))
    refuses(lambda: by_hand("UPDATE accounts_record SET way = 'page'"))
    refuses(lambda: by_hand("DELETE FROM accounts_record"))
    if connection.vendor == "postgresql":
        refuses(lambda: by_hand("TRUNCATE accounts_record"))
        refuses(lambda: by_hand("TRUNCATE initiatives_linkuse"))
    else:
        update = Update.objects.get()
        refuses(
            lambda: by_hand(
                "REPLACE INTO initiatives_update SELECT * FROM initiatives_update WHERE id = %s", [update.pk]
            )
        )


def test_whoever_has_the_guard_stand_aside_is_on_record(olgas, olga):
    says(olgas, "green", on="2025-05-02", by=olga)
    since = now()
    with past_the_guard():
        QuerySet(Update).update(what_changed="Corrected by order of a court.")
    refuses(lambda: QuerySet(Update).update(rag="green"))  # it is back
    assert [(e.kind, e.reason) for e in Entry.objects.filter(pk__gt=since).order_by("pk")] == [
        ("!", "a test"),
        ("~", ""),
    ]


def test_the_guard_is_back_when_what_was_done_past_it_fails(olgas, olga):
    says(olgas, "green", on="2025-05-02", by=olga)
    with pytest.raises(ZeroDivisionError), past_the_guard():
        QuerySet(Update).update(what_changed=f"{1 / 0}")
    refuses(lambda: QuerySet(Update).update(rag="green"))


def test_the_guard_is_back_when_what_was_done_past_it_is_taken_back(olgas, olga):
    says(olgas, "green", on="2025-06-02", by=olga)
    with transaction.atomic():
        with past_the_guard():
            QuerySet(Update).update(what_changed="Nothing.")
            transaction.set_rollback(True)
        assert Update.objects.get().what_changed != "Nothing."
        refuses(lambda: QuerySet(Update).update(what_changed="Nothing."))


# --- Before there was a record --------------------------------------------------------------------
def test_what_was_there_before_the_record_is_recorded_as_it_was_found(olgas, omars):
    with past_the_guard():
        empty()
    triggers.remove()
    Initiative.objects.filter(pk=omars.pk).update(title="Changed without triggers")
    triggers.install()
    assert {(e.kind, e.way) for e in Entry.objects.all()} == {("=", "migration")}
    assert list(differences()) == []


def test_what_a_migration_changes_is_recorded_as_found(olgas, omars):
    triggers.remove()
    since = now()
    Initiative.objects.filter(pk=omars.pk).update(title="Changed by a migration")
    a_person("nina")
    RoleGrant.objects.filter(user=olgas.owner)._raw_delete("default")
    triggers.install()
    assert sorted((kind, table) for kind, table, *_ in told(since)) == [
        ("-", "accounts_rolegrant"), ("=", "accounts_user"), ("=", "initiatives_initiative"),
    ]  # fmt: skip
    assert list(differences()) == []


def test_migrating_when_nothing_waits_makes_the_triggers_as_the_version_wants_them(db, olgas):
    before = triggers.standing_triggers(connection)
    triggers.remove(plan=[])
    assert triggers.standing_triggers(connection) == before
    since = now()
    triggers.install(plan=[])
    assert triggers.standing_triggers(connection) == before
    assert told(since) == []
