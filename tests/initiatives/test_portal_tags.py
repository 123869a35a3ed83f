"""How templates write figures, and the addresses that keep the days of a page."""

from fractions import Fraction

import pytest
from django.template import Context
from django.test import RequestFactory

from accounts.context import portal
from initiatives.templatetags.portal import address, days, lookup, points
from tests.factories import day


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (None, ""),
        (Fraction(0), "on plan"),
        (Fraction(4, 1000), "on plan"),
        (Fraction(-1, 100), "1 point behind plan"),
        (Fraction(-9, 100), "9 points behind plan"),
        (Fraction(5, 1000), "1 point ahead of plan"),
        (Fraction(3, 100), "3 points ahead of plan"),
    ],
)
def test_a_gap_is_written_as_people_say_it(share, words):
    assert points(share) == words


def test_a_gap_names_the_clock_that_it_is_measured_by():
    found = [points(Fraction(n, 100), "today’s dates") for n in (-2, 0, 1)]
    assert found == ["2 points behind today’s dates", "level with today’s dates", "1 point ahead of today’s dates"]


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (None, ""),
        (Fraction(0), "not at all"),
        (Fraction(1, 3), "not at all"),
        (Fraction(1, 2), "1 day later"),
        (Fraction(-1), "1 day sooner"),
        (Fraction(69, 2), "35 days later"),
        (Fraction(-2), "2 days sooner"),
    ],
)
def test_days_are_written_as_people_say_them(number, words):
    assert days(number) == words


def test_what_is_not_held_is_nothing():
    assert (lookup({1: "one"}, 1), lookup({1: "one"}, 2)) == ("one", None)


# --- Addresses ------------------------------------------------------------------------------------
THE_DAY, OTHER = day("2025-06-16"), day("2025-06-09")


@pytest.mark.parametrize(
    ("context", "query"),
    [
        ({}, ""),
        ({"as_at": THE_DAY, "is_today": True}, ""),
        ({"as_at": THE_DAY, "is_today": False}, "?as_at=2025-06-16"),
        ({"as_at": THE_DAY, "is_today": True, "compare": OTHER}, "?compare=2025-06-09"),
        ({"as_at": THE_DAY, "is_today": False, "compare": OTHER}, "?as_at=2025-06-16&compare=2025-06-09"),
    ],
)
def test_an_address_keeps_the_days_and_so_does_the_navigation(context, query):
    assert address(Context(context), "initiatives:initiative", "DS-001") == f"/initiatives/DS-001/{query}"
    request = RequestFactory().get("/")
    for name, value in context.items():
        setattr(request, name, value)
    assert portal(request)["keep"] == query


def test_an_address_asks_what_it_is_told_to_besides_and_its_own_day_wins():
    context = Context({"as_at": THE_DAY, "is_today": False, "compare": OTHER})
    assert address(context, "reports:changes", since="2025-06-01") == (
        "/changes/?since=2025-06-01&as_at=2025-06-16&compare=2025-06-09"
    )
    assert address(context, "reports:dashboard", compare="2025-03-31") == "/?compare=2025-03-31&as_at=2025-06-16"
    assert address(Context(), "initiatives:initiatives", status=["red", "amber"]) == (
        "/initiatives/?status=red&status=amber"
    )
