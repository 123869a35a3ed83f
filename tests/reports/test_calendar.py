"""The calendar: what is still to be met, by quarter and pillar, the late first; and how one initiative's end moved."""

import re
from datetime import date, timedelta
from itertools import pairwise

import pytest
from django.core.management import call_command

from initiatives.forecast import Cause, ends_known
from initiatives.history import portfolio
from reports.agenda import LATE_ALREADY, Quarter, agenda, next_quarters
from reports.charts import ENDS_CHANGE
from tests.factories import an_initiative, as_at, clock_at, corrects, day, enters, moves, ticks, withdraws

pytestmark = pytest.mark.django_db

Q1 = "Q1 2025/26 (April to June 2025)"
Q2 = "Q2 2025/26 (July to September 2025)"
Q3 = "Q3 2025/26 (October to December 2025)"
Q4 = "Q4 2025/26 (January to March 2026)"


def told(on, quarters=4):
    """Return what an agenda says, as (group, milestone) in its order."""
    return [(row.group, row.milestone.ref) for row in agenda(portfolio(day(on)), quarters).rows]


# --- Quarters -------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("on", "label"),
    [
        ("2026-04-01", "Q1 2026/27 (April to June 2026)"),
        ("2026-09-30", "Q2 2026/27 (July to September 2026)"),
        ("2026-11-25", "Q3 2026/27 (October to December 2026)"),
        ("2027-03-31", "Q4 2026/27 (January to March 2027)"),
        ("2099-12-31", "Q3 2099/00 (October to December 2099)"),
        ("2100-01-01", "Q4 2099/00 (January to March 2100)"),
    ],
)
def test_a_quarter_is_called_as_councils_call_it(on, label):
    assert next_quarters(day(on), 1)[0].label == label


def test_quarters_follow_on_from_one_another():
    found = next_quarters(date(2025, 5, 20), 8)
    assert found[0] == Quarter(date(2025, 4, 1), date(2025, 6, 30))
    assert [(q.number, q.year) for q in found] == [
        *((number, "2025/26") for number in (1, 2, 3, 4)),
        *((number, "2026/27") for number in (1, 2, 3, 4)),
    ]
    assert all(after.first - before.last == timedelta(1) for before, after in pairwise(found))


# --- What stands in it ----------------------------------------------------------------------------
def test_lea_reads_the_late_first_and_then_each_quarter_by_due_date(olgas, omars):
    assert told("2025-05-20") == [
        (Q1, "DS-001-M01"),
        (Q2, "DS-001-M02"),
        (Q3, "DS-001-M03"),
        (Q4, "DS-001-M04"),
        (Q4, "DS-002-M01"),
    ]
    assert told("2025-05-30")[0] == (Q1, "DS-001-M01")  # due that very day
    assert told("2025-05-31")[0] == (LATE_ALREADY, "DS-001-M01")
    assert told("2025-05-20", 1) == [(Q1, "DS-001-M01")]
    assert told("2025-08-02", 1) == [(LATE_ALREADY, "DS-001-M01"), (LATE_ALREADY, "DS-001-M02")]


def test_what_is_done_or_withdrawn_is_owed_no_longer(olgas):
    ticks(olgas, 1, on="2025-05-29")
    withdraws(olgas, 2, on="2025-06-02")
    assert told("2025-05-29") == [(Q2, "DS-001-M02"), (Q3, "DS-001-M03"), (Q4, "DS-001-M04")]
    assert told("2025-06-02") == [(Q3, "DS-001-M03"), (Q4, "DS-001-M04")]


def test_a_moved_date_is_the_one_that_counts_and_the_first_promise_stands_beside_it(olgas):
    moves(olgas, 1, to="2025-08-29", recorded="2025-05-20")
    moves(olgas, 2, to="2025-07-01", recorded="2025-05-20")
    first, second, *_ = agenda(portfolio(date(2025, 6, 30)), 4).rows
    assert (first.milestone.ref, first.group, first.days_moved, first.moved_by) == ("DS-001-M02", Q2, -30, 30)
    assert (second.milestone.ref, second.group, second.days_moved, second.moved_by) == ("DS-001-M01", Q2, 91, 91)
    assert second.milestone.first_due_on == date(2025, 5, 30)
    assert told("2025-05-19")[0] == (Q1, "DS-001-M01")  # before anybody had recorded the move


