"""Everybody's sessions, one of every thing in each of its states, and the secrets in them."""

import re
from http.cookies import SimpleCookie

import pytest
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.http import QueryDict
from django.test import Client
from django.utils import timezone

from accounts.rights import Deed
from accounts.tokens import make_token
from initiatives import actions, kept
from initiatives.drafts import keep_draft
from initiatives.links import make_link
from initiatives.models import (
    Answer,
    Ask,
    DateMove,
    DoneDate,
    Initiative,
    NamedMapping,
    Reminder,
    ReminderPreference,
    Update,
    Withdrawal,
)
from initiatives.reminders.calendar import key_of
from pillars.models import Aim, Commitment, Pillar
from reports.models import SavedView
from strategy_portal.models import PolicyReport
from tests.factories import (
    a_person,
    aligns,
    an_initiative,
    answers,
    asks,
    clock_at,
    enters,
    moves,
    notes,
    says,
    stands_in,
    ticks,
    withdraws,
)
from tests.house.who import KINDS, may
from tests.initiatives.imports.files import a_file, brings, takes

# What nobody has said yet, or nobody may know: who may read it all the same, by the table of rights.
SECRETS = {
    "UNSAID-DRAFT": {"owner"},
    "UNSAID-ANSWER": {who for who in KINDS if may(who, Deed.ANSWER) or may(who, Deed.PREPARE)},
    "UNSAID-VIEW": {"owner of something else"},
    "md5$": set(),  # how the tests keep a password
}
ADDRESS = re.compile(r"([a-z]+)@mail\.example")
READ_ADDRESSES = {who for who in KINDS if may(who, Deed.LOOK_UP_PEOPLE)}


@pytest.fixture
def people(olga, omar, dina, sam, lea, ana, oscar, ada, nadia, polly):
    """Return everybody by what they are; each has an address, and a name that is in it."""
    found = {
        "owner": olga, "owner of something else": omar, "deputy": dina, "sponsor": sam, "leader": lea, "analyst": ana,
        "office": oscar, "administrator": ada, "no role": nadia, "partner": polly,
        "delegate": a_person("dele", "Dele Dow", "contributor"), "asked": a_person("asa", "Asa Ames", "contributor"),
        "stand-in": a_person("stella", "Stella Stone", "contributor"),
        "role taken": a_person("rosa", "Rosa Reed", "office"),
        "deactivated": a_person("gina", "Gina Gone", "administrator"), "signed out": None,
    }  # fmt: skip
    for person in filter(None, found.values()):
        person.email = f"{person.username}@mail.example"
        person.save()
    return found


@pytest.fixture
def cast(people):
    """Return the key of everybody's session, by what they are; each has another that goes on elsewhere."""
    client, keys = Client(), {}
    for who, person in people.items():
        for _ in range(2 if person else 0):
            client.cookies = SimpleCookie()
            client.force_login(person)
        keys[who] = client.session.session_key if person else ""
    people["role taken"].grants.all().delete()
    people["deactivated"].is_active = False
    people["deactivated"].save()
    return {who: keys[who] for who in KINDS}


