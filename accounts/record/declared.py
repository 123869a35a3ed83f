"""What is in the record. Each app declares its own models, as `record` of its configuration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.apps import apps
from django.db import models


@dataclass(frozen=True)
class Kept:
    """A model whose rows are in the record.

    `thing` names what its rows are part of, on whose page they are told: the model, and the SQL of its id, in which
    {row} is the row; without, a row is its own thing. `without` are columns that are left out, each with why.
    `personal` are columns that tell who somebody is: they can be forgotten while the chain holds.
    """

    model: str
    thing: tuple[str, str] | None = None
    without: Mapping[str, str] = field(default_factory=dict)
    personal: tuple[str, ...] = ()


@dataclass(frozen=True)
class Declared:
    """What one app has in the record, which of its models are not in it and why, and whose rows are only ever added."""

    kept: tuple[Kept, ...]
    excused: Mapping[str, str] = field(default_factory=dict)
    only_added: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """A table in the record, with the columns that are told and those that tell who somebody is."""

    model: type[models.Model]
    name: str
    key: str
    told: tuple[str, ...]
    personal: tuple[str, ...]
    left_out: tuple[str, ...]
    _thing: tuple[str, str] | None

    def thing(self, row: str) -> str:
        """Return the SQL of what a row is part of: `initiatives_initiative/12`."""
        own = f"'{self.name}/' || CAST({row}.{self.key} AS text)"
        if self._thing is None:
            return own
        model, id_ = self._thing
        return f"coalesce('{apps.get_model(model)._meta.db_table}/' || CAST(({id_.format(row=row)}) AS text), {own})"


def declared() -> dict[str, Declared]:
    """Return what each app declares, by its label."""
    return {config.label: config.record for config in apps.get_app_configs() if hasattr(config, "record")}


@cache
def tables() -> dict[str, Table]:
    """Return the tables of the record by name."""
    found = {}
    for label, app in declared().items():
        for kept in app.kept:
            table = _table(apps.get_model(label, kept.model), kept)
            found[table.name] = table
    return found


def _table(model: type[models.Model], kept: Kept) -> Table:
    columns = [str(column.column) for column in model._meta.concrete_fields]
    if unknown := ({*kept.without, *kept.personal}) - set(columns):
        raise LookupError(f"{kept.model} has no columns {', '.join(sorted(unknown))}")
    told = tuple(name for name in columns if name not in kept.without and name not in kept.personal)
    key = str(model._meta.pk.column)
    return Table(model, model._meta.db_table, key, told, kept.personal, tuple(kept.without), kept.thing)


@cache
def only_added() -> tuple[str, ...]:
    """Return the tables whose rows the database lets nobody change or take away: history, versions and the record."""
    named = [apps.get_model(label, name) for label, app in declared().items() for name in app.only_added]
    versions: list[Any] = [model.history.model for model in apps.get_models() if hasattr(model, "history")]
    return tuple(sorted(model._meta.db_table for model in (*named, *versions)))
