"""What a data set and a column are, and what a data set speaks of."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from itertools import islice
from typing import Any

from django.core.exceptions import BadRequest
from django.http import QueryDict

from accounts.history import PeopleHistory, PersonAt
from initiatives import history
from initiatives.as_at import Portfolio
from initiatives.filters import FILTER_NAMES, Filters

BATCH = 500  # rows turned into text together
FORMULA = re.compile(r"'*[=+\-@\t\r]")  # what a spreadsheet would take for a formula, and what a guard made of that


class Scope:
    """What a data set speaks of: the initiatives that the filters choose by their state as at the day.

    The portfolio is read when it is asked for, since rows of history need it only when there is a filter.
    """

    def __init__(
        self, day: date, query: QueryDict | None = None, read: Callable[[date], Portfolio] = history.portfolio
    ) -> None:
        self.day, self._query, self._read = day, query or QueryDict(), read

    @cached_property
    def filtered(self) -> bool:
        searched = any(value.strip() for value in self._query.getlist("q"))
        return searched or any(any(self._query.getlist(name)) for name in FILTER_NAMES if name != "q")

    @cached_property
    def whole(self) -> Portfolio:
        """The portfolio of the day before any filter."""
        return self._read(self.day)

    @cached_property
    def filters(self) -> Filters:
        """The filters, checked against the portfolio; raises `BadRequest` with words."""
        return Filters(self._query, self.whole)

    @cached_property
    def portfolio(self) -> Portfolio:
        return self.filters.apply()

    @cached_property
    def ids(self) -> frozenset[int]:
        return frozenset(i.id for i in self.portfolio.initiatives)

    @cached_property
    def people(self) -> Mapping[int, PersonAt]:
        """Everybody under the name of the day, without reading the portfolio for it."""
        return self.whole.people if "whole" in self.__dict__ else PeopleHistory().at(self.day)

    def check(self) -> None:
        """Raise `BadRequest` with words when a filter asks for what it does not allow."""
        if self.filtered:
            _ = self.filters


@dataclass(frozen=True)
class Column:
    """One column: heading, type of its cells, what it means, how a row gives it, and where that comes from.

    Where the rows are read by the database alone, `of` is the field or expression that gives the value there.
    """

    name: str
    type: str  # text, word, list, integer, date, moment or truth
    meaning: str
    value: Callable[[Any], Any]
    source: str
    unit: str = ""
    words: tuple[str, ...] = ()  # all that a cell of words may hold
    required: bool = False  # never empty
    of: Any = None

    @property
    def explained(self) -> str:
        """What it means, with all the words that it may hold."""
        if all(f"`{word}`" in self.meaning for word in self.words):
            return self.meaning
        return f"{self.meaning}: {', '.join(f'`{word}`' for word in self.words)}"


@dataclass(frozen=True)
class Refers:
    """Columns whose cells name a row of another data set, or of the same one."""

    columns: tuple[str, ...]
    dataset: str
    to: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Dataset:
    """One data set: its name, what one row is, its columns in the contract's order, and its rows.

    `counted` says how many rows there are without making them; `key` names the columns that no two rows share;
    `filters` are what an address may ask beside the day, and `scoped` reads that.
    """

    name: str
    one_row_is: str
    columns: tuple[Column, ...]
    rows: Callable[[Scope], Iterable[Any]] = tuple  # type: ignore[assignment]  # no rows, until somebody says which
    counted: Callable[[Scope], int] | None = None
    key: tuple[str, ...] = ()
    refers: tuple[Refers, ...] = ()
    filters: tuple[str, ...] = FILTER_NAMES
    scoped: type[Scope] = Scope
    mark: Callable[[], str] = str  # what it holds beside history: another one as soon as that is another

    @property
    def title(self) -> str:
        return self.name.replace("_", " ").capitalize()

    @property
    def header(self) -> list[str]:
        return [column.name for column in self.columns]

    def chosen(self, names: Iterable[str]) -> tuple[Column, ...]:
        """Return the columns of these names in this order, all when none is named; raises `BadRequest` with words."""
        declared = {column.name: column for column in self.columns}
        asked = [name.strip() for name in names if name.strip()]
        unknown = [name for name in asked if name not in declared]
        if unknown:
            allowed = ", ".join(declared)
            raise BadRequest(f"columns: “{unknown[0][:60]}” is not one of the columns of {self.name}: {allowed}.")
        return tuple(declared[name] for name in dict.fromkeys(asked)) or self.columns

    def scope(self, day: date, query: QueryDict | None = None) -> Scope:
        """Return what the data set speaks of on a day under a query's filters."""
        return self.scoped(day, query)

    def count(self, scope: Scope) -> int:
        """Return how many rows there are."""
        return self.counted(scope) if self.counted else sum(1 for _ in self.rows(scope))

    def values(
        self, scope: Scope, columns: Sequence[Column], start: int = 0, stop: int | None = None
    ) -> Iterator[Sequence[Any]]:
        """Yield the values of each row's cells in these columns, from one row up to another."""
        for row in islice(self.rows(scope), start, stop):
            yield [column.value(row) for column in columns]

    def csv_lines(self, scope: Scope, columns: Sequence[Column]) -> Iterator[tuple[bytes, int]]:
        """Yield pieces of the CSV file after its heading, each with the number of its rows."""
        rows = self.values(scope, columns)
        while batch := list(islice(rows, BATCH)):
            yield csv_text([cell(value) for value in row] for row in batch), len(batch)


def csv_text(rows: Iterable[Iterable[Any]]) -> bytes:
    """Return rows of cells as lines of RFC 4180."""
    buffer = io.StringIO()
    csv.writer(buffer).writerows(rows)
    return buffer.getvalue().encode()


def cell(value: Any) -> str:
    """Write a value as a cell: machine words, ISO dates, `true` or `false`, lists joined, empty for None."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return value.isoformat()
    return guarded(text(value))


def text(value: Any) -> str:
    """Return words as one text: lists are joined."""
    return "; ".join(value) if isinstance(value, (list, tuple)) else str(value)


def moment(value: datetime) -> str:
    """Write a moment in UTC, to the second."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def guarded(words: str) -> str:
    """Put an apostrophe before text that a spreadsheet would take for a formula, or that looks guarded already.

    So taking one apostrophe off such text gives back what was typed, whatever it was (`unguarded`).
    """
    return f"'{words}" if FORMULA.match(words) else words


def unguarded(words: str) -> str:
    """Take off what `guarded` put before a text."""
    return words[1:] if words.startswith("'") and FORMULA.match(words) else words
