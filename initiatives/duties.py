"""What a person owes, and what became of what they said: one queue, soonest due first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from initiatives.as_at import InitiativeAt, Portfolio
from initiatives.periods import period
from initiatives.progress import MilestoneAt
from initiatives.status import Part, Status

SOON = timedelta(days=30)


@dataclass(frozen=True)
class Duty:
    """An update that a person owes, or will owe, as owner or as deputy."""

    initiative: InitiativeAt
    part: Part
    due_on: date
    day: date

    @property
    def is_owed(self) -> bool:
        """Whether it can be met now: the period in which it is due has begun."""
        return period(self.due_on, self.initiative.cadence)[0] <= self.day

    @property
    def days(self) -> int:
        """The days until it is due; negative when it was due before."""
        return (self.due_on - self.day).days

    @property
    def why(self) -> str:
        """Say in words why it is in the queue."""
        said = self.initiative.rag_said_on
        if said is None:
            since = f"{_on(self.initiative.began_on)}" if self.initiative.began_on else "it began"
            last = f"Nothing has been said since work began on {since}."
        else:
            last = f"Last said {self.initiative.rag} on {_on(said)}."
        if self.initiative.status == Status.NO_CURRENT_UPDATE:
            return f"{last} The board shows it as silent."
        return last


@dataclass(frozen=True)
class MilestoneDue:
    """A milestone of a person's that is late or due within 30 days."""

    initiative: InitiativeAt
    milestone: MilestoneAt
    days: int  # until it is due; negative when it is late


def duties(portfolio: Portfolio, person_id: int) -> list[Duty]:
    """Return every update that the person owes or will owe as owner or deputy, soonest due first."""
    found = []
    for initiative in portfolio.initiatives:
        part = part_of(initiative, person_id)
        if part and initiative.update_due_on:
            found.append(Duty(initiative, part, initiative.update_due_on, portfolio.day))
    return sorted(found, key=lambda duty: (duty.due_on, duty.part != Part.OWNER))


def owed(portfolio: Portfolio, person_id: int) -> list[Duty]:
    """Return the updates that can be met now, soonest due first: the queue."""
    return [duty for duty in duties(portfolio, person_id) if duty.is_owed]


def milestones_due(portfolio: Portfolio, person_id: int) -> list[MilestoneDue]:
    """Return the open milestones of the person's work that are late or due within 30 days, soonest first."""
    day = portfolio.day
    found = [
        MilestoneDue(initiative, milestone, (milestone.due_on - day).days)
        for initiative in portfolio.initiatives
        if part_of(initiative, person_id) and initiative.stage.is_live
        for milestone in initiative.milestones
        if milestone.is_open(day) and milestone.due_on <= day + SOON
    ]
    return sorted(found, key=lambda due: (due.milestone.due_on, due.milestone.ref))


def part_of(initiative: InitiativeAt, person_id: int) -> Part | None:
    """Return whether the person is the initiative's owner or its deputy, who both owe its updates."""
    if initiative.owner and initiative.owner.id == person_id:
        return Part.OWNER
    if initiative.deputy and initiative.deputy.id == person_id:
        return Part.DEPUTY
    return None


def _on(day: date | None) -> str:
    return f"{day.day} {day:%B %Y}" if day else ""
