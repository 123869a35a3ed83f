"""What is no spreadsheet, or wants to do harm, is met with a sentence, in little time and memory."""

import gzip
import io
import logging
import struct
import subprocess
import sys
import threading
import time
import zipfile

import pytest
from django.test import override_settings

from initiatives.imports import files
from initiatives.imports.files import Asked, Unreadable, read_file
from tests.initiatives.imports.made import PLAIN, TOP, a_csv, a_zip, an_ods, an_xlsx, ods_row, said, xlsx_parts

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504
PICTURE = b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR" + bytes(range(256)) * 4


def directory_entry(name):
    """Return how an OLE container names a stream of its own."""
    return name.encode("utf-16-le").ljust(64, b"\0") + struct.pack("<H", 2 * len(name) + 2) + b"\2" + b"\0" * 61


def with_part(name, content, **changes):
    """Return a workbook with a part put in, or put in the place of another."""
    return a_zip(xlsx_parts(TOP + said("1", "a", "b"), **changes) | {name: content})


def sheet_with(xml):
    return with_part("xl/worksheets/sheet1.xml", xml)


def numbered(count):
    """Return so many rows that pack less well than a bomb does."""
    return "".join(f"<row><c><v>{number}{number * 7919 % 10007}</v></c></row>" for number in range(count))


def a_lying_zip():
    """Return a workbook whose directory says that its sheet is small; it is 60 MB."""
    content = bytearray(sheet_with(b"<worksheet>" + b" " * 60_000_000 + b"</worksheet>"))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        size = struct.pack("<I", archive.getinfo("xl/worksheets/sheet1.xml").file_size)
    return bytes(content.replace(size, struct.pack("<I", 2_000)))


def an_encrypted_zip():
    """Return a workbook whose entries say that they are encrypted."""
    content = bytearray(an_xlsx())
    at = content.find(b"PK\1\2")
    content[at + 8] |= 1
    return bytes(content)


XXE = '<!DOCTYPE worksheet [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
LAUGHS = "<!DOCTYPE l [<!ENTITY a0 'ha'>" + "".join(f"<!ENTITY a{n + 1} '{f'&a{n};' * 10}'>" for n in range(9)) + "]>"
ENTITIES = "The workbook declares entities of its own, which no spreadsheet program does. It is not taken."
BROKEN = "The workbook is broken and cannot be read."
PASSWORD = "protected by a password"
NOT_ZIP = "The file is a zip, not a workbook. Unpack it and bring the spreadsheet inside."
SLIDES = "The file is a document or slides, not a spreadsheet."
BIG = "The workbook unpacks to"

