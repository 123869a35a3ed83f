"""Titles, weights, people, pillars and alignments as at a day: what is corrected later never changes the past."""

from datetime import date
from fractions import Fraction

import pytest

from pillars.models import Pillar
from tests.factories import (
    a_person,
    aligns,
    an_initiative,
    as_at,
    clock_at,
    contributes,
    corrects,
    day,
    milestone,
    removes,
    ticks,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def ds1(strategy):
    """DS-001: monthly, in progress since 1 April 2025, with milestones for the ends of May and July."""
    return an_initiative("DS-001", recorded="2025-04-01", milestones=["2025-05-30", "2025-07-31"])


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("title", "Title of DS-001", "A better title"),
        ("summary", "", "What it is for."),
        ("focus", "", "priority"),
        ("directorate", "", "Corporate Services"),
        ("partners", "", "Essex Police"),
        ("cadence", "monthly", "quarterly"),
        ("weight", 1, 5),
        ("starts_on", None, date(2025, 5, 1)),
    ],
)
def test_an_attribute_changes_from_the_day_it_was_corrected(ds1, name, before, after):
    corrects(ds1, **{name: after}, recorded="2025-06-10")
    assert getattr(as_at(ds1, "2025-06-09"), name) == before
    assert getattr(as_at(ds1, "2025-06-10"), name) == after


def test_an_initiative_moves_to_another_pillar_from_the_day_that_was_recorded(ds1):
    corrects(ds1, pillar=Pillar.objects.get(slug="people"), recorded="2025-06-10")
    assert [as_at(ds1, on).pillar.slug for on in ("2025-06-09", "2025-06-10")] == ["purpose", "people"]


def test_olgas_work_becomes_omars_and_a_married_name_counts_from_its_day(strategy):
    with clock_at("2025-04-01"):
        olga, omar = a_person("olga", "Olga Owens"), a_person("omar", "Omar Odell")
    ds1 = an_initiative(recorded="2025-04-01", owner=olga, deputy=omar, sponsor=olga)
    corrects(olga, name="Olga Odell", recorded="2025-05-01")
    corrects(ds1, owner=omar, deputy=None, recorded="2025-06-10")
    found = [as_at(ds1, on) for on in ("2025-04-30", "2025-05-01", "2025-06-10")]
    assert [str(f.owner) for f in found] == ["Olga Owens", "Olga Odell", "Omar Odell"]
    assert [str(f.deputy) for f in found] == ["Omar Odell", "Omar Odell", "None"]
    assert [str(f.sponsor) for f in found] == ["Olga Owens", "Olga Odell", "Olga Odell"]


def test_a_pillar_and_a_commitment_are_called_what_they_were_called(ds1):
    alignment = aligns(ds1, "E1", recorded="2025-04-02")
    corrects(ds1.pillar, name="Why", statement="A new promise.", recorded="2025-06-10")
    corrects(alignment.commitment, name="A new name", recorded="2025-06-10")
    before, after = as_at(ds1, "2025-06-09"), as_at(ds1, "2025-06-10")
    assert (before.pillar.name, before.pillar.statement) == ("Purpose", "What purpose promises.")
    assert (after.pillar.name, after.pillar.statement) == ("Why", "A new promise.")
    assert before.alignments[0].commitment.name == "Commitment 1"
    assert after.alignments[0].commitment.name == "A new name"


def test_an_alignment_stands_from_the_day_it_was_made_to_the_day_it_was_removed(ds1):
    alignment = aligns(ds1, "E2", "main", how="At first.", recorded="2025-05-01")
    corrects(alignment, strength="supporting", how="Now.", recorded="2025-05-10")
    removes(alignment, recorded="2025-05-20")
    days = ("2025-04-30", "2025-05-01", "2025-05-10", "2025-05-20")
    found = [[(a.commitment.code, a.strength, a.how) for a in as_at(ds1, on).alignments] for on in days]
    assert found == [[], [("E2", "main", "At first.")], [("E2", "supporting", "Now.")], []]


def test_an_alignment_made_again_stands_again(ds1):
    removes(aligns(ds1, "E2", recorded="2025-05-01"), recorded="2025-05-10")
    aligns(ds1, "E2", "supporting", recorded="2025-05-20")
    days = ("2025-05-09", "2025-05-10", "2025-05-20")
    assert [[a.strength for a in as_at(ds1, on).alignments] for on in days] == [["main"], [], ["supporting"]]


def test_a_further_pillar_counts_from_the_day_it_was_recorded_until_it_was_removed(ds1):
    removes(contributes(ds1, "potential", recorded="2025-05-01"), recorded="2025-05-10")
    contributes(ds1, "people", recorded="2025-05-05")
    days = ("2025-04-30", "2025-05-01", "2025-05-05", "2025-05-10")
    slugs = [[pillar.slug for pillar in as_at(ds1, on).also] for on in days]
    assert slugs == [[], ["potential"], ["people", "potential"], ["people"]]


def test_a_milestone_is_called_and_weighs_what_it_did(ds1):
    ticks(ds1, 1, on="2025-05-20")
    corrects(milestone(ds1, 1), title="Step one", weight=3, recorded="2025-06-10")
    before, after = as_at(ds1, "2025-06-09"), as_at(ds1, "2025-06-10")
    assert (before.milestones[0].title, before.progress) == ("Step 1", Fraction(1, 2))
    assert (after.milestones[0].title, after.progress) == ("Step one", Fraction(3, 4))


def test_a_milestone_added_later_does_not_lower_yesterdays_progress(ds1):
    ticks(ds1, 1, on="2025-05-20")
    with clock_at("2025-06-10"):
        ds1.milestones.create(number=3, title="Step 3", first_due_on=day("2025-09-30"))
    assert [as_at(ds1, on).progress for on in ("2025-06-09", "2025-06-10")] == [Fraction(1, 2), Fraction(1, 3)]
