"""The record in words: who changed what of which thing, from what to what, and by which way."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

from accounts.history import LONDON
from accounts.models import User
from accounts.record.declared import tables
from accounts.record.models import Entry, Kind, Way
from accounts.record.replaying import as_held
from initiatives.models import ImportedRow, Initiative, Milestone
from pillars.models import Aim, Commitment, Pillar

# What administrators alone may read: addresses, and who holds which role.
HIDDEN = {"accounts_user": {"email"}, "accounts_rolegrant": {"role"}, "accounts_accesstoken": {"beginning"}}
PAST_THE_PORTAL = "In the database, past the portal"
FORGOTTEN = "a person whose name is no longer kept"


@dataclass(frozen=True)
class Change:
    """One column of a row: its name in words, and what it held before and after."""

    name: str
    before: str
    after: str


@dataclass(frozen=True)
class Line:
    """One entry in words."""

    entry: Entry
    who: str
    what: str
    changes: Sequence[Change]
    way: str


class Words:
    """Names for everything that entries speak of, each kind read once and only when it is asked for."""

    def __init__(self, *, all_of_it: bool) -> None:
        self.all_of_it = all_of_it

    @cached_property
    def people(self) -> dict[int, str]:
        return dict(User.objects.values_list("pk", "name"))

    @cached_property
    def others(self) -> dict[type[models.Model], dict[int, str]]:
        """What other rows are called, by their model."""
        refs = dict(Initiative.objects.values_list("pk", "ref"))
        milestones = Milestone.objects.values_list("pk", "initiative_id", "number")
        return {
            User: self.people,
            Initiative: refs,
            Milestone: {pk: f"{refs.get(of, '')}-M{number:02d}" for pk, of, number in milestones},
            Pillar: dict(Pillar.objects.values_list("pk", "name")),
            Aim: dict(Aim.objects.values_list("pk", "code")),
            Commitment: dict(Commitment.objects.values_list("pk", "code")),
        }

    def person(self, id_: int | None) -> str:
        """Name a person as they are called today."""
        return "" if id_ is None else self.people.get(id_, FORGOTTEN)

    def thing(self, thing: str) -> str:
        """Name what a row is part of: initiative DS-001."""
        name, _, key = thing.partition("/")
        table = tables().get(name)
        if table is None or not key.isdigit():
            return ""
        called = self.others.get(table.model, {}).get(int(key), f"number {key}")
        return f"{table.model._meta.verbose_name} {called}"

    def values(self, entry: Entry) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return what a row held before and after, without what this reader may not read."""
        before, after = (json.loads(text) if text else {} for text in (entry.before, entry.after))
        personal = json.loads(entry.personal) if entry.personal else {}
        hidden = set() if self.all_of_it else HIDDEN.get(entry.table, set())
        found = (before | personal.get("before", {}), after | personal.get("after", {}))
        return tuple({k: "(hidden)" if k in hidden and v else v for k, v in of.items()} for of in found)  # type: ignore[return-value]

    def changes(self, entry: Entry) -> list[Change]:
        """Return each column in words."""
        table = tables().get(entry.table)
        if table is None:
            return []
        before, after = self.values(entry)
        fields = {str(field.column): field for field in table.model._meta.concrete_fields}
        return [
            Change(
                str(fields[name].verbose_name) if name in fields else name,
                self._said(fields.get(name), before.get(name)),
                self._said(fields.get(name), after.get(name)),
            )
            for name in dict.fromkeys((*fields, *before, *after))
            if name in before or name in after
            if entry.kind == Kind.CHANGED or (name != table.key and (before | after)[name] not in (None, ""))
        ]

    def _said(self, field: Any, value: Any) -> str:
        if value is None or value == "":
            return ""
        if field is None or value == "(hidden)":
            return str(value)
        if isinstance(field, models.ForeignKey):
            called = self.others.get(field.related_model, {}).get(value)
            return called or f"number {value}"
        try:
            held = as_held(field, value)
        except (ValidationError, ValueError, TypeError):  # an older version of the portal held it otherwise
            return str(value)
        if isinstance(held, datetime):
            return f"{timezone.localtime(held, LONDON):%Y-%m-%d %H:%M:%S}"
        if isinstance(held, bool):
            return "yes" if held else "no"
        if isinstance(held, date):
            return held.isoformat()
        return str(dict(field.flatchoices).get(held, held)) if field.flatchoices else str(held)


def lines(entries: Sequence[Entry], *, all_of_it: bool) -> list[Line]:
    """Return entries in words, in a constant number of queries; `all_of_it` also what administrators alone may read."""
    words, rows = Words(all_of_it=all_of_it), rows_of_files(entries)
    return [
        Line(
            entry=entry,
            who=words.person(entry.by),
            what=_what(words, entry),
            changes=words.changes(entry),
            way=(Way(entry.way).label if entry.way else PAST_THE_PORTAL) + rows.get(entry.pk, ""),
        )
        for entry in entries
    ]


def _what(words: Words, entry: Entry) -> str:
    table = tables().get(entry.table)
    kind = Kind(entry.kind).label
    if table is None:
        return kind
    own, thing = str(table.model._meta.verbose_name), words.thing(entry.thing)
    return f"{kind}: {thing}" if thing.startswith(own) else f"{kind}: {own} of {thing}"


def rows_of_files(entries: Iterable[Entry]) -> dict[int, str]:
    """Say of what an import wrote which rows of its file told it, by entry; in one query."""
    of = {}
    for entry in entries:
        name, _, key = entry.thing.partition("/")
        number = entry.reason.removeprefix("import ").partition(":")[0]
        if entry.way == Way.IMPORT and name == Initiative._meta.db_table and number.isdigit():
            of[entry.pk] = (int(number), int(key))
    if not of:
        return {}
    pairs = set(of.values())
    found: dict[tuple[int, int], list[int]] = {}
    imported = ImportedRow.objects.filter(
        of_id__in={number for number, _ in pairs}, initiative_id__in={id_ for _, id_ in pairs}
    )
    for of_id, initiative_id, row in imported.order_by("number").values_list("of_id", "initiative_id", "number"):
        found.setdefault((of_id, initiative_id or 0), []).append(row)
    told = {pair: f", row {', '.join(map(str, rows[:10]))}" for pair, rows in found.items()}
    return {entry: told[pair] for entry, pair in of.items() if pair in told}
