"""What every answer carries, whoever asks: the content security policy and the health of the process."""

from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

from django.conf import settings
from django.core.exceptions import BadRequest
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse

Answer = Callable[[HttpRequest], HttpResponse]


class ContentSecurityPolicyMiddleware:
    """Sets the policy of `settings.CONTENT_SECURITY_POLICY` on every answer (built in from Django 6.0)."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response
        self.policy = "; ".join(f"{name} {value}" for name, value in settings.CONTENT_SECURITY_POLICY.items())

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", self.policy)
        return response


class NullCharacterMiddleware:
    """Refuses an address that holds a null character: PostgreSQL fails on one wherever it gets into a query."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_: Any) -> None:
        if "\0" in unquote(request.META["QUERY_STRING"]):
            raise BadRequest("The address holds a null character, which nothing here asks for.")


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
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
            if not self.migrated:
                executor = MigrationExecutor(connection)
                self.migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
        except DatabaseError:
            return HttpResponse("the database does not answer\n", status=503, content_type="text/plain")
        if not self.migrated:
            return HttpResponse("migrations are waiting\n", status=503, content_type="text/plain")
        return HttpResponse("ready\n", content_type="text/plain; charset=utf-8")
