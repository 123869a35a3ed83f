"""What waits for what, and what is at risk."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import Door, opens_to
from initiatives import history
from initiatives.dependencies.reading import dependencies_in
from initiatives.filters import FILTER_NAMES, Filters, asked_day, asked_page


@opens_to(Door.READ)
@require_safe
def dependencies(request: HttpRequest) -> HttpResponse:
    """Show what late milestones put at risk, across the pillars, and then everything else that waits."""
    now = history.portfolio(asked_day(request))
    filters = Filters(request.GET, now)
    among = frozenset(i.id for i in filters.apply().initiatives) if filters.active else None
    stood = dependencies_in(now)
    others = stood.without_risk(among)
    words = {
        "causes": stood.causes(among),
        "page": asked_page(others, request.GET),
        "at_risk": len(stood.risks(among)),
        "any": bool(stood.all),
        "pillars": next(f for f in filters if f.name == "pillar"),
        "query": filters.address(request),
        "kept": [(name, value) for name in FILTER_NAMES for value in request.GET.getlist(name)],
    }
    return render(request, "reports/dependencies.html", words)