@pytest.mark.parametrize(
    ("stage", "rows"), [("proposed", 4), ("paused", 4), ("in-progress", 4), ("complete", 0), ("stopped", 0)]
)
def test_work_that_is_over_owes_nothing(olgas, stage, rows):
    enters(olgas, stage, on="2025-04-02")
    assert len(told("2025-05-20")) == rows


# --- The page -------------------------------------------------------------------------------------
def page(client, query=""):
    response = client.get(f"/calendar/{query}")
    assert response.status_code == 200
    return response.content.decode()


def words(html):
    return " ".join(re.sub(r"<[^>]*>", " ", html).split())


def test_lea_reads_the_page(olgas, omars, as_, lea):
    moves(olgas, 2, to="2025-09-30", recorded="2025-05-20")
    with clock_at("2025-06-10"):
        html = page(as_(lea))
    assert "5 milestones to meet, 1 late already" in html
    assert "Purpose has the most to do next quarter: 1 milestone; 1 is late already." in html
    table = words(html[html.index('aria-label="Milestones by quarter') :].split("</table>")[0])
    assert re.findall(r"Late already|Q\d 20../.. \([^)]*\)", table) == ["Late already", Q2, Q3, Q4]
    assert "Step 1 DS-001-M01 30 May 2025 Late 30 May 2025 Title of DS-001 Purpose Olga Owens" in table
    assert "Step 2 DS-001-M02 30 Sep 2025 Open 31 Jul 2025 moved 61 days Title of DS-001 Purpose Olga Owens" in table


def test_lea_narrows_it_to_a_pillar_and_to_a_number_of_quarters(olgas, strategy, as_, lea):
    an_initiative("DS-003", recorded="2025-04-01", pillar="people", milestones=["2025-06-30", "2025-07-31"])
    with clock_at("2025-06-10"):
        client = as_(lea)
        assert "People has 1 milestone to meet in the rest of this quarter; none is late." in page(
            client, "?pillar=people&quarters=1"
        )
        assert "1 milestone to meet" in page(client, "?pillar=people&quarters=1")
        assert "2 milestones to meet" in page(client, "?pillar=people&pillar=purpose&quarters=1")
        assert "Nothing is due" in page(client, "?pillar=process")
        assert "No milestone is due next quarter; none is late." in page(client, "?pillar=process")


def test_a_past_day_shows_what_was_known_then_and_keeps_to_it(olgas, as_, lea):
    ticks(olgas, 1, on="2025-05-29")
    with clock_at("2025-06-10"):
        html = page(as_(lea), "?as_at=2025-05-20&quarters=2")
    assert "2 milestones to meet" in html
    assert 'href="/initiatives/DS-001/?as_at=2025-05-20"' in html
    assert '<input type="hidden" name="quarters" value="2">' in html


def test_fifty_stand_on_a_page_and_a_quarter_goes_on_over_it(strategy, as_, lea):
    an_initiative("DS-003", recorded="2025-04-01", milestones=["2025-06-30"] * 52)
    with clock_at("2025-06-10"):
        client = as_(lea)
        assert page(client).count('scope="row">Step') == 50
        second = page(client, "?page=2")
    assert second.count('scope="row">Step') == 2
    assert Q1 in second
    assert "chart-timeline" not in second


# --- How an end became known ----------------------------------------------------------------------
def ends(initiative, on):
    return [
        (end.known_on.isoformat(), end.ends_on.isoformat(), end.cause.value)
        for end in ends_known(as_at(initiative, on))
    ]


def test_olgas_end_moves_twice_and_back_with_the_day_on_which_each_became_known(olgas):
    moves(olgas, 4, to="2026-06-30", recorded="2025-06-01")
    moves(olgas, 3, to="2025-11-30", recorded="2025-06-10")  # which is not the last
    moves(olgas, 4, to="2026-09-30", recorded="2025-07-01")
    moves(olgas, 4, to="2026-03-31", recorded="2025-08-01")
    assert ends(olgas, "2025-07-31") == [
        ("2025-04-01", "2026-03-31", "first promised"),
        ("2025-06-01", "2026-06-30", "moved"),
        ("2025-07-01", "2026-09-30", "moved"),
    ]
    assert ends(olgas, "2025-08-01")[-1] == ("2025-08-01", "2026-03-31", "moved")
    assert ends(olgas, "2025-05-31") == [("2025-04-01", "2026-03-31", "first promised")]


