"""Oscar of the strategy office brings CSV files, as many programs and many hands have made them."""

import pytest

from initiatives.imports.tables import Asked, Limits, Row, Unreadable, read
from tests.initiatives.imports.made import PLAIN, a_csv


def read_csv(content, **asked):
    return read(content.encode() if isinstance(content, str) else content, "plan.csv", Asked(**asked))


def cells(table):
    return [list(table.headers), *(list(row.cells) for row in table.rows)]


def why_not(content, **asked):
    with pytest.raises(Unreadable) as refused:
        read_csv(content, **asked)
    return str(refused.value)


# --- Characters -----------------------------------------------------------------------------------
PRICED = [
    ["ref", "title", "cost"],
    ["DS-001", "Caf\xe9 \u2013 \u201copen\u201d", "\xa3654.46"],
    ["DS-002", "Skills", "\xa33"],
]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
@pytest.mark.parametrize(
    ("encoding", "named"),
    [
        ("utf-8", "UTF-8"),
        ("utf-8-sig", "UTF-8 with byte order mark"),
        ("utf-16", "UTF-16"),
        ("utf-16-le", "UTF-16"),
        ("utf-16-be", "UTF-16"),
        ("cp1252", "Windows-1252"),
    ],
)
def test_oscar_brings_what_any_program_saved(encoding, named, end, delimiter):
    table = read_csv(a_csv(PRICED, delimiter, end, encoding))
    assert (table.format, table.encoding, table.delimiter) == ("csv", named, delimiter)
    assert (cells(table), table.header_row, table.refused, table.notes) == (PRICED, 1, (), ())


def test_utf_16_of_the_other_order_is_read_by_its_mark():
    content = b"\xfe\xff" + a_csv(PRICED, encoding="utf-16-be")
    assert cells(read_csv(content)) == PRICED


def test_bytes_that_are_neither_utf_8_nor_windows_1252_are_named_by_row():
    assert why_not(b"ref,title\n1,good\n2,\x81bad\n") == (
        "Row 3 holds bytes (81) that are no characters in UTF-8. Open the file where it was made and save it again as "
        "CSV UTF-8, or say which encoding it has."
    )


def test_one_bad_byte_in_a_file_of_utf_8_does_not_turn_the_rest_into_nonsense():
    content = "ref,title\n1,Caf\xe9\n2,\xa33\n".encode() + b"3,\xff\n"
    assert why_not(content).startswith("Row 4 holds bytes (FF) that are no characters in UTF-8.")
    assert cells(read_csv(content, encoding="windows-1252"))[1] == ["1", "Caf\xc3\xa9"]


def test_utf_16_that_breaks_off_is_named_by_row():
    assert why_not(a_csv(PRICED, encoding="utf-16")[:-1]).startswith("Row 3 holds bytes (33)")  # half of a 3
    assert why_not("ref,title\n1,x\n".encode("utf-16") + b"\x00\xd8").startswith("Row 3 holds bytes")


def test_utf_32_is_refused_by_name():
    assert why_not(a_csv(encoding="utf-32")) == (
        "The file is UTF-32, which cannot be read. Save it again as CSV UTF-8."
    )


def test_an_encoding_that_oscar_names_is_taken_or_refused_with_those_that_there_are():
    content = "ref,title\n1,Caf\xe9\n".encode()
    assert cells(read_csv(content, encoding="Windows-1252")) == [["ref", "title"], ["1", "Caf\xc3\xa9"]]
    assert why_not(content, encoding="latin") == (
        "The encoding can be UTF-8, UTF-8 with byte order mark, UTF-16 or Windows-1252."
    )
    assert why_not(b"ref,title\n1,\xe9\n", encoding="UTF-8").startswith("Row 2 holds bytes (E9)")


def test_a_nul_is_named_by_its_cell():
    assert why_not(b"ref,title\n1,good\n2,b\0ad\n") == (
        "The cell B3 holds a NUL character: the file is damaged, or is not text. Save it again as CSV UTF-8."
    )


@pytest.mark.parametrize(("char", "code"), [("\x07", "0007"), ("\x1b", "001B"), ("\x7f", "007F"), ("\x9b", "009B")])
def test_a_control_character_refuses_its_row_alone(char, code):
    table = read_csv(f"ref,title\n1,good\n2,b{char}ad\n")
    assert cells(table) == [["ref", "title"], ["1", "good"]]
    assert table.refused == (
        (3, f"B3 holds a control character (U+{code}), which cannot be seen: type the cell again"),
    )


@pytest.mark.parametrize("char", [*"\u202a\u202b\u202c\u202d\u202e", *"\u2066\u2067\u2068\u2069"])
def test_a_character_that_turns_the_text_around_refuses_its_row_alone(char):
    table = read_csv(f"ref,title\n{char}1,good\n2,good\n")
    assert cells(table) == [["ref", "title"], ["2", "good"]]
    reason = f"holds a character that turns the direction of the text (U+{ord(char):04X}), which cannot be seen"
    assert table.refused == ((2, f"A2 {reason}: type the cell again"),)


