"""What is asked of leaders: who waits, since when, and how late leaders are beside owners."""

import re

import pytest

from initiatives.asks import asks_as_at, most_pressing_first
from initiatives.history import portfolio
from initiatives.models import Ask
from reports import asks as figures
from tests.factories import a_person, an_initiative, answers, asks, clock_at, day, says
from tests.initiatives.test_delegates import names

pytestmark = pytest.mark.django_db
TODAY = "2025-07-01"


def asks_by(initiative, on, *, needed_by=None, of=None, by=None, question="Who pays?"):
    with clock_at(on):
        return Ask.objects.create(
            initiative=initiative, question=question, needed_by=needed_by, asked_of=of, recorded_by=by
        )


@pytest.fixture
def waiting(olgas, omars, olga, omar, lea):
    """Olga has asked Lea and leaders at large, Omar once, answered in time; one of Olga's is beyond its day."""
    asks_by(olgas, "2025-05-02", by=olga, needed_by=day("2025-06-10"), question="May we use the list?")
    asks_by(olgas, "2025-06-21", by=olga, of=lea, question="Will you write to them?")
    answers(asks_by(omars, "2025-05-05", by=omar, needed_by=day("2025-05-30")), on="2025-05-14")
    answers(asks_by(omars, "2025-05-05", by=omar, question="And who tests?"), on="2025-05-20", outcome="declined")


def found(on=TODAY, **of):
    return [(asked(a), a.status, a.days_waited, a.days_beyond) for a in asks_as_at(portfolio(day(on)), **of)]


def asked(found):
    """Return the question of an ask; a summary does not read it."""
    return Ask.objects.get(pk=found.ask.id).question


def words_of(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page))


def read(client, on=TODAY, path="/asks/"):
    with clock_at(on):
        response = client.get(path)
        assert response.status_code == 200
        return words_of(response.content.decode())


# --- As at a day ----------------------------------------------------------------------------------
def test_an_ask_waits_from_the_day_it_was_asked_until_it_is_answered(waiting):
    assert found() == [
        ("May we use the list?", "open", 60, 21),
        ("Who pays?", "answered", 9, None),
        ("And who tests?", "declined", 15, None),
        ("Will you write to them?", "open", 10, None),
    ]
    assert found(only_open=True) == [
        ("May we use the list?", "open", 60, 21),
        ("Will you write to them?", "open", 10, None),
    ]


def test_an_answer_that_was_recorded_later_does_not_count_before(waiting):
    assert found("2025-05-10") == [
        ("May we use the list?", "open", 8, None),
        ("Who pays?", "open", 5, None),
        ("And who tests?", "open", 5, None),
    ]


def test_an_answer_after_the_day_it_was_needed_by_was_late(olgas, olga):
    answers(asks_by(olgas, "2025-05-02", by=olga, needed_by=day("2025-05-10")), on="2025-05-14")
    assert found() == [("Who pays?", "answered", 12, 4)]


def test_what_is_furthest_beyond_its_day_comes_first_then_what_has_waited_longest(waiting, omars, omar):
    asks_by(omars, "2025-05-20", by=omar, question="Old, and needed by nobody")
    order = [asked(a) for a in most_pressing_first(asks_as_at(portfolio(day(TODAY)), only_open=True))]
    assert order == ["May we use the list?", "Old, and needed by nobody", "Will you write to them?"]


# --- By pillar, and lateness ----------------------------------------------------------------------
def test_the_days_waited_of_a_pillar_are_worked_out_by_hand(waiting):
    now = portfolio(day(TODAY))
    purpose, process, *_ = figures.by_pillar(now, asks_as_at(now))
    assert (purpose.open, purpose.beyond, purpose.longest_wait, purpose.answered) == (2, 1, 60, 2)
    assert purpose.median_days == 12  # half way between 9 and 15
    assert (process.open, process.longest_wait, process.answered, process.median_days) == (0, None, 0, None)


def test_answers_of_more_than_a_year_ago_are_left_out_of_the_median(waiting):
    now = portfolio(day("2026-05-14"))
    assert figures.by_pillar(now, asks_as_at(now))[0].answered == 1  # the one of 20 May
    now = portfolio(day("2026-05-21"))
    assert figures.by_pillar(now, asks_as_at(now))[0].answered == 0


def test_leaders_lateness_stands_beside_the_owners(waiting, olgas):
    now = portfolio(day(TODAY))
    late = figures.lateness(now, figures.waiting(asks_as_at(now)))
    # Olga's and Omar's first updates are overdue; of Olga's milestones the first is late.
    assert (late.updates, late.milestones) == (2, 1)
    assert (late.answers_open, late.answers_late, late.longest_wait) == (2, 1, 60)


