"""The sweep: every address, for everybody, by every method, with and without htmx.

An address without a line in `HOUSE` or a model without one in `OFFICE_WORK` fails the suite. Whoever is refused learns
nothing, and nothing is written unless the line says so.
"""

import re
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from hashlib import sha256
from http.cookies import SimpleCookie
from itertools import product
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test import Client, RequestFactory
from django.test.client import ClientHandler
from django.urls import URLResolver, get_resolver
from django.utils import timezone

from initiatives import kept
from initiatives.links import make_link
from initiatives.models import (
    Answer,
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
from tests.factories import (
    a_person,
    aligns,
    an_initiative,
    answers,
    asks,
    clock_at,
    moves,
    notes,
    says,
    ticks,
    undone,
    withdraws,
)
from tests.initiatives.imports.files import a_file, brings, takes

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
SAFE = {"GET", "HEAD"}

NOBODY = frozenset()
OUTSIDE = frozenset({"signed out", "deactivated"})
ADMINISTRATOR = frozenset({"administrator"})
OFFICE = ADMINISTRATOR | {"office"}
READERS = OFFICE | {"leader", "owner", "owner of something else", "analyst"}
SIGNED_IN = READERS | {"no role"}
EVERYBODY = SIGNED_IN | OUTSIDE

PAGE = {"GET": 200, "HEAD": 200}
FORM = PAGE | {"POST": 200}  # sent empty or wrong, a form comes back with its errors
ON = dict.fromkeys(FORM, 302)
GONE = dict.fromkeys(FORM, 404)


@dataclass(frozen=True)
class Line:
    """One address: an example of it, whose keys open its door, and what each method answers (405 when not named).

    Where the view asks again, `let_in` are those whom it lets in, and `may_post` those whose POST it takes; `writes`
    says that such a POST, holding what `sends` says, is a write.
    """

    path: str
    door: frozenset = READERS
    answers: dict = field(default_factory=lambda: PAGE)
    let_in: frozenset = EVERYBODY
    may_post: frozenset = EVERYBODY
    to_the_signed_in: dict | None = None
    sends: dict = field(default_factory=dict)
    writes: bool = False
    htmx_post: int | None = None

    def expected(self, who, method, htmx):
        if who not in self.door:
            if who not in OUTSIDE:
                return 403
            return 302 if not htmx else 200 if method in SAFE else 401
        answers = self.answers if who in OUTSIDE or self.to_the_signed_in is None else self.to_the_signed_in
        if method not in answers:
            return 405
        if who not in self.let_in or (method == "POST" and who not in self.may_post):
            return 403
        return self.htmx_post if htmx and method == "POST" and self.htmx_post else answers[method]

    def is_a_write(self, who, method):
        return self.writes and method == "POST" and who in self.door & self.let_in & self.may_post - {"signed out"}

    def refuses(self, who, status):
        return status in (401, 403, 405) or who not in self.door


HOUSE = {
    # reports
    "": Line("/"),
    "pillars/": Line("/pillars/"),
    "pillars/<slug:slug>/": Line("/pillars/purpose/"),
    "calendar/": Line("/calendar/"),
    "changes/": Line("/changes/"),
    "meeting/": Line("/meeting/"),
    "aims/": Line("/aims/"),
    "^aims/(?P<code>[AE][0-9]{1,4})/$": Line("/aims/E1/"),
    "dependencies/": Line("/dependencies/"),
    "exports/": Line("/exports/"),
    "^exports/(?P<file>workbook\\.xlsx|datapackage\\.json|datapackage\\.zip)$": Line("/exports/datapackage.zip"),
    "exports/downloads/": Line("/exports/downloads/", OFFICE),
    "exports/views/": Line("/exports/views/"),
    "exports/views/new/": Line(
        "/exports/views/new/?dataset=initiatives",
        answers=PAGE | {"POST": 302},
        sends={"name": "A view", "columns": "ref", "rule": "today"},
        writes=True,
    ),
    "^exports/views/(?P<view_id>[0-9]{1,18})/$": Line(
        "/exports/views/{view}/",
        answers=PAGE | {"POST": 302},
        let_in=frozenset({"owner"}),
        sends={"deed": "delete"},
        writes=True,
    ),
    "^exports/views/(?P<view_id>[0-9]{1,18})\\.(?P<format>[a-z]{3,4})$": Line("/exports/views/{view}.csv"),
    "^exports/(?P<name>[a-z_]{1,30})\\.(?P<format>[a-z]{3,4})$": Line("/exports/updates.csv"),
    # initiatives
    "initiatives/": Line("/initiatives/"),
    "^initiatives/(?P<ref>[A-Z]{1,6}-[0-9]{1,5})/$": Line("/initiatives/DS-001/"),
    "^initiatives/(?P<ref>[A-Z]{1,6}-[0-9]{1,5})/update/$": Line(
        "/initiatives/DS-001/update/",
        answers=PAGE | {"POST": 302},
        let_in=OFFICE | {"owner"},
        sends={"rag": "green", "what_changed": "Tests passed."},
        writes=True,
        htmx_post=200,
    ),
    "^initiatives/(?P<ref>[A-Z]{1,6}-[0-9]{1,5})/draft/$": Line(
        "/initiatives/DS-001/draft/",
        answers={"POST": 200},
        let_in=OFFICE | {"owner"},
        sends={"rag": "green", "what_changed": "Tests pass"},
        writes=True,
    ),
    "^initiatives/(?P<ref>[A-Z]{1,6}-[0-9]{1,5})/updates/(?P<update_id>[0-9]{1,18})/acknowledge/$": Line(
        "/initiatives/DS-001/updates/{said}/acknowledge/",
        answers={"POST": 302},
        let_in=OFFICE | {"leader"},
        writes=True,
    ),
    "asks/": Line("/asks/"),
    "^asks/(?P<ask_id>[0-9]{1,18})/answer/$": Line(
        "/asks/{ask}/answer/",
        answers=PAGE | {"POST": 302},
        let_in=OFFICE | {"leader"},
        sends={"outcome": "answered", "words": "Agreed."},
        writes=True,
    ),
    "^asks/(?P<ask_id>[0-9]{1,18})/prepare/$": Line(
        "/asks/{ask}/prepare/",
        answers=PAGE | {"POST": 302},
        let_in=OFFICE,
        sends={"outcome": "answered", "words": "Agreed."},
        writes=True,
    ),
    "my/delegates/": Line(
        "/my/delegates/",
        answers=PAGE | {"POST": 302},
        let_in=frozenset({"leader"}),
        sends={"deed": "name", "delegate": "{heir}"},
        writes=True,
    ),
    "my/": Line("/my/"),
    "^initiatives/(?P<ref>[A-Z]{1,6}-[0-9]{1,5})/handover/$": Line(
        "/initiatives/DS-001/handover/",
        answers=PAGE | {"POST": 302},
        let_in=OFFICE,
        sends={"part": "owner", "to": "{heir}", "reason": "A new post."},
        writes=True,
    ),
    "^initiatives/(?P<ref>[A-Z]{1,6}-[0-9]{1,5})/stand-in/$": Line(
        "/initiatives/DS-001/stand-in/",
        answers=PAGE | {"POST": 302},
        let_in=OFFICE | {"owner"},
        sends={"person": "{heir}", "reason": "On leave."},
        writes=True,
    ),
    "^initiatives/(?P<ref>[A-Z]{1,6}-[0-9]{1,5})/notes/$": Line(
        "/initiatives/DS-001/notes/",
        answers=PAGE | {"POST": 302},
        let_in=OFFICE | {"leader", "owner"},
        sends={"words": "The board wants to see it again."},
        writes=True,
    ),
    "^initiatives/(?P<ref>[A-Z]{1,6}-[0-9]{1,5})/follow/$": Line(
        "/initiatives/DS-001/follow/", answers={"POST": 302}, sends={"deed": "follow"}, writes=True
    ),
    "^initiatives/(?P<ref>[A-Z]{1,6}-[0-9]{1,5})/links/$": Line(
        "/initiatives/DS-001/links/",
        OFFICE,
        PAGE | {"POST": 302},
        sends={"withdraw": "{partnerlink}", "reason": "Not needed."},
        writes=True,
    ),
    "^initiatives/(?P<ref>[A-Z]{1,6}-[0-9]{1,5})/dependencies/$": Line(
        "/initiatives/DS-001/dependencies/",
        answers=PAGE | {"POST": 302},
        may_post=OFFICE | {"owner"},
        sends={"milestone": "{milestone}", "needs": "DS-002-M01"},
        writes=True,
    ),
    # A good link: whoever opens it changes nothing, and sent empty the form comes back.
    "^link/(?P<token>(?s:.+))/\\Z": Line("/link/{token}/", EVERYBODY, PAGE | {"POST": 422}),
    "initiatives/orphans/": Line(
        "/initiatives/orphans/",
        OFFICE,
        PAGE | {"POST": 302},
        sends={"leaver": "nobody", "chosen": "{orphan}", "to": "{heir}", "reason": "A new post."},
        writes=True,
    ),
    "imports/": Line("/imports/", OFFICE, PAGE | {"POST": 422}),
    "imports/mappings/": Line(
        "/imports/mappings/", OFFICE, PAGE | {"POST": 302}, sends={"delete": "{mapping}"}, writes=True
    ),
    "^imports/mappings/(?P<mapping_id>[0-9]{1,18})\\.json$": Line("/imports/mappings/{mapping}.json", OFFICE),
    "^imports/(?P<import_id>[0-9]{1,18})/$": Line("/imports/{applied}/", OFFICE),
    "^imports/(?P<import_id>[0-9]{1,18})/file/$": Line(
        "/imports/{brought}/file/", OFFICE, PAGE | {"POST": 302}, sends={"kind": "initiatives"}, writes=True
    ),
    "^imports/(?P<import_id>[0-9]{1,18})/columns/$": Line(
        "/imports/{brought}/columns/", OFFICE, PAGE | {"POST": 302}, writes=True
    ),
    "^imports/(?P<import_id>[0-9]{1,18})/words/$": Line(
        "/imports/{brought}/words/", OFFICE, PAGE | {"POST": 302}, writes=True
    ),
    "^imports/(?P<import_id>[0-9]{1,18})/people/$": Line(
        "/imports/{brought}/people/", OFFICE, PAGE | {"POST": 302}, writes=True
    ),
    "^imports/(?P<import_id>[0-9]{1,18})/check/$": Line(
        "/imports/{brought}/check/",
        OFFICE,
        PAGE | {"POST": 302},
        sends={"deed": "keep", "name": "Annual return"},
        writes=True,
    ),
    "^imports/(?P<import_id>[0-9]{1,18})/content/$": Line("/imports/{applied}/content/", OFFICE),
    "^imports/(?P<import_id>[0-9]{1,18})/undo/$": Line(
        "/imports/{applied}/undo/", OFFICE, PAGE | {"POST": 302}, writes=True
    ),
    "^imports/(?P<import_id>[0-9]{1,18})/discard/$": Line(
        "/imports/{brought}/discard/", OFFICE, {"POST": 302}, writes=True
    ),
    "my/reminders/": Line(
        "/my/reminders/", answers=PAGE | {"POST": 302}, sends={"deed": "move", "days_before": "7"}, writes=True
    ),
    "my/calendar.ics": Line("/my/calendar.ics"),
    "calendar/<str:key>.ics": Line("/calendar/{calendar}.ics", EVERYBODY),  # Olga's key, which is all that it takes
    # accounts
    "accounts/": Line("/accounts/", SIGNED_IN),
    "accounts/tokens/": Line(
        "/accounts/tokens/",
        OFFICE | {"analyst"},
        FORM,
        sends={"name": "Power BI", "datasets": "all", "until": f"{date.today() + timedelta(days=30)}", "key": "k"},
        writes=True,
    ),
    "accounts/login/": Line("/accounts/login/", EVERYBODY, FORM, to_the_signed_in=ON),
    "accounts/logout/": Line("/accounts/logout/", EVERYBODY, {"POST": 302}, writes=True),
    "accounts/password_reset/": Line("/accounts/password_reset/", EVERYBODY, FORM),
    "accounts/password_reset/done/": Line("/accounts/password_reset/done/", EVERYBODY, PAGE),
    "accounts/set_password/<uidb64>/<token>/": Line("/accounts/set_password/MQ/old-link/", EVERYBODY, FORM),
    "accounts/set_password/done/": Line("/accounts/set_password/done/", EVERYBODY, PAGE),
    # administration
    "admin/": Line("/admin/", OFFICE, FORM),
    "admin/login/": Line("/admin/login/", OFFICE, FORM | {"GET": 302}),
    "admin/logout/": Line("/admin/logout/", OFFICE, {"POST": 302}, writes=True),
    "admin/password_change/": Line("/admin/password_change/", OFFICE, FORM),
    "admin/password_change/done/": Line("/admin/password_change/done/", OFFICE, PAGE),
    "admin/autocomplete/": Line(
        "/admin/autocomplete/?app_label=initiatives&model_name=initiative&field_name=owner", OFFICE, PAGE
    ),
    "admin/jsi18n/": Line("/admin/jsi18n/", OFFICE, PAGE),
    "admin/r/<path:content_type_id>/<path:object_id>/": Line("/admin/r/{content_type}/{initiative}/", OFFICE, ON),
    "admin/^(?P<app_label>any)/$": Line("/admin/pillars/", OFFICE, FORM),
    "admin/(?P<url>.*)$": Line("/admin/no-such-page/", OFFICE, GONE),
}


def formsets(*names):
    """Return what Django's administration sends of rows that stand in another thing's form, when there are none."""
    return {f"{name}-{part}_FORMS": "0" for name in names for part in ("TOTAL", "INITIAL")}


@dataclass(frozen=True)
class Work:
    """A model of the administration: who sees, adds and changes it, and what a form of it holds."""

    form: dict
    adds: frozenset = OFFICE
    changes: frozenset = NOBODY
    sees: frozenset = OFFICE
    has_versions: bool = False

    def lines(self, app, model):
        """Yield a pattern and a line for each address that Django's administration makes."""
        at, thing = f"admin/{app}/{model}/", f"/admin/{app}/{model}/{{{model}}}/"
        admin = {"door": OFFICE, "answers": FORM, "let_in": self.sees}
        saves = {"answers": FORM | {"POST": 302}, "sends": self.form, "writes": True}
        yield at, Line(f"/admin/{app}/{model}/", **admin)
        yield f"{at}add/", Line(f"/admin/{app}/{model}/add/", **admin | saves | {"let_in": self.adds})
        yield f"{at}<path:object_id>/history/", Line(f"{thing}history/", **admin)
        yield f"{at}<path:object_id>/delete/", Line(f"{thing}delete/", **admin | {"let_in": NOBODY})
        yield f"{at}<path:object_id>/change/", Line(f"{thing}change/", **admin | saves, may_post=self.changes)
        yield f"{at}<path:object_id>/", Line(thing, OFFICE, ON)
        if self.has_versions:
            version = f"{thing}history/{{{model}_version}}/"
            yield f"{at}^([^/]+)/history/([^/]+)/$", Line(version, **admin, sends=self.form, may_post=NOBODY)


A_REASON = {"reason": "It took longer."}
OFFICE_WORK = {
    "pillars.pillar": Work(
        {"slug": "data", "name": "Data", "order": "9", "shape": "drop", "colour": "5"},
        changes=OFFICE,
        has_versions=True,
    ),
    "pillars.aim": Work({"code": "A9", "name": "An aim", "order": "9"}, changes=OFFICE, has_versions=True),
    "pillars.commitment": Work(
        {"code": "E9", "name": "A commitment", "aim": "{aim}", "order": "9"}, changes=OFFICE, has_versions=True
    ),
    "initiatives.initiative": Work(
        {"ref": "DS-009", "title": "Nine", "pillar": "{pillar}", "cadence": "monthly", "weight": "1"}
        | formsets("milestones", "stage_changes", "alignments", "contributions"),
        changes=OFFICE,
        has_versions=True,
    ),
    "initiatives.datemove": Work(
        {"initiative": "{initiative}", "milestone": "{milestone}", "to_on": "2030-01-31"} | A_REASON
    ),
    "initiatives.donedate": Work({"milestone": "{milestone}", "done_on": "2025-05-30"}),
    "initiatives.withdrawal": Work({"milestone": "{milestone}", "withdrawn_on": "2025-05-30"} | A_REASON),
    "initiatives.answer": Work(
        {"ask": "{ask}", "outcome": "answered", "words": "Yes.", "answered_on": "2025-06-30"},
    ),
    "initiatives.reminder": Work({}, adds=NOBODY),
    "accounts.user": Work(
        {"username": "una", "name": "Una Usher", "is_active": "on"} | formsets("grants"),
        adds=ADMINISTRATOR,
        changes=ADMINISTRATOR,
        has_versions=True,
    ),
    "auth.group": Work({"name": "A group"}, adds=NOBODY, sees=NOBODY),  # roles are our own: Django's groups stay shut
}
for label, work in OFFICE_WORK.items():
    HOUSE |= dict(work.lines(*label.split(".")))


# --- The cast and their secrets -------------------------------------------------------------------
@pytest.fixture
def cast(olga, omar, lea, ana, oscar, ada, nadia):
    """Return the key of everybody's session, by what they are to DS-001."""
    gone = a_person("gina", "Gina Gone", "administrator")
    people = {
        "owner": olga, "owner of something else": omar, "leader": lea, "analyst": ana, "office": oscar,
        "administrator": ada, "no role": nadia, "deactivated": gone, "signed out": None,
    }  # fmt: skip
    client, keys = Client(), {}
    for who, person in people.items():
        if person:
            client.cookies = SimpleCookie()
            client.force_login(person)
        keys[who] = client.session.session_key if person else ""
    gone.is_active = False
    gone.save()
    return keys


@pytest.fixture
def things(olgas, omars, olga):
    """One of every thing, each with a secret in it; returns their ids by name."""
    with clock_at("2025-04-02"):
        for thing, words in (
            (olgas, {"title": "SECRET-INITIATIVE", "summary": "SECRET-SUMMARY", "partners": "SECRET-PARTNER"}),
            (omars, {"title": "SECRET-OTHER"}),
            (Pillar.objects.get(slug="purpose"), {"statement": "SECRET-STATEMENT"}),
            (Commitment.objects.get(code="E1"), {"name": "SECRET-COMMITMENT"}),
            (olga, {"email": "SECRET@example.org"}),
        ):
            for name, value in words.items():
                setattr(thing, name, value)
            thing.save()
    aligns(olgas, "E1", how="SECRET-HOW", recorded="2025-04-02")
    says(olgas, "amber", on="2025-05-01", what_changed="SECRET-UPDATE", risk="SECRET-RISK", by=olga)
    ticks(olgas, 1, on="2025-05-29")
    moves(olgas, 2, to="2025-08-31", recorded="2025-05-01")
    withdraws(olgas, 3, on="2025-05-01")
    answers(asks(olgas, on="2025-05-01", question="SECRET-ASK"), on="2025-05-10")
    notes(olgas, "SECRET-NOTE", on="2025-06-02", by=olga)
    ask = asks(olgas, on="2025-06-01", question="SECRET-OPEN-ASK")
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
        "view": SavedView.objects.create(
            owner=olga, name="SECRET-VIEW", dataset="updates", filters="pillar=purpose", is_shared=True
        ),
        "group": Group.objects.create(name="SECRET-GROUP"),
        "content_type": ContentType.objects.get_for_model(Initiative), "heir": omars.owner,
        "orphan": an_initiative("DS-003", recorded="2025-04-01", title="SECRET-ORPHAN"),
    }  # fmt: skip
    versions = {
        f"{name}_version": thing.history.latest().pk for name, thing in found.items() if hasattr(thing, "history")
    }
    ids = {name: thing.pk for name, thing in found.items()} | versions
    kept.keep(timezone.localdate())  # else any form that is sent would keep what was recorded above
    calendar = key_of(ReminderPreference.objects.create(person=olga))
    return ids | {"token": link.removeprefix("/link/").removesuffix("/"), "calendar": calendar}


