"""One initiative: the owner's word beside the machine's reading, and its whole story."""

import re

import pytest

from tests.factories import (
    aligns,
    an_initiative,
    answers,
    asks,
    clock_at,
    contributes,
    corrects,
    enters,
    moves,
    says,
    ticks,
    unticks,
    withdraws,
)


@pytest.fixture
def read(as_, lea):
    """Return the words that a leader reads of an initiative on a day."""
    client = as_(lea)

    def reading(ref="DS-001", on="2025-07-01"):
        response = client.get(f"/initiatives/{ref}/?as_at={on}")
        assert response.status_code == 200
        return words_of(response)

    return reading


def words_of(response):
    """Return the words of a page's own part, without its marks."""
    page = response.content.decode().split('id="main"')[1].split("<footer")[0]
    words = " ".join(re.sub(r"<[^>]*>", " ", page).split())
    return re.sub(r" ([,.;])", r"\1", words)


def test_lea_reads_what_was_said_beside_what_the_dates_say(olgas, read):
    says(olgas, "green", on="2025-06-10")
    words = read()
    assert "Status Green" in words
    assert "The owner last said Green on 10 Jun 2025" in words
    assert "The dates say Reads red Said green, reads red" in words
    assert "Next update due 31 Jul 2025" in words
    assert "0% done, 25% planned: 25 points behind plan" in words


def test_silence_is_said_and_is_never_green(olgas, read):
    says(olgas, "green", on="2025-04-10")
    words = read()
    assert "Status No current update" in words
    assert "The dates say Silent" in words


def test_work_that_never_spoke_is_never_updated(olgas, read):
    words = read()
    assert "Status Never updated" in words
    assert "The owner last said Nothing said" in words


def test_the_first_promise_stands_beside_the_date_of_today(olgas, read):
    moves(olgas, 2, to="2025-09-30", recorded="2025-06-15")
    ticks(olgas, 1, on="2025-05-29")
    words = read()
    assert "Step 1 DS-001-M01 Done 30 May 2025 as promised 29 May 2025 0 1" in words
    assert "Step 2 DS-001-M02 Open 31 Jul 2025 30 Sep 2025 – 1 1" in words
    assert "1 of 4 done" in words


def test_an_end_that_moved_is_said_with_its_days(olgas, read):
    moves(olgas, 4, to="2026-04-30", recorded="2025-06-15")
    assert "First promised to end on 31 Mar 2026; now expected on 30 Apr 2026, 30 days later" in read()


def test_no_milestones_is_said_and_is_not_nought_percent(strategy, read):
    an_initiative("DS-001", recorded="2025-04-01")
    words = read()
    assert "No milestones" in words
    assert "%" not in words


def test_everything_that_happened_is_in_the_story_newest_first(olgas, olga, read):
    says(olgas, "amber", on="2025-04-10", what_changed="We began.", risk="A post is empty.", by=olga)
    ticks(olgas, 1, on="2025-04-20")
    unticks(olgas, 1, recorded="2025-04-25")
    moves(olgas, 2, to="2025-09-30", recorded="2025-05-01")
    withdraws(olgas, 3, on="2025-05-10")
    answers(asks(olgas, on="2025-05-15", question="Who pays?"), on="2025-05-20")
    says(olgas, "red", on="2025-06-10", what_changed="It stopped.", issue="No supplier.", what_next="Find one.")
    enters(olgas, "paused", on="2025-06-20")
    story = read().split("What was said and done")[1].split("About it")[0]
    told = [
        "20 Jun 2025 Paused Decided.",
        "10 Jun 2025 Said red, was amber It stopped. Issue: No supplier. Next: Find one.",
        "20 May 2025 Leaders answered an ask Asked: Who pays? Answered: The board agreed.",
        "10 May 2025 Withdrawn: “Step 3” No longer needed.",
        "1 May 2025 “Step 2” moved from 31 Jul 2025 to 30 Sep 2025 It took longer.",
        "25 Apr 2025 Not done after all: “Step 1” Not yet.",
        "20 Apr 2025 Done: “Step 1”",
        "10 Apr 2025, Olga Owens Said amber The dates said: Reads green We began. Risk: A post is empty.",
        "1 Apr 2025 In progress",
    ]
    assert story.split() == " ".join(told).split()


def test_a_past_day_knows_nothing_of_what_came_after(olgas, as_, lea):
    says(olgas, "green", on="2025-04-10", what_changed="All is well.")
    client = as_(lea)
    before = words_of(client.get("/initiatives/DS-001/?as_at=2025-05-01"))
    says(olgas, "red", on="2025-04-20", recorded="2025-06-10")  # backdated
    moves(olgas, 1, to="2025-09-30", recorded="2025-06-11")
    corrects(olgas, title="A new name", recorded="2025-06-12")
    with clock_at("2026-11-20"):
        assert words_of(as_(lea).get("/initiatives/DS-001/?as_at=2025-05-01")) == before


def test_a_past_day_says_that_it_is_past_and_how_to_come_back(olgas, as_, lea):
    page = as_(lea).get("/initiatives/DS-001/?as_at=2025-05-01").content.decode()
    assert "This page shows what had been recorded by the end of that day." in page
    assert '<a href="/initiatives/DS-001/?">Back to today</a>' in page
    assert 'href="/pillars/?as_at=2025-05-01"' in page


def test_an_initiative_that_did_not_exist_yet_is_not_found(olgas, as_, lea):
    an_initiative("DS-002", recorded="2025-06-01")
    response = as_(lea).get("/initiatives/DS-002/?as_at=2025-05-31")
    assert response.status_code == 404
    assert as_(lea).get("/initiatives/DS-002/?as_at=2025-06-01").status_code == 200


def test_its_people_partners_commitments_and_sources_are_named(olgas, read, as_, lea):
    corrects(
        olgas, partners="Essex Police\n\nNHS", sources="https://example.org/plan\njavascript:alert(1)\nA book",
        directorate="Place", focus="priority", recorded="2025-04-02",
    )  # fmt: skip
    aligns(olgas, "E1", how="It finds every home.", recorded="2025-04-02")
    contributes(olgas, "people", recorded="2025-04-02")
    words = read()
    for fact in (
        "Owner Olga Owens", "Deputy Dina Dean", "Sponsor Sam Spencer", "Directorate Place", "Focus Critical priority",
        "Also contributes to People", "Partners Essex Police NHS", "E1 Commitment 1 Main It finds every home.",
    ):  # fmt: skip
        assert fact in words
    page = as_(lea).get("/initiatives/DS-001/").content.decode()
    assert re.findall(r'href="(https://example[^"]*|javascript[^"]*)"', page) == ["https://example.org/plan"]


def test_olga_is_shown_the_way_to_say_how_it_goes_and_omar_is_not(olgas, olga, omar, as_):
    way = 'href="/initiatives/DS-001/update/"'
    assert way in as_(olga).get("/initiatives/DS-001/").content.decode()
    assert way not in as_(omar).get("/initiatives/DS-001/").content.decode()
    assert way not in as_(olga).get("/initiatives/DS-001/?as_at=2025-05-01").content.decode()


@pytest.mark.parametrize("ref", ["DS-999", "ds-001", "DS-1", "X-1"])
def test_an_unknown_ref_is_not_found_in_words(olgas, as_, lea, ref):
    response = as_(lea).get(f"/initiatives/{ref}/")
    assert response.status_code == 404
    assert "Page not found" in response.content.decode()
