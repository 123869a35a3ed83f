"""The list, one initiative, and the page on which its owner says how it goes."""

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe
from django.views.decorators.vary import vary_on_headers

from accounts.access import Door, SignedInRequest, opens_to
from initiatives import actions
from initiatives.access import can_update
from initiatives.as_at import InitiativeAt
from initiatives.filters import Filters, asked_day, asked_page, headings, in_asked_order, today
from initiatives.forms import UpdateForm
from initiatives.history import initiative_as_at, portfolio, story
from initiatives.models import Initiative

NOT_YOURS = "Only the initiative's owner, deputy, sponsor or the strategy office can say how it goes."


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


@opens_to(Door.UPDATE)
@require_http_methods(["GET", "HEAD", "POST"])
@vary_on_headers("HX-Request")
def update(request: SignedInRequest, ref: str) -> HttpResponse:
    """Let an owner say how it goes, by htmx or as a plain form."""
    row = of_ref(ref)
    if not can_update(request.user, row):
        raise PermissionDenied(NOT_YOURS)
    if asked_day(request) != today():
        raise BadRequest("An update is said today: open this page without as_at.")
    found = standing_today(row)
    form = UpdateForm(request.POST if request.method == "POST" else None, initiative=found, today=today())
    words = {"initiative": found, "form": form}
    if request.method != "POST":
        return render(request, "initiatives/update.html", words)
    if not form.is_valid():
        template = "initiatives/update.html" + ("#form" if request.htmx else "")
        return render(request, template, words, status=422)
    actions.post_update(initiative=row, by=request.user, **form.deed())
    if request.htmx:
        words = {"initiative": standing_today(row)}
        return render(request, "initiatives/update.html#saved", words)
    messages.success(request, "Your update is on record. Thank you.")
    return redirect(row)


def of_ref(ref: str) -> Initiative:
    """Return the initiative of a ref."""
    row = Initiative.objects.filter(ref=ref).first()
    if row is None:
        raise Http404(f"There is no initiative {ref}.")
    return row


def standing_today(row: Initiative) -> InitiativeAt:
    """Return how an initiative of today's table stands."""
    found = initiative_as_at(row, today())
    if found is None:
        raise Http404("There is no such initiative.")
    return found
