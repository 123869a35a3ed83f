"""Rows of history, in the order in which they were recorded: updates, date moves, notes.

Each of their columns is an expression, from which the database makes both the value and the text of the cell: two
hundred thousand rows of text are made where they lie. They come in batches that begin where the last one ended, so
that nothing is held open while a slow reader reads.
"""

# ruff: noqa: E501  (a table of columns reads best with one to a line)

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from operator import itemgetter
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Case, F, Q, QuerySet, Value, When
from django.http import QueryDict

from accounts.history import end_of
from initiatives import kept
from initiatives.models import DateMove, Note, Update
from initiatives.status import DatesMove, Rag
from reports.datasets.base import Column, Dataset, Refers, Scope, csv_text
from reports.datasets.sql import CELLS, DaysBetween, MilestoneRef, NameOf, WasLate

SMALLEST_BATCH, FIRST_BATCH, LARGEST_BATCH = 50, 500, 8000  # rows
BATCH_BYTES = 2 << 20  # as many rows are asked for as should come to this
AT_ONCE = 500  # rows that Python looks at together


def said(name: str, type: str, meaning: str, of: Any, source: str, **more: Any) -> Column:
    """Declare a column that the database reads: `of` is a field's path or an expression."""
    return Column(name, type, meaning, itemgetter(name), source, of=F(of) if isinstance(of, str) else of, **more)


