"""The list, and one initiative."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from accounts.access import Door, SignedInRequest, opens_to
from initiatives.access import can_acknowledge, can_note, can_set_stand_in, can_update, may_set_up
from initiatives.filters import Filters, asked_day, asked_page, headings, in_asked_order, today
from initiatives.following import follows
from initiatives.history import initiative_as_at, portfolio, story
from initiatives.people import orphaned
from initiatives.views.found import of_ref


@opens_to(Door.READ)
@require_safe
@vary_on_headers("HX-Request")
def initiatives(request: SignedInRequest) -> HttpResponse:
    """List initiatives with filters, search, sorting and paging; htmx gets the results alone."""
    day = asked_day(request)
    whole = portfolio(day)
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
        "waiting": len(orphaned(whole)) if day == today() and may_set_up(request.user) else None,
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
    last_id = found.last_update.id if found.last_update else None
    events = story(row, day)
    words = {
        "initiative": found,
        "milestones": [
            {"milestone": m, "status": m.status(day), "missed": m.missed_its_first_promise(day)}
            for m in found.milestones
        ],
        "events": events,
        "explanation": next((e.row.explanation for e in events if e.kind == "update" and e.row.pk == last_id), ""),
        "can_update": can_update(request.user, row),
        "can_acknowledge": can_acknowledge(request.user, row),
        "can_note": can_note(request.user, found),
        "follows": follows(request.user, row),
        "can_hand_over": may_set_up(request.user),
        "can_set_stand_in": can_set_stand_in(request.user, row),
        "last_update_id": last_id,
    }
    return render(request, "initiatives/initiative.html", words)
