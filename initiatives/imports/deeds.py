"""What a row of a file would write, worked out beforehand."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any


@dataclass
class InitiativeDeed:
    """What a row writes of an initiative. `attributes` is the whole version, None when it stays as it is."""

    ref: str
    id: int | None  # None for one that is to be made
    is_current: bool  # whether its row becomes this version; not where later ones were recorded
    attributes: dict[str, Any] | None = None
    stage: tuple[str, date] | None = None
    update: dict[str, Any] | None = None
    move: tuple[date, date, str] | None = None  # from, to, why
    also_adds: set[int] = field(default_factory=set)  # pillars
    also_removes: set[int] = field(default_factory=set)
    serves_adds: set[int] = field(default_factory=set)  # commitments
    serves_removes: set[int] = field(default_factory=set)
    strength: str = ""
    until: datetime | None = None  # when its own records begin: what a file of the past adds ends there


@dataclass
class MilestoneDeed:
    """What a row writes of a milestone."""

    initiative_id: int
    number: int
    id: int | None
    attributes: dict[str, Any] | None = None
    move: tuple[date, date, str] | None = None
    done_on: date | None = None
    withdrawal: tuple[date, str] | None = None
    needs: list[str] = field(default_factory=list)  # refs of milestones of others
