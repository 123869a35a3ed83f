"""The golden thread: pillars by aims and commitments, and its gaps."""

import re

import pytest

from tests.factories import aligns, an_initiative, enters, removes, says, ticks

DAY = "2025-07-01"


@pytest.fixture
def read(as_, lea):
    client = as_(lea)

    def words(path, day=DAY):
        response = client.get(path, {"as_at": day})
        assert response.status_code == 200
        page = response.content.decode().split("<h1", 1)[1].split("<footer")[0]
        return re.sub(r" ([,.])", r"\1", " ".join(re.sub(r"<[^>]*>", " ", page).split()))

    return words


@pytest.fixture
def thread(strategy):
    """DS-001 of Purpose serves E1 and E2, DS-002 of People supports E1, and DS-003 serves nothing."""
    ds1 = an_initiative("DS-001", recorded="2025-04-01", milestones=["2025-05-30"])
    ds2 = an_initiative("DS-002", recorded="2025-04-01", pillar="people", milestones=["2025-12-31"])
    an_initiative("DS-003", recorded="2025-04-01", pillar="people")
    says(ds1, "green", on="2025-06-10")
    ticks(ds1, 1, on="2025-05-30")
    aligns(ds1, "E1", how="It finds homes.", recorded="2025-04-02")
    second = aligns(ds1, "E2", recorded="2025-04-02")
    aligns(ds2, "E1", "supporting", recorded="2025-04-02")
    return ds1, ds2, second


def test_lea_reads_how_each_pillar_serves_each_aim(thread, read):
    table = read("/aims/").split("Pillars by aims")[1].split("Commitments by pillars")[0]
    purpose = table.split("Purpose")[1].split("Process")[0]
    assert purpose.strip() == "1 initiative, 2 commitments 1 Green 100% done, 100% planned: on plan No initiative"
    people = table.split("People")[1].split("Potential")[0]
    assert "1 initiative, 1 commitment 1 Never updated 0% done, 0% planned: on plan No initiative" in people


def test_lea_reads_how_each_pillar_serves_each_commitment(thread, read):
    table = read("/aims/").split("Commitments by pillars")[1]
    first = table.split("E1 Commitment 1")[1].split("E2 Commitment 2")[0]
    assert "50% done, 50% planned: on plan" in first
    assert "E3 Commitment 3 Gap none none none none nothing to measure" in table


def test_both_kinds_of_gap_are_named(thread, read):
    words = read("/aims/")
    gaps, unaligned = words.split("Commitments with nothing main behind them")[1].split("Initiatives that serve no")
    assert gaps.strip() == "E3 Commitment 3"
    assert unaligned.strip() == "commitment DS-003 Title of DS-003"


def test_a_supporting_alignment_fills_no_gap_and_stopped_work_neither(thread, read):
    enters(thread[0], "stopped", on="2025-06-20")
    gaps = read("/aims/").split("Commitments with nothing main behind them")[1]
    assert gaps.startswith(" E1 Commitment 1 E2 Commitment 2 E3 Commitment 3")


def test_an_aim_shows_its_commitments_and_what_they_add_up_to(thread, read):
    words = read("/aims/A1/")
    assert "50% done, 50% planned: on plan" in words.split("Its commitments")[0]
    assert "E1 Commitment 1" in words
    assert "E3" not in words


def test_a_commitment_shows_what_stands_behind_it_and_how(thread, read):
    words = read("/aims/E1/")
    assert "DS-001 Title of DS-001 Purpose Green 100% done, 100% planned: on plan Main It finds homes." in words
    assert "DS-002 Title of DS-002 People Never updated 0% done, 0% planned: on plan Supporting" in words
    assert "No published summary of this commitment has been seen." in words


def test_a_commitment_that_nothing_serves_says_so(thread, read):
    words = read("/aims/E3/")
    assert "No initiative’s main alignment stands behind this commitment." in words
    assert "No initiative serves this commitment yet." in words
    assert "No initiative serves this aim yet." in read("/aims/A2/")


def test_an_alignment_that_was_taken_away_stays_in_the_days_before(thread, read):
    removes(thread[2], recorded="2025-07-02")
    assert "DS-001" in read("/aims/E2/")
    assert "DS-001" not in read("/aims/E2/", "2025-07-02")


@pytest.mark.parametrize("code", ["A9", "E99", "E9999", "X1", "a1", "E", "E1x", "A٣"])
def test_an_unknown_code_is_not_found_in_the_portals_look(thread, as_, lea, code):
    response = as_(lea).get(f"/aims/{code}/")
    assert response.status_code == 404
    assert "<h1>Page not found</h1>" in response.content.decode()
