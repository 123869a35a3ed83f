"""An update in a minute, and nothing that was typed is lost: in a real browser, with JavaScript and without."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import Session
from initiatives.models import DoneDate, Update
from tests import services
from tests.browser.checks import press_tab
from tests.browser.conftest import FLAGS, PASSWORD
from tests.factories import an_initiative, says

pytestmark = pytest.mark.browser

PAGE = "/initiatives/DS-021/update/"  # where the link in a reminder leads
LONG = ("We met the libraries in Chelmsford – they lend us rooms. " * 100)[:4999] + "."
CHANGED = "What changed since the last update?"


def update():
    return Update.objects.filter(initiative__ref="DS-021").latest("id")


# --- A minute -------------------------------------------------------------------------------------
def test_from_the_link_to_the_confirmation_takes_olga_at_most_12_interactions(page, olgas, olga, sign_in):
    page.emulate_media(reduced_motion="reduce")
    sign_in(page, olga)
    page.goto(PAGE)
    interactions = 0

    def press(key):
        nonlocal interactions
        interactions += 1
        if key == "Tab":
            return press_tab(page)["words"]
        page.keyboard.press(key)
        return None

    def tab_to(words):
        while not press("Tab").startswith(words):
            assert interactions < 40

    expect(page.get_by_label("Green", exact=True)).to_be_focused()  # focus starts where the work does
    press("Space")
    expect(page.get_by_label("Green", exact=True)).to_be_checked()
    tab_to("Done: ")
    press("Space")
    day = page.locator("input[name$=_done_on]").first
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", day.input_value())  # a tick fills in its date
    tab_to(CHANGED)
    page.keyboard.type("The second survey is done.")
    tab_to("Save this update")
    press("Enter")
    expect(page.get_by_role("heading", name="Saved", exact=True)).to_be_focused()
    assert page.url.endswith(PAGE)  # one page
    assert interactions <= 12
    assert update().rag == "green"
    assert "The second survey is done." in update().what_changed  # beside what was filled in
    assert DoneDate.objects.latest("id").recorded_at == update().recorded_at


def test_ctrl_and_enter_saves_from_anywhere(page, olgas, olga, sign_in):
    sign_in(page, olga)
    page.goto(PAGE)
    expect(page.locator("input[name=rag]:focus")).to_have_count(1)
    page.keyboard.press("Space")
    page.get_by_label(CHANGED).fill("All is well.")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="Saved", exact=True)).to_be_focused()
    assert update().what_changed == "All is well."


def test_a_tick_that_is_taken_off_again_takes_its_date_along(page, olgas, olga, sign_in):
    sign_in(page, olga)
    page.goto(PAGE)
    tick, day = page.get_by_label("Done:").first, page.locator("input[name$=_done_on]").first
    tick.check()
    assert day.input_value() != ""
    tick.uncheck()
    assert day.input_value() == ""


def test_the_dates_are_read_beside_the_choice_and_ask_for_a_reason(page, olgas, olga, sign_in):
    sign_in(page, olga)
    page.goto(PAGE)
    why = page.get_by_label("Why do you say better than the dates?")
    expect(page.locator("#beside")).to_contain_text("Reads red")
    expect(why).to_be_hidden()
    page.get_by_label("Green", exact=True).check()
    expect(why).to_be_visible()
    page.get_by_label("Red", exact=True).check()
    expect(why).to_be_hidden()
    expect(page.get_by_label("What is the issue?")).to_be_visible()
    page.get_by_label("Green", exact=True).check()
    page.get_by_label("Done:").first.check()
    expect(page.locator("#beside")).not_to_contain_text("Reads red")
    expect(page.locator("#page-status")).to_contain_text("The dates say:")
    assert not Update.objects.filter(recorded_by=olga).exists()


def test_save_and_next_leads_through_the_queue(page, olgas, olga, sign_in):
    an_initiative("DS-040", recorded="2025-06-02", owner=olga)
    sign_in(page, olga)
    page.goto("/my/")
    page.get_by_role("link", name=re.compile("Say how it is going.*Title of DS-040")).click()
    page.get_by_label("Green", exact=True).check()
    page.get_by_label(CHANGED).fill("Begun.")
    page.get_by_role("button", name="Save and next").click()
    expect(page).to_have_url(re.compile(r"/initiatives/DS-021/update/\?from=my$"))
    expect(page.get_by_role("status").filter(has_text="1 more to go.")).to_be_visible()
    expect(page.get_by_label("Green", exact=True)).to_be_focused()


# --- Nothing typed is lost ------------------------------------------------------------------------
def begin(page, olga, sign_in):
    """Open the form and type 5,000 characters into it."""
    sign_in(page, olga)
    page.goto(PAGE)
    page.get_by_label("Green", exact=True).check()
    page.get_by_label(CHANGED).fill(LONG)


def save(page):
    page.get_by_role("button", name="Save this update").click()


def is_there_and_saved_by_one_press(page):
    assert len(LONG) == 5000
    expect(page.get_by_label(CHANGED)).to_have_value(LONG)
    expect(page.get_by_label("Green", exact=True)).to_be_checked()
    save(page)
    expect(page.get_by_text("is on record. Thank you.")).to_be_visible()
    assert update().what_changed == LONG


def test_when_the_browser_is_killed_everything_is_there_on_another_device(
    playwright, live_server, page, olgas, olga, sign_in, console
):
    first = playwright.chromium.launch(executable_path=services.chromium(), args=FLAGS.split())
    killed = first.new_page(base_url=live_server.url)
    begin(killed, olga, sign_in)
    expect(killed.get_by_text("Kept as a draft at")).to_be_visible()
    gone = []
    first.on("disconnected", lambda _: gone.append(True))
    try:
        first.new_browser_cdp_session().send("Browser.crash")
    except Exception:
        assert gone or not first.is_connected()
    assert not first.is_connected()
    sign_in(page, olga)
    page.goto(PAGE)
    expect(page.get_by_role("heading", name=re.compile("^You began this on"))).to_be_visible()
    is_there_and_saved_by_one_press(page)


def test_without_javascript_a_button_keeps_it_for_another_device(plain_page, new_context, olgas, olga, sign_in):
    begin(plain_page, olga, sign_in)
    plain_page.get_by_role("button", name="Keep it for later").click()
    expect(plain_page.get_by_text("What you typed for DS-021 is kept.")).to_be_visible()
    plain_page.context.close()
    other = new_context(java_script_enabled=False).new_page()
    sign_in(other, olga)
    other.goto("/my/")
    other.get_by_role("link", name=re.compile("^Go on with your draft")).click()
    is_there_and_saved_by_one_press(other)


def sign_in_by_the_form(page):
    page.get_by_label("Username").fill("olga")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def test_when_the_session_is_gone_olga_signs_in_in_another_tab_and_one_press_saves_it(
    page, olgas, olga, sign_in, console
):
    begin(page, olga, sign_in)
    expect(page.get_by_text("Kept as a draft at")).to_be_visible()
    Session.objects.all().delete()
    save(page)
    alert = page.locator("#page-alert")
    expect(alert).to_contain_text("You have been signed out")
    with page.context.expect_page() as opened:
        alert.get_by_role("link", name="Sign in (opens a new tab)").click()
    sign_in_by_the_form(opened.value)  # and with it the browser has another token
    expect(opened.value.get_by_role("heading", name="How is it going?")).to_be_visible()
    console.forgives("status of 401|Status Error Code 401")
    is_there_and_saved_by_one_press(page)
    console.forgives("status of 403")  # the old token, which was changed for the new one and sent again


def test_when_the_session_is_gone_without_javascript_the_words_wait_behind_the_sign_in(
    plain_page, olgas, olga, sign_in
):
    begin(plain_page, olga, sign_in)
    Session.objects.all().delete()
    save(plain_page)
    expect(plain_page.get_by_role("heading", name="Sign in")).to_be_visible()
    sign_in_by_the_form(plain_page)
    expect(plain_page.get_by_text("Your session had ended when you sent this")).to_be_visible()
    is_there_and_saved_by_one_press(plain_page)


def test_after_signing_in_again_in_another_tab_an_old_form_is_not_lost_without_javascript(
    plain_page, olgas, olga, sign_in, console
):
    begin(plain_page, olga, sign_in)
    other = plain_page.context.new_page()
    Session.objects.all().delete()
    other.goto(PAGE)
    sign_in_by_the_form(other)
    expect(other.get_by_role("heading", name="How is it going?")).to_be_visible()
    save(plain_page)
    expect(plain_page.get_by_role("heading", name="Not saved yet")).to_be_visible()
    console.forgives("status of 403")
    is_there_and_saved_by_one_press(plain_page)


# --- Two at once, and going back ------------------------------------------------------------------
def test_olga_sees_what_dina_said_meanwhile_and_keeps_her_words(page, olgas, olga, dina, sign_in, console):
    begin(page, olga, sign_in)
    says(olgas, "red", on=timezone.localdate(), by=dina, issue="The rooms are gone.")
    save(page)
    expect(page.get_by_role("heading", name="Not saved", exact=True)).to_be_visible()
    expect(page.get_by_role("alert").filter(has_text="somebody else said how it goes")).to_be_focused()
    expect(page.get_by_role("heading", name=re.compile("^Dina Dean said red on"))).to_be_visible()
    console.forgives("409")
    is_there_and_saved_by_one_press(page)


def test_going_back_and_sending_other_words_is_refused_with_words(page, olgas, olga, sign_in, console):
    begin(page, olga, sign_in)
    expect(page.get_by_text("Kept as a draft at")).to_be_visible()
    key = page.locator("[name=key]").input_value()
    save(page)
    expect(page.get_by_role("heading", name="Saved", exact=True)).to_be_focused()
    page.goto(PAGE)
    page.get_by_label("Green", exact=True).check()
    page.get_by_label(CHANGED).fill("Other words.")
    page.locator("[name=key]").evaluate("(field, key) => { field.value = key; }", key)  # as the page before had it
    save(page)
    expect(page.get_by_text("This form was sent before")).to_be_visible()
    expect(page.get_by_label(CHANGED)).to_have_value("Other words.")
    console.forgives("409")
    assert update().what_changed == LONG
