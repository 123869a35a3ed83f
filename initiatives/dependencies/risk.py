"""What a late milestone puts at risk downstream: dates in, forecasts out. No queries, no HTTP.

A milestone that is not done is done on its due date, or today when it is late, or on the forecast of what it needs,
whichever is last. It is at risk when something that it needs is forecast after its own due date. Worked examples are
in tests/initiatives/test_dependencies.py.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import NamedTuple, TypeVar

from initiatives.as_at import InitiativeAt
from initiatives.progress import MilestoneAt
from initiatives.status import Stage

LONGEST_CHAIN_TOLD = 4  # milestones; of a longer one the ends are named, and how many lie between


class Edge(NamedTuple):
    """A dependency as it was recorded: one milestone needs another."""

    id: int
    milestone_id: int
    needs_id: int
    why: str


class Promise(NamedTuple):
    """A milestone in its initiative, as both stood at the end of a day."""

    initiative: InitiativeAt
    milestone: MilestoneAt

    def __str__(self) -> str:
        return f"{self.milestone.ref} {self.milestone.title}"

    @property
    def id(self) -> int:
        return self.milestone.id

    @property
    def status(self) -> str:
        return self.milestone.status(self.initiative.day)

    @property
    def is_done(self) -> bool:
        return self.milestone.is_done(self.initiative.day)

    @property
    def is_late(self) -> bool:
        return self.is_open and self.days_late > 0

    @property
    def is_withdrawn(self) -> bool:
        return self.milestone.withdrawn_on is not None

    @property
    def is_stopped(self) -> bool:
        """Whether it went down with its initiative: nobody works on it."""
        return self.initiative.stage == Stage.STOPPED and not self.is_done

    @property
    def is_open(self) -> bool:
        """Whether somebody still means to do it."""
        return not (self.is_done or self.is_withdrawn or self.is_stopped)

    @property
    def is_given_up(self) -> bool:
        return not self.is_done and not self.is_open

    @property
    def days_late(self) -> int:
        """How many days have passed since it was due; none or fewer while it is not late."""
        return (self.initiative.day - self.milestone.due_on).days

    @property
    def why_it_holds_others_up(self) -> str:
        """What is the matter with it: is 3 days late."""
        if self.is_withdrawn:
            return "was withdrawn"
        if self.is_stopped:
            return "stopped with its initiative"
        return f"is {_days(self.days_late)} late" if self.is_late else f"is due on {_day(self.milestone.due_on)}"


class Forecast(NamedTuple):
    """When a milestone is done at the earliest, what it waits for until then, and where that chain starts."""

    on: date
    driver: int | None  # id of the milestone that it needs and that makes it miss its due date
    root: int


@dataclass(frozen=True, eq=False)
class DependencyAt:
    """A dependency as it stood at the end of a day, and what follows from it."""

    id: int
    waiting: Promise
    needed: Promise
    why: str
    among: Dependencies = field(repr=False)

    @property
    def forecast_on(self) -> date | None:
        """The day on which what it needs is done at the earliest; None when that is done or given up."""
        forecast = self.among.forecasts.get(self.needed.id)
        return forecast.on if forecast else None

    @property
    def at_risk(self) -> bool:
        return self.waiting.is_open and (self.needed.is_given_up or self.days is not None)

    @property
    def because(self) -> tuple[Promise, ...]:
        """What is needed, what that waits for, and so on to the start of the chain; empty when there is no risk."""
        return tuple(self.among.chain(self.needed)) if self.at_risk else ()

    @property
    def root(self) -> Promise | None:
        """The milestone at the start of the chain."""
        if not self.at_risk:
            return None
        forecast = self.among.forecasts.get(self.needed.id)
        return self.among.promises[forecast.root] if forecast else self.needed

    @property
    def spare(self) -> int | None:
        """How many days lie between what is needed and the due date: negative at risk, None when nothing is awaited."""
        if not self.waiting.is_open or self.forecast_on is None:
            return None
        return (self.waiting.milestone.due_on - self.forecast_on).days

    @property
    def days(self) -> int | None:
        """By how many days it is at risk; None when it is not, or when what it needs was given up."""
        return -self.spare if self.spare is not None and self.spare < 0 else None

    @property
    def verdict(self) -> str:
        """How it stands, in a few words."""
        if not self.waiting.is_open:
            return f"Waits no longer: {'done' if self.waiting.is_done else 'given up'}"
        if self.needed.is_given_up:
            return "At risk"
        if self.spare is None:
            return "No risk: what it needs is done"
        if self.spare < 0:
            return f"At risk by {_days(-self.spare)}"
        return f"{_days(self.spare)} to spare" if self.spare else "No day to spare"

    @property
    def reason(self) -> str:
        """Why it is at risk, or may come to be; empty when nothing is the matter."""
        if self.at_risk:
            return chain_in_words(self.because)
        late = self.spare is not None and self.needed.is_late
        return f"{self.needed} {self.needed.why_it_holds_others_up}" if late else ""


class AtRisk(NamedTuple):
    """A dependency through which a late milestone reaches another, and by how many days; None when it was given up."""

    dependency: DependencyAt
    days: int | None


class Cause(NamedTuple):
    """A milestone at the start of a chain, and all that it puts at risk."""

    promise: Promise
    at_risk: tuple[AtRisk, ...]

    @property
    def worst(self) -> int:
        return max((found.days or 0 for found in self.at_risk), default=0)

    @property
    def milestones(self) -> int:
        """How many milestones it puts at risk."""
        return len({found.dependency.waiting.id for found in self.at_risk})

    @property
    def pillars(self) -> list[str]:
        """The names of the pillars in which they stand, in the strategy's order."""
        found = {
            r.dependency.waiting.initiative.pillar.id: r.dependency.waiting.initiative.pillar for r in self.at_risk
        }
        return [pillar.name for pillar in sorted(found.values(), key=lambda p: (p.order, p.slug))]


