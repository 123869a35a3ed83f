"""The list of initiatives."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from accounts.access import Door, SignedInRequest, opens_to
from initiatives import kept
from initiatives.access import may_set_up
from initiatives.comparison import beside
from initiatives.filters import Filters, asked_day, asked_page, compared_day, headings, in_asked_order, today
from initiatives.people import orphaned


@opens_to(Door.READ)
@require_safe
@vary_on_headers("HX-Request")
def initiatives(request: SignedInRequest) -> HttpResponse:
    """List initiatives with filters, search, sorting and paging; htmx gets the results alone."""
    day = asked_day(request)
    whole = kept.portfolio(day)
    filters = Filters(request.GET, whole)
    found, sort = in_asked_order(filters.apply().initiatives, request.GET)
    page = asked_page(found, request.GET)
    template = "initiatives/initiatives.html" + ("#results" if request.htmx else "")
    others = [
        (name, value)
        for name, values in request.GET.lists()
        for value in values
        if name not in ("as_at", "compare", "page")
    ]
    words = {
        "filters": filters,
        "page": page,
        "of": len(whole.initiatives),
        "sort": sort,
        "headings": headings(sort),
        "kept": others,
        "query": filters.address(request),
        "beside": beside(kept.portfolio(other), page.object_list) if (other := compared_day(request)) else None,
        "waiting": len(orphaned(whole)) if day == today() and may_set_up(request.user) else None,
    }
    return render(request, template, words)