HOSTILE = {
    "nothing": (lambda: b"", "“plan.csv” is empty."),
    "a PNG": (lambda: PICTURE, "“plan.csv” is a picture (PNG), not a spreadsheet."),
    "a JPEG": (lambda: b"\xff\xd8\xff\xe0\0\x10JFIF" + PICTURE, "“plan.csv” is a picture (JPEG)"),
    "a GIF": (lambda: b"GIF89a" + PICTURE, "“plan.csv” is a picture (GIF)"),
    "a WebP": (lambda: b"RIFF\x10\0\0\0WEBPVP8 ", "“plan.csv” is a picture (WebP)"),
    "a TIFF": (lambda: b"II*\0" + PICTURE, "“plan.csv” is a picture (TIFF)"),
    "a PDF": (lambda: b"%PDF-1.7\n1 0 obj", "“plan.csv” is a PDF, not a spreadsheet."),
    "RTF": (lambda: rb"{\rtf1 ref,title}", "“plan.csv” is a text document (RTF)"),
    "gzip": (lambda: gzip.compress(a_csv()), "“plan.csv” is a packed file (gzip)"),
    "a program": (lambda: b"\x7fELF" + PICTURE, "“plan.csv” is a program"),
    "a database": (lambda: b"SQLite format 3\0" + PICTURE, "“plan.csv” is a database (SQLite)"),
    "a web page": (lambda: b"\xef\xbb\xbf \n<!DOCTYPE html><table><tr><td>1", "“plan.csv” is a web page or XML"),
    "XML": (lambda: b'<?xml version="1.0"?><Workbook/>', "“plan.csv” is a web page or XML"),
    "an old .xls": (lambda: OLE + directory_entry("Workbook"), "“plan.csv” is an old Office file (such as .xls)"),
    "a password": (lambda: OLE + directory_entry("EncryptedPackage"), f"“plan.csv” is {PASSWORD}"),
    "a password on the zip": (an_encrypted_zip, f"The workbook is {PASSWORD}"),
    "a password in ODS": (
        lambda: an_ods(ods_row("a"), manifest="<manifest:encryption-data/>"),
        f"The workbook is {PASSWORD}",
    ),
    "a zip": (lambda: a_zip({"plan.csv": a_csv()}), NOT_ZIP),
    "an empty zip": (lambda: a_zip({}), NOT_ZIP),
    "a document": (lambda: a_zip({"[Content_Types].xml": "", "word/document.xml": ""}), SLIDES),
    "slides": (lambda: a_zip({"mimetype": "application/vnd.oasis.opendocument.presentation"}), SLIDES),
    "xlsb": (lambda: a_zip({"[Content_Types].xml": "", "xl/workbook.bin": ""}), "A binary workbook (.xlsb)"),
    "a zip that says PK and stops": (lambda: b"PK\3\4", BROKEN),
    "half a workbook": (lambda: an_xlsx()[:3000], BROKEN),
    "a workbook without its end": (lambda: an_xlsx()[:-30], BROKEN),
    "a workbook without its beginning": (lambda: b"PK\3\4" + an_xlsx()[400:], BROKEN),
    "a sheet that is missing": (
        lambda: a_zip({k: v for k, v in xlsx_parts("").items() if "sheet1" not in k}),
        BROKEN,
    ),
    "no workbook.xml": (lambda: a_zip({"[Content_Types].xml": "<Types/>", "xl/x.xml": "<x/>"}), BROKEN),
    "XML that stops": (lambda: sheet_with("<worksheet><sheetData><row><c><v>1"), BROKEN),
    "XML that is none": (lambda: sheet_with("ref,title\n1,2"), BROKEN),
    "XML in no encoding": (lambda: sheet_with(b'<?xml version="1.0" encoding="none"?><worksheet/>'), BROKEN),
    "a row of no number": (lambda: sheet_with('<worksheet><sheetData><row r="x"><c><v>1</v></c></row>'), BROKEN),
    "ODS that repeats no number": (lambda: an_ods(ods_row("a", number_rows_repeated="many")), BROKEN),
    "no sheets": (lambda: a_zip(xlsx_parts("", sheets=" ")), "The workbook has no visible sheet"),
    "only a hidden sheet": (
        lambda: a_zip(xlsx_parts("", sheets='<sheet name="A" sheetId="1" state="hidden" r:id="rId1"/>')),
        "The workbook has no visible sheet with cells. Unhide the one to read, and save it again.",
    ),
    "XXE": (lambda: a_zip(xlsx_parts(TOP + said("1"), doctype=XXE)), ENTITIES),
    "XXE in shared strings": (
        lambda: with_part("xl/sharedStrings.xml", XXE + "<sst><si><t>&x;</t></si></sst>"),
        ENTITIES,
    ),
    "XXE in ODS": (
        lambda: a_zip({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": XXE}),
        ENTITIES,
    ),
    "billion laughs": (lambda: a_zip(xlsx_parts(said("&a9;"), doctype=LAUGHS)), ENTITIES),
    "a bomb of rows": (lambda: sheet_with(said("a", "b") * 1_000_000), BIG),
    "a bomb of one cell": (lambda: sheet_with(said("a" * 60_000_000)), BIG),
    "a bomb of a ratio": (lambda: sheet_with(TOP + " " * 40_000_000), BIG),
    "a bomb that lies": (a_lying_zip, BROKEN),
    "too many parts": (
        lambda: a_zip(xlsx_parts(TOP) | {f"xl/media/{n}.png": b"" for n in range(600)}),
        "The workbook is a zip of 605 parts; at most 500 are read.",
    ),
    "a part that leads out": (
        lambda: with_part("../../etc/cron.d/x", "x"),
        "The workbook holds a part with a name that",
    ),
    "a part at the root": (lambda: with_part("/etc/passwd", "x"), "The workbook holds a part with a name that"),
    "two parts of one name": (lambda: two_of_a_name(), "The workbook holds two parts of the same name."),
    "a cell of 10 MB in CSV": (
        lambda: a_csv([["ref", "title"], ["1", "x"], ["2", "a" * 9_900_000]]),
        "Row 3 has a cell that is longer than 20,000 characters.",
    ),
    "a quoted cell of 10 MB": (
        lambda: a_csv([["ref", "title"], ["1", "a\n" * 4_900_000]]),
        "Row 2 has a cell that is longer than 20,000 characters.",
    ),
    "a cell of 100,000 characters": (
        lambda: a_csv([["ref", "title"], ["1", "a" * 100_000]]),
        "The cell B2 is longer than 20,000 characters.",
    ),
    "more than 10 MB": (
        lambda: b"ref,title\n" + b"1,2\n" * 2_500_000,
        "The file has 10.0 MB; at most 10.0 MB can be read.",
    ),
    "1,000,000 rows of CSV": (
        lambda: b"ref,title\n" + b"1,2\n" * 1_000_000,
        "The file has more than 20,000 rows. Split it into smaller files, or take out the rows that are not needed.",
    ),
    "1,000,000 rows of CSV without a header": (lambda: b"1,2\n" * 1_000_000, "No row of the file looks like a header"),
    "1,000,000 columns": (
        lambda: b"ref" + b",a" * 1_000_000 + b"\n1\n",
        "Row 1 reaches to column BDWGO: at most 200 columns can be read.",
    ),
    "nothing but line ends": (
        lambda: b"a,b\n1,2" + b"\n" * 9_000_000 + b"3",
        "The file goes on beyond row 1,048,576, where spreadsheets end.",
    ),
    "nothing but quotation marks": (lambda: b'"' * 9_000_001, "The file is empty."),
    "nothing but NULs": (lambda: b"\0" * 1000, "The cell A1 holds a NUL character"),
    "bytes of every kind": (lambda: bytes(range(1, 256)) * 1000, "Row 3 holds bytes (80)"),
    "1,000,000 rows of XLSX": (
        lambda: a_zip(xlsx_parts(TOP + 50 * numbered(20_000))),
        "The sheet goes on in row 21,001; at most 20,000 rows are read.",
    ),
    "1,000,000 rows of ODS": (
        lambda: an_ods(ods_row("ref", "n") + ods_row("1", "2", number_rows_repeated=1_000_000)),
        "The sheet goes on in row 1,000,001; at most 20,000 rows are read.",
    ),
    "tables in tables": (
        lambda: an_ods("<table:table-row><table:table-cell>" * 50_000, method=zipfile.ZIP_STORED),
        BROKEN,
    ),
}


def two_of_a_name():
    with pytest.warns(UserWarning, match="Duplicate name"):
        return a_zip([*xlsx_parts(TOP + said("1")).items(), ("xl/workbook.xml", "<workbook/>")])


# In a process of its own, for a child's peak is never told as less than the size of whoever starts it: this prints in
# bytes the largest memory that reading any bomb took.
BOMBS = """
import django, resource
django.setup()
from tests.initiatives.imports.test_hostile import HOSTILE, Unreadable, read_file
for case in sorted(case for case in HOSTILE if "bomb" in case):
    try:
        read_file(HOSTILE[case][0](), "plan.csv")
    except Unreadable:
        print(case)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024)
"""


@pytest.mark.parametrize("case", HOSTILE)
def test_oscar_is_told_what_is_wrong_soon(case):
    make, sentence = HOSTILE[case]
    content = make()
    began = time.monotonic()
    try:
        read_file(content, "plan.csv")
        answer = "read"
    except Unreadable as refused:
        answer = str(refused)
    assert time.monotonic() - began < 20
    assert answer.startswith(sentence)


def test_there_are_sixty_of_them_and_no_bomb_takes_more_memory_than_a_child_may():
    assert len(HOSTILE) >= 60
    told = subprocess.run([sys.executable, "-c", BOMBS], capture_output=True, text=True, check=True).stdout.splitlines()
    assert len(told) > 4
    assert int(told[-1]) < 600 * 2**20


# --- The child ------------------------------------------------------------------------------------
def test_what_the_child_reads_is_what_was_brought():
    content = a_csv([["ref", "title"], ["DS-001", 'Caf\xe9 \U0001f600\u2028"x"'], ["DS-002", "a\tb\r\n"], ["DS-003"]])
    assert read_file(content, "plan.csv") == files_read_here(content)
    assert read_file(an_xlsx(), "plan.xlsx") == files_read_here(an_xlsx())
    assert read_file(a_csv(PLAIN, ";"), "x", Asked(delimiter=";")).headers == ("ref", "title", "owner")


def files_read_here(content):
    from initiatives.imports.tables import read

    return read(content, "plan.csv")


def test_limits_come_from_the_settings():
    with override_settings(IMPORT_MAX_ROWS=1), pytest.raises(Unreadable, match="more than 1 row"):
        read_file(a_csv(), "plan.csv")
    with override_settings(IMPORT_MAX_BYTES=10), pytest.raises(Unreadable, match=r"at most 0\.0 MB can be read"):
        read_file(a_csv(), "plan.csv")


def test_a_child_without_enough_memory_says_so():
    with override_settings(IMPORT_CHILD_MEMORY=40 * 2**20), pytest.raises(Unreadable) as refused:
        read_file(a_csv([["ref", "title"], *([str(n), "x" * 400] for n in range(19_000))]), "plan.csv")
    assert str(refused.value) == (
        "The file needs more memory or time to read than the portal allows (40 MB, 20 seconds). Take out what is not "
        "needed, such as pictures, formulas and other sheets, or save the rows as CSV UTF-8."
    )


def test_a_child_without_enough_time_is_stopped():
    with override_settings(IMPORT_CHILD_SECONDS=0.01), pytest.raises(Unreadable, match="more memory or time"):
        read_file(a_csv(), "plan.csv")


SCRIPTS = {
    "killed": ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "more memory or time"),
    "aborts": ("import os; os.abort()", "more memory or time"),
    "breaks down": ("raise ValueError", "broke the reader"),
    "answers nonsense": ("print('nonsense')", "broke the reader"),
    "answers nothing": ("", "broke the reader"),
}


@pytest.mark.parametrize("way", SCRIPTS)
def test_however_a_child_ends_oscar_gets_a_sentence(way, tmp_path, monkeypatch, caplog):
    script, sentence = SCRIPTS[way]
    (tmp_path / "child.py").write_text(script)
    monkeypatch.setattr(files, "_CHILD", tmp_path / "child.py")
    with caplog.at_level(logging.ERROR), pytest.raises(Unreadable, match=sentence):
        read_file(a_csv(), "plan.csv")


def test_the_child_is_told_no_secrets(tmp_path, monkeypatch):
    (tmp_path / "child.py").write_text("import json, os; print(json.dumps({'unreadable': ' '.join(os.environ)}))")
    monkeypatch.setattr(files, "_CHILD", tmp_path / "child.py")
    monkeypatch.setenv("SECRET_KEY", "x")
    with pytest.raises(Unreadable) as refused:
        read_file(a_csv(), "plan.csv")
    assert not {"SECRET_KEY", "DATABASE_URL", "PATH"} & set(str(refused.value).split())


def test_files_are_read_side_by_side_and_from_any_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "json.py").write_text("raise SystemExit('not this one')")
    found = []
    threads = [threading.Thread(target=lambda: found.append(read_file(a_csv(), "plan.csv"))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [len(table.rows) for table in found] == [2, 2, 2, 2]
    assert list(tmp_path.iterdir()) == [tmp_path / "json.py"]