@pytest.fixture
def things(people, olgas, omars):
    """One of every thing, each with a secret in it; returns their ids by name."""
    olga, lea, dele = people["owner"], people["leader"], people["delegate"]
    with clock_at("2025-04-02"):
        for thing, words in (
            (olgas, {"title": "SECRET-INITIATIVE", "summary": "SECRET-SUMMARY", "partners": "SECRET-PARTNER"}),
            (omars, {"title": "SECRET-OTHER"}),
            (Pillar.objects.get(slug="purpose"), {"statement": "SECRET-STATEMENT"}),
            (Commitment.objects.get(code="E1"), {"name": "SECRET-COMMITMENT"}),
        ):
            for name, value in words.items():
                setattr(thing, name, value)
            thing.save()
    in_other_states(people)
    aligns(olgas, "E1", how="SECRET-HOW", recorded="2025-04-02")
    says(olgas, "amber", on="2025-05-01", what_changed="SECRET-UPDATE", risk="SECRET-RISK", by=olga)
    ticks(olgas, 1, on="2025-05-29")
    moves(olgas, 2, to="2025-08-31", recorded="2025-05-01")
    withdraws(olgas, 3, on="2025-05-01")
    answers(asks(olgas, on="2025-05-01", question="SECRET-ASK"), on="2025-05-10")
    notes(olgas, "SECRET-NOTE", on="2025-06-02", by=olga)
    ask = asks(olgas, on="2025-06-01", question="SECRET-OPEN-ASK")
    actions.delegate(leader=lea, to=dele, by=lea)
    actions.prepare_answer(ask=ask, by=dele, outcome="answered", words="UNSAID-ANSWER")
    keep_draft(initiative=olgas, by=olga, said=QueryDict("rag=green&what_changed=UNSAID-DRAFT"))
    make_token(by=people["analyst"], name="Power BI", datasets=[], until=timezone.localdate(), key="its-own")
    partnerlink, link = make_link(initiative=olgas, person=olga, by=None)
    # Brought last: an import can be undone while nothing was recorded after it.
    applied = takes(None, a_file("ref | title | pillar", "DS-004 | SECRET-ROW | purpose"), on=timezone.localdate())
    brought = brings(None, a_file("ref | title | owner", "DS-005 | SECRET-ROW | SECRET-PERSON"))
    mapping = NamedMapping.objects.create(name="SECRET-MAPPING", mapping=brought.mapping)
    found = {
        "said": Update.objects.get(), "partnerlink": partnerlink, "applied": applied, "brought": brought,
        "mapping": mapping,
        "reminder": Reminder.objects.create(person=olga, on="2025-04-30"),
        "pillar": Pillar.objects.get(slug="people"), "aim": Aim.objects.get(code="A1"),
        "commitment": Commitment.objects.get(code="E1"), "initiative": olgas, "user": olga,
        "datemove": DateMove.objects.get(), "donedate": DoneDate.objects.get(), "withdrawal": Withdrawal.objects.get(),
        "answer": Answer.objects.get(), "ask": ask, "milestone": olgas.milestones.get(number=4),
        "ask_of_asa": Ask.objects.create(initiative=olgas, question="SECRET-ASK", asked_of=people["asked"]),
        "ask_of_lea": Ask.objects.create(initiative=olgas, question="SECRET-ASK", asked_of=lea),
        "view": SavedView.objects.create(
            owner=olga, name="SECRET-VIEW", dataset="updates", filters="pillar=purpose", is_shared=True
        ),
        "private_view": SavedView.objects.create(owner=omars.owner, name="UNSAID-VIEW", dataset="updates"),
        "group": Group.objects.create(name="SECRET-GROUP"),
        "policyreport": PolicyReport.objects.create(day=timezone.localdate(), directive="img-src", page="my/"),
        "content_type": ContentType.objects.get_for_model(Initiative), "heir": people["asked"],
        "orphan": an_initiative("DS-003", recorded="2025-04-01", title="SECRET-ORPHAN"),
    }  # fmt: skip
    versions = {
        f"{name}_version": thing.history.latest().pk for name, thing in found.items() if hasattr(thing, "history")
    }
    ids = {name: thing.pk for name, thing in found.items()} | versions
    kept.keep(timezone.localdate())  # else any form that is sent would keep what was recorded above
    calendar = key_of(ReminderPreference.objects.create(person=olga))
    return ids | {"token": link.removeprefix("/link/").removesuffix("/"), "calendar": calendar}


def in_other_states(people):
    """Make work of Olga, Dina and Sam that is proposed, stopped, complete and covered, and a partner's."""
    theirs = {"owner": people["owner"], "deputy": people["deputy"], "sponsor": people["sponsor"]}
    more = {"recorded": "2025-04-01", "milestones": ["2025-10-31"]}
    an_initiative("DS-006", owner=people["partner"], title="SECRET-PARTNERS", **more)
    an_initiative("DS-011", stage="", title="SECRET-PROPOSED", **theirs, **more)
    enters(an_initiative("DS-012", title="SECRET-STOPPED", **theirs, **more), "stopped", on="2025-05-01")
    complete = an_initiative("DS-013", title="SECRET-COMPLETE", **theirs, **more)
    enters(complete, "complete", on="2025-05-01")
    covered = an_initiative("DS-014", title="SECRET-COVERED", **theirs, **more)
    today = timezone.localdate()
    stands_in(covered, people["stand-in"], on=today, until=today, recorded=timezone.now())
