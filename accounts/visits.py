"""When people use the portal: enough to say what changed since they last looked, and no more."""

from __future__ import annotations

import logging
from datetime import date, datetime, timedelta

from django.db import Error
from django.db.models import F
from django.utils import timezone

from accounts.history import LONDON
from accounts.models import User, Visit
from accounts.read_only import is_read_only

QUIET = timedelta(minutes=30)  # ends a session of use
NOTED_EVERY = timedelta(minutes=1)  # so that most requests write nothing

log = logging.getLogger("portal.visits")


def note_visit(person: User, at: datetime) -> None:
    """Note that a person uses the portal at a moment. It never stands in the way of what they came for."""
    if is_read_only():
        return
    try:
        visit = Visit.objects.filter(person=person).first()
        if visit is None:
            Visit.objects.get_or_create(person=person, defaults={"started_at": at, "seen_at": at})
        elif at - visit.seen_at >= QUIET:  # of two requests at once one begins the session
            Visit.objects.filter(person=person, seen_at=visit.seen_at).update(
                previous_started_at=F("started_at"), started_at=at, seen_at=at
            )
        elif at - visit.seen_at >= NOTED_EVERY:
            Visit.objects.filter(person=person).update(seen_at=at)
    except Error:
        log.warning("a visit could not be noted", exc_info=True)


def last_visit_on(person: User) -> date | None:
    """Return the day in London on which the person's previous session of use began; None before there was one."""
    began = Visit.objects.filter(person=person).values_list("previous_started_at", flat=True).first()
    return timezone.localdate(began, LONDON) if began else None
