from dataclasses import dataclass
import csv, io


@dataclass(frozen=True)
class Row:
    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Asked:
    encoding: str = ""
    delimiter: str = ""
    header_row: int = 0
    sheet: str = ""


@dataclass(frozen=True)
class Table:
    format: str
    encoding: str
    delimiter: str
    sheet: str
    sheets: tuple[str, ...]
    header_row: int
    headers: tuple[str, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()
    preamble: tuple[str, ...] = ()
    refused: tuple[tuple[int, str], ...] = ()


class Unreadable(Exception):
    pass


def unguard(c):
    return c[1:] if c[:1] == "'" and c.lstrip("'")[:1] in tuple("=+-@\t\r") and c.lstrip("'") else c


def read(content, name, asked=Asked()):
    try:
        t = content.decode("utf-8-sig")
        enc = "UTF-8"
    except UnicodeDecodeError:
        t = content.decode("cp1252")
        enc = "Windows-1252"
    d = ";" if t.split("\n", 1)[0].count(";") > t.split("\n", 1)[0].count(",") else ","
    r = list(csv.reader(io.StringIO(t, newline=""), delimiter=d))
    heads = []
    seen = {}
    for h in r[0]:
        seen[h] = seen.get(h, 0) + 1
        heads.append(h if seen[h] == 1 else f"{h} ({seen[h]})")
    return Table(
        "csv",
        enc,
        d,
        "",
        (),
        1,
        tuple(heads),
        tuple(Row(i, tuple(unguard(c) for c in x)) for i, x in enumerate(r[1:], 2)),
    )
