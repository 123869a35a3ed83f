"""Oscar brings workbooks: XLSX and ODS, with all that people do in them."""

import datetime

import pytest

from initiatives.imports.tables import Asked, Limits, Unreadable, read
from tests.initiatives.imports.made import PLAIN, TOP, a_csv, a_zip, an_ods, an_xlsx, ods_row, said, xlsx_parts


def read_book(content, limits=Limits(), **asked):  # noqa: B008
    return read(content, "plan.xlsx", Asked(**asked), limits)


def cells(table):
    return [list(table.headers), *(list(row.cells) for row in table.rows)]


def why_not(content, limits=Limits(), **asked):  # noqa: B008
    with pytest.raises(Unreadable) as refused:
        read_book(content, limits, **asked)
    return str(refused.value)


def by_hand(rows_xml, **options):
    return a_zip(xlsx_parts(rows_xml, **options))


@pytest.mark.parametrize(
    ("form", "content"),
    [
        ("xlsx", an_xlsx()),
        ("xlsx", by_hand("".join(said(*row) for row in PLAIN))),
        ("ods", an_ods("".join(ods_row(*row) for row in PLAIN))),
    ],
    ids=["xlsx", "xlsx-by-hand", "ods"],
)
def test_oscar_brings_a_plain_workbook(form, content):
    table = read_book(content)
    assert (table.format, table.encoding, table.delimiter) == (form, "", "")
    assert (table.sheet, table.sheets, table.header_row, table.notes) == ("Initiatives", ("Initiatives",), 1, ())
    assert cells(table) == PLAIN


def test_a_workbook_named_csv_and_a_csv_named_xlsx_are_read_for_what_they_are():
    assert read(an_xlsx(), "plan.csv").format == "xlsx"
    assert read(a_csv(PLAIN), "plan.xlsx").format == "csv"


# --- Values ---------------------------------------------------------------------------------------
def typed(book, sheet):
    percent, day, moment = (book.add_format({"num_format": form}) for form in ("0%", "dd/mm/yyyy", "dd/mm/yyyy hh:mm"))
    sheet.write_row(1, 0, [3, 0.5, 0.1 + 0.2, 1234567.25, True, "0003", 1e20, 1.5e-7, -0.0, " as typed "])
    sheet.write(2, 0, 0.5, percent)
    sheet.write_datetime(2, 1, datetime.datetime(2026, 3, 31), day)
    sheet.write_datetime(2, 2, datetime.datetime(2026, 3, 31, 9, 30), moment)


def test_numbers_dates_and_truths_become_the_words_of_our_data_sets():
    table = read_book(an_xlsx([list("abcdefghij")], typed))
    whole = "100000000000000000000"
    assert cells(table)[1] == ["3", "0.5", "0.3", "1234567.25", "true", "0003", whole, "0.00000015", "0", " as typed "]
    assert cells(table)[2][:4] == ["0.5", "2026-03-31", "2026-03-31T09:30:00", ""]


def test_the_same_in_ods():
    given = [("date", "2026-03-31", "31/03/26"), ("date", "2026-03-31T09:30:00", "…"), ("boolean", "false", "FALSE")]
    given += [("percentage", "0.5", "50%"), ("currency", "1234.5", "£1,234.50"), ("float", "3", "3")]
    table = read_book(an_ods(ods_row(*"abcdef") + ods_row(*given)))
    assert cells(table)[1] == ["2026-03-31", "2026-03-31T09:30:00", "false", "0.5", "1234.5", "3"]


def test_dates_of_a_workbook_that_counts_from_1904():
    def fill(book, sheet):
        sheet.write_datetime(1, 1, datetime.datetime(2026, 3, 31), book.add_format({"num_format": "dd/mm/yy"}))

    assert cells(read_book(an_xlsx([["ref", "ends"], ["DS-001"]], fill, date_1904=True)))[1] == ["DS-001", "2026-03-31"]


def test_formulas_are_not_computed_but_taken_as_they_were():
    def fill(book, sheet):
        sheet.write_formula("B2", "=1+1", None, 2)
        sheet.write_formula("B3", '=HYPERLINK("http://example.org")', None, "link")

    table = read_book(an_xlsx([["ref", "n"], ["1"], ["2"]], fill))
    assert cells(table) == [["ref", "n"], ["1", "2"], ["2", "link"]]
    assert table.notes == ("2 cells with a formula: the value last computed is taken.",)


