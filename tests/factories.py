"""Things and deeds for the tests, written as people would tell them.

History is only ever added to, so what happened on a day is recorded by travelling to that day:

    ds1 = an_initiative("DS-001", recorded="2025-04-01", milestones=["2025-05-30", "2025-06-30"])
    says(ds1, "green", on="2025-04-11")
    ticks(ds1, 1, on="2025-05-29", recorded="2025-06-02")
    as_at(ds1, "2025-06-02").progress == Fraction(1, 2)

Days are ISO text or dates. A deed is recorded at noon in London on the day that it speaks of, unless `recorded` says
otherwise; `recorded` may also be a moment.
"""

from contextlib import contextmanager
from datetime import date, datetime, time

import time_machine
from django.db import transaction
from django.utils import timezone

from accounts.history import LONDON
from accounts.models import User
from accounts.record.triggers import standing_aside
from initiatives import actions
from initiatives.dependencies.actions import add_dependency
from initiatives.history import initiative_as_at
from initiatives.models import Alignment, Ask, Contribution, Initiative, Milestone
from pillars.models import Aim, Commitment, Pillar

PILLARS = ("purpose", "process", "people", "potential")
AIMS = {"A1": ["E1", "E2"], "A2": ["E3"]}


def day(value):
    """Return a day, given as one or as ISO text."""
    return value if isinstance(value, date) else date.fromisoformat(value)


@contextmanager
def clock_at(when):
    """Stop the clock at a moment, or at noon in London on a day."""
    if not isinstance(when, datetime):
        when = datetime.combine(day(when), time(12), tzinfo=LONDON)
    with time_machine.travel(when, tick=False):
        yield when


@contextmanager
def undone():
    """Undo whatever is written inside: history cannot be deleted."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def past_the_guard():
    """Let history be edited by hand inside, as only a test may."""
    return standing_aside("a test")


# --- Things ---------------------------------------------------------------------------------------
def a_person(username, name=None, *roles, **attributes):
    """Make a person with these roles and the password `pop-up-book`."""
    person = User.objects.create_user(username, "pop-up-book", name=name or username.title(), **attributes)
    for role in roles:
        person.grants.create(role=role)
    return person


def a_strategy(*, recorded):
    """Set up four pillars, and commitments E1 and E2 under aim A1 and E3 under A2."""
    with clock_at(recorded):
        for order, slug in enumerate(PILLARS, start=1):
            Pillar.objects.create(slug=slug, name=slug.title(), statement=f"What {slug} promises.", order=order)
        for order, (code, commitments) in enumerate(AIMS.items(), start=1):
            aim = Aim.objects.create(code=code, name=f"Aim {order}")
            for commitment in commitments:
                number = int(commitment[1:])
                aim.commitments.create(code=commitment, name=f"Commitment {number}")


def an_initiative(ref="DS-001", *, recorded, stage="in-progress", pillar="purpose", milestones=(), **attributes):
    """Set an initiative up; a milestone is the day first promised, or (day, weight)."""
    attributes = {"title": f"Title of {ref}", **attributes}
    with clock_at(recorded) as now:
        home = Pillar.objects.get_or_create(slug=pillar, defaults={"name": pillar.title()})[0]
        initiative = Initiative.objects.create(ref=ref, pillar=home, **attributes)
        for number, milestone in enumerate(milestones, start=1):
            due_on, weight = milestone if isinstance(milestone, tuple) else (milestone, 1)
            initiative.milestones.create(number=number, title=f"Step {number}", weight=weight, first_due_on=day(due_on))
        if stage:
            actions.change_stage(initiative=initiative, by=None, on=timezone.localdate(now), stage=stage)
    return initiative


def milestone(initiative, number):
    """Return the initiative's milestone of that number."""
    return Milestone.objects.get(initiative=initiative, number=number)


# --- Deeds ----------------------------------------------------------------------------------------
def says(initiative, rag="green", *, on, recorded=None, by=None, **more):
    """Post an update; amber and red get the words that they need."""
    words = {"what_changed": "Work went on.", "risk": "A risk." if rag == "amber" else ""}
    words |= {"issue": "An issue." if rag == "red" else "", **more}
    with clock_at(recorded or on):
        return actions.post_update(initiative=initiative, by=by, on=day(on), rag=rag, **words)


def ticks(initiative, number, *, on, recorded=None):
    """Record that a milestone was done on a day."""
    with clock_at(recorded or on):
        return actions.record_done(milestone=milestone(initiative, number), by=None, on=day(on))


