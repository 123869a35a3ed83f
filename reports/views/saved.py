"""Saved views: a data set with filters, columns and a rule for its day, at an address that stays."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import Door, SignedInRequest, may, opens_to, person, takes_tokens
from accounts.rights import Deed, Relation
from initiatives import kept
from initiatives.filters import FILTER_NAMES, Filters, asked_day, today
from initiatives.history import first_day
from reports.datasets import DATASETS, Scope
from reports.downloads import Asked, on_record
from reports.forms import ViewForm
from reports.models import SavedView
from reports.views.exports import FORMATS, taken_away
from reports.views.shared import in_words

SAID = ("name", "dataset", "filters", "columns", "rule", "day", "is_shared")
NO_SUCH_VIEW = "There is no such saved view, or it is no longer shared."


@opens_to(Door.READ)
@takes_tokens
@require_safe
def view_file(request: HttpRequest, view_id: str, format: str) -> HttpResponseBase:
    """Send what a saved view chooses, as at the day that its rule gives today."""
    view = seen(request, view_id)
    if format not in FORMATS or view.dataset not in DATASETS:
        raise Http404("There is no such file of a saved view.")
    if odd := sorted(set(request.GET) - ({"page"} if format == "json" else set())):
        allowed = "It takes page alone." if format == "json" else "It takes nothing more."
        raise BadRequest(f"“{odd[0][:60]}” is not for the address of a saved view. {allowed}")
    query = query_of(view)
    if "page" in request.GET:
        query.setlist("page", request.GET.getlist("page"))
    asked = Asked(view.dataset, format, query, day_of(view), view)
    return on_record(request, asked, partial(taken_away, request, DATASETS[view.dataset], format, query, asked.day))


@opens_to(Door.READ)
@require_safe
def views(request: SignedInRequest) -> HttpResponse:
    """List the views that a person keeps and those that others share, with their addresses."""
    rows = [
        (view, in_words(QueryDict(view.filters)), view.as_at(today()))
        for view in SavedView.objects.seen_by(request.user).select_related("owner")
    ]
    words = {
        "mine": [row for row in rows if row[0].owner_id == request.user.pk],
        "shared": [row for row in rows if row[0].owner_id != request.user.pk],
        "formats": FORMATS,
        "portal": request.build_absolute_uri("/").rstrip("/"),
    }
    return render(request, "reports/views.html", words)


@opens_to(Door.READ)
@require_http_methods(["GET", "HEAD", "POST"])
def new_view(request: SignedInRequest) -> HttpResponse:
    """Keep a data set under a name, with the filters, columns and day of the address."""
    day = asked_day(request)
    name = request.GET.get("dataset", "")
    if name not in DATASETS:
        raise BadRequest(f"dataset must be one of {', '.join(DATASETS)}.")
    dataset, filters = DATASETS[name], filters_of(request.GET)
    columns = [column.name for column in dataset.chosen(_named(request.GET))]
    Scope(day, filters, kept.portfolio).check()
    asked: dict[str, Any] = {"columns": columns, "day": None if day == today() else day}
    form = ViewForm(request.POST if request.method == "POST" else None, dataset=dataset, **asked)
    view = SavedView(owner=request.user, dataset=name, filters=filters.urlencode())
    if request.method == "POST" and saved(view, form):
        messages.success(request, f"“{view.name}” is saved. Its addresses stay the same.")
        return redirect("reports:views")
    return page(request, form, view)


@opens_to(Door.READ)
@require_http_methods(["GET", "HEAD", "POST"])
def view(request: SignedInRequest, view_id: str) -> HttpResponse:
    """Let its owner change, share and delete a saved view; its address, data set and filters stay."""
    found = seen(request, view_id)
    if not may(request.user, Deed.CHANGE_VIEW, {Relation.MAKER} if found.owner_id == request.user.pk else ()):
        raise PermissionDenied("Only the person who saved this view can change it.")
    deed = request.POST.get("deed", "save") if request.method == "POST" else ""
    if deed not in ("", "save", "delete"):
        raise BadRequest("deed must be save or delete. Open the page again and use one of its buttons.")
    if deed == "delete":
        found.delete()
        messages.success(request, f"“{found.name}” is deleted: its addresses no longer work.")
        return redirect("reports:views")
    if found.dataset not in DATASETS:
        raise Http404(f"There is no data set {found.dataset} any more.")
    form = ViewForm(request.POST if deed else None, dataset=DATASETS[found.dataset], view=found)
    if deed and saved(found, form):
        messages.success(request, f"“{found.name}” is changed. Its addresses stay the same.")
        return redirect("reports:views")
    return page(request, form, found)


# --- What they stand on ---------------------------------------------------------------------------
def seen(request: HttpRequest, view_id: str) -> SavedView:
    """Return a view that the person may use: their own, or one that is shared."""
    found = SavedView.objects.seen_by(person(request)).filter(pk=int(view_id)).first()
    if found is None:
        raise Http404(NO_SUCH_VIEW)
    return found


def query_of(view: SavedView) -> QueryDict:
    """Return what a view asks of its data set."""
    query = QueryDict(view.filters, mutable=True)
    if view.columns:
        query["columns"] = ",".join(view.columns)
    return query


def day_of(view: SavedView) -> Any:
    """Return the day that the view speaks of today; raises `BadRequest` when history had not begun then."""
    day, first = view.as_at(today()), first_day() or today()
    if day < first:
        rule = view.get_rule_display().lower()
        raise BadRequest(
            f"This view speaks as at {day:%Y-%m-%d} ({rule}), and this portal's history begins on {first:%Y-%m-%d}."
        )
    return day


def filters_of(query: QueryDict) -> QueryDict:
    """Return the filters alone of an address."""
    filters = QueryDict(mutable=True)
    for name in FILTER_NAMES:
        if values := [value for value in query.getlist(name) if value.strip()]:
            filters.setlist(name, values)
    return filters


def _named(query: QueryDict) -> list[str]:
    return [name for value in query.getlist("columns") for name in value.split(",")]


def saved(view: SavedView, form: ViewForm) -> bool:
    """Save what the form says of a view, if it is right."""
    if not form.is_valid():
        return False
    deed = form.deed()
    twin = SavedView.objects.filter(owner=view.owner, name__iexact=deed["name"]).exclude(pk=view.pk).first()
    for name, value in deed.items():
        setattr(view, name, value)
    if twin and view._state.adding and all(getattr(twin, name) == getattr(view, name) for name in SAID):
        return True  # the same form, sent twice
    try:
        if not twin:
            with transaction.atomic():
                view.save()
            return True
    except IntegrityError:  # two forms at once
        pass
    form.add_error("name", "You have a view of this name already: choose another one.")
    return False


def page(request: SignedInRequest, form: ViewForm, view: SavedView) -> HttpResponse:
    """Show the form of a view, with its filters in words and what is wrong with them by now."""
    words = {"form": form, "view": view, "filters": in_words(QueryDict(view.filters)), "wrong": ""}
    if view.pk:
        try:
            Filters(QueryDict(view.filters), kept.portfolio(today()))
        except BadRequest as refusal:
            words["wrong"] = str(refusal)
    return render(request, "reports/view.html", words, status=422 if form.is_bound else 200)