def test_zero_width_characters_tabs_and_unnormalised_letters_stay_as_they_are():
    odd = ["a\u200db", "e\u0301", " spaced ", "\U0001f600", "a\tb"]
    assert cells(read_csv(a_csv([["a", "b", "c", "d", "e"], odd])))[1] == odd


# --- Delimiter ------------------------------------------------------------------------------------
def test_commas_in_prose_do_not_outvote_semicolons():
    prose = "To plan, to build, to test, and then, perhaps, to run; or not"
    rows = [["ref", "aims"], *([f"DS-{n}", prose + ", again" * n] for n in range(9))]
    table = read_csv(a_csv(rows, ";"))
    assert (table.delimiter, cells(table)) == (";", rows)


def test_decimal_commas_do_not_outvote_semicolons():
    rows = [["ref", "cost", "spent"], *([f"DS-{n}", f"{n},5", f"1,{n}"] for n in range(9))]
    assert cells(read_csv(a_csv(rows, ";"))) == rows


def test_one_column_of_prose_is_one_column():
    rows = [["Title"], ["Plan, build"], ["Run"], ["Stop, look, listen"], ["Rest"]]
    content = "\n".join(row[0] for row in rows)
    assert cells(read_csv(content)) == rows


def test_what_excel_says_of_the_separator_is_believed_and_left_out():
    table = read_csv("sep=;\r\nref;title\r\nDS-001;a,b\r\n")
    assert (table.delimiter, table.header_row, cells(table)) == (";", 2, [["ref", "title"], ["DS-001", "a,b"]])


def test_a_delimiter_that_oscar_names_is_taken_or_refused_with_those_that_there_are():
    assert cells(read_csv("a;b,c\n1;2,3\n", delimiter=";")) == [["a", "b,c"], ["1", "2,3"]]
    assert why_not("a|b\n1|2\n", delimiter="|") == "The delimiter can be comma, semicolon or tab."


# --- Records --------------------------------------------------------------------------------------
def test_mixed_line_ends_outside_and_inside_quotation_marks():
    table = read_csv('ref,title\r\n1,"a\nb"\n2,"c\r\nd"\r3,"e\rf"\r\n')
    assert [row.cells for row in table.rows] == [("1", "a\nb"), ("2", "c\r\nd"), ("3", "e\rf")]
    assert table.notes == ("Lines end in more than one way; each is taken as an end.",)


def test_a_row_is_numbered_as_excel_shows_it():
    table = read_csv('My plan\n\nref,title\n1,"two\nlines"\n\n2,x\n')
    assert (table.header_row, [row.number for row in table.rows]) == (3, [4, 6])
    assert table.preamble == ("My plan",)
    assert table.notes == ("2 rows above the header are left out.", "1 empty row is left out.")


def test_a_quotation_mark_that_is_never_closed_is_named_by_where_it_began():
    message = "A quotation mark that opens in row 3 is never closed. Close it, or double it if it belongs to the text."
    assert why_not('ref,title\n1,x\n2,"never\n3,y\n4,z\n') == message
    assert why_not('ref,title\n1,x\n2,"') == message


def test_a_cell_that_goes_on_after_its_quotation_marks_is_named():
    assert why_not('ref,title\n1,"He said "no" to it"\n') == (
        "In row 2 a cell goes on after its closing quotation mark. Double the quotation marks that belong to the text."
    )


def test_quotation_marks_inside_a_cell_stay():
    assert cells(read_csv('ref,size\n1,5" pipe\n2,"a ""b"" c"\n')) == [
        ["ref", "size"],
        ["1", '5" pipe'],
        ["2", 'a "b" c'],
    ]


def test_a_row_that_is_too_long_or_too_short_is_refused_since_its_values_may_have_moved():
    table = read_csv("ref,title,owner\n1,a,Olga\n2,a,b,Omar\n3,Oscar\n4,a,Lea,\n5,b,Ana\n")
    assert [row.cells[0] for row in table.rows] == ["1", "4", "5"]
    assert table.refused == (
        (
            3,
            "D3 holds something beyond the last heading, in column C: is a cell with the delimiter in it not in "
            "quotation marks?",
        ),
        (4, "row 4 ends at column B, the header at column C: its values may have moved"),
    )


def test_empty_rows_and_empty_columns_that_a_program_pads_with_are_left_out():
    table = read_csv("ref,title,,\n1,a,,\n,,,\n2,b,,\n,,,\n,,,\n")
    assert cells(table) == [["ref", "title"], ["1", "a"], ["2", "b"]]
    assert table.notes == ("1 empty row is left out.",)