@dataclass(frozen=True, kw_only=True)
class HistoryDataset(Dataset):
    """A data set whose rows are those of one table of history."""

    model: Any

    def scope(self, day: date, query: QueryDict | None = None) -> Scope:
        return Scope(day, query, kept.portfolio)  # which initiatives there are is all that a filter needs to say here

    def count(self, scope: Scope) -> int:
        return self._recorded(scope).count()

    def values(
        self, scope: Scope, columns: Sequence[Column], start: int = 0, stop: int | None = None
    ) -> Iterator[Sequence[Any]]:
        rows = self._recorded(scope)
        if start or stop is not None:  # a page: find which rows first, then join what they say
            rows = self.model.objects.filter(pk__in=list(rows.values_list("pk", flat=True)[start:stop]))
        found = _named(rows.order_by("recorded_at", "id"), scope).values_list(*(column.of for column in columns))
        yield from found.iterator(chunk_size=AT_ONCE)

    def csv_lines(self, scope: Scope, columns: Sequence[Column]) -> Iterator[tuple[bytes, int]]:
        cells = [CELLS[column.type](column.of) for column in columns]
        size, after, more = FIRST_BATCH, Q(), True
        while more:
            edge = list(self._recorded(scope).filter(after).values_list("recorded_at", "id")[size - 1 : size + 1])
            more = len(edge) == 2
            rows = self._recorded(scope, edge[0] if more else None).filter(after)
            written, count = _written(_named(rows, scope).values_list(*cells), one_column=len(cells) == 1)
            if count:
                yield written, count
            if more:
                (moment, id_), _ = edge
                after = Q(recorded_at__gte=moment) & (Q(recorded_at__gt=moment) | Q(id__gt=id_))
                size = min(max(size * BATCH_BYTES // max(len(written), 1), SMALLEST_BATCH), LARGEST_BATCH)

    def _recorded(self, scope: Scope, last: tuple[datetime, int] | None = None) -> QuerySet[Any]:
        """Return the rows that the data set speaks of in their order, up to and with the last one.

        There is one upper bound of the moment, because SQLite looks no further than the first one.
        """
        rows: QuerySet[Any] = self.model.objects.recorded_before(end_of(scope.day))
        if last is not None:
            moment, id_ = last
            rows = self.model.objects.filter(Q(recorded_at__lt=moment) | Q(id__lte=id_), recorded_at__lte=moment)
            rows = rows.order_by("recorded_at", "id")
        return rows.filter(initiative_id__in=scope.ids) if scope.filtered else rows


def _named(rows: QuerySet[Any], scope: Scope) -> QuerySet[Any]:
    """Let the rows' expressions speak of `names`: those that people bore at the end of the day, by id."""
    return rows.alias(names=Value(json.dumps({str(id_): person.name for id_, person in scope.people.items()})))


def _written(rows: QuerySet[Any], *, one_column: bool) -> tuple[bytes, int]:
    """Return rows of cells as lines of CSV, and how many those are."""
    try:
        sql, params = rows.query.sql_with_params()
    except EmptyResultSet:  # a filter kept nothing
        return b"", 0
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql" and not one_column:  # an empty cell alone is written otherwise there
            lines = _Lines()
            cursor.copy_expert(f"COPY ({cursor.mogrify(sql, params).decode()}) TO STDOUT WITH (FORMAT csv)", lines)
            return lines.joined(), len(lines.found)
        cursor.execute(sql, params)
        pieces, count = [], 0
        while found := cursor.fetchmany(AT_ONCE):
            pieces.append(csv_text(found))
            count += len(found)
        return b"".join(pieces), count


class _Lines:
    """Takes what COPY writes, which is a line at a time, and ends the lines as RFC 4180 wants them."""

    def __init__(self) -> None:
        self.found: list[bytes] = []

    def write(self, line: bytes) -> None:
        self.found.append(line[:-1])

    def joined(self) -> bytes:
        return b"\r\n".join([*self.found, b""])


# --- The data sets --------------------------------------------------------------------------------
_OF_INITIATIVE = Refers(("initiative",), "initiatives", ("ref",))
_OWNER, _THEN = "an owner's update", "worked out when the update was recorded, and kept with it"
_RECORDED = "noted by the portal when it was recorded"
_REF = "typed in by the office"
_NAME = "the account of whoever was signed in, under the name of the day"
_FILE = "a file that the office brought in"
_RAGS = tuple(Rag.values)


def _brought_in_at() -> Column:
    true_moment = Case(When(brought_in__as_of__isnull=False, then=F("brought_in__applied_at")))
    meaning = "The moment at which it truly came, where a file told of it later as of a past day, UTC"
    return said("brought_in_at", "moment", meaning, true_moment, _FILE)


# fmt: off
UPDATES = HistoryDataset(
    name="updates",
    one_row_is="An update, as it was said. Nothing in it changes afterwards.",
    model=Update,
    key=("id",),
    refers=(_OF_INITIATIVE, Refers(("corrects",), "updates", ("id",))),
    columns=(
        said("id", "integer", "Stable number of the update", "id", _RECORDED, required=True),
        said("initiative", "text", "Ref of the initiative", "initiative__ref", _REF, required=True),
        said("said_on", "date", "The day that it speaks of", "said_on", _OWNER, required=True),
        said("submitted_at", "moment", "The moment at which it was recorded, UTC", "recorded_at", _RECORDED, required=True),
        said("author", "text", "Display name of the person who said it", NameOf("names", "recorded_by_id"), _NAME),
        said("rag", "word", "`green`, `amber` or `red`", "rag", _OWNER, words=_RAGS, required=True),
        said("previous_rag", "word", "The RAG last said before it", "previous_rag", _THEN, words=_RAGS),
        said("what_changed", "text", "What changed since the update before", "what_changed", _OWNER),
        said("what_next", "text", "What happens next", "what_next", _OWNER),
        said("ask", "text", "What leaders were asked for", "ask__question", _OWNER),
        said("progress_percent", "integer", "Progress just after it was recorded, whole percent", "progress_percent", _THEN, unit="percent"),
        said("planned_percent", "integer", "Planned just after it was recorded, whole percent", "planned_percent", _THEN, unit="percent"),
        said("machine_reading", "word", "What the dates said just after it was recorded", "machine_reading", _THEN, words=_RAGS),
        said("risk", "text", "The risk that amber says", "risk", _OWNER),
        said("issue", "text", "The issue that red says", "issue", _OWNER),
        said("period_ends_on", "date", "The last day of the period that it speaks of", "period_ends_on", _THEN),
        said("late", "truth", "It was recorded when that period was over", WasLate("recorded_at", "period_ends_on"), "worked out: the day of `submitted_at` in London after `period_ends_on`", required=True),
        said("corrects", "integer", "Number of the update that it corrects", "corrects_id", _OWNER),
        said("dates_move", "word", "What red says of the dates: `yes`, `no` or `not-known`", "dates_move", _OWNER, words=tuple(DatesMove.values)),
        said("explanation", "text", "Why the owner says better than the dates", "explanation", _OWNER),
        said("public_line", "text", "One line for the public story", "public_line", _OWNER),
        said("rating_word", "text", "The file's own word for `rag`, where a file was brought in", "rating_word", _FILE),
        _brought_in_at(),
    ),
)

DATE_MOVES = HistoryDataset(
    name="date_moves",
    one_row_is="A change of a due date. Nothing in it changes afterwards.",
    model=DateMove,
    refers=(_OF_INITIATIVE, Refers(("milestone",), "milestones", ("ref",))),
    columns=(
        said("milestone", "text", "Ref of the milestone; empty where an initiative without milestones moved its end", MilestoneRef("initiative__ref", "milestone__number"), "made of the initiative's ref and the milestone's number"),
        said("initiative", "text", "Ref of the initiative", "initiative__ref", _REF, required=True),
        said("moved_at", "moment", "The moment at which the move was recorded, UTC", "recorded_at", _RECORDED, required=True),
        said("by", "text", "Display name of the person who moved it", NameOf("names", "recorded_by_id"), _NAME),
        said("from", "date", "The due date before", "from_on", "the due date that stood when the move was recorded", required=True),
        said("to", "date", "The due date after", "to_on", "typed in by whoever moved it", required=True),
        said("days", "integer", "How far it moved; negative when brought forward", DaysBetween("from_on", "to_on"), "worked out: `to` less `from`", unit="days", required=True),
        said("reason", "text", "Why it moved", "reason", "typed in by whoever moved it", required=True),
        _brought_in_at(),
    ),
)

NOTES = HistoryDataset(
    name="notes",
    one_row_is="A note of what a meeting said of an initiative. Nothing in it changes afterwards.",
    model=Note,
    key=("id",),
    refers=(_OF_INITIATIVE,),
    columns=(
        said("id", "integer", "Stable number of the note", "id", _RECORDED, required=True),
        said("initiative", "text", "Ref of the initiative", "initiative__ref", _REF, required=True),
        said("noted_on", "date", "The day of the meeting", "noted_on", "typed in by whoever wrote the note", required=True),
        said("recorded_at", "moment", "The moment at which it was recorded, UTC", "recorded_at", _RECORDED, required=True),
        said("by", "text", "Display name of the person who wrote it down", NameOf("names", "recorded_by_id"), _NAME),
        said("words", "text", "What was said", "words", "typed in by whoever wrote the note", required=True),
    ),
)
