"""How a person wants to be reminded: on which day, not for a while, and in which calendar."""

from __future__ import annotations

from datetime import date

from accounts.models import User
from initiatives.models import ReminderPreference
from initiatives.models.updating import calendar_key


def preference_of(person: User) -> ReminderPreference:
    """Return how the person wants it, which is not in the database before they ever said so."""
    return ReminderPreference.objects.filter(person=person).first() or ReminderPreference(person=person)


def prefer(person: User, **wanted: object) -> ReminderPreference:
    """Note what the person wants, and leave everything else as they had it."""
    preference, _ = ReminderPreference.objects.get_or_create(person=person)
    for name, value in wanted.items():
        setattr(preference, name, value)
    preference.save()
    return preference


def move_day(person: User, *, days_before: int) -> ReminderPreference:
    """Have the first reminder come so many working days before an update is due."""
    return prefer(person, days_before=days_before)


def pause(person: User, *, until: date, reason: str) -> ReminderPreference:
    """Have no reminder come until the day is over."""
    return prefer(person, paused_until=until, pause_reason=reason)


def resume(person: User) -> ReminderPreference:
    """Take a pause back."""
    return prefer(person, paused_until=None, pause_reason="")


def new_calendar(person: User) -> ReminderPreference:
    """Give the person's calendar an address that nobody knows; whoever knew the old one finds nothing there."""
    return prefer(person, calendar_key=calendar_key())
