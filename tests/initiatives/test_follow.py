"""Readers follow the initiatives that concern them, and hear under What I owe what changed in them."""

import re

import pytest

from initiatives.following import followed_by
from initiatives.history import portfolio
from initiatives.models import Follow
from tests.factories import an_initiative, clock_at, day, enters, follows, says, ticks

PATH = "/initiatives/DS-001/follow/"


def kept():
    return sorted(Follow.objects.values_list("person__username", "initiative__ref"))


def button(page):
    """Return what the button of following says and sends."""
    return re.search(r'name="deed" value="(\w+)">([\w ]+)', page).groups()


# --- Following and stopping -----------------------------------------------------------------------
@pytest.mark.parametrize("who", ["olga", "lea", "ana", "oscar", "ada", "omar"])
def test_any_reader_follows_and_stops_following(who, request, as_, olgas):
    client = as_(request.getfixturevalue(who))
    assert button(client.get("/initiatives/DS-001/").content.decode()) == ("follow", "Follow")
    response = client.post(PATH, {"deed": "follow"})
    assert (response.status_code, response["Location"]) == (302, "/initiatives/DS-001/")
    assert kept() == [(who, "DS-001")]
    assert button(client.get("/initiatives/DS-001/").content.decode()) == ("stop", "Stop following")
    client.post(PATH, {"deed": "stop"})
    assert kept() == []


def test_following_twice_and_stopping_twice_changes_nothing_more(as_, lea, olgas):
    for deed, found in (("follow", [("lea", "DS-001")]), ("stop", [])):
        assert [as_(lea).post(PATH, {"deed": deed}).status_code for _ in range(2)] == [302, 302]
        assert kept() == found


def test_one_persons_following_is_nobody_elses(as_, lea, ana, olgas, omars):
    for person, initiative in ((lea, olgas), (ana, olgas), (lea, omars)):
        follows(person, initiative)
    as_(lea).post(PATH, {"deed": "stop"})
    assert kept() == [("ana", "DS-001"), ("lea", "DS-002")]


def test_it_leads_back_to_where_it_was_done(as_, lea, olgas):
    assert as_(lea).post(PATH, {"deed": "stop", "then": "/my/#follow"})["Location"] == "/my/#follow"
    assert as_(lea).post(PATH, {"deed": "stop", "then": "//x.example"})["Location"] == "/initiatives/DS-001/"


@pytest.mark.parametrize("deed", [None, "", "unfollow", "FOLLOW", "x" * 5000, "\0"])
def test_another_deed_is_refused_in_words(as_, lea, olgas, deed):
    response = as_(lea).post(PATH, {"deed": deed} if deed is not None else {})
    assert response.status_code == 400
    assert "deed must be follow or stop." in response.content.decode()
    assert kept() == []


def test_nobody_follows_on_a_past_day(as_, lea, olgas):
    response = as_(lea).post(f"{PATH}?as_at=2025-06-01", {"deed": "follow"})
    assert (response.status_code, kept()) == (400, [])
    assert 'name="deed"' not in as_(lea).get("/initiatives/DS-001/?as_at=2025-06-01").content.decode()


def test_what_is_not_there_cannot_be_followed(as_, lea, olgas):
    assert as_(lea).post("/initiatives/DS-999/follow/", {"deed": "follow"}).status_code == 404


def test_whoever_goes_stops_following(lea, olgas):
    follows(lea, olgas)
    lea.delete()
    assert kept() == []


# --- What you follow ------------------------------------------------------------------------------
@pytest.fixture
def reads(as_, lea):
    """Return the words of “What you follow” as Lea reads them on a day."""

    def read(on="2025-06-16", query=""):
        with clock_at(on):
            page = as_(lea).get(f"/my/{query}").content.decode()
        section = page.split('aria-labelledby="follow">')[1].split("</section>")[0]
        return " ".join(re.sub(r"<[^>]*>", " ", section).split())

    return read


def test_who_follows_nothing_is_told_how(reads):
    assert reads() == (
        "What you follow You follow nothing yet. On the page of any initiative, “Follow” brings it here, with what "
        "changed in it lately."
    )


def test_it_tells_what_turned_what_got_late_and_what_was_done_in_30_days(reads, lea, olgas, omars):
    follows(lea, olgas)
    says(olgas, "green", on="2025-05-17")
    ticks(olgas, 1, on="2025-05-30")
    says(olgas, "amber", on="2025-06-05")
    assert reads() == (
        "What you follow Title of DS-001 DS-001 Amber , last said amber 11 days ago Since 17 May 2025: "
        "Now said amber; then green Done: Step 1 Stop following Title of DS-001"
    )


def test_what_was_said_just_before_the_30_days_is_no_news(lea, olgas):
    follows(lea, olgas)
    says(olgas, "green", on="2025-05-17")
    says(olgas, "amber", on="2025-05-18")
    told = {on: followed_by(lea, portfolio(day(on)))[0] for on in ("2025-06-16", "2025-06-17")}
    assert {on: (found.rag_then, found.says_otherwise) for on, found in told.items()} == {
        "2025-06-16": ("green", True),
        "2025-06-17": ("amber", False),
    }


def test_a_milestone_gets_late_with_its_day(lea, olgas):
    follows(lea, olgas)
    late = {
        on: [m.title for m in followed_by(lea, portfolio(day(on)))[0].changed.late]
        for on in ("2025-05-30", "2025-05-31", "2025-06-29", "2025-06-30")
    }
    assert late == {"2025-05-30": [], "2025-05-31": ["Step 1"], "2025-06-29": ["Step 1"], "2025-06-30": []}


def test_nothing_said_and_nothing_new_is_told_plainly(reads, lea, strategy):
    found = an_initiative("DS-003", recorded="2025-04-01", stage="proposed")
    follows(lea, found)
    assert reads() == (
        "What you follow Title of DS-003 DS-003 Proposed , nothing said yet "
        "Nothing turned, got late or was done since 17 May 2025. Stop following Title of DS-003"
    )
    enters(found, "paused", on="2025-06-01")
    assert "Paused , nothing said yet" in reads()


def test_as_at_a_past_day_it_tells_of_that_day_and_offers_no_deed(reads, lea, olgas):
    follows(lea, olgas)
    says(olgas, "green", on="2025-05-17")
    says(olgas, "red", on="2025-06-05")
    told = reads(query="?as_at=2025-05-20")
    assert "Green , last said green 3 days ago" in told
    assert "Now said green; then nothing" in told
    assert "Stop following" not in told


def test_what_was_not_on_record_yet_is_left_out_of_a_past_day(reads, lea, olgas):
    follows(lea, an_initiative("DS-003", recorded="2025-06-01"))
    assert "You follow nothing yet." in reads(query="?as_at=2025-05-20")
