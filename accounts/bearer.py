"""Programs that show a token, `Authorization: Bearer portal_…`: who they are, and answers in plain text for them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts.access import Door, may_pass
from accounts.models import AccessToken, TokenState
from accounts.tokens import digest, find_token, note_use

FAILURES_A_MINUTE = 30  # of one address, in one process
MINUTE = 60  # seconds

SHOW_ONE = "Send a token of this portal as Authorization: Bearer portal_… (you make one under /accounts/tokens/)."
UNKNOWN = "This token is not known here: check that all of it was copied, or make a new one under /accounts/tokens/."
EXPIRED = "This token worked until {until:%Y-%m-%d}: make a new one under /accounts/tokens/."
WITHDRAWN = "This token was withdrawn: make a new one under /accounts/tokens/."
LEFT = "The person whose token this is may no longer use tokens here: ask the strategy office."
TOO_MANY = "Too many tokens from this address did not work: check yours, and try again in a minute."
NOTHING_ELSE = "A token opens the addresses of data sets alone, such as /exports/initiatives.csv: sign in for pages."
READ_ONLY = "A token reads: use GET."


class BearerMiddleware:
    """Puts the person of a token in the place of who is signed in, on views that take tokens and for one request.

    Whoever shows a token has no session there: what is wrong with the token is said, whatever cookies come along.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        if "Authorization" not in request.headers:
            return None
        takes_tokens = getattr(view, "takes_tokens", False)
        if not shows_token(request):  # another scheme is the business of whatever stands in front of the portal
            return None if not takes_tokens or request.user.is_authenticated else refused(request, SHOW_ONE)
        if not takes_tokens:
            is_shut = getattr(view, "door", None) is not Door.EVERYONE and not request.user.is_authenticated
            return plain(403, NOTHING_ELSE) if is_shut else None
        found = find_token(request.headers["Authorization"].partition(" ")[2].strip())
        if found is None or (why := _why_not(found)):
            return refused(request, why if found else UNKNOWN)
        if request.method not in ("GET", "HEAD"):
            return plain(405, READ_ONLY, Allow="GET, HEAD")
        note_use(found, timezone.now())
        request.user, request.token = found.person, found  # type: ignore[attr-defined]
        return None


def shows_token(request: HttpRequest) -> bool:
    """Say whether a request comes from a program with a token, good or not: it is answered in plain text."""
    return request.headers.get("Authorization", "").partition(" ")[0].lower() == "bearer"


def token_of(request: HttpRequest) -> AccessToken | None:
    """Return the token that opened this address; None when a person did by their session."""
    return getattr(request, "token", None)


def plain(status: int, words: str, **headers: str) -> HttpResponse:
    """Answer a program with one sentence."""
    response = HttpResponse(f"{words}\n", status=status, content_type="text/plain; charset=utf-8")
    for name, value in headers.items():
        response.headers[name.replace("_", "-")] = value
    return response


def refused(request: HttpRequest, why: str) -> HttpResponse:
    """Refuse a token in words; an address that sends many that do not work is told to wait. A good one always works."""
    key = f"bearer-{digest(address_of(request))}"
    cache.add(key, 0, MINUTE)
    try:
        failures = cache.incr(key)
    except ValueError:  # the minute ended just now
        failures = 1
    if failures > FAILURES_A_MINUTE:
        return plain(429, TOO_MANY, Retry_After=str(MINUTE))
    return plain(401, why, WWW_Authenticate="Bearer")


def address_of(request: HttpRequest) -> str:
    """Return the address that a request came from, as the proxy in front of the portal saw it."""
    seen = request.headers.get("X-Forwarded-For", "") if settings.BEHIND_PROXY else ""
    return seen.rpartition(",")[2].strip()[:60] or request.META.get("REMOTE_ADDR", "")


def _why_not(token: AccessToken) -> str:
    """Say why a token opens nothing; nothing when it does."""
    state = token.state(timezone.localdate())
    if state == TokenState.WITHDRAWN:
        return WITHDRAWN
    if state == TokenState.EXPIRED:
        return EXPIRED.format(until=token.until)
    return "" if may_pass(token.person, Door.TOKENS) else LEFT
