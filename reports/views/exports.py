"""What analysts take away."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import partial
from hashlib import sha256

from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from accounts.access import Door, may_pass, opens_to, takes_tokens
from accounts.bearer import token_of
from initiatives import kept
from initiatives.filters import FILTER_NAMES, asked_day, asked_page
from reports.datasets import DATASETS, FOR_THE_OFFICE, Dataset, Scope
from reports.downloads import Asked, on_record
from reports.files import Piece, Sent, blocks, package, rules
from reports.files.as_csv import csv_pieces
from reports.files.as_json import PAGE_SIZE, json_pieces
from reports.files.as_xlsx import check_it_fits, xlsx_pieces
from reports.recorded import mark_of_everything

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
    "zip": "application/zip",
}
FORMATS = ("csv", "xlsx", "json")


@opens_to(Door.READ)
@require_safe
def exports(request: HttpRequest) -> HttpResponse:
    """List the data sets with their columns and rows, and links that keep the filters and the date in force."""
    day = asked_day(request)
    scope = Scope(day, request.GET, kept.portfolio)
    words = {
        "day": day,
        "datasets": [(dataset, f"{dataset.count(scope):,}") for dataset in DATASETS.values()],
        "filters": scope.filters,
        "query": scope.filters.address(request, days=["as_at"]),  # a file speaks of one day
        "kept": [(name, value) for name in FILTER_NAMES for value in request.GET.getlist(name)],
        "formats": FORMATS,
        "page_size": PAGE_SIZE,
    }
    return render(request, "reports/exports.html", words)


@opens_to(Door.READ)
@takes_tokens
@require_safe
def export(request: HttpRequest, name: str, format: str) -> HttpResponseBase:
    """Send a data set in a format, speaking of the initiatives that the filters choose as at the day."""
    dataset = DATASETS.get(name) or FOR_THE_OFFICE.get(name)
    if dataset is None or format not in FORMATS:
        raise Http404("There is no such data set.")
    if name in FOR_THE_OFFICE and (token_of(request) or not may_pass(request.user, Door.ADMINISTRATION)):
        raise PermissionDenied("This data set is for the strategy office, in a browser.")
    asked = Asked(name, format, request.GET, asked_day(request))
    return on_record(request, asked, partial(taken_away, request, dataset, format, request.GET, asked.day))


@opens_to(Door.READ)
@takes_tokens
@require_safe
def everything(request: HttpRequest, file: str) -> HttpResponseBase:
    """Send all data sets together: as one workbook, as a data package, or the metadata of that alone."""
    name, format = file.split(".")
    asked = Asked(name, format, request.GET, asked_day(request))
    return on_record(request, asked, partial(all_taken_away, request, file, request.GET, asked.day))


# --- What a query may ask of a file ---------------------------------------------------------------
def taken_away(
    request: HttpRequest, dataset: Dataset, format: str, query: QueryDict, day: date, *, sent: Sent | None = None
) -> HttpResponseBase:
    """Answer with a data set under a query, streamed, or with 304 when the asker has that already.

    `sent` is told afterwards how many rows went, also when the reader hung up. Raises `BadRequest` with words for what
    the query may not ask, and `Http404` for a page beyond the last.
    """
    _only(query, dataset.filters, "columns", *(["page"] if format == "json" else []))
    columns = dataset.chosen(name for value in query.getlist("columns") for name in value.split(","))
    etag = _etag(request, query, day, dataset.mark())
    if answer := _unchanged(request, etag):
        return answer
    scope = dataset.scope(day, query)
    scope.check()
    pieces: Iterable[Piece]
    if format == "csv":
        pieces = csv_pieces(dataset, scope, columns)
    elif format == "xlsx":
        check_it_fits(dataset.count(scope), dataset.name)
        pieces = xlsx_pieces({dataset: columns}, scope)
    else:
        count = dataset.count(scope)
        page = asked_page(range(count), query, PAGE_SIZE)
        following = _address_of(request, page.next_page_number()) if page.has_next() else None
        pieces = json_pieces(dataset, scope, columns, count=count, page=page.number, following=following)
    return _file(pieces, f"{dataset.name}-{day:%Y-%m-%d}.{format}", etag, sent)


def all_taken_away(
    request: HttpRequest, file: str, query: QueryDict, day: date, *, sent: Sent | None = None
) -> HttpResponseBase:
    """Answer with all data sets under a query: `workbook.xlsx`, `datapackage.zip` or its `datapackage.json`."""
    _only(query, FILTER_NAMES)
    etag = _etag(request, query, day)
    if answer := _unchanged(request, etag):
        return answer
    scope = Scope(day, query)
    scope.check()
    name, format = file.split(".")
    if format == "json":
        asked = query.copy()
        asked["as_at"] = day.isoformat()  # what is described today is to be fetched as of today
        pieces: Iterable[Piece] = [(package.as_text(package.described(day, asked.urlencode())), 0)]
        return _file(pieces, file, etag, sent, attached=False)
    if format == "zip":
        pieces = package.zip_pieces(scope)
    else:
        for dataset in DATASETS.values():
            check_it_fits(dataset.count(scope), dataset.name)
        sheets = {dataset: dataset.columns for dataset in DATASETS.values()}
        pieces = xlsx_pieces(sheets, scope, contents=True)
    return _file(pieces, f"{name}-{day:%Y-%m-%d}.{format}", etag, sent)


def _only(query: QueryDict, names: tuple[str, ...], *more: str) -> None:
    """Refuse a query that asks for what neither is a filter nor anything else that the file takes."""
    filters = (*names, "as_at")
    unknown = sorted(set(query) - {*filters, *more})
    if unknown:
        also = f" This file also takes: {', '.join(more)}." if more else ""
        raise BadRequest(f"“{unknown[0][:60]}” is not a filter. The filters are: {', '.join(filters)}.{also}")


def _address_of(request: HttpRequest, page: int) -> str:
    query = request.GET.copy()
    query["page"] = str(page)
    return f"{request.path}?{query.urlencode()}"


# --- How it is answered ---------------------------------------------------------------------------
def _etag(request: HttpRequest, query: QueryDict, day: date, mark: str = "") -> str:
    """Return a mark of what the file holds, from what was asked and all that was ever recorded, without making it."""
    parts = (request.get_full_path(), query.urlencode(), day.isoformat(), rules(), mark, mark_of_everything())
    return f'"{sha256(repr(parts).encode()).hexdigest()[:32]}"'


def _unchanged(request: HttpRequest, etag: str) -> HttpResponseBase | None:
    """Return the answer to somebody who has this file already; None when it has to be sent."""
    answer: HttpResponseBase | None = get_conditional_response(request, etag=etag)
    return answer and _marked(answer, etag)


def _marked(response: HttpResponseBase, etag: str) -> HttpResponseBase:
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = "private, no-cache"  # to be kept, and asked about each time
    return response


def _file(
    pieces: Iterable[Piece], name: str, etag: str, sent: Sent | None, *, attached: bool = True
) -> HttpResponseBase:
    response = StreamingHttpResponse(blocks(pieces, sent), content_type=TYPES[name.rpartition(".")[2]])
    response.headers["Content-Disposition"] = f'{"attachment" if attached else "inline"}; filename="{name}"'
    return _marked(response, etag)
