"""Reports of browsers about what the content security policy refused: read with care, counted, and never kept whole.

Anyone can send one, so a report is small, is read for two words alone, and only so many count in a day.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from accounts.access import Door, opens_to
from strategy_portal.models import PolicyReport

LARGEST = 8_192  # bytes
MOST_AT_ONCE = 20  # reports that a browser sends together
KINDS = ("application/csp-report", "application/reports+json")
ELSEWHERE = "elsewhere"  # a page that is none of ours, or a directive that no policy knows
DIRECTIVES = {
    "base-uri", "child-src", "connect-src", "default-src", "font-src", "form-action", "frame-ancestors",
    "frame-src", "img-src", "manifest-src", "media-src", "object-src", "require-trusted-types-for", "script-src",
    "script-src-attr", "script-src-elem", "style-src", "style-src-attr", "style-src-elem", "trusted-types",
    "worker-src",
}  # fmt: skip


@csrf_exempt  # browsers send these by themselves, without a form
@opens_to(Door.EVERYONE)
@require_POST
def policy_report(request: HttpRequest) -> HttpResponse:
    """Count what a browser reports. Its answer is empty: nobody reads it."""
    if request.content_type not in KINDS:
        return HttpResponse(status=415)
    try:
        if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST:
            return HttpResponse(status=413)
        reports = list(told(json.loads(request.body)))
    except (ValueError, RecursionError):
        return HttpResponse(status=400)
    today = timezone.localdate()
    try:
        if not may_count(today):
            return HttpResponse(status=429, headers={"Retry-After": "3600"})
        for directive, page in reports:
            PolicyReport.objects.count_one(day=today, directive=directive, page=page)
    except DatabaseError:
        return HttpResponse(status=503, headers={"Retry-After": "60"})
    return HttpResponse(status=204)


def may_count(day: date) -> bool:
    """Say whether another report counts on a day; all processes count together."""
    return PolicyReport.objects.reported_on(day) < settings.POLICY_REPORTS_A_DAY


def told(sent: Any) -> Iterator[tuple[str, str]]:
    """Yield the directive and the page of each report, as either of the two standards writes them."""
    for report in sent[:MOST_AT_ONCE] if isinstance(sent, list) else [sent]:
        if not isinstance(report, dict):
            raise ValueError("a report is an object")
        body = report.get("csp-report", report.get("body"))
        if not isinstance(body, dict):
            raise ValueError("a report has a body")
        directive = body.get("effectiveDirective") or body.get("effective-directive") or body.get("violated-directive")
        yield directive_of(directive), page_of(body.get("documentURL") or body.get("document-uri"))


def directive_of(said: Any) -> str:
    """Return the directive that a report names (older browsers add its sources), if policies know it."""
    word = said.split(" ")[0] if isinstance(said, str) else ""
    return word if word in DIRECTIVES else ELSEWHERE


def page_of(said: Any) -> str:
    """Return the pattern of the address that a report names: the page, without what the address says of a person."""
    try:
        return resolve(urlsplit(said if isinstance(said, str) else "").path).route[:150] or "/"
    except (Resolver404, ValueError):
        return ELSEWHERE
