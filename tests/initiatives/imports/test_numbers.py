"""Whole numbers as they stand in Oscar's spreadsheets."""

import pytest

from initiatives.imports.numbers import whole


@pytest.mark.parametrize(
    ("text", "number"),
    [("12", 12), (" 7 ", 7), ("-3", -3), ("1,000", 1000), ("12,345,678", 12_345_678), ("3.0", 3), ("0", 0)],
)
def test_what_is_a_whole_number_is_read(text, number):
    assert whole(text) == number


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1_0",
        "\u0665",
        "\u00b2",
        "1e3",
        "NaN",
        "inf",
        "3.5",
        "1,00",
        "1,0000",
        ",100",
        "50%",
        "\xa33",
        "+3",
        "0x1",
        "9" * 5000,
    ],
    ids=lambda text: ascii(text[:20]),
)
def test_anything_else_is_none(text):
    assert whole(text) is None
