"""From nothing, the record gives today's tables: whatever people do, and whichever way they do it."""

import json
import random
from datetime import date, datetime, timedelta
from io import StringIO
from uuid import UUID

import pytest
from django.core.management import call_command
from django.db import connection, models
from django.test import Client
from django.utils import timezone

from accounts.models import AccessToken, User
from accounts.record.declared import tables
from accounts.record.models import Entry
from accounts.record.replaying import replayed
from accounts.record.seals import verify
from initiatives.imports import actions as imports
from initiatives.links import make_link
from initiatives.models import Ask, DateMove, Dependency, Import, Initiative, Milestone
from pillars.models import Pillar
from reports.models import SavedView
from tests.factories import a_person, an_initiative
from tests.initiatives.imports.files import a_file, applies, brings

pytestmark = pytest.mark.django_db
RUNS, EACH = 4, 50  # 200 deeds in every run


# --- The oracle: each table as the ORM reads it, and each replayed row in the same words -----------
def plain(field, value):
    """Return a value in words that both databases and the record share."""
    if value is None:
        return None
    if isinstance(field, models.JSONField):
        return json.loads(value) if isinstance(value, str) else value
    if isinstance(field, models.DateTimeField):
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
        return moment.replace(tzinfo=None).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(field, models.UUIDField):
        return str(UUID(str(value)))
    return int(value) if isinstance(value, bool) else value


def stands():
    """Return what every table of the record holds."""
    found = {}
    for table in tables().values():
        fields = [f for f in table.model._meta.concrete_fields if f.column in (*table.told, *table.personal)]
        rows = table.model._base_manager.values_list("pk", *(f.attname for f in fields))
        found[table.name] = {
            str(pk): {f.column: plain(f, value) for f, value in zip(fields, values, strict=True)}
            for pk, *values in rows
        }
    return found


def says():
    """Return what the record says that they hold."""
    found = {}
    for name, rows in replayed().items():
        fields = {f.column: f for f in tables()[name].model._meta.concrete_fields}
        found[name] = {
            key: {column: plain(fields[column], value) for column, value in row.items()} for key, row in rows.items()
        }
    return found


# --- What people do -------------------------------------------------------------------------------
class World:
    """Some initiatives with their people, and a die."""

    def __init__(self, seed):
        self.roll = random.Random(seed)
        self.people = {
            name: a_person(name, None, *roles, email=f"{name}@council.example")
            for name, roles in (
                ("owner", ["contributor"]), ("deputy", ["contributor"]), ("lea", ["leader"]), ("oscar", ["office"]),
                ("ada", ["administrator", "analyst"]),
            )
        }  # fmt: skip
        self.partner = a_person("polly", is_partner=True, email="polly@police.example")
        for number in range(1, 5):
            owner = self.partner if number == 4 else self.people["owner"]
            ends = [f"20{27 + n}-05-30" for n in range(3)]
            an_initiative(f"DS-00{number}", recorded="2025-04-01", owner=owner, milestones=ends)
        self.clients = {}
        self.count = 0

    def sends(self, who, path, **said):
        if who not in self.clients:
            self.clients[who] = Client()
            self.clients[who].force_login(self.people[who])
        answer = self.clients[who].post(path, said)
        assert answer.status_code in (200, 302, 422), (path, answer.status_code)  # a form may be refused in words

    def any(self, rows):
        return self.roll.choice(list(rows.order_by("pk")))

    def ref(self):
        return f"DS-00{self.roll.randint(1, 3)}"

    def word(self):
        self.count += 1
        return self.roll.choice(["Čaj ", "O'Brien: ", '"Said" ', "100% ", "a\nline ", ""]) + f"words {self.count}"


def a_page_updates(w):
    moved = f"{2028 + w.roll.randint(0, 5)}-01-{w.roll.randint(1, 28):02d}"
    said = {"m02_due_on": moved, "m02_reason": "It took longer."} if w.roll.random() < 0.3 else {}
    rag = w.roll.choice(["green", "amber", "red"])
    w.sends("owner", f"/initiatives/{w.ref()}/update/", rag=rag, what_changed=w.word(), risk="R", issue="I", **said)


