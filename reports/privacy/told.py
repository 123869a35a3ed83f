"""Everything that is held about one person, told to them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.apps import apps
from django.db.models import Q
from django.utils import dateformat, timezone

from accounts.models import User
from reports.privacy.declaration import HELD, Held, Source
from reports.privacy.document import how_long


@dataclass(frozen=True)
class Part:
    """Rows of one table that are a person's, newest first; `more` says that there are older ones."""

    name: str
    headings: list[str]
    rows: list[list[Any]]
    more: bool

    @property
    def shown(self) -> list[list[str]]:
        """The rows as a page shows them."""
        return [[_shown(value) for value in row] for row in self.rows]


@dataclass(frozen=True)
class Section:
    """One kind of thing that is held, with the rows that are the person's."""

    held: Held
    how_long: str
    parts: list[Part]


def told(person: User, most: int | None = None) -> Iterator[Section]:
    """Yield everything that is held about the person, one query a table; at most the `most` newest rows of each."""
    for held in HELD:
        parts = [_part(source, person, most) for source in held.sources]
        yield Section(held, how_long(held), [part for part in parts if part.rows])


def as_json(person: User) -> dict[str, Any]:
    """Return all of it as JSON holds it."""
    return {
        "username": person.username,
        "held": [
            {
                "name": section.held.name,
                "what": section.held.what,
                "why": section.held.why,
                "basis": section.held.basis,
                "how_long": section.how_long,
                "rows": {
                    part.name: [dict(zip(part.headings, row, strict=True)) for row in part.rows]
                    for part in section.parts
                },
            }
            for section in told(person)
        ],
    }


def _part(source: Source, person: User, most: int | None) -> Part:
    model = apps.get_model(source.model)
    theirs = Q(*((path, person.pk) for path in source.theirs), _connector=Q.OR)
    rows = model._base_manager.filter(theirs).order_by("-pk").values_list(*source.theirs, *source.told)
    found = list(rows if most is None else rows[: most + 1])
    many = len(source.theirs)
    several = many > 1
    return Part(
        name=_name(model),
        headings=["You are", *map(_heading, source.told)] if several else [*map(_heading, source.told)],
        rows=[[*([_as(source, row[:many], person)] if several else []), *row[many:]] for row in found[:most]],
        more=most is not None and len(found) > most,
    )


def _as(source: Source, ids: tuple[Any, ...], person: User) -> str:
    return ", ".join(_heading(path).lower() for path, id_ in zip(source.theirs, ids, strict=True) if id_ == person.pk)


def _name(model: Any) -> str:
    versions_of = getattr(model, "instance_type", None)  # of a table of versions
    return (
        f"Versions of {versions_of._meta.verbose_name}" if versions_of else str(model._meta.verbose_name).capitalize()
    )


def _heading(path: str) -> str:
    return path.removesuffix("__ref").rpartition("__")[2].replace("_", " ").capitalize()


def _shown(value: Any) -> str:
    if isinstance(value, datetime):
        return dateformat.format(timezone.localtime(value), "j M Y, H:i")
    if isinstance(value, date):
        return dateformat.format(value, "j M Y")
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, (list, tuple)):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)
