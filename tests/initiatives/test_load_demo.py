"""The demonstration: whole whenever it is loaded, the same when loaded twice, and nobody's way in."""

from collections import Counter
from datetime import timedelta
from fractions import Fraction
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.history import LONDON
from accounts.models import User
from initiatives import demonstration
from initiatives.dependencies.reading import dependencies_in
from initiatives.following import followed_by
from initiatives.history import Timeline, first_day, portfolio
from initiatives.models import Answer, Ask, Dependency, Follow, Handover, Initiative, Milestone, Note, Recorded, Update
from initiatives.people import leavers, orphaned
from initiatives.progress import whole
from initiatives.status import Cadence, Focus, MilestoneStatus, Part, Stage, Status
from pillars.models import Aim, Commitment, Pillar
from reports.metrics import by_commitment
from tests.factories import an_initiative, clock_at, day, undone

pytestmark = pytest.mark.django_db


def load(on="2026-03-18", *arguments):
    out = StringIO()
    with clock_at(on):
        call_command("load_demo", *arguments, stdout=out)
    return out.getvalue()


def everything():
    """Return every row of every table of ours."""
    ours = [model for model in apps.get_models() if model._meta.app_label in ("accounts", "pillars", "initiatives")]
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in ours}


# --- What is in it --------------------------------------------------------------------------------
def test_it_holds_the_strategy_the_organisations_aims_and_thirty_initiatives():
    assert load() == "Loaded 30 initiatives. Their owners, dates and ratings are made up.\n"
    assert list(Pillar.objects.values_list("slug", flat=True)) == ["purpose", "process", "people", "potential"]
    assert [aim.code for aim in Aim.objects.all()] == [f"A{n}" for n in range(1, 5)]
    assert [c.code for c in Commitment.objects.all()] == [f"E{n}" for n in range(1, 21)]
    assert Commitment.objects.filter(summary="").count() == 10
    assert [i.ref for i in Initiative.objects.all()] == [f"DS-{n:03d}" for n in range(1, 31)]
    assert Initiative.objects.exclude(sources="").count() == 28
    assert set(Initiative.objects.values_list("focus", flat=True)) == set(Focus.values)


@pytest.mark.parametrize(
    "today", ["2026-03-18", "2026-01-01", "2026-04-06", "2027-12-31", "2028-02-29", "2026-08-29", "2026-10-25"]
)
def test_on_whatever_day_it_is_loaded_every_case_occurs(today):
    load(today)
    found = portfolio(day(today))
    work = found.initiatives
    assert {i.status for i in work} == set(Status)
    assert {i.reading for i in work} == {"green", "amber", "red", "silent", None}
    assert {i.stage for i in work} == set(Stage)
    assert {i.cadence for i in work} == set(Cadence)
    assert {m.status(found.day) for i in work for m in i.milestones} == set(MilestoneStatus)
    assert any(i.is_watermelon for i in work)
    assert any(m.moves >= 2 for i in work for m in i.milestones)
    assert any(m.withdrawn_on for i in work for m in i.milestones)
    assert any(i.date_moves and not i.milestones for i in work)
    assert any(not i.milestones for i in work)
    assert any(i.owner is None for i in work)
    assert [len(i.alignments) for i in work].count(0) == 3
    assert {row.is_gap for row in by_commitment(found)} == {True, False}
    assert 0 < Answer.objects.count() < Ask.objects.count()
    assert set(Answer.objects.values_list("outcome", flat=True)) == {"answered", "declined"}
    olga = [i for i in work if i.owner and i.owner.username == "owner"]
    assert len(olga) >= 3
    assert "no-current-update" in {i.status for i in olga}
    assert (found.day - first_day()).days == 548
    worst, *others = dependencies_in(found).causes()
    assert (worst.promise.milestone.ref, worst.promise.is_late, worst.milestones, worst.pillars) == (
        "DS-012-M02", True, 2, ["Process", "Potential"],
    )  # fmt: skip
    assert [cause.promise.is_withdrawn for cause in others] == [False, False, True]
    assert len(dependencies_in(found).without_risk()) == 1


def test_nothing_in_it_was_recorded_before_its_history_or_after_now():
    load("2026-03-18")
    rows = [model for model in apps.get_models() if issubclass(model, Recorded)]
    moments = [moment for model in rows for moment in model.objects.values_list("recorded_at", flat=True)]
    with clock_at("2026-03-18") as now:
        assert first_day() <= timezone.localdate(min(moments), LONDON)
        assert max(moments) <= now


