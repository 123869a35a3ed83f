"""Every download is put on record, and the record is what limits how many there are in a minute.

The record never stands in the way of a download: where the database takes nothing (it is read-only, or full), the file
still goes, nothing limits it, and the process's log says who took what.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil
from typing import Any

from django.conf import settings
from django.core.exceptions import BadRequest, PermissionDenied
from django.db import Error, transaction
from django.db.models import Count, Min
from django.http import Http404, HttpRequest, QueryDict, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from accounts.access import person
from accounts.bearer import plain, shows_token, token_of
from accounts.models import AccessToken, User
from accounts.read_only import is_read_only
from reports.datasets import DATASETS
from reports.models import Answered, Download, SavedView

MINUTE = timedelta(minutes=1)

log = logging.getLogger("portal.downloads")


@dataclass(frozen=True)
class Asked:
    """What somebody asked for: a data set (or all of them: `workbook`, `datapackage`), its format, query and day."""

    dataset: str
    format: str
    query: QueryDict
    day: date
    view: SavedView | None = None


class TooManyDownloads(Exception):
    """Raised when the limit of a minute is reached; `wait` is in how many seconds there is room again."""

    def __init__(self, limit: int, wait: int) -> None:
        super().__init__(f"{limit} a minute")
        self.limit, self.wait = limit, wait


def on_record(request: HttpRequest, asked: Asked, answer: Callable[..., HttpResponseBase]) -> HttpResponseBase:
    """Answer what was asked with `answer`, once it is allowed and on record; refuses beyond the limit with 429.

    `answer` is given `sent`, which is to be told how many rows went. Raises `PermissionDenied` for what a token does
    not cover.
    """
    must_cover(token_of(request), asked)
    words = (person(request).pk, asked.dataset, asked.format, asked.query.urlencode(), asked.day)
    if is_read_only():
        log.info("a download while nothing is recorded: person=%s dataset=%s.%s query=%s as_at=%s", *words)
        return answer()
    try:
        record = Record(_begin(request, asked))
    except TooManyDownloads as reached:
        return _too_many(request, reached)
    except Error:
        log.exception("a download could not be put on record: person=%s dataset=%s.%s query=%s as_at=%s", *words)
        return answer()
    try:
        response = answer(sent=record.count)
    except (BadRequest, Http404):
        record.close(Answered.REFUSED)
        raise
    if not isinstance(response, StreamingHttpResponse):
        record.close(Answered.UNCHANGED if response.status_code == 304 else Answered.REFUSED)
    elif request.method == "HEAD":
        response.streaming_content = ()
        record.close(Answered.HEADERS)
    else:
        response.streaming_content = Watched(response.streaming_content, record)
    return response


def must_cover(token: AccessToken | None, asked: Asked) -> None:
    """Refuse what a token is not for. What describes the data sets is for every token."""
    if token is None or (asked.dataset, asked.format) == ("datapackage", "json"):
        return
    if asked.dataset in DATASETS:
        if not token.covers(asked.dataset):
            raise PermissionDenied(f"This token does not take {asked.dataset}: it takes {', '.join(token.datasets)}.")
    elif not token.covers(*DATASETS):
        raise PermissionDenied(f"This file holds all data sets, and this token takes {', '.join(token.datasets)}.")


class Record:
    """The row of one download while its file goes."""

    def __init__(self, pk: int) -> None:
        self.pk, self.rows, self.is_open = pk, 0, True

    def count(self, rows: int) -> None:
        """Remember how many rows went."""
        self.rows = rows

    def close(self, answered: Answered) -> None:
        """Write down what became of it; only the first word counts."""
        if not self.is_open:
            return
        self.is_open = False
        said: dict[str, Any] = {"answered": answered, "rows": self.rows, "finished_at": timezone.now()}
        try:
            Download.objects.filter(pk=self.pk).update(**said)
        except Error:
            log.exception("the end of a download could not be put on record: download=%s %s", self.pk, said)


class Watched:
    """A file on its way: says at its end, or when the reader hangs up before, what became of it."""

    def __init__(self, pieces: Any, record: Record) -> None:
        self.pieces, self.record = iter(pieces), record

    def __iter__(self) -> Watched:
        return self

    def __next__(self) -> bytes:
        try:
            return next(self.pieces)
        except StopIteration:
            self.record.close(Answered.SENT)
            raise

    def close(self) -> None:
        """Be closed by the server: after the end this says nothing more."""
        self.record.close(Answered.BROKEN_OFF)


# --- The limit ------------------------------------------------------------------------------------
@transaction.atomic
def _begin(request: HttpRequest, asked: Asked) -> int:
    """Put a download on record and return its number; raises `TooManyDownloads` and writes nothing at the limit.

    Whoever downloads is locked meanwhile, so that all processes count alike.
    """
    who, token, now = person(request), token_of(request), timezone.now()
    holder: Any = AccessToken.objects.filter(pk=token.pk) if token else User.objects.filter(pk=who.pk)
    holder.select_for_update(no_key=True).values_list("pk").first()
    limit = settings.TOKEN_EXPORTS_A_MINUTE if token else settings.EXPORTS_A_MINUTE
    of_theirs = Download.objects.of(who, token).filter(started_at__gt=now - MINUTE)
    found = of_theirs.aggregate(count=Count("pk"), first=Min("started_at"))
    if found["count"] >= limit:
        left = (found["first"] + MINUTE - now) if found["first"] else MINUTE
        raise TooManyDownloads(limit, max(1, ceil(left.total_seconds())))
    row = Download.objects.create(
        person=who,
        token=token,
        view=asked.view,
        dataset=asked.dataset,
        format=asked.format,
        query=asked.query.urlencode(),
        as_at=asked.day,
        started_at=now,
    )
    return int(row.pk)


def _too_many(request: HttpRequest, reached: TooManyDownloads) -> HttpResponseBase:
    whose = "This token" if token_of(request) else "You"
    words = (
        f"{whose} can take {reached.limit} file{'' if reached.limit == 1 else 's'} a minute. "
        f"Try again in {reached.wait} second{'' if reached.wait == 1 else 's'}."
    )
    if shows_token(request):
        return plain(429, words, Retry_After=str(reached.wait))
    response = render(request, "429.html", {"message": words}, status=429)
    response.headers["Retry-After"] = str(reached.wait)
    return response
