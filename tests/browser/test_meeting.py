"""A committee goes through a pillar on a projector: by keys, by a presenter's remote control, or by links."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

MEETING = "/meeting/?pillar=process"


@pytest.fixture
def screen(page, essex, sign_in):
    """The leader's page, with the meeting open."""
    sign_in(page, "leader")
    page.goto(MEETING)
    return page


def place(page):
    return page.locator(".meeting-way__place").inner_text()


def test_the_keys_go_on_and_back_and_leave(screen):
    page = screen
    expect(page.get_by_text("Page Down")).to_be_visible()
    first = page.get_by_role("heading", level=1).inner_text()
    for key, expected in (
        ("ArrowRight", "2 of"), ("PageDown", "3 of"), ("ArrowRight", "4 of"), ("ArrowLeft", "3 of"), ("PageUp", "2 of"),
        ("ArrowRight", "3 of"), ("Home", "1 of"),
    ):  # fmt: skip
        page.keyboard.press(key)
        expect(page.locator(".meeting-way__place")).to_contain_text(expected)
        heading = page.get_by_role("heading", level=1)
        expect(heading).to_be_focused()
        expect(page.get_by_role("link", name="Leave the meeting")).to_be_in_viewport()
    assert page.get_by_role("heading", level=1).inner_text() == first
    page.keyboard.press("ArrowLeft")  # there is nothing before the first
    expect(page.locator(".meeting-way__place")).to_contain_text("1 of")
    page.keyboard.press("Escape")
    expect(page).to_have_url(re.compile(r"/pillars/process/$"))


def test_keys_that_belong_to_a_field_or_to_the_browser_are_left_alone(screen):
    page = screen
    before = place(page)
    field = page.get_by_label("What did the meeting say?")
    field.fill("Two words")
    for key in ("ArrowRight", "PageDown", "Home", "ArrowLeft", "Escape"):
        page.keyboard.press(key)
    page.get_by_role("link", name="Leave the meeting").focus()
    for key in ("Control+ArrowRight", "Shift+ArrowRight", "Alt+PageDown", "Shift+Home"):
        page.keyboard.press(key)
    expect(field).to_have_value("Two words")
    assert place(page) == before


def test_a_note_is_recorded_in_the_meeting_and_read_on_the_initiatives_page(screen):
    page = screen
    page.keyboard.press("ArrowRight")
    expect(page.locator(".meeting-way__place")).to_contain_text("2 of")
    before, title = place(page), page.get_by_role("heading", level=1).inner_text()
    page.get_by_label("What did the meeting say?").fill("Come back in May with one price.")
    page.get_by_role("button", name="Record this note").click()
    expect(page.get_by_role("status").filter(has_text="is on record.")).to_be_focused()
    assert (place(page), page.get_by_role("heading", level=1).inner_text()) == (before, title)
    notes = page.get_by_role("region", name="Notes")
    expect(notes.get_by_role("listitem").first).to_contain_text("Come back in May with one price.")
    page.get_by_role("link", name="Everything about").click()
    note = page.get_by_role("listitem").filter(has=page.get_by_role("heading", name="Note from a meeting"))
    expect(note.first).to_contain_text("Cabinet Member for Data and Digital")
    expect(note.first).to_contain_text("Come back in May with one price.")


def test_without_javascript_the_links_do_it(plain_page, essex, sign_in):
    page = plain_page
    sign_in(page, "office")
    page.goto(MEETING)
    expect(page.get_by_text("Page Down")).to_be_hidden()
    page.get_by_role("link", name=re.compile("^Next")).click()
    assert place(page).startswith("2 of")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    page.get_by_role("link", name=re.compile("^Previous")).click()
    assert place(page).startswith("1 of")
    page.get_by_role("link", name=re.compile("^Next")).click()
    page.get_by_label("What did the meeting say?").fill("Seen.")
    page.get_by_role("button", name="Record this note").click()
    expect(page.get_by_text("is on record.")).to_be_visible()
    assert place(page).startswith("2 of")
    page.get_by_role("link", name="First", exact=True).click()
    assert place(page).startswith("1 of")
    page.get_by_role("link", name="Leave the meeting").click()
    expect(page).to_have_url(re.compile(r"/pillars/process/$"))


def test_a_leader_follows_and_stops_without_javascript(plain_page, essex, sign_in):
    page = plain_page
    sign_in(page, "analyst")
    page.goto("/initiatives/DS-010/")
    page.get_by_role("button", name="Follow", exact=True).click()
    expect(page.get_by_text("You follow DS-010.")).to_be_visible()
    page.goto("/my/")
    page.get_by_role("button", name="Stop following").click()
    expect(page.get_by_text("You follow nothing yet.")).to_be_visible()
