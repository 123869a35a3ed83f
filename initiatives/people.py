"""The people behind the work: whose people have left, and who stands in on which days."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q

from accounts.models import User
from initiatives.as_at import Portfolio, ref_order
from initiatives.models import Initiative, StandIn
from initiatives.status import Part


# --- Those who have left --------------------------------------------------------------------------
@dataclass(frozen=True)
class Orphan:
    """An initiative that names somebody who has left, and as what; or that has no owner."""

    initiative: Initiative
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Leaver:
    """Somebody who has left, with the open work that names them still. Nobody: work without an owner."""

    person: User | None
    orphans: tuple[Orphan, ...]

    @property
    def key(self) -> str:
        """The word by which a form names them."""
        return str(self.person.pk) if self.person else "nobody"


def orphaned(today: Portfolio) -> list[Initiative]:
    """Return today's open initiatives that have no owner or name somebody who has left, in the order of ref.

    One query, beside those of the portfolio.
    """
    has_left = Q(owner=None) | Q(owner__is_active=False) | Q(deputy__is_active=False) | Q(sponsor__is_active=False)
    live = {initiative.id for initiative in today.initiatives if initiative.stage.is_live}
    rows = Initiative.objects.filter(has_left).select_related(*Part.values)
    return sorted((row for row in rows if row.pk in live), key=lambda row: ref_order(row.ref))


def leavers(orphaned: Iterable[Initiative]) -> list[Leaver]:
    """Group orphaned work by who has left, in the order of their names; work without an owner comes last."""
    rows = list(orphaned)
    people = {person for row in rows for person in _named(row).values() if person and not person.is_active}
    found = [_leaver(person, rows) for person in sorted(people, key=lambda person: (person.name, person.pk))]
    without_owner = _leaver(None, rows)
    return [*found, without_owner] if without_owner.orphans else found


def _leaver(person: User | None, rows: Iterable[Initiative]) -> Leaver:
    named = ((row, parts_of(row, person)) for row in rows)
    return Leaver(person, tuple(Orphan(row, parts) for row, parts in named if parts))


def parts_of(initiative: Initiative, person: User | None) -> tuple[Part, ...]:
    """Return the parts in which an initiative names a person. Nobody: its owner, when it has none."""
    if person is None:
        return () if initiative.owner_id else (Part.OWNER,)
    return tuple(part for part, named in _named(initiative).items() if named == person)


def _named(initiative: Initiative) -> dict[Part, User | None]:
    return {part: getattr(initiative, part) for part in Part}


# --- Those who stand in ---------------------------------------------------------------------------
@dataclass(frozen=True)
class Cover:
    """Somebody who is deputy for some days, the last one included."""

    person: User
    starts_on: date
    ends_on: date


def cover(rows: Sequence[StandIn], day: date) -> list[Cover]:
    """Return who stands in from the day on, soonest first, given what was recorded in its order.

    Each day belongs to whoever was recorded last for it, so a longer stand-in may come in pieces.
    """
    last = max((row.ends_on for row in rows), default=day)
    found: list[Cover] = []
    for on in (day + timedelta(days=n) for n in range((last - day).days + 1)):
        covering = [row for row in rows if row.starts_on <= on <= row.ends_on]
        person = covering[-1].person if covering else None
        if person and found and (found[-1].person, found[-1].ends_on) == (person, on - timedelta(days=1)):
            found[-1] = Cover(person, found[-1].starts_on, on)
        elif person:
            found.append(Cover(person, on, on))
    return found
