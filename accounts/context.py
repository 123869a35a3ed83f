"""What every page knows: whose portal it is, which doors are open, and whether the figures are made up."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from accounts.access import KEYS, may_pass
from accounts.models import User
from accounts.read_only import is_read_only
from accounts.sessions import can_be_extended, seconds_left, session_ends_at


def portal(request: HttpRequest) -> dict[str, Any]:
    """Return the names and doors that base.html and the components read."""
    user = getattr(request, "user", None)
    signed_in = bool(user and user.is_authenticated)
    now = timezone.now()
    return {
        "PORTAL_NAME": settings.PORTAL_NAME,
        "ORGANISATION": settings.ORGANISATION,
        "may": {door.value: signed_in and may_pass(user, door) for door in KEYS},
        "demonstration": signed_in and SimpleLazyObject(User.objects.filter(is_demonstration=True).exists),
        "as_at": getattr(request, "as_at", None),
        "is_today": getattr(request, "is_today", True),
        "compare": getattr(request, "compare", None),
        "read_only": is_read_only(),
        "keep": _kept(request),
        "page_address": page_address(request),
        "session_left": seconds_left(request, now) if signed_in else None,
        "session_ends_at": session_ends_at(request) if signed_in else None,
        "session_extendable": can_be_extended(request, now),
    }


def _kept(request: HttpRequest) -> str:
    """Return the question that keeps the days which the page speaks of on the way to another."""
    days = {
        "as_at": None if getattr(request, "is_today", True) else request.as_at,  # type: ignore[attr-defined]
        "compare": getattr(request, "compare", None),
    }
    query = urlencode({name: day.isoformat() for name, day in days.items() if day})
    return f"?{query}" if query else ""


def page_address(request: HttpRequest) -> str:
    """Return where the page is, whole; nothing where the request names a host that is not ours."""
    try:
        return request.build_absolute_uri()
    except DisallowedHost:
        return ""
