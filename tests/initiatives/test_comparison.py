"""Two days side by side: an initiative with itself, lists of them, and how differences are written."""

from datetime import date
from fractions import Fraction

import pytest

from initiatives import comparison
from initiatives.comparison import Row, beside, compared_initiative
from initiatives.history import portfolio
from tests.factories import (
    an_initiative,
    as_at,
    asks,
    clock_at,
    day,
    enters,
    hands_over,
    moves,
    says,
    ticks,
)

THEN, NOW = "2025-06-09", "2025-07-01"


# --- How figures are written ----------------------------------------------------------------------
def written(row):
    return row.then, row.now, row.difference


@pytest.mark.parametrize(
    ("then", "now", "expected"),
    [
        (3, 5, ("3", "5", "+2")),
        (5, 3, ("5", "3", "−2")),
        (4, 4, ("4", "4", "no change")),
        (None, 1200, ("none", "1,200", "")),
        (0, 1200, ("0", "1,200", "+1,200")),
    ],
)
def test_a_count_is_written_with_its_difference(then, now, expected):
    assert written(comparison.counts_row("Milestones", then, now)) == expected


@pytest.mark.parametrize(
    ("then", "now", "expected"),
    [
        (Fraction(1, 3), Fraction(2, 3), ("33%", "67%", "+34")),  # of what is shown, so that anybody can check it
        (Fraction(1, 2), Fraction(1, 2), ("50%", "50%", "no change")),
        (Fraction(0), None, ("0%", "none", "")),
        (None, Fraction(0), ("none", "0%", "")),
    ],
)
def test_a_share_is_written_in_whole_percent(then, now, expected):
    assert written(comparison.shares_row("Progress", then, now)) == expected


@pytest.mark.parametrize(
    ("then", "now", "expected"),
    [
        (Fraction(-1, 4), Fraction(1, 20), ("−25", "+5", "+30")),
        (Fraction(1, 20), Fraction(0), ("+5", "0", "−5")),
        (Fraction(-1, 1000), Fraction(1, 1000), ("0", "0", "no change")),
        (None, Fraction(-1, 10), ("none", "−10", "")),
    ],
)
def test_a_gap_is_written_in_points_with_its_sign(then, now, expected):
    assert written(comparison.points_row("Ahead", then, now)) == expected


def test_days_are_whole_and_half_a_day_counts_as_one():
    assert written(comparison.days_row("Moved", Fraction(-5, 2), Fraction(5, 2))) == ("−3", "3", "+6")
    assert written(comparison.days_row("Moved", None, Fraction(0))) == ("none", "0", "")


@pytest.mark.parametrize(
    ("then", "now", "expected"),
    [
        ("2025-06-30", "2025-07-01", ("30 Jun 2025", "1 Jul 2025", "+1 day")),
        ("2025-06-30", "2025-06-29", ("30 Jun 2025", "29 Jun 2025", "−1 day")),
        ("2025-06-30", "2028-06-30", ("30 Jun 2025", "30 Jun 2028", "+1,096 days")),
        ("2025-06-30", "2025-06-30", ("30 Jun 2025", "30 Jun 2025", "no change")),
        ("2025-06-30", None, ("30 Jun 2025", "none", "")),
    ],
)
def test_a_date_is_written_with_the_days_between(then, now, expected):
    then, now = (text and date.fromisoformat(text) for text in (then, now))
    assert written(comparison.dates_row("End", then, now)) == expected


def test_words_differ_or_they_do_not():
    assert written(comparison.words_row("Owner", None, None)) == ("none", "none", "no change")
    assert written(comparison.words_row("Owner", "Olga", None)) == ("Olga", "none", "changed")


# --- An initiative --------------------------------------------------------------------------------
@pytest.fixture
def work(strategy, olga, omar):
    """Four steps of one weight, on two days between which everything happens to them."""
    found = an_initiative(
        "DS-001",
        recorded="2025-04-01",
        owner=olga,
        milestones=["2025-05-30", "2025-06-20", "2025-09-30", "2025-12-31"],
    )
    says(found, "green", on="2025-06-02")
    ticks(found, 1, on="2025-05-30")
    hands_over(found, "owner", omar, on="2025-06-10")
    says(found, "amber", on="2025-06-12")
    moves(found, 3, to="2025-06-30", recorded="2025-06-13")  # 92 days sooner
    moves(found, 4, to="2026-02-01", recorded="2025-06-13")  # 32 days later
    ticks(found, 3, on="2025-06-20")
    asks(found, on="2025-06-21")
    return found


