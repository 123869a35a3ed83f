"""Every data set, declared once: heading, type, meaning, value. The exports, the catalogue and the data dictionary are
made from these declarations, and nothing else knows the columns."""

# ruff: noqa: E501
# fmt: off  (a table of columns reads best one to a line)

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from accounts.history import end_of
from initiatives import progress
from initiatives.as_at import InitiativeAt, Portfolio
from initiatives.asks import AskAt, asks_as_at
from initiatives.dependencies.reading import dependencies_in
from initiatives.dependencies.risk import DependencyAt
from initiatives.history import first_day, portfolio
from initiatives.models import DateMove, Note, Update, milestone_ref, was_late
from initiatives.progress import MilestoneAt
from initiatives.status import Status
from reports import metrics, months

BATCH = 500  # rows sent together


@dataclass(frozen=True)
class Scope:
    """What a data set speaks of: the initiatives that the filters chose by their state as at the day."""

    portfolio: Portfolio
    filtered: bool = False

    @property
    def day(self) -> date:
        return self.portfolio.day

    @property
    def ids(self) -> frozenset[int]:
        return frozenset(i.id for i in self.portfolio.initiatives)


@dataclass(frozen=True)
class Column:
    """One column: its heading, the type of its cells, what it means, and how a row gives it."""

    name: str
    type: str
    meaning: str
    value: Callable[[Any], Any]


@dataclass(frozen=True)
class Dataset:
    """One data set: its name, what one row is, its columns in the contract's order, and its rows."""

    name: str
    one_row_is: str
    columns: tuple[Column, ...]
    rows: Callable[[Scope], Iterable[Any]]

    @property
    def header(self) -> list[str]:
        return [column.name for column in self.columns]

    def cells(self, scope: Scope) -> Iterator[list[str]]:
        """Yield each row's cells as the text that a CSV file holds."""
        for row in self.rows(scope):
            yield [cell(column.value(row)) for column in self.columns]


def cell(value: Any) -> str:
    """Write a value as a cell: machine words, ISO dates, `true` or `false`, lists joined, empty for None.

    Text that a spreadsheet would take for a formula gets a leading apostrophe, which importing takes off again.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, date):
        return value.isoformat()
    text = "; ".join(value) if isinstance(value, (list, tuple)) else str(value)
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def csv_chunks(dataset: Dataset, scope: Scope, sent: Callable[[int], None] | None = None) -> Iterator[bytes]:
    """Yield the data set as RFC 4180 CSV in UTF-8 with a byte order mark, in batches of rows.

    `sent` is told once how many rows went, also when the reader hung up.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    buffer.write("\ufeff")
    writer.writerow(dataset.header)
    number = 0
    try:
        for number, cells in enumerate(dataset.cells(scope), start=1):  # noqa: B007
            writer.writerow(cells)
            if number % BATCH == 0:
                yield buffer.getvalue().encode()
                buffer.seek(0)
                buffer.truncate()
        yield buffer.getvalue().encode()
    finally:
        if sent:
            sent(number)


# --- Columns that several data sets share ---------------------------------------------------------
def _distribution(figures: Callable[[Any], metrics.Figures]) -> tuple[Column, ...]:
    columns = [
        Column(
            "initiatives",
            "integer",
            "How many initiatives; the statuses that follow add up to it",
            lambda r: figures(r).count,
        )
    ]
    return (*columns, *_statuses(figures))


def _statuses(figures: Callable[[Any], metrics.Figures]) -> tuple[Column, ...]:
    def count(word: Status) -> Callable[[Any], int]:
        return lambda row: figures(row).statuses[word]

    return tuple(
        Column(word.value.replace("-", "_"), "integer", f"How many of them show the status `{word.value}`", count(word))
        for word in Status
    )