def test_a_formula_that_was_never_computed_refuses_its_row():
    table = read_book(by_hand(TOP + said("1", "a", "b") + '<row><c r="A3"><v>2</v></c><c r="C3"><f>A3+1</f></c></row>'))
    assert [row.number for row in table.rows] == [2]
    never = "holds a formula that was never computed: open the file in a spreadsheet program and save it"
    assert table.refused == ((3, f"C3 {never}"),)
    ods = '<table:table-row><table:table-cell table:formula="of:=1"/></table:table-row>'
    assert read_book(an_ods(ods_row("ref", "n") + ods_row("1", "2") + ods)).refused == ((3, f"A3 {never}"),)


@pytest.mark.parametrize("error", ["#N/A", "#DIV/0!", "#REF!", "#NAME?", "#VALUE!"])
def test_a_cell_with_an_error_refuses_its_row_alone(error):
    def fill(book, sheet):
        sheet.write_formula("B3", "=X", None, error)

    reason = (3, f"B3 holds {error}: put it right, or empty the cell")
    table = read_book(an_xlsx([["ref", "n"], ["1", "a"], ["2", ""], ["3", "c"]], fill))
    assert (cells(table), table.refused) == ([["ref", "n"], ["1", "a"], ["3", "c"]], (reason,))
    marked = f'office:value-type="string" calcext:value-type="error"><text:p>{error}</text:p></table:table-cell>'
    row = f"<table:table-row><table:table-cell/><table:table-cell {marked}</table:table-row>"
    assert read_book(an_ods(ods_row("ref", "n") + ods_row("1", "a") + row)).refused == (reason,)


def test_only_text_loses_the_apostrophe_and_control_characters_refuse_a_row():
    table = read_book(an_xlsx([["ref", "n"], ["'=1+1", -5], ["'-5", "x"], ["a\u202eb", "x"]]))
    assert cells(table) == [["ref", "n"], ["=1+1", "-5"], ["-5", "x"]]
    assert table.refused[0][0] == 4


# --- Sheets and their shape -----------------------------------------------------------------------
def with_sheets(book, sheet):
    sheet.hide()
    book.add_worksheet("Old & <gone>").very_hidden()
    for name in ("Plan", "People"):
        shown = book.add_worksheet(name)
        shown.write_row(0, 0, ["ref", name])
        shown.write_row(1, 0, ["DS-001", "x"])
    shown.activate()
    shown.set_first_sheet()


def test_the_first_visible_sheet_is_read_and_hidden_ones_are_told():
    table = read_book(an_xlsx(PLAIN, with_sheets))
    assert (table.sheet, table.sheets, table.headers) == ("Plan", ("Plan", "People"), ("ref", "Plan"))
    assert table.notes == (
        "2 hidden sheets left aside: “Initiatives”, “Old & <gone>”.",
        "Only the sheet “Plan” is read; there is 1 other.",
    )


def test_oscar_names_another_sheet_which_must_be_visible():
    content = an_xlsx(PLAIN, with_sheets)
    assert read_book(content, sheet="People").headers == ("ref", "People")
    for wrong in ("Initiatives", "Nobody"):
        assert why_not(content, sheet=wrong) == f"There is no visible sheet “{wrong}”. It can be “Plan”, “People”."


def test_a_hidden_sheet_of_ods_is_left_aside():
    style = (
        '<style:style style:name="h" style:family="table"><style:table-properties table:display="false"/></style:style>'
    )
    shown = f'<table:table table:name="Plan">{ods_row("ref", "n")}{ods_row("1", "2")}</table:table>'
    table = read_book(an_ods(ods_row("x"), table=' table:style-name="h"', styles=style, more_tables=shown))
    assert (table.sheet, cells(table)) == ("Plan", [["ref", "n"], ["1", "2"]])
    assert table.notes == ("1 hidden sheet left aside: “Initiatives”.",)


