"""The ladder of reminders, worked out by hand with England's calendar."""

from datetime import timedelta

import pytest

from initiatives.reminders.ladder import Line, Work, open_rung, owed
from initiatives.status import Rung
from tests.factories import day

OLGA, DINA, SAM, OMAR = 1, 2, 3, 4
FIVE = dict.fromkeys((OLGA, DINA, SAM, OMAR), 5)
DUE_ON = day("2026-04-30")  # a Thursday; Monday 4 May is a bank holiday


def work(number=1, due_on=DUE_ON, owner=OLGA, deputy=DINA, sponsor=SAM):
    return Work(number, due_on, owner, deputy, sponsor)


def told(on, person=OLGA, rung=Rung.DUE, number=1, due_on=DUE_ON):
    return Line(day(on), person, number, due_on, rung)


def hears(on, *works, days_before=FIVE, before=()):
    """Return who hears of what on a day, as (person, work, rung)."""
    return [(line.person, line.work, line.rung) for line in owed(day(on), works or [work()], days_before, before)]


# --- The days -------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("due_on", "opens"),
    [
        # Christmas, and Boxing Day's substitute on Monday 28 December; New Year's Day.
        ("2026-12-31", ["2026-12-22", "2026-12-31", "2027-01-11", "2027-01-25", "2027-02-08", "2027-02-22"]),
        # The clocks go forward on 29 March; Good Friday and Easter Monday; both bank holidays of May.
        ("2026-03-31", ["2026-03-24", "2026-03-31", "2026-04-10", "2026-04-24", "2026-05-11", "2026-05-26"]),
        # The 31st is the summer bank holiday.
        ("2026-08-28", ["2026-08-21", "2026-08-28", "2026-09-08", "2026-09-22", "2026-10-06", "2026-10-20"]),
        # The clocks go back on 25 October.
        ("2026-10-30", ["2026-10-23", "2026-10-30", "2026-11-09", "2026-11-23", "2026-12-07", "2026-12-21"]),
    ],
)
def test_each_rung_opens_on_its_day_and_holds_until_the_day_before_the_next(due_on, opens):
    opens_on = [day(value) for value in opens]
    rungs = [None, *Rung, None]
    for number, first in enumerate(opens_on):
        assert open_rung(day(due_on), first - timedelta(days=1), 5) == rungs[number]
        assert open_rung(day(due_on), first, 5) == rungs[number + 1]


@pytest.mark.parametrize(
    ("days_before", "first"), [(1, "2026-12-30"), (2, "2026-12-29"), (3, "2026-12-24"), (15, "2026-12-08")]
)
def test_olga_moves_her_day_and_the_first_reminder_moves_with_it(days_before, first):
    christmas = work(due_on=day("2026-12-31"))
    assert hears(first, christmas, days_before={OLGA: days_before}) == [(OLGA, 1, Rung.BEFORE)]
    assert open_rung(christmas.due_on, day(first) - timedelta(days=1), days_before) is None


def test_nobody_hears_anything_once_the_ladder_has_ended():
    for after in range(400):
        assert hears(str(day("2026-06-23") + timedelta(days=after))) == []
    assert hears("2026-06-22") == [(SAM, 1, Rung.SPONSOR)]


def test_nobody_hears_anything_on_a_day_that_is_not_worked():
    for on in ("2026-05-02", "2026-05-03", "2026-05-04"):
        assert open_rung(DUE_ON, day(on), 5) == Rung.DUE
        assert hears(on) == []
    assert hears("2026-05-05") == [(OLGA, 1, Rung.DUE)]


def test_nobody_hears_of_work_that_owes_nothing():
    assert hears("2026-04-30", work(due_on=None)) == []


# --- Who hears ------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("on", "who", "rung"),
    [
        ("2026-04-23", OLGA, Rung.BEFORE),
        ("2026-04-30", OLGA, Rung.DUE),
        ("2026-05-11", OLGA, Rung.OVERDUE),
        ("2026-05-26", DINA, Rung.DEPUTY),
        ("2026-06-09", SAM, Rung.SPONSOR),
    ],
)
def test_the_owner_hears_three_times_then_the_deputy_then_the_sponsor(on, who, rung):
    assert hears(on) == [(who, 1, rung)]


