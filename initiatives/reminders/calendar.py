"""What a person owes as a calendar (.ics), and the secret address at which a calendar program fetches it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime

from django.core.signing import BadSignature, Signer
from icalendar import Calendar, Event

from accounts.models import User
from initiatives.as_at import InitiativeAt
from initiatives.models import ReminderPreference
from initiatives.status import Stage

PURPOSE = "initiatives.reminders.calendar"  # the salt: what was signed for anything else opens no calendar
LONGEST = 300  # characters: far more than a key of ours has


def key_of(preference: ReminderPreference) -> str:
    """Return what stands in the address of a person's calendar: the same until they make a new one."""
    return _signer().sign_object([preference.person_id, preference.calendar_key])


def whose(key: str) -> User | None:
    """Return whose calendar a key opens; None when nobody's, or when they have left or hold no role."""
    if len(key) > LONGEST or not key.isascii():
        return None
    try:
        person_id, calendar_key = _signer().unsign_object(key)
    except (BadSignature, ValueError):
        return None
    found = ReminderPreference.objects.filter(person_id=person_id, calendar_key=calendar_key)
    preference = found.select_related("person").first()
    return preference.person if preference and preference.person.roles else None


def _signer() -> Signer:
    return Signer(salt=PURPOSE)


def calendar(
    person: User, initiatives: Iterable[InitiativeAt], *, named: str, made_at: datetime, address: Callable[[str], str]
) -> bytes:
    """Return the calendar of what the person owes as owner or deputy of work in progress.

    Updates that are due and open milestones, each on its whole day. `address` gives the link of an initiative's ref.
    """
    found = Calendar()
    found.add("prodid", "-//Strategy portal//EN")
    found.add("version", "2.0")
    found.add("x-wr-calname", named)
    for initiative in initiatives:
        if initiative.stage == Stage.IN_PROGRESS and person.pk in _owing(initiative):
            for uid, on, summary in _owed(initiative):
                event = Event()
                event.add("uid", f"{uid}@strategy-portal")
                event.add("dtstamp", made_at)
                event.add("dtstart", on)  # a date, not a moment: the day from end to end, wherever one is
                event.add("summary", summary)
                event.add("url", address(initiative.ref))
                event.add("description", f"Say how it goes: {address(initiative.ref)}")
                event.add("transp", "TRANSPARENT")  # nobody is busy all day because something is due
                found.add_component(event)
    return found.to_ical()


def _owing(initiative: InitiativeAt) -> set[int]:
    return {person.id for person in (initiative.owner, initiative.deputy) if person}


def _owed(initiative: InitiativeAt) -> Iterator[tuple[str, date, str]]:
    """Yield what is owed of an initiative: a name that stays the same, the day, and words.

    A milestone keeps its name when its date moves, so its entry moves too; each update due is a thing of its own.
    """
    due_on = initiative.update_due_on
    if due_on:
        yield f"{initiative.ref}-update-{due_on}", due_on, f"Update due: {initiative.ref} {initiative.title}"
    for milestone in initiative.milestones:
        if milestone.is_open(initiative.day):
            yield milestone.ref, milestone.due_on, f"Milestone due: {milestone.title} ({milestone.ref})"