def a_page_notes(w):
    w.sends("owner", f"/initiatives/{w.ref()}/notes/", words=w.word())


def a_page_follows(w):
    w.sends("lea", f"/initiatives/{w.ref()}/follow/", deed=w.roll.choice(["follow", "stop"]))


def a_page_hands_over(w):
    to = w.people[w.roll.choice(["deputy", "ada"])]
    w.sends("oscar", f"/initiatives/{w.ref()}/handover/", part="deputy", to=to.pk, reason=w.word())


def a_page_sets_a_stand_in(w):
    who = w.roll.choice([w.people["ada"], w.people["lea"]])
    w.sends("owner", f"/initiatives/{w.ref()}/stand-in/", person=who.pk, reason="On leave.")


def a_page_answers(w):
    ask = Ask.objects.create(initiative=Initiative.objects.get(ref=w.ref()), question=w.word())
    w.sends("oscar", f"/asks/{ask.pk}/prepare/", outcome="answered", words=w.word())
    w.sends("lea", f"/asks/{ask.pk}/answer/", outcome="declined", words=w.word())


def a_page_names_a_delegate(w):
    w.sends("lea", "/my/delegates/", deed=w.roll.choice(["name", "end"]), delegate=w.people["ada"].pk)


def a_page_keeps_or_drops_a_view(w):
    if w.roll.random() < 0.5 and (view := SavedView.objects.first()):
        w.sends("lea", f"/exports/views/{view.pk}/", deed="delete")
    else:
        w.sends("lea", "/exports/views/new/?dataset=initiatives", name=w.word(), columns="ref", rule="today")


def a_page_makes_or_withdraws_a_token(w):
    if w.roll.random() < 0.5 and (token := AccessToken.objects.filter(withdrawn_at=None).first()):
        w.sends("ada", "/accounts/tokens/", withdraw=token.pk)
    else:
        until = timezone.localdate() + timedelta(days=30)
        w.sends("ada", "/accounts/tokens/", name=w.word(), datasets="all", until=f"{until}", key=f"k{w.count}")


def a_page_changes_reminders(w):
    w.sends("owner", "/my/reminders/", deed="move", days_before=w.roll.randint(1, 15))


def a_page_adds_a_dependency(w):
    first, second = (Milestone.objects.get(initiative__ref=ref, number=1) for ref in ("DS-001", "DS-002"))
    if not Dependency.objects.exists():
        path = "/initiatives/DS-001/dependencies/"
        w.sends("owner", path, milestone=first.pk, needs=second.ref, why=w.word())
    else:
        Dependency.objects.get().delete()


def a_link_updates(w):
    _, path = make_link(initiative=Initiative.objects.get(ref="DS-004"), person=w.partner, by=w.people["oscar"])
    answer = Client().post(path, {"rag": "green", "what_changed": w.word()})
    assert answer.status_code == 200, answer.status_code


def a_file_is_imported(w):
    rows = [f"NW-{w.roll.randint(1, 40):03d} | {w.word()} | purpose | Nell {w.roll.randint(1, 9)} | red" for _ in "123"]
    rows = {row.split()[0]: row for row in rows}.values()
    content = a_file("ref | title | pillar | owner | rag", *rows)
    today = timezone.localdate()
    applies(brings(w.people["oscar"], content, on=today, people={"*": "+"}), w.people["oscar"], on=today)


def an_import_is_undone(w):
    for applied in Import.objects.filter(state="applied").order_by("-pk")[:1]:
        try:
            imports.undo(applied=applied, by=w.people["oscar"])
        except imports.BuiltOn:
            return


def a_draft_is_discarded(w):
    imports.discard(draft=brings(w.people["oscar"], a_file("ref | title", "NW-099 | Never")))


def a_command_runs(w):
    call_command("send_reminders", stdout=StringIO(), stderr=StringIO())
    call_command("seal_record", stdout=StringIO())


