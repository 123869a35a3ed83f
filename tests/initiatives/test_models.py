"""The promises that the database keeps, on SQLite and on PostgreSQL alike."""

import pytest
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from accounts.models import RoleGrant, User
from initiatives.models import (
    AddOnlyError,
    Alignment,
    Answer,
    Ask,
    DateMove,
    DoneDate,
    Initiative,
    Milestone,
    StageChange,
    Update,
    Withdrawal,
)
from pillars.models import Aim, Commitment, Pillar
from tests.factories import (
    a_person,
    aligns,
    answers,
    asks,
    contributes,
    day,
    enters,
    milestone,
    moves,
    says,
    ticks,
    withdraws,
)

pytestmark = pytest.mark.django_db
MAY = day("2025-05-01")


# --- What is refused, each by the constraint that says why ----------------------------------------
INITIATIVE = {
    "initiative_has_a_title": {"title": ""},
    "initiative_weight_at_least_1": {"weight": 0},
    "initiative_focus_is_known": {"focus": "whim"},
    "initiative_cadence_is_known": {"cadence": "weekly"},
    "initiative_ends_not_before_it_starts": {"starts_on": day("2025-05-02"), "promised_end_on": MAY},
}
UPDATE = {
    "update_rag_is_known": {"rag": "blue"},
    "update_previous_rag_is_known": {"previous_rag": "blue"},
    "update_amber_says_the_risk": {"rag": "amber"},
    "update_red_says_the_issue": {"rag": "red"},
    "update_percentages_are_0_to_100": {"progress_percent": 101},
    "update_reading_is_a_colour": {"machine_reading": "silent"},
}
PILLAR = {
    "pillar_has_a_name": {"name": ""},
    "pillar_colour_is_1_to_8": {"colour": 9},
    "pillar_shape_is_a_known_word": {"shape": "blob"},
}


def refused(constraint, model, **row):
    with pytest.raises(IntegrityError, match=constraint):
        model.objects.create(**row)


@pytest.mark.parametrize("constraint", INITIATIVE)
def test_an_initiative_is_refused(strategy, constraint):
    row = {"ref": "DS-001", "title": "A title", "pillar": Pillar.objects.get(slug="people")}
    refused(constraint, Initiative, **row | INITIATIVE[constraint])


@pytest.mark.parametrize("constraint", UPDATE)
def test_an_update_is_refused(olgas, constraint):
    row = {"initiative": olgas, "said_on": MAY, "rag": "green", "what_changed": "x"}
    refused(constraint, Update, **row | UPDATE[constraint])


@pytest.mark.parametrize("constraint", PILLAR)
def test_a_pillar_is_refused(constraint):
    refused(constraint, Pillar, **{"slug": "place", "name": "Place"} | PILLAR[constraint])


@pytest.mark.parametrize(
    ("constraint", "row"),
    [
        ("milestone_number_at_least_1", {"number": 0}),
        ("milestone_weight_at_least_1", {"weight": 0}),
        ("milestone_has_a_title", {"title": ""}),
    ],
)
def test_a_milestone_is_refused(olgas, constraint, row):
    refused(constraint, Milestone, **{"initiative": olgas, "number": 9, "title": "x", "first_due_on": MAY} | row)


@pytest.mark.parametrize(
    ("constraint", "row"),
    [("date_move_moves", {"from_on": MAY, "to_on": MAY}), ("date_move_has_a_reason", {"reason": ""})],
)
def test_a_date_move_is_refused(olgas, constraint, row):
    row = {"from_on": MAY, "to_on": day("2025-06-01"), "reason": "x", **row}
    refused(constraint, DateMove, initiative=olgas, milestone=milestone(olgas, 1), **row)


def test_a_done_date_is_not_taken_back_without_a_reason(olgas):
    refused("done_date_taken_back_has_a_reason", DoneDate, milestone=milestone(olgas, 1))


def test_a_milestone_is_not_withdrawn_without_a_reason(olgas):
    refused("withdrawal_has_a_reason", Withdrawal, milestone=milestone(olgas, 1), reason="")


def test_a_stage_is_a_known_word(olgas):
    refused("stage_is_a_known_word", StageChange, initiative=olgas, stage="sleeping")


def test_an_alignments_strength_is_a_known_word(olgas):
    commitment = Commitment.objects.get(code="E1")
    refused("alignment_strength_is_known", Alignment, initiative=olgas, commitment=commitment, strength="weak")


def test_an_ask_asks_something(olgas):
    refused("ask_has_a_question", Ask, initiative=olgas, question="")