def test_merged_cells_are_told_and_hold_their_value_once():
    def fill(book, sheet):
        sheet.merge_range("A2:A3", "DS-001")
        sheet.set_row(2, None, None, {"hidden": True})

    table = read_book(an_xlsx([["ref", "n"], ["", "1"], ["", "2"]], fill))
    assert cells(table) == [["ref", "n"], ["DS-001", "1"], ["", "2"]]
    assert table.notes == (
        "1 merged range (A2:A3): only the top left cell holds the value.",
        "1 hidden or filtered row is read as well.",
    )
    spanned = 'table:number-rows-spanned="2" office:value-type="string"><text:p>1</text:p></table:table-cell>'
    row = f"<table:table-row><table:table-cell {spanned}</table:table-row>"
    book = an_ods(ods_row("ref", "n") + row + ods_row(("", "", ""), "2"))
    assert read_book(book).notes == ("1 merged range (A2:A3): only the top left cell holds the value.",)


def test_a_table_that_begins_further_down_and_to_the_right_keeps_its_places():
    rows = [["", "My plan"], [], ["", "ref", "", "title", "owner"], ["", "1", "", "a"], [], ["", "2", "", "b", "Olga"]]
    table = read_book(an_xlsx(rows))
    assert (table.header_row, table.headers, table.letters) == (3, ("ref", "title", "owner"), ("B", "D", "E"))
    assert [(row.number, row.cells) for row in table.rows] == [(4, ("1", "a", "")), (6, ("2", "b", "Olga"))]
    assert table.preamble == ("My plan",)


def test_rows_of_ods_that_stand_for_many_are_counted():
    rows = (
        ods_row("ref", "n")
        + ods_row("1", "a", number_rows_repeated=3)
        + ods_row(("", "", ""), number_rows_repeated=500)
    )
    table = read_book(an_ods(rows + ods_row("2", "b") + ods_row(("", "", ""), number_rows_repeated=1_000_000)))
    assert [row.number for row in table.rows] == [2, 3, 4, 505]


def test_a_style_without_a_value_in_the_last_row_of_all_is_no_row():
    assert cells(read_book(by_hand(TOP + said("1", "a", "b") + '<row r="1048576"><c r="XFD1048576" s="0"/></row>')))[
        1:
    ] == [["1", "a", "b"]]


def test_empty_and_header_only_sheets_are_told():
    assert why_not(an_xlsx([])) == "The sheet “Initiatives” is empty."
    assert why_not(an_xlsx(PLAIN[:1])) == (
        "The sheet “Initiatives” has a header in row 1 and no rows below it. Is this the right file and sheet?"
    )


def test_a_workbook_has_no_encoding():
    for asked in ({"encoding": "UTF-8"}, {"delimiter": ";"}):
        assert why_not(an_xlsx(), **asked) == "A workbook has neither an encoding nor a delimiter to choose."


# --- Limits ---------------------------------------------------------------------------------------
SMALL = Limits(rows=3, columns=4, cell=10)


def test_rows_columns_and_characters_are_limited():
    rows = [["ref", "n"]]
    assert len(read_book(an_xlsx([*rows, *([["1", "2"]] * 3)]), SMALL).rows) == 3
    assert why_not(an_xlsx([*rows, *([["1", "2"]] * 4)]), SMALL) == (
        "The sheet “Initiatives” has more than 3 rows. Split it into smaller files, or take out the rows that are not "
        "needed."
    )
    assert why_not(an_xlsx([*rows, ["1", "", "", "", "5"]]), SMALL) == (
        "E2 holds something: at most 4 columns are read. Take out the columns that are not needed."
    )
    assert why_not(an_xlsx([*rows, ["1", "12345678901"]]), SMALL).startswith(
        "The cell B2 is longer than 10 characters."
    )


def test_a_cell_far_down_or_far_right_stops_the_reading_before_room_is_made_for_it():
    for place in ("A1048576", "B30000"):
        assert why_not(by_hand(TOP + said("1") + f'<row><c r="{place}"><v>1</v></c></row>')).startswith(
            "The sheet goes on in row "
        )
    assert why_not(by_hand(TOP + '<row><c r="XFD2"><v>1</v></c></row>')).startswith("XFD2 holds something: at most 200")
    far = ods_row("ref") + ods_row("1", number_rows_repeated=1_000_000)
    assert why_not(an_ods(far)).startswith("The sheet goes on in row 1,000,001; at most 20,000 rows are read.")
    cell = '<table:table-cell office:value-type="float" office:value="1" table:number-columns-repeated="1000"/>'
    wide = f"<table:table-row>{cell}</table:table-row>"
    assert why_not(an_ods(wide)).startswith("ALL1 holds something: at most 200 columns are read.")
