"""XLSX and ODS: the zip's directory first, then what the cells' marks say, then calamine for the values."""

import datetime
import functools
import io
import posixpath
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from xml.parsers import expat

import python_calamine as calamine

from initiatives.imports.shape import Asked, Limits, Source, Table, Unreadable, counted, letter, shape

_BROKEN = (
    "The workbook is broken and cannot be read. Open it in a spreadsheet program and save it again as .xlsx or .ods."
)
_ODS = b"application/vnd.oasis.opendocument.spreadsheet"
_ENTITIES = re.compile(rb"<!(?:DOCTYPE|ENTITY)")
_UNCOMPUTED = "holds a formula that was never computed: open the file in a spreadsheet program and save it"
_SPARE = 1000  # rows that may stand above the header, or empty between the others, on top of those that are taken


def read(content: bytes, asked: Asked, limits: Limits) -> Table:
    """Return the table in the sheet that was asked for, or in the first that is visible."""
    if asked.encoding or asked.delimiter:
        raise Unreadable("A workbook has neither an encoding nor a delimiter to choose.")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _checked(archive, limits)
            form = _format(archive)
            book = calamine.load_workbook(io.BytesIO(content))
            source, index = _sheet(book, form, asked.sheet)
            marks = _ods_marks(archive, index, limits) if form == "ods" else _xlsx_marks(archive, source.sheet, limits)
        values = book.get_sheet_by_name(source.sheet).to_python(skip_empty_area=False, nrows=limits.rows + _SPARE + 1)
    except (Unreadable, MemoryError, KeyboardInterrupt, SystemExit):
        raise
    except calamine.PasswordError:
        raise Unreadable("The workbook is protected by a password. Take the password off and save it again.") from None
    # The panics of calamine are BaseExceptions, and a broken zip or XML has many ways to say so.
    except BaseException:
        raise Unreadable(_BROKEN) from None
    if len(values) > limits.rows + _SPARE:
        raise Unreadable(f"{source.said} goes on beyond row {limits.rows + _SPARE:,}. Split it into smaller files.")
    values += [[]] * (max(marks.flaws, default=0) - len(values))
    source = Source(form, sheet=source.sheet, sheets=source.sheets, notes=(*source.notes, *marks.notes()))
    records = ((number, [_text(value) for value in row]) for number, row in enumerate(values, 1))
    return shape(records, source, asked, limits, marks.flaws)


def _sheet(book: calamine.CalamineWorkbook, form: str, asked: str) -> tuple[Source, int]:
    """Return what is known of the sheet to read, and its place among all."""
    cells = [
        (index, sheet)
        for index, sheet in enumerate(book.sheets_metadata)
        if sheet.typ == calamine.SheetTypeEnum.WorkSheet
    ]
    visible = {sheet.name: index for index, sheet in cells if sheet.visible == calamine.SheetVisibleEnum.Visible}
    hidden = [sheet.name for _, sheet in cells if sheet.name not in visible]
    if not visible:
        raise Unreadable("The workbook has no visible sheet with cells. Unhide the one to read, and save it again.")
    if asked and asked not in visible:
        raise Unreadable(
            f"There is no visible sheet “{asked[:80]}”. It can be {', '.join(f'“{name}”' for name in visible)}."
        )
    notes = []
    if hidden:
        names = ", ".join(f"“{name}”" for name in hidden[:10])
        notes.append(f"{counted(len(hidden), 'hidden sheet')} left aside: {names}{' …' if len(hidden) > 10 else ''}.")
    name = asked or next(iter(visible))
    if len(visible) > 1:
        notes.append(
            f"Only the sheet “{name}” is read; there {_are(len(visible) - 1)} {counted(len(visible) - 1, 'other')}."
        )
    return Source(form, sheet=name, sheets=tuple(visible), notes=tuple(notes)), visible[name]


