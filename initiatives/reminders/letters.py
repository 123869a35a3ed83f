"""The words of a reminder: one e-mail to one person, in HTML and as plain text, short and without blame."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.template.loader import render_to_string
from django.urls import reverse

from accounts.models import User
from initiatives.access import speakers
from initiatives.forms.fields import said
from initiatives.links import make_link
from initiatives.models import Initiative, Reminder, ReminderLine
from initiatives.status import Rung


def letter(reminder: Reminder, lines: Sequence[ReminderLine], connection: BaseEmailBackend) -> EmailMultiAlternatives:
    """Write the e-mail of a reminder. Partners without an account get a link each, made now. Raises ValueError for an
    address that cannot be written to.
    """
    person = reminder.person
    words: dict[str, Any] = {
        "name": in_one_line(person.name),
        "lines": [_words(line, person, reminder.on) for line in lines],
        "preferences": "" if is_without_account(person) else portal_address(reverse("initiatives:reminders")),
        "PORTAL_NAME": settings.PORTAL_NAME,
        "ORGANISATION": settings.ORGANISATION,
        "OFFICE_CONTACT": settings.OFFICE_CONTACT,
    }
    mail = EmailMultiAlternatives(
        in_one_line(render_to_string("initiatives/reminder_subject.txt", words)),
        render_to_string("initiatives/reminder_email.txt", words),
        to=[person.email],
        headers={"Message-ID": message_id(reminder), "Auto-Submitted": "auto-generated"},
        connection=connection,
    )
    mail.attach_alternative(render_to_string("initiatives/reminder_email.html", words), "text/html")
    mail.message()  # what cannot be written is found before anything is sent
    return mail


def message_id(reminder: Reminder) -> str:
    """Return the same id for the same reminder, however often it is tried, so that mail servers know it again."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    return f"<reminder-{reminder.pk}-{reminder.on:%Y-%m-%d}@{domain}>"


def _words(line: ReminderLine, person: User, on: date) -> dict[str, Any]:
    """Return what the letter says of one initiative: its name, why it comes, and where to go."""
    initiative, path, lasts_until = line.initiative, "", None
    if not is_without_account(person):
        path = reverse("initiatives:update", args=[initiative.ref])
    elif person.pk in speakers(initiative):  # nobody else's link would open
        link, path = make_link(initiative=initiative, person=person, by=None)
        lasts_until = link.expires_at
    return {
        "ref": initiative.ref,
        "title": in_one_line(initiative.title),
        "why": WHY[Rung(line.rung)](initiative, person, line.due_on, on),
        "due": _due(line.due_on, on),
        "is_of_another": line.rung in (Rung.DEPUTY, Rung.SPONSOR),
        "address": portal_address(path) if path else "",
        "lasts_until": lasts_until,
    }


def portal_address(path: str) -> str:
    """Return the whole address of a page of the portal, for an e-mail."""
    return f"{settings.PORTAL_ADDRESS}{path}"


def is_without_account(person: User) -> bool:
    """Whether the person works for a partner and cannot sign in to anything."""
    return person.is_partner and not person.roles


# --- Why it comes ---------------------------------------------------------------------------------
def _before(initiative: Initiative, person: User, due_on: date, on: date) -> str:
    return f"You own it. Its next update {_due(due_on, on)}."


def _on_the_day(initiative: Initiative, person: User, due_on: date, on: date) -> str:
    return f"You own it. Its update {_due(due_on, on)}."


def _after_the_grace(initiative: Initiative, person: User, due_on: date, on: date) -> str:
    return (
        f"You own it. Its update {_due(due_on, on)} and is not here yet. A sentence or two is enough, and bad news is "
        "as welcome as good."
    )


def _to_the_deputy(initiative: Initiative, person: User, due_on: date, on: date) -> str:
    asked = _asked(person, owner=initiative.owner)
    return f"You are its deputy. Its update {_due(due_on, on)} and is not here yet. {asked}Could you say how it goes?"


def _to_the_sponsor(initiative: Initiative, person: User, due_on: date, on: date) -> str:
    asked = _asked(person, owner=initiative.owner, deputy=initiative.deputy)
    return (
        f"You are its sponsor. Its update {_due(due_on, on)} and is not here yet. {asked}Could you say how it goes, or "
        "find out what would help? This is the last reminder of this update."
    )


WHY: dict[Rung, Callable[[Initiative, User, date, date], str]] = {
    Rung.BEFORE: _before,
    Rung.DUE: _on_the_day,
    Rung.OVERDUE: _after_the_grace,
    Rung.DEPUTY: _to_the_deputy,
    Rung.SPONSOR: _to_the_sponsor,
}


def _asked(reader: User, **people: User | None) -> str:
    """Say who has not answered yet, as of people who may have good reasons."""
    named = [f"{in_one_line(p.name)} ({part})" for part, p in people.items() if p and p != reader]
    if not named:
        return ""
    return f"{' and '.join(named)} {'have' if len(named) > 1 else 'has'} not had the chance so far. "


def _due(due_on: date, on: date) -> str:
    if due_on == on:
        return f"is due today, {said(due_on)}"
    return f"{'was' if due_on < on else 'is'} due on {said(due_on)}"


def in_one_line(text: str) -> str:
    """Return the text with every break in it made a space: nothing that people type may start a header or a line."""
    return " ".join(text.split())
