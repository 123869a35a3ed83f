"""Keeps today's standing of what a request has changed."""

import logging
from collections.abc import Callable

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse

from initiatives import kept
from initiatives.filters import today

log = logging.getLogger("portal.kept")


class KeepsStandingsMiddleware:
    """After a request that may have changed something, works out what is no longer kept. Reading writes nothing."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.method == "POST" and response.status_code < 400:
            try:
                kept.keep(today())
            except DatabaseError:  # the next page reads history instead, which says the same
                log.warning("what a request changed is not kept yet", exc_info=True)
        return response
