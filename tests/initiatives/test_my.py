"""What Olga owes, why, and what became of what she said."""

import re

import pytest

from tests.factories import a_person, an_initiative, answers, asks, clock_at, enters, milestone, moves, says, ticks
from tests.initiatives.test_update import GREEN


@pytest.fixture
def read(as_):
    """Return the page's words as a person reads it on a day, by its headings."""

    def words(person, on, **asked):
        with clock_at(on):
            page = as_(person).get("/my/", asked).content.decode()
        main = page.split("<h1>")[1].split("</main>")[0]
        parts = re.split(r"<h2[^>]*>(.*?)</h2>", main)[1:]
        return {
            title: " ".join(re.sub(r"<[^>]*>", " ", text).split())
            for title, text in zip(parts[::2], parts[1::2], strict=True)
        }

    return words


def refs(words):
    return re.findall(r"Title of DS-\d+ (DS-\d+)", words)


# --- The queue ------------------------------------------------------------------------------------
def test_olga_sees_every_update_due_soonest_first_with_why(olgas, olga, read, strategy):
    quarterly = an_initiative("DS-003", recorded="2025-04-01", owner=olga, cadence="quarterly")
    says(olgas, "green", on="2025-05-20")
    words = read(olga, "2025-06-25")["Updates due"]
    assert refs(words) == ["DS-001", "DS-003"]
    assert "Due 30 Jun 2025, in 5 days" in words
    assert "Last said green on 20 May 2025." in words
    assert "Nothing has been said since work began on 1 April 2025." in words
    says(quarterly, on="2025-06-26")
    assert refs(read(olga, "2025-06-27")["Updates due"].split("Later")[0]) == ["DS-001"]


def test_an_update_of_this_period_is_owed_no_more_and_the_next_one_stands_below(olgas, olga, read):
    says(olgas, "green", on="2025-06-02")
    words = read(olga, "2025-06-25")["Updates due"]
    assert "You owe nothing today. Thank you." in words
    assert "Title of DS-001 : next update due 31 Jul 2025" in words


def test_what_is_overdue_comes_first_and_says_that_the_board_shows_it(olgas, olga, read, strategy):
    an_initiative("DS-003", recorded="2025-06-02", owner=olga)
    says(olgas, "amber", on="2025-04-11")
    words = read(olga, "2025-06-25")["Updates due"]
    assert refs(words) == ["DS-001", "DS-003"]
    assert "No current update Due 30 May 2025, 26 days ago" in words
    assert "Last said amber on 11 April 2025. The board shows it as silent." in words


def test_dina_sees_what_she_deputises_for_and_sam_who_sponsors_it_does_not(olgas, dina, sam, read):
    assert "You are its deputy." in read(dina, "2025-06-25")["Updates due"]
    assert "You owe nothing" in read(sam, "2025-06-25")["Updates due"]


@pytest.mark.parametrize("stage", ["proposed", "paused", "complete", "stopped"])
def test_nothing_is_owed_of_work_that_is_not_in_progress(olgas, olga, read, stage):
    enters(olgas, stage, on="2025-06-02")
    assert "You owe nothing" in read(olga, "2025-06-25")["Updates due"]


def test_a_past_day_shows_what_was_owed_then_and_asks_for_nothing(olgas, olga, read):
    says(olgas, "green", on="2025-06-20")
    words = read(olga, "2025-06-25", as_at="2025-06-10")["Updates due"]
    assert "Never updated" in words
    assert "Say how it is going" not in words


def test_save_and_next_goes_through_the_queue(olgas, olga, as_, strategy):
    an_initiative("DS-003", recorded="2025-04-01", owner=olga)
    with clock_at("2025-06-02"):
        client = as_(olga)
        assert 'href="/initiatives/DS-001/update/?from=my"' in client.get("/my/").content.decode()
        assert "Save and next" in client.get("/initiatives/DS-001/update/?from=my").content.decode()
        said = GREEN | {"then": "next"}
        page = client.post("/initiatives/DS-001/update/?from=my", said, follow=True)
        assert page.redirect_chain == [("/initiatives/DS-003/update/?from=my", 302)]
        assert "DS-001: Your update is on record. Thank you. 1 more to go." in page.content.decode()
        response = client.post("/initiatives/DS-003/update/?from=my", said, headers={"HX-Request": "true"})
        assert response["HX-Redirect"] == "/my/"
        page = client.get("/my/").content.decode()
        assert "DS-003: Your update is on record. Thank you. That was the last one." in page
        assert "You owe nothing today. Thank you." in page


