"""Initiatives and their milestones as at a day."""

# ruff: noqa: E501  (a table of columns reads best with one to a line)

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from initiatives.as_at import InitiativeAt
from initiatives.progress import MilestoneAt
from initiatives.status import Cadence, Focus, MilestoneStatus, Rag, Reading, Stage, Status
from reports.datasets.base import Column, Dataset, Refers, Scope
from reports.datasets.shared import COUNTED, OFFICE, UPDATE, as_at, due_gap, gap, milestones, other_clocks, shares

_FIRST = "the milestones' first dates, or the promised end where there are none"
_NEXT = "worked out: the open milestone with the earliest due date"


def _next(initiative: InitiativeAt, part: str) -> Any:
    return getattr(initiative.next_milestone, part, None)


# fmt: off
INITIATIVES = Dataset(
    name="initiatives",
    one_row_is="An initiative as at a day.",
    key=("ref",),
    refers=(Refers(("pillar",), "pillars", ("pillar",)), Refers(("next_milestone",), "milestones", ("ref",))),
    columns=(
        Column("ref", "text", "Stable reference of the initiative", lambda i: i.ref, OFFICE, required=True),
        Column("title", "text", "What it is called", lambda i: i.title, OFFICE, required=True),
        Column("pillar", "text", "Slug of its home pillar", lambda i: i.pillar.slug, OFFICE, required=True),
        Column("also_contributes_to", "list", "Slugs of other pillars that it contributes to", lambda i: [p.slug for p in i.also], OFFICE),
        Column("focus", "word", "`priority`, `vulnerability` or `opportunity`", lambda i: i.focus, OFFICE, words=tuple(Focus.values)),
        Column("stage", "word", "`proposed`, `in-progress`, `paused`, `complete` or `stopped`", lambda i: i.stage.value, "entered by the office or the owner", words=tuple(Stage.values), required=True),
        Column("status", "word", "The stage, or for work in progress its silence, or else the RAG last said", lambda i: i.status.value, "worked out of the stage, the day and the last update", words=tuple(Status.values), required=True),
        Column("rag", "word", "The RAG last said, whatever the stage or the silence", lambda i: i.rag, UPDATE, words=tuple(Rag.values)),
        Column("rag_said_on", "date", "The day on which it was said", lambda i: i.rag_said_on, UPDATE),
        Column("machine_reading", "word", "What the dates say of work in progress: `green`, `amber`, `red` or `silent`", lambda i: i.reading and i.reading.value, "worked out of late milestones, the gap, moves and silence", words=tuple(Reading.values)),
        Column("watermelon", "truth", "In progress, said green, and reads red", lambda i: i.is_watermelon, "worked out of the stage, `rag` and `machine_reading`", required=True),
        Column("owner", "text", "Display name of the person who updates it", lambda i: i.owner and i.owner.name, OFFICE),
        Column("deputy", "text", "Display name of the person who stands in", lambda i: i.deputy and i.deputy.name, "the office, or whoever was named to stand in for a while"),
        Column("sponsor", "text", "Display name of the person who is accountable", lambda i: i.sponsor and i.sponsor.name, OFFICE),
        Column("directorate", "text", "The directorate that runs it", lambda i: i.directorate, OFFICE),
        Column("cadence", "word", "`monthly` or `quarterly`", lambda i: i.cadence, OFFICE, words=tuple(Cadence.values), required=True),
        Column("starts_on", "date", "The day on which work starts", lambda i: i.starts_on, OFFICE),
        Column("first_ends_on", "date", "The end first promised", lambda i: i.first_ends_on, f"worked out: the latest of {_FIRST}"),
        Column("ends_on", "date", "The end as now expected", lambda i: i.ends_on, f"worked out: the latest of {_FIRST}, as moved"),
        Column("update_due_on", "date", "The day on which the next update is due; empty unless in progress", lambda i: i.update_due_on, "worked out of the cadence and the last update: the last working day of the period"),
        Column("days_since_update", "integer", "Days from the last update said to `as_at`", lambda i: i.days_since_update, "worked out: `as_at` less `rag_said_on`", unit="days"),
        *shares(lambda i: i, "Its milestones"),
        gap(lambda i: i),
        *milestones(lambda i: (len(i.milestones), i.milestones_done, len(i.late_milestones))),
        Column("date_moves", "integer", "How many times a due date of it was moved", lambda i: i.date_moves, COUNTED, unit="moves", required=True),
        Column("next_milestone", "text", "Ref of the open milestone that is due first", lambda i: _next(i, "ref"), _NEXT),
        Column("next_milestone_due_on", "date", "The day on which that milestone is due", lambda i: _next(i, "due_on"), _NEXT),
        Column("commitments", "list", "Codes of the commitments that it is aligned to", lambda i: [a.commitment.code for a in i.alignments], OFFICE),
        Column("asks_open", "integer", "How many of its asks wait for an answer", lambda i: i.asks_open, COUNTED, unit="asks", required=True),
        as_at(lambda i: i.day),
        Column("weight", "integer", "How much it counts in the figures of its pillar", lambda i: i.weight, OFFICE, unit="weight", required=True),
        *other_clocks(lambda i: i, "Its milestones"),
        due_gap(lambda i: i),
        Column("external_ref", "text", "What another system or a spreadsheet calls it", lambda i: i.external_ref, OFFICE),
    ),
    rows=lambda scope: scope.portfolio.initiatives,
    counted=lambda scope: len(scope.portfolio.initiatives),
)


@dataclass(frozen=True)
class _MilestoneRow:
    initiative: InitiativeAt
    milestone: MilestoneAt


def _milestone_rows(scope: Scope) -> Iterator[_MilestoneRow]:
    return (_MilestoneRow(i, m) for i in scope.portfolio.initiatives for m in i.milestones)


MILESTONES = Dataset(
    name="milestones",
    one_row_is="A milestone as at a day.",
    key=("ref",),
    refers=(Refers(("initiative",), "initiatives", ("ref",)),),
    columns=(
        Column("ref", "text", "Stable reference of the milestone", lambda r: r.milestone.ref, "made of the initiative's ref and the milestone's number", required=True),
        Column("initiative", "text", "Ref of its initiative", lambda r: r.initiative.ref, OFFICE, required=True),
        Column("title", "text", "What is promised", lambda r: r.milestone.title, OFFICE, required=True),
        Column("weight", "integer", "How much it counts in the initiative's progress", lambda r: r.milestone.weight, OFFICE, unit="weight", required=True),
        Column("first_due_on", "date", "The day first promised; never changes", lambda r: r.milestone.first_due_on, OFFICE, required=True),
        Column("due_on", "date", "The day on which it is now due", lambda r: r.milestone.due_on, "the last date move, or the first promise", required=True),
        Column("done_on", "date", "The day on which it was done; empty while it is not", lambda r: r.milestone.done_on, "an owner's update, or the office"),
        Column("moves", "integer", "How many times its due date was moved", lambda r: r.milestone.moves, COUNTED, unit="moves", required=True),
        Column("status", "word", "`done`, `late` (due before `as_at`, neither done nor withdrawn) or `open`", lambda r: r.milestone.status(r.initiative.day).value, "worked out of `done_on`, `due_on` and `as_at`", words=tuple(MilestoneStatus.values), required=True),
        as_at(lambda r: r.initiative.day),
        Column("withdrawn_on", "date", "The day on which it was given up; it stays in totals as not done", lambda r: r.milestone.withdrawn_on, OFFICE),
    ),
    rows=_milestone_rows,
    counted=lambda scope: sum(i.milestones_total for i in scope.portfolio.initiatives),
)
