"""Every write to an initiative's history. Each action is atomic, says who (`by`) and the day it speaks of (`on`).

Rows are only added. Callers have checked what was typed (`initiatives.forms`); the database keeps its own promises.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid5

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from accounts.models import User
from initiatives import periods, progress
from initiatives.history import initiative_as_at
from initiatives.models import (
    Acknowledgement,
    Answer,
    Ask,
    DateMove,
    Delegation,
    DoneDate,
    Draft,
    Follow,
    Handover,
    Initiative,
    Milestone,
    Note,
    PreparedAnswer,
    StageChange,
    StandIn,
    Update,
    Withdrawal,
)
from initiatives.people import parts_of
from initiatives.status import Stage


@dataclass(frozen=True)
class Move:
    """A new due date for a milestone, and why."""

    milestone_id: int
    to_on: date
    reason: str


@dataclass(frozen=True)
class Question:
    """What an owner asks, of whom, and by when."""

    question: str
    needed_by: date | None = None
    asked_of: User | None = None


@dataclass(frozen=True)
class Sent:
    """The form that an update came in: its key, a fingerprint of what it held, and the last update that it knew of."""

    key: UUID | None = None
    fingerprint: str = ""
    version: int | None = None  # the id of the last update when the form was opened, 0 for none


class SentAlready(Exception):
    """Raised when the form made an update before; `update` is that one."""

    def __init__(self, update: Update) -> None:
        super().__init__(f"this form made update {update.pk}")
        self.update = update


class SaidMeanwhile(Exception):
    """Raised when somebody else said something after the form was opened; `update` is the newest one."""

    def __init__(self, update: Update) -> None:
        super().__init__(f"update {update.pk} came meanwhile")
        self.update = update


@transaction.atomic
def post_update(
    *,
    initiative: Initiative,
    by: User | None,
    on: date,
    rag: str,
    what_changed: str,
    done: Mapping[int, date] | None = None,
    moves: Sequence[Move] = (),
    ask: Question | None = None,
    sent: Sent = Sent(),
    **words: Any,
) -> Update:
    """Record how an initiative goes as said on the day `on`, with the milestones done (id -> day) and moved.

    `words` are the other fields of `Update` that a person fills in. The update keeps the progress, plan and machine's
    reading of the moment just after it, its own ticks and moves included. What its author had drafted is done with.

    Raises `SentAlready` for a form that made an update before, and `SaidMeanwhile` for one that does not know the last
    update. Nothing is written then.
    """
    # Two people at once: one after the other (SQLite lets only one transaction write anyway).
    Initiative.objects.select_for_update().get(pk=initiative.pk)
    must_not_be_sent_already(sent)
    must_know_the_last_update(initiative, sent)
    now = timezone.now()
    before = initiative_as_at(initiative, timezone.localdate(now))
    for milestone_id, done_on in (done or {}).items():
        milestone = initiative.milestones.get(pk=milestone_id)
        last = milestone.done_dates.last()
        if last is None or last.done_on != done_on:  # else somebody said so a moment ago
            record_done(milestone=milestone, by=by, on=done_on, at=now)
    for move in moves:
        milestone = initiative.milestones.get(pk=move.milestone_id)
        if due_on(initiative, milestone) != move.to_on:
            move_date(initiative=initiative, milestone=milestone, by=by, to=move.to_on, reason=move.reason, at=now)
    after = initiative_as_at(initiative, timezone.localdate(now)) if done or moves else before
    assert before is not None and after is not None  # noqa: S101  (the row was locked above, so it exists)
    in_progress = after.stage == Stage.IN_PROGRESS
    update = Update.objects.create(
        initiative=initiative,
        recorded_at=now,
        recorded_by=by,
        said_on=on,
        period_ends_on=periods.period(on, after.cadence)[1],
        rag=rag,
        previous_rag=before.rag or "",
        what_changed=what_changed,
        progress_percent=progress.whole(after.progress),
        planned_percent=progress.whole(after.planned),
        machine_reading=(progress.reading_of_dates(after.milestones, after.day) or "") if in_progress else "",
        key=sent.key,
        fingerprint=sent.fingerprint,
        **words,
    )
    if ask:
        Ask.objects.create(
            initiative=initiative,
            update=update,
            question=ask.question,
            needed_by=ask.needed_by,
            asked_of=ask.asked_of,
            asked_on=on,
            recorded_at=now,
            recorded_by=by,
        )
    Draft.objects.filter(initiative=initiative, person=by).delete()
    return update


def must_not_be_sent_already(sent: Sent) -> None:
    """Raise `SentAlready` when the form made an update before."""
    if sent.key and (earlier := Update.objects.filter(key=sent.key).first()):
        raise SentAlready(earlier)


def must_know_the_last_update(initiative: Initiative, sent: Sent) -> None:
    """Raise `SaidMeanwhile` when the last update recorded is not the one that the form knew of."""
    newest = initiative.updates.order_by("id").last()
    if sent.version is not None and newest and newest.pk != sent.version:
        raise SaidMeanwhile(newest)


@transaction.atomic
def move_date(
    *,
    initiative: Initiative,
    milestone: Milestone | None,
    by: User | None,
    to: date,
    reason: str,
    at: datetime | None = None,
) -> DateMove:
    """Move a milestone's due date, or the promised end of an initiative that has no milestones."""
    Initiative.objects.select_for_update().get(pk=initiative.pk)
    before = due_on(initiative, milestone)
    if before is None:
        raise ValueError(f"{initiative.ref} never promised an end, so none can move")
    return DateMove.objects.create(
        initiative=initiative,
        milestone=milestone,
        from_on=before,
        to_on=to,
        reason=reason,
        recorded_at=at or timezone.now(),
        recorded_by=by,
    )


