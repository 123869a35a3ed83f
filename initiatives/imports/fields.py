"""What a file can tell: the fields of an initiative and of a milestone, and the headings that people give them."""

# ruff: noqa: E501  (a table of fields reads best one to a line)

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from initiatives.status import Cadence, Focus, ImportKind, Rag, Stage, Strength


class Cell(StrEnum):
    """How a cell of a field is read."""

    TEXT = "text"
    DATE = "date"
    WHOLE = "whole"  # a whole number from 1
    WORD = "word"  # one of ours: other words are asked about
    WORDS = "words"  # several of ours, joined with semicolons
    PERSON = "person"


@dataclass(frozen=True)
class Field:
    """One thing that a column can tell: its name, label, how cells are read, and what a file without it means."""

    name: str
    label: str
    cell: Cell
    meaning: str
    longest: int = 0  # characters, of text
    headings: tuple[str, ...] = ()  # what other people call it
    choices: tuple[
        tuple[str, str], ...
    ] = ()  # our words with their labels; pillars and commitments come from the portal
    default: str = ""  # of a new row whose file does not tell it: the dry run shows it
    edge: str = "end"  # which day of a quarter or a month is meant
    settable: bool = True  # False: only read so that the others are understood

    @property
    def takes_default(self) -> bool:
        """Whether a mapping may say what it is for every row."""
        return self.cell in (Cell.WORD, Cell.WORDS, Cell.WHOLE) or self.name in ("directorate", "ref_prefix")


def _choices(words: type[Stage | Rag | Cadence | Focus | Strength]) -> tuple[tuple[str, str], ...]:
    return tuple((word.value, str(word.label)) for word in words)


_T, _D, _W, _P = Cell.TEXT, Cell.DATE, Cell.WORD, Cell.PERSON

INITIATIVE = (
    Field("ref", "Ref", _T, "Our own ref, such as DS-001", 12, ("reference", "initiative", "initiative ref")),
    Field(
        "external_ref", "Reference elsewhere", _T, "What another system or the spreadsheet calls it", 60,
        ("project number", "project id", "id", "number", "project ref", "project reference", "programme id", "code"),
    ),
    Field(
        "title", "Title", _T, "What it is called", 200,
        ("name", "project name", "project", "initiative name", "initiative title", "programme", "programme name"),
    ),
    Field(
        "summary", "Summary", _T, "What it is for", 2000,
        ("description", "description aims", "aims", "purpose", "objective", "objectives", "about"),
    ),
    Field("pillar", "Pillar", _W, "Its home pillar", headings=("theme", "workstream", "strand", "report category", "category")),
    Field("also_contributes_to", "Also contributes to", Cell.WORDS, "Other pillars that it contributes to"),
    Field("focus", "Focus", _W, "Why the strategy takes it on", choices=_choices(Focus)),
    Field(
        "stage", "Stage", _W, "Where it is in its life", choices=_choices(Stage), default=Stage.IN_PROGRESS.value,
        headings=("phase", "lifecycle", "project stage"),
    ),
    Field("stage_changed_on", "In that stage since", _D, "The day on which it entered the stage", edge="start"),
    Field(
        "rag", "RAG", _W, "What its owner says of it", choices=_choices(Rag),
        headings=("rag rating", "rag status", "rating", "colour rating", "delivery confidence", "dca", "status", "health"),
    ),
    Field(
        "rag_said_on", "Said on", _D, "The day that the update speaks of",
        headings=("date of update", "update date", "last updated", "last update", "reported on", "as at date"),
    ),
    Field(
        "what_changed", "What changed", _T, "The words of the update", 20_000,
        ("update", "comment", "comments", "commentary", "progress", "rating comment", "narrative", "latest update"),
    ),
    Field("what_next", "What next", _T, "What happens next", 20_000, ("next steps", "next step", "actions")),
    Field("risk", "Risk", _T, "The risk that amber says", 20_000, ("risks", "key risk", "key risks")),
    Field("issue", "Issue", _T, "The issue that red says", 20_000, ("issues", "key issue", "key issues")),
    Field(
        "owner", "Owner", _P, "Who updates it",
        headings=("lead", "project manager", "manager", "lead officer", "responsible officer", "owner name"),
    ),
    Field("deputy", "Deputy", _P, "Who stands in"),
    Field("sponsor", "Sponsor", _P, "Who is accountable", headings=("sro", "senior responsible owner", "executive sponsor")),
    Field(
        "directorate", "Directorate", _T, "The directorate that runs it", 150,
        ("department", "service", "function", "directorate service", "team"),
    ),
    Field(
        "cadence", "Cadence", _W, "How often its owner reports", choices=_choices(Cadence), default=Cadence.MONTHLY.value,
        headings=("frequency", "reporting frequency"),
    ),
    Field("weight", "Weight", Cell.WHOLE, "How much it counts in its pillar's figures", default="1"),
    Field("starts_on", "Starts on", _D, "The day on which work starts", edge="start", headings=("start date", "start", "starts")),
    Field(
        "first_ends_on", "First promised end", _D, "The end first promised",
        headings=("baseline end", "original end date", "baseline end date", "original end"),
    ),
    Field(
        "ends_on", "Ends on", _D, "The end as now expected",
        headings=("end date", "end", "due date", "finish", "finish date", "completion date", "target date", "deadline"),
    ),
    Field(
        "move_reason", "Why the end moved", _T, "The reason of a moved end", 2000,
        ("schedule comment", "reason for change", "reason for delay", "reason"),
    ),
    Field("commitments", "Commitments", Cell.WORDS, "Codes of the commitments that it serves"),
    Field(
        "strength", "Strength of alignment", _W, "How firmly it stands behind those commitments",
        choices=_choices(Strength), default=Strength.SUPPORTING.value,
    ),
    Field("partners", "Partner organisations", _T, "One a line", 2000, ("partner",)),
    Field("sources", "Published sources", _T, "One address a line", 4000, ("source", "link", "links")),
    Field(
        "milestones_total", "How many milestones", Cell.WHOLE,
        "Where it has milestones, its end is theirs and is left to them", settable=False,
    ),
)  # fmt: skip

