"""The golden thread: what serves which aim and commitment, and where nothing does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import Door, opens_to
from initiatives import kept
from initiatives.as_at import Portfolio
from initiatives.filters import asked_day
from pillars.history import CommitmentAt
from reports import metrics
from reports.comparison import compared, compared_commitments
from reports.views.shared import compared_with, thread_words


@opens_to(Door.READ)
@require_safe
def aims(request: HttpRequest) -> HttpResponse:
    """Draw the golden thread: each pillar against each aim and commitment, and both kinds of gap."""
    now, then = kept.portfolio(asked_day(request)), compared_with(request)
    words = {
        "pillars": now.pillars,
        "commitments": metrics.commitment_cells(now),
        "comparisons": compared_commitments(then, now) if then else [],
        **thread_words(now),
    }
    return render(request, "reports/aims.html", words)


@opens_to(Door.READ)
@require_safe
def aim(request: HttpRequest, code: str) -> HttpResponse:
    """Show one aim or one commitment with everything behind it, across the pillars."""
    now, then = kept.portfolio(asked_day(request)), compared_with(request)
    for found, commitments in metrics.aims(now):
        if found.code == code:
            served = [f for f in metrics.by_commitment(now) if f.commitment.aim.id == found.id]
            words = {"aim": found, "commitments": served, **served_words(commitments, now, then)}
            return render(request, "reports/aim.html", words)
    for figures in metrics.by_commitment(now):
        if figures.commitment.code == code:
            behind = [
                (initiative, next(a for a in initiative.alignments if a.commitment.code == code))
                for initiative in figures.figures.initiatives
            ]
            words = {"commitment": figures, "behind": behind, **served_words([figures.commitment], now, then)}
            return render(request, "reports/commitment.html", words)
    raise Http404("There is no such aim or commitment.")


def served_words(commitments: Sequence[CommitmentAt], now: Portfolio, then: Portfolio | None) -> dict[str, Any]:
    """Return the figures of everything behind some commitments, and how they differ from another day's."""
    figures = metrics.behind(now, commitments)
    return {"figures": figures, "comparison": compared(metrics.behind(then, commitments), figures) if then else None}