def test_a_milestone_that_is_added_later_moves_the_end_and_is_said_to(olgas):
    with clock_at("2025-06-01"):
        olgas.milestones.create(number=5, title="Step 5", first_due_on=date(2026, 6, 30))
    assert ends(olgas, "2025-06-01") == [
        ("2025-04-01", "2026-03-31", "first promised"),
        ("2025-06-01", "2026-06-30", "milestone added"),
    ]
    assert as_at(olgas, "2025-06-01").first_ends_on == date(2026, 6, 30)


def test_a_withdrawn_milestone_keeps_its_date_in_the_end(olgas):
    withdraws(olgas, 4, on="2025-06-01")
    assert ends(olgas, "2025-06-02") == [("2025-04-01", "2026-03-31", "first promised")]


def test_without_milestones_the_promise_itself_moves_or_is_corrected(strategy):
    found = an_initiative("DS-003", recorded="2025-04-01", promised_end_on=date(2026, 3, 31))
    moves(found, None, to="2026-06-30", recorded="2025-05-01")
    other = an_initiative("DS-004", recorded="2025-04-01", promised_end_on=date(2026, 3, 31))
    corrects(other, promised_end_on=date(2026, 4, 30), recorded="2025-05-01")
    assert ends(found, "2025-06-01")[1:] == [("2025-05-01", "2026-06-30", "moved")]
    assert ends(other, "2025-06-01")[1:] == [("2025-05-01", "2026-04-30", "promise corrected")]
    assert ends(an_initiative("DS-005", recorded="2025-04-01"), "2025-06-01") == []


def test_a_move_on_the_day_of_the_promise_is_a_move(strategy):
    found = an_initiative("DS-003", recorded="2025-04-01", milestones=["2026-03-31"])
    moves(found, 1, to="2026-06-30", recorded="2025-04-01")
    assert ends(found, "2025-04-01") == [
        ("2025-04-01", "2026-03-31", "first promised"),
        ("2025-04-01", "2026-06-30", "moved"),
    ]


def test_every_cause_has_a_mark_of_its_own():
    assert {"first promised", *ENDS_CHANGE} == set(Cause)
    assert len({symbol for symbol, _ in ENDS_CHANGE.values()}) == len(ENDS_CHANGE)


def test_the_line_begins_and_ends_where_the_figures_do_on_every_day_of_the_demonstration(db):
    call_command("load_demo", scale=30, seed=3, verbosity=0)
    for back in (0, 30, 200, 700):
        now = portfolio(date.today() - timedelta(back))
        for initiative in now.initiatives:
            line = ends_known(initiative)
            assert (line[-1].ends_on if line else None) == initiative.ends_on
            assert [end.known_on for end in line] == sorted(end.known_on for end in line)
            assert all(before.ends_on != after.ends_on for before, after in pairwise(line))
            if line and all(end.cause != Cause.ADDED for end in line):
                assert line[0].ends_on == initiative.first_ends_on


def test_lea_reads_on_its_page_how_an_end_moved(olgas, as_, lea):
    moves(olgas, 4, to="2026-09-30", recorded="2025-06-01")
    with clock_at("2025-06-10"):
        client = as_(lea)
        now, then = (client.get(f"/initiatives/DS-001/{query}").content.decode() for query in ("", "?as_at=2025-05-31"))
    assert (
        "The end was first promised for 31 March 2026 and is now 30 September 2026: moved once, 183 days later." in now
    )
    assert "The end has not moved since it was first promised for 31 March 2026." in then


def test_an_initiative_without_an_end_has_no_chart_of_one(strategy, as_, lea):
    an_initiative("DS-003", recorded="2025-04-01")
    assert "chart-end" not in as_(lea).get("/initiatives/DS-003/").content.decode()