# --- Milestones, asks, readers --------------------------------------------------------------------
def test_olga_sees_her_milestones_that_are_late_or_due_in_30_days(olgas, olga, read):
    ticks(olgas, 1, on="2025-05-29")
    moves(olgas, 2, to="2025-07-02", recorded="2025-06-01")
    assert milestone(olgas, 3).first_due_on.isoformat() == "2025-10-31"
    words = read(olga, "2025-06-02")["Milestones late, or due in 30 days"]
    assert words == "Open Step 2: due 2 Jul 2025, in 30 days ( DS-001 Title of DS-001 )"
    assert "Late Step 2: due 2 Jul 2025, 1 day ago" in read(olga, "2025-07-03")["Milestones late, or due in 30 days"]
    assert "Milestones late, or due in 30 days" not in read(olga, "2025-06-01", as_at="2025-05-31")


def test_olga_sees_the_answer_to_what_she_asked_and_what_waits(olgas, olga, lea, as_, read):
    with clock_at("2025-05-01"):
        as_(olga).post("/initiatives/DS-001/update/", GREEN | {"ask": "Who pays?", "ask_of": str(lea.pk)})
        as_(olga).post("/initiatives/DS-001/update/", GREEN | {"ask": "Who tests?"})
    answers(olgas.asks.get(question="Who pays?"), on="2025-05-13")
    words = read(olga, "2025-06-02")["What became of what you said"]
    assert words == (
        "You asked: Who tests? Open for 32 days. Leaders see it on the dashboard until they answer. "
        "DS-001 Title of DS-001 , 1 May 2025 "
        "You asked Lea Lang: Who pays? Answered after 12 days: The board agreed. DS-001 Title of DS-001 , 1 May 2025"
    )
    assert "Open for 8 days" in read(olga, "2025-06-02", as_at="2025-05-09")["What became of what you said"]
    assert "Who pays?" not in read(olga, "2025-09-01")["What became of what you said"]


def test_what_omar_asked_is_no_business_of_olgas(olgas, omars, olga, omar, read):
    asks(omars, on="2025-05-01", question="Omar's question")
    assert "question" not in read(olga, "2025-06-02")["What became of what you said"]


def test_whoever_owns_nothing_is_told_kindly(strategy, lea, read):
    words = read(lea, "2025-06-02")["Updates due"]
    assert "You owe nothing: no work in progress names you as its owner or deputy." in words


def test_a_draft_is_named_in_the_queue(olgas, olga, as_):
    with clock_at("2025-06-02"):
        client = as_(olga)
        client.post("/initiatives/DS-001/draft/", GREEN)
        assert "Go on with your draft" in client.get("/my/").content.decode()


def test_somebody_without_a_role_has_no_such_page(nadia, as_):
    assert as_(nadia).get("/my/").status_code == 403


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_takes_the_same_number_of_queries_however_much_is_owed(
    strategy, olga, lea, as_, django_assert_num_queries, count
):
    for number in range(1, count + 1):
        ds = an_initiative(f"DS-{number:03d}", recorded="2025-04-01", owner=olga, milestones=["2025-05-30"])
        a_person(f"other-{number}")
        with clock_at("2025-05-01"):
            as_(olga).post(f"/initiatives/DS-{number:03d}/update/", GREEN | {"ask": "Who pays?", "ask_of": lea.pk})
            as_(olga).post(f"/initiatives/DS-{number:03d}/draft/", GREEN)
            as_(lea).post(f"/initiatives/DS-{number:03d}/updates/{ds.updates.get().pk}/acknowledge/")
        answers(ds.asks.get(), on="2025-05-02")
    with clock_at("2025-06-02"):
        client = as_(olga)
        client.get("/my/")
        with django_assert_num_queries(24):
            assert client.get("/my/").status_code == 200