@pytest.mark.parametrize(
    ("file", "cell"),
    [
        ("'=1+1", "=1+1"),
        ("'+44", "+44"),
        ("'-5", "-5"),
        ("'@olga", "@olga"),
        ("'\tx", "\tx"),
        ('"\'\rx"', "\rx"),
        ("''=1", "'=1"),
        ("'''@", "''@"),
        ("'tis", "'tis"),
        ("''", "''"),
        ("=1+1", "=1+1"),
        ("a'=1", "a'=1"),
        ("' =1", "' =1"),
    ],
)
def test_the_apostrophe_that_our_exports_add_is_taken_off_again(file, cell):
    assert cells(read_csv(f"ref,title\n{file},x\n"))[1] == [cell, "x"]


# --- Header ---------------------------------------------------------------------------------------
def test_headers_are_told_apart_and_named_where_they_are_empty():
    table = read_csv("ref,rating,rating,,rating (2),rating\n1,a,b,c,d,e\n")
    assert table.headers == ("ref", "rating", "rating (2)", "Column D", "rating (2) (2)", "rating (3)")
    assert table.letters == ("A", "B", "C", "D", "E", "F")


def test_a_header_of_several_lines_is_one_name():
    assert read_csv('ref,"End\n date"\n1,2026-03-31\n').headers == ("ref", "End date")


@pytest.mark.parametrize(
    "above",
    [
        "Data strategy 2022\n",
        "Data strategy 2022,,\nAs at,31 March 2026,\n",
        "Data strategy 2022\n\nPrinted by Oscar\nFor the board\nDraft\n",
        ",,\n2024,2025,2026\n",
    ],
)
def test_what_stands_above_the_header_is_told_and_left_out(above):
    table = read_csv(above + "ref,title,owner\nDS-001,Open data,Olga\nDS-002,Data skills,Omar\n")
    assert cells(table) == [
        ["ref", "title", "owner"],
        ["DS-001", "Open data", "Olga"],
        ["DS-002", "Data skills", "Omar"],
    ]
    assert table.header_row == above.count("\n") + 1
    assert table.preamble == tuple(" ".join(line.split(",")).strip() for line in above.splitlines() if line.strip(","))


def test_oscar_says_which_row_is_the_header():
    content = "ref,title\nDS-001,Open data\nkey,name\nDS-002,Data skills\n"
    assert cells(read_csv(content, header_row=3)) == [["key", "name"], ["DS-002", "Data skills"]]
    assert why_not(content, header_row=5) == (
        "Row 5 holds no header: it is empty or beyond the end. Name a row from 1 to 4 that holds one."
    )
    for wrong in (-1, 201, 10**30):
        assert why_not(content, header_row=wrong) == (
            "The header can be looked for in the first 200 rows. Name a row from 1 to 200."
        )


def test_a_file_without_words_for_its_columns_has_no_header():
    assert why_not("1,2\n3,4\n") == (
        "No row of the file looks like a header: a row with a word for each column. Put one above the rows, or say "
        "which row it is."
    )


@pytest.mark.parametrize("content", ["", " \n\t\n", "\ufeff", "\ufeff\n\n", ",,,\n,,\n", '""\n'])
def test_an_empty_file_is_called_empty(content):
    assert why_not(content) in ("“plan.csv” is empty.", "The file is empty.")


def test_a_header_alone_is_told():
    assert why_not("ref,title,owner\n,,\n") == (
        "The file has a header in row 1 and no rows below it. Is this the right file?"
    )


def test_a_csv_file_has_no_sheets():
    assert why_not(a_csv(PLAIN), sheet="Initiatives") == "A CSV file has no sheets to choose from."


# --- Limits ---------------------------------------------------------------------------------------
SMALL = Limits(rows=3, columns=4, cell=10)


def limited(content):
    with pytest.raises(Unreadable) as refused:
        read(content.encode(), "plan.csv", limits=SMALL)
    return str(refused.value)


def test_as_many_rows_columns_and_characters_as_are_allowed_are_taken():
    table = read(b"a,b,c,d\n1,2,3,1234567890\n,,,\n2,2,3,4\n3,2,3,4\n", "plan.csv", limits=SMALL)
    assert table.rows[-1] == Row(5, ("3", "2", "3", "4"))


def test_one_more_is_too_many():
    assert limited("a,b\n" + "1,2\n" * 4) == (
        "The file has more than 3 rows. Split it into smaller files, or take out the rows that are not needed."
    )
    assert limited("a,b,c,d,e\n1,2,3,4,5\n") == "Row 1 reaches to column E: at most 4 columns can be read."
    assert limited("a,b\n1,2\n1,12345678901\n") == (
        "The cell B3 is longer than 10 characters. Shorten it; if it should be short, a closing quotation mark may be "
        "missing."
    )
