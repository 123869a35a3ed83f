"""The page on which an owner says how an initiative goes."""

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods
from django.views.decorators.vary import vary_on_headers

from accounts.access import Door, SignedInRequest, opens_to
from initiatives import actions
from initiatives.access import can_update
from initiatives.filters import asked_day, today
from initiatives.forms.update import UpdateForm
from initiatives.views.found import of_ref, standing_today

NOT_YOURS = "Only the initiative's owner, deputy, sponsor or the strategy office can say how it goes."


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