def unticks(initiative, number, *, recorded):
    """Take a done date back."""
    with clock_at(recorded):
        return actions.record_done(milestone=milestone(initiative, number), by=None, on=None, reason="Not yet.")


def moves(initiative, number, *, to, recorded):
    """Move a milestone's due date; with None for its number, the initiative's own promised end."""
    which = milestone(initiative, number) if number else None
    with clock_at(recorded):
        return actions.move_date(initiative=initiative, milestone=which, by=None, to=day(to), reason="It took longer.")


def withdraws(initiative, number, *, on, recorded=None):
    """Give a milestone up."""
    with clock_at(recorded or on):
        return actions.withdraw_milestone(
            milestone=milestone(initiative, number), by=None, on=day(on), reason="No longer needed."
        )


def enters(initiative, stage, *, on, recorded=None):
    """Record that an initiative entered a stage."""
    with clock_at(recorded or on):
        return actions.change_stage(initiative=initiative, by=None, on=day(on), stage=stage, reason="Decided.")


def hands_over(initiative, part, to, *, on, recorded=None):
    """Give the part of owner, deputy or sponsor to somebody, or to nobody."""
    with clock_at(recorded or on):
        return actions.hand_over(initiative=initiative, by=None, on=day(on), part=part, to=to, reason="A new post.")


def stands_in(initiative, person, *, on, until, recorded=None):
    """Make somebody deputy for some days; nobody ends an earlier stand-in for those days."""
    with clock_at(recorded or on):
        return actions.set_stand_in(
            initiative=initiative, by=None, person=person, starts_on=day(on), ends_on=day(until), reason="On leave."
        )


def leaves(person, *, on):
    """Record that a person left."""
    corrects(person, is_active=False, recorded=on)


def asks(initiative, *, on, question="Who pays?"):
    """Ask leaders something."""
    with clock_at(on):
        return Ask.objects.create(initiative=initiative, question=question)


def answers(ask, *, on, outcome="answered"):
    """Answer an ask as leaders do."""
    with clock_at(on):
        return actions.answer_ask(ask=ask, by=None, on=day(on), outcome=outcome, words="The board agreed.")


def notes(initiative, words="The board wants to see it again.", *, on, recorded=None, by):
    """Write down what a meeting said."""
    with clock_at(recorded or on):
        return actions.note(initiative=initiative, by=by, on=day(on), words=words)


def follows(person, initiative):
    """Let a person follow an initiative."""
    return actions.follow(initiative=initiative, by=person)


def aligns(initiative, code, strength="main", *, recorded, how=""):
    """Align an initiative to a commitment."""
    with clock_at(recorded):
        commitment = Commitment.objects.get(code=code)
        return Alignment.objects.create(initiative=initiative, commitment=commitment, strength=strength, how=how)


def contributes(initiative, slug, *, recorded):
    """Record a further pillar that an initiative contributes to."""
    with clock_at(recorded):
        return Contribution.objects.create(initiative=initiative, pillar=Pillar.objects.get(slug=slug))


def needs(waiting, needed, *, recorded, why="", by=None):
    """Say that one milestone needs another; each is (initiative, number)."""
    with clock_at(recorded) as now:
        said = {"by": by, "on": timezone.localdate(now), "why": why}
        return add_dependency(milestone=milestone(*waiting), needs=milestone(*needed), **said)


def corrects(thing, *, recorded, **attributes):
    """Change attributes that keep their history: a title, an owner, a weight."""
    with clock_at(recorded):
        for name, value in attributes.items():
            setattr(thing, name, value)
        thing.save()


def removes(thing, *, recorded):
    """Delete something that keeps its history: an alignment or a contribution."""
    with clock_at(recorded):
        thing.delete()


# --- Reading --------------------------------------------------------------------------------------
def as_at(initiative, on):
    """Return the initiative as it had been recorded by the end of the day."""
    return initiative_as_at(initiative, day(on))


def told(found):
    """Return everything that an initiative or a portfolio says of its day; `==` would look at attributes alone."""
    if hasattr(found, "initiatives"):
        return found.day, found.strategy, found.people, [told(i) for i in found.initiatives]
    names = [name for name in dir(found) if not name.startswith("_") and name not in ("records", "strategy")]
    said = {name: getattr(found, name) for name in names}
    return {name: value for name, value in said.items() if not callable(value)}