def due_on(initiative: Initiative, milestone: Milestone | None) -> date | None:
    """Return the day on which a milestone (or an initiative that has none) is due as last recorded."""
    last = initiative.date_moves.filter(milestone=milestone).order_by("recorded_at", "id").last()
    return last.to_on if last else milestone.first_due_on if milestone else initiative.promised_end_on


@transaction.atomic
def record_done(
    *, milestone: Milestone, by: User | None, on: date | None, reason: str = "", at: datetime | None = None
) -> DoneDate:
    """Record the day on which a milestone was done; None takes that back, and says why."""
    return DoneDate.objects.create(
        milestone=milestone, done_on=on, reason=reason, recorded_at=at or timezone.now(), recorded_by=by
    )


@transaction.atomic
def change_stage(*, initiative: Initiative, by: User, on: date, stage: str, reason: str = "") -> StageChange:
    """Record that an initiative entered a stage on the day `on`."""
    return StageChange.objects.create(initiative=initiative, stage=stage, changed_on=on, reason=reason, recorded_by=by)


@transaction.atomic
def withdraw_milestone(*, milestone: Milestone, by: User, on: date, reason: str) -> Withdrawal:
    """Give a milestone up, with the reason. It stays in totals and first promises as not done."""
    return Withdrawal.objects.create(milestone=milestone, withdrawn_on=on, reason=reason, recorded_by=by)


@transaction.atomic
def answer_ask(*, ask: Ask, by: User, on: date, outcome: str, words: str) -> Answer:
    """Record what leaders said to an ask, once: raises `IntegrityError` when somebody said it before."""
    PreparedAnswer.objects.filter(ask=ask).delete()
    return Answer.objects.create(ask=ask, outcome=outcome, words=words, answered_on=on, recorded_by=by)


@transaction.atomic
def note(*, initiative: Initiative, by: User, on: date, words: str, key: UUID | None = None) -> Note:
    """Record what a meeting of the day `on` said. The same words from one form, which has a key, are one note."""
    fields = {"words": words, "noted_on": on, "recorded_by": by}
    if key is None:
        return Note.objects.create(initiative=initiative, **fields)
    # Other words, from a page that somebody went back to, are another note: nothing written is lost.
    same = uuid5(key, f"{initiative.pk} {by.pk} {words}")
    return Note.objects.get_or_create(key=same, defaults={"initiative": initiative, **fields})[0]