def _progress(figures: Callable[[Any], Any], of: str) -> tuple[Column, ...]:
    return (
        Column(
            "progress_percent",
            "integer",
            f"{of}: done weight over total weight, whole percent",
            lambda r: progress.whole(figures(r).progress),
        ),
        Column(
            "planned_percent",
            "integer",
            f"{of}: weight first promised by `as_at` over total weight, whole percent",
            lambda r: progress.whole(figures(r).planned),
        ),
    )


def _gap(figures: Callable[[Any], Any]) -> Column:
    return Column(
        "gap_points",
        "integer",
        "Exact progress less exact planned, in whole points; negative is behind plan",
        lambda r: progress.whole(figures(r).gap),
    )


def _other_clocks(figures: Callable[[Any], Any], of: str) -> tuple[Column, ...]:
    """Return what stands beside progress against first promises: today's dates, and how far those have moved."""
    return (
        Column(
            "due_percent",
            "integer",
            f"{of}: weight due by `as_at` at the dates as moved by then over total weight, whole percent",
            lambda r: progress.whole(figures(r).due),
        ),
        Column(
            "days_moved",
            "integer",
            f"{of}: days from first promised to due dates as moved by then, mean by weight, whole days",
            lambda r: progress.nearest(figures(r).days_moved),
        ),
    )


def _due_gap(figures: Callable[[Any], Any]) -> Column:
    return Column(
        "due_gap_points",
        "integer",
        "Exact progress less exact due, in whole points; negative is behind the dates as moved",
        lambda r: progress.whole(figures(r).due_gap),
    )


def _milestones(figures: Callable[[Any], Any]) -> tuple[Column, ...]:
    return (
        Column("milestones_total", "integer", "How many milestones, withdrawn ones included", lambda r: figures(r)[0]),
        Column("milestones_done", "integer", "How many of them are done", lambda r: figures(r)[1]),
        Column("milestones_late", "integer", "How many of them are late", lambda r: figures(r)[2]),
    )


MEAN = "Mean over the initiatives in progress or complete that have milestones, by weight"
AS_AT = "The day that the row speaks of: what had been recorded by its end in London"


# --- pillars --------------------------------------------------------------------------------------
@dataclass(frozen=True)
class _OfDay:
    day: date
    of: Any


def _pillar_rows(scope: Scope) -> Iterator[_OfDay]:
    return (_OfDay(scope.day, found) for found in metrics.by_pillar(scope.portfolio))


PILLARS = Dataset(
    name="pillars",
    one_row_is="A pillar as at a day. An initiative counts under its home pillar only.",
    columns=(
        Column("pillar", "text", "The pillar's slug", lambda r: r.of.pillar.slug),
        Column("name", "text", "The pillar's name", lambda r: r.of.pillar.name),
        Column("statement", "text", "What the pillar promises, in its own words", lambda r: r.of.pillar.statement),
        Column("as_at", "date", AS_AT, lambda r: r.day),
        *_distribution(lambda r: r.of.figures),
        *_progress(lambda r: r.of.figures, MEAN),
        _gap(lambda r: r.of.figures),
        *_milestones(
            lambda r: (
                r.of.figures.milestones_total,
                r.of.figures.milestones_done,
                r.of.figures.milestones_late,
            )
        ),
        Column("asks_open", "integer", "How many asks wait for an answer", lambda r: r.of.figures.asks_open),
        *_other_clocks(lambda r: r.of.figures, MEAN),
        _due_gap(lambda r: r.of.figures),
    ),
    rows=_pillar_rows,
)


# --- initiatives ----------------------------------------------------------------------------------
def _next(initiative: InitiativeAt, part: str) -> Any:
    return getattr(initiative.next_milestone, part, None)


