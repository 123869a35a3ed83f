"""Portfolio figures: what the initiatives of a day add up to, as frozen dataclasses."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cached_property

from initiatives.as_at import InitiativeAt, Portfolio
from initiatives.history import Timeline
from initiatives.periods import month_ends
from initiatives.progress import distribution, weighted_mean, whole
from initiatives.status import Stage, Status
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
    def _counted(self) -> list[InitiativeAt]:
        return [i for i in self.initiatives if i.counts_in_progress]

    @cached_property
    def progress(self) -> Fraction | None:
        """The mean progress of what is in progress or complete and has milestones, by initiative weight."""
        return weighted_mean((i.progress, i.weight) for i in self._counted)

    @cached_property
    def planned(self) -> Fraction | None:
        """The mean of what was first promised by the day, over the same initiatives."""
        return weighted_mean((i.planned, i.weight) for i in self._counted)

    @property
    def gap(self) -> Fraction | None:
        return None if self.progress is None or self.planned is None else self.progress - self.planned

    @cached_property
    def due(self) -> Fraction | None:
        """The mean of what is due by the day at today's dates, over the same initiatives: the second clock."""
        return weighted_mean((i.due, i.weight) for i in self._counted)

    @property
    def due_gap(self) -> Fraction | None:
        return None if self.progress is None or self.due is None else self.progress - self.due

    @cached_property
    def days_moved(self) -> Fraction | None:
        """By how many days dates have moved from the first promises, in the mean over the same: the third clock."""
        return weighted_mean((i.days_moved, i.weight) for i in self._counted)

    @property
    def milestones_total(self) -> int:
        return sum(i.milestones_total for i in self.initiatives)

    @property
    def milestones_done(self) -> int:
        return sum(i.milestones_done for i in self.initiatives)

    @property
    def milestones_late(self) -> int:
        return sum(i.milestones_late for i in self.initiatives)

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


def whole_portfolio(portfolio: Portfolio) -> Figures:
    """Return the figures of everything."""
    return Figures(portfolio.initiatives)


def headline(figures: Figures) -> str:
    """Say in two sentences how the strategy is going."""
    words = {Status.GREEN: "green", Status.AMBER: "amber", Status.RED: "red"}
    counts = ", ".join(f"{figures.statuses[status]} {word}" for status, word in words.items())
    silent = f"{figures.silent} with no current update"
    going = f"Of {counted(figures.in_progress, 'initiative')} in progress: {counts}, {silent}."
    if figures.progress is None or figures.planned is None or figures.gap is None:
        return f"{going} No milestones are set yet, so progress cannot be measured."
    gap = whole(figures.gap) or 0
    beside = f"{counted(abs(gap), 'point')} {'behind' if gap < 0 else 'ahead'}" if gap else "on plan"
    return (
        f"{going} {whole(figures.progress)}% is done against {whole(figures.planned)}% first promised by now: {beside}."
    )


def by_pillar(portfolio: Portfolio) -> list[PillarFigures]:
    """Return each pillar's figures; an initiative counts under its home pillar only."""
    return [PillarFigures(pillar, of_pillar(portfolio, pillar)) for pillar in portfolio.pillars]


def of_pillar(portfolio: Portfolio, pillar: PillarAt) -> Figures:
    """Return the figures of the initiatives whose home the pillar is."""
    return Figures(tuple(i for i in portfolio.initiatives if i.pillar.id == pillar.id))


def behind(portfolio: Portfolio, commitments: Iterable[CommitmentAt]) -> Figures:
    """Return the figures of everything that serves one of the commitments, each initiative once."""
    ids = frozenset(commitment.id for commitment in commitments)
    return Figures(tuple(i for i in portfolio.initiatives if not ids.isdisjoint(i.commitment_ids)))


def by_commitment(portfolio: Portfolio) -> list[CommitmentFigures]:
    """Return each commitment's figures, over every initiative aligned to it with any strength."""
    behind: dict[int, list[InitiativeAt]] = {}
    held: set[int] = set()
    for initiative in portfolio.initiatives:
        for id_ in initiative.commitment_ids:
            behind.setdefault(id_, []).append(initiative)
        if initiative.stage != Stage.STOPPED:
            held |= initiative.main_commitment_ids
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


def thread_cell(home: Sequence[InitiativeAt], pillar: PillarAt, aim: AimAt, codes: frozenset[int]) -> ThreadCell:
    """Return the figures of those initiatives of a pillar that serve any of these commitments (ids) of an aim."""
    found = tuple(i for i in home if not codes.isdisjoint(i.commitment_ids))
    served: set[int] = set()
    for initiative in found:
        if initiative.stage != Stage.STOPPED:
            served |= initiative.commitment_ids & codes
    return ThreadCell(pillar, aim, Figures(found), len(served))


def golden_thread(portfolio: Portfolio) -> list[ThreadCell]:
    """Return a cell for each pillar and aim; an initiative counts under every aim that it is aligned to."""
    ids = [(aim, frozenset(commitment.id for commitment in commitments)) for aim, commitments in aims(portfolio)]
    return [
        thread_cell(found.figures.initiatives, found.pillar, aim, codes)
        for found in by_pillar(portfolio)
        for aim, codes in ids
    ]


def commitment_cells(portfolio: Portfolio) -> list[tuple[CommitmentFigures, list[ThreadCell]]]:
    """Return each commitment with its cell under each pillar: the golden thread at its finest."""
    homes = [(found.pillar, found.figures.initiatives) for found in by_pillar(portfolio)]
    return [
        (
            found,
            [
                thread_cell(home, pillar, found.commitment.aim, frozenset({found.commitment.id}))
                for pillar, home in homes
            ],
        )
        for found in by_commitment(portfolio)
    ]


def trend(timeline: Timeline, ends: Iterable[date], only: frozenset[int] | None = None) -> list[TrendPoint]:
    """Return every pillar's figures at each of the days; `only` keeps the initiatives of these ids."""
    return [point for end in ends for point in at_end(timeline.at(end), only)]


def at_end(portfolio: Portfolio, only: frozenset[int] | None = None) -> list[TrendPoint]:
    """Return every pillar's figures at the end of the portfolio's day; `only` keeps the initiatives of these ids."""
    if only is not None:
        portfolio = portfolio.narrowed(i for i in portfolio.initiatives if i.id in only)
    return [TrendPoint(portfolio.day, found.pillar, found.figures) for found in by_pillar(portfolio)]


def whole_month_ends(first: date | None, last: date) -> list[date]:
    """Return the ends of the months that were over by `last`, from the first row of history on."""
    return month_ends(first, last) if first else []


def counted(number: int, thing: str) -> str:
    """Write how many of a thing there are: 1 point, 2,000 points."""
    return f"{number} {thing}" if number == 1 else f"{number:,} {thing}s"
