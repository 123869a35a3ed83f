"""How an initiative stood at the end of a day, and the figures that follow. No queries: `history` reads the records.

An `InitiativeAt` looks into what was recorded of it only for what somebody asks, because a trend asks little of much.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from fractions import Fraction
from functools import cached_property
from typing import Any, NamedTuple

from accounts.history import LONDON, PersonAt, end_of, standing
from initiatives import periods, progress
from initiatives.models import milestone_ref
from initiatives.progress import DatesSay, MilestoneAt
from initiatives.status import Attention, Reading, Stage, Status, Strength
from pillars.history import CommitmentAt, PillarAt, StrategyAt


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


@dataclass
class MilestoneRecords:
    """Everything that was recorded of one milestone, each list in the order of recording."""

    versions: list[Any]
    moves: list[Any] = field(default_factory=list)
    done: list[Any] = field(default_factory=list)
    withdrawal: Any = None

    def at(self, ref: str, moment: datetime) -> MilestoneAt | None:
        """Return the milestone as it had been recorded before the moment; None when it had not."""
        version = standing(self.versions, moment)
        if version is None:
            return None
        moves, done = _before(self.moves, moment), _before(self.done, moment)
        gone = self.withdrawal if self.withdrawal and self.withdrawal.recorded_at < moment else None
        return MilestoneAt(
            id=version.id,
            ref=milestone_ref(ref, version.number),
            title=version.title,
            weight=version.weight,
            first_due_on=self.versions[0].first_due_on,
            due_on=moves[-1].to_on if moves else self.versions[0].first_due_on,
            done_on=done[-1].done_on if done else None,
            moves=len(moves),
            withdrawn_on=gone.withdrawn_on if gone else None,
        )


@dataclass
class Records:
    """Everything that was recorded of one initiative, each list in the order of recording."""

    versions: list[Any]
    contributions: list[list[Any]] = field(default_factory=list)
    alignments: list[list[Any]] = field(default_factory=list)
    milestones: dict[int, MilestoneRecords] = field(default_factory=dict)
    stages: list[Any] = field(default_factory=list)
    moves: list[Any] = field(default_factory=list)
    asks: list[Any] = field(default_factory=list)
    stand_ins: list[Any] = field(default_factory=list)
    updates: list[LastUpdate] = field(default_factory=list)  # each the last one said once it was recorded
    updates_recorded: list[datetime] = field(default_factory=list)

    def add_update(self, said: LastUpdate) -> None:
        """Note an update, which a later one never makes unsaid."""
        self.updates.append(max(self.updates[-1], said) if self.updates else said)
        self.updates_recorded.append(said.recorded_at)

    def stand_in(self, day: date) -> Any | None:
        """Return who had been recorded last to stand in for the deputy on the day; None when nobody does."""
        covering = [row for row in _before(self.stand_ins, end_of(day)) if row.starts_on <= day <= row.ends_on]
        return covering[-1] if covering and covering[-1].person_id else None


def _before(rows: list[Any], moment: datetime) -> list[Any]:
    return [row for row in rows if row.recorded_at < moment]


@dataclass(frozen=True)
class Since:
    """What changed in an initiative's milestones after a moment."""

    done: tuple[MilestoneAt, ...]
    late: tuple[MilestoneAt, ...]  # that were not late then
    moved: tuple[tuple[MilestoneAt, date], ...]  # with the due date that held then
    gap_then: Fraction | None
    gap_now: Fraction | None

    @property
    def anything(self) -> bool:
        return bool(self.done or self.late or self.moved or self.gap_then != self.gap_now)


