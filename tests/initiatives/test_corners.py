"""Corners where a figure, or a row of history, once went wrong."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection

from initiatives import actions
from initiatives.history import first_day, portfolio
from initiatives.models import Initiative, StageChange, Update
from pillars.models import Aim, Pillar
from reports.attention import needing_attention
from tests.factories import an_initiative, as_at, asks, clock_at, day, enters, says, ticks, withdraws

pytestmark = pytest.mark.django_db


@pytest.fixture
def ds1(strategy):
    return an_initiative("DS-001", recorded="2025-04-01", milestones=["2025-05-30", "2025-07-31"])


def test_oscar_adds_an_initiative_while_lea_opens_the_dashboard(ds1):
    """Somebody else's commit lands between the first query of a Timeline and the fifth."""
    done = []

    def meanwhile(execute, sql, params, many, context):
        result = execute(sql, params, many, context)
        if "historicalinitiative" in sql and sql.startswith("SELECT") and not done:
            done.append(True)
            with clock_at("2025-05-01"):
                new = Initiative.objects.create(ref="DS-002", title="New", pillar=ds1.pillar)
                actions.change_stage(initiative=new, by=None, on=day("2025-05-01"), stage="proposed")
        return result

    with connection.execute_wrapper(meanwhile):
        portfolio(day("2025-05-02"))


def test_a_stage_change_made_a_moment_before_its_initiative_at_midnight(strategy):
    """The administration makes the inline row, and its recorded_at, before it saves the initiative."""
    midnight = datetime(2025, 5, 1, 23, tzinfo=UTC)
    with clock_at(midnight - timedelta(milliseconds=5)):
        row = StageChange(stage="in-progress", changed_on=day("2025-05-01"))
    with clock_at(midnight):
        row.initiative = Initiative.objects.create(ref="DS-009", title="New", pillar=Pillar.objects.first())
        row.save()
    assert portfolio(day("2025-05-01")).initiatives == ()


def test_an_ask_of_paused_work_waits_on_the_board(ds1):
    says(ds1, "green", on="2025-05-01")
    asks(ds1, on="2025-05-02")
    enters(ds1, "paused", on="2025-05-03")
    assert needing_attention(portfolio(day("2025-05-05"))) != []


def test_a_withdrawn_milestone_is_not_done_though_it_was_ticked_before(ds1):
    ticks(ds1, 1, on="2025-05-20")
    withdraws(ds1, 1, on="2025-06-01")
    assert as_at(ds1, "2025-06-01").progress == 0


def test_saving_with_a_known_key_does_not_edit_history(ds1):
    row = says(ds1, "green", on="2025-05-01")
    words = {"said_on": day("2025-05-01"), "rag": "red", "issue": "x", "what_changed": "x"}
    with pytest.raises(IntegrityError):
        Update(pk=row.pk, initiative=ds1, **words).save()


def test_milestone_100_follows_99(ds1):
    with clock_at("2025-04-02"):
        for number in (99, 100):
            ds1.milestones.create(number=number, title="x", first_due_on=day("2025-08-01"))
    assert [m.ref for m in as_at(ds1, "2025-04-02").milestones][2:] == ["DS-001-M99", "DS-001-M100"]


def test_history_begins_with_its_first_row_whatever_it_is(db):
    with clock_at("2025-01-01"):
        Aim.objects.create(code="A1", name="x")
    with clock_at("2025-02-01"):
        Pillar.objects.create(slug="p", name="P")
    assert first_day() == day("2025-01-01")
