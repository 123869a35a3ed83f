"""Applying a file: all of it or nothing, with its history, once; as of a past day; and taking it back."""

from datetime import UTC, date, datetime

import pytest

from accounts.models import User
from initiatives.history import initiative_as_at
from initiatives.imports import actions
from initiatives.models import Alignment, DateMove, Import, Initiative, Update, last_moment_of
from tests.factories import aligns, an_initiative, clock_at, day, moves, says, ticks
from tests.initiatives.imports.files import a_file, applies, brings, changes, looks, reasons, takes, written

RETURN = a_file(
    "Project number | Title | Pillar | RAG | Comment | End date",
    "P1 | Open maps | Process | Red | The supplier left. | 2026-03-31",
    "P2 | Trees | People | Green | All is well. | 2026-06-30",
)


def stood(ref, on):
    return initiative_as_at(Initiative.objects.get(ref=ref), day(on))


def test_what_was_applied_is_there_with_who_and_when(strategy, oscar):
    applied = takes(oscar, RETURN)
    assert (applied.state, applied.applied_by, applied.counts["rows"]["new"]) == ("applied", oscar, 2)
    maps = stood("DS-001", "2025-07-01")
    assert (maps.title, maps.external_ref, maps.pillar.slug, maps.status) == ("Open maps", "P1", "process", "red")
    said = Update.objects.get(initiative=maps.id)
    assert (said.what_changed, said.issue, said.said_on, said.recorded_by, said.brought_in) == (
        "The supplier left.", "As the update says.", date(2025, 7, 1), oscar, applied,
    )  # fmt: skip
    version = Initiative.history.get(id=maps.id)
    assert (version.history_type, version.history_change_reason, version.history_user) == (
        "+", f"import {applied.pk}", oscar,
    )  # fmt: skip
    assert [(row.number, row.outcome, row.ref) for row in applied.rows.all()] == [
        (2, "new", "DS-001"),
        (3, "new", "DS-002"),
    ]


def test_the_same_file_again_changes_nothing_whatever_the_day(strategy, oscar):
    takes(oscar, RETURN)
    before = written()
    again = takes(oscar, RETURN, on="2025-07-09")
    assert again.counts["rows"] == {"new": 0, "changed": 0, "unchanged": 2, "refused": 0}
    assert written() == before


def test_a_changed_file_adds_to_history_and_edits_none_of_it(strategy, oscar):
    takes(oscar, RETURN)
    later = RETURN.replace(b"2026-03-31", b"2026-05-31").replace(b"Trees", b"More trees")
    takes(oscar, later, on="2025-08-01")
    assert [stood("DS-001", on).ends_on for on in ("2025-07-31", "2025-08-01")] == [
        date(2026, 3, 31),
        date(2026, 5, 31),
    ]
    assert [stood("DS-002", on).title for on in ("2025-07-31", "2025-08-01")] == ["Trees", "More trees"]
    assert DateMove.objects.get().reason == "return.csv says so and gives no reason."


def test_open_questions_must_be_answered_first(strategy, oscar):
    draft = brings(oscar, RETURN.replace(b"Red", b"Amber/Red"))
    before = written()
    with pytest.raises(actions.StillAsked, match="What does “Amber/Red” of “RAG” mean as rag"):
        applies(draft, oscar)
    assert written() == before
    assert Import.objects.get().state == "draft"


def test_what_was_looked_at_is_what_is_applied(strategy, oscar):
    draft = brings(oscar, RETURN)
    seen = looks(draft).fingerprint
    an_initiative("DS-001", recorded="2025-07-01", external_ref="P1")
    before = written()
    with pytest.raises(actions.ChangedSince) as now, clock_at("2025-07-01"):
        actions.apply(draft=draft, by=oscar, on=day("2025-07-01"), fingerprint=seen)
    assert now.value.plan.counts["changed"] == 1
    assert written() == before


def test_a_file_is_applied_once(strategy, oscar):
    draft = brings(oscar, RETURN)
    applies(draft, oscar)
    with pytest.raises(actions.AppliedAlready):
        applies(draft, oscar)
    assert Initiative.objects.count() == 2


