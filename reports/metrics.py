"""Portfolio figures: what the initiatives of a day add up to, as frozen dataclasses."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cached_property
from typing import Any

from initiatives.as_at import InitiativeAt, Portfolio
from initiatives.history import Timeline
from initiatives.periods import month_ends
from initiatives.progress import distribution, weighted_mean, whole
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
class AttentionItem:
    """An initiative that needs a leader, and why, in words."""

    initiative: InitiativeAt
    why: str
    explanation: str = ""  # where the owner says better than the dates: why


@dataclass(frozen=True)
class AttentionGroup:
    """What needs a leader for one reason; `query` gives the same initiatives in the list."""

    key: str
    title: str
    short: str
    query: str
    items: tuple[AttentionItem, ...]


def whole_portfolio(portfolio: Portfolio) -> Figures:
    """Return the figures of everything."""
    return Figures(portfolio.initiatives)


def headline(figures: Figures) -> str:
    """Say in two sentences how the strategy is going."""
    words = {Status.GREEN: "green", Status.AMBER: "amber", Status.RED: "red"}
    counts = ", ".join(f"{figures.statuses[status]} {word}" for status, word in words.items())
    silent = f"{figures.silent} with no current update"
    going = f"Of {_count(figures.in_progress, 'initiative')} in progress: {counts}, {silent}."
    if figures.progress is None or figures.planned is None or figures.gap is None:
        return f"{going} No milestones are set yet, so progress cannot be measured."
    gap = whole(figures.gap) or 0
    beside = f"{_count(abs(gap), 'point')} {'behind' if gap < 0 else 'ahead'}" if gap else "on plan"
    return (
        f"{going} {whole(figures.progress)}% is done against {whole(figures.planned)}% first promised by now: {beside}."
    )


def by_pillar(portfolio: Portfolio) -> list[PillarFigures]:
    """Return each pillar's figures; an initiative counts under its home pillar only."""
    return [
        PillarFigures(pillar, Figures(tuple(i for i in portfolio.initiatives if i.pillar.id == pillar.id)))
        for pillar in portfolio.pillars
    ]


def serves(initiative: InitiativeAt, commitments: Iterable[CommitmentAt]) -> bool:
    """Say whether the initiative is aligned, with any strength, to one of the commitments."""
    return any(commitment.id in initiative.commitment_ids for commitment in commitments)


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


def needing_attention(portfolio: Portfolio, explained: Mapping[int, str] | None = None) -> list[AttentionGroup]:
    """Group what needs a leader by the reason, the most pressing reason and case first.

    Work in progress alone, but for asks: leaders owe an answer at any stage. `explained` holds what owners say of their
    watermelons, by initiative.
    """
    live = [i for i in portfolio.initiatives if i.stage == Stage.IN_PROGRESS]

    def group(
        key: str,
        title: str,
        short: str,
        query: str,
        found: Iterable[InitiativeAt],
        why: Callable[[InitiativeAt], str],
        pressing: Callable[[InitiativeAt], Any],
    ) -> AttentionGroup:
        words = explained or {}
        items = (AttentionItem(i, why(i), words.get(i.id, "")) for i in sorted(found, key=pressing, reverse=True))
        return AttentionGroup(key, title, short, query, tuple(items))

    def with_(word: Attention, among: Sequence[InitiativeAt] = live) -> list[InitiativeAt]:
        return [i for i in among if word in i.attention]

    red = [i for i in live if i.status == Status.RED]
    groups = (
        group(
            "ask",
            "Waiting for an answer from leaders",
            "wait for an answer",
            "attention=ask",
            with_(Attention.ASK, portfolio.initiatives),
            _asks,
            lambda i: i.asks_open,
        ),
        group("red", "Red", "red", "status=red", red, _said, lambda i: i.days_since_update),
        group(
            "watermelon",
            "Said green, reads red",
            "said green, read red",
            "stage=in-progress&attention=watermelon",
            with_(Attention.WATERMELON),
            _behind,
            lambda i: -(i.gap or 0),
        ),
        group(
            "silent",
            "No current update",
            "with no current update",
            "stage=in-progress&attention=silent",
            with_(Attention.SILENT),
            _silence,
            _days_silent,
        ),
        group(
            "late",
            "Late milestones",
            "with a late milestone",
            "stage=in-progress&attention=late",
            with_(Attention.LATE),
            _lateness,
            _days_late,
        ),
        group(
            "moved",
            "Dates moved",
            "with dates moved",
            "stage=in-progress&attention=moved",
            with_(Attention.MOVED),
            _moves,
            lambda i: i.date_moves,
        ),
    )
    return [found for found in groups if found.items]


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number:,} {thing}s"


def _asks(i: InitiativeAt) -> str:
    return f"{_count(i.asks_open, 'ask')} open"


def _said(i: InitiativeAt) -> str:
    return f"said {_count(i.days_since_update or 0, 'day')} ago"


def _days_late(i: InitiativeAt) -> int:
    return max((i.day - m.due_on).days for m in i.late_milestones)


def _lateness(i: InitiativeAt) -> str:
    if len(i.late_milestones) == 1:
        return f"“{i.late_milestones[0].title}” is {_count(_days_late(i), 'day')} late"
    return f"{len(i.late_milestones)} milestones are late, one by {_count(_days_late(i), 'day')}"


def _behind(i: InitiativeAt) -> str:
    if i.late_milestones:
        return _lateness(i)
    return f"{_count(-(whole(i.gap) or 0), 'point')} behind the first plan"


def _days_silent(i: InitiativeAt) -> int:
    since = i.rag_said_on or i.began_on
    return (i.day - since).days if since else 0


def _silence(i: InitiativeAt) -> str:
    if i.last_update is None:
        return f"never updated in the {_count(_days_silent(i), 'day')} since work began"
    return f"last said {i.rag} {_count(_days_silent(i), 'day')} ago"


def _moves(i: InitiativeAt) -> str:
    slip = (i.ends_on - i.first_ends_on).days if i.ends_on and i.first_ends_on else 0
    end = f", and the end is {_count(slip, 'day')} later than first promised" if slip > 0 else ""
    return f"{_count(i.date_moves, 'move')}{end}"
