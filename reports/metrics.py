"""Portfolio figures: what the initiatives of a day add up to, as frozen dataclasses."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cached_property

from initiatives.history import InitiativeAt, Portfolio, Timeline
from initiatives.periods import month_ends
from initiatives.progress import distribution, weighted_mean
from initiatives.status import Attention, Stage, Status, Strength
from pillars.history import AimAt, CommitmentAt, PillarAt


@dataclass(frozen=True)
class Figures:
    """What a set of initiatives adds up to. There is no rolled-up colour: an average would hide the reds."""

    initiatives: tuple[InitiativeAt, ...]

    @property
    def count(self) -> int:
        return len(self.initiatives)

    @cached_property
    def statuses(self) -> dict[Status, int]:
        """How many initiatives show each status; the counts add up to `count`."""
        return distribution(i.status for i in self.initiatives)

    @cached_property
    def progress(self) -> Fraction | None:
        """The mean progress of what is in progress or complete and has milestones, by initiative weight."""
        return weighted_mean((i.progress, i.weight) for i in self.initiatives if i.counts_in_progress)

    @cached_property
    def planned(self) -> Fraction | None:
        """The mean of what was first promised by the day, over the same initiatives."""
        return weighted_mean((i.planned, i.weight) for i in self.initiatives if i.counts_in_progress)

    @property
    def gap(self) -> Fraction | None:
        return None if self.progress is None or self.planned is None else self.progress - self.planned

    @property
    def milestones_total(self) -> int:
        return sum(len(i.milestones) for i in self.initiatives)

    @property
    def milestones_done(self) -> int:
        return sum(i.milestones_done for i in self.initiatives)

    @property
    def milestones_late(self) -> int:
        return sum(len(i.late_milestones) for i in self.initiatives)

    @property
    def asks_open(self) -> int:
        return sum(i.asks_open for i in self.initiatives)

    @property
    def in_progress(self) -> int:
        return sum(i.stage == Stage.IN_PROGRESS for i in self.initiatives)

    @property
    def silent(self) -> int:
        """How many owe a word: never updated, or no current update."""
        return sum(i.status.is_silent for i in self.initiatives)

    @property
    def strip(self) -> list[tuple[str, str, int]]:
        """The distribution for a page: status, label and count of each status that occurs."""
        return [(word.value, str(word.label), count) for word, count in self.statuses.items() if count]


@dataclass(frozen=True)
class PillarFigures:
    pillar: PillarAt
    figures: Figures


@dataclass(frozen=True)
class CommitmentFigures:
    """A commitment and what stands behind it; a gap when no main alignment of work that is not stopped does."""

    commitment: CommitmentAt
    figures: Figures
    is_gap: bool


@dataclass(frozen=True)
class ThreadCell:
    """Where a pillar meets an aim."""

    pillar: PillarAt
    aim: AimAt
    figures: Figures
    commitments_served: int


@dataclass(frozen=True)
class TrendPoint:
    """A pillar's figures at a month's end."""

    month_end: date
    pillar: PillarAt
    figures: Figures


@dataclass(frozen=True)
class AttentionGroup:
    """Initiatives that need a leader for one reason."""

    reason: Attention
    initiatives: tuple[InitiativeAt, ...]


def whole_portfolio(portfolio: Portfolio) -> Figures:
    """Return the figures of everything."""
    return Figures(portfolio.initiatives)


def by_pillar(portfolio: Portfolio) -> list[PillarFigures]:
    """Return each pillar's figures; an initiative counts under its home pillar only."""
    return [
        PillarFigures(pillar, Figures(tuple(i for i in portfolio.initiatives if i.pillar.id == pillar.id)))
        for pillar in portfolio.pillars
    ]


def serves(initiative: InitiativeAt, commitments: Iterable[CommitmentAt]) -> bool:
    """Say whether the initiative is aligned, with any strength, to one of the commitments."""
    ids = {commitment.id for commitment in commitments}
    return any(alignment.commitment.id in ids for alignment in initiative.alignments)


def by_commitment(portfolio: Portfolio) -> list[CommitmentFigures]:
    """Return each commitment's figures, over every initiative aligned to it with any strength."""
    behind: dict[int, list[InitiativeAt]] = {}
    held = set()
    for initiative in portfolio.initiatives:
        for alignment in initiative.alignments:
            behind.setdefault(alignment.commitment.id, []).append(initiative)
            if alignment.strength == Strength.MAIN and initiative.stage != Stage.STOPPED:
                held.add(alignment.commitment.id)
    return [
        CommitmentFigures(commitment, Figures(tuple(behind.get(commitment.id, ()))), commitment.id not in held)
        for commitment in portfolio.commitments
    ]


def aims(portfolio: Portfolio) -> list[tuple[AimAt, list[CommitmentAt]]]:
    """Return each aim with its commitments."""
    found: dict[int, tuple[AimAt, list[CommitmentAt]]] = {
        aim.id: (aim, []) for aim in portfolio.strategy.aims.values() if aim.stood
    }
    for commitment in portfolio.commitments:
        found.setdefault(commitment.aim.id, (commitment.aim, []))[1].append(commitment)
    return list(found.values())


def thread_cell(portfolio: Portfolio, pillar: PillarAt, aim: AimAt, commitments: Sequence[CommitmentAt]) -> ThreadCell:
    """Return the figures of a pillar's initiatives that serve any of these commitments of an aim."""
    found = tuple(i for i in portfolio.initiatives if i.pillar.id == pillar.id and serves(i, commitments))
    live = [i for i in found if i.stage != Stage.STOPPED]
    served = sum(any(serves(i, [commitment]) for i in live) for commitment in commitments)
    return ThreadCell(pillar, aim, Figures(found), served)


def golden_thread(portfolio: Portfolio) -> list[ThreadCell]:
    """Return a cell for each pillar and aim; an initiative counts under every aim that it is aligned to."""
    return [
        thread_cell(portfolio, pillar, aim, commitments)
        for pillar in portfolio.pillars
        for aim, commitments in aims(portfolio)
    ]


def trend(timeline: Timeline, ends: Iterable[date], only: frozenset[int] | None = None) -> list[TrendPoint]:
    """Return every pillar's figures at each of the days; `only` keeps the initiatives of these ids."""
    points = []
    for end in ends:
        portfolio = timeline.at(end)
        if only is not None:
            portfolio = portfolio.narrowed(i for i in portfolio.initiatives if i.id in only)
        points += [TrendPoint(end, found.pillar, found.figures) for found in by_pillar(portfolio)]
    return points


def whole_month_ends(first: date | None, last: date) -> list[date]:
    """Return the ends of the months that were over by `last`, from the first row of history on."""
    return month_ends(first, last) if first else []


def needing_attention(portfolio: Portfolio) -> list[AttentionGroup]:
    """Group the work in progress that needs a leader by the reason, the most pressing first."""
    live = [i for i in portfolio.initiatives if i.stage == Stage.IN_PROGRESS]
    order = (Attention.ASK, Attention.WATERMELON, Attention.SILENT, Attention.LATE, Attention.MOVED)
    groups = (AttentionGroup(reason, tuple(i for i in live if reason in i.attention)) for reason in order)
    return [group for group in groups if group.initiatives]
