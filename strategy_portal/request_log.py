"""One line of the log for each request, and the number by which its other lines, and the person, can name it."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from time import perf_counter
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.contrib.auth import signals
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse

from accounts.models import User
from strategy_portal.logs import request_id

log = logging.getLogger("portal.requests")
sign_ins = logging.getLogger("portal.sign_ins")
SAFE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{7,63}")
LONGEST_PATH = 300
REFUSALS = (400, 401, 403, 413, 429)


class RequestLogMiddleware:
    """Gives a request its number, tells it to who asks, and writes the request down when it has been answered.

    The address stands there without its query, the person by number alone. Only a proxy's own number is taken over.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        begun = perf_counter()
        number = number_of(request)
        request.request_id = number  # type: ignore[attr-defined]
        request_id.set(number)
        response = self.get_response(request)
        response.headers["X-Request-ID"] = number
        refused = response.status_code in REFUSALS
        told = {
            "method": str(request.method)[:20],
            "path": request.path[:LONGEST_PATH],
            "status": response.status_code,
            "ms": round((perf_counter() - begun) * 1000),
            "person": person_of(request),
        }
        log.log(
            logging.WARNING if refused else logging.INFO, "refused" if refused else "answered", extra={"told": told}
        )
        return response


def number_of(request: HttpRequest) -> str:
    """Return the proxy's number of a request, where there is a proxy and its form is safe, else a new one."""
    given = request.headers.get("X-Request-ID", "") if settings.BEHIND_PROXY else ""
    return given if SAFE_ID.fullmatch(given) else uuid4().hex


def person_of(request: HttpRequest) -> int | None:
    """Return the id of who asked, when the answer had to know: the log itself asks no database."""
    user = request.__dict__.get("user")
    found = user if type(user) is User else request.__dict__.get("_cached_user")
    return getattr(found, "pk", None)


@receiver(signals.user_logged_in)
def _signed_in(user: Any, **_: Any) -> None:
    sign_ins.info("signed in", extra={"told": {"person": user.pk}})


@receiver(signals.user_logged_out)
def _signed_out(user: Any, **_: Any) -> None:
    sign_ins.info("signed out", extra={"told": {"person": getattr(user, "pk", None)}})


@receiver(signals.user_login_failed)
def _refused(**_: Any) -> None:
    """Say that somebody could not sign in, not as whom: people type their password into the wrong box."""
    sign_ins.warning("sign-in refused")