MILESTONE = (
    Field("ref", "Ref", _T, "Our own ref, such as DS-001-M01", 20, ("reference", "milestone ref", "milestone id")),
    Field("initiative", "Initiative", _T, "Ref of its initiative, ours or elsewhere", 60, ("initiative ref", "project", "project id")),
    Field("title", "Title", _T, "What is promised", 200, ("milestone", "name", "milestone name", "description", "deliverable")),
    Field("weight", "Weight", Cell.WHOLE, "How much it counts in the initiative's progress", default="1"),
    Field(
        "first_due_on", "First promised date", _D, "The day first promised; never changes",
        headings=("baseline date", "baseline", "original date", "planned date", "baseline due date"),
    ),
    Field(
        "due_on", "Due on", _D, "The day on which it is now due",
        headings=("due date", "due", "forecast date", "forecast", "deadline", "target date", "end date"),
    ),
    Field("move_reason", "Why it moved", _T, "The reason of a moved date", 2000, ("reason", "reason for change", "reason for delay")),
    Field(
        "done_on", "Done on", _D, "The day on which it was done",
        headings=("actual date", "actual", "completed on", "completion date", "date completed", "completed"),
    ),
    Field("withdrawn_on", "Withdrawn on", _D, "The day on which it was given up"),
    Field("needs", "Needs", _T, "Refs of milestones of other initiatives that it waits for", 2000, ("depends on", "predecessors", "dependencies")),
    Field("withdrawal_reason", "Why it was withdrawn", _T, "The reason of giving it up", 2000),
)  # fmt: skip

FIELDS: dict[str, dict[str, Field]] = {
    ImportKind.INITIATIVES: {field.name: field for field in INITIATIVE},
    ImportKind.MILESTONES: {field.name: field for field in MILESTONE},
}
PREFIX = "DS"  # of the refs that new initiatives get, where the file has none


def plain(heading: str) -> str:
    """Return a heading as it is compared: lower case, words apart, without its number among namesakes."""
    words = re.sub(r" \(\d+\)$", "", heading)
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", words)
    return " ".join(re.findall(r"[^\W_]+", words.casefold()))


def guessed_kind(headers: Iterable[str]) -> ImportKind:
    """Say what a file's rows are: milestones have an initiative and a date by which they are due."""
    found = {plain(header) for header in headers}
    dated = {plain(name) for name in ("first_due_on", "due_on", "baseline date", "due date", "forecast date")}
    owned = {"initiative", "initiative ref"}
    return ImportKind.MILESTONES if found & owned and found & dated else ImportKind.INITIATIVES


def guessed_columns(kind: str, headers: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return which columns probably tell which field: by our own name first, then by what other people call it.

    Namesakes (`colour_rating`, `colour_rating (2)`) tell the same field together.
    """
    free = list(headers)
    found: dict[str, tuple[str, ...]] = {}

    def take(field: Field, names: Iterable[str]) -> None:
        for name in names:
            same = [header for header in free if plain(header) == name]
            if same and field.name not in found:
                found[field.name] = tuple(same)
                free[:] = [header for header in free if header not in same]

    fields = FIELDS[kind].values()
    for field in fields:
        take(field, [plain(field.name)])
    for field in fields:
        take(field, [plain(field.label), *field.headings])
    return found


def fields_of(kind: str) -> Mapping[str, Field]:
    """Return the fields that a file of this kind can tell, by name."""
    return FIELDS[kind]
