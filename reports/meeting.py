"""Going through initiatives in a meeting: in which order, and what to know of the one on the screen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.db.models import Q, QuerySet

from accounts.history import PersonAt, end_of
from initiatives.as_at import InitiativeAt, Portfolio, Since, ref_order
from initiatives.asks import AskAt
from initiatives.following import changed_since
from initiatives.history import Timeline
from initiatives.models import Ask, DateMove, Note, Update
from initiatives.progress import MilestoneAt
from initiatives.status import Stage, Status

STAGES = (Stage.IN_PROGRESS, Stage.PAUSED, Stage.PROPOSED)  # what is complete or stopped is gone through no longer


def running_order(portfolio: Portfolio) -> tuple[InitiativeAt, ...]:
    """Return the initiatives that a meeting goes through, what is most pressing first.

    Work in progress comes before paused work, and that before proposed work. Within a stage the first of these that
    holds decides: an ask waits beyond the day by which it was needed, red, said green and reads red, silent, a late
    milestone, amber, none of them. Within those the order is that of ref, so the same day always gives the same order.
    """
    owed = asks_beyond_their_day(portfolio.day)

    def pressing(i: InitiativeAt) -> int:
        reasons = (
            i.id in owed,
            i.status == Status.RED,
            i.is_watermelon,
            i.status.is_silent,
            i.milestones_late > 0,
            i.status == Status.AMBER,
        )
        return reasons.index(True) if True in reasons else len(reasons)

    live = (i for i in portfolio.initiatives if i.stage in STAGES)
    return tuple(sorted(live, key=lambda i: (STAGES.index(i.stage), pressing(i), ref_order(i.ref))))


def asks_beyond_their_day(day: date) -> frozenset[int]:
    """Return the ids of the initiatives that waited, at the end of the day, for an answer needed before it."""
    waiting = Q(answer=None) | Q(answer__recorded_at__gte=end_of(day))
    found = Ask.objects.recorded_before(end_of(day)).filter(waiting, needed_by__lt=day)
    return frozenset(found.values_list("initiative_id", flat=True))


@dataclass(frozen=True)
class Place:
    """Where the initiative on the screen stands in the meeting."""

    number: int
    of: int
    first: InitiativeAt
    previous: InitiativeAt | None
    next: InitiativeAt | None


def place_of(initiative: InitiativeAt, order: tuple[InitiativeAt, ...]) -> Place:
    """Return where one of the initiatives of the meeting stands in it."""
    at = order.index(initiative)
    before, after = order[at - 1] if at else None, order[at + 1] if at + 1 < len(order) else None
    return Place(at + 1, len(order), order[0], before, after)


@dataclass(frozen=True)
class Said:
    """Somebody's words, with who said them under the name of the day; `row` is an update, a note or an answer."""

    row: Any
    by: PersonAt | None


@dataclass(frozen=True)
class Changes:
    """What was recorded of an initiative after the end of the day `since`, by the end of the day that it stands at."""

    since: date
    now: InitiativeAt
    then: InitiativeAt | None  # None when it was not on record
    milestones: Since
    moves: list[DateMove]
    asks: list[Ask]
    answers: list[Said]
    notes: list[Said]

    @property
    def rag_turned(self) -> bool:
        return self.then is not None and self.then.rag != self.now.rag

    @property
    def said_again(self) -> bool:
        """Whether an update came and left the RAG as it was."""
        if self.then is None or self.then.last_update is None or self.rag_turned:
            return False
        return self.then.last_update != self.now.last_update

    @property
    def status_turned(self) -> bool:
        """Whether the status became another one, in a way that the RAG does not tell."""
        if self.then is None or self.then.status == self.now.status:
            return False
        return (self.then.status, self.now.status) != (self.then.rag, self.now.rag)

    @property
    def withdrawn(self) -> list[MilestoneAt]:
        gone = {m.id for m in self.then.milestones if m.withdrawn_on} if self.then else set()
        return [m for m in self.now.milestones if m.withdrawn_on and m.id not in gone]

    @cached_property
    def anything(self) -> bool:
        """Whether anything changed but for the notes, which have a place of their own."""
        changed = (self.milestones.done, self.milestones.late, self.withdrawn, self.moves, self.asks, self.answers)
        return self.then is None or self.rag_turned or self.said_again or self.status_turned or any(changed)


@dataclass(frozen=True)
class OnScreen:
    """What a meeting sees of one initiative."""

    initiative: InitiativeAt
    said: Said | None  # the update last said
    asks: list[AskAt]
    changes: Changes

    @property
    def slipped(self) -> list[tuple[MilestoneAt, int]]:
        """The open and done milestones whose date is another than first promised, with the days between."""
        kept = (m for m in self.initiative.milestones if m.withdrawn_on is None)
        return [(m, (m.due_on - m.first_due_on).days) for m in kept if m.due_on != m.first_due_on]

    @property
    def end_slipped(self) -> int:
        """By how many days the end is later than first promised; negative when it is earlier."""
        i = self.initiative
        return (i.ends_on - i.first_ends_on).days if i.ends_on and i.first_ends_on else 0

    @property
    def late(self) -> list[tuple[MilestoneAt, int]]:
        """The late milestones with the days by which they are late, the latest first."""
        day = self.initiative.day
        return sorted(((m, (day - m.due_on).days) for m in self.initiative.late_milestones), key=lambda pair: -pair[1])

    @property
    def next_milestone(self) -> MilestoneAt | None:
        """The open milestone that is due next and not late."""
        day = self.initiative.day
        ahead = (m for m in self.initiative.milestones if m.is_open(day) and not m.is_late(day))
        return min(ahead, key=lambda m: (m.due_on, m.ref), default=None)


def on_screen(initiative: InitiativeAt, since: date) -> OnScreen:
    """Return what a meeting sees of one initiative as at its day; the history of no other one is read."""
    day, begin, end = initiative.day, end_of(since), end_of(initiative.day)
    timeline = Timeline(day, only=[initiative.id])
    portfolio = timeline.at(day)
    (now,) = portfolio.initiatives
    then = next(iter(timeline.at(since).initiatives), None)

    def said(row: Any) -> Said:
        return Said(row, portfolio.people.get(row.recorded_by_id or 0))

    def recorded(model: Any) -> QuerySet[Any]:
        rows: QuerySet[Any] = model.objects.recorded_before(end).filter(initiative_id=now.id)
        return rows

    asked = list(recorded(Ask).select_related("answer", "prepared__prepared_by"))
    answers = [ask.answer for ask in asked if hasattr(ask, "answer") and ask.answer.recorded_at < end]
    answers.sort(key=lambda answer: (answer.recorded_at, answer.pk))
    answered = {answer.ask_id for answer in answers}
    update = Update.objects.filter(pk=now.last_update.id).first() if now.last_update else None
    changes = Changes(
        since=since,
        now=now,
        then=then,
        milestones=changed_since(now, since),
        moves=list(recorded(DateMove).filter(recorded_at__gte=begin).select_related("milestone")),
        asks=[ask for ask in asked if ask.recorded_at >= begin],
        answers=[said(answer) for answer in answers if answer.recorded_at >= begin],
        notes=[said(note) for note in recorded(Note).filter(recorded_at__gte=begin).reverse()],
    )
    waiting = [AskAt(ask, None, day, portfolio.people) for ask in asked if ask.pk not in answered]
    return OnScreen(now, said(update) if update else None, waiting, changes)
