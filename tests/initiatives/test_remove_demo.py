"""The demonstration leaves nothing of itself behind, and takes nothing that is somebody's own."""

from io import StringIO

import pytest
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.core.management import call_command
from django.test import Client

from accounts.models import AccessToken, RoleGrant, Session, User
from accounts.record.models import Entry, Seal
from accounts.record.replaying import differences
from accounts.record.seals import verify
from accounts.tokens import make_token
from initiatives import actions
from initiatives.models import (
    Acknowledgement,
    Dependency,
    Draft,
    Follow,
    Handover,
    Initiative,
    KeptMonth,
    LinkUse,
    LinkWithdrawal,
    Note,
    PartnerLink,
    Reminder,
    ReminderLine,
    ReminderPreference,
    StandIn,
)
from pillars.models import Commitment, Pillar
from reports.models import Download, SavedView
from tests.factories import (
    a_person,
    aligns,
    an_initiative,
    as_at,
    corrects,
    day,
    milestone,
    needs,
    removes,
    says,
    stands_in,
)

pytestmark = pytest.mark.django_db
PASSWORD = "pop-up-book"
KINDS = (
    "Update", "Ask", "Answer", "Withdrawal", "DoneDate", "Handover", "StandIn", "Note", "Follow", "Dependency",
)  # fmt: skip


def counted():
    """Return how many rows every table holds, the tables of versions too; but not of what can be worked out again.

    That the guard of history stood aside stays on record.
    """
    models = (model for model in apps.get_models(include_auto_created=True) if model not in (KeptMonth, Seal))
    found = {model._meta.label: model._base_manager.count() for model in models}
    return found | {"accounts.Entry": Entry.objects.exclude(kind="!").count()}


def runs(command, **options):
    told = StringIO()
    call_command(command, stdout=told, **options)
    return told.getvalue()


def loads(settings):
    settings.DEMO_PASSWORD = PASSWORD
    return runs("load_demo")


def signs_in(username):
    client = Client()
    assert client.post("/accounts/login/", {"username": username, "password": PASSWORD}).status_code == 302
    return client


def test_nothing_of_it_is_left_in_any_table(settings):
    before = counted()
    loads(settings)
    assert all(counted()[f"initiatives.{model}"] for model in KINDS)
    assert runs("remove_demo") == "Removed 30 initiatives of the demonstration.\n"
    assert counted() == before


def test_nothing_is_left_of_a_demonstration_that_was_used(settings):
    before = counted()
    loads(settings)
    owner, office, admin = signs_in("owner"), signs_in("office"), signs_in("admin")
    ref = Initiative.objects.filter(owner__username="owner").first().ref
    assert owner.post(f"/initiatives/{ref}/update/", {"rag": "green", "what_changed": "Hello."}).status_code == 302
    purpose = Pillar.objects.get(slug="purpose")
    fields = {"name": "Purpose!", "order": 1, "shape": "circle", "colour": 1}
    assert office.post(f"/admin/pillars/pillar/{purpose.pk}/change/", fields).status_code == 302
    leader = User.objects.get(username="leader")
    fields = {"username": "leader", "name": "Leader", "is_active": "on", "grants-TOTAL_FORMS": "1"}
    fields |= {"grants-INITIAL_FORMS": "0", "grants-0-role": "analyst"}
    assert admin.post(f"/admin/accounts/user/{leader.pk}/change/", fields).status_code == 302
    assert LogEntry.objects.count() == 2
    assert Session.objects.count() == 3
    runs("remove_demo")
    assert counted() == before


def is_used(initiative, person):
    """Let everything happen to an initiative that helps people to say how it goes."""
    said = says(initiative, "green", on="2026-02-02", by=person)
    Acknowledgement.objects.create(update=said, recorded_by=person)
    says(initiative, "amber", on="2026-02-03", by=person, corrects=said)
    actions.hand_over(
        initiative=initiative, by=person, on=day("2026-02-03"), part="sponsor", to=person, reason="A new post."
    )
    stands_in(initiative, person, on="2026-02-03", until="2026-02-10")
    Draft.objects.create(initiative=initiative, person=person, said="rag=green")
    actions.note(initiative=initiative, by=person, on=day("2026-02-03"), words="Seen.")
    actions.follow(initiative=initiative, by=person)
    link = {"initiative": initiative, "person": person, "expires_at": "2026-03-01T00:00Z", "recorded_by": person}
    used = PartnerLink.objects.create(digest=f"{initiative.ref} used", **link)
    LinkUse.objects.create(link=used, update=said)
    LinkWithdrawal.objects.create(link=PartnerLink.objects.create(digest=f"{initiative.ref} gone", **link), reason="x")
    reminder = Reminder.objects.create(person=person, on="2026-02-04")
    ReminderLine.objects.create(reminder=reminder, initiative=initiative, due_on="2026-02-27", rung="before")


