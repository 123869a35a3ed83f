"""Who gets what on a day, and the sending of it, which never sends a thing twice.

A reminder is claimed, the claim is committed, and only then is it sent: of many senders one wins. Whether an e-mail
went cannot always be known. What was certainly not taken waits for the next run; what may have gone is never sent
again, and is shown to a person instead.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from smtplib import (
    SMTPDataError,
    SMTPNotSupportedError,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPSenderRefused,
)
from typing import Any

from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts.history import end_of
from accounts.models import User
from initiatives.as_at import InitiativeAt
from initiatives.history import portfolio
from initiatives.models import Reminder, ReminderLine, ReminderPreference, Update
from initiatives.reminders import ladder
from initiatives.reminders.ladder import Line, Work
from initiatives.reminders.letters import letter
from initiatives.status import Posting, Rung

PATIENCE = 3  # times in a row that mail may fail to answer before the rest is kept for the next run
TOLD = (Posting.SENT, Posting.SENDING)  # what may have gone counts as told
LADDER_AT_MOST = timedelta(days=120)  # from a first rung to the end: 51 working days, holidays and all

log = logging.getLogger("portal.reminders")


# --- The plan of a day ----------------------------------------------------------------------------
@dataclass(frozen=True)
class Plan:
    """What is to be told on a day, each person's lines together, as known at a moment."""

    day: date
    known_at: datetime
    mails: Sequence[tuple[User, Sequence[Line]]]
    initiatives: dict[int, InitiativeAt]


def plan(day: date) -> Plan:
    """Return who gets what on the day, in a constant number of queries. Nothing is written."""
    known_at = min(timezone.now(), end_of(day))
    initiatives = {found.id: found for found in portfolio(day).initiatives}
    people = {person.pk: person for person in User.objects.active().exclude(email="")}
    preferences = {row.person_id: row for row in ReminderPreference.objects.all()}
    answered = _answered_since(known_at, Update.objects.all())
    written = set(Reminder.objects.filter(on=day).exclude(posting=Posting.WAITING).values_list("person_id", flat=True))
    days_before = {
        id_: preferences[id_].days_before if id_ in preferences else ReminderPreference.DAYS_BEFORE
        for id_ in people
        if id_ not in written and not (id_ in preferences and preferences[id_].is_paused_on(day))
    }
    works = [_as_work(found) for found in initiatives.values() if found.id not in answered]
    lines = ladder.owed(day, works, days_before, _told(day))
    lines.sort(key=lambda line: (line.person, line.due_on, line.work))
    mails = [(people[id_], tuple(theirs)) for id_, theirs in groupby(lines, key=lambda line: line.person)]
    return Plan(day, known_at, mails, initiatives)


def _as_work(found: InitiativeAt) -> Work:
    owner, deputy, sponsor = (person.id if person else None for person in (found.owner, found.deputy, found.sponsor))
    return Work(found.id, found.update_due_on, owner, deputy, sponsor)


def _told(day: date, **of: Any) -> list[Line]:
    """Return what was told, or may have been, near enough to the day to matter."""
    near = (day - LADDER_AT_MOST, day + LADDER_AT_MOST)
    rows = ReminderLine.objects.filter(reminder__posting__in=TOLD, reminder__on__range=near, **of).order_by()
    found = rows.values_list("reminder__on", "reminder__person_id", "initiative_id", "due_on", "rung")
    return [Line(on, person, work, due_on, Rung(rung)) for on, person, work, due_on, rung in found]


def _answered_since(moment: datetime, updates: Any) -> set[int]:
    """Return the initiatives of which something was said after the moment."""
    return set(updates.filter(recorded_at__gte=moment).values_list("initiative_id", flat=True))


# --- Writing it down ------------------------------------------------------------------------------
@transaction.atomic
def write_down(plan: Plan) -> None:
    """Make the day's reminders, each waiting to be sent, and drop those that wait and are owed no longer.

    What waits from an earlier day is dropped: what is still owed of it is in today's. Several senders may do this at
    once, because the database lets there be one reminder of a person and a day.
    """
    waiting = Reminder.objects.filter(posting=Posting.WAITING)
    waiting.filter(on__lt=plan.day).update(posting=Posting.DROPPED)
    made = [Reminder(person=person, on=plan.day) for person, _ in plan.mails]
    Reminder.objects.bulk_create(made, ignore_conflicts=True)
    today = {row.person_id: row for row in waiting.filter(on=plan.day).order_by("pk").select_for_update()}
    ReminderLine.objects.filter(reminder__in=waiting.filter(on=plan.day)).delete()
    ReminderLine.objects.bulk_create(
        ReminderLine(reminder=today[person.pk], initiative_id=line.work, due_on=line.due_on, rung=line.rung)
        for person, lines in plan.mails
        if person.pk in today
        for line in lines
    )
    waiting.filter(on=plan.day, lines=None).update(posting=Posting.DROPPED)


# --- Sending --------------------------------------------------------------------------------------
@dataclass
class Outcome:
    """What became of a run's reminders, and whether mail fell silent."""

    sent: int = 0
    refused: int = 0
    not_written: int = 0
    uncertain: int = 0
    silent: int = 0  # times in a row, at the end, that mail did not answer
    trouble: str = ""

    @property
    def mail_is_down(self) -> bool:
        return self.silent > 0


def send(plan: Plan) -> Outcome:
    """Send what waits for the day over one connection, and stop when mail has fallen silent."""
    outcome = Outcome()
    connection = get_connection()
    waiting = Reminder.objects.filter(on=plan.day, posting=Posting.WAITING).order_by("pk")
    try:
        for id_ in list(waiting.values_list("pk", flat=True)):
            if outcome.silent == PATIENCE:
                break
            _send_one(id_, plan, connection, outcome)
    finally:
        with suppress(OSError):
            connection.close()
    return outcome


