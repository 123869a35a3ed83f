"""Any page as at a past day: its figures are those of the data sets as at that day, and those of a portal in which
nothing later ever happened: a second, empty database into which history is written again, row by row, up to that day.
"""

import csv
import io
from datetime import date

import pytest
from django.core.management import call_command
from django.test import Client

from accounts.history import end_of
from accounts.models import User
from reports.datasets import DATASETS
from tests.databases import a_database, connected_to
from tests.factories import clock_at
from tests.replay import everything, replay
from tests.reports.figures import GAP, Page
from tests.reports.recomputed import STATUSES, Work, mean, rounded
from tests.test_house import HOUSE

TODAY = "2026-03-18"
DAYS = ["2026-02-28", "2025-12-31", "2025-10-26", "2025-06-30", "2025-01-03"]
BACK = "2024-11-30"  # a day before them all, for what changed since

AIMS, COMMITMENTS = [f"A{n}" for n in range(1, 5)], [f"E{n}" for n in range(1, 21)]
REFS = [f"DS-{number:03d}" for number in range(1, 31)]
REF = "^initiatives/(?P<ref>[A-Z]{1,6}-[0-9]{1,5})/"

# Every address of the portal that says how things stand, with examples.
SHOWN = {
    "": ["/"],
    "pillars/": ["/pillars/"],
    "pillars/<slug:slug>/": [f"/pillars/{slug}/" for slug in ("purpose", "process", "people", "potential")],
    "aims/": ["/aims/"],
    "^aims/(?P<code>[AE][0-9]{1,4})/$": [f"/aims/{code}/" for code in (*AIMS, *COMMITMENTS)],
    "initiatives/": ["/initiatives/", "/initiatives/?page=2", "/initiatives/?status=red&status=amber&sort=-gap"],
    f"{REF}$": [f"/initiatives/{ref}/" for ref in REFS],
    "asks/": ["/asks/", "/asks/?pillar=purpose", "/asks/?of=me"],
    "calendar/": ["/calendar/", "/calendar/?pillar=process&quarters=8"],
    "changes/": [f"/changes/?since={BACK}"],
    "dependencies/": ["/dependencies/"],
    f"{REF}dependencies/$": ["/initiatives/DS-009/dependencies/", "/initiatives/DS-012/dependencies/"],
    "meeting/": ["/meeting/", "/meeting/?pillar=people", f"/meeting/?at=DS-010&since={BACK}"],
    "my/": ["/my/"],
    "exports/": ["/exports/"],
    "^exports/(?P<file>workbook\\.xlsx|datapackage\\.json|datapackage\\.zip)$": [],  # made of the files that follow
    "^exports/(?P<name>[a-z_]{1,30})\\.(?P<format>[a-z]{3,4})$": [f"/exports/{name}.csv" for name in DATASETS],
}
# Those that take no day: deeds of today, and what says nothing of how things stand.
OF_TODAY = (
    "accounts/", "admin/", "my/", "^asks/", "initiatives/orphans/", "^link/", "calendar/<str:key>.ics",
    "exports/downloads/", "exports/views/", "^exports/views/", "imports/", "^imports/", "privacy/", "accessibility/",
    "policy-reports/", ".well-known/",
    f"{REF}record", "record/", "pillars/<slug:slug>/record/", "^aims/(?P<code>[AE][0-9]{1,4})/record/$",
    *(f"{REF}{deed}" for deed in ("update", "draft", "updates/", "handover", "stand-in", "links", "notes", "follow")),
)  # fmt: skip


def test_every_address_is_looked_at_or_is_of_today_alone():
    others = HOUSE.keys() - SHOWN.keys()
    assert [address for address in others if not address.startswith(OF_TODAY)] == []


# --- Both databases -------------------------------------------------------------------------------
def gathered(on, as_at):
    """Return what an analyst gets at each address on the day: pages read, files as they are."""
    client = Client()
    client.force_login(User.objects.get(username="analyst"))
    found = {}
    for path in (path for paths in SHOWN.values() for path in paths):
        asked = f"{path}{'&' if '?' in path else '?'}as_at={on}" if as_at else path
        answer = client.get(asked)
        if answer.status_code == 404:  # not on record by then
            found[path] = None
            continue
        assert answer.status_code == 200, asked
        body = b"".join(answer) if answer.streaming else answer.content
        found[path] = body if path.startswith("/exports/") and path.endswith(".csv") else Page(body.decode())
    return found


