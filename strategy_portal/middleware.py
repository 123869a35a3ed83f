"""What every answer carries, whoever asks; what is refused before anything is read; and the health of the process."""

import os
import socket
from collections.abc import Callable
from threading import BoundedSemaphore, Event, Timer
from typing import Any
from urllib.parse import unquote

from django.conf import settings
from django.core.exceptions import BadRequest
from django.db import Error, OperationalError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse

from accounts.read_only import is_read_only
from strategy_portal.errors import too_large
from strategy_portal.unavailable import BUSY, ONLY_READING, unavailable

Answer = Callable[[HttpRequest], HttpResponse]
ASKED_FOR = 1.5  # seconds in which a database that is well says so; connecting to one takes at most two


class GuardsMiddleware:
    """Sets on every answer, also on files, redirects, refusals and crashes, what browsers are to refuse and to keep.

    The content security policy is built in from Django 6.0. What an answer already says stands.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response
        self.guards = {
            "Content-Security-Policy": "; ".join(f"{n} {v}" for n, v in settings.CONTENT_SECURITY_POLICY.items()),
            "Reporting-Endpoints": settings.REPORTING_ENDPOINTS,
            "Permissions-Policy": settings.PERMISSIONS_POLICY,
            "Cross-Origin-Resource-Policy": settings.CROSS_ORIGIN_RESOURCE_POLICY,
            "Cross-Origin-Opener-Policy": settings.SECURE_CROSS_ORIGIN_OPENER_POLICY,
            "Referrer-Policy": settings.SECURE_REFERRER_POLICY,
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": settings.X_FRAME_OPTIONS,
            "Cache-Control": "private, no-store",
        }

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in self.guards.items():
            response.headers.setdefault(name, value)
        return response


class LimitsMiddleware:
    """Refuses a request that is too long before anything of it is read."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        asked = len(request.META.get("QUERY_STRING", ""))
        if asked > settings.LONGEST_QUERY:
            raise BadRequest(
                f"The address is too long: it asks {asked:,} characters of things, where {settings.LONGEST_QUERY:,} "
                "are allowed."
            )
        announced = request.META.get("CONTENT_LENGTH") or "0"
        if not (announced.isascii() and announced.isdigit()):
            raise BadRequest("The request does not say how long it is.")
        takes_files = request.path.startswith("/imports/")
        most = settings.LARGEST_UPLOAD if takes_files else settings.LARGEST_BODY
        if len(announced) > 18 or int(announced) > most:
            return too_large(request, most)
        return self.get_response(request)


class NullCharacterMiddleware:
    """Refuses an address that holds a null character: PostgreSQL fails on one wherever it gets into a query."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_: Any) -> None:
        if "\0" in unquote(request.META["QUERY_STRING"]):
            raise BadRequest("The address holds a null character, which nothing here asks for.")


class ShedsLoadMiddleware:
    """Works on `settings.MOST_AT_ONCE` requests at once in this process, and tells whoever comes beyond to come back.

    Gunicorn has more threads than that: those left over say so at once, so that nobody waits in a line that only grows.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response
        self.free = BoundedSemaphore(settings.MOST_AT_ONCE)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not self.free.acquire(blocking=False):
            return unavailable(request, BUSY)
        try:
            return self.get_response(request)
        finally:
            self.free.release()


class ReadOnlyMiddleware:
    """Refuses in words whatever would write, while the portal only reads. Signing in and out is tried all the same."""

    WRITES_LITTLE = {f"accounts:{name}" for name in ("login", "code", "session", "end_others", "logout")}

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_: Any) -> HttpResponse | None:
        found = request.resolver_match
        if request.method != "POST" or (found and found.view_name in self.WRITES_LITTLE) or not is_read_only():
            return None
        return unavailable(request, ONLY_READING)


class HealthMiddleware:
    """Answers /healthz and /readyz before sessions and sign-in, so that both tell of the process alone."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response
        self.migrated = False

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path not in ("/healthz", "/readyz"):
            return self.get_response(request)
        if request.method not in ("GET", "HEAD"):
            response = HttpResponse(status=405, headers={"Allow": "GET, HEAD"})
        elif request.path == "/healthz":
            response = HttpResponse("ok\n", content_type="text/plain; charset=utf-8")
        else:
            response = self.readiness()
        response.headers["Cache-Control"] = "no-store"
        return response

    def readiness(self) -> HttpResponse:
        """Say whether the database answers and has every migration."""
        try:
            drop_a_line_that_hangs()
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
            if not self.migrated:
                executor = MigrationExecutor(connection)
                self.migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
        except Error:
            return HttpResponse("the database does not answer\n", status=503, content_type="text/plain")
        if not self.migrated:
            return HttpResponse("migrations are waiting\n", status=503, content_type="text/plain")
        return HttpResponse("ready\n", content_type="text/plain; charset=utf-8")


def drop_a_line_that_hangs() -> None:
    """Raise `OperationalError` when the database at the other end of an open connection says nothing in time.

    A server that hangs still takes what it is sent, so that nothing but a clock of our own tells it from a slow one.
    """
    line = connection.connection
    if line is None or connection.vendor != "postgresql":
        return
    hangs = Event()

    def cut() -> None:
        hangs.set()
        with socket.socket(fileno=os.dup(line.fileno())) as ours:
            ours.shutdown(socket.SHUT_RDWR)

    clock = Timer(ASKED_FOR, cut)
    clock.start()
    is_usable = connection.is_usable()
    clock.cancel()
    if not is_usable:
        connection.close()
    if hangs.is_set():
        raise OperationalError("the database says nothing")