def test_nothing_is_left_of_handovers_links_drafts_and_reminders(settings):
    before = counted()
    loads(settings)
    owner = User.objects.get(username="owner")
    is_used(Initiative.objects.filter(owner=owner).first(), owner)
    wish = ReminderPreference.objects.create(person=owner, days_before=3)
    wish.days_before = 4
    wish.save()
    used = (
        Handover,
        StandIn,
        Note,
        Follow,
        Acknowledgement,
        Draft,
        PartnerLink,
        LinkUse,
        LinkWithdrawal,
        Reminder,
        ReminderLine,
    )
    assert all(model.objects.exists() for model in used)
    assert ReminderPreference.history.count() == 2
    assert runs("remove_demo") == "Removed 30 initiatives of the demonstration.\n"
    assert counted() == before


def test_olgas_own_handovers_links_drafts_and_reminders_stay(settings):
    empty = counted()
    loads(settings)
    loaded = counted()
    olga = a_person("olga", "Olga Owens", "contributor")
    is_used(an_initiative("OWN-001", recorded="2026-01-05", pillar="own", owner=olga), olga)
    ReminderPreference.objects.create(person=olga)
    own = {table: number - loaded[table] for table, number in counted().items()}
    theirs = Initiative.objects.filter(is_demonstration=True).first()
    both = Reminder.objects.get()
    ReminderLine.objects.create(reminder=both, initiative=theirs, due_on="2026-02-27", rung="due")
    theirs_alone = Reminder.objects.create(person=olga, on="2026-02-05")
    ReminderLine.objects.create(reminder=theirs_alone, initiative=theirs, due_on="2026-02-27", rung="due")
    runs("remove_demo")
    assert counted() == {table: number + own[table] for table, number in empty.items()}
    assert (verify().broken, verify().waiting, list(differences())) == ("", 0, [])


def test_what_waits_for_it_waits_no_longer(settings):
    loads(settings)
    ds1 = an_initiative("OWN-001", recorded="2026-01-05", pillar="own", milestones=["2026-12-31"])
    ds2 = an_initiative("OWN-002", recorded="2026-01-05", pillar="own", milestones=["2026-12-31"])
    theirs = Initiative.objects.get(ref="DS-009")
    needs((ds1, 1), (theirs, 6), recorded="2026-02-02")
    removes(needs((ds1, 1), (theirs, 5), recorded="2026-02-02"), recorded="2026-02-03")
    own = needs((ds1, 1), (ds2, 1), recorded="2026-02-02")
    runs("remove_demo")
    assert list(Dependency.objects.all()) == [own]
    assert Dependency.history.count() == 1


def test_a_person_of_the_demonstration_who_stays_has_no_calendar_and_follows_nothing(settings):
    loads(settings)
    office = User.objects.get(username="office")
    ReminderPreference.objects.create(person=office)
    own = an_initiative("OWN-001", recorded="2026-01-05", pillar="own")
    says(own, "green", on="2026-02-02", by=office)
    actions.follow(initiative=own, by=office)
    assert "Kept, because your own work refers to them: Strategy Office Manager" in runs("remove_demo")
    assert not Follow.objects.exists()
    assert not ReminderPreference.objects.exists()
    assert not ReminderPreference.history.exists()


def take_away(person):
    """Let a person make a token and a view, and take something with each."""
    token, _ = make_token(by=person, name="Script", datasets=[], until=day("2100-01-01"), key=person.username)
    view = person.saved_views.create(name="Mine", dataset="trend", is_shared=True)
    for taken in ({"token": token}, {"view": view}):
        Download.objects.create(person=person, dataset="trend", format="csv", as_at="2026-02-02", **taken)
    return view


def test_nothing_is_left_of_tokens_views_and_downloads(settings):
    before = counted()
    loads(settings)
    take_away(User.objects.get(username="analyst"))
    assert SavedView.objects.count() == 3
    runs("remove_demo")
    assert counted() == before


def test_olgas_own_tokens_views_and_downloads_stay(settings):
    loads(settings)
    analyst, olga = User.objects.get(username="analyst"), a_person("olga", "Olga Owens", "contributor")
    says(an_initiative("OWN-001", recorded="2026-01-05", pillar="own"), "green", on="2026-02-02", by=analyst)
    theirs = take_away(analyst)
    own = take_away(olga)
    Download.objects.create(person=olga, dataset="trend", format="csv", as_at="2026-02-02", view=theirs)
    assert "Kept, because your own work refers to them: Performance Analyst" in runs("remove_demo")
    assert list(SavedView.objects.all()) == [own]
    assert [token.person for token in AccessToken.objects.all()] == [olga]
    assert [(row.person, row.view) for row in Download.objects.order_by("pk")] == [(olga, v) for v in (None, own, None)]


