"""Keeps today's standing of what a request has changed."""

import logging
from collections.abc import Callable

from django.db import Error
from django.http import HttpRequest, HttpResponse

from initiatives import kept
from initiatives.filters import today

log = logging.getLogger("portal.kept")


class KeepsStandingsMiddleware:
    """Works out again, and keeps, how the initiatives stand that a request has changed. Reading writes nothing."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method != "POST":
            return self.get_response(request)
        before = _changes()
        response = self.get_response(request)
        try:
            changed = [id_ for id_, count in _changes().items() if before.get(id_) != count]
            if changed:
                kept.keep(today(), changed)
        except Error:  # the next page reads history instead, which says the same
            log.warning("what a request changed is not kept yet", exc_info=True)
        return response


def _changes() -> dict[int, int]:
    try:
        return kept.changes()
    except Error:  # what the request is for will say so
        return {}