@pytest.mark.parametrize(
    ("constraint", "row"), [("answer_outcome_is_known", {"outcome": "ignored"}), ("answer_has_words", {"words": ""})]
)
def test_an_answer_says_something(olgas, constraint, row):
    refused(constraint, Answer, **{"ask": asks(olgas, on=MAY), "outcome": "answered", "words": "Yes."} | row)


def test_an_aim_has_a_name(db):
    refused("aim_has_a_name", Aim, code="A9", name="")


def test_a_commitment_has_a_name(strategy):
    refused("commitment_has_a_name", Commitment, code="E9", name="", aim=Aim.objects.first())


def test_a_person_has_a_name(db):
    refused("person_has_a_name", User, username="nameless", name="")


def test_a_role_is_a_known_word(olga):
    refused("role_is_a_known_word", RoleGrant, user=olga, role="emperor")


# --- What can be said once only -------------------------------------------------------------------
def test_a_ref_belongs_to_one_initiative(olgas):
    with pytest.raises(IntegrityError):
        Initiative.objects.create(ref="DS-001", title="Another", pillar=olgas.pillar)


def test_a_milestones_number_is_its_own(olgas):
    with pytest.raises(IntegrityError):
        olgas.milestones.create(number=1, title="Another", first_due_on=MAY)


def test_an_alignment_is_said_once(olgas):
    aligns(olgas, "E1", recorded=MAY)
    with pytest.raises(IntegrityError):
        aligns(olgas, "E1", "supporting", recorded=MAY)


def test_a_contribution_is_said_once(olgas):
    contributes(olgas, "people", recorded=MAY)
    with pytest.raises(IntegrityError):
        contributes(olgas, "people", recorded=MAY)


def test_a_role_is_granted_once(olga):
    with pytest.raises(IntegrityError):
        RoleGrant.objects.create(user=olga, role="contributor")


def test_an_e_mail_address_is_one_persons_alone_however_it_is_written(db):
    a_person("olga", email="Olga@example.org")
    with pytest.raises(IntegrityError):
        a_person("omar", email="olga@EXAMPLE.org")


def test_people_without_an_e_mail_address_do_not_stand_in_each_others_way(olga, omar):
    assert olga.email == omar.email == ""


# --- History is added to, not edited --------------------------------------------------------------
@pytest.fixture
def rows(olgas):
    """One row of everything that happens, all of it history."""
    ask = asks(olgas, on=MAY)
    return [
        says(olgas, on=MAY),
        moves(olgas, 1, to="2025-08-29", recorded=MAY),
        ticks(olgas, 2, on=MAY),
        withdraws(olgas, 3, on=MAY),
        enters(olgas, "paused", on=MAY),
        ask,
        answers(ask, on=MAY),
    ]


def test_nobody_edits_or_deletes_a_row_of_history(rows):
    for row in rows:
        rows_like_it = type(row).objects.filter(pk=row.pk)
        row.refresh_from_db()
        for deed in (
            row.save,
            row.delete,
            rows_like_it.delete,
            lambda found=rows_like_it: found.update(recorded_at=None),
            lambda found=rows_like_it: found.bulk_update(found, ["recorded_by"]),
        ):
            with pytest.raises(AddOnlyError, match="is history"), transaction.atomic():
                deed()
    assert all(type(row).objects.filter(pk=row.pk).exists() for row in rows)


def test_nothing_that_has_a_history_can_be_deleted(rows, olgas, olga):
    for thing in (olgas, olgas.pillar, milestone(olgas, 1), milestone(olgas, 2), olga):
        with pytest.raises(ProtectedError):
            thing.delete()


def test_signing_in_leaves_no_row_in_olgas_history(olga, as_):
    before = olga.history.count()
    as_(olga)
    assert olga.history.count() == before
    olga.job_title = "Head of Data"
    olga.save()
    assert olga.history.count() == before + 1


def test_no_password_is_kept_in_history(olga):
    assert {"password", "last_login"} & {field.name for field in User.history.model._meta.get_fields()} == set()


# --- Whose work it is -----------------------------------------------------------------------------
def test_things_are_called_by_their_refs_and_names(olgas):
    assert str(olgas) == "DS-001 Title of DS-001"
    assert str(milestone(olgas, 1)) == "DS-001-M01 Step 1"
    assert str(aligns(olgas, "E1", recorded=MAY)) == "DS-001 Title of DS-001 serves E1 Commitment 1"
    assert str(contributes(olgas, "people", recorded=MAY)) == "DS-001 Title of DS-001 also contributes to People"
