"""What a file would do: row by row, field by field, and what has to be asked first. Nothing is written here."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from initiatives.imports.dates import shown
from initiatives.imports.mapping import Mapping
from initiatives.imports.tables import Table
from initiatives.status import RowOutcome

Told = Callable[[str, int, int], None]  # what is being done, how many rows are, of how many


@dataclass(frozen=True)
class Change:
    """One field of a row that would change: what it is now and what it would be, as people read them."""

    field: str
    before: str
    after: str


def as_read(value: Any) -> str:
    """Return a value as people read it; empty for none."""
    if isinstance(value, date):
        return shown(value)
    return "" if value is None else str(value)


@dataclass(frozen=True)
class Question:
    """What has to be answered before anything can be applied, because it is never guessed."""

    about: str  # columns, words, dates or quarters
    field: str
    words: str  # the question, for a person
    cells: dict[str, int] = dataclasses.field(
        default_factory=dict
    )  # the words or cells that it is about, with how many rows


@dataclass
class PlannedRow:
    """What one row of the file would do."""

    number: int
    ref: str = ""
    title: str = ""
    outcome: str = RowOutcome.UNCHANGED
    wanted: list[tuple[str, Any, Any]] = field(default_factory=list)  # field, what it is now, what it would be
    notes: list[str] = field(default_factory=list)  # what was left empty or aside, naming the column
    reasons: list[str] = field(default_factory=list)  # why it is refused, naming the column
    rating_word: str = ""
    initiative_id: int | None = None
    deed: Any = None  # what `applying` writes for it

    @property
    def changes(self) -> list[Change]:
        """What would change, as people read it."""
        return [Change(name, as_read(before), as_read(after)) for name, before, after in self.wanted]

    def refuse(self, reason: str) -> None:
        """Say why the row cannot be taken."""
        self.reasons.append(reason)

    def settle(self, *, is_known: bool) -> None:
        """Say what becomes of the row, once everything about it has been planned."""
        if self.reasons:
            self.outcome, self.wanted, self.deed = RowOutcome.REFUSED, [], None
        elif self.wanted:
            self.outcome = RowOutcome.CHANGED if is_known else RowOutcome.NEW
        else:
            self.outcome, self.deed = RowOutcome.UNCHANGED, None


@dataclass
class Plan:
    """What a file would do, and what it does not say."""

    table: Table
    mapping: Mapping
    name: str  # of the file
    as_of: date | None
    day: date  # today, or the day that it tells of
    rows: list[PlannedRow] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    people: dict[str, int] = field(default_factory=dict)  # unknown people, and how many cells name them
    made_people: list[Any] = field(default_factory=list)  # accounts that would be made for them
    words: dict[str, dict[str, tuple[int, str]]] = field(default_factory=dict)  # field -> word -> rows, ours
    defaults: dict[str, tuple[str, int]] = field(default_factory=dict)  # field -> what it is taken as, rows
    notes: list[str] = field(default_factory=list)  # of the whole file
    left_aside: tuple[str, ...] = ()  # headings of columns that tell nothing that we keep

    @property
    def counts(self) -> dict[str, int]:
        """How many rows there are of each outcome."""
        found = Counter(row.outcome for row in self.rows)
        return {word.value: found[word] for word in RowOutcome}

    @property
    def ratings(self) -> dict[str, int]:
        """How many rows bear each rating word of the file's own, the most frequent first."""
        return dict(Counter(row.rating_word for row in self.rows if row.rating_word).most_common())

    @property
    def writes(self) -> bool:
        """Whether applying it would write anything."""
        return any(row.deed for row in self.rows)

    @property
    def fingerprint(self) -> str:
        """A sum of what it would do: what was looked at must be what is applied."""
        told = [
            (row.number, row.ref, row.outcome, [(name, str(now), str(then)) for name, now, then in row.wanted])
            for row in self.rows
        ]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:32]
