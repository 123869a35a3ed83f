"""The record as a data set, for the strategy office alone."""

# ruff: noqa: E501  (a table of columns reads best with one to a line)

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from django.db.models import Max

from accounts.history import LONDON, end_of
from accounts.record.models import Entry, Kind, Way
from initiatives.filters import read_day
from reports.datasets.base import Column, Dataset, Scope
from reports.record import Words

_KINDS = {kind: kind.name.lower().replace("_", "-") for kind in Kind}


class RecordScope(Scope):
    """What was changed from one day, when one is asked for, to the end of another."""

    @property
    def since(self) -> datetime | None:
        asked = self._query.get("since", "")
        return datetime.combine(read_day(asked, "since"), time.min, tzinfo=LONDON) if asked else None

    @property
    def entries(self) -> Any:
        return Entry.objects.between(self.since, end_of(self.day)).order_by("pk")

    def check(self) -> None:
        _ = self.since


@dataclass(frozen=True)
class _Row:
    entry: Entry
    words: Words

    def values(self, which: int) -> str | None:
        found = self.words.values(self.entry)[which]
        return json.dumps(found, ensure_ascii=False) if found else None


def _rows(scope: Any) -> Iterator[_Row]:
    words = Words(all_of_it=False)
    return (_Row(entry, words) for entry in scope.entries.iterator(chunk_size=2000))


def _mark() -> str:
    return str(Entry.objects.aggregate(last=Max("pk"))["last"])


_DATABASE, _PORTAL = "written by the database itself when it was changed", "told to the database by the portal"

# fmt: off
RECORD = Dataset(
    name="record",
    one_row_is="A row of a table that was added, changed or removed. For the strategy office alone, in a browser; takes `since` and `as_at`, and no other filter.",
    key=("id",),
    filters=("since",),
    scoped=RecordScope,
    columns=(
        Column("id", "integer", "Stable number of the entry", lambda r: r.entry.pk, _DATABASE, required=True),
        Column("at", "moment", "When it was written", lambda r: r.entry.at, _DATABASE, required=True),
        Column("kind", "word", "What became of the row", lambda r: _KINDS[Kind(r.entry.kind)], _DATABASE, words=tuple(_KINDS.values()), required=True),
        Column("of", "text", "The thing whose page tells of it", lambda r: r.words.thing(r.entry.thing) or None, "worked out from `table` and `row`"),
        Column("table", "text", "The table of the row", lambda r: r.entry.table or None, _DATABASE),
        Column("row", "text", "The number of the row", lambda r: r.entry.row or None, _DATABASE),
        Column("before", "text", "What it held, as JSON: of a changed row what changed, of a removed one everything. E-mail addresses and roles are hidden, secrets left out", lambda r: r.values(0), _DATABASE),
        Column("after", "text", "What it held then, as JSON, in the same way", lambda r: r.values(1), _DATABASE),
        Column("by", "text", "Display name of the person who did it, as it is today; empty when nobody was signed in", lambda r: r.words.person(r.entry.by) or None, _PORTAL),
        Column("way", "word", "By which way; empty for a change in the database, past the portal", lambda r: r.entry.way or None, _PORTAL, words=tuple(Way.values)),
        Column("reason", "text", "The page, link, import or command", lambda r: r.entry.reason or None, _PORTAL),
        Column("request", "text", "What one request or command wrote has the same", lambda r: r.entry.request or None, _PORTAL),
    ),
    rows=_rows,
    counted=lambda scope: scope.entries.count(),  # type: ignore[attr-defined]
    mark=_mark,
)
