"""What many initiatives add up to, on two days side by side."""

from __future__ import annotations

from initiatives.as_at import Portfolio
from initiatives.comparison import NONE, Row, counts_row, days_row, points_row, shares_row, words_row
from initiatives.status import Status
from reports.metrics import CommitmentFigures, Figures, PillarFigures, by_commitment, by_pillar


def compared(then: Figures, now: Figures) -> list[Row]:
    """Set what two sets of initiatives add up to beside each other; statuses that occur in neither are left out."""
    rows = [counts_row("Initiatives", then.count, now.count)]
    for word in Status:
        if then.statuses[word] or now.statuses[word]:
            rows.append(counts_row(word.label, then.statuses[word], now.statuses[word]))
    return [
        *rows,
        shares_row("Progress", then.progress, now.progress),
        shares_row("First promised by then", then.planned, now.planned),
        shares_row("Due by then at the dates of the day", then.due, now.due),
        points_row("Ahead of first promises", then.gap, now.gap),
        days_row("Dates moved, in days", then.days_moved, now.days_moved),
        counts_row("Milestones", then.milestones_total, now.milestones_total),
        counts_row("Milestones done", then.milestones_done, now.milestones_done),
        counts_row("Milestones late", then.milestones_late, now.milestones_late),
        counts_row("Asks open", then.asks_open, now.asks_open),
    ]


def compared_pillars(then: Portfolio, now: Portfolio) -> list[tuple[PillarFigures, list[Row]]]:
    """Compare each pillar with itself."""
    before = {found.pillar.id: found.figures for found in by_pillar(then)}
    return [(found, compared(before.get(found.pillar.id, Figures(())), found.figures)) for found in by_pillar(now)]


def compared_commitments(then: Portfolio, now: Portfolio) -> list[tuple[CommitmentFigures, list[Row]]]:
    """Compare what stands behind each commitment: how much, how far it is, and whether anything main does."""
    before = {found.commitment.id: found for found in by_commitment(then)}
    rows = []
    for found in by_commitment(now):
        was = before.get(found.commitment.id)
        figures = was.figures if was else Figures(())
        held = [("no" if one.is_gap else "yes") if one else NONE for one in (was, found)]
        rows.append(
            (
                found,
                [
                    counts_row("Initiatives", figures.count, found.figures.count),
                    shares_row("Progress", figures.progress, found.figures.progress),
                    words_row("Main alignment", *held),
                ],
            )
        )
    return rows
