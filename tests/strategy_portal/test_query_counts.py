"""How many queries a page takes: the same whatever the size of the portfolio."""

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Session, User, Visit
from accounts.tokens import make_token
from initiatives import kept
from initiatives.models import (
    Answer,
    DateMove,
    DoneDate,
    Handover,
    Initiative,
    NamedMapping,
    Reminder,
    StageChange,
    StandIn,
    Withdrawal,
)
from pillars.models import Aim, Pillar
from reports.models import Download
from tests.factories import (
    a_person,
    aligns,
    an_initiative,
    answers,
    asks,
    clock_at,
    contributes,
    day,
    follows,
    hands_over,
    leaves,
    moves,
    needs,
    notes,
    past_the_guard,
    says,
    stands_in,
    ticks,
    withdraws,
)
from tests.initiatives.imports.files import a_file, brings, takes


def counted(client, path):
    """Return how many queries a page takes for somebody who is here, when nothing is remembered but their visit."""
    kept.forget()
    cache.clear()
    Visit.objects.update(seen_at=timezone.now())  # a page that comes a minute after the last one notes the visit
    Session.objects.update(seen_at=timezone.now())  # and that the session is used
    with CaptureQueriesContext(connection) as queries:
        response = client.get(path)
        assert response.status_code == 200
        b"".join(response)
    return len(queries)


# --- The size of the portfolio --------------------------------------------------------------------
COUNTED = {
    "/": 40,
    "/pillars/people/": 16,
    "/initiatives/": 12,
    "/calendar/": 20,
    "/meeting/": 32,
    "/changes/": 36,
    "/exports/": 22,
}


@pytest.mark.parametrize("size", [30, 2000])
def test_a_page_takes_as_many_queries_with_30_initiatives_as_with_2000(as_, ana, size):
    call_command("load_demo", scale=size)
    assert Initiative.objects.count() == size
    client = as_(ana)
    counted(client, "/accounts/")  # the first request of a session of use notes a visit
    assert {path: counted(client, path) for path in COUNTED} == COUNTED


# --- One row and three ----------------------------------------------------------------------------
def a_life(number):
    """Make an initiative to which everything happens, and a pillar, an aim, a commitment and people of its own."""
    owner, deputy, sponsor = (
        a_person(f"{part}{number}", None, "contributor") for part in ("owner", "deputy", "sponsor")
    )
    aim = Aim.objects.create(code=f"A{number}", name=f"Aim {number}")
    aim.commitments.create(code=f"E{number}", name=f"Commitment {number}")
    Pillar.objects.create(slug=f"other-{number}", name=f"Other {number}")
    initiative = an_initiative(
        f"DS-{number:03d}", recorded="2025-04-01", owner=owner, deputy=deputy, sponsor=sponsor,
        milestones=["2025-05-30", "2025-07-31", "2025-12-31"],
    )  # fmt: skip
    says(initiative, "amber", on="2025-05-01", by=owner)
    ticks(initiative, 1, on="2025-05-29")
    moves(initiative, 2, to="2026-01-31", recorded="2025-06-01")
    withdraws(initiative, 3, on="2025-06-02")
    answers(asks(initiative, on="2025-06-03"), on="2025-06-04")
    asks(initiative, on="2025-06-05")
    aligns(initiative, f"E{number}", recorded="2025-06-06")
    contributes(initiative, f"other-{number}", recorded="2025-06-06")
    other = an_initiative(f"OT-{number:03d}", recorded="2025-04-01", milestones=["2025-05-01", "2025-05-02"])
    needs((initiative, 2), (other, 1), recorded="2025-06-06")
    needs((other, 2), (initiative, 2), recorded="2025-06-06")
    Reminder.objects.create(person=owner, on="2025-06-06")
    hands_over(initiative, "sponsor", deputy, on="2025-06-07")
    stands_in(initiative, sponsor, on="2025-06-08", until="2100-01-01")
    leaves(deputy, on="2025-06-09")
    notes(initiative, on="2025-06-10", by=owner)
    rated = {"rag": {"Amber/Red": "red"}}
    takes(None, a_file("ref | rag", f"DS-{number:03d} | Amber/Red"), on="2025-06-11", words=rated)
    brought = brings(None, a_file("ref | rag", f"DS-{number:03d} | Amber/Red"), on="2025-06-12", words=rated)
    NamedMapping.objects.create(name=f"Mapping {number}", mapping=brought.mapping | {"people": {"O": owner.username}})
    taken_away(number, owner)
    for administrator in User.objects.filter(grants__role="administrator"):
        follows(administrator, initiative)
    for model, path in (
        (DateMove, "initiative"), (StageChange, "initiative"), (DoneDate, "milestone__initiative"),
        (Withdrawal, "milestone__initiative"), (Answer, "ask__initiative"), (Handover, "initiative"),
        (StandIn, "initiative"),
    ):  # fmt: skip
        with past_the_guard():
            QuerySet(model).filter(**{path: initiative}).update(recorded_by=owner)


