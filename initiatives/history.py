"""Reading the portfolio as at a day, from history alone and in a constant number of queries.

`Timeline` holds what had been recorded; `Timeline.at(day)` tells how every initiative stood at the end of a day. The
figures themselves come from `initiatives.progress`, and are worked out only when somebody looks at them.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from fractions import Fraction
from functools import cached_property
from typing import Any, NamedTuple

from django.db.models import Min, OuterRef, QuerySet, Subquery
from django.utils import timezone

from accounts.history import LONDON, PeopleHistory, PersonAt, end_of, standing, versions
from initiatives import periods, progress
from initiatives.models import (
    Alignment,
    Answer,
    Ask,
    Contribution,
    DateMove,
    DoneDate,
    Initiative,
    Milestone,
    StageChange,
    Update,
    Withdrawal,
    milestone_ref,
)
from initiatives.progress import MilestoneAt
from initiatives.status import Attention, Reading, Stage, Status
from pillars.history import CommitmentAt, PillarAt, StrategyAt, StrategyHistory
from pillars.models import Pillar

ATTRIBUTES = (
    "ref", "title", "summary", "pillar_id", "focus", "owner_id", "deputy_id", "sponsor_id", "directorate", "partners",
    "sources", "cadence", "weight", "starts_on", "promised_end_on",
)  # fmt: skip


class AlignmentAt(NamedTuple):
    commitment: CommitmentAt
    strength: str
    how: str


class LastUpdate(NamedTuple):
    """The update with the latest `said_on`, then the latest recorded, then the highest id."""

    said_on: date
    recorded_at: datetime
    id: int
    rag: str


@dataclass(frozen=True)
class InitiativeAt:
    """An initiative as it had been recorded by the end of `day`, and the figures that follow from that."""

    day: date
    id: int
    ref: str
    title: str
    summary: str
    pillar: PillarAt
    focus: str
    owner: PersonAt | None
    deputy: PersonAt | None
    sponsor: PersonAt | None
    directorate: str
    partners: str
    sources: str
    cadence: str
    weight: int
    starts_on: date | None
    promised_end_on: date | None
    also: tuple[PillarAt, ...]
    alignments: tuple[AlignmentAt, ...]
    stage: Stage
    began_on: date | None
    last_update: LastUpdate | None
    milestones: tuple[MilestoneAt, ...]
    own_due_on: date | None
    date_moves: int
    asks_open: int

    @property
    def rag(self) -> str | None:
        """The RAG last said, whatever the stage or the silence."""
        return self.last_update.rag if self.last_update else None

    @property
    def rag_said_on(self) -> date | None:
        return self.last_update.said_on if self.last_update else None

    @property
    def days_since_update(self) -> int | None:
        return (self.day - self.last_update.said_on).days if self.last_update else None

    @cached_property
    def update_due_on(self) -> date | None:
        """The day on which the next update is due; None unless work is in progress."""
        if self.stage != Stage.IN_PROGRESS:
            return None
        return periods.update_due_on(self.rag_said_on, self.began_on, self.cadence)

    @cached_property
    def status(self) -> Status:
        return progress.status(stage=self.stage, last_rag=self.rag, update_due_on=self.update_due_on, day=self.day)

    @cached_property
    def progress(self) -> Fraction | None:
        return progress.progress(self.milestones, self.day)

    @cached_property
    def planned(self) -> Fraction | None:
        return progress.planned(self.milestones, self.day)

    @property
    def gap(self) -> Fraction | None:
        return None if self.progress is None or self.planned is None else self.progress - self.planned

    @cached_property
    def reading(self) -> Reading | None:
        return progress.machine_reading(shown=self.status, stage=self.stage, milestones=self.milestones, day=self.day)

    @property
    def is_watermelon(self) -> bool:
        return progress.is_watermelon(stage=self.stage, last_rag=self.rag, reading=self.reading)

    @property
    def counts_in_progress(self) -> bool:
        """Whether the means of progress count this initiative: in progress or complete, and with milestones."""
        return self.stage in (Stage.IN_PROGRESS, Stage.COMPLETE) and bool(self.milestones)

    @cached_property
    def milestones_done(self) -> int:
        return sum(m.is_done(self.day) for m in self.milestones)

    @cached_property
    def late_milestones(self) -> tuple[MilestoneAt, ...]:
        return tuple(m for m in self.milestones if m.is_late(self.day))

    @property
    def next_milestone(self) -> MilestoneAt | None:
        """The open milestone that is due first, late ones included."""
        still_open = [m for m in self.milestones if m.is_open(self.day)]
        return min(still_open, key=lambda m: (m.due_on, m.ref), default=None)

    @property
    def first_ends_on(self) -> date | None:
        """The end first promised: the latest first date of its milestones, or its own promise where it has none."""
        return max((m.first_due_on for m in self.milestones), default=self.promised_end_on)

    @property
    def ends_on(self) -> date | None:
        """The end as now expected: the latest due date of its milestones, or its own promise as moved."""
        return max((m.due_on for m in self.milestones), default=self.own_due_on)

    @cached_property
    def attention(self) -> frozenset[str]:
        """The words of `Attention` that hold for this initiative."""
        reasons = {
            Attention.LATE: bool(self.late_milestones),
            Attention.SILENT: self.status.is_silent,
            Attention.MOVED: self.date_moves > 0,
            Attention.WATERMELON: self.is_watermelon,
            Attention.ASK: self.asks_open > 0,
        }
        return frozenset(word for word, holds in reasons.items() if holds)


@dataclass
class _Records:
    """Everything that was recorded of one initiative, each list in the order of recording."""

    attributes: list[Any]
    contributions: list[list[Any]] = field(default_factory=list)
    alignments: list[list[Any]] = field(default_factory=list)
    stages: list[Any] = field(default_factory=list)
    milestones: list[list[Any]] = field(default_factory=list)
    moves: list[Any] = field(default_factory=list)
    updates: list[LastUpdate] = field(default_factory=list)  # each the last one said once it was recorded
    updates_recorded: list[datetime] = field(default_factory=list)
    asks: list[Any] = field(default_factory=list)


class Timeline:
    """What had been recorded by the end of `until`, from which the portfolio can be had as at any day up to it.

    With `one_day` only the last update of each initiative is read, which is all that `at(until)` needs; with `only`,
    nothing but that initiative.
    """

    def __init__(self, until: date, *, one_day: bool = False, only: Initiative | None = None) -> None:
        self.until, self.one_day, self.only = until, one_day, only
        moment = end_of(until)
        self._moves: dict[int, list[Any]] = defaultdict(list)
        self._done: dict[int, list[Any]] = defaultdict(list)
        self._withdrawn: dict[int, Any] = {}
        self._records = {
            id_: _Records(rows)
            for id_, rows in versions(Initiative, *ATTRIBUTES, before=moment, **self._of("id")).items()
        }
        self._read_versions(moment)
        self._read_rows(moment)
        self._read_updates(moment)
        self._people = PeopleHistory()
        self._strategy = StrategyHistory()

    def _of(self, path: str) -> dict[str, int]:
        return {path: self.only.pk} if self.only else {}

    def _read_versions(self, moment: datetime) -> None:
        def recorded(model: Any, *fields: str) -> Iterable[tuple[_Records, list[Any]]]:
            found = versions(model, "initiative_id", *fields, before=moment, **self._of("initiative_id"))
            return ((self._records[rows[0].initiative_id], rows) for rows in found.values())

        for records, rows in recorded(Contribution, "pillar_id"):
            records.contributions.append(rows)
        for records, rows in recorded(Alignment, "commitment_id", "strength", "how"):
            records.alignments.append(rows)
        for records, rows in recorded(Milestone, "number", "title", "weight", "first_due_on"):
            records.milestones.append(rows)

    def _read_rows(self, moment: datetime) -> None:
        def recorded(model: Any, path: str, *fields: str) -> Iterable[Any]:
            rows = model.objects.recorded_before(moment).filter(**self._of(path))
            return rows.values_list("recorded_at", "id", path, *fields, named=True).iterator(chunk_size=5000)

        for row in recorded(StageChange, "initiative_id", "stage", "changed_on"):
            self._records[row.initiative_id].stages.append(row)
        for row in recorded(DateMove, "initiative_id", "milestone_id", "to_on"):
            self._records[row.initiative_id].moves.append(row)
            if row.milestone_id:
                self._moves[row.milestone_id].append(row)
        for row in recorded(DoneDate, "milestone__initiative_id", "milestone_id", "done_on"):
            self._done[row.milestone_id].append(row)
        for row in recorded(Withdrawal, "milestone__initiative_id", "milestone_id", "withdrawn_on"):
            self._withdrawn[row.milestone_id] = row
        for row in recorded(Ask, "initiative_id", "answer__recorded_at"):
            self._records[row.initiative_id].asks.append(row)

    def _read_updates(self, moment: datetime) -> None:
        rows: QuerySet[Any] = Update.objects.recorded_before(moment).filter(**self._of("initiative_id"))
        if self.one_day:
            newest = Update.objects.filter(initiative=OuterRef("pk"), recorded_at__lt=moment)
            last = Subquery(newest.order_by("-said_on", "-recorded_at", "-id").values("id")[:1])
            rows = rows.filter(id__in=Initiative.objects.annotate(last=last).values("last"))
        for initiative_id, *update in rows.values_list("initiative_id", "said_on", "recorded_at", "id", "rag").iterator(
            chunk_size=5000
        ):
            records, said = self._records[initiative_id], LastUpdate(*update)
            records.updates.append(max(records.updates[-1], said) if records.updates else said)
            records.updates_recorded.append(said.recorded_at)

    def at(self, day: date) -> Portfolio:
        """Return the portfolio as at the end of the day: every initiative that existed, in the order of ref."""
        if day > self.until or (self.one_day and day != self.until):
            raise ValueError(f"this timeline was not read for {day}")
        moment = end_of(day)
        strategy, people = self._strategy.at(day), self._people.at(day)
        found = []
        for records in self._records.values():
            version = standing(records.attributes, moment)
            if version is not None:
                found.append(self._initiative(records, version, day, strategy, people))
        return Portfolio(day, strategy, people, tuple(sorted(found, key=lambda i: ref_order(i.ref))))

    def _initiative(
        self,
        records: _Records,
        version: Any,
        day: date,
        strategy: StrategyAt,
        people: Mapping[int, PersonAt],
    ) -> InitiativeAt:
        moment = end_of(day)
        stages = [row for row in records.stages if row.recorded_at < moment]
        current = max(stages, key=lambda row: (row.changed_on, row.recorded_at, row.id), default=None)
        begun = [row.changed_on for row in stages if row.stage == Stage.IN_PROGRESS]
        said = bisect_left(records.updates_recorded, moment)
        moves = [row for row in records.moves if row.recorded_at < moment]
        own_moves = [row for row in moves if row.milestone_id is None]
        attributes = version._asdict()
        return InitiativeAt(
            day=day,
            pillar=strategy.pillars[attributes["pillar_id"]],
            owner=people.get(attributes["owner_id"]),
            deputy=people.get(attributes["deputy_id"]),
            sponsor=people.get(attributes["sponsor_id"]),
            also=self._also(records, moment, strategy),
            alignments=self._alignments(records, moment, strategy),
            stage=Stage(current.stage) if current else Stage.PROPOSED,
            began_on=min(begun, default=None),
            last_update=records.updates[said - 1] if said else None,
            milestones=self._milestones(records, version.ref, moment),
            own_due_on=own_moves[-1].to_on if own_moves else attributes["promised_end_on"],
            date_moves=len(moves),
            asks_open=sum(
                row.recorded_at < moment and (row.answer__recorded_at is None or row.answer__recorded_at >= moment)
                for row in records.asks
            ),
            **{name: attributes[name] for name in ("id", *ATTRIBUTES) if not name.endswith("_id")},
        )

    def _also(self, records: _Records, moment: datetime, strategy: StrategyAt) -> tuple[PillarAt, ...]:
        rows = (standing(rows, moment) for rows in records.contributions)
        also = {row.pillar_id for row in rows if row}
        return tuple(pillar for id_, pillar in strategy.pillars.items() if id_ in also)

    def _alignments(self, records: _Records, moment: datetime, strategy: StrategyAt) -> tuple[AlignmentAt, ...]:
        rows = (standing(rows, moment) for rows in records.alignments)
        by_commitment = {row.commitment_id: row for row in rows if row}
        if not by_commitment:
            return ()
        return tuple(
            AlignmentAt(commitment, by_commitment[id_].strength, by_commitment[id_].how)
            for id_, commitment in strategy.commitments.items()
            if id_ in by_commitment
        )

    def _milestones(self, records: _Records, ref: str, moment: datetime) -> tuple[MilestoneAt, ...]:
        found = []
        for rows in records.milestones:
            version = standing(rows, moment)
            if version is None:
                continue
            moves = [row for row in self._moves.get(version.id, ()) if row.recorded_at < moment]
            done = [row for row in self._done.get(version.id, ()) if row.recorded_at < moment]
            gone = self._withdrawn.get(version.id)
            found.append(
                MilestoneAt(
                    id=version.id,
                    ref=milestone_ref(ref, version.number),
                    title=version.title,
                    weight=version.weight,
                    first_due_on=version.first_due_on,
                    due_on=moves[-1].to_on if moves else version.first_due_on,
                    done_on=done[-1].done_on if done else None,
                    moves=len(moves),
                    withdrawn_on=gone.withdrawn_on if gone and gone.recorded_at < moment else None,
                )
            )
        return tuple(sorted(found, key=lambda m: m.ref))


@dataclass(frozen=True)
class Portfolio:
    """The strategy and its initiatives as at a day."""

    day: date
    strategy: StrategyAt
    people: Mapping[int, PersonAt]
    initiatives: tuple[InitiativeAt, ...]

    def narrowed(self, initiatives: Iterable[InitiativeAt]) -> Portfolio:
        """Return the same strategy speaking of these initiatives alone."""
        return replace(self, initiatives=tuple(initiatives))

    @cached_property
    def pillars(self) -> tuple[PillarAt, ...]:
        """The pillars that stood, and any that an initiative of the day belongs to."""
        used = {i.pillar.id for i in self.initiatives}
        return tuple(p for p in self.strategy.pillars.values() if p.stood or p.id in used)

    @cached_property
    def commitments(self) -> tuple[CommitmentAt, ...]:
        """The commitments that stood, and any that an initiative of the day serves."""
        used = {a.commitment.id for i in self.initiatives for a in i.alignments}
        return tuple(c for c in self.strategy.commitments.values() if c.stood or c.id in used)


def portfolio(day: date) -> Portfolio:
    """Return the portfolio as at the end of `day`, in a constant number of queries."""
    return Timeline(day, one_day=True).at(day)


def initiative_as_at(initiative: Initiative, day: date) -> InitiativeAt | None:
    """Return one initiative as at the end of `day`; None when it did not exist by then."""
    found = Timeline(day, one_day=True, only=initiative).at(day).initiatives
    return found[0] if found else None


def ref_order(ref: str) -> tuple[str, int]:
    """Order refs by their letters, then by number, so that DS-1000 follows DS-999."""
    letters, _, number = ref.rpartition("-")
    return letters, int(number)


def first_day() -> date | None:
    """Return the day of the first row of history in London; None before anything was set up."""
    moments = [model.history.aggregate(first=Min("history_date"))["first"] for model in (Pillar, Initiative)]
    found = [moment for moment in moments if moment is not None]
    return timezone.localdate(min(found), LONDON) if found else None


@dataclass(frozen=True)
class Event:
    """Something that was recorded of an initiative, for its story: newest first on its page."""

    kind: str  # update, move, done, stage, withdrawal or answer
    on: date
    recorded_at: datetime
    by: PersonAt | None
    row: Any

    @property
    def mark(self) -> str:
        """The word whose shape stands beside it."""
        if self.kind == "update":
            return str(self.row.rag)
        if self.kind == "stage":
            return str(self.row.stage)
        if self.kind == "answer":
            return str(self.row.outcome)
        if self.kind == "done":
            return "done" if self.row.done_on else "open"
        return {"move": "moved", "withdrawal": "withdrawn"}[self.kind]


def story(initiative: Initiative, day: date) -> list[Event]:
    """Return everything that had been recorded of the initiative by the end of the day, newest first."""
    moment = end_of(day)
    people = PeopleHistory().at(day)
    of = {"initiative": initiative}
    kinds = [
        ("update", "said_on", Update.objects.filter(**of).select_related("ask__answer")),
        ("move", None, DateMove.objects.filter(**of).select_related("milestone__initiative")),
        ("stage", "changed_on", StageChange.objects.filter(**of)),
        (
            "done",
            "done_on",
            DoneDate.objects.filter(milestone__initiative=initiative).select_related("milestone__initiative"),
        ),
        (
            "withdrawal",
            "withdrawn_on",
            Withdrawal.objects.filter(milestone__initiative=initiative).select_related("milestone__initiative"),
        ),
        ("answer", "answered_on", Answer.objects.filter(ask__initiative=initiative).select_related("ask")),
    ]
    events = [
        Event(
            kind=kind,
            on=(getattr(row, day_field) if day_field else None) or timezone.localdate(row.recorded_at, LONDON),
            recorded_at=row.recorded_at,
            by=people.get(row.recorded_by_id or 0),
            row=row,
        )
        for kind, day_field, rows in kinds
        for row in rows.filter(recorded_at__lt=moment)
    ]
    return sorted(events, key=lambda event: (event.on, event.recorded_at, event.row.pk), reverse=True)