def test_adas_notes_on_it_go_and_her_notes_on_her_own_work_stay(settings, ada, as_):
    loads(settings)
    client = as_(ada)
    theirs, own = Initiative.objects.first(), an_initiative("OWN-001", recorded="2026-01-05", pillar="own")
    for work in (theirs, own):
        move = {"initiative": work.pk, "milestone": "", "to_on": "2030-01-31", "reason": "It took longer."}
        if milestone := work.milestones.create(number=99, title="More", first_due_on="2029-01-31"):
            move["milestone"] = milestone.pk
        assert client.post("/admin/initiatives/datemove/add/", move).status_code == 302
    runs("remove_demo")
    assert [str(note) for note in LogEntry.objects.all()] == ["Added “OWN-001-M99 More: 2029-01-31 to 2030-01-31”."]


def test_loading_again_after_removing_gives_the_same_again(settings):
    loads(settings)
    first = counted()
    runs("remove_demo")
    loads(settings)
    assert counted() == first


def test_removing_twice_changes_nothing(settings):
    before = counted()
    loads(settings)
    runs("remove_demo")
    assert runs("remove_demo") == "Removed 0 initiatives of the demonstration.\n"
    assert counted() == before


def test_olgas_own_work_stays_with_all_that_it_refers_to(settings):
    loads(settings)
    olga = a_person("olga", "Olga Owens", "contributor")
    ds1 = an_initiative("OWN-001", recorded="2026-01-05", owner=olga, milestones=["2026-12-31"])
    aligns(ds1, "E1", recorded="2026-01-06")
    says(ds1, "amber", on="2026-02-02", by=User.objects.get(username="office"))
    before = as_at(ds1, "2026-02-02")
    told = runs("remove_demo")
    assert "Kept, because your own work refers to them: E1 " in told
    assert [i.ref for i in Initiative.objects.all()] == ["OWN-001"]
    assert milestone(ds1, 1).ref == "OWN-001-M01"
    assert list(Pillar.objects.values_list("slug", "is_demonstration")) == [("purpose", False)]
    assert list(Commitment.objects.values_list("code", "is_demonstration")) == [("E1", False)]
    assert set(User.objects.values_list("username", "is_demonstration")) == {("olga", False), ("office", False)}
    after = as_at(ds1, "2026-02-02")
    assert (after.status, after.progress, after.milestones) == (before.status, before.progress, before.milestones)
    assert after.alignments[0].commitment.code == "E1"
    assert not Pillar.objects.filter(is_demonstration=True).exists()


def test_a_person_of_the_demonstration_who_stays_holds_no_key(settings):
    loads(settings)
    office = User.objects.get(username="office")
    ds1 = an_initiative("OWN-001", recorded="2026-01-05")
    says(ds1, "green", on="2026-02-02", by=office)
    runs("remove_demo")
    office.refresh_from_db()
    assert (office.is_active, office.has_usable_password(), office.grants.count()) == (False, False, 0)
    assert RoleGrant.history.filter(user=office).count() == 0


def test_a_pillar_that_olgas_work_has_left_stays_for_its_past(settings):
    loads(settings)
    ds1 = an_initiative("OWN-001", recorded="2026-01-05", pillar="people")
    ds1.pillar = Pillar.objects.get(slug="purpose")
    ds1.save()
    runs("remove_demo")
    assert sorted(Pillar.objects.values_list("slug", flat=True)) == ["people", "purpose"]
    assert as_at(ds1, "2026-01-05").pillar.slug == "people"


def test_who_came_with_it_is_signed_out_and_everybody_else_is_not(settings, olga, as_):
    loads(settings)
    visitor, owner = signs_in("leader"), as_(olga)
    runs("remove_demo")
    assert visitor.get("/accounts/").status_code == 302
    assert owner.get("/accounts/").status_code == 200


def test_a_portal_of_ones_own_loses_nothing(strategy, olgas, omars):
    before = counted()
    assert runs("remove_demo") == "Removed 0 initiatives of the demonstration.\n"
    assert counted() == before


def test_work_that_once_stood_in_a_pillar_of_the_demonstration_keeps_that_past(settings, lea, as_):
    loads(settings)
    ds1 = an_initiative("OWN-001", recorded="2026-01-05", pillar="process")
    corrects(ds1, pillar=Pillar.objects.get(slug="people"), recorded="2026-03-02")
    runs("remove_demo")
    assert as_at(ds1, "2026-02-02").pillar.slug == "process"
    assert as_at(ds1, "2026-03-02").pillar.slug == "people"
    assert as_(lea).get("/?as_at=2026-02-02").status_code == 200