INITIATIVES = Dataset(
    name="initiatives",
    one_row_is="An initiative as at a day.",
    columns=(
        Column("ref", "text", "Stable reference of the initiative", lambda i: i.ref),
        Column("title", "text", "What it is called", lambda i: i.title),
        Column("pillar", "text", "Slug of its home pillar", lambda i: i.pillar.slug),
        Column(
            "also_contributes_to",
            "list",
            "Slugs of other pillars that it contributes to",
            lambda i: [p.slug for p in i.also],
        ),
        Column("focus", "word", "`priority`, `vulnerability` or `opportunity`", lambda i: i.focus),
        Column(
            "stage", "word", "`proposed`, `in-progress`, `paused`, `complete` or `stopped`", lambda i: i.stage.value
        ),
        Column(
            "status",
            "word",
            "The stage, or for work in progress its silence, or else the RAG last said",
            lambda i: i.status.value,
        ),
        Column("rag", "word", "The RAG last said, whatever the stage or the silence", lambda i: i.rag),
        Column("rag_said_on", "date", "The day on which it was said", lambda i: i.rag_said_on),
        Column(
            "machine_reading",
            "word",
            "What the dates say of work in progress: `green`, `amber`, `red` or `silent`",
            lambda i: i.reading and i.reading.value,
        ),
        Column("watermelon", "truth", "In progress, said green, and reads red", lambda i: i.is_watermelon),
        Column("owner", "text", "Display name of the person who updates it", lambda i: i.owner and i.owner.name),
        Column("deputy", "text", "Display name of the person who stands in", lambda i: i.deputy and i.deputy.name),
        Column(
            "sponsor", "text", "Display name of the person who is accountable", lambda i: i.sponsor and i.sponsor.name
        ),
        Column("directorate", "text", "The directorate that runs it", lambda i: i.directorate),
        Column("cadence", "word", "`monthly` or `quarterly`", lambda i: i.cadence),
        Column("starts_on", "date", "The day on which work starts", lambda i: i.starts_on),
        Column("first_ends_on", "date", "The end first promised", lambda i: i.first_ends_on),
        Column("ends_on", "date", "The end as now expected", lambda i: i.ends_on),
        Column(
            "update_due_on",
            "date",
            "The day on which the next update is due; empty unless in progress",
            lambda i: i.update_due_on,
        ),
        Column(
            "days_since_update", "integer", "Days from the last update said to `as_at`", lambda i: i.days_since_update
        ),
        *_progress(lambda i: i, "Its milestones"),
        _gap(lambda i: i),
        *_milestones(lambda i: (len(i.milestones), i.milestones_done, len(i.late_milestones))),
        Column("date_moves", "integer", "How many times a due date of it was moved", lambda i: i.date_moves),
        Column("next_milestone", "text", "Ref of the open milestone that is due first", lambda i: _next(i, "ref")),
        Column("next_milestone_due_on", "date", "The day on which that milestone is due", lambda i: _next(i, "due_on")),
        Column(
            "commitments",
            "list",
            "Codes of the commitments that it is aligned to",
            lambda i: [a.commitment.code for a in i.alignments],
        ),
        Column("asks_open", "integer", "How many of its asks wait for an answer", lambda i: i.asks_open),
        Column("as_at", "date", AS_AT, lambda i: i.day),
        Column("weight", "integer", "How much it counts in the figures of its pillar", lambda i: i.weight),
        *_other_clocks(lambda i: i, "Its milestones"),
        _due_gap(lambda i: i),
    ),
    rows=lambda scope: scope.portfolio.initiatives,
)


# --- milestones -----------------------------------------------------------------------------------
@dataclass(frozen=True)
class _MilestoneRow:
    initiative: InitiativeAt
    milestone: MilestoneAt


def _milestone_rows(scope: Scope) -> Iterator[_MilestoneRow]:
    return (_MilestoneRow(i, m) for i in scope.portfolio.initiatives for m in i.milestones)