def test_an_application_that_is_left_half_way_leaves_nothing(strategy, oscar):
    draft = brings(oscar, RETURN)
    before = written()
    running = actions.applying(draft=draft, by=oscar, on=day("2025-07-01"))
    assert [next(running)[0] for _ in range(4)][-1] == "Writing stages"
    running.close()
    assert written() == before
    assert Import.objects.get().state == "draft"


def test_accounts_are_made_without_a_role_or_a_password(strategy, oscar):
    file = a_file("Title | Pillar | Owner", "A | Process | una@essex.example", "B | Process | Una Known")
    takes(oscar, file, people={"*": "+"})
    made = User.objects.exclude(pk=oscar.pk).order_by("username")
    assert [(p.username, p.name, p.email, p.roles, p.has_usable_password()) for p in made] == [
        ("una", "una", "una@essex.example", frozenset(), False),
        ("una.known", "Una Known", "", frozenset(), False),
    ]


def test_an_update_keeps_what_the_dates_said_just_after_it(olgas, oscar):
    ticks(olgas, 1, on="2025-05-29")
    takes(oscar, a_file("ref | rag", "DS-001 | green"))
    said = Update.objects.get()
    assert (said.progress_percent, said.planned_percent, said.machine_reading) == (25, 25, "green")


# --- As of a past day -----------------------------------------------------------------------------
def test_a_file_of_the_past_counts_as_recorded_at_the_end_of_its_day(strategy, oscar):
    applied = takes(oscar, RETURN, as_of="2024-03-31")
    maps = Initiative.objects.get(ref="DS-001")
    assert initiative_as_at(maps, day("2024-03-30")) is None
    assert initiative_as_at(maps, day("2024-03-31")).rag == "red"
    said = Update.objects.get(initiative=maps)
    assert said.recorded_at == last_moment_of(date(2024, 3, 31)) == datetime(2024, 3, 31, 22, 59, 59, 999999, UTC)
    assert said.brought_in_later == applied.applied_at == datetime(2025, 7, 1, 11, tzinfo=UTC)


def test_it_adds_what_comes_before_everything_and_changes_no_figure_of_later_days(olgas, oscar):
    says(olgas, "green", on="2025-05-03")
    aligns(olgas, "E1", recorded="2025-04-02")
    seen = ("title", "stage", "ends_on", "commitment_ids", "also", "owner", "weight", "progress", "rag", "status")

    def figures():
        days = {"2025-04-01": seen[:-2], "2025-05-02": seen[:-2], "2025-05-03": seen, "2025-07-01": seen}
        return [[getattr(stood("DS-001", on), name) for name in names] for on, names in days.items()]

    before = figures()
    file = a_file(
        "ref | title | pillar | rag | commitments | also_contributes_to | ends_on | weight",
        "DS-001 | As it was | people | red | E1; E3 | potential | 2026-01-31 | 5",
    )
    takes(oscar, file, as_of="2025-03-15")
    assert figures() == before
    assert stood("DS-001", "2025-05-02").rag == "red"  # said on 15 March, and nothing else until 3 May
    then = stood("DS-001", "2025-03-31")
    assert (then.title, then.pillar.slug, then.rag, then.weight) == ("As it was", "people", "red", 5)
    assert [a.commitment.code for a in then.alignments] == ["E1", "E3"]
    assert [p.slug for p in then.also] == ["potential"]


def test_what_has_records_of_its_own_by_then_is_refused(olgas, oscar):
    draft = brings(oscar, a_file("ref | weight", "DS-001 | 7"), as_of="2025-05-01")
    assert reasons(looks(draft)) == {
        2: ["DS-001 has records of its own since 2025-04-01: a file of the past can only tell what came before"]
    }


def test_files_of_the_past_come_in_the_order_of_their_days_or_before_all(strategy, oscar):
    takes(oscar, RETURN, as_of="2024-03-31")
    takes(oscar, RETURN.replace(b"Trees", b"Oaks"), as_of="2025-03-31")
    takes(oscar, RETURN.replace(b"Trees", b"Seeds"), as_of="2023-03-31")
    days = ("2023-03-31", "2024-03-30", "2024-03-31", "2025-03-30", "2025-03-31")
    assert [stood("DS-002", on).title for on in days] == ["Seeds", "Seeds", "Trees", "Trees", "Oaks"]
    assert Initiative.objects.get(ref="DS-002").title == "Oaks"
    between = brings(oscar, RETURN.replace(b"Trees", b"Elms"), as_of="2024-09-30")
    assert reasons(looks(between))[3] == [
        "files have told of DS-002 as of days before and after 2024-09-30: bring them in the order of their days"
    ]
    second = brings(oscar, RETURN.replace(b"Trees", b"Elms"), as_of="2024-03-31")
    assert reasons(looks(second))[3] == ["another file has told of DS-002 as of 2024-03-31: undo that import first"]