def _send_one(id_: int, plan: Plan, connection: BaseEmailBackend, outcome: Outcome) -> None:
    try:
        _open(connection)  # before the claim: mail that is down leaves nobody in doubt
    except OSError as error:
        outcome.silent, outcome.trouble = outcome.silent + 1, _in_words(error)
        _keep(id_, Posting.WAITING, f"Mail does not answer: {outcome.trouble}")
        return
    reminder = claim(id_)
    if reminder is None:
        return
    is_reachable = reminder.person.is_active and reminder.person.email
    lines = _lines_still_owed(reminder, plan) if is_reachable else []
    if not lines:
        _settle(reminder, Posting.DROPPED)
        return
    try:
        mail = letter(reminder, lines, connection)
    except Exception as error:  # one that cannot be written must not hold up all that come after it
        log.exception("reminder=%s could not be written", id_)
        outcome.not_written += 1
        _keep(id_, Posting.SENDING, f"It could not be written: {_in_words(error)}")
        return
    try:
        mail.send()
    except OSError as error:  # SMTPException is one
        outcome.trouble = _in_words(error)
        if _was_certainly_not_taken(error):
            outcome.refused, outcome.silent = outcome.refused + 1, 0
            _keep(id_, Posting.SENDING, f"The mail server refused it: {outcome.trouble}")
        else:
            outcome.uncertain, outcome.silent = outcome.uncertain + 1, outcome.silent + 1
            _settle(reminder, Posting.SENDING, tries=F("tries") + 1, trouble=_fits(outcome.trouble))
        return
    _settle(reminder, Posting.SENT, sent_at=timezone.now(), tries=F("tries") + 1, trouble="")
    outcome.sent, outcome.silent = outcome.sent + 1, 0


def claim(id_: int) -> Reminder | None:
    """Take a reminder in hand; None when another sender has it, or it no longer waits.

    The claim is committed before anything is sent, which is why this may not stand inside a transaction.
    """
    with transaction.atomic(durable=True):
        mine = Reminder.objects.filter(pk=id_, posting=Posting.WAITING)
        won = mine.update(posting=Posting.SENDING, claimed_at=timezone.now())
    return Reminder.objects.select_related("person").get(pk=id_) if won else None


def _lines_still_owed(reminder: Reminder, plan: Plan) -> list[ReminderLine]:
    """Return the lines that still hold now that the reminder is ours, and delete the others.

    Somebody may have said how it goes since the plan was made, and another day's run may have told the same. Both
    senders of such a pair have claimed before they look, so at least one of them sees the other.
    """
    rows = list(reminder.lines.select_related("initiative__owner", "initiative__deputy"))
    answered = _answered_since(plan.known_at, Update.objects.filter(initiative__in=[row.initiative_id for row in rows]))
    mine = [Line(reminder.on, reminder.person_id, row.initiative_id, row.due_on, Rung(row.rung)) for row in rows]
    others = [line for line in _told(reminder.on, reminder__person=reminder.person_id) if line.on != reminder.on]
    kind = set(ladder.still_owed(mine, others))
    owed = [row for row, line in zip(rows, mine, strict=True) if line in kind and row.initiative_id not in answered]
    if len(owed) < len(rows):
        ReminderLine.objects.filter(pk__in={row.pk for row in rows} - {row.pk for row in owed}).delete()
    return owed


def _open(connection: BaseEmailBackend) -> None:
    """Open the connection, anew where the server has hung up since the last mail. Raises OSError."""
    held = getattr(connection, "connection", None)
    if held is not None:
        with suppress(OSError):
            if held.noop()[0] == 250:
                return
        with suppress(OSError):
            connection.close()
    connection.open()


def _settle(reminder: Reminder, posting: Posting, **more: Any) -> None:
    Reminder.objects.filter(pk=reminder.pk).update(posting=posting, **more)


def _keep(id_: int, was: Posting, trouble: str) -> None:
    """Have a reminder wait for the next run, with the reason in words, unless it is in another sender's hands."""
    mine = Reminder.objects.filter(pk=id_, posting=was)
    mine.update(posting=Posting.WAITING, claimed_at=None, tries=F("tries") + 1, trouble=_fits(trouble))


# --- What a mail server says ----------------------------------------------------------------------
def _was_certainly_not_taken(error: OSError) -> bool:
    """Say whether the server answered no. A line that broke says neither yes nor no."""
    if isinstance(error, SMTPDataError):
        return error.smtp_code >= 400  # else it said something odd once it had everything
    return isinstance(error, SMTPSenderRefused | SMTPRecipientsRefused | SMTPNotSupportedError)


def _in_words(error: Exception) -> str:
    answer: bytes | str
    if isinstance(error, SMTPRecipientsRefused):
        code, answer = next(iter(error.recipients.values()))
    elif isinstance(error, SMTPResponseException):
        code, answer = error.smtp_code, error.smtp_error
    else:
        return str(error) or type(error).__name__
    return f"{code} {answer.decode(errors='replace') if isinstance(answer, bytes) else answer}"


def _fits(trouble: str) -> str:
    """Return words that their column takes."""
    return " ".join(trouble.replace("\0", " ").split())[: Reminder._meta.get_field("trouble").max_length]


def uncertain() -> Iterable[Reminder]:
    """Return the reminders that may or may not have gone, oldest first, with their people and lines."""
    rows = Reminder.objects.uncertain().select_related("person").prefetch_related("lines__initiative")
    return rows.order_by("on", "pk")
