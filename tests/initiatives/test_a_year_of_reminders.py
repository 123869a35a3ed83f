"""A year of people who answer, stay silent, leave and pause, day by day, against rules written down a second time.

The oracle shares nothing with the ladder: it counts places in a list of working days, and looks windows up in a table.
"""

import re
from calendar import monthrange
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from random import Random

import holidays
from django.core import mail
from django.core.management import call_command
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.history import LONDON
from initiatives.models import ReminderLine, ReminderPreference
from initiatives.reminders.ladder import Line, Work, owed
from initiatives.status import Rung
from tests.factories import a_person, an_initiative, clock_at, corrects, enters, says

FIRST, LAST = date(2026, 4, 1), date(2027, 3, 31)
DAYS = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]

# --- The oracle -----------------------------------------------------------------------------------
_bank_holidays = holidays.country_holidays("GB", subdiv="ENG", years=range(2025, 2029))
_every_day = (date(2025, 1, 1) + timedelta(days=n) for n in range(4 * 365))
WORKED = [day for day in _every_day if day.isoweekday() <= 5 and day not in _bank_holidays]
PLACE = {day: place for place, day in enumerate(WORKED)}

# Rung: the part that hears, and the first and last working day of the window, counted from the due date.
WINDOWS = {
    "due": ("owner", 0, 5),
    "overdue": ("owner", 6, 15),
    "deputy": ("deputy", 16, 25),
    "sponsor": ("sponsor", 26, 35),
}


def window(place, days_before):
    """Return the rung and the part that hears so many working days after the due date, if any."""
    if -days_before <= place <= -1:
        return "before", "owner"
    return next(((rung, part) for rung, (part, first, last) in WINDOWS.items() if first <= place <= last), (None, None))


def due_on(job, day):
    """Return when the job's update is due, as known at the end of the day: the last day worked of its period."""
    if job.stage_on(day) != "in-progress":
        return None
    said = max((said for said in job.said if said <= day), default=None)
    months = {"monthly": 1, "quarterly": 3}[job.cadence]
    of = said or job.began_on
    number = of.year * 12 + of.month - 1
    last_month = number - number % months + months - 1 + (months if said else 0)
    year, month = divmod(last_month, 12)
    ends_on = date(year, month + 1, monthrange(year, month + 1)[1])
    return max(worked for worked in WORKED if worked <= ends_on)


def expected(world, day, log):
    """Return the lines that the rules ask for on the day, given what was told before."""
    found = []
    if day not in PLACE:
        return found
    for number, job in enumerate(world.jobs):
        due = due_on(job, day)
        if due is None:
            continue
        owner = world.people[job.owner_on(day)]
        rung, part = window(PLACE[day] - PLACE[due], owner.days_before)
        if rung is None:
            continue
        person = {"owner": job.owner_on(day), "deputy": job.deputy, "sponsor": job.sponsor}[part]
        if person is None or not world.people[person].can_be_reached_on(day):
            continue
        heard = [r for _, p, n, d, r in log if (p, n, d) == (person, number, due)]
        if any(r == rung or WINDOWS.get(r, ("owner",))[0] != part for r in heard):
            continue
        if any(p == person and r == rung and PLACE[day] - PLACE[on] <= 5 for on, p, _, _, r in log):
            continue
        found.append((day, person, number, due, rung))
    return found


def check(log, world):
    """Fail unless what was told in the year keeps the promises that people were made."""
    assert len(set(log)) == len(log)
    days = {}
    for on, person, number, due, rung in log:
        assert on in PLACE, "on a day that nobody works"
        assert world.people[person].can_be_reached_on(on)
        assert world.jobs[number].stage_on(on) == "in-progress"
        assert PLACE[on] - PLACE[due] < 36, "after the end of the ladder"
        days.setdefault((person, rung), set()).add(on)
    for told_on in days.values():
        for one, next_one in pairwise(sorted(told_on)):
            assert PLACE[next_one] - PLACE[one] > 5, "two of a kind within five working days"
    assert max(Counter((p, n, d, r) for _, p, n, d, r in log).values(), default=1) == 1


# --- People and their year ------------------------------------------------------------------------
@dataclass
class Somebody:
    days_before: int = 5
    left_on: date | None = None
    paused: tuple[date, date] | None = None
    has_address: bool = True

    def can_be_reached_on(self, day):
        gone = self.left_on is not None and day >= self.left_on
        paused = self.paused is not None and self.paused[0] <= day <= self.paused[1]
        return self.has_address and not gone and not paused


