"""CSV: which bytes are which characters, what divides the cells, and the records."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice

from initiatives.imports.shape import LOOK, Asked, Limits, Source, Table, Unreadable, extent, letter, shape

UTF8, UTF8_MARK, UTF16, WINDOWS = ENCODINGS = ("UTF-8", "UTF-8 with byte order mark", "UTF-16", "Windows-1252")
DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab"}

LAST_ROW = 2**20

_CLOSE = "Close it, or double it if it belongs to the text."
_NOTHING = ' \r\n\t,;"\xa0\ufeff'
_SAMPLE = 400_000  # characters to guess the delimiter by
_MULTIBYTE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_HIGH = re.compile(rb"[\x80-\xff]")
_UNDEFINED = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")  # no characters in Windows-1252


def read(content: bytes, asked: Asked, limits: Limits) -> Table:
    """Return the table in a CSV file."""
    if asked.delimiter and asked.delimiter not in DELIMITERS:
        raise Unreadable(f"The delimiter can be {_either(list(DELIMITERS.values()))}.")
    if asked.sheet:
        raise Unreadable("A CSV file has no sheets to choose from.")
    text, encoding = _decoded(content, asked.encoding)
    if not text.strip(_NOTHING):
        raise Unreadable("The file is empty.")
    delimiter = asked.delimiter or _delimiter(text)
    notes = ("Lines end in more than one way; each is taken as an end.",) if _mixed(text) else ()
    source = Source("csv", encoding, delimiter, notes=notes)
    return shape(_records(text, delimiter, limits), source, asked, limits)


def _records(text: str, delimiter: str, limits: Limits) -> Iterator[tuple[int, list[str]]]:
    """Yield each record with its number; Unreadable names the row where quotation marks or NULs make no sense."""
    number, damaged = 0, "\0" in text
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        number += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise Unreadable(_quoting(number, str(error), limits)) from None
        if number > LAST_ROW:
            raise Unreadable(
                f"The file goes on beyond row {LAST_ROW:,}, where spreadsheets end. Take out the empty rows."
            )
        if damaged:
            for column in (column for column, cell in enumerate(cells) if "\0" in cell):
                raise Unreadable(
                    f"The cell {letter(column)}{number} holds a NUL character: the file is damaged, or is not text. "
                    "Save it again as CSV UTF-8."
                )
        yield number, cells


def _quoting(number: int, error: str, limits: Limits) -> str:
    if "limit" in error:
        return (
            f"Row {number} has a cell that is longer than {limits.cell:,} characters. Shorten it; if it should be "
            "short, a closing quotation mark is missing."
        )
    if "end of data" in error:
        return f"A quotation mark that opens in row {number} is never closed. {_CLOSE}"
    return (
        f"In row {number} a cell goes on after its closing quotation mark. Double the quotation marks that belong to "
        "the text."
    )


def _mixed(text: str) -> bool:
    """Return whether lines end in more than one way, outside of quotation marks."""
    bare = "".join(text.split('"')[::2])
    both = bare.count("\r\n")
    return sum((both > 0, bare.count("\r") > both, bare.count("\n") > both)) > 1


# --- Characters -----------------------------------------------------------------------------------
def _decoded(content: bytes, asked: str) -> tuple[str, str]:
    """Return the text and the name of its encoding."""
    if asked:
        known = {name.casefold(): name for name in ENCODINGS}
        if asked.casefold() not in known:
            raise Unreadable(f"The encoding can be {_either(ENCODINGS)}.")
        asked = known[asked.casefold()]
    if content.startswith((b"\xff\xfe\0\0", b"\0\0\xfe\xff")):
        raise Unreadable("The file is UTF-32, which cannot be read. Save it again as CSV UTF-8.")
    if asked in ("", UTF8, UTF8_MARK) and content.startswith(b"\xef\xbb\xbf"):
        return _strictly(content[3:], "utf-8", UTF8_MARK), UTF8_MARK
    if asked in ("", UTF16) and content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _strictly(content, "utf-16", UTF16), UTF16
    if asked == UTF16 or (not asked and _looks_utf16(content)):
        zeros = content[0::2].count(0), content[1::2].count(0)
        return _strictly(content, "utf-16-be" if zeros[0] > zeros[1] else "utf-16-le", UTF16), UTF16
    if asked in (UTF8, UTF8_MARK):
        return _strictly(content, "utf-8", UTF8), UTF8
    if asked == WINDOWS:
        return _strictly(content, "cp1252", WINDOWS), WINDOWS
    try:
        return content.decode("utf-8"), UTF8
    except UnicodeDecodeError as error:
        multibyte = _MULTIBYTE.findall(content)
        lone = len(_HIGH.findall(content)) - sum(map(len, multibyte))
        if len(multibyte) >= lone or _UNDEFINED.search(content):
            raise Unreadable(_damaged(content, error, UTF8)) from None
        return content.decode("cp1252"), WINDOWS


def _looks_utf16(content: bytes) -> bool:
    """Return whether every other byte of the beginning is zero, as in Western text of two bytes a character."""
    head = content[:4000]
    few, many = sorted((head[0::2].count(0), head[1::2].count(0)))
    return len(head) >= 4 and many * 2 >= len(head) // 2 and few * 20 <= many


def _strictly(content: bytes, codec: str, name: str) -> str:
    try:
        return content.decode(codec)
    except UnicodeDecodeError as error:
        raise Unreadable(_damaged(content, error, name)) from None


def _damaged(content: bytes, error: UnicodeDecodeError, name: str) -> str:
    before = content[: error.start].decode(error.encoding, errors="replace")
    row = sum(1 for _ in csv.reader(io.StringIO(before + "x", newline="")))
    found = " ".join(f"{byte:02X}" for byte in content[error.start : error.end][:4])
    return (
        f"Row {max(row, 1)} holds bytes ({found}) that are no characters in {name}. Open the file where it was made "
        "and save it again as CSV UTF-8, or say which encoding it has."
    )


# --- Delimiter ------------------------------------------------------------------------------------
def _delimiter(text: str) -> str:
    """Return what divides the text's records most evenly, minding quotation marks."""
    told = re.match(r"sep=([,;\t])[\r\n]", text)
    if told:
        return told[1]
    return max(DELIMITERS, key=lambda delimiter: _evenness(text, delimiter))


def _evenness(text: str, delimiter: str) -> tuple[float, int]:
    """Return how evenly the delimiter divides the first records (0 to 1), and into how many cells."""
    sample = text[:_SAMPLE]
    records = []
    with suppress(csv.Error):  # those before it say enough
        for cells in islice(csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter), LOOK):
            records.append(cells)
    records = [cells for cells in records if cells]
    if len(sample) < len(text) and 1 < len(records) < LOOK:
        records.pop()  # it may have been cut
    table = records
    while table and extent(table[0]) < 2:  # a preamble's lines are rarely divided
        table = table[1:]
    if not table or len(table) < 2 <= len(records):
        single = sum(len(cells) == 1 for cells in records)
        return 0.4 * single / max(len(records), 1), 1
    width, count = max(Counter(map(len, table)).items(), key=lambda item: (item[1], item[0]))
    if width == 1:
        return 0.4 * count / len(table), 1
    return count / len(table) * (1 + len(table) / len(records)) / 2, width


def _either(names: list[str] | tuple[str, ...]) -> str:
    return f"{', '.join(names[:-1])} or {names[-1]}"
