"""The arithmetic of the portal: dates and weights in, exact figures out. No queries, no HTTP.

Every rule has a worked example in tests/initiatives/test_progress.py. Shares are `Fraction`s of one whole; they
become whole percentages or points only in `whole`, when a cell or a page shows them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from initiatives.periods import is_overdue
from initiatives.status import MilestoneStatus, Rag, Reading, Stage, Status

LATE_DAYS_READ_RED = 30
GAP_READS_RED = Fraction(-25, 100)
GAP_READS_AMBER = Fraction(-10, 100)
MOVES_READ_AMBER = 2


@dataclass(frozen=True, slots=True)
class MilestoneAt:
    """A milestone as it had been recorded by the end of a day."""

    id: int
    ref: str
    title: str
    weight: int
    first_due_on: date
    due_on: date
    done_on: date | None = None
    moves: int = 0
    withdrawn_on: date | None = None

    def is_done(self, day: date) -> bool:
        """Done: recorded as done by `day`. What was withdrawn counts as not done for good."""
        return self.done_on is not None and self.done_on <= day and self.withdrawn_on is None

    def is_late(self, day: date) -> bool:
        """Late: due before `day` and not done. A withdrawn milestone is owed no longer, so never late."""
        return self.due_on < day and not self.is_done(day) and self.withdrawn_on is None

    def is_open(self, day: date) -> bool:
        """Open: still to be done."""
        return not self.is_done(day) and self.withdrawn_on is None

    def missed_its_first_promise(self, day: date) -> bool:
        """Missed: first promised before `day` and not done by that promise. A later move never mends it."""
        return self.first_due_on < day and not (self.done_on is not None and self.done_on <= self.first_due_on)

    def status(self, day: date) -> MilestoneStatus:
        if self.is_done(day):
            return MilestoneStatus.DONE
        return MilestoneStatus.LATE if self.is_late(day) else MilestoneStatus.OPEN


def progress(milestones: Sequence[MilestoneAt], day: date) -> Fraction | None:
    """Return done weight over total weight; None without milestones (no milestones is not 0%)."""
    total = sum(m.weight for m in milestones)
    return Fraction(sum(m.weight for m in milestones if m.is_done(day)), total) if total else None


def planned(milestones: Sequence[MilestoneAt], day: date) -> Fraction | None:
    """Return the weight first promised by `day` over total weight; moved dates do not change it."""
    total = sum(m.weight for m in milestones)
    return Fraction(sum(m.weight for m in milestones if m.first_due_on <= day), total) if total else None


def due(milestones: Sequence[MilestoneAt], day: date) -> Fraction | None:
    """Return the weight due by `day` at the dates as now moved, over total weight: what `planned` would be without
    first promises.
    """
    total = sum(m.weight for m in milestones)
    return Fraction(sum(m.weight for m in milestones if m.due_on <= day), total) if total else None


def days_moved(milestones: Sequence[MilestoneAt]) -> Fraction | None:
    """Return by how many days due dates now lie after the first promises: the mean by weight, negative when before."""
    total = sum(m.weight for m in milestones)
    moved = sum(m.weight * (m.due_on - m.first_due_on).days for m in milestones)
    return Fraction(moved, total) if total else None


def gap(milestones: Sequence[MilestoneAt], day: date) -> Fraction | None:
    """Return progress less planned: negative when behind the first promises."""
    done, promised = progress(milestones, day), planned(milestones, day)
    return None if done is None or promised is None else done - promised


def weighted_mean(shares: Iterable[tuple[Fraction | None, int]]) -> Fraction | None:
    """Return the mean of (share, weight) pairs, passing over the shares that are None; None when none is left."""
    weights, by_denominator = 0, dict[int, int]()  # whole numbers add up quicker than fractions
    for share, weight in shares:
        if share is not None:
            denominator = share.denominator
            by_denominator[denominator] = by_denominator.get(denominator, 0) + share.numerator * weight
            weights += weight
    if not weights:
        return None
    return sum((Fraction(*part[::-1]) for part in by_denominator.items()), Fraction(0)) / weights


def whole(share: Fraction | None) -> int | None:
    """Return a share as a whole percentage (or points), rounded half away from zero: -0.025 gives -3."""
    if share is None:
        return None
    return nearest(share * 100)


def nearest(number: Fraction | None) -> int | None:
    """Return a number as a whole one, rounded half away from zero: 2.5 gives 3."""
    if number is None:
        return None
    size = (abs(number) * 2 + 1) // 2
    return int(size) if number >= 0 else -int(size)


def status(*, stage: str, last_rag: str | None, update_due_on: date | None, day: date) -> Status:
    """Return what a page shows: the stage, or for work in progress its silence, or else the RAG last said."""
    if stage != Stage.IN_PROGRESS:
        return Status(stage)
    if last_rag is None:
        return Status.NEVER_UPDATED
    if is_overdue(update_due_on, day):
        return Status.NO_CURRENT_UPDATE
    return Status(last_rag)


def reading_of_dates(milestones: Sequence[MilestoneAt], day: date) -> Reading | None:
    """Return what the dates alone say; None without milestones."""
    behind = gap(milestones, day)
    if behind is None:
        return None
    late = [(day - m.due_on).days for m in milestones if m.is_late(day)]
    if behind <= GAP_READS_RED or any(days > LATE_DAYS_READ_RED for days in late):
        return Reading.RED
    moved = any(m.moves >= MOVES_READ_AMBER for m in milestones if m.is_open(day))
    if late or moved or behind <= GAP_READS_AMBER:
        return Reading.AMBER
    return Reading.GREEN


@dataclass(frozen=True)
class DatesSay:
    """What the dates alone say, with each reason for it."""

    reading: Reading | None
    gap: Fraction | None
    late: tuple[tuple[MilestoneAt, int], ...]  # with the days
    moved: tuple[MilestoneAt, ...]  # so often that it reads amber

    @property
    def is_behind(self) -> bool:
        """Whether the gap alone reads amber or red."""
        return self.gap is not None and self.gap <= GAP_READS_AMBER


def dates_say(milestones: Sequence[MilestoneAt], day: date) -> DatesSay:
    """Return the reading of the dates with the reasons that an owner can look up."""
    return DatesSay(
        reading_of_dates(milestones, day),
        gap(milestones, day),
        tuple((m, (day - m.due_on).days) for m in milestones if m.is_late(day)),
        tuple(m for m in milestones if m.is_open(day) and m.moves >= MOVES_READ_AMBER),
    )


def machine_reading(*, shown: Status, stage: str, milestones: Sequence[MilestoneAt], day: date) -> Reading | None:
    """Return the machine's reading of work in progress; silence wins over everything else that the dates say."""
    if stage != Stage.IN_PROGRESS:
        return None
    return Reading.SILENT if shown.is_silent else reading_of_dates(milestones, day)


def is_watermelon(*, stage: str, last_rag: str | None, reading: str | None) -> bool:
    """Say whether work in progress is said green and reads red."""
    return stage == Stage.IN_PROGRESS and last_rag == Rag.GREEN and reading == Reading.RED


def distribution(statuses: Iterable[Status]) -> dict[Status, int]:
    """Count the statuses, every one of them named, so that the counts add up to the initiatives."""
    counts = dict.fromkeys(Status, 0)
    for word in statuses:
        counts[word] += 1
    return counts
