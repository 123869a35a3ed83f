"""docs/asvs.csv: each requirement of OWASP's ASVS that we hold ourselves to names a test, and the test exists."""

import csv
import re
from pathlib import Path

import pytest

HOME = Path(__file__).parents[2]
ROWS = list(csv.DictReader((HOME / "docs/asvs.csv").read_text().splitlines()))

# Every id that the portal means to meet (version 5.0.0): level 2 of these groups, and some of level 3.
IDS = """
1.2.1 1.2.3 1.2.4 1.2.10 1.3.1 1.3.5 1.3.11 1.5.1 2.2.1 2.2.2 2.2.3 2.3.3 2.4.1 3.3.1 3.3.2 3.3.3 3.3.4 3.4.1 3.4.3
3.4.4 3.4.5 3.4.6 3.4.7 3.4.8 3.5.1 3.5.3 3.7.2 4.1.3 5.2.1 5.2.2 5.2.3 5.4.2 6.3.2 6.3.4 6.5.1 6.5.5 6.6.2 6.8.2 6.8.4
7.2.4 7.3.1 7.3.2 7.4.1 7.4.2 7.4.5 8.1.1 8.2.1 8.2.2 8.2.3 8.3.1 8.3.2 9.1.1 9.2.1 9.2.2 10.1.2 10.2.1 10.5.1 10.5.2
10.5.4 11.5.1 13.4.1 13.4.2 13.4.5 14.2.1 14.2.7 14.3.1 14.3.2 14.3.3 15.1.1 15.1.2 15.2.1 15.2.2 15.3.1 15.3.3 15.3.4
15.3.7 15.4.2 16.2.1 16.2.2 16.2.5 16.3.1 16.3.2 16.4.1 16.4.2 16.5.1 16.5.2 16.5.3 16.5.4
"""

# What no test shows yet. This list gets shorter, never longer.


def test_every_requirement_is_listed_once():
    assert [row["id"] for row in ROWS] == IDS.split()
    assert all(row["level"] in "123" and len(row["what"]) > 5 for row in ROWS)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
def test_each_names_a_test_that_exists(row):
    assert row["test"]
    for test in row["test"].split():
        file, name = test.split("::")
        assert re.search(rf"^def {name}\(", (HOME / file).read_text(), re.MULTILINE), test


# --- docs/security-practice.md --------------------------------------------------------------------
PAGE = (HOME / "docs/security-practice.md").read_text()


def test_the_windows_for_patches_are_written_down():
    assert "| Django and gunicorn | 5 days |" in PAGE
    assert "| everything else | 14 days |" in PAGE


def test_the_ten_principles_each_name_files_that_exist():
    rows = re.findall(r"^\| (\d+)\. [^|]+ \| (.+) \|$", PAGE, re.MULTILINE)
    assert [int(number) for number, _ in rows] == list(range(1, 11))
    for number, where in rows:
        files = re.findall(r"`([\w./-]+/[\w./-]+|Makefile)`", where)
        assert files, number
        for file in files:
            assert (HOME / file).exists(), file
