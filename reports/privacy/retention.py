"""How long what is held is kept, and taking away what is past its time. The history of the strategy is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from accounts.models import AccessToken, Session, SignIn, Tries, User, Visit
from accounts.record.declared import only_added
from accounts.record.triggers import standing_aside
from initiatives.models import (
    Draft,
    Import,
    LinkUse,
    LinkWithdrawal,
    PartnerLink,
    Reminder,
    ReminderLine,
    ReminderPreference,
)
from reports.models import Download
from reports.privacy.forgetting import FORMER, forget

NEVER = "never"
Rows = tuple[QuerySet[Any], Mapping[str, Any] | None]  # what is past its time, and what it becomes; None for nothing


class BadRetention(ValueError):
    """Raised when RETENTION_DAYS names no rule, or no number of days; the message says what it takes."""


@dataclass(frozen=True)
class Rule:
    """One rule: of what, for how many days, which rows a moment leaves behind, and why so long."""

    name: str
    what: str
    days: int
    past: Callable[[datetime], Iterator[Rows]]
    why: str


def _sessions(before: datetime) -> Iterator[Rows]:
    yield Session.objects.filter(expire_date__lt=before), None


def _sign_ins(before: datetime) -> Iterator[Rows]:
    yield SignIn.objects.filter(at__lt=before), None


def _tries(before: datetime) -> Iterator[Rows]:
    yield Tries.objects.filter(until__lt=before), None


def _visits(before: datetime) -> Iterator[Rows]:
    yield Visit.objects.filter(seen_at__lt=before), None


def _drafts(before: datetime) -> Iterator[Rows]:
    yield Draft.objects.filter(saved_at__lt=before), None


def _reminders(before: datetime) -> Iterator[Rows]:
    yield ReminderLine.objects.filter(reminder__made_at__lt=before), None
    yield Reminder.objects.filter(made_at__lt=before), None
    yield ReminderPreference.history.filter(history_date__lt=before), None


def _trouble(before: datetime) -> Iterator[Rows]:
    yield Reminder.objects.filter(made_at__lt=before).exclude(trouble=""), {"trouble": ""}


def _links(before: datetime) -> Iterator[Rows]:
    over = Q(expires_at__lt=before) | Q(withdrawal__recorded_at__lt=before)
    unused = ~Exists(LinkUse.objects.filter(link=OuterRef("pk")))
    ids = list(PartnerLink.objects.filter(over, unused).values_list("pk", flat=True))
    yield LinkWithdrawal.objects.filter(link__in=ids), None
    yield PartnerLink.objects.filter(pk__in=ids), None


def _downloads(before: datetime) -> Iterator[Rows]:
    yield Download.objects.filter(started_at__lt=before), None


def _tokens(before: datetime) -> Iterator[Rows]:
    over = Q(until__lt=before.date()) | Q(withdrawn_at__lt=before)
    yield AccessToken.objects.filter(over, ~Exists(Download.objects.filter(token=OuterRef("pk")))), None


def _unapplied(before: datetime) -> Iterator[Rows]:
    yield Import.objects.filter(state="draft", brought_at__lt=before), None


def _files(before: datetime) -> Iterator[Rows]:
    yield Import.objects.filter(applied_at__lt=before).exclude(content=b""), {"content": b""}


def _administration(before: datetime) -> Iterator[Rows]:
    yield LogEntry.objects.filter(action_time__lt=before), None


def leavers(before: datetime) -> QuerySet[User]:
    """Return the people whose accounts were closed by then and not opened again, who still bear their name."""
    versions = User.history.model.objects.filter(id=OuterRef("pk"))
    stood = versions.filter(history_date__lte=before).order_by("-history_date", "-history_id").values("is_active")[:1]
    opened = Exists(versions.filter(history_date__gt=before, is_active=True))
    gone = User.objects.filter(~opened, is_active=False, is_demonstration=False).alias(stood=Subquery(stood))
    return gone.filter(stood=False).exclude(name__startswith=FORMER, email="")


def _leavers(before: datetime) -> Iterator[Rows]:
    yield leavers(before), {}


RULES: tuple[Rule, ...] = (
    Rule("sessions", "Sessions, after their end", 0, _sessions,
         "A session that has ended opens nothing."),
    Rule("sign_ins", "When somebody signed in, and by which way", 90, _sign_ins,
         "Long enough to look into a sign-in that was nobody's."),
    Rule("tries", "Counts of tries to sign in, after they stopped counting", 0, _tries,
         "They limit guessing for minutes."),
    Rule("visits", "When somebody last visited", 365, _visits,
         "A year later, “since your last visit” helps nobody."),
    Rule("drafts", "Updates that were typed and not sent", 90, _drafts,
         "Three months later the next update is due."),
    Rule("trouble", "What mail answered", 30, _trouble,
         "Long enough to mend an address."),
    Rule("reminders", "Reminders, and former wishes how to be reminded", 400, _reminders,
         "A year's round of reminders, and a month."),
    Rule("links", "Partners' links that ended unused", 365, _links,
         "Long enough to ask who was sent one."),
    Rule("downloads", "Who took which data away", 400, _downloads,
         "A yearly review of where data went, and a month."),
    Rule("tokens", "Access tokens, after their end", 400, _tokens,
         "As long as the downloads that they made."),
    Rule("unapplied", "Files that were brought and not applied", 30, _unapplied,
         "Whoever meant to would have."),
    Rule("files", "The content of files that were applied", 730, _files,
         "Two yearly returns can be compared with their files."),
    Rule("administration", "What the administration noted", 730, _administration,
         "Versions of things say who changed what for longer."),
    Rule("leavers", "Names and e-mail addresses of people who left", 365, _leavers,
         "A year of questions to whoever did the work."),
)  # fmt: skip


def days() -> dict[str, int | None]:
    """Return the days of each rule, as RETENTION_DAYS changes them; None for one that is off."""
    found: dict[str, int | None] = {rule.name: rule.days for rule in RULES}
    for name, value in settings.RETENTION_DAYS.items():
        if name not in found or not (value == NEVER or (value.isascii() and value.isdigit() and len(value) < 6)):
            raise BadRetention(
                f"RETENTION_DAYS: “{name}={value}” is not one of {', '.join(found)} with a number of days or “{NEVER}”."
            )
        found[name] = None if value == NEVER else int(value)
    return found


def in_words(days: int | None) -> str:
    """Say how long that is."""
    return "without a fixed end" if days is None else f"{days} days"


@transaction.atomic
def purge(now: datetime, *, dry_run: bool = False) -> list[tuple[Rule, int]]:
    """Take away what is past its time, all or nothing, and return of how many rows; run again, it finds none."""
    found, limits = [], days()
    for rule in RULES:
        limit, count = limits[rule.name], 0
        if limit is not None:
            deed = partial(_count) if dry_run else _take_away
            count = sum(deed(rows, becomes) for rows, becomes in rule.past(now - timedelta(days=limit)))
        found.append((rule, count))
    return found


def _count(rows: QuerySet[Any], becomes: Mapping[str, Any] | None) -> int:
    return rows.count()


def _take_away(rows: QuerySet[Any], becomes: Mapping[str, Any] | None) -> int:
    """Delete the rows, or make of them what they become; models that refuse both are not asked."""
    if rows.model is User:
        people = list(rows)
        for person in people:
            forget(person)
        return len(people)
    if becomes is None and rows.model._meta.db_table in only_added():
        if not rows.exists():
            return 0
        with standing_aside("what is past its time is taken away"):
            return rows._raw_delete(rows.db) or 0
    if becomes is None:
        return rows._raw_delete(rows.db) or 0  # None where there can be none
    return rows.update(**becomes)
