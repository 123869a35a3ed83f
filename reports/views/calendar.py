"""What is due in the next quarters."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import Door, opens_to
from initiatives import history
from initiatives.as_at import Portfolio
from initiatives.filters import Filter, Filters, asked_day, asked_page
from pillars.history import PillarAt
from reports import charts
from reports.agenda import Agenda, agenda

QUARTERS, MOST_QUARTERS = 4, 8  # of the calendar, this one included
DUE_A_PAGE = 50


@opens_to(Door.READ)
@require_safe
def calendar(request: HttpRequest) -> HttpResponse:
    """Show what is due in the next quarters, the late first, as a timeline and as a list."""
    day = asked_day(request)
    filters = Filters(only_pillar(request.GET), history.portfolio(day))
    pillars = next(filter_ for filter_ in filters if filter_.name == "pillar")
    count = asked_quarters(request.GET)
    found = agenda(filters.apply(), count)
    words = {
        "agenda": found,
        "chart": timeline_chart(found, lanes_of(filters.portfolio, pillars)),
        "page": asked_page(list(found.rows), request.GET, DUE_A_PAGE),
        "pillars": pillars,
        "quarters": count,
        "quarters_allowed": range(1, MOST_QUARTERS + 1),
        "kept": [(name, value) for name in ("pillar", "quarters") for value in request.GET.getlist(name)],
    }
    return render(request, "reports/calendar.html", words)


def lanes_of(now: Portfolio, asked: Filter) -> list[PillarAt]:
    """Return the pillars that were asked for; all of them when none was."""
    slugs = {choice.value for choice in asked.chosen}
    return [pillar for pillar in now.pillars if not slugs or pillar.slug in slugs]


def timeline_chart(found: Agenda, pillars: Sequence[PillarAt]) -> charts.Chart:
    """Return the chart of what is to be met, by pillar."""
    lanes = {pillar.id: place for place, pillar in enumerate(pillars)}
    marks = [
        charts.Mark(
            lanes[row.initiative.pillar.id],
            row.milestone.due_on,
            "late" if row.is_late else "moved" if row.days_moved else "open",
            f"{row.milestone.ref} {row.milestone.title}",
        )
        for row in found.rows
    ]
    spans = [
        charts.Span(f"Q{quarter.number} {quarter.year}", quarter.first, quarter.last) for quarter in found.quarters
    ]
    return charts.timeline_chart([pillar.name for pillar in pillars], marks, spans, found.day)


def only_pillar(query: QueryDict) -> QueryDict:
    """Return what an address asks of pillars, the one filter that the calendar has."""
    found = QueryDict(mutable=True)
    found.setlist("pillar", query.getlist("pillar"))
    return found


def asked_quarters(query: QueryDict) -> int:
    """Return how many quarters an address asks for; anything but 1 to 8 is a 400."""
    asked = query.get("quarters") or str(QUARTERS)
    if asked not in {str(number) for number in range(1, MOST_QUARTERS + 1)}:
        raise BadRequest(f"quarters must be a whole number from 1 to {MOST_QUARTERS}.")
    return int(asked)