@dataclass(frozen=True, eq=False)
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
    stands_in_until: date | None  # the deputy's last day, where somebody stands in for a while
    directorate: str
    partners: str
    sources: str
    external_ref: str  # what another system calls it
    cadence: str
    weight: int
    starts_on: date | None
    promised_end_on: date | None
    records: Records = field(repr=False)
    strategy: StrategyAt = field(repr=False)

    # --- What was recorded ------------------------------------------------------------------------
    @cached_property
    def _moment(self) -> datetime:
        return end_of(self.day)

    @cached_property
    def _stages(self) -> list[Any]:
        return _before(self.records.stages, self._moment)

    @cached_property
    def _moves(self) -> list[Any]:
        return _before(self.records.moves, self._moment)

    @cached_property
    def stage(self) -> Stage:
        """The stage entered last; proposed until any was recorded."""
        last = max(self._stages, key=lambda row: (row.changed_on, row.recorded_at, row.id), default=None)
        return Stage(last.stage) if last else Stage.PROPOSED

    @cached_property
    def began_on(self) -> date | None:
        """The day on which work began: when it first became in progress."""
        return min((row.changed_on for row in self._stages if row.stage == Stage.IN_PROGRESS), default=None)

    @cached_property
    def last_update(self) -> LastUpdate | None:
        said = bisect_left(self.records.updates_recorded, self._moment)
        return self.records.updates[said - 1] if said else None

    @cached_property
    def milestones(self) -> tuple[MilestoneAt, ...]:
        found = (records.at(self.ref, self._moment) for records in self.records.milestones.values())
        return tuple(sorted((m for m in found if m), key=lambda m: (len(m.ref), m.ref)))

    @cached_property
    def also(self) -> tuple[PillarAt, ...]:
        """The other pillars that it contributes to, in the strategy's order."""
        rows = (standing(versions, self._moment) for versions in self.records.contributions)
        ids = {row.pillar_id for row in rows if row}
        return tuple(pillar for id_, pillar in self.strategy.pillars.items() if id_ in ids - {self.pillar.id})

    @cached_property
    def alignments(self) -> tuple[AlignmentAt, ...]:
        """The commitments that it serves, in the strategy's order."""
        rows = (standing(versions, self._moment) for versions in self.records.alignments)
        found = {row.commitment_id: row for row in rows if row}
        return tuple(
            AlignmentAt(commitment, found[id_].strength, found[id_].how)
            for id_, commitment in self.strategy.commitments.items()
            if id_ in found
        )

    @cached_property
    def commitment_ids(self) -> frozenset[int]:
        """The ids of the commitments that it serves, with any strength."""
        return frozenset(alignment.commitment.id for alignment in self.alignments)

    @cached_property
    def main_commitment_ids(self) -> frozenset[int]:
        """The ids of the commitments that it mainly serves."""
        return frozenset(a.commitment.id for a in self.alignments if a.strength == Strength.MAIN)

    @cached_property
    def date_moves(self) -> int:
        """How many times a due date of it was moved."""
        return len(self._moves)

    @cached_property
    def asks_open(self) -> int:
        """How many of its asks wait for an answer."""
        asked = _before(self.records.asks, self._moment)
        return sum(row.answer__recorded_at is None or row.answer__recorded_at >= self._moment for row in asked)

    # --- What follows from it ---------------------------------------------------------------------
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

    @cached_property
    def gap(self) -> Fraction | None:
        return None if self.progress is None or self.planned is None else self.progress - self.planned

    @cached_property
    def due(self) -> Fraction | None:
        """The weight due by the day at today's dates, as moved: the second clock, beside `planned`."""
        return progress.due(self.milestones, self.day)

    @cached_property
    def due_gap(self) -> Fraction | None:
        return None if self.progress is None or self.due is None else self.progress - self.due

    @cached_property
    def days_moved(self) -> Fraction | None:
        """How many days its milestones are now due after their first promises, in the mean by weight."""
        return progress.days_moved(self.milestones)

    @cached_property
    def reading(self) -> Reading | None:
        return progress.machine_reading(shown=self.status, stage=self.stage, milestones=self.milestones, day=self.day)

    @property
    def is_watermelon(self) -> bool:
        return progress.is_watermelon(stage=self.stage, last_rag=self.rag, reading=self.reading)

    @cached_property
    def counts_in_progress(self) -> bool:
        """Whether the means of progress count this initiative: in progress or complete, and with milestones."""
        return self.stage in (Stage.IN_PROGRESS, Stage.COMPLETE) and bool(self.milestones_total)

    @cached_property
    def milestones_total(self) -> int:
        return len(self.milestones)

    @cached_property
    def milestones_done(self) -> int:
        return sum(m.is_done(self.day) for m in self.milestones)

    @cached_property
    def milestones_late(self) -> int:
        return len(self.late_milestones)

    @cached_property
    def late_since(self) -> date | None:
        """The day on which the milestone that is latest was due; None when none is late."""
        return min((m.due_on for m in self.late_milestones), default=None)

    @cached_property
    def late_milestones(self) -> tuple[MilestoneAt, ...]:
        return tuple(m for m in self.milestones if m.is_late(self.day))

    @cached_property
    def next_milestone(self) -> MilestoneAt | None:
        """The open milestone that is due first, late ones included."""
        still_open = [m for m in self.milestones if m.is_open(self.day)]
        return min(still_open, key=lambda m: (m.due_on, m.ref), default=None)

    @cached_property
    def first_ends_on(self) -> date | None:
        """The end first promised: the latest first date of its milestones, or its own promise where it has none."""
        return max((m.first_due_on for m in self.milestones), default=self.promised_end_on)

    @cached_property
    def ends_on(self) -> date | None:
        """The end as now expected: the latest due date of its milestones, or its own promise as moved."""
        return max((m.due_on for m in self.milestones), default=self._own_due_on)

    @property
    def _own_due_on(self) -> date | None:
        own = [row.to_on for row in self._moves if row.milestone_id is None]
        return own[-1] if own else self.promised_end_on

    def dates_say(self, done: Mapping[int, date] | None = None, due: Mapping[int, date] | None = None) -> DatesSay:
        """Return what the dates say, or would say with these milestones done and moved (id -> day)."""
        if self.stage != Stage.IN_PROGRESS:
            return DatesSay(None, self.gap, (), ())
        done, due = done or {}, due or {}
        milestones = [
            replace(m, done_on=done.get(m.id, m.done_on), due_on=due.get(m.id, m.due_on), moves=m.moves + (m.id in due))
            for m in self.milestones
        ]
        return progress.dates_say(milestones, self.day)

    def since(self, moment: datetime) -> Since:
        """Return what was recorded of the milestones after the moment; what was recorded with it is no news."""
        just_after = moment + timedelta(microseconds=1)
        before = {id_: records.at(self.ref, just_after) for id_, records in self.records.milestones.items()}
        then = {id_: milestone for id_, milestone in before.items() if milestone}
        on = moment.astimezone(LONDON).date()
        return Since(
            done=tuple(
                m for m in self.milestones if m.is_done(self.day) and not (m.id in then and then[m.id].is_done(on))
            ),
            late=tuple(m for m in self.late_milestones if not (m.id in then and then[m.id].is_late(on))),
            moved=tuple(
                (m, then[m.id].due_on) for m in self.milestones if m.id in then and m.due_on != then[m.id].due_on
            ),
            gap_then=progress.gap(list(then.values()), on),
            gap_now=self.gap,
        )

    @cached_property
    def attention(self) -> frozenset[str]:
        """The words of `Attention` that hold for this initiative."""
        reasons = {
            Attention.LATE: self.milestones_late > 0,
            Attention.SILENT: self.status.is_silent,
            Attention.MOVED: self.date_moves > 0,
            Attention.WATERMELON: self.is_watermelon,
            Attention.ASK: self.asks_open > 0,
        }
        return frozenset(word for word, holds in reasons.items() if holds)


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
        used = {id_ for i in self.initiatives for id_ in i.commitment_ids}
        return tuple(c for c in self.strategy.commitments.values() if c.stood or c.id in used)


def ref_order(ref: str) -> tuple[str, int]:
    """Order refs by their letters, then by number, so that DS-1000 follows DS-999."""
    letters, _, number = ref.rpartition("-")
    return letters, int(number)
