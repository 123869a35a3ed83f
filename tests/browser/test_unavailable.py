"""While nothing can be saved, Olga's words stay with her in a real browser, with and without JavaScript."""

import pytest
from playwright.sync_api import expect

from initiatives.models import Update
from tests.browser.accessibility.inside import what_axe_finds
from tests.browser.checks import overflow
from tests.browser.conftest import DESKTOP, NARROWEST, size

pytestmark = pytest.mark.browser

WORDS = "The second course is written, and both rooms are booked until the end of the year."


@pytest.fixture
def switch(settings, tmp_path):
    """A file that lets the portal only be read for as long as it is there."""
    settings.READ_ONLY_FILE = str(tmp_path / "read-only")
    return tmp_path / "read-only"


def fills_in(page):
    page.goto("/initiatives/DS-021/update/", timeout=60_000)  # the first page of all is slow on a busy machine
    page.get_by_label("Red", exact=True).check()
    page.get_by_label("What is the issue?").fill("Nobody teaches it.")
    page.get_by_label("What changed since the last update?").fill(WORDS)


def test_without_javascript_what_she_wrote_comes_back_and_is_sent_again_by_one_press(
    plain_page, olgas, olga, sign_in, switch, console
):
    page, before = plain_page, Update.objects.count()
    sign_in(page, olga)
    fills_in(page)
    switch.touch()
    page.get_by_role("button", name="Save this update").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Not saved")
    expect(page.get_by_label("What changed")).to_have_value(WORDS)
    console.forgives("status of 503")
    for width in (DESKTOP, NARROWEST):
        size(page, width)
        assert overflow(page) == 0
    switch.unlink()
    page.get_by_role("button", name="Send it again").click()
    expect(page.get_by_text("Your update is on record. Thank you.")).to_be_visible()
    assert Update.objects.count() == before + 1
    assert Update.objects.last().what_changed == WORDS


def test_with_javascript_she_stays_at_her_form_and_hears_why(page, olgas, olga, sign_in, switch, console):
    before = Update.objects.count()
    sign_in(page, olga)
    fills_in(page)
    switch.touch()
    page.get_by_role("button", name="Save this update").click()
    alert = page.locator("#page-alert")
    expect(alert.get_by_role("heading")).to_have_text("Not saved")
    expect(alert).to_contain_text("What you typed is still here. Try again in a few minutes.")
    expect(page.get_by_label("What changed since the last update?")).to_have_value(WORDS)
    assert what_axe_finds(page) == []
    page.goto("/")
    console.forgives("503")  # of the draft as well, which may have come after the words
    expect(page.get_by_role("region", name="Reading only")).to_be_visible()
    assert what_axe_finds(page) == []
    switch.unlink()
    assert Update.objects.count() == before


def test_the_page_that_says_not_just_now_is_one_that_everybody_can_use(page, olgas, olga, sign_in, switch, console):
    sign_in(page, olga)
    fills_in(page)
    switch.touch()
    page.evaluate("document.querySelectorAll('form').forEach((form) => form.replaceWith(form.cloneNode(true)))")
    page.evaluate("HTMLFormElement.prototype.submit.call(document.querySelector('textarea[name=what_changed]').form)")
    expect(page.get_by_role("heading", level=1)).to_have_text("Not saved")
    console.forgives("status of 503")
    assert what_axe_finds(page) == []