def test_milestones_of_the_past_follow_their_initiatives(strategy, oscar):
    takes(oscar, RETURN, as_of="2024-03-31")
    file = a_file("initiative | milestone | due date | done on", "P1 | First map | 2024-02-28 | 2024-02-27")
    takes(oscar, file, as_of="2024-06-30")
    assert [len(stood("DS-001", on).milestones) for on in ("2024-06-29", "2024-06-30")] == [0, 1]
    assert stood("DS-001", "2024-06-30").milestones_done == 1


# --- Undoing --------------------------------------------------------------------------------------
def test_an_import_is_undone_as_if_it_had_never_been(olgas, oscar, omar):
    aligns(olgas, "E1", recorded="2025-04-02")
    before = written()
    file = a_file(
        "ref | title | pillar | rag | owner | commitments | ends_on",
        "DS-001 | Another title | people | red | Omar Odell | E2 |",
        "DS-007 | New | process | amber | Una Known | E3 | 2026-01-31",
    )
    applied = takes(oscar, file, people={"*": "+"})
    assert written() != before
    with clock_at("2025-07-02"):
        undone = actions.undo(applied=applied, by=oscar)
    now = written()
    for table in ("initiatives_keptstanding", "initiatives_keptmonth", "django_content_type"):
        before.pop(table, None), now.pop(table, None)
    assert now == before
    assert (undone.state, undone.undone_by, undone.rows.count()) == ("undone", oscar, 2)
    assert Alignment.objects.get().commitment.code == "E1"


def test_once_undone_the_right_file_can_be_brought(strategy, oscar):
    wrong = takes(oscar, RETURN.replace(b"Red", b"Green"), as_of="2024-03-31")
    actions.undo(applied=wrong, by=oscar)
    takes(oscar, RETURN, as_of="2024-03-31")
    assert stood("DS-001", "2024-03-31").rag == "red"


def test_what_somebody_has_built_on_stays(strategy, oscar):
    applied = takes(oscar, RETURN)
    says(Initiative.objects.get(ref="DS-001"), "green", on="2025-07-02")
    moves(Initiative.objects.get(ref="DS-002"), None, to="2026-09-30", recorded="2025-07-03")
    before = written()
    with pytest.raises(actions.BuiltOn) as why:
        actions.undo(applied=applied, by=oscar)
    assert why.value.reasons == ["DS-001 has an update since", "DS-002 has a moved date since"]
    assert written() == before


def test_a_later_import_is_undone_first(strategy, oscar):
    first = takes(oscar, RETURN, as_of="2024-03-31")
    second = takes(oscar, RETURN.replace(b"Trees", b"Oaks"), as_of="2025-03-31", on="2025-07-02")
    assert actions.built_on(first) == [
        f"DS-001 was told of by import {second.pk} since: undo that one first",
        f"DS-002 was told of by import {second.pk} since: undo that one first",
    ]
    actions.undo(applied=second, by=oscar)
    assert actions.built_on(first) == []
    assert stood("DS-002", "2025-07-01").title == "Trees"


def test_people_who_were_given_work_meanwhile_stay(strategy, oscar, olga):
    file = a_file("Title | Pillar | Owner | Deputy", "A | Process | Una Known | Uri Known")
    applied = takes(oscar, file, people={"*": "+"})
    User.objects.get(username="una.known").grants.create(role="contributor")
    undone = actions.undo(applied=applied, by=oscar)
    assert undone.counts["people_who_stay"] == ["Una Known"]
    assert set(User.objects.values_list("username", flat=True)) == {"oscar", "olga", "una.known"}
    assert changes(looks(brings(oscar, file)), 2)["owner"] == ("", "Una Known")
