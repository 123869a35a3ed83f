"""What changed from one day to another."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import Door, opens_to
from initiatives import kept
from initiatives.filters import asked_day
from reports.changes import changes_since
from reports.since import asked_since, since_choices


@opens_to(Door.READ)
@require_safe
def changes(request: HttpRequest) -> HttpResponse:
    """Say what changed from one day to another, by pillar."""
    day = asked_day(request)
    now = kept.portfolio(day)
    since = asked_since(request, day)
    found = changes_since(since.day, now) if since else None
    words = {
        "day": day,
        "since": since,
        "changes": found,
        "pillars": found.by_pillar(now.pillars) if found else [],
        "choices": [choice for choice in since_choices(request, day) if choice != since],
        "kept": [("since", since.day.isoformat())] if since and request.GET.get("since") else [],
    }
    return render(request, "reports/changes.html", words)
