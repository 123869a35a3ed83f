"""What analysts take away."""

from __future__ import annotations

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import Door, opens_to
from initiatives import history, kept
from initiatives.filters import FILTER_NAMES, Filters, asked_day
from reports.datasets import DATASETS, Scope, csv_chunks


@opens_to(Door.READ)
@require_safe
def exports(request: HttpRequest) -> HttpResponse:
    """List the data sets with their columns, and links that keep the filters and the date in force."""
    day = asked_day(request)
    filters = Filters(request.GET, kept.portfolio(day))
    words = {
        "day": day,
        "datasets": DATASETS.values(),
        "filters": filters,
        "query": filters.address(request, days=["as_at"]),  # a file speaks of one day
        "kept": [(name, value) for name in FILTER_NAMES for value in request.GET.getlist(name)],
    }
    return render(request, "reports/exports.html", words)


@opens_to(Door.READ)
@require_safe
def export(request: HttpRequest, name: str, format: str) -> HttpResponse | StreamingHttpResponse:
    """Stream a data set as CSV, speaking of the initiatives that the filters choose as at the day."""
    if name not in DATASETS or format != "csv":
        raise Http404("There is no such data set.")
    unknown = sorted(set(request.GET) - {*FILTER_NAMES, "as_at"})
    if unknown:
        allowed = ", ".join((*FILTER_NAMES, "as_at"))
        raise BadRequest(f"“{unknown[0][:60]}” is not a filter. The filters are: {allowed}.")
    day = asked_day(request)
    filters = Filters(request.GET, history.portfolio(day))
    scope = Scope(filters.apply(), filtered=filters.active)
    response = StreamingHttpResponse(csv_chunks(DATASETS[name], scope), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}-{day:%Y-%m-%d}.csv"'
    return response