# --- What is written ------------------------------------------------------------------------------
@contextmanager
def writes():
    """Collect the statements inside that are not reading, and that say more than who came and what they took.

    A visit is as a session, and that a file was taken away is on record whatever it was taken with.
    """
    found = []

    def note(execute, sql, params, many, context):
        word, table = sql.lstrip("( ").split(None, 1)[0].upper(), sql.partition('"')[2].partition('"')[0]
        reads = word in ("SELECT", "SAVEPOINT", "RELEASE", "ROLLBACK", "EXPLAIN")
        if not reads and table not in ("accounts_visit", "reports_download"):
            found.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield found


def digest(but=()):
    """Return a sum over every row of every table but these."""
    rows = []
    with connection.cursor() as cursor:
        for table in sorted(set(connection.introspection.table_names(cursor)) - set(but)):
            cursor.execute(f'SELECT * FROM "{table}"')
            # PostgreSQL gives what is no text as a view of memory, which never looks the same twice.
            told = ([bytes(c) if isinstance(c, memoryview) else c for c in row] for row in cursor.fetchall())
            rows += sorted(repr((table, row)) for row in told)
    return sha256("\n".join(rows).encode()).hexdigest()


HANDLER = ClientHandler(enforce_csrf_checks=False)


# --- The sweep ------------------------------------------------------------------------------------
def patterns(resolver, before=""):
    """Yield every pattern of the URLconf, the included ones too."""
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from patterns(pattern, before + str(pattern.pattern))
        else:
            yield re.sub(r"<app_label>[^)]+", "<app_label>any", before + str(pattern.pattern))


