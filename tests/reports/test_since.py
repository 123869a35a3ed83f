"""From which day on a page says what changed: since the last visit, or in a week; and any day that is asked for."""

import re

import pytest
from django.test import RequestFactory

from reports.since import Since, asked_since, since_choices, usual_since
from tests.accounts.test_visits import comes
from tests.factories import clock_at, day

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("strategy")]  # history begins on 1 April 2025

TODAY = "2025-06-18"  # a Wednesday


def asked(person, query="", on=TODAY, as_at=None):
    request = RequestFactory().get(f"/changes/{query}")
    request.user = person
    with clock_at(on):
        return request, day(as_at or on)


def choices(person, on=TODAY, as_at=None):
    request, of = asked(person, on=on, as_at=as_at)
    with clock_at(on):
        return [(f"{since.day}", since.words) for since in since_choices(request, of)]


def usual(person, on=TODAY, as_at=None):
    request, of = asked(person, on=on, as_at=as_at)
    with clock_at(on):
        return usual_since(request, of)


def test_who_never_came_before_hears_of_a_week_first(lea):
    assert choices(lea) == [
        ("2025-06-11", "in the last 7 days"),
        ("2025-05-31", "since the end of May 2025"),
    ]  # the quarter ended on 31 March, before history began
    assert choices(lea, on="2025-08-06") == [
        ("2025-07-30", "in the last 7 days"),
        ("2025-07-31", "since the end of July 2025"),
        ("2025-06-30", "since the end of the quarter, 30 June 2025"),
    ]


@pytest.mark.parametrize(
    ("came", "since", "words"),
    [
        ("2025-06-18T06:00", "2025-06-17", "since your last visit, today"),
        ("2025-06-17T09:00", "2025-06-16", "since your last visit, yesterday"),
        ("2025-06-16T09:00", "2025-06-15", "since your last visit, on Monday"),
        ("2025-06-12T09:00", "2025-06-11", "since your last visit, on Thursday"),
        ("2025-06-11T09:00", "2025-06-10", "since your last visit, on 11 June 2025"),
        ("2025-04-02T09:00", "2025-04-01", "since your last visit, on 2 April 2025"),
    ],
)
def test_lea_hears_of_what_changed_since_her_last_visit_its_own_day_included(lea, came, since, words):
    comes(lea, came, "2025-06-18T11:00")
    assert usual(lea) == Since(day(since), words)


def test_a_visit_before_there_was_anything_to_compare_with_is_passed_over(lea):
    comes(lea, "2025-04-01T09:00", "2025-06-18T11:00")
    assert usual(lea) == Since(day("2025-06-11"), "in the last 7 days")


def test_a_page_of_a_past_day_speaks_of_the_week_before_it_and_of_no_visit(lea):
    comes(lea, "2025-05-01T09:00", "2025-06-18T11:00")
    assert usual(lea, as_at="2025-05-20") == Since(day("2025-05-13"), "in the last 7 days")


def test_each_day_is_offered_once(lea):
    assert choices(lea, on="2025-07-10") == [
        ("2025-07-03", "in the last 7 days"),
        ("2025-06-30", "since the end of June 2025"),
    ]


def test_in_its_first_week_a_portal_speaks_of_the_time_since_its_first_day(lea):
    assert choices(lea, on="2025-04-03") == [("2025-04-01", "since the records began, on 1 April 2025")]
    assert usual(lea, on="2025-04-01") is None


def test_any_day_of_history_can_be_asked_for_and_a_known_one_keeps_its_name(lea):
    for query, words in (
        ("?since=2025-05-06", "since 6 May 2025"),
        ("?since=2025-06-11", "in the last 7 days"),
        ("?since=2025-05-31&since=2025-05-31", "since the end of May 2025"),
        ("?since=", "in the last 7 days"),
    ):
        request, of = asked(lea, query)
        with clock_at(TODAY):
            assert asked_since(request, of).words == words


# --- By the page ----------------------------------------------------------------------------------
def told(response):
    html = response.content.decode().split("<main")[1]
    return " ".join(re.sub(r"<[^>]*>", " ", html).split())


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("since=2025-06-18", "since must be before 2025-06-18, the day that the page speaks of."),
        ("since=2025-06-10&as_at=2025-06-10", "since must be before 2025-06-10, the day that the page speaks of."),
        ("since=2025-06-11&as_at=2025-06-10", "since must be before 2025-06-10, the day that the page speaks of."),
        ("since=soon", "since must be a date written as YYYY-MM-DD, for example 2025-06-18."),
        ("since=2025-03-31", "since must be from 2025-04-01, when this portal&#x27;s history begins, to today"),
        ("since=2025-06-19", "since must be from 2025-04-01, when this portal&#x27;s history begins, to today"),
        ("since=2025-06-01&since=2025-06-02", "since was given more than once: give one date."),
    ],
)
def test_a_bad_since_is_refused_in_words(lea, as_, query, words):
    with clock_at(TODAY):
        response = as_(lea).get(f"/changes/?{query}")
    assert response.status_code == 400
    assert words in told(response)


def test_lea_comes_back_and_both_pages_say_since_when(lea, as_):
    client = as_(lea)
    for on in ("2025-06-16", TODAY):
        with clock_at(on):
            page = client.get("/changes/")
    assert "Nothing changed, since your last visit, on Monday." in told(page)
    assert 'name="since" type="date" value="2025-06-15"' in page.content.decode()
