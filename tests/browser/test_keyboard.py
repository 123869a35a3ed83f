"""Olga has no mouse."""

import pytest
from playwright.sync_api import expect

from tests.browser.checks import STOP, STOPS, focused, press_tab, tab_to
from tests.browser.pages import BY_NAME

pytestmark = pytest.mark.browser

LONGEST = 400  # presses of Tab, more than any page has stops


@pytest.fixture
def page(page):
    """A page without transitions, so that a focus is seen as soon as it is there."""
    page.emulate_media(reduced_motion="reduce")
    return page


def test_olga_signs_in_finds_her_initiative_and_updates_it_with_the_keyboard_alone(page, olgas):
    page.goto("/")
    tab_to(page, "Username")
    page.keyboard.type("olga")
    tab_to(page, "Password")
    page.keyboard.type("pop-up-book")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("How the data strategy is going")

    tab_to(page, "Initiatives")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Initiatives")
    tab_to(page, "Search initiatives")
    page.keyboard.type("literacy")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="1 of 30 initiatives")).to_be_focused()
    tab_to(page, "Organisation-wide data literacy programme")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Organisation-wide data literacy programme")
    tab_to(page, "Say how it is going")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("How is it going?")
    tab_to(page, "Green")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_label("Amber", exact=True)).to_be_checked()
    tab_to(page, "What changed since the last update?")
    page.keyboard.type("The second course is written.")
    tab_to(page, "What is the risk, and what is the plan?")
    page.keyboard.type("Rooms are scarce; libraries may lend theirs.")
    tab_to(page, "Save this update")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="Saved", exact=True)).to_be_focused()
    tab_to(page, "See DS-021", at_most=1)
    page.keyboard.press("Enter")
    expect(page.locator(".status--large")).to_have_text("Amber")
    expect(page.get_by_text("Rooms are scarce; libraries may lend theirs.")).to_be_visible()


def test_lea_answers_an_ask_with_the_keyboard_alone(page, essex, sign_in):
    sign_in(page, "leader")
    page.goto("/asks/")
    ask = page.locator("#main details").first
    page.evaluate("document.querySelector('#main details summary').focus()")
    page.keyboard.press("Enter")
    expect(ask.get_by_label("In words")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(ask.get_by_label("Answered", exact=True)).to_be_checked()
    page.keyboard.press("ArrowDown")
    expect(ask.get_by_label("Declined", exact=True)).to_be_checked()
    page.keyboard.press("Tab")
    page.keyboard.type("Not this year.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("is on record. The owner is told.")).to_be_visible()


@pytest.mark.parametrize(
    "name",
    [
        "sign-in refused",
        "dashboard",
        "golden thread",
        "initiatives, filtered",
        "one initiative",
        "update form with errors",
    ],
)
def test_tab_passes_every_stop_and_comes_back(name, open_page):
    page = open_page(BY_NAME[name])
    page.locator(".govuk-skip-link").focus()
    there = [page.evaluate(STOP)["place"], *walk(page, "Tab")]
    assert sorted(set(there)) == sorted(page.evaluate(STOPS))
    page.locator(".govuk-skip-link").focus()
    assert walk(page, "Shift+Tab") == there[:0:-1]


def walk(page, key):
    """Return the places that the key leads to, until it leaves the page or is where it began.

    A date is several presses in one place.
    """
    first, places = page.evaluate(STOP)["place"], []
    for _ in range(LONGEST):
        stop = press_tab(page, key)
        if stop is None or stop["place"] == first:
            if places or key == "Tab":
                return places
            continue  # Shift and Tab leave the page at once, and come in again at its end
        if places[-1:] != [stop["place"]]:
            places.append(stop["place"])
    raise AssertionError(f"{key} never leaves the page: its last places are {places[-5:]}")


def test_the_skip_link_leads_past_the_masthead(page, essex, sign_in):
    sign_in(page, "leader")
    page.goto("/")
    assert press_tab(page)["words"] == "Skip to main content"
    expect(page.get_by_role("link", name="Skip to main content")).to_be_in_viewport()
    page.keyboard.press("Enter")
    assert focused(page)[:2] == ["MAIN", "main"]
    assert press_tab(page)["words"] == "As at"