MILESTONES = Dataset(
    name="milestones",
    one_row_is="A milestone as at a day.",
    columns=(
        Column("ref", "text", "Stable reference of the milestone", lambda r: r.milestone.ref),
        Column("initiative", "text", "Ref of its initiative", lambda r: r.initiative.ref),
        Column("title", "text", "What is promised", lambda r: r.milestone.title),
        Column("weight", "integer", "How much it counts in the initiative's progress", lambda r: r.milestone.weight),
        Column("first_due_on", "date", "The day first promised; never changes", lambda r: r.milestone.first_due_on),
        Column("due_on", "date", "The day on which it is now due", lambda r: r.milestone.due_on),
        Column("done_on", "date", "The day on which it was done; empty while it is not", lambda r: r.milestone.done_on),
        Column("moves", "integer", "How many times its due date was moved", lambda r: r.milestone.moves),
        Column(
            "status",
            "word",
            "`done`, `late` (due before `as_at`, neither done nor withdrawn) or `open`",
            lambda r: r.milestone.status(r.initiative.day).value,
        ),
        Column("as_at", "date", AS_AT, lambda r: r.initiative.day),
        Column(
            "withdrawn_on",
            "date",
            "The day on which it was given up; it stays in totals as not done",
            lambda r: r.milestone.withdrawn_on,
        ),
    ),
    rows=_milestone_rows,
)


# --- updates and date moves: rows of history, in the order in which they were recorded ------------
@dataclass(frozen=True)
class _Said:
    row: Any
    people: Any

    @property
    def by(self) -> str | None:
        person = self.people.get(self.row.recorded_by_id)
        return person.name if person else None


def _recorded(model: Any, *fields: str) -> Callable[[Scope], Iterator[_Said]]:
    def rows(scope: Scope) -> Iterator[_Said]:
        ids = scope.ids if scope.filtered else None
        found = model.objects.recorded_before(end_of(scope.day)).values_list(
            "id", "initiative_id", "initiative__ref", "recorded_at", "recorded_by_id", *fields, named=True
        )
        for row in found.iterator(chunk_size=BATCH):
            if ids is None or row.initiative_id in ids:
                yield _Said(row, scope.portfolio.people)

    return rows


def _was_late(said: _Said) -> bool:
    return was_late(said.row.recorded_at, said.row.period_ends_on)


UPDATES = Dataset(
    name="updates",
    one_row_is="An update, as it was said. Nothing in it changes afterwards.",
    columns=(
        Column("id", "integer", "Stable number of the update", lambda r: r.row.id),
        Column("initiative", "text", "Ref of the initiative", lambda r: r.row.initiative__ref),
        Column("said_on", "date", "The day that it speaks of", lambda r: r.row.said_on),
        Column("submitted_at", "moment", "The moment at which it was recorded, UTC", lambda r: r.row.recorded_at),
        Column("author", "text", "Display name of the person who said it", lambda r: r.by),
        Column("rag", "word", "`green`, `amber` or `red`", lambda r: r.row.rag),
        Column("previous_rag", "word", "The RAG last said before it", lambda r: r.row.previous_rag),
        Column("what_changed", "text", "What changed since the update before", lambda r: r.row.what_changed),
        Column("what_next", "text", "What happens next", lambda r: r.row.what_next),
        Column("ask", "text", "What leaders were asked for", lambda r: r.row.ask__question),
        Column("progress_percent", "integer", "Progress just after it was recorded, whole percent", lambda r: r.row.progress_percent),
        Column("planned_percent", "integer", "Planned just after it was recorded, whole percent", lambda r: r.row.planned_percent),
        Column("machine_reading", "word", "What the dates said just after it was recorded", lambda r: r.row.machine_reading),
        Column("risk", "text", "The risk that amber says", lambda r: r.row.risk),
        Column("issue", "text", "The issue that red says", lambda r: r.row.issue),
        Column("period_ends_on", "date", "The last day of the period that it speaks of", lambda r: r.row.period_ends_on),
        Column("late", "truth", "It was recorded when that period was over", _was_late),
        Column("corrects", "integer", "Number of the update that it corrects", lambda r: r.row.corrects_id),
        Column("dates_move", "word", "What red says of the dates: `yes`, `no` or `not-known`", lambda r: r.row.dates_move),
        Column("explanation", "text", "Why the owner says better than the dates", lambda r: r.row.explanation),
        Column("public_line", "text", "One line for the public story", lambda r: r.row.public_line),
    ),
    rows=_recorded(
        Update, "said_on", "rag", "previous_rag", "what_changed", "what_next", "ask__question",
        "progress_percent", "planned_percent", "machine_reading", "risk", "issue", "period_ends_on", "corrects_id",
        "dates_move", "explanation", "public_line",
    ),
)  # fmt: skip

