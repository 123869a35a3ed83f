"""How one file is understood: which columns tell what, what its words mean, and what it does not say.

A mapping is made by hand, in steps on a page or as a JSON file, and can be kept under a name for the next file.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping as Dictionary
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from initiatives.imports.fields import fields_of, guessed_columns, guessed_kind
from initiatives.imports.tables import Asked, Table
from initiatives.status import ImportKind

ANY_OTHER = "*"  # among words: whatever is not listed
ORDERS = ("day-first", "month-first")
QUARTERS = ("financial", "calendar")
NOTHING = ""  # what a word or a person may mean: leave it empty
MAKE = "+"  # what a person may mean: make an account without a role


class BadMapping(ValueError):
    """Raised when a mapping cannot be used; the message says what is allowed."""


@dataclass(frozen=True)
class Mapping:
    """How a file is understood."""

    kind: str = ImportKind.INITIATIVES
    columns: Dictionary[str, tuple[str, ...]] = field(
        default_factory=dict
    )  # field -> headings, the first that is filled
    words: Dictionary[str, Dictionary[str, str]] = field(default_factory=dict)  # field -> their word -> ours
    people: Dictionary[str, str] = field(default_factory=dict)  # their name -> username, MAKE or NOTHING
    defaults: Dictionary[str, str] = field(default_factory=dict)  # field -> our word, for rows that do not say
    dates: Dictionary[str, str] = field(default_factory=dict)  # field -> day-first or month-first
    quarters: Dictionary[str, str] = field(default_factory=dict)  # field -> financial or calendar
    file: Asked = field(default_factory=Asked)

    def as_json(self) -> dict[str, Any]:
        """Return it as it is kept and as `--mapping` reads it, leaving out what it does not say."""
        told = asdict(self) | {"columns": {name: list(headings) for name, headings in self.columns.items()}}
        told["file"] = {name: value for name, value in told["file"].items() if value}
        return {name: value for name, value in told.items() if value}

    def but(self, **changes: Any) -> Mapping:
        """Return it with something said otherwise."""
        return replace(self, **changes)


def guessed(table: Table, kind: str = "") -> Mapping:
    """Return what a table's headings suggest. Words and people are never guessed."""
    of = kind or guessed_kind(table.headers)
    return Mapping(kind=of, columns=guessed_columns(of, table.headers))


def for_table(mapping: Mapping, table: Table) -> Mapping:
    """Return a mapping that was made for another file as it fits this one: namesakes of its columns tell the same."""
    named = {heading for headings in mapping.columns.values() for heading in headings}
    columns = {}
    for name, headings in mapping.columns.items():
        more = [h for h in table.headers if h not in named and re.sub(r" \(\d+\)$", "", h) in headings]
        columns[name] = (*headings, *more)
    return mapping.but(columns=columns)


def from_json(told: Any) -> Mapping:
    """Read a mapping as `as_json` gives it; raises `BadMapping` with what is allowed."""
    if not isinstance(told, dict):
        raise BadMapping("A mapping is a JSON object.")
    allowed = set(Mapping.__dataclass_fields__)
    if unknown := sorted(set(told) - allowed):
        raise BadMapping(f"“{unknown[0]}” is not a part of a mapping. Its parts are: {', '.join(sorted(allowed))}.")
    kind = told.get("kind", ImportKind.INITIATIVES)
    if kind not in ImportKind.values:
        raise BadMapping(f"kind is one of: {', '.join(ImportKind.values)}.")
    columns = _part(told, "columns", kind)
    found: dict[str, Any] = {
        "kind": kind,
        "columns": {name: _headings(name, headings) for name, headings in columns.items()},
        "words": {name: _texts(f"words of {name}", words) for name, words in _part(told, "words", kind).items()},
        "people": _texts("people", told.get("people", {})),
    }
    for part, words in (("defaults", None), ("dates", ORDERS), ("quarters", QUARTERS)):
        found[part] = _texts(part, _part(told, part, kind), words)
    file = _texts("file", {k: str(v) for k, v in _dictionary("file", told.get("file", {})).items()})
    if unknown := sorted(set(file) - set(Asked.__dataclass_fields__)):
        raise BadMapping(f"file: “{unknown[0]}” is not one of: {', '.join(Asked.__dataclass_fields__)}.")
    header_row = file.pop("header_row", "0")
    if not (header_row.isascii() and header_row.isdigit() and len(header_row) < 7):
        raise BadMapping("file: header_row is the number of a row.")
    return Mapping(**found, file=Asked(**file, header_row=int(header_row)))


def from_text(text: str | bytes) -> Mapping:
    """Read the mapping of a file; raises `BadMapping`."""
    try:
        return from_json(json.loads(text))
    except (ValueError, RecursionError) as error:
        if isinstance(error, BadMapping):
            raise
        raise BadMapping(f"The mapping is not JSON: {error}") from error


def _dictionary(part: str, told: Any) -> dict[str, Any]:
    if not isinstance(told, dict):
        raise BadMapping(f"{part} is a JSON object.")
    return told


def _part(told: dict[str, Any], part: str, kind: str) -> dict[str, Any]:
    """Return a part whose keys are fields."""
    found = _dictionary(part, told.get(part, {}))
    allowed = {*fields_of(kind), "ref_prefix"} if part == "defaults" else set(fields_of(kind))
    if unknown := sorted(set(found) - allowed):
        raise BadMapping(
            f"{part}: “{unknown[0]}” is not a field of {kind}. The fields are: {', '.join(sorted(allowed))}."
        )
    return found


def _headings(name: str, headings: Any) -> tuple[str, ...]:
    found = [headings] if isinstance(headings, str) else headings
    if not (isinstance(found, list | tuple) and all(isinstance(heading, str) for heading in found)):
        raise BadMapping(f"columns: {name} names a heading, or a list of headings.")
    return tuple(heading for heading in found if heading)


def _texts(part: str, told: Any, allowed: tuple[str, ...] | None = None) -> dict[str, str]:
    found = {name: NOTHING if value is None else value for name, value in _dictionary(part, told).items()}
    for name, value in found.items():
        if not isinstance(value, str | int) or isinstance(value, bool):
            raise BadMapping(f"{part}: {name} is a text.")
        if allowed is not None and value not in allowed:
            raise BadMapping(f"{part}: {name} is one of: {', '.join(allowed)}.")
    return {name: str(value) for name, value in found.items()}
