"""The list, and one initiative."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from accounts.access import Door, SignedInRequest, opens_to
from initiatives.access import can_update
from initiatives.filters import Filters, asked_day, asked_page, headings, in_asked_order
from initiatives.history import initiative_as_at, portfolio, story
from initiatives.views.found import of_ref


@opens_to(Door.READ)
@require_safe
@vary_on_headers("HX-Request")
def initiatives(request: SignedInRequest) -> HttpResponse:
    """List initiatives with filters, search, sorting and paging; htmx gets the results alone."""
    whole = portfolio(asked_day(request))
    filters = Filters(request.GET, whole)
    found, sort = in_asked_order(filters.apply().initiatives, request.GET)
    page = asked_page(found, request.GET)
    template = "initiatives/initiatives.html" + ("#results" if request.htmx else "")
    kept = [(name, value) for name, values in request.GET.lists() for value in values if name not in ("as_at", "page")]
    words = {
        "filters": filters,
        "page": page,
        "of": len(whole.initiatives),
        "sort": sort,
        "headings": headings(sort),
        "kept": kept,
        "query": filters.address(request),
    }
    return render(request, template, words)


@opens_to(Door.READ)
@require_safe
def initiative(request: SignedInRequest, ref: str) -> HttpResponse:
    """Show one initiative: the owner's word beside the machine's reading, milestones, asks and its story."""
    day = asked_day(request)
    row = of_ref(ref)
    found = initiative_as_at(row, day)
    if found is None:
        raise Http404(f"{ref} was not on record yet by the end of {day.day} {day:%B %Y}.")
    words = {
        "initiative": found,
        "milestones": [
            {"milestone": m, "status": m.status(day), "missed": m.missed_its_first_promise(day)}
            for m in found.milestones
        ],
        "events": story(row, day),
        "can_update": can_update(request.user, row),
    }
    return render(request, "initiatives/initiative.html", words)
