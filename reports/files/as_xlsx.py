"""Workbooks: dates, numbers and truth are typed, headings stay in sight, every column can be filtered.

A row is written down before the next one is made, so that memory does not grow with the rows.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

from django.core.exceptions import BadRequest
from xlsxwriter import Workbook

from reports.datasets import Column, Dataset, Scope, guarded, text
from reports.files import BLOCK, Piece

ROWS = 1_048_576  # that a sheet of Excel holds, its heading included
LONGEST = 32_767  # characters that a cell of Excel holds, as UTF-16 counts them
FIRST_DAY = date(1900, 3, 1)  # Excel counts days wrongly before
PLAIN = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_WIDTHS = {"date": 11, "moment": 19, "truth": 7, "integer": 8, "word": 12, "list": 24}
_WIDE = ("title", "name", "statement", "question", "reason", "words", "how", "why", "risk", "issue", "ask")


def check_it_fits(count: int, name: str) -> None:
    """Raise `BadRequest` with words when a sheet cannot hold so many rows."""
    if count >= ROWS:
        raise BadRequest(
            f"{name} has {count:,} rows, and a sheet of Excel holds {ROWS - 1:,} below its heading. "
            "Take it as CSV, or choose fewer rows with a filter."
        )


def xlsx_pieces(sheets: Mapping[Dataset, Sequence[Column]], scope: Scope, *, contents: bool = False) -> Iterator[Piece]:
    """Yield a workbook with a sheet for each data set, and before them one that lists them if `contents` says so."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "made.xlsx"
        rows = _write(file, folder, sheets, scope, contents)
        with file.open("rb") as made:
            while block := made.read(BLOCK):
                yield block, 0
        yield b"", rows


def _write(file: Path, folder: str, sheets: Mapping[Dataset, Sequence[Column]], scope: Scope, contents: bool) -> int:
    rows = 0
    with Workbook(file, {"constant_memory": True, "tmpdir": folder, **PLAIN}) as book:
        formats = _formats(book)
        made = datetime.combine(scope.day, time())
        book.set_properties({"title": "Data sets" if contents else next(iter(sheets)).title, "created": made})
        if contents:
            _write_contents(book, formats, sheets, scope)
        for dataset, columns in sheets.items():
            rows += _write_sheet(book.add_worksheet(dataset.name), formats, dataset, columns, scope)
    return rows


def _formats(book: Any) -> dict[str, Any]:
    return {
        "heading": book.add_format({"bold": True, "bottom": 1}),
        "date": book.add_format({"num_format": "yyyy-mm-dd", "align": "left"}),
        "moment": book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss", "align": "left"}),
    }


def _write_contents(
    book: Any, formats: dict[str, Any], sheets: Mapping[Dataset, Sequence[Column]], scope: Scope
) -> None:
    sheet = book.add_worksheet("contents")
    for place, (heading, width) in enumerate((("data set", 18), ("one row is", 90), ("rows", 9), ("as at", 12))):
        sheet.set_column(place, place, width)
        sheet.write_string(0, place, heading, formats["heading"])
    sheet.freeze_panes(1, 0)
    for number, dataset in enumerate(sheets, start=1):
        sheet.write_url(number, 0, f"internal:'{dataset.name}'!A1", string=dataset.name)
        sheet.write_string(number, 1, dataset.one_row_is)
        sheet.write_number(number, 2, dataset.count(scope))
        sheet.write_datetime(number, 3, scope.day, formats["date"])


def _write_sheet(sheet: Any, formats: dict[str, Any], dataset: Dataset, columns: Sequence[Column], scope: Scope) -> int:
    for place, column in enumerate(columns):
        sheet.set_column(place, place, _width(column))
        sheet.write_string(0, place, column.name, formats["heading"])
    sheet.freeze_panes(1, 0)
    number = 0
    for number, row in enumerate(dataset.values(scope, columns), start=1):
        check_it_fits(number, dataset.name)
        for place, value in enumerate(row):
            _write_cell(sheet, formats, number, place, value)
    sheet.autofilter(0, 0, number, len(columns) - 1)
    return number


def _write_cell(sheet: Any, formats: dict[str, Any], row: int, place: int, value: Any) -> None:
    if value is None or value == "":
        return
    if isinstance(value, bool):
        sheet.write_boolean(row, place, value)
    elif isinstance(value, int):
        sheet.write_number(row, place, value)
    elif isinstance(value, datetime):
        sheet.write_datetime(row, place, value.astimezone(UTC).replace(tzinfo=None, microsecond=0), formats["moment"])
    elif isinstance(value, date) and value >= FIRST_DAY:
        sheet.write_datetime(row, place, value, formats["date"])
    elif isinstance(value, date):
        sheet.write_string(row, place, value.isoformat())
    elif words := text(value):
        sheet.write_string(row, place, cut(guarded(words)))


def cut(words: str) -> str:
    """Return a text that a cell holds: of a longer one the beginning, with … for the rest."""
    if 2 * len(words) <= LONGEST or len(words.encode("utf-16-le")) <= 2 * LONGEST:
        return words
    return words.encode("utf-16-le")[: 2 * (LONGEST - 1)].decode("utf-16-le", "ignore") + "…"


def _width(column: Column) -> int:
    """Return a width in which the heading stands whole, beside the arrow of its filter, and texts can be read."""
    wide = 50 if column.name.startswith("what_") or column.name in _WIDE else 16
    return max(len(column.name) + 4, _WIDTHS.get(column.type, wide))