def test_every_update_keeps_the_figures_of_its_moment_as_recomputed_by_hand():
    load()
    timeline = Timeline(day("2026-03-18"))
    told = Counter((u.initiative_id, timezone.localdate(u.recorded_at, LONDON)) for u in Update.objects.all())
    checked = 0
    for update in Update.objects.all():
        on = timezone.localdate(update.recorded_at, LONDON)
        if told[update.initiative_id, on] > 1:
            continue  # the day's end is then not the moment just after this one
        (steps,) = (i.milestones for i in timeline.at(on).initiatives if i.id == update.initiative_id)
        total = sum(m.weight for m in steps)
        done = total and Fraction(sum(m.weight for m in steps if m.done_on and m.done_on <= on), total)
        planned = total and Fraction(sum(m.weight for m in steps if m.first_due_on <= on), total)
        expected = (whole(done), whole(planned)) if total else (None, None)
        assert (update.progress_percent, update.planned_percent) == expected, update
        checked += 1
    assert checked >= 0.9 * Update.objects.count() > 0


def test_each_previous_rag_is_the_one_that_was_last_said():
    load()
    said = {}
    for update in Update.objects.order_by("recorded_at", "id"):
        before = max(said.get(update.initiative_id, []), default=(None, None, None, ""))
        assert update.previous_rag == before[-1], update
        said.setdefault(update.initiative_id, []).append(
            (update.said_on, update.recorded_at, update.pk, update.rag),
        )


def test_meetings_were_noted_and_two_people_follow_what_concerns_them():
    load()
    assert [(n.initiative.ref, n.recorded_by.username) for n in Note.objects.order_by("initiative__ref")] == [
        ("DS-004", "office"),
        ("DS-010", "office"),
        ("DS-013", "leader"),
    ]
    followed = Counter(Follow.objects.values_list("person__username", flat=True))
    assert followed == {"leader": 4, "sponsor": 1}
    found = followed_by(User.objects.get(username="leader"), portfolio(day("2026-03-18")))
    assert any(f.says_otherwise for f in found)
    assert any(f.changed.late for f in found)
    assert any(f.changed.done for f in found)


def test_people_have_handed_over_left_and_stand_in():
    load("2026-03-18")
    day_of = {"today": day("2026-03-18"), "before": day("2026-03-18") - timedelta(days=300)}
    found = {when: {i.ref: i for i in portfolio(on).initiatives} for when, on in day_of.items()}
    handed = Handover.objects.select_related("initiative", "from_person", "to_person")
    assert {(row.initiative.ref, row.part) for row in handed} == {
        ("DS-009", "owner"), ("DS-016", "owner"), ("DS-018", "sponsor"),
    }  # fmt: skip
    for row in handed:
        named = [getattr(found[when][row.initiative.ref], row.part) for when in ("before", "today")]
        assert [str(person) for person in named] == [str(row.from_person), str(row.to_person)]
        assert getattr(row.initiative, row.part) == row.to_person
    assert str(found["before"]["DS-016"].owner) == "Data Charter Manager"
    assert found["today"]["DS-016"].owner is None
    authors = {str(update.recorded_by) for update in Update.objects.filter(initiative__ref="DS-016")}
    assert authors == {"Data Charter Manager"}
    (covered,) = (i for i in found["today"].values() if i.stands_in_until)
    assert (covered.owner.username, str(covered.deputy)) == ("owner", "Economic Intelligence Manager")
    waiting = leavers(orphaned(portfolio(day_of["today"])))
    assert [(str(leaver.person), [o.initiative.ref for o in leaver.orphans]) for leaver in waiting] == [
        ("Data Charter Manager", ["DS-012", "DS-015"]),
        ("None", ["DS-016"]),
    ]


def test_nothing_in_it_waits_before_both_milestones_were_on_record():
    load("2026-03-18")
    on_record = dict(Milestone.history.values_list("id", "history_date"))
    for version in Dependency.history.all():
        assert version.history_date >= max(on_record[version.milestone_id], on_record[version.needs_id])
        assert version.history_user is not None


def test_its_words_name_those_who_hold_a_part_today():
    for words in demonstration.read("initiatives"):
        for part in Part.values:
            chain = sorted((h for h in words.get("handovers", ()) if h["part"] == part), key=lambda h: h["on"])
            assert [h["to"] for h in chain] == [*(h["from"] for h in chain[1:]), *([words[part]] if chain else [])]