DATE_MOVES = Dataset(
    name="date_moves",
    one_row_is="A change of a due date. Nothing in it changes afterwards.",
    columns=(
        Column(
            "milestone",
            "text",
            "Ref of the milestone; empty where an initiative without milestones moved its end",
            lambda r: (
                milestone_ref(r.row.initiative__ref, r.row.milestone__number) if r.row.milestone__number else None
            ),
        ),
        Column("initiative", "text", "Ref of the initiative", lambda r: r.row.initiative__ref),
        Column("moved_at", "moment", "The moment at which the move was recorded, UTC", lambda r: r.row.recorded_at),
        Column("by", "text", "Display name of the person who moved it", lambda r: r.by),
        Column("from", "date", "The due date before", lambda r: r.row.from_on),
        Column("to", "date", "The due date after", lambda r: r.row.to_on),
        Column(
            "days",
            "integer",
            "How far it moved; negative when brought forward",
            lambda r: (r.row.to_on - r.row.from_on).days,
        ),
        Column("reason", "text", "Why it moved", lambda r: r.row.reason),
    ),
    rows=_recorded(DateMove, "milestone__number", "from_on", "to_on", "reason"),
)


# --- alignments, commitments, the golden thread ---------------------------------------------------
@dataclass(frozen=True)
class _AlignmentRow:
    initiative: InitiativeAt
    alignment: Any


def _alignment_rows(scope: Scope) -> Iterator[_AlignmentRow]:
    return (_AlignmentRow(i, a) for i in scope.portfolio.initiatives for a in i.alignments)


ALIGNMENTS = Dataset(
    name="alignments",
    one_row_is="A commitment that an initiative is aligned to, as at a day.",
    columns=(
        Column("initiative", "text", "Ref of the initiative", lambda r: r.initiative.ref),
        Column("commitment", "text", "Code of the commitment", lambda r: r.alignment.commitment.code),
        Column("commitment_name", "text", "What the commitment is called", lambda r: r.alignment.commitment.name),
        Column("aim", "text", "Code of the commitment's aim", lambda r: r.alignment.commitment.aim.code),
        Column("strength", "word", "`main` or `supporting`", lambda r: r.alignment.strength),
        Column("how", "text", "How the initiative serves the commitment, in one line", lambda r: r.alignment.how),
    ),
    rows=_alignment_rows,
)

COMMITMENTS = Dataset(
    name="commitments",
    one_row_is="A commitment of the organisational strategy as at a day. An initiative counts under every commitment "
    "that it is aligned to, with any strength.",
    columns=(
        Column("commitment", "text", "Code of the commitment", lambda r: r.commitment.code),
        Column("name", "text", "What the commitment is called", lambda r: r.commitment.name),
        Column("aim", "text", "Code of its aim", lambda r: r.commitment.aim.code),
        *_distribution(lambda r: r.figures),
        *_progress(lambda r: r.figures, MEAN),
        Column(
            "gap",
            "truth",
            "No initiative's main alignment stands behind it, stopped work left aside",
            lambda r: r.is_gap,
        ),
        *_other_clocks(lambda r: r.figures, MEAN),
    ),
    rows=lambda scope: metrics.by_commitment(scope.portfolio),
)

