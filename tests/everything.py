"""A portal that has at least one row of everything, with words that are hard to carry."""

from datetime import date, datetime
from uuid import UUID

from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.http import QueryDict

from accounts.models import Identity, SignIn, User, Way
from accounts.record import seals
from accounts.tokens import make_token
from accounts.visits import note_visit
from initiatives import actions, drafts
from initiatives.imports import actions as importing
from initiatives.imports.mapping import Mapping
from initiatives.links import make_link, use_link, withdraw_link
from initiatives.models import Reminder
from initiatives.reminders import preferences
from reports.models import Download, SavedView
from strategy_portal.models import PolicyReport
from tests.factories import (
    a_person,
    a_strategy,
    aligns,
    an_initiative,
    answers,
    asks,
    clock_at,
    contributes,
    corrects,
    enters,
    follows,
    hands_over,
    moves,
    needs,
    notes,
    removes,
    says,
    stands_in,
    ticks,
    unticks,
    withdraws,
)
from tests.initiatives.imports.files import a_file, takes

HARD = (
    "“Ünïcode” 😀 and 'quotes', a \\ backslash, a tab\there,\r\nlines, %s %% and {braces}; a null: null, \u2028 an end"
)
LATER = "2025-06-20"


def everything():
    """Make it, with history over some months of 2025; returns who owns the first initiative."""
    a_strategy(recorded="2025-04-01")
    with clock_at("2025-04-01"):
        olga = a_person("olga", "Olga Owens", "contributor", email="olga@council.example", job_title=HARD)
        lea = a_person("lea", "Lea Lang", "leader", email="lea@council.example")
        oscar = a_person("oscar", "Oscar Orme", "office")
        polly = a_person("polly", "Polly Peel", is_partner=True, email="polly@police.example")
        dina = a_person("dina", "Dina Dean", "contributor")
    first = an_initiative(
        "DS-001",
        recorded="2025-04-01",
        owner=olga,
        sponsor=lea,
        milestones=["2025-05-30", "2025-07-31", ("2026-01-31", 3)],
    )
    second = an_initiative("DS-002", recorded="2025-04-02", owner=polly, milestones=["2026-03-31"], summary=HARD)
    _is_worked_on(first, second, olga, lea, dina)
    _is_spoken_of(first, olga, lea, oscar)
    _is_served_by_partners(second, polly, oscar)
    _is_taken_away(olga, oscar)
    _is_administered(olga, oscar, first)
    takes(oscar, a_file("Id | Name | RAG", "P1 | Brought in | green"), on="2025-06-10", defaults={"pillar": "process"})
    importing.keep_mapping(name="Returns", mapping=Mapping(columns={"title": ("Name",)}), by=oscar)
    _is_let_in(lea)
    PolicyReport.objects.create(day=date.fromisoformat(LATER), directive="img-src", page="my/")
    seals.seal()
    return olga


def _is_worked_on(first, second, olga, lea, dina):
    aligns(first, "E1", recorded="2025-04-02", how=HARD[:300])
    removes(aligns(second, "E3", recorded="2025-04-02"), recorded="2025-04-20")  # the last id is of a row that is gone
    contributes(first, "people", recorded="2025-04-02")
    needs((first, 2), (second, 1), recorded="2025-04-03", by=olga)
    ticks(first, 1, on="2025-05-20")
    unticks(first, 1, recorded="2025-05-21")
    moves(first, 2, to="2025-09-30", recorded="2025-05-22")
    withdraws(first, 3, on="2025-05-23")
    enters(second, "paused", on="2025-05-24")
    hands_over(second, "deputy", dina, on="2025-05-25")
    stands_in(first, dina, on="2025-05-26", until="2025-06-26")
    corrects(first, title=HARD[:200].replace("\r\n", " "), recorded="2025-05-27")


def _is_spoken_of(first, olga, lea, oscar):
    moment = datetime.fromisoformat("2025-05-11T09:30:00.123456+00:00")
    update = says(first, "amber", on="2025-05-11", recorded=moment, by=olga, what_changed=HARD, risk=HARD)
    actions.acknowledge(update=update, by=lea)
    answers(asks(first, on="2025-05-12"), on="2025-05-13")
    open_ask = asks(first, on="2025-05-14", question=HARD)
    actions.prepare_answer(ask=open_ask, by=oscar, outcome="answered", words=HARD)
    actions.delegate(leader=lea, to=oscar, by=lea)
    notes(first, HARD, on="2025-05-15", by=oscar)
    follows(lea, first)
    drafts.keep_draft(initiative=first, by=olga, said=QueryDict("rag=green&what_changed=Half+a+sentence"))
    with clock_at(LATER) as now:
        preferences.pause(olga, until=date(2025, 7, 1), reason="On leave.")
        reminder = Reminder.objects.create(person=olga, on=date.fromisoformat(LATER), posting="sent", sent_at=now)
        reminder.lines.create(initiative=first, due_on="2025-06-11", rung="before")
        note_visit(olga, now)


def _is_served_by_partners(second, polly, oscar):
    with clock_at("2025-05-16") as now:
        used, _ = make_link(initiative=second, person=polly, by=oscar)
        use_link(link=used, on=now.date(), rag="green", what_changed="Work went on.")
        unused, _ = make_link(initiative=second, person=polly, by=oscar)
        withdraw_link(link=unused, by=oscar, reason="Sent twice.")


def _is_taken_away(olga, oscar):
    with clock_at(LATER) as now:
        token, _ = make_token(by=oscar, name="Power BI", datasets=["updates"], until=date(2025, 12, 31), key="key")
        view = SavedView.objects.create(owner=olga, name="Mine", dataset="updates", columns=["id", "rag"])
        Download.objects.create(person=oscar, token=token, view=view, dataset="updates", format="csv", as_at=now.date())


def _is_administered(olga, oscar, first):
    group = Group.objects.create(name="Not used")
    group.permissions.add(Permission.objects.get(codename="view_pillar"))
    kind = ContentType.objects.get_for_model(User)
    LogEntry.objects.create(
        user=oscar, content_type=kind, object_id=str(olga.pk), action_flag=CHANGE, change_message="[]"
    )


def _is_let_in(lea):
    Identity.objects.create(person=lea, tenant_id=UUID(int=7), object_id=UUID(int=9))
    with clock_at(LATER) as now:
        SignIn.objects.create(person=lea, at=now, way=Way.ENTRA)
        Authenticator.objects.create(user=lea, type=Authenticator.Type.TOTP, data={"secret": "encrypted"})
        # Of allauth's own tables nothing is used; a backup holds them all the same.
        address = EmailAddress.objects.create(user=lea, email="lea@council.example")
        EmailConfirmation.objects.create(email_address=address, key="key", sent=now)
        account = SocialAccount.objects.create(user=lea, provider="entra", uid="9")
        app = SocialApp.objects.create(provider="entra", name="Entra", client_id="portal")
        SocialToken.objects.create(app=app, account=account, token="token")
