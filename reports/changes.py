"""What changed between the ends of two days, initiative by initiative, in words.

How things stood on both days decides what is a change, so each can be found again in the data sets as at those days;
moves, asks and answers are the rows that were recorded between them. Only initiatives of which something was recorded
are read on both days, and those of which something recorded before speaks of a day between them: of the others the
calendar alone can have made a milestone late or an owner silent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import F, Q

from accounts.history import PersonAt, end_of
from initiatives.as_at import InitiativeAt, Portfolio
from initiatives.history import Timeline, touched
from initiatives.models import Answer, Ask, DateMove, DoneDate, StandIn, milestone_ref
from initiatives.periods import is_overdue
from initiatives.progress import MilestoneAt
from initiatives.status import Outcome, Part, Rag, Status
from pillars.history import PillarAt
from reports.metrics import counted


@dataclass(frozen=True)
class Kind:
    """A kind of change: its heading, how a summary counts it, and the mark that stands beside it."""

    key: str
    title: str
    short: str


KINDS = {
    kind.key: kind
    for kind in (
        Kind("re-rated", "Re-rated", "re-rated"),
        Kind("silent", "Gone silent", "gone silent"),
        Kind("late", "Newly late", "newly late"),
        Kind("moved", "Dates moved", "moved"),
        Kind("done", "Done", "done"),
        Kind("undone", "Not done after all", "not done after all"),
        Kind("asked", "Asked of leaders", "asked"),
        Kind("answered", "Answered by leaders", "answered"),
        Kind("new", "New", "new"),
        Kind("stage", "Begun, paused, completed or stopped", "at another stage"),
        Kind("re-owned", "Given to somebody else", "re-owned"),
    )
}


@dataclass(frozen=True)
class Change:
    """One thing that changed: of which initiative, what, and what was said of it."""

    kind: Kind
    initiative: InitiativeAt
    what: str
    mark: str  # the word whose shape stands beside it
    why: str = ""


@dataclass(frozen=True)
class Changes:
    """Everything that changed after the end of `since` and by the end of `day`."""

    since: date
    day: date
    all: tuple[Change, ...]

    @property
    def count(self) -> int:
        return len(self.all)

    @property
    def by_kind(self) -> list[tuple[Kind, list[Change]]]:
        """The kinds that occur, each with its changes."""
        return _grouped(self.all)

    def by_pillar(self, pillars: Iterable[PillarAt]) -> list[tuple[PillarAt, list[tuple[Kind, list[Change]]]]]:
        """Return the pillars in which something changed, each with its kinds of change."""
        found = [(pillar, [c for c in self.all if c.initiative.pillar.id == pillar.id]) for pillar in pillars]
        return [(pillar, _grouped(changes)) for pillar, changes in found if changes]

    @property
    def summary(self) -> str:
        """How many things changed, and of which kinds: 6 things changed: 2 re-rated, 3 done, 1 moved."""
        if not self.all:
            return "Nothing changed"
        kinds = ", ".join(f"{len(changes)} {kind.short}" for kind, changes in self.by_kind)
        return f"{counted(self.count, 'thing')} changed: {kinds}"


def _grouped(changes: Iterable[Change]) -> list[tuple[Kind, list[Change]]]:
    found: dict[str, list[Change]] = {key: [] for key in KINDS}
    for change in changes:
        found[change.kind.key].append(change)
    return [(KINDS[key], of) for key, of in found.items() if of]


def changes_since(since: date, now: Portfolio, keep: Callable[[InitiativeAt], bool] = lambda i: True) -> Changes:
    """Return what changed after the end of `since` and by the end of the portfolio's day, in the order of ref.

    A constant number of queries. `keep` chooses initiatives by how they stand now.
    """
    start, end = end_of(since), end_of(now.day)
    ids = touched(start, end) | _spoken_of(since, now.day)
    timeline = Timeline(now.day, days=[since, now.day], only=ids)
    then = {i.id: i for i in timeline.at(since).initiatives}
    today = {i.id: i for i in timeline.at(now.day).initiatives}
    recorded = _recorded(start, end)
    found: list[Change] = []
    for initiative in now.initiatives:
        if not keep(initiative):
            continue
        if initiative.id in ids and initiative.id in today:
            found += _of_touched(then.get(initiative.id), today[initiative.id])
            found += (_of_row(today[initiative.id], row, now.people) for row in recorded.get(initiative.id, []))
        else:
            found += _of_the_calendar(initiative, since)
    return Changes(since, now.day, tuple(found))


# --- Where the calendar alone changed something ---------------------------------------------------
def _of_the_calendar(i: InitiativeAt, since: date) -> Iterator[Change]:
    if i.status == Status.NO_CURRENT_UPDATE and not is_overdue(i.update_due_on, since):
        yield _gone_silent(i)
    if i.milestones_late and i.stage.is_live:
        yield from (_newly_late(i, m) for m in i.late_milestones if m.due_on >= since)


def _gone_silent(i: InitiativeAt) -> Change:
    return Change(KINDS["silent"], i, f"no current update, last said {i.rag} on {_on(i.rag_said_on)}", i.status)


def _newly_late(i: InitiativeAt, m: MilestoneAt) -> Change:
    return Change(KINDS["late"], i, f"“{m.title}” is late, due on {_on(m.due_on)}", "late")


# --- Where something was recorded -----------------------------------------------------------------
def _spoken_of(since: date, day: date) -> set[int]:
    """Return the initiatives of which a done date, or a stand-in's first or last day, lies between the two days."""
    changed_hands = Q(starts_on__gt=since, starts_on__lte=day) | Q(ends_on__gte=since, ends_on__lt=day)
    stand_ins = StandIn.objects.filter(changed_hands).annotate(of=F("initiative_id"))
    done = DoneDate.objects.filter(done_on__gt=since, done_on__lte=day).annotate(of=F("milestone__initiative_id"))
    return {id_ for (id_,) in done.order_by().values_list("of").union(stand_ins.order_by().values_list("of"))}