GOLDEN_THREAD = Dataset(
    name="golden_thread",
    one_row_is="Where a pillar meets an aim, as at a day. An initiative counts under every aim that it is aligned to.",
    columns=(
        Column("pillar", "text", "The pillar's slug", lambda r: r.pillar.slug),
        Column("aim", "text", "Code of the aim", lambda r: r.aim.code),
        Column(
            "commitments_served",
            "integer",
            "Commitments of the aim with at least one initiative of the pillar that is not stopped",
            lambda r: r.commitments_served,
        ),
        *_distribution(lambda r: r.figures),
        *_progress(lambda r: r.figures, MEAN),
        *_other_clocks(lambda r: r.figures, MEAN),
    ),
    rows=lambda scope: metrics.golden_thread(scope.portfolio),
)


# --- dependencies ---------------------------------------------------------------------------------
def _dependency_rows(scope: Scope) -> Iterator[DependencyAt]:
    # What others need bears on the forecasts, so all of it is worked out before the filters choose.
    whole = portfolio(scope.day) if scope.filtered else scope.portfolio
    ids = scope.ids
    return (found for found in dependencies_in(whole).all if found.waiting.initiative.id in ids)


def _needs_status(found: DependencyAt) -> str:
    return found.needed.milestone.status(found.needed.initiative.day).value


DEPENDENCIES = Dataset(
    name="dependencies",
    one_row_is="A milestone that needs one of another initiative, as at a day. The filters choose by the initiative that waits.",
    columns=(
        Column("milestone", "text", "Ref of the milestone that waits", lambda r: r.waiting.milestone.ref),
        Column("initiative", "text", "Ref of its initiative", lambda r: r.waiting.initiative.ref),
        Column("needs", "text", "Ref of the milestone that it needs", lambda r: r.needed.milestone.ref),
        Column("needs_initiative", "text", "Ref of that milestone's initiative", lambda r: r.needed.initiative.ref),
        Column("why", "text", "What it needs it for, in one line", lambda r: r.why),
        Column(
            "due_on", "date", "The day on which the milestone that waits is due", lambda r: r.waiting.milestone.due_on
        ),
        Column(
            "needs_due_on",
            "date",
            "The day on which the milestone that it needs is due",
            lambda r: r.needed.milestone.due_on,
        ),
        Column("needs_status", "word", "`done`, `late` or `open`, as in `milestones`", _needs_status),
        Column(
            "needs_forecast_on",
            "date",
            "The day on which what it needs is done at the earliest: its due date, or `as_at` when it is late, or the forecast of what it needs itself, whichever is last; empty when it is done, withdrawn or stopped with its initiative",
            lambda r: r.forecast_on,
        ),
        Column(
            "at_risk",
            "truth",
            "The milestone is still to be done, and what it needs is forecast after its due date, was withdrawn or stopped",
            lambda r: r.at_risk,
        ),
        Column(
            "days_at_risk",
            "integer",
            "By how many days; empty when it is not at risk, or when what it needs was withdrawn or stopped",
            lambda r: r.days,
        ),
        Column(
            "root",
            "text",
            "Ref of the milestone at the start of the chain that puts it at risk",
            lambda r: r.root and r.root.milestone.ref,
        ),
        Column("as_at", "date", AS_AT, lambda r: r.waiting.initiative.day),
    ),
    rows=_dependency_rows,
)


# --- trend ----------------------------------------------------------------------------------------
def _trend_rows(scope: Scope) -> list[months.MonthPoint]:
    ends = metrics.whole_month_ends(first_day(), scope.day)
    return months.trend(ends, scope.portfolio.strategy, scope.ids if scope.filtered else None)


TREND = Dataset(
    name="trend",
    one_row_is="A pillar at a month's end, from the first history to the day asked for.",
    columns=(
        Column(
            "month_end",
            "date",
            "The last day of the month, and the day that the row speaks as at",
            lambda r: r.month_end,
        ),
        Column("pillar", "text", "The pillar's slug", lambda r: r.pillar.slug),
        *_statuses(lambda r: r.figures),
        *_progress(lambda r: r.figures, MEAN),
        *_other_clocks(lambda r: r.figures, MEAN),
    ),
    rows=_trend_rows,
)