def _text(value: object) -> str:
    """Return a cell's value as text: shortest decimals, ISO dates, true and false."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return _number(value)
    if isinstance(value, datetime.datetime):
        value = (value + datetime.timedelta(microseconds=500_000)).replace(microsecond=0)
        return value.date().isoformat() if value.time() == datetime.time() else value.isoformat()
    if isinstance(value, datetime.timedelta):
        minutes, seconds = divmod(round(value.total_seconds()), 60)
        return f"{minutes // 60:02}:{minutes % 60:02}:{seconds:02}"
    return value.isoformat(timespec="seconds") if isinstance(value, datetime.time) else str(value)


def _number(value: float) -> str:
    """Return the number as a spreadsheet shows it in full: 15 digits, without what binary fractions add."""
    if isinstance(value, int) or (value.is_integer() and abs(value) < 1e15):
        return str(int(value))
    shown = format(value, ".15g")
    return f"{Decimal(shown):f}" if "e" in shown and 1e-12 < abs(value) < 1e21 else shown


def _are(number: int) -> str:
    return "is" if number == 1 else "are"


# --- The zip --------------------------------------------------------------------------------------
def _checked(archive: zipfile.ZipFile, limits: Limits) -> None:
    """Refuse a zip that unpacks to too much, or that holds what no workbook holds."""
    entries = archive.infolist()
    if len(entries) > limits.entries:
        raise Unreadable(f"The workbook is a zip of {len(entries):,} parts; at most {limits.entries:,} are read.")
    names = [entry.filename for entry in entries]
    for name in names:
        if name.startswith("/") or "\\" in name or ":" in name or ".." in name.split("/"):
            raise Unreadable("The workbook holds a part with a name that leads out of it. It is not taken.")
    if len(set(names)) < len(names):
        raise Unreadable("The workbook holds two parts of the same name. " + _BROKEN)
    if any(entry.flag_bits & 1 for entry in entries):
        raise Unreadable("The workbook is protected by a password. Take the password off and save it again.")
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    # The rows of an honest plan may be much alike, so that only much of it is suspect.
    dense = 2 * unpacked > limits.unpacked and unpacked > limits.ratio * packed
    if unpacked > limits.unpacked or dense:
        raise Unreadable(
            f"The workbook unpacks to {unpacked / 2**20:,.0f} MB, {unpacked / max(packed, 1):,.0f} times its size; at "
            f"most {limits.unpacked / 2**20:,.0f} MB and {limits.ratio:,} times are read. Bring the rows alone, as CSV."
        )
    for entry in entries:  # what the directory promises is held to: reading stops there and checks the sum
        if entry.filename.endswith((".xml", ".rels")) and _ENTITIES.search(archive.read(entry)):
            raise Unreadable(
                "The workbook declares entities of its own, which no spreadsheet program does. It is not taken."
            )


def _format(archive: zipfile.ZipFile) -> str:
    """Return xlsx or ods; Unreadable for any other zip."""
    names = set(archive.namelist())
    if "mimetype" in names and "content.xml" in names and archive.read("mimetype").strip().startswith(_ODS):
        if b"manifest:encryption-data" in (
            archive.read("META-INF/manifest.xml") if "META-INF/manifest.xml" in names else b""
        ):
            raise Unreadable("The workbook is protected by a password. Take the password off and save it again.")
        return "ods"
    if "xl/workbook.bin" in names:
        raise Unreadable("A binary workbook (.xlsb) cannot be read. Save it as .xlsx and bring that.")
    if "[Content_Types].xml" in names and any(name.startswith("xl/") for name in names):
        return "xlsx"
    if "word/document.xml" in names or "ppt/presentation.xml" in names or "mimetype" in names:
        raise Unreadable("The file is a document or slides, not a spreadsheet. Save the table as .xlsx, .ods or CSV.")
    raise Unreadable("The file is a zip, not a workbook. Unpack it and bring the spreadsheet inside.")


# --- What the cells' marks say --------------------------------------------------------------------
@dataclass
class _Marks:
    """What calamine does not tell: errors, formulas, merged cells and hidden rows, by row and column from 0."""

    limits: Limits
    row: int = -1
    column: int = -1
    formulas: int = 0
    merged: list[str] = field(default_factory=list)
    hidden: int = 0
    flaws: dict[int, str] = field(default_factory=dict)

    def bounded(self, below: int = 0, beside: int = 0) -> None:
        """Stop where a cell that holds something, or one of those that repeat it, stands outside of what is read."""
        row, column = self.row + below, self.column + beside
        if row >= self.limits.rows + _SPARE:
            raise Unreadable(
                f"The sheet goes on in row {row + 1:,}; at most {self.limits.rows:,} rows are read. Split it into "
                "smaller files, or take out the rows that are not needed."
            )
        if column >= self.limits.columns:
            raise Unreadable(
                f"{letter(column)}{row + 1} holds something: at most {self.limits.columns} columns are read. "
                "Take out the columns that are not needed."
            )

    def flaw(self, reason: str) -> None:
        """Refuse the row for its first flaw."""
        self.flaws.setdefault(self.row + 1, f"{letter(self.column)}{self.row + 1} {reason}")

    def notes(self) -> Iterator[str]:
        """Yield what a person should know of the sheet."""
        if self.formulas:
            yield f"{counted(self.formulas, 'cell')} with a formula: the value last computed is taken."
        if self.merged:
            some = ", ".join(self.merged[:5]) + (" …" if len(self.merged) > 5 else "")
            yield f"{counted(len(self.merged), 'merged range')} ({some}): only the top left cell holds the value."
        if self.hidden:
            yield f"{counted(self.hidden, 'hidden or filtered row')} {_are(self.hidden)} read as well."


_Start = Callable[[str, dict[str, str]], None]


def _parser(start: _Start) -> expat.XMLParserType:
    """Return a parser that tells of elements, without the prefix where the outermost has one."""
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def outermost(name: str, attributes: dict[str, str]) -> None:
        prefix = name[: name.rfind(":") + 1]
        # There may be hundreds of thousands: where there is nothing to take off, none pays for it.
        parser.StartElementHandler = (
            (lambda name, attributes: start(name.removeprefix(prefix), attributes)) if prefix else start
        )
        start(name.removeprefix(prefix), attributes)

    parser.StartElementHandler = outermost
    return parser


def _xlsx_marks(archive: zipfile.ZipFile, sheet: str, limits: Limits) -> _Marks:
    """Return the marks of a sheet of an XLSX workbook.

    A cell is judged when the next one begins: that is twice as quick as to be told of every end.
    """
    marks = _Marks(limits)
    bottom = limits.rows + _SPARE
    error: list[str] | None = None
    uncomputed = False

    def judge() -> None:
        nonlocal error, uncomputed
        if uncomputed:
            marks.flaw(_UNCOMPUTED)
        if error is not None:
            marks.flaw(_error(error))
            parser.CharacterDataHandler = None
        error, uncomputed = None, False

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal error, uncomputed
        if name == "c":
            if uncomputed or error is not None:
                judge()
            if place := attributes.get("r"):
                letters = place.rstrip("0123456789")
                marks.column, marks.row = _column(letters), int(place[len(letters) :]) - 1
            else:
                marks.column += 1
            if attributes.get("t") == "e":
                error = []
                parser.CharacterDataHandler = error.append
        elif name == "v" or name == "is":
            if marks.row >= bottom or marks.column >= limits.columns:
                marks.bounded()
            uncomputed = False
            if error:
                error.clear()  # that was the formula
        elif name == "f":
            marks.bounded()
            marks.formulas += 1
            uncomputed = True
        elif name == "row":
            judge()
            marks.row = int(attributes["r"]) - 1 if "r" in attributes else marks.row + 1
            marks.column = -1
            marks.hidden += attributes.get("hidden") in ("1", "true")
        elif name == "mergeCell":
            marks.merged.append(attributes.get("ref", ""))

    parser = _parser(start)
    with archive.open(_xlsx_part(archive, sheet)) as stream:
        parser.ParseFile(stream)
    judge()
    return marks


@functools.cache
def _column(letters: str) -> int:
    """Return the column, from 0, that a spreadsheet calls so."""
    column = 0
    for char in letters:
        column = column * 26 + "ABCDEFGHIJKLMNOPQRSTUVWXYZ".index(char) + 1
    return column - 1


def _error(words: list[str]) -> str:
    return f"holds {''.join(words).strip()[:20] or 'an error'}: put it right, or empty the cell"


def _xlsx_part(archive: zipfile.ZipFile, sheet: str) -> str:
    """Return the name of the part that holds the sheet."""
    book = next(name for name in archive.namelist() if name.casefold() == "xl/workbook.xml")
    relations: dict[str, str] = {}
    found: list[str] = []

    def relation(name: str, attributes: dict[str, str]) -> None:
        if name == "Relationship":
            relations[attributes["Id"]] = attributes["Target"]

    def sheets(name: str, attributes: dict[str, str]) -> None:
        if name == "sheet" and attributes.get("name") == sheet:
            found.extend(value for key, value in attributes.items() if key.rpartition(":")[2] == "id" and ":" in key)

    with archive.open("xl/_rels/workbook.xml.rels") as stream:
        _parser(relation).ParseFile(stream)
    with archive.open(book) as stream:
        _parser(sheets).ParseFile(stream)
    target = relations[found[0]]
    return target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")


def _ods_marks(archive: zipfile.ZipFile, index: int, limits: Limits) -> _Marks:
    """Return the marks of a sheet of an ODS workbook, where rows and cells can stand for many alike."""
    marks = _Marks(limits)
    table, depth, alike = -1, -1, 1
    error: list[str] | None = None

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal table, depth, alike, error
        if name == "table:table":
            depth += 1
            table += depth == 0
        elif table != index or depth:
            return
        elif name == "table:table-row":
            marks.row += alike
            alike = int(attributes.get("table:number-rows-repeated", 1))
            marks.column = -1
            marks.hidden += attributes.get("table:visibility") in ("collapse", "filter")
        elif name in ("table:table-cell", "table:covered-table-cell"):
            marks.column += 1
            beside = int(attributes.get("table:number-columns-repeated", 1)) - 1
            types = [value for key, value in attributes.items() if key.endswith(":value-type")]
            formula = "table:formula" in attributes
            if types or formula:
                marks.bounded(alike - 1, beside)
                marks.formulas += formula
                if "error" in types:
                    error = []
                    parser.CharacterDataHandler = error.append
                elif not types:
                    marks.flaw(_UNCOMPUTED)
            across = int(attributes.get("table:number-columns-spanned", 1))
            down = int(attributes.get("table:number-rows-spanned", 1))
            if across > 1 or down > 1:
                last = f"{letter(marks.column + across - 1)}{marks.row + down}"
                marks.merged.append(f"{letter(marks.column)}{marks.row + 1}:{last}")
            marks.column += beside

    def end(name: str) -> None:
        nonlocal depth, error
        if name == "table:table":
            depth -= 1
        elif name == "table:table-cell" and error is not None:
            marks.flaw(_error(error))
            error = parser.CharacterDataHandler = None

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = start, end
    with archive.open("content.xml") as stream:
        parser.ParseFile(stream)
    return marks
