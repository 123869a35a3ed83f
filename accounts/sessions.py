"""Sessions: each is a row that knows whose it is, and ends after quiet or a working day, whatever the cookie says.

The row is read once a request, as Django's own would be, so that its ends cost no query. It is written when its content
changes, and at most once a minute when it is used.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.db import DatabaseError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import AccessToken, Session, User

NOTED_EVERY = timedelta(minutes=1)  # so that most requests write nothing
BEGAN, DEVICE = "began", "device"  # what a session says of its sign-in

log = logging.getLogger("portal.sessions")


class SessionStore(DatabaseStore):
    """Keeps sessions in `accounts.Session`, and takes one that is over for one that never was."""

    row: Session | None = None

    @classmethod
    def get_model_class(cls) -> type[Session]:
        """Return the model of the rows."""
        return Session

    def _get_session_from_db(self) -> Session | None:
        row = super()._get_session_from_db()  # type: ignore[misc]
        if row is not None and row.person_id and ends_at(row) <= timezone.now():
            self._session_key = row = None
        self.row = row
        return row

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        """Return the row that stands for the session as it is now."""
        now = timezone.now()
        began = data.get(BEGAN)
        row: Session = super().create_model_instance(data)  # type: ignore[assignment]
        row.person_id = int(data[SESSION_KEY]) if SESSION_KEY in data else None
        row.began_at = datetime.fromisoformat(began) if began else getattr(self.row, "began_at", now)
        row.seen_at = now
        row.device = data.get(DEVICE, "")
        self.row = row
        return row

    @classmethod
    def clear_expired(cls) -> None:
        """Take away the rows of sessions that are over, by their cookie's age, by quiet or by a day's end."""
        now = timezone.now()
        Session.objects.filter(expire_date__lt=now).delete()
        ended = Session.objects.exclude(person=None)
        ended.filter(began_at__lt=now - settings.SESSION_LONGEST).delete()
        ended.filter(seen_at__lt=now - settings.SESSION_IDLE - NOTED_EVERY).delete()


# --- When one ends --------------------------------------------------------------------------------
def ends_at(row: Session) -> datetime:
    """Return the moment at which a session is over unless it is used before, and at which it is over all the same.

    Its last use was noted up to a minute before it happened, which the person is given.
    """
    return min(row.seen_at + settings.SESSION_IDLE + NOTED_EVERY, row.began_at + settings.SESSION_LONGEST)


def session_ends_at(request: HttpRequest) -> datetime | None:
    """Return when somebody's session ends if they do nothing; None for one without a person."""
    row = _row(request)
    return None if row is None else ends_at(row)


def seconds_left(request: HttpRequest, at: datetime) -> int | None:
    """Return for how many seconds somebody's session goes on by itself; None for one without a person."""
    end = session_ends_at(request)
    return None if end is None else max(0, int((end - at).total_seconds()))


def can_be_extended(request: HttpRequest, at: datetime) -> bool:
    """Say whether using a session now would make it last longer: near the day's end it would not."""
    row = _row(request)
    return row is not None and row.began_at + settings.SESSION_LONGEST - at > settings.SESSION_WARNING


def note_session(request: HttpRequest, at: datetime) -> None:
    """Note that a session is used at a moment. It never stands in the way of what it is used for."""
    row = _row(request)
    if row is None or at - row.seen_at < NOTED_EVERY:
        return
    try:
        Session.objects.filter(pk=row.pk).update(seen_at=at)
        row.seen_at = at
    except DatabaseError:
        log.warning("the use of a session could not be noted", exc_info=True)


def _row(request: HttpRequest) -> Session | None:
    row = getattr(getattr(request, "session", None), "row", None)
    return row if row is not None and row.person_id else None


# --- Whose they are -------------------------------------------------------------------------------
def begin(request: HttpRequest, **_: Any) -> None:
    """Note in a new session when somebody signed in, and with what: heard from Django when somebody does."""
    request.session[BEGAN] = timezone.now().isoformat()
    request.session[DEVICE] = device_of(request.headers.get("User-Agent", ""))


def open_sessions(person: User, at: datetime) -> list[Session]:
    """Return a person's sessions that go on, the one used last first."""
    return [row for row in Session.objects.filter(person=person).order_by("-seen_at") if ends_at(row) > at]


def handle_of(row: Session) -> str:
    """Return what a page may call a session: its key would open it."""
    return sha256(f"accounts.sessions {row.session_key}".encode()).hexdigest()[:32]


def end_sessions(sessions: QuerySet[Session] | Iterable[Session], *, of: User, by: User | None) -> int:
    """End these sessions of a person at once and return how many they were."""
    ended = Session.objects.filter(person=of, pk__in=[row.pk for row in sessions]).delete()[0]
    if ended:
        log.info("sessions ended: person=%s by=%s amount=%s", of.pk, by.pk if by else None, ended)
    return ended


def shut_out(person: User, *, by: User | None, but: str | None = None) -> None:
    """End all sessions of a person, except the one with the key `but`, and withdraw all their tokens."""
    end_sessions(person.sessions.exclude(pk=but), of=person, by=by)
    withdrawn = AccessToken.objects.filter(person=person, withdrawn_at=None).update(withdrawn_at=timezone.now())
    if withdrawn:
        log.info("tokens withdrawn: person=%s by=%s amount=%s", person.pk, by.pk if by else None, withdrawn)


def end_of_the_inactive(instance: User, **_: Any) -> None:
    """End all sessions of somebody who is no longer active: heard from Django whenever a person is saved."""
    if not instance.is_active:
        end_sessions(instance.sessions.all(), of=instance, by=None)


# --- With what ------------------------------------------------------------------------------------
BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
SYSTEMS = ("Windows", "Android", "iPhone", "iPad", "Mac", "CrOS", "Linux")


def device_of(agent: str) -> str:
    """Say in two words what somebody signs in with, so that they know it again: nothing more is kept."""
    browser = next((name for word, name in BROWSERS if re.search(rf"\b{word}", agent)), "")
    system = next((name for name in SYSTEMS if name in agent), "")
    return " on ".join(filter(None, (browser, system)))
