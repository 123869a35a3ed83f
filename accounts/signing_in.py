"""Coming in: the session that begins, the row that says by which way, and the moment between password and code."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import login
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from accounts.entra.configuration import is_on
from accounts.limits import Limit
from accounts.models import SignIn, User, Way

PENDING = "pending"  # where a session keeps who gave the right password and owes a code
PENDING_FOR = timedelta(minutes=10)
KEPT_FOR = timedelta(days=90)
BACKEND = "accounts.access.RoleBackend"
QUARTER, HOUR = 900, 3600  # seconds

log = logging.getLogger("portal.sign_in")


# --- Limits ---------------------------------------------------------------------------------------
class TooMany(ValidationError):
    """Something was tried too often; `wait` says for how many seconds to stop."""

    def __init__(self, what: str, wait: int) -> None:
        minutes = -(-wait // 60)
        super().__init__(f"Too many tries. Wait {minutes} minute{'s' if minutes > 1 else ''}, then try again.")
        self.wait = wait
        log.warning("too many tries: what=%s wait=%s", what, wait)


def limits_of_sign_in() -> tuple[Limit, Limit]:
    """Return how many passwords may be tried for one username, and from one address, in a quarter of an hour."""
    return (
        Limit("sign-in", settings.SIGN_IN_TRIES, QUARTER),
        Limit("sign-in from an address", settings.SIGN_IN_TRIES_OF_AN_ADDRESS, QUARTER),
    )


LETTERS = Limit("password letters", amount=3, seconds=HOUR)
LETTERS_OF_AN_ADDRESS = Limit("password letters to an address", amount=30, seconds=HOUR)


def take(what: str, *tries: tuple[Limit, object], at: datetime) -> None:
    """Count one try against each of the limits. Raises TooMany when one of them is used up."""
    wait = max(limit.take(key, at=at) for limit, key in tries)
    if wait:
        raise TooMany(what, wait)


def waits(response: HttpResponse, form: Any) -> HttpResponse:
    """Make the answer to a form 429 where one of its errors is that it was sent too often."""
    errors = [error for found in form.errors.as_data().values() for error in found]
    wait = max((error.wait for error in errors if isinstance(error, TooMany)), default=0)
    if wait:
        response.status_code, response.headers["Retry-After"] = 429, str(wait)
    return response


# --- Between the password and the code ------------------------------------------------------------
def owe_a_code(request: HttpRequest, person: User, then: str) -> None:
    """Remember that somebody gave the right password, and where they were going."""
    request.session[PENDING] = {
        "person": person.pk,
        "hash": person.get_session_auth_hash(),
        "at": timezone.now().isoformat(),
        "then": then,
    }


def who_owes_a_code(request: HttpRequest) -> User | None:
    """Return who gave the right password a moment ago and may still come in."""
    pending = request.session.get(PENDING)
    if not pending or timezone.now() - datetime.fromisoformat(pending["at"]) > PENDING_FOR:
        return None
    person = User.objects.active().filter(pk=pending["person"]).first()
    return person if person and person.get_session_auth_hash() == pending["hash"] else None


def where_to(request: HttpRequest, person: User, then: str) -> str:
    """Return where somebody goes who came in: the page that they asked for, when it is ours, or their first."""
    here = resolve_url(settings.LOGIN_URL)
    safe = url_has_allowed_host_and_scheme(then, {request.get_host()}, request.is_secure())
    if safe and "\0" not in then and then.partition("?")[0] != here:
        return then
    return resolve_url(settings.LOGIN_REDIRECT_URL if person.roles else "accounts:account")


def come_in(request: HttpRequest, person: User, way: Way) -> str:
    """Begin somebody's session, under a new key, and put it on record; return where they were going."""
    then = request.session.get(PENDING, {}).get("then", "")
    request.session.pop(PENDING, None)
    login(request, person, backend=BACKEND)
    breaks_glass = is_on() and way != Way.ENTRA
    SignIn.objects.create(person=person, at=timezone.now(), way=way, is_break_glass=breaks_glass)
    if breaks_glass:
        log.warning("break-glass sign-in: person=%s way=%s", person.pk, way)
    else:
        log.info("signed in: person=%s way=%s", person.pk, way)
    return then


def purge_sign_ins(at: datetime) -> int:
    """Take away the rows of sign-ins that are kept no longer and return how many they were."""
    return SignIn.objects.filter(at__lt=at - KEPT_FOR).delete()[0]