# --- notes ----------------------------------------------------------------------------------------
NOTES = Dataset(
    name="notes",
    one_row_is="A note of what a meeting said of an initiative. Nothing in it changes afterwards.",
    columns=(
        Column("id", "integer", "Stable number of the note", lambda r: r.row.id),
        Column("initiative", "text", "Ref of the initiative", lambda r: r.row.initiative__ref),
        Column("noted_on", "date", "The day of the meeting", lambda r: r.row.noted_on),
        Column("recorded_at", "moment", "The moment at which it was recorded, UTC", lambda r: r.row.recorded_at),
        Column("by", "text", "Display name of the person who wrote it down", lambda r: r.by),
        Column("words", "text", "What was said", lambda r: r.row.words),
    ),
    rows=_recorded(Note, "noted_on", "words"),
)


# --- asks -----------------------------------------------------------------------------------------
@dataclass(frozen=True)
class _AskRow:
    initiative: InitiativeAt
    ask: AskAt


def _ask_rows(scope: Scope) -> Iterator[_AskRow]:
    found = {i.id: i for i in scope.portfolio.initiatives}
    asks = asks_as_at(scope.portfolio)
    return (_AskRow(found[a.ask.initiative_id], a) for a in asks if a.ask.initiative_id in found)


ASKS = Dataset(
    name="asks",
    one_row_is="What an owner asked of leaders, as at a day.",
    columns=(
        Column("id", "integer", "Stable number of the ask", lambda r: r.ask.ask.pk),
        Column("initiative", "text", "Ref of the initiative", lambda r: r.initiative.ref),
        Column("pillar", "text", "Slug of its home pillar", lambda r: r.initiative.pillar.slug),
        Column("asked_on", "date", "The day on which it was asked", lambda r: r.ask.ask.asked_on),
        Column(
            "asked_by", "text", "Display name of the person who asked", lambda r: r.ask.asked_by and r.ask.asked_by.name
        ),
        Column(
            "asked_of",
            "text",
            "Display name of the leader whom it was put to; empty for leaders at large",
            lambda r: r.ask.asked_of and r.ask.asked_of.name,
        ),
        Column("question", "text", "What was asked", lambda r: r.ask.ask.question),
        Column("needed_by", "date", "The day by which an answer was needed", lambda r: r.ask.ask.needed_by),
        Column("status", "word", "`open`, `answered` or `declined`", lambda r: r.ask.status.value),
        Column("days_waited", "integer", "Days from asking to the answer, or to `as_at`", lambda r: r.ask.days_waited),
        Column(
            "days_beyond",
            "integer",
            "Days by which the answer is, or was, later than needed; empty when it is not",
            lambda r: r.ask.days_beyond,
        ),
        Column(
            "answered_on",
            "date",
            "The day on which it was answered or declined",
            lambda r: r.ask.answer and r.ask.answer.answered_on,
        ),
        Column(
            "answered_by",
            "text",
            "Display name of the person who did so",
            lambda r: r.ask.answered_by and r.ask.answered_by.name,
        ),
        Column("words", "text", "What they said", lambda r: r.ask.answer and r.ask.answer.words),
        Column("as_at", "date", AS_AT, lambda r: r.initiative.day),
    ),
    rows=_ask_rows,
)

DATASETS: dict[str, Dataset] = {
    dataset.name: dataset
    for dataset in (
        PILLARS, INITIATIVES, MILESTONES, UPDATES, DATE_MOVES, ALIGNMENTS, COMMITMENTS, GOLDEN_THREAD, TREND,
        DEPENDENCIES, NOTES, ASKS,
    )
}  # fmt: skip