def test_every_address_has_its_line_in_the_house():
    assert sorted(patterns(get_resolver())) == sorted(HOUSE)


def test_there_are_secrets_to_tell(things, lea, as_):
    for path in (
        "/",
        "/pillars/purpose/",
        "/aims/E1/",
        "/initiatives/",
        "/initiatives/DS-001/",
        "/meeting/",
        "/exports/updates.csv",
        "/exports/notes.csv",
    ):
        assert b"SECRET" in body(as_(lea).get(path))


def filled(value, things):
    return value.format(**things) if isinstance(value, str) else value


def knock(handler, method, path, sends, htmx, key):
    """Send one request, as htmx does it or as a plain page does. Django's client takes twice as long for its notes."""
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/initiatives/?q=x"} if htmx else {}
    sent = urlencode(sends) if method in ("POST", "PUT", "PATCH", "DELETE") else ""
    kind = "application/x-www-form-urlencoded"
    request = RequestFactory().generic(
        method, path, sent, kind, headers=headers, HTTP_COOKIE=f"{settings.SESSION_COOKIE_NAME}={key}"
    )
    return handler(request.environ)


def body(response):
    return b"".join(response) if response.streaming else response.content


def at_the_door(who, line, method, path, htmx, response):
    """Say what is wrong with how somebody signed out is shown the way in, if anything."""
    if who not in OUTSIDE or who in line.door:
        return []
    back = "/accounts/login/?" + urlencode({"next": "/initiatives/?q=x" if htmx else path})
    told = {"Location": response.get("Location"), "HX-Redirect": response.get("HX-Redirect")}
    if not htmx:
        return [] if told == {"Location": back, "HX-Redirect": None} else [f"was sent to {told}"]
    if method in SAFE:
        return [] if told == {"Location": None, "HX-Redirect": back} else [f"was sent to {told}"]
    words = "You have been signed out" in response.content.decode()
    return [] if words and response["HX-Retarget"] == "#page-alert" else ["heard no words"]


