"""The ladder of reminders: who hears of which update on a day. Dates in, lines out: no queries, no HTTP.

For work in progress whose next update is due on a day, counted in England's working days:

| rung | who hears | from |
|---|---|---|
| before | the owner | as many days before as they like, 1 to 15 |
| due | the owner | the day itself |
| overdue | the owner | the first day after the grace, which is the fifth day after |
| deputy | the deputy | ten days later |
| sponsor | the sponsor | ten days later |
| none | nobody, ever | ten days later |

A rung's window is open until the day before the next rung's, so a run that was missed is caught up, and no two rungs
are ever open at once. Who cannot be reached (gone, paused, without an address) holds nobody else up.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from initiatives.periods import add_working_days, grace_ends_on, is_working_day
from initiatives.status import Part, Rung

RUNGS_APART = 10  # working days between the last word to the owner, the deputy and the sponsor, and the end
KINDS_APART = 5  # working days within which nobody hears the same kind of reminder again

PART_OF = {
    Rung.BEFORE: Part.OWNER,
    Rung.DUE: Part.OWNER,
    Rung.OVERDUE: Part.OWNER,
    Rung.DEPUTY: Part.DEPUTY,
    Rung.SPONSOR: Part.SPONSOR,
}


@dataclass(frozen=True)
class Work:
    """An initiative as the ladder sees it: when its update is due (None unless in progress), and its people's ids."""

    id: int
    due_on: date | None
    owner: int | None = None
    deputy: int | None = None
    sponsor: int | None = None

    def of(self, rung: Rung) -> int | None:
        """Return the id of the person who hears at a rung."""
        return {Part.OWNER: self.owner, Part.DEPUTY: self.deputy, Part.SPONSOR: self.sponsor}[PART_OF[rung]]


@dataclass(frozen=True)
class Line:
    """What a person hears, or heard, on a day: an update that is due, and at which rung."""

    on: date
    person: int
    work: int
    due_on: date
    rung: Rung


def owed(day: date, works: Iterable[Work], days_before: Mapping[int, int], told: Iterable[Line]) -> list[Line]:
    """Return what is to be told on the day.

    `days_before` holds everybody who can be reached on the day, by id, with how many working days before they want to
    hear; `told` holds what was told already, or may have been.
    """
    if not is_working_day(day):
        return []
    found = []
    for work in works:
        rung = open_rung(work.due_on, day, days_before.get(work.owner or 0, 0))
        person = work.of(rung) if rung else None
        if work.due_on and rung and person and person in days_before:
            found.append(Line(day, person, work.id, work.due_on, rung))
    return still_owed(found, told)


def open_rung(due_on: date | None, day: date, days_before: int) -> Rung | None:
    """Return the rung whose window is open on the day; None before the first, after the last, and when nothing is due.

    An owner who cannot be reached has no days before (0), and so no first rung.
    """
    found = None
    if due_on is not None:
        for opens_on, rung in _steps(due_on, days_before):
            if opens_on <= day:
                found = rung
    return found


@lru_cache(maxsize=4096)
def _steps(due_on: date, days_before: int) -> tuple[tuple[date, Rung | None], ...]:
    """Return the day on which each rung opens, in order, and last the day on which everything is over."""
    overdue = add_working_days(grace_ends_on(due_on), 1)
    deputy = add_working_days(overdue, RUNGS_APART)
    sponsor = add_working_days(deputy, RUNGS_APART)
    return (
        (add_working_days(due_on, -days_before), Rung.BEFORE),
        (due_on, Rung.DUE),
        (overdue, Rung.OVERDUE),
        (deputy, Rung.DEPUTY),
        (sponsor, Rung.SPONSOR),
        (add_working_days(sponsor, RUNGS_APART), None),
    )


def still_owed(lines: Iterable[Line], told: Iterable[Line]) -> list[Line]:
    """Keep the lines that nothing told before makes unkind.

    - A person hears of an initiative and a due date once at a rung, and in one part alone: whoever has heard as the
      owner knows, and is not asked again as deputy or as sponsor. The ladder goes on to the others at its own pace.
    - Nobody hears the same kind of reminder twice within five working days, whatever it is of. What would break that
      waits while its window is open, or else lapses.
    - Nobody is written to twice on a day.
    """
    rungs: dict[tuple[int, int, date], set[Rung]] = {}
    days: dict[tuple[int, Rung], set[date]] = {}
    for line in told:
        rungs.setdefault((line.person, line.work, line.due_on), set()).add(line.rung)
        days.setdefault((line.person, line.rung), set()).add(line.on)
    written = {(line.person, line.on) for line in told}

    def is_kind(line: Line) -> bool:
        heard = rungs.get((line.person, line.work, line.due_on), set())
        if line.rung in heard or any(PART_OF[rung] != PART_OF[line.rung] for rung in heard):
            return False
        if any(_are_near(line.on, on) for on in days.get((line.person, line.rung), ())):
            return False
        return (line.person, line.on) not in written

    return [line for line in lines if is_kind(line)]


def _are_near(one: date, other: date) -> bool:
    return add_working_days(min(one, other), KINDS_APART) >= max(one, other)
