"""Oscar brings the spreadsheet that he has, with the keyboard alone and without JavaScript."""

import re

import pytest
from playwright.sync_api import expect

from initiatives.models import Import, Initiative
from tests.browser.checks import tab_to
from tests.browser.importing import RETURN, brings_to, goes_on, reads

pytestmark = pytest.mark.browser


@pytest.fixture
def path(tmp_path):
    """A return as a spreadsheet program of Windows saves it."""
    found = tmp_path / "return.csv"
    found.write_bytes(RETURN)
    return found


@pytest.fixture
def oscars_page(plain_page, strategy, oscar, sign_in, transactional_db):
    """What Oscar opens without JavaScript."""
    sign_in(plain_page, oscar)
    plain_page.emulate_media(reduced_motion="reduce")  # a focus is seen as soon as it is there
    return plain_page


def presses(page, words):
    """Tab to something, press Enter on it, and come to the page to which it leads."""
    tab_to(page, words)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def chooses(page, words, answer):
    """Tab to a list and type the beginning of what is chosen."""
    tab_to(page, words)
    page.keyboard.type(answer)
    expect(page.locator("select:focus option:checked")).to_have_text(re.compile(f"^{answer}"))


def test_oscar_brings_a_return_looks_applies_and_undoes_it_by_keyboard_without_javascript(oscars_page, path):
    page = oscars_page
    page.goto("/initiatives/")
    presses(page, "Bring a spreadsheet")
    tab_to(page, "The file")
    page.get_by_label("The file", exact=True).set_input_files(path)  # the browser's own window for files opens here
    presses(page, "Bring this file")

    expect(page.get_by_role("heading", level=1)).to_have_text("What the portal read")
    expect(page.get_by_text("CSV, Windows-1252, semicolons between columns: headings in row 2")).to_be_visible()
    expect(page.get_by_text("Café in the library")).to_be_visible()
    chooses(page, "Dates of “Start date”", "Day first")
    chooses(page, "Dates of “End date”", "Day first")
    presses(page, "Save and continue")

    expect(page.get_by_role("heading", level=1)).to_have_text("Which column tells what?")
    expect(page.get_by_label("Column of Title")).to_have_value("1")
    presses(page, "Save and continue")

    expect(page.get_by_role("heading", level=1)).to_have_text("What do its words mean?")
    chooses(page, "“Roads” in 2 rows", "Process")
    chooses(page, "“Reading” in 1 row", "People")
    chooses(page, "“Amber/Red” in 1 row", "Red")
    presses(page, "Save and continue")

    expect(page.get_by_text("1 name is not known here.")).to_be_visible()
    presses(page, "Save and continue")

    expect(page.get_by_role("heading", level=1)).to_have_text("What it would do")
    expect(page.get_by_role("button", name="Apply")).to_have_count(0)
    presses(page, "What does “Blue” of “RAG rating” mean as rag?")
    chooses(page, "“Blue” in 1 row", "The work is complete")
    presses(page, "Save and continue")
    presses(page, "Save and continue")

    assert [reads(page, outcome) for outcome in ("New", "Changed", "Unchanged", "Refused")] == [3, 0, 0, 0]
    expect(page.get_by_text("Weight: not in the file, taken as 1 in 3 rows")).to_be_visible()
    expect(page.get_by_text("Nell Unknown (2)")).to_be_visible()
    assert Initiative.objects.count() == 0
    presses(page, "Apply all of it")

    expect(page.get_by_text("return.csv is applied.")).to_be_visible()
    assert list(Initiative.objects.values_list("title", "pillar__slug")) == [
        ("Café in the library", "people"),
        ("Street lights", "process"),
        ("=Bus stops", "process"),
    ]
    presses(page, "DS-001")
    expect(page.get_by_role("heading", level=1)).to_have_text("Café in the library")
    expect(page.get_by_text("The file said “Amber/Red”. Brought in from return.csv")).to_be_visible()

    page.go_back()
    presses(page, "Undo this import")
    expect(page.get_by_role("heading", level=1)).to_have_text("Undo this import?")
    presses(page, "Undo it")
    expect(page.get_by_text("everything that return.csv brought in is gone")).to_be_visible()
    assert Initiative.objects.count() == 0


def test_a_long_file_shows_the_last_thing_that_was_done(page, strategy, oscar, sign_in, path, monkeypatch):
    monkeypatch.setattr("initiatives.views.import_steps.LONG", 1)
    sign_in(page, oscar)
    brings_to(page, path, "check")
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_text("return.csv is applied.")).to_be_visible()
    assert page.locator(".told li:visible").count() == 1
    page.get_by_role("link", name="See the import").click()
    assert reads(page, "New") == 3


def test_what_was_said_in_a_step_is_there_when_oscar_comes_back(page, strategy, oscar, sign_in, path, console):
    sign_in(page, oscar)
    brings_to(page, path, "people")
    page.get_by_role("link", name="3. Words").click()
    assert page.get_by_label("“Amber/Red” in 1 row").input_value() == "red"
    goes_on(page, "Who are they?")
    page.get_by_label("“Nell Unknown” in 2 cells").fill("Nemo")
    page.get_by_role("button", name="Save and continue").click()
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    expect(page.get_by_label("“Nell Unknown” in 2 cells")).to_have_value("Nemo")
    assert Import.objects.get().mapping.get("people") is None
    console.forgives("status of 422")