def room(pattern):
    """Name the part of the house that an address belongs to: one test walks it."""
    parts = pattern.split("/")
    work = f"{parts[1]}.{parts[2]}" if len(parts) > 2 else ""
    return work if work in OFFICE_WORK else parts[0].strip("^") or "dashboard"


@pytest.mark.parametrize("walked", dict.fromkeys(map(room, HOUSE)))
def test_everybody_gets_from_an_address_what_its_line_says(walked, cast, things):
    before, wrong = digest(), []
    for pattern, line in HOUSE.items():
        if room(pattern) == walked:
            for who, key in cast.items():
                wrong += [f"{line.path} by {who}: {words}" for words in walk(line, who, key, things)]
    assert wrong == []
    assert digest() == before


def walk(line, who, key, things):
    """Yield what is wrong with what one person gets from one address, by every method."""
    path = filled(line.path, things)
    sends = {name: filled(value, things) for name, value in line.sends.items()}
    for htmx, method in product((False, True), METHODS):
        with undone(), writes() as written:
            response = knock(HANDLER, method, path, sends, htmx, key)
            text = body(response)
        said, expected = f"{method}{' by htmx' * htmx}", line.expected(who, method, htmx)
        if response.status_code != expected:
            yield f"{said} answered {response.status_code}, not {expected}"
        if bool(written) != line.is_a_write(who, method):
            yield f"{said} wrote {written or 'nothing'}"
        if line.refuses(who, response.status_code) and b"SECRET" in text:
            yield f"{said} told a secret"
        yield from (f"{said} {words}" for words in at_the_door(who, line, method, path, htmx, response))
