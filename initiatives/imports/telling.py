"""A plan in lines of plain text, for the command."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from initiatives.imports.cells import tidy
from initiatives.imports.dates import shown
from initiatives.imports.planning import Plan, PlannedRow
from initiatives.status import RowOutcome

MOST = 20  # lines of one sort
_DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs"}


def lines(plan: Plan, *, everything: bool = False) -> Iterator[str]:
    """Yield what a file would do, line by line: at most 20 of one sort, unless everything is asked for."""

    def listed(found: Iterable[str]) -> Iterator[str]:
        all_of_it = list(found)
        kept = all_of_it if everything else all_of_it[:MOST]
        yield from (f"  {line}" for line in kept)
        if len(all_of_it) > len(kept):
            yield f"  … and {len(all_of_it) - len(kept):,} more (--verbosity 2 says all)"

    yield from _of_the_file(plan)
    for question in plan.questions:
        yield f"Asked: {question.words}"
        yield from listed(f"“{cell}” in {times:,} rows" for cell, times in question.cells.items())
    if plan.ratings:
        yield "Ratings in the file's own words:"
        ours = {word: meaning for word, (_, meaning) in plan.words.get("rag", {}).items()}
        yield from listed(f"{n:>6,}  {word} → {ours.get(word) or 'no rating'}" for word, n in plan.ratings.items())
    if plan.people:
        yield "People who are not known here, whose cells change nothing (--create-people makes accounts for them):"
        yield from listed(f"{name} in {times:,} cells" for name, times in plan.people.items())
    if plan.made_people:
        yield "Accounts that it makes, without a role:"
        yield from listed(f"{made.name} ({made.username})" for made in plan.made_people)
    yield ", ".join(f"{times:,} {outcome}" for outcome, times in plan.counts.items()) + "."
    for outcome in (RowOutcome.REFUSED, RowOutcome.NEW, RowOutcome.CHANGED):
        yield from listed(_of_a_row(row) for row in plan.rows if row.outcome == outcome)
    taken = [row for row in plan.rows if row.outcome != RowOutcome.REFUSED]
    if any(row.notes for row in taken):
        yield "Left empty or aside:"
        yield from listed(f"row {row.number}: {note}" for row in taken for note in row.notes)


def _of_the_file(plan: Plan) -> Iterator[str]:
    table = plan.table
    how = " and ".join(filter(None, (table.encoding, _DELIMITERS.get(table.delimiter)))) or table.format
    yield f"{plan.name}: {len(table.rows) + len(table.refused):,} rows of {plan.mapping.kind}, {how}."
    if plan.as_of:
        yield f"As of {shown(plan.as_of)}: its rows count as recorded then."
    yield from (f"  {note}" for note in (*table.notes, *plan.notes))
    yield from (f"  {name}: {', '.join(headings)}" for name, headings in plan.mapping.columns.items())
    if plan.left_aside:
        yield f"  left aside: {', '.join(plan.left_aside)}"
    for name, (value, rows) in plan.defaults.items():
        yield f"  {name}: not in the file, taken as {value} in {rows:,} rows"


def _of_a_row(row: PlannedRow) -> str:
    told = row.reasons or [f"{c.field} {_short(c.before)} → {_short(c.after)}" for c in row.changes]
    return f"row {row.number} {row.outcome}: {row.ref} {tidy(row.title)[:60]}: {'; '.join(told)}"


def _short(text: str) -> str:
    line = tidy(text) or "—"
    return line if len(line) <= 40 else f"{line[:40]}…"