def follow(*, initiative: Initiative, by: User) -> Follow:
    """Let a person hear of an initiative; followed once, it stays followed."""
    return Follow.objects.get_or_create(initiative=initiative, person=by)[0]


def stop_following(*, initiative: Initiative, by: User) -> None:
    """Let a person hear of an initiative no longer."""
    Follow.objects.filter(initiative=initiative, person=by).delete()


@transaction.atomic
def prepare_answer(*, ask: Ask, by: User, outcome: str, words: str) -> PreparedAnswer:
    """Keep words for leaders to say to an ask, in the place of any that were prepared before. They say nothing yet."""
    said = {"outcome": outcome, "words": words, "prepared_by": by, "prepared_at": timezone.now()}
    return PreparedAnswer.objects.update_or_create(ask=ask, defaults=said)[0]


@transaction.atomic
def delegate(*, leader: User, to: User, by: User, prepares: bool = True) -> Delegation:
    """Name somebody who prepares answers for a leader, or let them do so no longer."""
    return Delegation.objects.create(leader=leader, delegate=to, prepares=prepares, recorded_by=by)


def acknowledge(*, update: Update, by: User) -> Acknowledgement:
    """Tell an update's author that somebody has read it; told once, it stays told."""
    return Acknowledgement.objects.get_or_create(update=update, recorded_by=by)[0]


@transaction.atomic
def hand_over(
    *, initiative: Initiative, by: User | None, on: date, part: str, to: User | None, reason: str
) -> Handover | None:
    """Give the part of owner, deputy or sponsor to somebody (None: to nobody) from the day `on`, with the reason.

    What it was stays in the versions, so earlier days keep whom they had. Returns None, having written nothing, when
    that person has the part already: somebody said so a moment ago.
    """
    held = Initiative.objects.select_for_update().get(pk=initiative.pk)
    before, now = getattr(held, part), timezone.now()
    if before == to:
        return None
    setattr(held, part, to)
    held._history_date = now  # type: ignore[attr-defined]  # the version and the handover are one event
    held.save()
    return Handover.objects.create(
        initiative=held,
        part=part,
        from_person=before,
        to_person=to,
        handed_on=on,
        reason=reason,
        recorded_at=now,
        recorded_by=by,
    )


@transaction.atomic
def reassign(
    *, leaver: User | None, initiatives: Sequence[Initiative], by: User, on: date, to: User, reason: str
) -> list[Handover]:
    """Give every part that somebody who has left holds in these initiatives to one person, in one go.

    With nobody for a leaver, initiatives without an owner get one. What changed hands meanwhile is left as it is.
    """
    made = []
    for initiative in sorted(initiatives, key=lambda row: row.pk):  # in one order, so that nobody waits in a ring
        held = Initiative.objects.select_for_update().get(pk=initiative.pk)
        for part in parts_of(held, leaver):
            made.append(hand_over(initiative=held, by=by, on=on, part=part, to=to, reason=reason))
    return [handover for handover in made if handover]


@transaction.atomic
def set_stand_in(
    *, initiative: Initiative, by: User, person: User | None, starts_on: date, ends_on: date, reason: str
) -> StandIn:
    """Make somebody deputy for some days, the last one included; None ends an earlier stand-in for those days."""
    Initiative.objects.select_for_update().get(pk=initiative.pk)
    return StandIn.objects.create(
        initiative=initiative, person=person, starts_on=starts_on, ends_on=ends_on, reason=reason, recorded_by=by
    )


def next_milestone_number(initiative: Initiative) -> int:
    """Return the number that the initiative's next milestone takes; numbers are never used twice."""
    highest: int | None = initiative.milestones.aggregate(highest=Max("number"))["highest"]
    return (highest or 0) + 1
