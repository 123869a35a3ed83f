"""Whoever sends a request is at work in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse

from accounts.bearer import token_of
from accounts.record import deeds
from accounts.record.models import Way


class TellsWhoMiddleware:
    """Lets the database know who is at work, asked only when something is written, and seals what was."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        deed = deeds.Deed(ask=lambda deed: _know(deed, request))
        with deeds.within(deed):
            response: Any = self.get_response(request)
        if response.streaming and request.method == "POST":
            response.streaming_content = deeds.piecewise(deed, response.streaming_content)
        else:
            deeds.finish(deed)
        return response


def _know(deed: deeds.Deed, request: HttpRequest) -> None:
    user = getattr(request, "user", None)
    deed.by = user.pk if user is not None and user.is_authenticated else None
    deed.request = getattr(request, "request_id", "") or uuid4().hex
    found = request.resolver_match
    if found and found.app_names[:1] == ["admin"]:
        deed.way = Way.ADMINISTRATION
    else:
        deed.way = Way.TOKEN if token_of(request) else Way.PAGE
    deed.reason = f"{request.method} {found.view_name}" if found and found.view_name else ""
