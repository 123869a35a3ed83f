"""What a monitoring system may know of the portal: how much is asked, how long it takes, what fails and what waits.

Off unless METRICS_TOKEN is set. Nothing says who asked, or for which initiative.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Iterator
from hmac import compare_digest
from time import perf_counter
from typing import Any

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.core.signals import got_request_exception
from django.db import Error
from django.http import HttpRequest, HttpResponse
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from initiatives.models import Reminder
from initiatives.status import Posting
from strategy_portal.middleware import Answer

ADDRESS = "/metrics"
SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
METHODS = ("GET", "HEAD", "POST")  # others count together: anybody may invent one

REQUESTS = Counter("portal_requests", "Requests answered.", ["view", "method", "status"])
TOOK = Histogram("portal_request_seconds", "How long answers took.", ["view"], buckets=SECONDS)
FAILURES = Counter("portal_failures", "Requests that failed, by the kind of fault.", ["fault"])

log = logging.getLogger("portal.metrics")


class MetricsMiddleware:
    """Counts what is asked, and tells /metrics to whoever shows the token; it is not there for anybody else."""

    def __init__(self, get_response: Answer) -> None:
        if not settings.METRICS_TOKEN:
            raise MiddlewareNotUsed
        self.get_response = get_response
        got_request_exception.connect(count_failure)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path == ADDRESS and may_read(request):
            return HttpResponse(told(), content_type=CONTENT_TYPE_LATEST, headers={"Cache-Control": "no-store"})
        began = perf_counter()
        response = self.get_response(request)
        view = request.resolver_match.view_name if request.resolver_match else "none"
        TOOK.labels(view).observe(perf_counter() - began)
        method = request.method if request.method in METHODS else "other"
        REQUESTS.labels(view, method, f"{response.status_code // 100}xx").inc()
        return response


def may_read(request: HttpRequest) -> bool:
    """Say whether a request shows the token; how long that takes tells nothing of it."""
    shown = request.headers.get("Authorization", "").encode()
    return compare_digest(shown, f"Bearer {settings.METRICS_TOKEN}".encode()) and request.method in ("GET", "HEAD")


def count_failure(**_: Any) -> None:
    """Count a fault by its kind: its words may hold anything."""
    fault = sys.exc_info()[0]
    FAILURES.labels(fault.__name__ if fault else "unknown").inc()


class WaitingReminders(Collector):
    """Reminders that are written down and have not gone, counted when somebody asks."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield the count; nothing when the database does not answer."""
        try:
            count = Reminder.objects.filter(posting=Posting.WAITING).count()
        except Error:
            log.warning("the reminders that wait could not be counted", exc_info=True)
            return
        yield GaugeMetricFamily("portal_reminders_waiting", "Reminders that wait to be sent.", value=count)


def told() -> bytes:
    """Return what all processes have counted, in Prometheus's words."""
    waiting = CollectorRegistry()
    waiting.register(WaitingReminders())
    counted = REGISTRY
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        counted = CollectorRegistry()
        MultiProcessCollector(counted)
    return generate_latest(counted) + generate_latest(waiting)
