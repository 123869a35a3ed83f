"""What is kept of today's standing: it says what history says, and goes the moment that history is added to."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.db.models import QuerySet
from hypothesis import given
from hypothesis import strategies as st

from initiatives import history, kept, triggers
from initiatives.models import (
    Initiative,
    KeptStanding,
    Recorded,
    StageChange,
    Update,
)
from pillars.models import Pillar
from tests.factories import (
    aligns,
    an_initiative,
    answers,
    asks,
    clock_at,
    contributes,
    corrects,
    day,
    hands_over,
    moves,
    past_the_guard,
    removes,
    says,
    stands_in,
    ticks,
    told,
    undone,
    withdraws,
)
from tests.initiatives.test_history_always import SOME, START, events, record, two  # noqa: F401

pytestmark = pytest.mark.django_db


def figures(found):
    """Return what an initiative says of itself, but for what only its history can say."""
    return {name: value for name, value in told(found).items() if name not in ("milestones", "rag_since")}


def usable(on):
    return set(KeptStanding.objects.fresh(day(on), kept.rules()).values_list("initiative_id", flat=True))


def agree(on):
    """Compare what pages of that day say from what is kept with what history says."""
    kept.forget()
    with clock_at(on):
        from_kept, from_history = kept.portfolio(day(on)), history.portfolio(day(on))
        for one, other in zip(from_kept.initiatives, from_history.initiatives, strict=True):
            ours = figures(one) if not isinstance(one, kept.KeptInitiativeAt) else kept_figures(one, other)
            assert ours == figures(other)
        assert kept.red_since(from_kept) == kept.red_since(from_history)
        return sum(isinstance(i, kept.KeptInitiativeAt) for i in from_kept.initiatives)


def kept_figures(found, like):
    return {name: getattr(found, name) for name in figures(like)}


def keeps(on):
    with clock_at(on):
        return kept.keep(day(on))


# --- It says the same -----------------------------------------------------------------------------
@SOME
@given(events, st.integers(0, 300), st.lists(st.integers(0, 200), min_size=1, max_size=4))
def test_what_is_kept_says_what_history_says_that_day_and_after(two, happened, kept_after, later):  # noqa: F811
    with undone():
        record(two, happened)
        on = START + timedelta(days=kept_after)
        keeps(on)
        for days in later:
            agree(on + timedelta(days=days))


def test_a_full_life_is_kept_and_told_whole(olgas, omar, sam):
    says(olgas, "amber", on="2025-05-02")
    says(olgas, "red", on="2025-06-02")
    moves(olgas, 2, to="2025-09-01", recorded="2025-06-02")
    withdraws(olgas, 3, on="2025-06-03")
    answers(asks(olgas, on="2025-05-03"), on="2025-05-09")
    asks(olgas, on="2025-06-04")
    aligns(olgas, "E1", recorded="2025-06-05", how="Better records.")
    aligns(olgas, "E3", "supporting", recorded="2025-06-05")
    contributes(olgas, "people", recorded="2025-06-05")
    stands_in(olgas, omar, on="2025-06-06", until="2025-06-20")
    hands_over(olgas, "sponsor", sam, on="2025-06-07")
    assert keeps("2025-06-10") == 1
    for on in ("2025-06-10", "2025-06-15"):
        assert agree(on) == 1


def test_it_holds_until_the_calendar_alone_changes_a_figure(olgas, omar):
    says(olgas, "green", on="2025-05-02")  # the next update is due on 30 June and overdue from 8 July
    keeps("2025-05-03")
    assert KeptStanding.objects.get().holds_until == day("2025-05-29")  # a milestone is due on the 30th
    keeps("2025-05-31")
    assert KeptStanding.objects.get().holds_until == day("2025-06-29")  # thirty days late, it reads red on the 30th
    keeps("2025-07-01")
    assert KeptStanding.objects.get().holds_until == day("2025-07-07")
    stands_in(olgas, omar, on="2025-07-02", until="2025-07-03")
    keeps("2025-07-02")
    assert KeptStanding.objects.get().holds_until == day("2025-07-03")


def test_what_a_clock_ahead_of_ours_recorded_is_not_kept_before_its_day(olgas):
    says(olgas, "red", on="2025-06-10", recorded="2025-06-10")
    assert keeps("2025-06-09") == 0
    assert keeps("2025-06-10") == 1
    assert agree("2025-06-10") == 1


# --- It goes when history is added to, whichever way ----------------------------------------------
def test_every_table_of_history_has_its_triggers():
    tables = {table.table for table in triggers.watched()}
    # No figure is made of these.
    never = {"acknowledgement", "handover", "partnerlink", "linkuse", "linkwithdrawal", "note", "delegation"}
    recorded = {m._meta.db_table for m in apps.get_models() if issubclass(m, Recorded)}
    assert recorded - tables == {f"initiatives_{name}" for name in never} & recorded
    found = triggers.standing_triggers(connection)
    assert {(table, event) for table in tables for event in ("insert", "update", "delete")} == {
        (table, name.rpartition("_")[2]) for name, table in found.items() if table != "initiatives_initiative"
    }


def pauses_in_bulk(initiative, on):
    with clock_at(on):
        StageChange.objects.bulk_create([StageChange(initiative=initiative, stage="paused", changed_on=on)])


def edits_by_hand(initiative):
    with past_the_guard():
        QuerySet(Update).filter(initiative=initiative).update(rag="red", issue="x")


WAYS = {
    "an update": lambda i: says(i, "red", on="2025-06-02"),
    "a bulk write": lambda i: pauses_in_bulk(i, "2025-06-02"),
    "a title": lambda i: corrects(i, title="Another", recorded="2025-06-02"),
    "a milestone's weight": lambda i: corrects(i.milestones.first(), weight=3, recorded="2025-06-02"),
    "a move": lambda i: moves(i, 2, to="2025-09-01", recorded="2025-06-02"),
    "a withdrawal": lambda i: withdraws(i, 2, on="2025-06-02"),
    "an alignment": lambda i: aligns(i, "E1", recorded="2025-06-02"),
    "a contribution": lambda i: contributes(i, "people", recorded="2025-06-02"),
    "an ask": lambda i: asks(i, on="2025-06-02"),
    "SQL by hand": lambda i: edits_by_hand(i),
}


@pytest.mark.parametrize("way", WAYS)
def test_whatever_is_recorded_is_seen_at_once(olgas, omars, way):
    says(olgas, "green", on="2025-05-02")
    keeps("2025-06-02")
    assert usable("2025-06-02") == {olgas.pk, omars.pk}
    WAYS[way](olgas)
    assert usable("2025-06-02") == {omars.pk}
    assert agree("2025-06-02") == 1
    assert keeps("2025-06-02") == 1
    assert agree("2025-06-02") == 2


@pytest.mark.parametrize("way", WAYS)
def test_what_is_remembered_is_forgotten_once_anything_is_recorded(olgas, omars, way):
    says(olgas, "green", on="2025-05-02")
    on = day("2025-06-02")
    with clock_at(on):
        before = kept.portfolio(on)
        assert kept.portfolio(on) is before
    WAYS[way](olgas)
    with clock_at(on):
        found = kept.portfolio(on)
        assert found is not before
        assert [figures(i) for i in found.initiatives] == [figures(i) for i in history.portfolio(on).initiatives]


def test_a_name_that_changes_is_seen_at_once(olgas, olga):
    with clock_at("2025-06-02"):
        kept.portfolio(day("2025-06-02"))
        corrects(olga, name="Olga Odell", recorded="2025-06-02")
        corrects(Pillar.objects.get(slug="purpose"), name="Reason", recorded="2025-06-02")
        (found,) = kept.portfolio(day("2025-06-02")).initiatives
        assert (found.owner.name, found.pillar.name) == ("Olga Odell", "Reason")


def test_an_answer_and_a_done_date_are_seen_at_once_too(olgas):
    ask = asks(olgas, on="2025-05-02")
    keeps("2025-06-02")
    answers(ask, on="2025-06-02")
    assert usable("2025-06-02") == set()
    keeps("2025-06-02")
    ticks(olgas, 1, on="2025-06-02")
    assert usable("2025-06-02") == set()


def test_an_alignment_that_is_taken_away_is_seen_at_once(olgas):
    alignment = aligns(olgas, "E1", recorded="2025-05-02")
    keeps("2025-06-02")
    removes(alignment, recorded="2025-06-02")
    assert usable("2025-06-02") == set()
    assert agree("2025-06-02") == 0


def test_what_was_recorded_while_it_was_worked_out_is_not_lost(olgas, monkeypatch):
    read = history.Timeline

    class Meanwhile(read):
        def at(self, on):
            found = super().at(on)
            monkeypatch.undo()
            says(olgas, "red", on="2025-06-02")  # between our reading and our writing
            return found

    monkeypatch.setattr(history, "Timeline", Meanwhile)
    assert keeps("2025-06-02") == 0
    assert usable("2025-06-02") == set()
    with clock_at("2025-06-02"):
        assert kept.portfolio(day("2025-06-02")).initiatives[0].rag == "red"


def test_another_version_of_the_arithmetic_uses_nothing_of_this_one(olgas, monkeypatch):
    keeps("2025-06-02")
    monkeypatch.setattr(kept, "rules", lambda: "another")
    assert usable("2025-06-02") == set()
    assert keeps("2025-06-02") == 1


def test_a_deleted_initiative_leaves_nothing_kept(strategy):
    found = an_initiative("DS-009", recorded="2025-04-01", stage=None)
    keeps("2025-06-02")
    removes(found, recorded="2025-06-03")
    assert KeptStanding.objects.count() == 0
    assert agree("2025-06-03") == 0


# --- Pages and commands ---------------------------------------------------------------------------
def test_a_page_that_is_read_writes_nothing_and_one_that_changes_something_keeps_it(as_, olga, olgas):
    with clock_at("2025-06-02"):
        as_(olga).get("/")
        assert usable("2025-06-02") == set()
        as_(olga).post("/initiatives/DS-001/update/", {"rag": "green", "what_changed": "Tests passed."})
        assert usable("2025-06-02") == {olgas.pk}


def test_the_office_can_have_everything_kept_afresh(olgas, omars, capsys):
    with clock_at("2025-06-02"):
        call_command("keep_figures")
        assert capsys.readouterr().out == "Kept 2 initiatives and 2 months.\n"
        call_command("keep_figures")
        assert capsys.readouterr().out == "Kept 0 initiatives and 0 months.\n"
        call_command("keep_figures", afresh=True)
        assert capsys.readouterr().out == "Kept 2 initiatives and 2 months.\n"


def test_migrating_finds_its_triggers_again_and_trusts_nothing_that_was_written_without_them(olgas):
    keeps("2025-06-02")
    triggers.remove()
    assert triggers.standing_triggers(connection) == {}
    says(olgas, "red", on="2025-06-02")
    triggers.install()
    assert usable("2025-06-02") == set()
    assert len(triggers.standing_triggers(connection)) == 3 * len(triggers.watched()) + 2


def test_initiatives_written_in_bulk_have_their_place(strategy):
    home = Pillar.objects.first()
    rows = [Initiative(ref=f"DS-10{n}", title="x", pillar=home) for n in range(3)]
    Initiative.objects.bulk_create(rows)
    assert KeptStanding.objects.count() == 3
