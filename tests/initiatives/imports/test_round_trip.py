"""The demonstration, taken away as CSV and brought into an empty portal: what can be set back is the same."""

import csv
import io

import pytest
from django.core.management import call_command

from initiatives.filters import today
from pillars.first import make_first_pillars
from pillars.models import Aim, Commitment
from tests.databases import a_database, connected_to, migrated  # noqa: F401  (a fixture)
from tests.exports import taken
from tests.initiatives.imports.files import commands

# docs/imports.md lists the same.
SET_BACK = {
    "initiatives": (
        "ref", "title", "pillar", "also_contributes_to", "focus", "stage", "rag", "rag_said_on", "owner", "deputy",
        "sponsor", "directorate", "cadence", "starts_on", "first_ends_on", "ends_on", "commitments", "weight",
    ),
    "milestones": ("ref", "initiative", "title", "weight", "first_due_on", "due_on", "done_on", "withdrawn_on"),
}  # fmt: skip
FOLLOWS = {  # from what is set back
    "initiatives": (
        "status", "machine_reading", "watermelon", "update_due_on", "days_since_update", "progress_percent",
        "planned_percent", "gap_points", "milestones_total", "milestones_done", "milestones_late", "next_milestone",
        "next_milestone_due_on", "as_at", "due_percent", "days_moved", "due_gap_points",
    ),
    "milestones": ("status", "as_at"),
}  # fmt: skip


def column(rows, name):
    """Return a column's cells as a file holds them."""
    text = io.StringIO()
    csv.writer(text).writerows([row[name]] for row in rows)
    return text.getvalue().encode()


@pytest.fixture
def empty(migrated, tmp_path, django_db_blocker):  # noqa: F811
    """A portal in which nothing is set up but the organisation's commitments."""
    with django_db_blocker.unblock(), a_database(migrated, tmp_path) as (name, _):
        yield name


@pytest.mark.django_db(transaction=True)
def test_what_can_be_set_back_comes_back_byte_for_byte(empty, tmp_path):
    on = today()
    call_command("load_demo", verbosity=0)
    before = {name: taken(name, on) for name in SET_BACK}
    for name in SET_BACK:
        call_command("export", name, output=tmp_path / f"{name}.csv")
    aims = list(Aim.objects.values("code", "name"))
    commitments = list(Commitment.objects.values("code", "name", "aim__code"))
    with connected_to(empty):
        make_first_pillars()
        for aim in aims:
            Aim.objects.create(**aim)
        for row in commitments:
            Commitment.objects.create(code=row["code"], name=row["name"], aim=Aim.objects.get(code=row["aim__code"]))
        for name in SET_BACK:
            told = commands(tmp_path / f"{name}.csv", "--create-people", "--apply", on=on)
            assert f"{len(before[name])} new, 0 changed, 0 unchanged, 0 refused." in told
        after = {name: taken(name, on) for name in SET_BACK}
        again = [commands(tmp_path / f"{name}.csv", on=on) for name in SET_BACK]
    for name in SET_BACK:
        for heading in SET_BACK[name] + FOLLOWS[name]:
            assert column(after[name], heading) == column(before[name], heading), (name, heading)
        assert f"0 new, 0 changed, {len(before[name])} unchanged, 0 refused." in again[list(SET_BACK).index(name)]