def test_an_initiative_is_set_beside_itself(work):
    """Then 1 of 4 done and 1 of 4 promised. Now 2 of 4 done, 2 of 4 promised first, and 3 of 4 due as moved.

    Dates have moved by (0 + 0 - 92 + 32) / 4 = -15 days.
    """
    assert compared_initiative(as_at(work, THEN), as_at(work, NOW)) == [
        Row("Status", "Green", "Amber", "changed"),
        Row("Stage", "In progress", "In progress", "no change"),
        Row("Last said", "Green", "Amber", "changed"),
        Row("The dates say", "Reads green", "Reads amber", "changed"),  # the second step is 11 days late
        Row("Progress", "25%", "50%", "+25"),
        Row("First promised by then", "25%", "50%", "+25"),
        Row("Due by then at the dates of the day", "25%", "75%", "+50"),
        Row("Ahead of first promises", "0", "0", "no change"),
        Row("Expected end", "31 Dec 2025", "1 Feb 2026", "+32 days"),
        Row("Dates moved, in days", "0", "−15", "−15"),
        Row("Milestones done", "1", "2", "+1"),
        Row("Milestones late", "0", "1", "+1"),
        Row("Asks open", "0", "1", "+1"),
        Row("Owner", "Olga Owens", "Omar Odell", "changed"),
    ]


def test_a_later_day_can_stand_first(work):
    rows = {row.label: row.difference for row in compared_initiative(as_at(work, NOW), as_at(work, THEN))}
    assert (rows["Progress"], rows["Expected end"]) == ("−25", "−32 days")


def test_before_it_was_on_record_an_initiative_had_nothing(work):
    rows = compared_initiative(None, as_at(work, NOW))
    assert {row.then for row in rows} == {"none"}
    assert {row.difference for row in rows} == {"", "changed"}


# --- A list ---------------------------------------------------------------------------------------
def test_a_list_says_of_each_what_differs(work):
    paused, same, new = (an_initiative(f"DS-00{n}", recorded=r) for n, r in ((2, THEN), (3, THEN), (4, NOW)))
    enters(paused, "paused", on="2025-06-12")
    one_day = an_initiative("DS-005", recorded="2025-04-01", milestones=[("2025-12-30", 99), ("2025-05-01", 1)])
    moves(one_day, 1, to="2025-12-31", recorded="2025-06-12")
    ticks(one_day, 2, on="2025-06-12")
    now = portfolio(day(NOW))
    found = beside(portfolio(day(THEN)), now.initiatives)
    assert {i.ref: found[i.id].difference for i in now.initiatives} == {
        "DS-001": "green to amber, +25 points done, end +32 days",
        "DS-002": "never updated to paused",
        "DS-003": "no change",
        "DS-004": "not on record then",
        "DS-005": "+1 point done, end +1 day",
    }
    assert found[new.pk].then is None
    assert found[same.pk].then.ref == "DS-003"


# --- Their pages ----------------------------------------------------------------------------------
@pytest.fixture
def read(as_, lea):
    client = as_(lea)

    def page(address, on=NOW, status=200, **headers):
        with clock_at(on):
            response = client.get(address, **headers)
        assert response.status_code == status
        return response.content.decode()

    return page


def test_lea_reads_the_list_on_both_days_however_she_filters_and_sorts_it(work, read):
    page = read(f"/initiatives/?compare={THEN}&q=title&sort=-gap")
    assert '<th scope="col">9 Jun 2025</th><th scope="col">Difference since</th>' in page
    assert "<td>green to amber, +25 points done, end +32 days</td>" in page
    assert f'href="/initiatives/DS-001/?compare={THEN}"' in page
    assert f'<input type="hidden" name="compare" value="{THEN}">' in page.split('id="filters"')[1]
    swapped = read(f"/initiatives/?compare={THEN}", headers={"HX-Request": "true"})
    assert "<td>green to amber, +25 points done, end +32 days</td>" in swapped
    assert "Difference since" not in read("/initiatives/")


def test_lea_reads_one_initiative_on_both_days(work, read):
    page = read(f"/initiatives/DS-001/?compare={THEN}")
    assert (
        '<tr><th scope="row">Expected end</th><td class="num">31 Dec 2025</td><td class="num">1 Feb 2026</td>'
        '<td class="num"><strong>+32 days</strong></td></tr>' in page
    )
    assert "on both days" not in read("/initiatives/DS-001/")
    assert "on both days" in read(f"/initiatives/DS-001/?as_at={THEN}&compare={NOW}")


def test_an_initiative_that_came_since_is_set_beside_nothing(work, read):
    an_initiative("DS-009", recorded="2025-06-20")
    page = read(f"/initiatives/DS-009/?compare={THEN}")
    assert '<th scope="row">Status</th><td class="num">none</td>' in page
    assert "not on record" in read(f"/initiatives/?compare={THEN}")
