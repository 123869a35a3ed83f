"""The golden thread: alignments, commitments, and where pillars meet aims."""

# ruff: noqa: E501  (a table of columns reads best with one to a line)

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from initiatives.as_at import InitiativeAt
from initiatives.status import Strength
from reports import metrics
from reports.datasets.base import Column, Dataset, Refers, Scope
from reports.datasets.shared import COUNTED, MEAN, OFFICE, STRATEGY, distribution, other_clocks, shares


@dataclass(frozen=True)
class _AlignmentRow:
    initiative: InitiativeAt
    alignment: Any


def _alignment_rows(scope: Scope) -> Iterator[_AlignmentRow]:
    return (_AlignmentRow(i, a) for i in scope.portfolio.initiatives for a in i.alignments)


# fmt: off
ALIGNMENTS = Dataset(
    name="alignments",
    one_row_is="A commitment that an initiative is aligned to, as at a day.",
    key=("initiative", "commitment"),
    refers=(Refers(("initiative",), "initiatives", ("ref",)), Refers(("commitment",), "commitments", ("commitment",))),
    columns=(
        Column("initiative", "text", "Ref of the initiative", lambda r: r.initiative.ref, OFFICE, required=True),
        Column("commitment", "text", "Code of the commitment", lambda r: r.alignment.commitment.code, OFFICE, required=True),
        Column("commitment_name", "text", "What the commitment is called", lambda r: r.alignment.commitment.name, STRATEGY, required=True),
        Column("aim", "text", "Code of the commitment's aim", lambda r: r.alignment.commitment.aim.code, STRATEGY, required=True),
        Column("strength", "word", "`main` or `supporting`", lambda r: r.alignment.strength, OFFICE, words=tuple(Strength.values), required=True),
        Column("how", "text", "How the initiative serves the commitment, in one line", lambda r: r.alignment.how, OFFICE),
    ),
    rows=_alignment_rows,
    counted=lambda scope: sum(len(i.commitment_ids) for i in scope.portfolio.initiatives),
)

COMMITMENTS = Dataset(
    name="commitments",
    one_row_is="A commitment of the organisational strategy as at a day. An initiative counts under every commitment that it is aligned to, with any strength.",
    key=("commitment",),
    columns=(
        Column("commitment", "text", "Code of the commitment", lambda r: r.commitment.code, STRATEGY, required=True),
        Column("name", "text", "What the commitment is called", lambda r: r.commitment.name, STRATEGY, required=True),
        Column("aim", "text", "Code of its aim", lambda r: r.commitment.aim.code, STRATEGY, required=True),
        *distribution(lambda r: r.figures),
        *shares(lambda r: r.figures, MEAN),
        Column("gap", "truth", "No initiative's main alignment stands behind it, stopped work left aside", lambda r: r.is_gap, "worked out of the alignments", required=True),
        *other_clocks(lambda r: r.figures, MEAN),
    ),
    rows=lambda scope: metrics.by_commitment(scope.portfolio),
    counted=lambda scope: len(scope.portfolio.commitments),
)

GOLDEN_THREAD = Dataset(
    name="golden_thread",
    one_row_is="Where a pillar meets an aim, as at a day. An initiative counts under every aim that it is aligned to.",
    key=("pillar", "aim"),
    refers=(Refers(("pillar",), "pillars", ("pillar",)),),
    columns=(
        Column("pillar", "text", "The pillar's slug", lambda r: r.pillar.slug, STRATEGY, required=True),
        Column("aim", "text", "Code of the aim", lambda r: r.aim.code, STRATEGY, required=True),
        Column("commitments_served", "integer", "Commitments of the aim with at least one initiative of the pillar that is not stopped", lambda r: r.commitments_served, COUNTED, unit="commitments", required=True),
        *distribution(lambda r: r.figures),
        *shares(lambda r: r.figures, MEAN),
        *other_clocks(lambda r: r.figures, MEAN),
    ),
    rows=lambda scope: metrics.golden_thread(scope.portfolio),
    counted=lambda scope: len(scope.portfolio.pillars) * len(metrics.aims(scope.portfolio)),
)