def taken_away(number, owner):
    """Let the owner and every administrator have tokens and saved views, and take something away with each."""
    for person in (owner, *User.objects.filter(grants__role="administrator")):
        token, _ = make_token(by=person, name=f"{number}", datasets=[], until=day("2100-01-01"), key=f"{number}")
        view = person.saved_views.create(name=f"{number}", dataset="updates", filters="pillar=people", is_shared=True)
        what = {"person": person, "dataset": f"set-{number}", "format": "csv", "as_at": day("2025-06-11")}
        Download.objects.create(token=token, **what)
        Download.objects.create(view=view, **what)


PAGES = [
    "/", "/pillars/", "/pillars/purpose/", "/aims/", "/aims/A1/", "/aims/E1/", "/initiatives/", "/initiatives/DS-001/",
    "/calendar/", "/calendar/?quarters=8&pillar=purpose", "/calendar/?as_at=2025-07-01",
    "/initiatives/?q=title&sort=owner&attention=late", "/exports/", "/?as_at=2025-07-01",
    "/initiatives/?as_at=2025-07-01", "/initiatives/DS-001/update/", "/my/", "/initiatives/DS-001/links/",
    "/initiatives/DS-001/handover/", "/initiatives/DS-001/stand-in/", "/initiatives/orphans/",
    "/imports/", "/imports/mappings/",
    "/asks/", "/asks/?of=me", "/asks/?as_at=2025-07-01", "/my/reminders/", "/my/calendar.ics",
    "/dependencies/", "/initiatives/DS-001/dependencies/",
    "/meeting/", "/meeting/?as_at=2025-07-01", "/initiatives/DS-001/notes/",
    "/asks/", "/asks/?of=me", "/asks/?as_at=2025-07-01", "/my/reminders/", "/my/calendar.ics",
    "/changes/", "/changes/?since=2025-04-02", "/changes/?since=2025-04-02&as_at=2025-07-01",
    *(f"{path}?as_at=2025-07-01&compare=2025-06-02" for path in (
        "/", "/pillars/", "/pillars/purpose/", "/aims/", "/aims/A1/", "/aims/E1/", "/initiatives/",
        "/initiatives/DS-001/",
    )),
    *(
        f"/exports/{name}.csv"
        for name in (
            "pillars", "initiatives", "milestones", "updates", "date_moves", "alignments", "commitments",
            "golden_thread", "trend", "dependencies", "notes",
        )
    ),
    "/exports/asks.json", "/exports/updates.json", "/exports/updates.xlsx", "/exports/workbook.xlsx",
    "/exports/datapackage.json", "/exports/datapackage.zip", "/exports/?pillar=purpose",
    "/accounts/tokens/", "/exports/downloads/", "/exports/downloads/?person=owner1&dataset=updates", "/exports/views/",
    "/exports/views/new/?dataset=updates&pillar=purpose",
    "/privacy/", "/accessibility/", "/accounts/my-data/", "/accounts/my-data.json",
    "/record/", "/initiatives/DS-001/record/", "/pillars/purpose/record/", "/aims/E1/record/",
    "/exports/record.csv", "/exports/record.json",
    "/admin/", "/admin/initiatives/initiative/?o=1", "/admin/initiatives/datemove/", "/admin/initiatives/donedate/",
    "/admin/initiatives/withdrawal/", "/admin/initiatives/answer/", "/admin/initiatives/reminder/",
    "/admin/pillars/pillar/", "/admin/pillars/aim/",
    "/admin/pillars/commitment/", "/admin/accounts/user/", "/admin/initiatives/datemove/add/",
    "/admin/initiatives/donedate/add/", "/admin/initiatives/withdrawal/add/", "/admin/initiatives/answer/add/",
    "/admin/initiatives/initiative/add/",
]  # fmt: skip


def test_a_list_takes_as_many_queries_with_three_rows_as_with_one(as_, ada):
    with clock_at(timezone.now()):  # else a visit is noted once a minute, on whichever page that falls
        a_life(1)
        client = as_(ada)
        for path in PAGES:  # what is read once in a process is no part of it
            counted(client, path)
        with_one = {path: counted(client, path) for path in PAGES}
        a_life(2)
        a_life(3)
        assert {path: counted(client, path) for path in PAGES} == with_one


def test_an_import_takes_as_many_queries_with_three_rows_as_with_one(as_, ada):
    a_life(1)
    client = as_(ada)
    heads, told = "ref | title | pillar | owner | rag", "One | purpose | Nell {0} | Amber/Red {0}"

    def counts(rows):
        content = a_file(heads, *(f"NW-{row:03d} | {told.format(row)}" for row in rows))
        draft = brings(None, content)
        steps = ("file/", "columns/", "words/", "people/", "check/")
        found = {step: counted(client, f"/imports/{draft.pk}/{step}") for step in steps}
        applied = takes(None, content, words={"rag": {"*": "red"}})
        return found | {page: counted(client, f"/imports/{applied.pk}/{page}") for page in ("", "undo/", "content/")}

    counts([9])  # what is read once in a process is no part of it
    assert counts([1, 2, 3]) == counts([4])