def the_administration_changes_a_pillar(w):
    pillar = w.any(Pillar.objects)
    said = {"name": f"{w.word()} {pillar.pk}".replace("\n", " "), "statement": w.word(), "order": "1"}
    w.sends("oscar", f"/admin/pillars/pillar/{pillar.pk}/change/", shape="star", colour=w.roll.randint(1, 8), **said)


def the_administration_changes_a_person(w):
    person = w.people["deputy"]
    grants = {"grants-TOTAL_FORMS": "1", "grants-INITIAL_FORMS": "0", "grants-0-role": w.roll.choice(["analyst", ""])}
    if held := person.grants.filter(role="analyst").first():
        grants = {"grants-TOTAL_FORMS": "1", "grants-INITIAL_FORMS": "1", "grants-0-id": held.pk}
        grants |= {"grants-0-user": person.pk, "grants-0-role": "analyst", "grants-0-DELETE": "on"}
    said = {"username": "deputy", "name": w.word().replace("\n", " "), "is_active": "on", "job_title": "Clerk"}
    w.sends("ada", f"/admin/accounts/user/{person.pk}/change/", **said, **grants)


def the_administration_moves_a_date(w):
    milestone = w.any(Milestone.objects.filter(initiative__ref__startswith="DS-"))
    to_on = f"{2030 + w.count}-01-31"
    w.count += 1
    said = {"initiative": milestone.initiative_id, "milestone": milestone.pk, "to_on": to_on, "reason": w.word()}
    before = DateMove.objects.count()
    w.sends("oscar", "/admin/initiatives/datemove/add/", **said)
    assert DateMove.objects.count() == before + 1


def rows_change_in_bulk(w):
    Initiative.objects.filter(ref__startswith="DS").update(weight=w.roll.randint(1, 9), summary=w.word())
    User.objects.filter(pk=w.people["lea"].pk).update(name=w.word(), directorate=w.word())


def sql_changes_rows(w):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE initiatives_milestone SET title = %s WHERE number = 3", [w.word()])
        cursor.execute("DELETE FROM initiatives_follow")


DEEDS = [
    a_page_updates, a_page_notes, a_page_follows, a_page_hands_over, a_page_sets_a_stand_in, a_page_answers,
    a_page_names_a_delegate, a_page_keeps_or_drops_a_view, a_page_makes_or_withdraws_a_token, a_page_changes_reminders,
    a_page_adds_a_dependency, a_link_updates, a_file_is_imported, an_import_is_undone, a_draft_is_discarded,
    a_command_runs, the_administration_changes_a_pillar, the_administration_changes_a_person,
    the_administration_moves_a_date, rows_change_in_bulk, sql_changes_rows,
]  # fmt: skip


def lives(seed, deeds):
    """Let so many things happen, in an order that the seed makes; all of them happen when there are as many."""
    world = World(seed)
    drawn = world.roll.sample(DEEDS, min(deeds, len(DEEDS))) + world.roll.choices(DEEDS, k=max(0, deeds - len(DEEDS)))
    world.roll.shuffle(drawn)
    for deed in drawn:
        deed(world)


@pytest.mark.parametrize("seed", range(RUNS))
def test_replayed_from_nothing_the_record_gives_todays_tables(strategy, seed):
    lives(seed, EACH)
    assert says() == stands()
    ways = set(Entry.objects.values_list("way", flat=True))
    assert ways >= {"page", "link", "import", "admin", ""}
    assert verify().broken == ""


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(100, 110))
def test_it_does_so_whatever_happens_for_long(strategy, seed):
    lives(seed, 500)
    assert says() == stands()
    assert verify().broken == ""


def test_a_trigger_that_is_missing_is_missed(strategy):
    with connection.cursor() as cursor:
        where = " ON initiatives_note" if connection.vendor == "postgresql" else ""
        cursor.execute(f"DROP TRIGGER record_initiatives_note_insert{where}")
    a_page_notes(World(1))
    assert says() != stands()