def _of_touched(then: InitiativeAt | None, i: InitiativeAt) -> Iterator[Change]:
    if then is None:
        yield Change(KINDS["new"], i, f"{i.stage.label.lower()}, owned by {_name(i.owner)}", i.stage)
        return
    yield from _re_rated(then, i)
    if i.status == Status.NO_CURRENT_UPDATE and not then.status.is_silent:
        yield _gone_silent(i)
    yield from _milestones(then, i)
    if then.stage != i.stage:
        yield Change(KINDS["stage"], i, f"{then.stage.label.lower()}, now {i.stage.label.lower()}", i.stage)
    yield from _re_owned(then, i)


def _re_rated(then: InitiativeAt, i: InitiativeAt) -> Iterator[Change]:
    if i.rag and then.rag != i.rag:
        was = f"{Rag(then.rag).label.lower()}, now" if then.rag else "never rated, now"
        yield Change(KINDS["re-rated"], i, f"{was} {Rag(i.rag).label.lower()}", i.rag)


def _milestones(then: InitiativeAt, i: InitiativeAt) -> Iterator[Change]:
    before = {m.id: m for m in then.milestones}
    for m in i.milestones:
        was = before.get(m.id)
        was_done = was is not None and was.is_done(then.day)
        if m.is_done(i.day) and not was_done:
            yield Change(KINDS["done"], i, f"“{m.title}” was done on {_on(m.done_on)}", "done")
        elif was_done and not m.is_done(i.day):
            yield Change(KINDS["undone"], i, f"“{m.title}” is open again, not done after all", "open")
        if m.is_late(i.day) and i.stage.is_live and not (was and was.is_late(then.day)):
            yield _newly_late(i, m)


def _re_owned(then: InitiativeAt, i: InitiativeAt) -> Iterator[Change]:
    for part in Part:
        was, now = (getattr(found, part) for found in (then, i))
        if (was and was.id) != (now and now.id):
            yield Change(KINDS["re-owned"], i, f"{part.label.lower()} {_name(was)}, now {_name(now)}", "person")


def _recorded(start: datetime, end: datetime) -> dict[int, list[Any]]:
    """Return the moves, asks and answers that were recorded between two moments, by initiative."""
    between = {"recorded_at__gte": start, "recorded_at__lt": end}
    rows: list[tuple[int, Any]] = [
        *((row.initiative_id, row) for row in DateMove.objects.filter(**between).select_related("milestone")),
        *((row.initiative_id, row) for row in Ask.objects.filter(**between)),
        *((row.ask.initiative_id, row) for row in Answer.objects.filter(**between).select_related("ask")),
    ]
    found: dict[int, list[Any]] = {}
    for initiative_id, row in rows:
        found.setdefault(initiative_id, []).append(row)
    return found


def _of_row(i: InitiativeAt, row: Any, people: Mapping[int, PersonAt]) -> Change:
    if isinstance(row, DateMove):
        what = "the end"
        if row.milestone:
            ref = milestone_ref(i.ref, row.milestone.number)
            what = next((f"“{m.title}”" for m in i.milestones if m.id == row.milestone_id), ref)
        days = f"{counted(abs(row.days), 'day')} {'later' if row.days > 0 else 'sooner'}"
        return Change(KINDS["moved"], i, f"{what} moved to {_on(row.to_on)}, {days}", "moved", row.reason)
    if isinstance(row, Ask):
        of = f" of {_name(people.get(row.asked_of_id))}" if row.asked_of_id else ""
        return Change(KINDS["asked"], i, f"asked{of} on {_on(row.asked_on)}", "asked", row.question)
    outcome = Outcome(row.outcome).label.lower()
    days = counted((row.answered_on - row.ask.asked_on).days, "day")
    return Change(KINDS["answered"], i, f"{outcome} after {days}", row.outcome, row.words)


def _name(person: PersonAt | None) -> str:
    return person.name if person else "nobody"


def _on(day: date | None) -> str:
    return f"{day.day} {day:%B %Y}" if day else ""
