"""Filters choose initiatives by their state on a day, and every data set then speaks of those."""

import pytest
from django.core.exceptions import BadRequest

from tests.exports import column, scope, taken
from tests.factories import aligns, an_initiative, asks, corrects, enters, moves, says

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("strategy")]


@pytest.fixture
def three(olga, omar):
    """DS-001 is late, moved and asks; Olga's DS-002 is green; Omar's DS-003 was red and is complete."""
    ds1 = an_initiative("DS-001", recorded="2025-04-01", milestones=["2025-05-30", "2026-03-31"])
    ds2 = an_initiative("DS-002", recorded="2025-04-01", pillar="people", owner=olga, focus="priority", directorate="A")
    ds3 = an_initiative("DS-003", recorded="2025-04-01", pillar="people", owner=omar, title="Sharing data")
    for found, rag in ((ds1, "amber"), (ds2, "green"), (ds3, "red")):
        says(found, rag, on="2025-06-10")
    aligns(ds1, "E1", recorded="2025-04-02")
    moves(ds1, 2, to="2026-06-30", recorded="2025-06-03")
    asks(ds1, on="2025-06-04")
    enters(ds3, "complete", on="2025-06-20")


@pytest.mark.parametrize(
    ("query", "refs"),
    [
        ("", ["DS-001", "DS-002", "DS-003"]),
        ("pillar=people", ["DS-002", "DS-003"]),
        ("pillar=people&pillar=purpose", ["DS-001", "DS-002", "DS-003"]),
        ("status=complete", ["DS-003"]),
        ("status=amber&status=green", ["DS-001", "DS-002"]),
        ("stage=in-progress", ["DS-001", "DS-002"]),
        ("rag=red", ["DS-003"]),
        ("owner=olga", ["DS-002"]),
        ("owner=Omar Odell", ["DS-003"]),
        ("commitment=E1", ["DS-001"]),
        ("directorate=A", ["DS-002"]),
        ("focus=priority", ["DS-002"]),
        ("attention=late", ["DS-001"]),
        ("attention=moved&attention=ask", ["DS-001"]),
        ("attention=watermelon", []),
        ("q=sharing", ["DS-003"]),
        ("q=ds-00", ["DS-001", "DS-002", "DS-003"]),
        ("pillar=people&stage=in-progress", ["DS-002"]),
    ],
)
def test_every_data_set_speaks_of_the_initiatives_that_the_filters_chose(three, query, refs):
    assert column("initiatives", "ref", "2025-07-01", query) == refs
    assert set(column("milestones", "initiative", "2025-07-01", query)) == {"DS-001"} & set(refs)
    assert set(column("updates", "initiative", "2025-07-01", query)) == set(refs)
    assert set(column("date_moves", "initiative", "2025-07-01", query)) == {"DS-001"} & set(refs)
    assert set(column("alignments", "initiative", "2025-07-01", query)) == {"DS-001"} & set(refs)
    assert sum(map(int, column("pillars", "initiatives", "2025-07-01", query))) == len(refs)
    assert sum(map(int, column("commitments", "initiatives", "2025-07-01", query))) == ("DS-001" in refs)
    assert sum(map(int, column("golden_thread", "initiatives", "2025-07-01", query))) == ("DS-001" in refs)
    june = [row for row in taken("trend", "2025-07-01", query) if row["month_end"] == "2025-06-30"]
    assert sum(int(row[word]) for row in june for word in ("amber", "green", "complete")) == len(refs)


def test_filters_choose_by_the_state_of_the_day_and_the_trend_then_follows_those(three):
    assert column("initiatives", "ref", "2025-06-19", "stage=complete") == []
    rows = [row for row in taken("trend", "2025-07-01", "stage=complete") if row["pillar"] == "people"]
    assert [(row["never_updated"], row["complete"]) for row in rows] == [("1", "0"), ("1", "0"), ("0", "1")]


def test_an_owner_is_chosen_under_the_name_of_the_day(three, olga):
    corrects(olga, name="Olga Odell", recorded="2025-06-25")
    assert column("initiatives", "ref", "2025-07-01", "owner=Olga Odell") == ["DS-002"]
    assert column("initiatives", "ref", "2025-07-01", "owner=olga") == ["DS-002"]


def test_an_owner_of_nothing_is_no_error(three, lea):
    assert column("initiatives", "ref", "2025-07-01", "owner=lea") == []


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("pillar=place", "pillar: “place” is not one of the values allowed: purpose, process, people, potential."),
        ("rag=blue", "rag: “blue” is not one of the values allowed: green, amber, red."),
        ("commitment=E99", "commitment: “E99” is not one of the values allowed: E1, E2, E3."),
        ("owner=eve", "owner: nobody here is called “eve”. Use a username or a display name."),
        ("q=%00", "q must be plain text: it holds a null character."),
        ("q=" + "x" * 201, "q must be 200 characters at most; it holds 201."),
    ],
)
def test_ana_is_told_what_is_allowed(three, query, words):
    with pytest.raises(BadRequest) as refusal:
        scope("2025-07-01", query).check()
    assert str(refusal.value) == words


def test_an_empty_filter_chooses_everything(three):
    assert column("initiatives", "ref", "2025-07-01", "pillar=&status=&q=+") == ["DS-001", "DS-002", "DS-003"]
    assert not scope("2025-07-01", "pillar=&status=&q=+").filtered