class OfInitiative(NamedTuple):
    """What the milestones of one initiative need, what needs them, and what they put at risk."""

    needs: list[DependencyAt]
    needed_by: list[DependencyAt]
    causes: list[Cause]


class Dependencies:
    """Everything that waited for something at the end of a day.

    `promises` are the milestones by id, `edges` what had been recorded. An edge of which an end is unknown is left out.
    Stored rings, which `actions` refuses to make, are cut where they are met.
    """

    def __init__(self, promises: Mapping[int, Promise], edges: Iterable[Edge], day: date) -> None:
        self.day, self.promises = day, promises
        known = [edge for edge in edges if edge.milestone_id in promises and edge.needs_id in promises]
        self.edges = sorted(known, key=lambda e: (_order(promises[e.milestone_id]), _order(promises[e.needs_id])))

    @cached_property
    def forecasts(self) -> dict[int, Forecast]:
        """When each milestone that is open and in any dependency is done at the earliest, by id."""
        needs: dict[int, list[int]] = {}
        for edge in self.edges:
            for end in (edge.milestone_id, edge.needs_id):
                if self.promises[end].is_open:
                    needs.setdefault(end, [])
            if edge.milestone_id in needs and edge.needs_id in needs:
                needs[edge.milestone_id].append(edge.needs_id)
        found: dict[int, Forecast] = {}
        for id_ in needed_first(needs):
            due_on = self.promises[id_].milestone.due_on
            last = max((n for n in needs[id_] if n in found), key=lambda n: found[n].on, default=None)
            if last is not None and found[last].on > due_on:
                found[id_] = Forecast(found[last].on, last, found[last].root)
            else:
                found[id_] = Forecast(max(due_on, self.day), None, id_)
        return found

    @cached_property
    def all(self) -> list[DependencyAt]:
        """Every dependency, by the ref of what waits."""
        return [
            DependencyAt(edge.id, self.promises[edge.milestone_id], self.promises[edge.needs_id], edge.why, self)
            for edge in self.edges
        ]

    def chain(self, promise: Promise) -> Iterable[Promise]:
        """Yield a milestone, what makes it miss its due date, what makes that miss its own, and so on."""
        yield promise
        forecast = self.forecasts.get(promise.id)
        while forecast is not None and forecast.driver is not None:
            yield self.promises[forecast.driver]
            forecast = self.forecasts[forecast.driver]

    @cached_property
    def _waiting(self) -> dict[int, list[DependencyAt]]:
        """The dependencies whose waiting end is open, by the id of what is needed."""
        found: dict[int, list[DependencyAt]] = {}
        for dependency in self.all:
            if dependency.waiting.is_open:
                found.setdefault(dependency.needed.id, []).append(dependency)
        return found

    def risks(self, among: frozenset[int] | None = None) -> list[DependencyAt]:
        """Return for each milestone that is at risk the dependency that puts it furthest out."""
        worst: dict[int, DependencyAt] = {}
        for found in self.all:
            before = worst.get(found.waiting.id)
            if found.at_risk and _is_among(found, among) and (before is None or (found.days or 0) > (before.days or 0)):
                worst[found.waiting.id] = found
        return list(worst.values())

    def downstream(self, id_: int) -> list[AtRisk]:
        """Return all that a milestone puts at risk: whatever waits for it, nearest first, and is due before it is done.

        What is due later takes the wait up, so nothing beyond that is at risk from here.
        """
        forecast = self.forecasts.get(id_)
        if forecast is None:
            given_up = id_ in self.promises and self.promises[id_].is_given_up
            return [AtRisk(found, None) for found in self._waiting.get(id_, ())] if given_up else []
        found, seen, to_see = [], {id_}, deque([id_])
        while to_see:
            for dependency in self._waiting.get(to_see.popleft(), ()):
                waiting = dependency.waiting
                if waiting.milestone.due_on < forecast.on:
                    found.append(AtRisk(dependency, (forecast.on - waiting.milestone.due_on).days))
                    if waiting.id not in seen:
                        seen.add(waiting.id)
                        to_see.append(waiting.id)
        return found

    def causes(self, among: frozenset[int] | None = None) -> list[Cause]:
        """Return each milestone that starts a chain, with all that it puts at risk, the furthest out first.

        With `among`, here as elsewhere, what has neither end in one of these initiatives is left out.
        """
        roots = {found.root.id: found.root for found in self.all if found.root}
        found = (Cause(root, tuple(r for r in self.downstream(root.id) if _is_among(r.dependency, among)))
                 for root in roots.values())  # fmt: skip
        return sorted((c for c in found if c.at_risk), key=lambda c: (-c.worst, _order(c.promise)))

    def without_risk(self, among: frozenset[int] | None = None) -> list[DependencyAt]:
        """Return the dependencies that are not at risk, the least days to spare first, settled ones last."""
        found = [d for d in self.all if not d.at_risk and _is_among(d, among)]
        return sorted(found, key=lambda d: (d.spare is None, d.spare or 0))

    def of(self, initiative_id: int) -> OfInitiative:
        """Return what concerns one initiative."""
        own = {id_: promise for id_, promise in self.promises.items() if promise.initiative.id == initiative_id}
        causes = (Cause(promise, tuple(self.downstream(id_))) for id_, promise in own.items())
        return OfInitiative(
            [found for found in self.all if found.waiting.id in own],
            [found for found in self.all if found.needed.id in own],
            [cause for cause in causes if cause.at_risk],
        )