@dataclass
class Job:
    habit: str
    cadence: str
    began_on: date
    owner: int
    deputy: int | None
    sponsor: int | None
    said: list = field(default_factory=list)
    stages: list = field(default_factory=list)  # (from, stage), in order
    handed_over: tuple[date, int] | None = None

    def stage_on(self, day):
        return next((stage for since, stage in reversed(self.stages) if since <= day), "proposed")

    def owner_on(self, day):
        return self.handed_over[1] if self.handed_over and day >= self.handed_over[0] else self.owner


@dataclass
class World:
    people: dict  # by number, from 1
    jobs: list
    missed: set  # days on which no run came about


def a_world(random):
    """Make up some people, their work and what becomes of both in the year."""
    some_day = lambda: random.choice(DAYS)  # noqa: E731
    people = {number: Somebody() for number in range(1, random.randint(2, 5) + 1)}
    for person in people.values():
        person.days_before = random.choice([5, 5, 1, 3, 10, 15])
        if random.random() < 0.2:
            person.left_on = some_day()
        if random.random() < 0.3:
            starts_on = some_day()
            person.paused = (starts_on, starts_on + timedelta(days=random.randint(0, 40)))
        person.has_address = random.random() < 0.95
    jobs = [a_job(random, people) for _ in range(random.randint(1, 5))]
    missed = set()
    for _ in range(random.randint(0, 4)):
        starts_on, length = some_day(), random.randint(0, 12)
        missed |= {starts_on + timedelta(days=n) for n in range(length)}
    return World(people, jobs, missed)


