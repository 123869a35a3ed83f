"""Whatever bytes come, the reader gives a table or a sentence; and what programs write comes back as it was."""

import io
import re
import zipfile

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from initiatives.imports.tables import Table, Unreadable, read
from tests.databases import examples
from tests.initiatives.imports.made import PLAIN, a_csv, a_zip, an_ods, an_xlsx, ods_row

many = settings(
    max_examples=examples(1_000),
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def is_answered(content):
    """Read the file and hold the answer to what it promises."""
    try:
        table = read(content, "plan.csv")
    except Unreadable as refused:
        assert str(refused).encode() and str(refused)[-1] in ".?"
        return
    assert isinstance(table, Table)
    assert len(set(table.headers)) == len(table.headers) == len(table.letters)
    assert all(len(row.cells) == len(table.headers) for row in table.rows)
    numbers = [row.number for row in table.rows]
    assert numbers == sorted(set(numbers))
    assert not set(numbers) & {number for number, _ in table.refused}
    assert table.rows or table.refused
    assert "\0" not in repr(table).encode().decode()


# --- Anything -------------------------------------------------------------------------------------
ragged = st.lists(
    st.sampled_from([*",;\t\"'\r\n\0=+-@", "ref", "title", "\n", ",", "\xa3", "\u202e", "1/2/26", " "]), max_size=60
)


@many
@given(st.binary(max_size=400))
def test_any_bytes(content):
    is_answered(content)


@many
@given(ragged, st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le"]), st.binary(max_size=2))
def test_any_text(parts, encoding, odd):
    is_answered("".join(parts).encode(encoding) + odd)


# --- What programs write --------------------------------------------------------------------------
# What CSV, formulas and encodings trip over, and a few of all else.
SIGNS = "=+-@'\"\t,;\n\r a1/"
anything = st.text(st.sampled_from(SIGNS + "\xa3\xe9e\u0301\u200d\u2028\ufeff\uffff\u05d0\u4e2d\U0001f600"), max_size=8)
western = st.text(st.sampled_from(SIGNS + "\xa3\u2013\u201c\u201d"), max_size=8)  # never by chance UTF-8


@st.composite
def plans(draw):
    """Draw a table, and the way in which some program wrote it."""
    encoding = draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]))
    width = draw(st.integers(3, 5))
    cell = western if encoding == "cp1252" else anything
    rows = draw(st.lists(st.lists(cell, min_size=width - 2, max_size=width - 2), min_size=2, max_size=6))
    rows = [[f"DS-{number}", *row, "\xa31"] for number, row in enumerate(rows)]
    above = draw(st.lists(st.sampled_from(["My plan", "", "As at 31 March 2026", "2026"]), max_size=3))
    header = draw(st.permutations(["ref", "title", "owner", "ends on", "stage"]))[:width]
    return header, rows, above, encoding, draw(st.sampled_from(",;\t")), draw(st.sampled_from(["\n", "\r\n", "\r"]))


@settings(many, max_examples=examples(1_500))
@given(plans())
def test_what_a_program_wrote_comes_back_as_it_was(plan):
    header, rows, above, encoding, delimiter, end = plan
    guarded = [["'" + cell if re.match("'*[=+\\-@\t\r]", cell) else cell for cell in row] for row in rows]
    table = read(a_csv([*([line] for line in above), header, *guarded], delimiter, end, encoding), "plan.csv")
    assert table.delimiter == delimiter
    assert (list(table.headers), [list(row.cells) for row in table.rows]) == (header, rows)
    assert (table.header_row, table.refused) == (len(above) + 1, ())
    assert [row.number for row in table.rows] == [len(above) + 2 + number for number in range(len(rows))]


# --- Workbooks that were damaged ------------------------------------------------------------------
BOOKS = [
    an_xlsx(),
    an_ods("".join(ods_row(*row) for row in PLAIN) + ods_row(("date", "2026-03-31", "x"), ("float", "1", "1"))),
]
SHEETS = [(BOOKS[0], "xl/worksheets/sheet1.xml"), (BOOKS[0], "xl/workbook.xml"), (BOOKS[1], "content.xml")]


@st.composite
def damaged(draw, content):
    """Draw the content with some bytes changed, left out, put in or doubled."""
    places = st.tuples(st.integers(0, len(content)), st.integers(0, 8), st.none() | st.binary(max_size=4))
    for at, length, instead in draw(st.lists(places, min_size=1, max_size=5)):
        was = content[at : at + length]
        content = content[:at] + (2 * was if instead is None else instead) + content[at + length :]
    return content


@many
@given(st.sampled_from(BOOKS).flatmap(damaged))
def test_any_damage_to_a_workbook(content):
    is_answered(content)


@st.composite
def odd_books(draw):
    """Draw a sound zip of a workbook with damaged XML, or with marks put where others belong."""
    book, name = draw(st.sampled_from(SHEETS))
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        parts = {part: archive.read(part) for part in archive.namelist()}
    if draw(st.booleans()):
        parts[name] = draw(damaged(parts[name]))
    else:
        words = re.findall(rb'"[^"]*"', parts[name])
        old, new = (
            draw(st.sampled_from(words)),
            draw(st.sampled_from([*words, b'"-1"', b'"99999999999"', b'""', b'"\xff"'])),
        )
        parts[name] = parts[name].replace(old, new)
    return a_zip(parts)


@many
@given(odd_books())
def test_any_damage_inside_of_a_workbook(content):
    is_answered(content)
