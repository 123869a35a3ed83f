"""Dates as they stand in Oscar's spreadsheets: worked examples, and what must be asked once for a column."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from initiatives.imports.dates import Orders, orders, read_date, shown
from tests.factories import day

days = st.dates(date(1900, 1, 1), date(2199, 12, 31))


# --- One cell -------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2024-07-08", "2024-07-08"),
        ("2024-07-08 00:00:00", "2024-07-08"),
        ("2024-07-08T00:00:00", "2024-07-08"),
        ("2024-07-08T09:30:00.000Z", "2024-07-08"),
        (" 2024-07-08 ", "2024-07-08"),
        ("03/02/2026", "2026-02-03"),
        ("3/2/26", "2026-02-03"),
        ("03-02-2026", "2026-02-03"),
        ("3.2.26", "2026-02-03"),
        ("03.02.2026", "2026-02-03"),
        ("31/12/69", "2069-12-31"),
        ("31/12/70", "1970-12-31"),
        ("13/02/2026", "2026-02-13"),
        ("31 March 2026", "2026-03-31"),
        ("31 Mar 26", "2026-03-31"),
        ("31-Mar-26", "2026-03-31"),
        ("1st SEPT 2026", "2026-09-01"),
        ("31\xa0March  2026", "2026-03-31"),
        ("March 2026", "2026-03-31"),
        ("Feb 2024", "2024-02-29"),
        ("Mar-26", "2026-03-31"),
        ("December 2199", "2199-12-31"),
        ("Q1 2024/25", "2024-06-30"),
        ("Q3 2024/25", "2024-12-31"),
        ("Q3 2024-25", "2024-12-31"),
        ("Q4 2024/2025", "2025-03-31"),
        ("Q4 1999/00", "2000-03-31"),
        ("T4 2022", "2022-12-31"),
        ("q2 2024", "2024-09-30"),
        ("29/02/2024", "2024-02-29"),
        ("29/02/2000", "2000-02-29"),
        ("1", "1900-01-01"),
        ("59", "1900-02-28"),
        ("61", "1900-03-01"),
        ("45000", "2023-03-15"),
        ("45000.75", "2023-03-15"),
        ("109574", "2199-12-31"),
    ],
)
def test_a_date_is_read_as_people_write_it(text, said):
    assert read_date(text) == day(said)


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "TBC", "n/a", "soon", "31/04/2024", "29/02/2023", "29/02/1900", "32/01/2024", "00/01/2024"),
        *(
            "01/00/2024",
            "0000-01-01",
            "0001-01-01",
            "1899-12-31",
            "2200-01-01",
            "9999-12-31",
            "10000-01-01",
            "31/12/9999",
        ),
        *("2024-13-01", "2024-7-8", "2024/07/08", "01/02-2024", "1/2/3", "01/02/024", "Smarch 2026", "31 Feb 2026"),
        *("March", "March 26", "Q5 2024/25", "Q0 2024", "Q3 2024/26", "Q3 2024/2027", "T4 22", "Q4 2199/00"),
        *(
            "0",
            "60",
            "-1",
            "1e5",
            "2024",
            "1900",
            "2199",
            "109575",
            "999999",
            "9" * 5000,
            "\u0664\u0665\u0660\u0660\u0660",
        ),
        *("\u0663/02/2026", "31 March 2026 or so", "a" * 1_000_000, "1/" * 500_000, "31 " + "m" * 100_000 + " 2026"),
    ],
    ids=lambda text: ascii(text[:20]),
)
def test_anything_else_is_no_date(text):
    assert read_date(text) is None


def test_month_first_is_read_so_when_asked_for_and_dots_never():
    assert read_date("02/03/2026", day_order="month-first") == day("2026-02-03")
    assert read_date("02/13/2026", day_order="month-first") == day("2026-02-13")
    assert read_date("13/02/2026", day_order="month-first") is None
    assert read_date("02.03.2026", day_order="month-first") == day("2026-03-02")


def test_quarters_count_from_april_or_from_january():
    assert read_date("Q3 2024", quarters="financial") == day("2024-12-31")
    assert read_date("Q3 2024", quarters="calendar") == day("2024-09-30")
    assert read_date("Q4 2024", quarters="financial") == day("2025-03-31")
    assert read_date("Q3 2024/25", quarters="calendar") == day("2024-12-31")
    assert read_date("T3 2024", quarters="financial") == day("2024-09-30")


def test_a_beginning_is_the_first_day_of_its_month_or_quarter():
    assert read_date("March 2026", edge="start") == day("2026-03-01")
    assert read_date("Q4 2024/25", edge="start") == day("2025-01-01")
    assert read_date("T1 2024", edge="start") == day("2024-01-01")
    assert read_date("31 March 2026", edge="start") == day("2026-03-31")


@given(days)
def test_every_way_of_writing_a_day_says_the_same_day(on):
    ways = [
        on.isoformat(),
        f"{on:%d/%m/%Y}",
        f"{on:%d.%m.%Y}",
        f"{on:%d %b %Y}",
        f"{on.isoformat()}T00:00:00",
        shown(on),
    ]
    assert {read_date(way) for way in ways} == {on}
    assert read_date(f"{on:%m/%d/%Y}", day_order="month-first") == on
    assert read_date(f"{on:%B %Y}", edge="start") == on.replace(day=1)
    serial = (on - date(1899, 12, 30)).days
    assert read_date(str(serial - (serial < 61))) == (None if 1900 <= serial <= 2199 else on)


@given(days)
def test_a_quarter_ends_on_the_day_before_the_next_begins(on):
    quarter = f"T{(on.month + 2) // 3} {on.year}"
    first, last = read_date(quarter, edge="start"), read_date(quarter)
    assert first <= on <= last
    assert (last + timedelta(days=1)).day == first.day == 1


@given(st.text(st.sampled_from("0123456789/-. :TQMarch\xa0\u0661e")) | st.text(max_size=30))
def test_any_text_is_a_date_in_range_or_none(text):
    found = read_date(text)
    assert found is None or 1900 <= found.year <= 2199
    assert isinstance(orders([text]), Orders)


def test_a_date_is_shown_in_words():
    assert shown(date(2026, 2, 3)) == "3 February 2026"


# --- A column -------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("cells", "order", "samples"),
    [
        ([], "", ()),
        (["", "TBC", "2026-02-03", "3.2.2026", "31 March 2026", "45000", "05/05/2026"], "", ()),
        (["03/02/2026", "13/02/2026"], "day-first", ()),
        (["03/02/2026", "02/13/2026"], "month-first", ()),
        (["03/02/2026"], "ask", ("03/02/2026",)),
        (["1/2/26", "1/2/26", "3-4-26", "5/6/2026", "7/8/2026"], "ask", ("1/2/26", "3-4-26", "5/6/2026")),
        (["1/2/26", "13/02/2026", "02/13/2026"], "ask", ("13/02/2026", "02/13/2026", "1/2/26")),
        (["40/50/2026"], "", ()),
    ],
)
def test_the_order_of_day_and_month_is_settled_by_the_column_or_asked(cells, order, samples):
    found = orders(cells)
    assert (found.day_order, found.day_samples) == (order, samples)


@pytest.mark.parametrize(
    ("cells", "quarters", "samples"),
    [
        (["2026-02-03"], "", ()),
        (["Q3 2024/25", "Q1 2025-26"], "financial", ()),
        (["T4 2022"], "calendar", ()),
        (["T4 2022", "Q3 2024/25"], "", ()),
        (["Q3 2024", "Q3 2024/25"], "ask", ("Q3 2024",)),
        (["Q3 2024", "q4 2024", "Q1 2024", "Q2 2024"], "ask", ("Q3 2024", "q4 2024", "Q1 2024")),
    ],
)
def test_what_a_quarter_counts_from_is_settled_or_asked(cells, quarters, samples):
    found = orders(cells)
    assert (found.quarters, found.quarter_samples) == (quarters, samples)