# --- Loading it -----------------------------------------------------------------------------------
def test_loading_it_twice_changes_nothing():
    load("2026-03-18")
    before = everything()
    assert load("2026-03-19") == "The demonstration is loaded already: nothing was changed.\n"
    assert everything() == before


def test_it_stays_out_of_a_council_with_a_strategy_of_its_own():
    an_initiative(recorded="2025-04-01")
    with pytest.raises(CommandError, match="holds a strategy of its own"):
        load()
    assert Initiative.objects.count() == 1


def test_it_stays_out_of_a_council_that_has_set_up_nothing_but_its_pillars(strategy):
    with pytest.raises(CommandError, match="holds a strategy of its own"):
        load()


def test_everything_in_it_says_that_it_is_a_demonstration():
    load()
    for model in (User, Pillar, Aim, Commitment, Initiative):
        assert set(model.objects.values_list("is_demonstration", flat=True)) == {True}


# --- Signing in -----------------------------------------------------------------------------------
ACCOUNTS = ["leader", "owner", "deputy", "sponsor", "analyst", "office", "admin", "nobody"]


def who_may_sign_in(client, password="pop-up-book"):
    return [name for name in ACCOUNTS if client.login(username=name, password=password)]


def test_its_people_cannot_sign_in_while_no_password_is_set(client):
    load()
    assert User.objects.filter(username__in=ACCOUNTS).count() == 8
    assert who_may_sign_in(client) == []
    assert not any(user.has_usable_password() for user in User.objects.all())


def test_its_eight_accounts_sign_in_with_the_password_that_is_set(client, settings):
    settings.DEMO_PASSWORD = "pop-up-book"
    load()
    assert who_may_sign_in(client) == ACCOUNTS
    assert who_may_sign_in(client, "") == []
    others = User.objects.exclude(username__in=ACCOUNTS)
    assert others.exists()
    assert not any(user.has_usable_password() for user in others)


def test_a_password_set_afterwards_opens_the_door_and_a_new_one_changes_the_lock(client, settings):
    load()
    settings.DEMO_PASSWORD = "pop-up-book"
    load()
    assert who_may_sign_in(client) == ACCOUNTS
    settings.DEMO_PASSWORD = "dusty-bookend"
    load()
    assert who_may_sign_in(client) == []
    assert who_may_sign_in(client, "dusty-bookend") == ACCOUNTS


def test_each_account_holds_its_own_role_and_nobody_holds_none():
    load()
    roles = {name: set(User.objects.get(username=name).roles) for name in ACCOUNTS}
    assert roles == {
        "leader": {"leader"},
        "owner": {"contributor"},
        "deputy": {"contributor"},
        "sponsor": {"contributor"},
        "analyst": {"analyst"},
        "office": {"office"},
        "admin": {"administrator"},
        "nobody": set(),
    }


# --- A synthetic portfolio ------------------------------------------------------------------------
def test_a_portfolio_of_any_size_has_five_years_of_history():
    assert load("2026-03-18", "--scale", "12").startswith("Loaded 12 initiatives.")
    assert Initiative.objects.count() == 12
    assert day("2026-03-18") - first_day() == timedelta(days=5 * 365 + 1)


def test_in_a_portfolio_of_any_size_some_wait_and_nothing_waits_for_itself():
    load("2026-03-18", "--scale", "60")
    edges = list(Dependency.objects.values_list("milestone__initiative__ref", "needs__initiative__ref"))
    assert 4 <= len(edges) <= 20
    assert all(needed < waiting for waiting, needed in edges)


def made_with(seed):
    with undone():
        load("2026-03-18", "--scale", "6", "--seed", seed)
        found = portfolio(day("2026-03-18")).initiatives
        return [(i.title, i.pillar.slug, i.stage, i.rag, i.progress, i.ends_on) for i in found]


def test_the_same_seed_makes_the_same_portfolio_and_another_seed_another():
    assert made_with("7") == made_with("7")
    assert made_with("7") != made_with("8")


@pytest.mark.parametrize("scale", ["0", "-1", "20001"])
def test_a_portfolio_of_an_impossible_size_is_refused(scale):
    with pytest.raises(CommandError, match="from 1 to 20000"):
        load("2026-03-18", f"--scale={scale}")
    assert not Initiative.objects.exists()