@pytest.fixture(scope="module")
def looked_back(migrated, django_db_setup, django_db_blocker, tmp_path_factory):
    """Return what the demonstration's pages and files say as at each day, and all that happened in it."""
    folder = tmp_path_factory.mktemp("whole")
    with (
        django_db_blocker.unblock(),
        a_database(migrated, folder) as (name, _),
        connected_to(name),
        clock_at(TODAY),
    ):
        call_command("load_demo", verbosity=0)
        return {on: gathered(on, as_at=True) for on in DAYS}, everything()


@pytest.fixture(params=DAYS)
def both(request, looked_back, migrated, django_db_blocker, tmp_path):
    """Return the day, what pages say of it when looked back at, and what they said on it."""
    on, (before, events) = request.param, looked_back
    with django_db_blocker.unblock(), a_database(migrated, tmp_path) as (name, _), connected_to(name):
        replay(events, end_of(date.fromisoformat(on)))
        with clock_at(on):
            call_command("keep_figures", verbosity=0)  # so that these pages read what is kept
            yield on, before[on], gathered(on, as_at=False)


def rows(found, name):
    return list(csv.DictReader(io.StringIO(found[f"/exports/{name}.csv"].decode("utf-8-sig"), newline="")))


# --- They are equal -------------------------------------------------------------------------------
def test_a_past_day_says_what_it_said_when_it_was_today(both):
    on, looked_back_at, then = both
    pages = 0
    for path, was in then.items():
        now = looked_back_at[path]
        if isinstance(was, Page) and isinstance(now, Page):
            assert now.figures == was.figures, path
            if path not in ("/meeting/", "/my/"):  # they say that the day is past, or what can be done today
                assert now.words == was.words, path
            pages += bool(was.figures)
        else:
            assert now == was, path
    assert pages >= 25
    assert_figures_are_those_of_the_files(on, looked_back_at)


def assert_figures_are_those_of_the_files(on, found):
    files = {name: rows(found, name) for name in DATASETS}
    expected = Expected(files)
    checked = 0
    for path, page in found.items():
        if not isinstance(page, Page):
            continue
        for row, kind, said in page.figures:
            assert said == expected.of(row, kind), (on, path, row, kind)
            checked += 1
    assert checked >= 250, checked


class Expected:
    """What the files say of a row that a page names."""

    def __init__(self, files):
        keys = {"pillars": ("pillar",), "initiatives": ("ref",), "milestones": ("ref",), "commitments": ("commitment",)}
        keys["golden_thread"] = ("pillar", "aim")
        self.rows = {(name, *(row[k] for k in key)): row for name, key in keys.items() for row in files[name]}
        told = [files[name] for name in ("milestones", "updates", "date_moves")]
        self.work = [
            Work(row, *([r for r in rows if r["initiative"] == row["ref"]] for rows in told))
            for row in files["initiatives"]
        ]
        self.aims = {row["commitment"]: row["aim"] for row in files["commitments"]}

    def of(self, row, kind):
        name, *key = row.split()
        if name in ("all", "aim", "alignments"):
            found = self.sum_of([w for w in self.work if self.belongs(w.row, name, key)])
        else:
            found = self.rows[name, *key]
        return getattr(self, kind)(found)

    def belongs(self, row, name, key):
        codes = row["commitments"].split("; ") if row["commitments"] else []
        if name == "aim":
            return key[0] in {self.aims[code] for code in codes}
        return name == "all" or (row["pillar"] == key[0] and key[1] in codes)

    def sum_of(self, work):
        progress, planned = mean(work, lambda w: w.progress), mean(work, lambda w: w.planned)
        gap = None if progress is None else progress - planned
        statuses = {s.replace("-", "_"): str(sum(w.status == s for w in work)) for s in STATUSES}
        shares = {"progress_percent": rounded(progress), "planned_percent": rounded(planned)}
        return {**statuses, **shares, "gap_points": rounded(gap)}

    def counts(self, row):
        return {s.replace("-", "_"): int(row[s.replace("-", "_")]) for s in STATUSES if row[s.replace("-", "_")] != "0"}

    def progress(self, row):
        done, planned = row["progress_percent"], row["planned_percent"]
        words = f"{done}% done, {planned}% planned: "
        if "gap_points" not in row:  # of commitments and the thread's cells it is in no file
            return Beginning(words)
        gap = int(row["gap_points"])
        if gap == 0:
            return words + "on plan"
        return f"{words}{abs(gap)} point{'' if abs(gap) == 1 else 's'} {'behind' if gap < 0 else 'ahead of'} plan"

    def status(self, row):
        return row["status"]

    def said(self, row):
        return row["rag"]

    def reading(self, row):
        return row["machine_reading"]

    def milestone(self, row):
        return row["status"]


class Beginning(str):
    """Words that a page's words begin with."""

    def __eq__(self, other):
        return other.startswith(str(self)) and GAP.fullmatch(other) is not None

    __hash__ = str.__hash__
