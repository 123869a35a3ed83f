"""What the milestones of an initiative need of others, and what needs them."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.access import Door, SignedInRequest, opens_to
from initiatives.access import can_update
from initiatives.dependencies import actions
from initiatives.dependencies.reading import dependencies_in
from initiatives.filters import asked_day, today
from initiatives.forms.dependencies import DependencyForm
from initiatives.history import portfolio
from initiatives.models import Dependency, Initiative, Milestone
from initiatives.views.found import is_number, of_ref
from initiatives.views.people import posted

NOT_YOURS = "Only those who say how this initiative goes, or the strategy office, can change what it depends on."


@opens_to(Door.READ)
@require_http_methods(("GET", "HEAD", "POST"))
def dependencies(request: SignedInRequest, ref: str) -> HttpResponse:
    """Show what the initiative needs and what needs it; those who may add to that and take from it."""
    row, day, may = of_ref(ref), asked_day(request), False
    if day == today():
        may = can_update(request.user, row)
    if request.method == "POST":
        must_be_allowed(request, may)
    if "remove" in request.POST:
        return remove(request, row)
    whole = portfolio(day)
    found = next((i for i in whole.initiatives if i.id == row.pk), None)
    if found is None:
        raise Http404(f"{ref} was not on record yet by the end of {day.day} {day:%B %Y}.")
    stood = dependencies_in(whole)
    words: dict[str, Any] = {"initiative": found, "of": stood.of(row.pk), "can_change": may}
    if may:
        pairs = {(edge.milestone_id, edge.needs_id) for edge in stood.edges}
        form = words["form"] = DependencyForm(posted(request), initiative=found, whole=whole, stood=pairs)
        if request.method == "POST" and form.is_valid() and add(request, form):
            return redirect("initiatives:dependencies", ref)
    return render(request, "initiatives/dependencies.html", words, status=422 if request.method == "POST" else 200)


def must_be_allowed(request: SignedInRequest, may: bool) -> None:
    """Refuse a change of a past day, or by somebody who has no say here."""
    if not request.is_today:  # type: ignore[attr-defined]
        raise BadRequest("Dependencies change today: open this page without as_at.")
    if not may:
        raise PermissionDenied(NOT_YOURS)


def add(request: SignedInRequest, form: DependencyForm) -> bool:
    """Record what the form says; False when something would wait for itself, which the form then tells."""
    waiting, needed = form.ends()
    rows = Milestone.objects.select_related("initiative").in_bulk([waiting.id, needed.id])
    said = {"by": request.user, "on": today(), "why": form.cleaned_data["why"]}
    try:
        actions.add_dependency(milestone=rows[waiting.id], needs=rows[needed.id], **said)
    except actions.WouldWaitForItself as refused:
        form.add_error("needs", f"It would wait for itself: {refused}.")
        return False
    messages.success(request, f"{waiting} needs {needed}.")
    return True


def remove(request: SignedInRequest, row: Initiative) -> HttpResponse:
    """Take back that something of this initiative waits."""
    asked = request.POST["remove"]
    found = Dependency.objects.filter(milestone__initiative=row, pk=asked).first() if is_number(asked) else None
    if found and actions.remove_dependency(dependency=found, by=request.user, on=today()):
        messages.success(request, f"{found.milestone} no longer needs {found.needs}.")
    else:
        messages.info(request, "That dependency was removed already: there was nothing to remove.")
    return redirect("initiatives:dependencies", row.ref)