def test_a_run_that_was_missed_is_caught_up_while_the_window_is_open():
    assert hears("2026-05-08") == [(OLGA, 1, Rung.DUE)]


def test_an_owner_who_cannot_be_reached_holds_nobody_else_up():
    without_olga = {person: 5 for person in FIVE if person != OLGA}
    assert hears("2026-05-11", days_before=without_olga) == []
    assert hears("2026-05-26", days_before=without_olga) == [(DINA, 1, Rung.DEPUTY)]


def test_work_without_a_deputy_goes_on_to_the_sponsor_at_the_same_pace():
    alone = work(deputy=None)
    assert hears("2026-05-26", alone) == []
    assert hears("2026-06-09", alone) == [(SAM, 1, Rung.SPONSOR)]


def test_work_without_an_owner_still_has_its_deputy():
    assert hears("2026-04-23", work(owner=None)) == []
    assert hears("2026-05-26", work(owner=None)) == [(DINA, 1, Rung.DEPUTY)]


def test_olga_who_heard_as_the_owner_is_not_told_again_as_deputy_or_sponsor():
    own = work(deputy=OLGA, sponsor=OLGA)
    before = [told("2026-05-11", rung=Rung.OVERDUE)]
    assert hears("2026-05-26", own, before=before) == []
    assert hears("2026-06-09", own, before=before) == []
    assert hears("2026-06-09", own) == [(OLGA, 1, Rung.SPONSOR)]  # nothing reached her before


def test_dina_who_heard_as_deputy_is_not_told_again_as_sponsor():
    both = work(sponsor=DINA)
    assert hears("2026-06-09", both, before=[told("2026-05-26", DINA, Rung.DEPUTY)]) == []


def test_omar_who_took_over_hears_what_olga_heard():
    assert hears("2026-05-01", work(owner=OMAR), before=[told("2026-04-30")]) == [(OMAR, 1, Rung.DUE)]


# --- Once, and not too often ----------------------------------------------------------------------
def test_nobody_hears_the_same_twice():
    assert hears("2026-05-08", before=[told("2026-04-30")]) == []
    assert hears("2026-05-22", before=[told("2026-05-11", rung=Rung.OVERDUE)]) == []  # the window is open still


def test_the_next_due_date_is_a_new_ladder():
    later = work(due_on=day("2026-05-29"))
    assert hears("2026-05-29", later, before=[told("2026-04-30")]) == [(OLGA, 1, Rung.DUE)]


def test_a_second_reminder_of_a_kind_waits_until_five_working_days_have_passed():
    other = work(2, due_on=DUE_ON)
    before = [told("2026-04-30")]  # of work 1
    for on in ("2026-05-01", "2026-05-05", "2026-05-06", "2026-05-07", "2026-05-08"):  # 4 May is a bank holiday
        assert hears(on, other, before=before) == []
    # On the sixth the window is gone: it has lapsed, and the next rung is another kind.
    assert hears("2026-05-11", other, before=before) == [(OLGA, 2, Rung.OVERDUE)]


def test_what_waited_is_told_when_its_window_is_still_open():
    other = work(2)
    before = [told("2026-05-26", DINA, Rung.DEPUTY, due_on=day("2026-04-29"))]
    assert hears("2026-06-02", other, before=before) == []
    assert hears("2026-06-03", other, before=before) == [(DINA, 2, Rung.DEPUTY)]


def test_two_kinds_may_come_in_one_week():
    other = work(2)
    assert hears("2026-05-05", other, before=[told("2026-04-30", rung=Rung.BEFORE)]) == [(OLGA, 2, Rung.DUE)]


def test_olga_hears_of_all_her_work_on_the_same_day():
    assert hears("2026-04-30", work(1), work(2), work(3, owner=OMAR)) == [
        (OLGA, 1, Rung.DUE),
        (OLGA, 2, Rung.DUE),
        (OMAR, 3, Rung.DUE),
    ]


def test_nobody_is_written_to_twice_on_a_day():
    assert hears("2026-04-30", work(2), before=[told("2026-04-30", rung=Rung.BEFORE, number=3)]) == []