# --- The page -------------------------------------------------------------------------------------
def test_lea_sees_who_waits_since_when_and_how_late_she_is(waiting, as_, lea):
    page = read(as_(lea))
    assert "Leaders are late with 1 answer of 2 that are open; the longest has waited 60 days" in page
    assert "Owners are late with 2 updates and 1 milestone" in page
    assert "Olga Owens asked leaders on 2 May 2025, needed by 10 Jun 2025. Waits 60 days" in page
    assert "21 days beyond the day it was needed by" in page
    assert "Olga Owens asked Lea Lang on 21 Jun 2025. Waits 10 days" in page
    assert "Declined after 15 days: The board agreed." in page


def test_the_dashboard_says_who_asked_and_since_when(waiting, as_, lea):
    page = read(as_(lea), path="/")
    assert "asked by Olga Owens 60 days ago, 21 days beyond the day it was needed by, and 1 more" in page
    assert "Owners are late with 2 updates and 1 milestone; leaders with 1 answer ." in page


def test_nobody_waits(olgas, as_, lea):
    assert "No ask waits for an answer" in read(as_(lea))


def test_lea_narrows_to_a_pillar_or_to_what_was_put_to_her(waiting, as_, lea):
    assert "1 waits for an answer" in read(as_(lea), path="/asks/?of=me")
    assert "2 wait for an answer" in read(as_(lea), path="/asks/?pillar=purpose")
    with clock_at(TODAY):
        response = as_(lea).get("/asks/?pillar=nowhere")
        assert response.status_code == 400
        assert "allowed: purpose, process, people, potential." in words_of(response.content.decode())
        assert as_(lea).get("/asks/?of=them").status_code == 400


def test_a_pillar_to_which_nothing_belongs_is_no_mistake(waiting, as_, lea):
    assert "No ask waits for an answer" in read(as_(lea), path="/asks/?pillar=people")
    assert "2 wait for an answer" in read(as_(lea), path="/asks/?pillar=people&pillar=purpose")


def test_an_answer_leads_back_to_the_same_asks(waiting, as_, lea):
    with clock_at(TODAY):
        page = as_(lea).get("/asks/?of=me&page=1").content.decode()
    assert re.findall(r'name="then" value="([^"]*)"', page) == ["/asks/?of=me"]


def test_a_past_day_shows_what_waited_then_and_offers_no_answer(waiting, as_, lea):
    page = read(as_(lea), path="/asks/?as_at=2025-05-10")
    assert "3 wait for an answer" in page
    assert "Answer or decline" not in page


def test_those_who_may_not_answer_are_not_asked_to(waiting, as_, ana):
    assert "Answer or decline" not in read(as_(ana))


def test_twenty_six_asks_make_two_pages(olgas, olga, as_, lea):
    for number in range(26):
        asks_by(olgas, "2025-06-01", by=olga, question=f"Question {number}?")
    assert "26 wait for an answer" in read(as_(lea))
    assert read(as_(lea), path="/asks/?page=2").count("Waits 30 days") == 1


def test_a_delegate_sees_what_is_put_to_their_leader(waiting, as_, lea, ana):
    names(lea, ana)
    page = read(as_(ana), path="/asks/?of=me")
    assert "Will you write to them?" in page
    assert "for Lea Lang" in page
    assert "May we use the list?" not in page.split("Days waited")[0]


def test_ana_takes_away_what_lea_reads(waiting, as_, ana):
    with clock_at(TODAY):
        file = b"".join(as_(ana).get("/exports/asks.csv?pillar=purpose")).decode("utf-8-sig")
    rows = [line.split(",", 1)[1].removesuffix(",2025-07-01") for line in file.splitlines()[1:]]
    assert rows == [
        "DS-001,purpose,2025-05-02,Olga Owens,,May we use the list?,2025-06-10,open,60,21,,,",
        "DS-002,purpose,2025-05-05,Omar Odell,,Who pays?,2025-05-30,answered,9,,2025-05-14,,The board agreed.",
        "DS-002,purpose,2025-05-05,Omar Odell,,And who tests?,,declined,15,,2025-05-20,,The board agreed.",
        "DS-001,purpose,2025-06-21,Olga Owens,Lea Lang,Will you write to them?,,open,10,,,,",
    ]


def test_the_page_takes_as_many_queries_with_twenty_asks_as_with_one(as_, lea, strategy, django_assert_num_queries):
    def more(count, begin):
        for number in range(begin, begin + count):
            found = an_initiative(f"DS-{number:03d}", recorded="2025-04-01", owner=a_person(f"o{number}"))
            says(found, "green", on="2025-05-01")
            asks(found, on="2025-06-01")

    client = as_(lea)
    more(1, 1)
    read(client)
    with django_assert_num_queries(13):
        read(client)
    more(19, 2)
    read(client)
    with django_assert_num_queries(13):
        read(client)
