"""What a screen reader is given of ten key pages, on one Monday in June: reviewed, and kept word by word (A21)."""

from datetime import datetime

import pytest
import time_machine

from tests.browser.accessibility.numbered import CHECKS
from tests.browser.accessibility.trees import TREES
from tests.browser.pages import BY_NAME
from tests.factories import LONDON

pytestmark = pytest.mark.browser

KEY_PAGES = [
    "sign-in",
    "dashboard",
    "one pillar",
    "golden thread",
    "initiatives, filtered",
    "one initiative",
    "update form with errors",
    "update saved",
    "asks, opened",
    "imports",
]


@pytest.fixture(scope="module", autouse=True)
def monday():
    """It is 15 June 2026, on every page and in the demonstration that they show."""
    with time_machine.travel(datetime(2026, 6, 15, 10, tzinfo=LONDON), tick=True):
        yield


def test_there_are_ten_and_each_was_reviewed():
    assert len(KEY_PAGES) == 10
    assert {file.stem for file in TREES.glob("*.yml")} == {*map(named, KEY_PAGES), "canary"}


@pytest.mark.parametrize("name", KEY_PAGES)
def test_a_key_page_is_read_out_as_it_was_reviewed(name, open_page):
    page = open_page(BY_NAME[name])
    # What stands around every page is read once.
    assert CHECKS["A21"](page, named(name), "body" if name == "dashboard" else "main") == []


def named(name):
    """Return the name of a page's file."""
    return name.replace(", ", "-").replace(" ", "-")
