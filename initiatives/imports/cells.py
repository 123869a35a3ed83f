"""Reading the cells of a file as its mapping says, and gathering what the mapping does not say."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from accounts.words import as_kept, trouble
from initiatives.imports import dates, numbers
from initiatives.imports.fields import PREFIX, Cell, Field, fields_of
from initiatives.imports.known import Known
from initiatives.imports.mapping import ANY_OTHER, MAKE, NOTHING, ORDERS, QUARTERS, BadMapping, Mapping
from initiatives.imports.planning import PlannedRow, Question
from initiatives.imports.tables import Row, Table
from initiatives.status import ImportKind

COMPLETE = "complete"  # what a rating may mean beside our own: that the work is complete (often said in blue)
MOST_WORDS = 100  # different words of a column to show in a question
_LIST = re.compile(r"[;\n]")


@dataclass(eq=False)
class MadePerson:
    """Somebody for whom an account will be made, without a role: `id` is known once it has been."""

    username: str
    name: str
    email: str
    id: int = 0

    def __str__(self) -> str:
        return f"{self.name} (a new account)"


class Meaning(NamedTuple):
    """What a cell means; or what to note where it is left empty, or why its row is refused."""

    value: Any
    note: str = ""
    reason: str = ""


def tidy(text: str) -> str:
    """Return a text on one line: what a short field holds, and what words are compared by."""
    return " ".join(text.split())


def same_word(text: str) -> str:
    """Return what two spellings of a word have in common."""
    return re.sub(r"[\s_-]+", " ", text).strip().casefold()


class Cells:
    """The cells of a file, read as the mapping says. What it does not say becomes a question."""

    def __init__(self, table: Table, mapping: Mapping, known: Known) -> None:
        self.table, self.mapping, self.known = table, mapping, known
        self.fields = fields_of(mapping.kind)
        places = {heading: place for place, heading in enumerate(table.headers)}
        self._places = {
            name: found
            for name, headings in mapping.columns.items()
            if (found := [places[heading] for heading in headings if heading in places])
        }
        self.questions: list[Question] = []
        self.notes: list[str] = []
        self.people: Counter[str] = Counter()
        self.made: dict[str, MadePerson] = {}
        self.words: dict[str, dict[str, tuple[int, str]]] = {}
        self._ours = {name: self._our_words(field) for name, field in self.fields.items()}
        self._meanings = {name: self._meanings_of(self.fields[name]) for name in self._places}
        self.defaults = self._read_defaults()

    @property
    def left_aside(self) -> tuple[str, ...]:
        """The headings of columns that tell nothing."""
        used = {place for places in self._places.values() for place in places}
        return tuple(heading for place, heading in enumerate(self.table.headers) if place not in used)

    def has(self, name: str) -> bool:
        """Say whether any column tells the field."""
        return name in self._places

    def heading(self, name: str) -> str:
        """Return the heading of the column that tells a field."""
        return self.table.headers[self._places[name][0]]

    def text(self, row: Row, name: str) -> str:
        """Return what the first filled column of a field holds."""
        for place in self._places.get(name, ()):
            if found := row.cells[place].strip():
                return found
        return ""

    def _column(self, name: str) -> Counter[str]:
        return Counter(found for row in self.table.rows if (found := self.text(row, name)))

    def choices(self, name: str) -> tuple[tuple[str, str], ...]:
        """Return our words for a field, each with its label."""
        if name in ("pillar", "also_contributes_to"):
            return tuple((p.slug, p.name) for p in self.known.strategy.pillars.values())
        if name == "commitments":
            return tuple((c.code, c.name) for c in self.known.strategy.commitments.values())
        return self.fields[name].choices

    def _our_words(self, field: Field) -> dict[str, str]:
        if field.cell not in (Cell.WORD, Cell.WORDS):
            return {}
        choices = self.choices(field.name)
        found = {same_word(label): word for word, label in choices}
        return found | {same_word(word): word for word, _ in choices}

    def _allowed(self, name: str) -> set[str]:
        more = {COMPLETE} if name == "rag" else set()
        return set(self._ours[name].values()) | more | {NOTHING}

    def _meanings_of(self, field: Field) -> dict[str, Meaning] | None:
        """Return what each different cell of a field means, worked out once; None where every cell is its own."""
        if field.cell is Cell.TEXT:
            return None
        column = self._column(field.name)
        if field.cell is Cell.DATE:
            return self._dates(field, column)
        if field.cell is Cell.WHOLE:
            return {cell: self._number(field, cell) for cell in column}
        if field.cell is Cell.PERSON:
            return {cell: self._person(field, cell, times) for cell, times in column.items()}
        return self._words(field, column)

    # --- Words --------------------------------------------------------------------------------------
    def _words(self, field: Field, column: Counter[str]) -> dict[str, Meaning]:
        name = field.name
        given = self._given_words(name)
        parts = {cell: _parts(cell) if field.cell is Cell.WORDS else [tidy(cell)[:200]] for cell in column}
        met: Counter[str] = Counter()
        for cell, words in parts.items():
            for word in words:
                met[word] += column[cell]
        if met and not self.choices(name):
            self.notes.append(f"“{self.heading(name)}” is left aside: there are no {field.label.lower()} here yet")
            given = {ANY_OTHER: NOTHING}
        ours: dict[str, str | None] = {}
        for word in met:
            found = given.get(same_word(word), self._ours[name].get(same_word(word)))
            ours[word] = given.get(ANY_OTHER) if found is None else found
        self.words[name] = {word: (times, ours[word] or "") for word, times in met.most_common()}
        self._ask_words(field, {word: times for word, times in met.most_common() if ours[word] is None})
        if field.cell is Cell.WORDS:
            return {cell: Meaning([w for word in words if (w := ours[word])] or None) for cell, words in parts.items()}
        return {cell: Meaning(ours[words[0]] or None) for cell, words in parts.items()}

    def _given_words(self, name: str) -> dict[str, str]:
        given = {same_word(word): ours for word, ours in self.mapping.words.get(name, {}).items()}
        for word, ours in given.items():
            if ours not in self._allowed(name):
                allowed = ", ".join(sorted(self._allowed(name) - {NOTHING}))
                raise BadMapping(f"words of {name}: “{word}” cannot mean “{ours}”. It can mean: {allowed}, or nothing.")
        return given

    def _ask_words(self, field: Field, asked: dict[str, int]) -> None:
        if not asked:
            return
        words = f"What do these {len(asked)} words of “{self.heading(field.name)}” mean as {field.label.lower()}?"
        if len(asked) == 1:
            words = (
                f"What does “{next(iter(asked))[:60]}” of “{self.heading(field.name)}” mean as {field.label.lower()}?"
            )
        self.questions.append(Question("words", field.name, words, dict(list(asked.items())[:MOST_WORDS])))

    # --- Dates and numbers ----------------------------------------------------------------------------
    def _dates(self, field: Field, column: Counter[str]) -> dict[str, Meaning]:
        name = field.name
        found = dates.orders(column)
        order, quarters = self.mapping.dates.get(name), self.mapping.quarters.get(name)
        if found.day_order == "ask" and not order:
            words = f"Which comes first in the dates of “{self.heading(name)}”, the day or the month?"
            self._ask_about(column, Question("dates", name, words), found.day_samples)
        if found.quarters == "ask" and not quarters:
            words = f"Are the quarters of “{self.heading(name)}” financial (from April) or of the calendar year?"
            self._ask_about(column, Question("quarters", name, words), found.quarter_samples)
        reading: dict[str, Any] = {
            "day_order": order or (found.day_order if found.day_order in ORDERS else ORDERS[0]),
            "quarters": quarters or (found.quarters if found.quarters in QUARTERS else QUARTERS[0]),
            "edge": field.edge,
        }
        meanings = {}
        for cell in column:
            day = dates.read_date(cell, **reading)
            note = "" if day else f"{self.heading(name)}: “{tidy(cell)[:60]}” is no date, left empty"
            meanings[cell] = Meaning(day, note=note)
        return meanings

    def _ask_about(self, column: Counter[str], question: Question, samples: Iterable[str]) -> None:
        rows = Counter({tidy(cell): times for cell, times in column.items()})
        self.questions.append(replace(question, cells={cell: rows[cell] for cell in samples}))

    def _number(self, field: Field, cell: str) -> Meaning:
        number = whole(cell)
        if number is None and field.settable:
            reason = f"{self.heading(field.name)}: “{tidy(cell)[:60]}” is no whole number from 1 to 32,767"
            return Meaning(None, reason=reason)
        return Meaning(number)

    # --- People ---------------------------------------------------------------------------------------
    def _person(self, field: Field, cell: str, times: int) -> Meaning:
        known_as = tidy(cell)[:150]
        given = self.mapping.people.get(known_as)
        if words := trouble(known_as):
            return Meaning(None, note=f"{self.heading(field.name)}: {words} It is left as it is.")
        if given is None:
            found = self.known.person(known_as)
            if found is not None:
                return Meaning(found)
        elif given not in (MAKE, NOTHING):
            chosen = self.known.usernames.get(given)
            if chosen is None:
                raise BadMapping(f"people: nobody here has the username “{given[:60]}”.")
            return Meaning(chosen)
        is_shared = known_as.casefold() in self.known.namesakes
        if not is_shared and MAKE in (given, given is None and self.mapping.people.get(ANY_OTHER)):
            return Meaning(self._made(known_as))
        self.people[known_as] += times
        why = "is the name of several people" if is_shared else "is not known here"
        return Meaning(None, note=f"{self.heading(field.name)}: “{known_as}” {why}, left as it is")

    def _made(self, known_as: str) -> MadePerson:
        made = self.made.get(known_as.casefold())
        if made is None:
            email = known_as if re.fullmatch(r"[^\s@]+@[^\s@]+\.[^\s@]+", known_as) else ""
            name = known_as.partition("@")[0] if email else known_as
            made = MadePerson(self._free_username(name), name, email)
            self.made[known_as.casefold()] = made
        return made

    def _free_username(self, name: str) -> str:
        wanted = re.sub(r"[^\w.+-]+", ".", name.casefold()).strip(".")[:140] or "person"
        taken = {made.username for made in self.made.values()} | set(self.known.usernames)
        number, found = 2, wanted
        while found in taken:
            found, number = f"{wanted}{number}", number + 1
        return found

    # --- What the file does not say -------------------------------------------------------------------
    def _read_defaults(self) -> dict[str, str]:
        found = {name: field.default for name, field in self.fields.items() if field.default}
        if self.mapping.kind == ImportKind.INITIATIVES:
            found["ref_prefix"] = PREFIX
        for name, value in self.mapping.defaults.items():
            if name == "ref_prefix":
                if not re.fullmatch(r"[A-Z]{1,6}", value):
                    raise BadMapping("defaults: ref_prefix is one to six capital letters.")
            elif not self.fields[name].takes_default:
                raise BadMapping(f"defaults: {name} cannot be the same for every row.")
            elif self._ours[name]:
                parts = [self._ours[name].get(same_word(part)) for part in _LIST.split(value)] if value else []
                if None in parts:
                    raise BadMapping(
                        f"defaults: {name} is one of: {', '.join(sorted(set(self._ours[name].values())))}."
                    )
                value = "; ".join(filter(None, parts))
            elif self.fields[name].cell is Cell.WHOLE and not whole(value):
                raise BadMapping(f"defaults: {name} is a whole number from 1 to 32,767.")
            found[name] = value
        return {name: value for name, value in found.items() if value}

    # --- A row --------------------------------------------------------------------------------------
    def read(self, row: Row, into: PlannedRow) -> dict[str, Any]:
        """Return what a row tells, by field: only what its cells hold. Notes and reasons go into the planned row."""
        told: dict[str, Any] = {}
        for name, meanings in self._meanings.items():
            text = self.text(row, name)
            if not text:
                continue
            if meanings is None:
                value = self._text(name, text, into)
            else:
                value, note, reason = meanings[text]
                if note:
                    into.notes.append(note)
                if reason:
                    into.reasons.append(reason)
                if name == "rag":
                    into.rating_word = "" if trouble(text) else tidy(as_kept(text))[:200]
            if value is not None:
                told[name] = value
        return told

    def _text(self, name: str, text: str, into: PlannedRow) -> str | None:
        longest = self.fields[name].longest
        if words := trouble(text):
            into.reasons.append(f"{self.heading(name)}: {words}")
            return None
        text = as_kept(text) if longest > 200 else tidy(as_kept(text))
        if len(text) <= longest:
            return text
        into.reasons.append(f"{self.heading(name)}: {len(text):,} characters, where {longest:,} are allowed")
        return None


def _parts(cell: str) -> list[str]:
    return [word for part in _LIST.split(cell) if (word := tidy(part)[:200])]


def whole(text: str) -> int | None:
    """Return a whole number from 1 to 32,767, as a database's small number holds; None for anything else."""
    number = numbers.whole(text)
    return number if number is not None and 1 <= number <= 32_767 else None


def doubled(keys: Iterable[tuple[Any, int]]) -> dict[Any, list[int]]:
    """Return the keys that several rows bear, with the numbers of those rows."""
    found: dict[Any, list[int]] = defaultdict(list)
    for key, number in keys:
        found[key].append(number)
    return {key: numbers for key, numbers in found.items() if len(numbers) > 1}