def a_job(random, people):
    who = lambda: random.randint(1, len(people))  # noqa: E731
    began_on = random.choice([FIRST, FIRST, random.choice(DAYS)])
    habit = random.choice(["silent", "honest", "rosy", "leaving", "pausing"])
    job = Job(habit, random.choice(["monthly", "monthly", "quarterly"]), began_on, who(), who(), who())
    job.deputy = random.choice([job.deputy, job.deputy, None])
    job.stages = [(began_on, "in-progress")]
    if habit == "pausing":
        stopped_on = random.choice(DAYS)
        goes_on = stopped_on + timedelta(days=random.randint(1, 90))
        if stopped_on > began_on:
            job.stages += [(stopped_on, random.choice(["paused", "complete", "stopped"]))]
            job.stages += [(goes_on, "in-progress")] if goes_on <= LAST else []
    if habit == "leaving":
        job.handed_over = (random.choice(DAYS), who())
    times = {"silent": 0, "honest": 14, "rosy": 7, "leaving": 3, "pausing": 5}[habit]
    said = {random.choice(DAYS) for _ in range(random.randint(times // 2, times))}
    job.said = sorted(day for day in said if day >= began_on)
    return job


# --- The year, day by day -------------------------------------------------------------------------
def ladder_says(world, day, log):
    """Ask the ladder itself."""
    works = [
        Work(number, due_on(job, day), job.owner_on(day), job.deputy, job.sponsor)
        for number, job in enumerate(world.jobs)
    ]
    reached = {number: person.days_before for number, person in world.people.items() if person.can_be_reached_on(day)}
    told = [Line(*line[:4], Rung(line[4])) for line in log]
    lines = owed(day, works, reached, told)
    return [(line.on, line.person, line.work, line.due_on, line.rung.value) for line in lines]


@settings(max_examples=80)
@given(st.randoms(use_true_random=False))
def test_a_year_of_anybody_holds_no_reminder_outside_the_rules(random):
    world = a_world(random)
    log = []
    for day in DAYS:
        if day in world.missed:
            continue
        told = ladder_says(world, day, log)
        assert sorted(told) == sorted(expected(world, day, log))
        log += told
    check(log, world)


def test_the_years_that_are_made_up_climb_every_rung_and_meet_every_habit():
    rungs, habits, waited = Counter(), Counter(), 0
    for seed in range(60):
        world, log = a_world(Random(seed)), []
        for day in DAYS:
            log += [] if day in world.missed else expected(world, day, log)
        rungs.update(rung for *_, rung in log)
        habits.update(job.habit for job in world.jobs)
        waited += sum(PLACE[on] - PLACE[due] not in (0, 6, 16, 26) for on, _, _, due, rung in log if rung != "before")
    assert set(rungs) == {"before", "due", "overdue", "deputy", "sponsor"}
    assert set(habits) == {"silent", "honest", "rosy", "leaving", "pausing"}
    assert min(rungs.values()) > 30
    assert waited > 10


def test_the_oracle_knows_the_days_that_were_worked_out_by_hand():
    silent = Job("silent", "monthly", date(2026, 12, 1), 1, 2, 3, stages=[(date(2026, 12, 1), "in-progress")])
    world, log = World({number: Somebody() for number in (1, 2, 3)}, [silent], set()), []
    for day in DAYS:
        log += expected(world, day, log)
    assert [(on.isoformat(), person, rung) for on, person, _, _, rung in log] == [
        ("2026-12-22", 1, "before"),
        ("2026-12-31", 1, "due"),
        ("2027-01-11", 1, "overdue"),
        ("2027-01-25", 2, "deputy"),
        ("2027-02-08", 3, "sponsor"),
    ]


# --- The same through the command and the database ------------------------------------------------
SEED = 3769  # five jobs, one of each habit; somebody leaves, somebody pauses; every rung is climbed


class Stage:
    """A world as people and initiatives of the portal, to whom things happen at 6 and reminders come at half past 7."""

    def __init__(self, world):
        self.world = world
        self.people = {
            n: a_person(f"p{n}", f"Person {n}", "contributor", email=f"p{n}@example.org" if p.has_address else "")
            for n, p in world.people.items()
        }
        for number, somebody in world.people.items():
            ReminderPreference.objects.create(person=self.people[number], days_before=somebody.days_before)
        self.jobs = [
            an_initiative(
                f"DS-{n:03d}", recorded=FIRST - timedelta(days=1), stage=None, cadence=job.cadence,
                owner=self.people[job.owner], deputy=self.people.get(job.deputy), sponsor=self.people[job.sponsor],
            )
            for n, job in enumerate(world.jobs)
        ]  # fmt: skip

    def live_through(self, day):
        """Let happen what happens on the day."""
        early = datetime.combine(day, time(6), tzinfo=LONDON)
        for row, job in zip(self.jobs, self.world.jobs, strict=True):
            for since, stage in job.stages:
                if since == day:
                    enters(row, stage, on=day, recorded=early)
            if job.handed_over and job.handed_over[0] == day:
                corrects(row, owner=self.people[job.handed_over[1]], recorded=early)
            if day in job.said:
                says(row, "green", on=day, recorded=early)
        for number, somebody in self.world.people.items():
            person = self.people[number]
            if somebody.left_on == day:
                corrects(person, is_active=False, recorded=early)
            if somebody.paused and somebody.paused[0] == day:
                wanted = {"paused_until": somebody.paused[1], "pause_reason": "On leave."}
                corrects(person.reminder_preference, **wanted, recorded=early)

    def told_on(self, day):
        """Run the command, twice; returns the lines of what it sent, having compared them with the mail itself."""
        with clock_at(datetime.combine(day, time(7, 30), tzinfo=LONDON)):
            call_command("send_reminders")
            if mail.outbox:
                call_command("send_reminders")
        rows = ReminderLine.objects.filter(reminder__on=day, reminder__posting="sent")
        numbers = {row.pk: n for n, row in enumerate(self.jobs)}
        people = {row.pk: n for n, row in self.people.items()}
        mails = {int(letter.to[0][1:].partition("@")[0]): letter.body for letter in mail.outbox}
        assert len(mails) == len(mail.outbox), "one e-mail a person"
        mail.outbox.clear()
        told = [
            (day, people[person], numbers[job], due, rung)
            for person, job, due, rung in rows.values_list("reminder__person", "initiative", "due_on", "rung")
        ]
        assert {(person, f"DS-{n:03d}") for _, person, n, _, _ in told} == {
            (person, ref) for person, body in mails.items() for ref in re.findall(r"^DS-\d+", body, re.MULTILINE)
        }
        return told


def test_a_year_of_the_command_holds_no_reminder_outside_the_rules(db):
    world, log = a_world(Random(SEED)), []
    world.missed = set()
    assert len({job.habit for job in world.jobs}) == len(world.jobs) == 5
    stage = Stage(world)
    for day in DAYS:
        stage.live_through(day)
        told = stage.told_on(day)
        assert sorted(told) == sorted(expected(world, day, log))
        log += told
    check(log, world)
    assert {"before", "due", "overdue", "deputy", "sponsor"} == {rung for *_, rung in log}
