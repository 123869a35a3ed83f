"""What analysts take away."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import Door, opens_to
from initiatives import history, kept
from initiatives.filters import FILTER_NAMES, Filters, asked_day
from reports.datasets import DATASETS, Dataset, Scope, csv_chunks

FORMATS = ("csv",)
Sent = Callable[[int], None]  # told once how many rows were sent, also when the reader hung up


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
def export(request: HttpRequest, name: str, format: str) -> HttpResponseBase:
    """Send a data set in a format, speaking of the initiatives that the filters choose as at the day."""
    if name not in DATASETS or format not in FORMATS:
        raise Http404("There is no such data set.")
    return taken_away(request, DATASETS[name], format, request.GET, asked_day(request))


def taken_away(
    request: HttpRequest, dataset: Dataset, format: str, query: QueryDict, day: date, *, sent: Sent | None = None
) -> HttpResponseBase:
    """Answer with a data set under a query's filters, streamed; `sent` is told afterwards how many rows went."""
    allowed = (*FILTER_NAMES, "as_at")
    unknown = sorted(set(query) - set(allowed))
    if unknown:
        raise BadRequest(f"“{unknown[0][:60]}” is not a filter. The filters are: {', '.join(allowed)}.")
    filters = Filters(query, history.portfolio(day))
    scope = Scope(filters.apply(), filtered=filters.active)
    response = StreamingHttpResponse(csv_chunks(dataset, scope, sent), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{dataset.name}-{day:%Y-%m-%d}.csv"'
    return response
