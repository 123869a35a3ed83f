"""The strategy's words as they stood at the end of a day."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from accounts.history import end_of, named, standing, versions
from pillars.models import Aim, Commitment, Pillar


@dataclass(frozen=True, slots=True)
class PillarAt:
    """A pillar as at a day; `stood` is false when it had not been set up by then (imports may speak of before)."""

    id: int
    slug: str
    name: str
    statement: str
    order: int
    shape: str
    colour: int
    stood: bool


@dataclass(frozen=True, slots=True)
class AimAt:
    id: int
    code: str
    name: str
    stood: bool


@dataclass(frozen=True, slots=True)
class CommitmentAt:
    id: int
    code: str
    name: str
    summary: str
    aim: AimAt
    stood: bool


@dataclass(frozen=True, slots=True)
class StrategyAt:
    """Pillars, aims and commitments by id, each in the strategy's order."""

    pillars: dict[int, PillarAt]
    aims: dict[int, AimAt]
    commitments: dict[int, CommitmentAt]


class StrategyHistory:
    """Every version of the strategy's words, read in three queries."""

    def __init__(self) -> None:
        self._pillars = versions(Pillar, "slug", "name", "statement", "order", "shape", "colour")
        self._commitments = versions(Commitment, "code", "name", "summary", "aim_id")
        self._aims = versions(Aim, "code", "name")  # after commitments, so that none lacks its aim

    def at(self, day: date) -> StrategyAt:
        """Return the strategy's words as they had been recorded by the end of the day."""
        moment = end_of(day)

        def words(found: dict[int, list[Any]]) -> Iterator[tuple[Any, bool]]:
            for rows in found.values():
                yield named(rows, moment), standing(rows, moment) is not None

        pillars = [
            PillarAt(row.id, row.slug, row.name, row.statement, row.order, row.shape, row.colour, stood)
            for row, stood in words(self._pillars)
        ]
        aims = {row.id: AimAt(row.id, row.code, row.name, stood) for row, stood in words(self._aims)}
        commitments = [
            CommitmentAt(row.id, row.code, row.name, row.summary, aims[row.aim_id], stood)
            for row, stood in words(self._commitments)
        ]
        return StrategyAt(
            pillars={p.id: p for p in sorted(pillars, key=lambda p: (p.order, p.slug))},
            aims={a.id: a for a in sorted(aims.values(), key=lambda a: (len(a.code), a.code))},
            commitments={c.id: c for c in sorted(commitments, key=lambda c: (len(c.code), c.code))},
        )
