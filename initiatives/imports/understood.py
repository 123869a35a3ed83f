"""A file as its mapping understands it: what the steps of an import show, and ask, before anything is planned."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from initiatives.imports import dates
from initiatives.imports.actions import table_of
from initiatives.imports.cells import Cells, same_word
from initiatives.imports.dates import Orders
from initiatives.imports.fields import Cell, Field, fields_of, guessed_columns
from initiatives.imports.known import Known
from initiatives.imports.mapping import BadMapping, Mapping, from_json, guessed
from initiatives.imports.tables import Table
from initiatives.models import Import

SAMPLES = 3  # cells of a column


@dataclass(frozen=True)
class DateColumn:
    """A column of dates: in which order they are written, as far as they tell, and some of them."""

    field: Field
    headings: tuple[str, ...]
    found: Orders
    samples: tuple[str, ...]


@dataclass(frozen=True)
class Word:
    """A word of a file: in how many rows it stands, and what it means here, if that is known."""

    word: str
    rows: int
    ours: str = ""


@dataclass(frozen=True)
class WordColumn:
    """A column of words: those that are our own, and those that somebody has to give a meaning."""

    field: Field
    heading: str
    choices: tuple[tuple[str, str], ...]
    understood: tuple[Word, ...]
    others: tuple[Word, ...]


class Understood:
    """A file that somebody brought, read as its mapping says. Raises `Unreadable`.

    A mapping whose words, people or defaults cannot be used does not stand in the way of saying them anew: `wrong` says
    why, and they are left out.
    """

    def __init__(self, draft: Import, today: date) -> None:
        self.draft, self.table, self.mapping = draft, table_of(draft), from_json(draft.mapping)
        self.fields = fields_of(self.mapping.kind)
        self.known = Known(draft.as_of or today, draft.as_of)
        self.wrong = ""
        try:
            self.cells = Cells(self.table, self.mapping, self.known)
        except BadMapping as bad:
            self.wrong = str(bad)
            self.cells = Cells(self.table, self.mapping.but(words={}, people={}, defaults={}), self.known)

    def checked(self, mapping: Mapping) -> Mapping:
        """Return a mapping that can be used with this file; raises `BadMapping`."""
        Cells(self.table, mapping, self.known)
        return mapping

    def date_columns(self) -> list[DateColumn]:
        """Return the columns that tell days."""
        return [
            DateColumn(
                field, self.mapping.columns[name], dates.orders(cells := self._column(name)), tuple(cells)[:SAMPLES]
            )
            for name, field in self.fields.items()
            if field.cell is Cell.DATE and self.cells.has(name)
        ]

    def word_columns(self) -> list[WordColumn]:
        """Return the columns that tell words of ours, with every word that they hold."""
        own = Cells(self.table, self.mapping.but(words={}, people={}), self.known)
        found = []
        for name, words in own.words.items():
            if not (choices := own.choices(name)):
                continue
            given = {same_word(word) for word in self.mapping.words.get(name, {})}
            told = [Word(word, rows, ours) for word, (rows, ours) in words.items()]
            understood = tuple(word for word in told if word.ours and same_word(word.word) not in given)
            others = tuple(word for word in told if word not in understood)
            found.append(WordColumn(self.fields[name], own.heading(name), choices, understood, others))
        return found

    def unknown_people(self) -> dict[str, int]:
        """Return whom the file names and the portal does not know, and in how many cells."""
        return dict(Cells(self.table, self.mapping.but(words={}, people={}), self.known).people.most_common())

    def samples(self) -> dict[str, list[str]]:
        """Return some different cells of every column, by its heading."""
        found: dict[str, list[str]] = {heading: [] for heading in self.table.headers}
        wanting = dict(enumerate(self.table.headers))
        for row in self.table.rows:
            for place in list(wanting):
                cell, kept = row.cells[place].strip(), found[wanting[place]]
                if cell and cell not in kept:
                    kept.append(cell)
                if len(kept) == SAMPLES:
                    del wanting[place]
            if not wanting:
                break
        return found

    def _column(self, name: str) -> Counter[str]:
        return Counter(text for row in self.table.rows if (text := self.cells.text(row, name)))


def for_another_kind(mapping: Mapping, table: Table, kind: str) -> Mapping:
    """Return what a table's headings suggest when its rows are of another kind; only the reading and people stay."""
    return guessed(table, kind).but(file=mapping.file, people=mapping.people)


def for_other_headings(mapping: Mapping, headers: Iterable[str]) -> Mapping:
    """Return a mapping whose columns a table that was read otherwise has; guessed where it has none of them."""
    there = tuple(headers)
    columns = {
        name: kept
        for name, headings in mapping.columns.items()
        if (kept := tuple(heading for heading in headings if heading in there))
    }
    if not columns:
        columns = guessed_columns(mapping.kind, there)
    return mapping.but(columns=columns)
