"""From records to a table: which row is the header, which rows are taken and which are refused, and why."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice

LOOK = 200  # how many rows from the top are looked at to guess by
SHOWN = 200  # characters of a preamble row that are shown

_GUARDED = re.compile(r"''*[=+\-@\t\r]")  # our exports put the first apostrophe there
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_BIDI = re.compile(r"[\u202a-\u202e\u2066-\u2069]")
_SUSPECT = re.compile(f"{_CONTROL.pattern}|{_BIDI.pattern}")


class Unreadable(Exception):
    """The file cannot be read: says to a person why, where, and what to do."""


@dataclass(frozen=True)
class Asked:
    """What a person says instead of leaving it to be guessed; empty and 0 mean: guess."""

    encoding: str = ""
    delimiter: str = ""
    header_row: int = 0
    sheet: str = ""


@dataclass(frozen=True)
class Limits:
    """How large a file may be: rows below the header, columns, characters in a cell; and for the zip of a workbook
    the bytes that it unpacks to, how many times its packed size that is, and its entries."""

    rows: int = 20_000
    columns: int = 200
    cell: int = 20_000
    unpacked: int = 50 * 2**20
    ratio: int = 100
    entries: int = 500


@dataclass(frozen=True)
class Row:
    """One row that was taken, numbered as a spreadsheet numbers it."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """What was understood of a file: every row below the header is in `rows`, in `refused`, or empty."""

    format: str  # csv, xlsx, ods
    encoding: str  # empty for workbooks
    delimiter: str  # empty for workbooks
    sheet: str
    sheets: tuple[str, ...]  # those that are visible
    header_row: int
    headers: tuple[str, ...]  # unique
    letters: tuple[str, ...]  # the column of each header in the spreadsheet
    rows: tuple[Row, ...]
    refused: tuple[tuple[int, str], ...]  # row number, reason
    notes: tuple[str, ...]
    preamble: tuple[str, ...]


@dataclass(frozen=True)
class Source:
    """Where records come from, and what is known of them before they are looked at."""

    format: str
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    sheets: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def said(self) -> str:
        """How a sentence begins that speaks of the whole."""
        return f"The sheet “{self.sheet}”" if self.sheet else "The file"


def letter(column: int) -> str:
    """Return what a spreadsheet calls the column counted from 0: A, B, … Z, AA."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def counted(number: int, one: str, many: str = "") -> str:
    """Return the number with its noun: 1 row, 20,000 rows."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def unguarded(cell: str) -> str:
    """Return the cell without the apostrophe that our exports put before what a spreadsheet would compute."""
    return cell[1:] if cell[:1] == "'" and _GUARDED.match(cell) else cell


def extent(cells: Sequence[str]) -> int:
    """Return how many cells there are up to the last one that holds something."""
    for index in range(len(cells), 0, -1):
        if cells[index - 1].strip():
            return index
    return 0


def shape(
    records: Iterable[tuple[int, list[str]]],
    source: Source,
    asked: Asked,
    limits: Limits,
    flaws: Mapping[int, str] | None = None,
) -> Table:
    """Return the table that the numbered records make; `flaws` are rows to refuse, with the reason."""
    flaws = flaws or {}
    padded = source.format != "csv"
    waiting = iter(records)
    above, header_row, names = _header(waiting, source, asked, limits)
    rows: list[Row] = []
    refused: list[tuple[int, str]] = []
    empty = trailing = 0
    for number, cells in chain(above.below, waiting):
        filled = extent(cells)
        if not filled and number not in flaws:
            trailing += 1
            continue
        empty, trailing = empty + trailing, 0
        if len(rows) + len(refused) == limits.rows:
            raise Unreadable(
                f"{source.said} has more than {counted(limits.rows, 'row')}. Split it into smaller files, or take out "
                "the rows that are not needed."
            )
        _bounded(number, cells, filled, limits)
        reason = flaws.get(number, "") or _reason(number, cells, filled, len(names), padded)
        if reason:
            refused.append((number, reason))
        else:
            width = len(names)
            cells = [unguarded(cell) for cell in cells[:width]] + [""] * (width - len(cells))
            rows.append(Row(number, tuple(cells)))
    if not rows and not refused:
        raise Unreadable(
            f"{source.said} has a header in row {header_row} and no rows below it. Is this the right file"
            + (" and sheet?" if source.sheet else "?")
        )
    notes = list(source.notes)
    preamble = tuple(_line(cells) for _, cells in above.preamble if extent(cells))
    if preamble:
        notes.append(f"{counted(header_row - 1, 'row')} above the header {_is(header_row - 1)} left out.")
    if empty:
        notes.append(f"{counted(empty, 'empty row')} {_is(empty)} left out.")
    kept = [at for at, name in enumerate(names) if name or any(row.cells[at].strip() for row in rows)]
    if len(kept) < len(names):
        rows = [Row(row.number, tuple(row.cells[at] for at in kept)) for row in rows]
    return Table(
        format=source.format,
        encoding=source.encoding,
        delimiter=source.delimiter,
        sheet=source.sheet,
        sheets=source.sheets,
        header_row=header_row,
        headers=_unique([names[at] or f"Column {letter(at)}" for at in kept]),
        letters=tuple(letter(at) for at in kept),
        rows=tuple(rows),
        refused=tuple(refused),
        notes=tuple(notes),
        preamble=preamble,
    )


@dataclass(frozen=True)
class _Top:
    preamble: list[tuple[int, list[str]]]
    below: list[tuple[int, list[str]]]


def _header(
    waiting: Iterable[tuple[int, list[str]]], source: Source, asked: Asked, limits: Limits
) -> tuple["_Top", int, list[str]]:
    """Return what stands around the header among the first rows, its row number, and the names in it."""
    if not 0 <= asked.header_row <= LOOK:
        raise Unreadable(f"The header can be looked for in the first {LOOK} rows. Name a row from 1 to {LOOK}.")
    top = list(islice(waiting, LOOK))
    extents = [extent(cells) for _, cells in top]
    if not any(extents):
        raise Unreadable(f"{source.said} is empty.")
    for (number, cells), filled in zip(top, extents, strict=True):
        _bounded(number, cells, filled, limits)
    if asked.header_row:
        at = asked.header_row - 1
        if not 0 <= at < len(top) or not extents[at]:
            raise Unreadable(
                f"Row {asked.header_row:,} holds no header: it is empty or beyond the end. "
                f"Name a row from 1 to {len(top):,} that holds one."
            )
    else:
        usual = sorted(filter(None, extents))
        width = usual[len(usual) * 3 // 4]
        found = (at for at, (_, cells) in enumerate(top) if _is_header(cells, width))
        at = next(found, -1)
        if at < 0:
            raise Unreadable(
                f"No row of {source.said[0].lower()}{source.said[1:]} looks like a header: a row with a word for each "
                "column. Put one above the rows, or say which row it is."
            )
    number, cells = top[at]
    # A header may have fewer cells than a line of nothing but separators would give; what follows says how far it goes.
    names = [" ".join(unguarded(cell).split()) for cell in cells]
    for name in names:
        if _SUSPECT.search(name):
            raise Unreadable(f"The header in row {number} holds a character that cannot be seen. Type it again.")
    return _Top(top[:at], top[at + 1 :]), number, names


def _is_header(cells: list[str], width: int) -> bool:
    """Return whether the row reaches about as far as the rows usually do and is mostly different words."""
    reach = extent(cells)
    filled = [cell.strip().casefold() for cell in cells if cell.strip()]
    words = [cell for cell in filled if any(char.isalpha() for char in cell)]
    return (
        4 * reach >= 3 * width
        and 2 * len(filled) >= reach
        and 5 * len(words) >= 3 * len(filled) > 0
        and 2 * len(set(filled)) >= len(filled)
    )


def _bounded(number: int, cells: list[str], filled: int, limits: Limits) -> None:
    """Refuse the whole file for a row that is wider, or a cell that is longer, than any honest one."""
    if filled > limits.columns:
        raise Unreadable(
            f"Row {number} reaches to column {letter(filled - 1)}: at most {limits.columns} columns can be read."
        )
    if filled and max(map(len, cells)) > limits.cell:
        column = next(at for at, cell in enumerate(cells) if len(cell) > limits.cell)
        raise Unreadable(
            f"The cell {letter(column)}{number} is longer than {limits.cell:,} characters. Shorten it; if it should be "
            "short, a closing quotation mark may be missing."
        )


def _reason(number: int, cells: list[str], filled: int, width: int, padded: bool) -> str:
    """Return why a row cannot be taken, empty when it can."""
    if filled > width:
        return (
            f"{letter(filled - 1)}{number} holds something beyond the last heading, in column {letter(width - 1)}: "
            "is a cell with the delimiter in it not in quotation marks?"
        )
    if len(cells) < width and not padded:
        return (
            f"row {number} ends at column {letter(max(len(cells), 1) - 1)}, the header at column {letter(width - 1)}: "
            "its values may have moved"
        )
    if _SUSPECT.search("".join(cells)):
        column, char = next((at, found[0]) for at, cell in enumerate(cells) if (found := _SUSPECT.search(cell)))
        kind = "a control character" if _CONTROL.match(char) else "a character that turns the direction of the text"
        return f"{letter(column)}{number} holds {kind} (U+{ord(char):04X}), which cannot be seen: type the cell again"
    return ""


def _unique(names: Iterable[str]) -> tuple[str, ...]:
    """Return the names, with (2), (3)… after those that came before."""
    names = list(names)
    taken: set[str] = set()
    for at, name in enumerate(names):
        count = 1
        while names[at] in taken:
            count += 1
            names[at] = f"{name} ({count})"
        taken.add(names[at])
    return tuple(names)


def _line(cells: list[str]) -> str:
    return " ".join(" ".join(cells).split())[:SHOWN]


def _is(number: int) -> str:
    return "is" if number == 1 else "are"
