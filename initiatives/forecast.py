"""How the end that was expected of one initiative changed, as it became known. No queries."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from accounts.history import LONDON, end_of, standing
from initiatives.as_at import InitiativeAt


class Cause(StrEnum):
    """Why an initiative's end is another than before."""

    FIRST = "first promised"
    MOVED = "moved"
    ADDED = "milestone added"
    CORRECTED = "promise corrected"


@dataclass(frozen=True)
class EndKnown:
    """The end that was expected from a day on."""

    known_on: date
    ends_on: date
    cause: Cause


def ends_known(initiative: InitiativeAt) -> list[EndKnown]:
    """Return the end first promised, then every other that became known by the initiative's day; none without one.

    The last is its `ends_on`. What was withdrawn keeps its date there, and so it does here.
    """
    found: list[EndKnown] = []
    before: InitiativeAt | None = None
    for then in _changes(initiative):
        if then.ends_on and not found:
            found.append(EndKnown(then.day, then.first_ends_on or then.ends_on, Cause.FIRST))
            before = then
        if then.ends_on and then.ends_on != found[-1].ends_on:
            found.append(EndKnown(then.day, then.ends_on, _cause(before or then, then)))
        before = then
    return found


def _changes(initiative: InitiativeAt) -> Iterator[InitiativeAt]:
    """Yield how the initiative stood at the end of each day that may have changed its end."""
    records = initiative.records
    moments: list[datetime] = [row.history_date for row in records.versions]
    moments += [row.recorded_at for row in records.moves]
    moments += [row.history_date for milestone in records.milestones.values() for row in milestone.versions]
    for day in sorted({moment.astimezone(LONDON).date() for moment in moments}):
        version = standing(records.versions, end_of(day))
        if day <= initiative.day and version is not None:
            yield replace(initiative, day=day, promised_end_on=version.promised_end_on)


def _cause(before: InitiativeAt, now: InitiativeAt) -> Cause:
    known = {milestone.id for milestone in before.milestones}
    last = {milestone.id for milestone in now.milestones if milestone.due_on == now.ends_on}
    if last and not last & known:
        return Cause.ADDED
    if not now.milestones and now.date_moves == before.date_moves and now is not before:
        return Cause.CORRECTED
    return Cause.MOVED