def needed_first(needs: Mapping[int, Sequence[int]]) -> list[int]:
    """Return the keys so that each comes after all that it needs. Each is looked at once, and so is each need."""
    opened: set[int] = set()
    closed: dict[int, None] = {}
    for start in needs:
        stack = [start]
        while stack:
            here = stack[-1]
            if here in opened:
                closed.setdefault(stack.pop())
            else:
                opened.add(here)
                stack += [need for need in needs[here] if need not in opened]
    return list(closed)


Key = TypeVar("Key", int, str)  # a milestone's id, or its ref


def way(edges: Iterable[tuple[Key, Key]], start: Key, end: Key) -> list[Key]:
    """Return the shortest way from one milestone to another through what each needs, both included; empty if none."""
    needs: dict[Key, list[Key]] = {}
    for waiting, needed in edges:
        needs.setdefault(waiting, []).append(needed)
    came_from: dict[Key, Key | None] = {start: None}
    to_see = deque([start])
    while to_see and end not in came_from:
        here = to_see.popleft()
        for need in needs.get(here, ()):
            if need not in came_from:
                came_from[need] = here
                to_see.append(need)
    found: list[Key] = []
    step: Key | None = end if end in came_from else None
    while step is not None:
        found.append(step)
        step = came_from[step]
    return found[::-1]


def chain_in_words(chain: Sequence[Promise]) -> str:
    """Say what holds a milestone up, from what it needs to where the wait starts."""
    first, root = chain[0], chain[-1]
    if len(chain) == 1:
        return f"{first} {root.why_it_holds_others_up}"
    if len(chain) > LONGEST_CHAIN_TOLD:
        return f"{first} waits, through {len(chain) - 2} others, for {root}, which {root.why_it_holds_others_up}"
    waits = ", which waits for ".join(map(str, chain[1:]))
    return f"{first} waits for {waits}, which {root.why_it_holds_others_up}"


def _is_among(dependency: DependencyAt, among: frozenset[int] | None) -> bool:
    return among is None or not among.isdisjoint((dependency.waiting.initiative.id, dependency.needed.initiative.id))


def _order(promise: Promise) -> tuple[int, str]:
    return len(promise.milestone.ref), promise.milestone.ref


def _days(count: int) -> str:
    return f"{count} day{'' if count == 1 else 's'}"


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
