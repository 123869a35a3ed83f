"""What a file is, by its content: its name may say anything."""

from initiatives.imports.shape import Unreadable

_SAVE = "Save the spreadsheet as .xlsx, .ods or CSV UTF-8 and bring that."
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OTHERS = {
    b"\x89PNG\r\n\x1a\n": "a picture (PNG)",
    b"\xff\xd8\xff": "a picture (JPEG)",
    b"GIF87a": "a picture (GIF)",
    b"GIF89a": "a picture (GIF)",
    b"II*\0": "a picture (TIFF)",
    b"MM\0*": "a picture (TIFF)",
    b"%PDF-": "a PDF",
    b"{\\rtf": "a text document (RTF)",
    b"\x1f\x8b": "a packed file (gzip)",
    b"7z\xbc\xaf\x27\x1c": "a packed file (7-Zip)",
    b"Rar!\x1a\x07": "a packed file (RAR)",
    b"BZh": "a packed file (bzip2)",
    b"\xfd7zXZ\0": "a packed file (xz)",
    b"\x7fELF": "a program",
    b"SQLite format 3\0": "a database (SQLite)",
    b"PAR1": "a data file (Parquet)",
}
_PAGES = (b"<!doctype html", b"<html", b"<?xml", b"<svg")


def kind(content: bytes, name: str) -> str:
    """Return `csv` or `workbook`; Unreadable with a sentence of its own for what is plainly something else."""
    name = "".join(char for char in name if char.isprintable())[-80:] or "The file"
    if not content.strip():
        raise Unreadable(f"“{name}” is empty.")
    if content.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "workbook"
    if content.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise Unreadable(
                f"“{name}” is protected by a password. Open it, take the password off (File, Info, Protect workbook) "
                "and save it again."
            )
        raise Unreadable(f"“{name}” is an old Office file (such as .xls), which cannot be read. {_SAVE}")
    for mark, what in _OTHERS.items():
        if content.startswith(mark):
            raise Unreadable(f"“{name}” is {what}, not a spreadsheet. {_SAVE}")
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        raise Unreadable(f"“{name}” is a picture (WebP), not a spreadsheet. {_SAVE}")
    if content.removeprefix(b"\xef\xbb\xbf").lstrip()[:20].lower().startswith(_PAGES):
        raise Unreadable(f"“{name}” is a web page or XML, not a spreadsheet. {_SAVE}")
    return "csv"
