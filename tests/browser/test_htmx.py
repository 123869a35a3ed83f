"""What htmx swaps, says and keeps: the focus is never lost, nor a word that somebody typed."""

import re

import pytest
from django.conf import settings
from playwright.sync_api import expect

from initiatives.models import Update
from tests.browser.checks import focused

pytestmark = pytest.mark.browser


# --- The list -------------------------------------------------------------------------------------
@pytest.fixture
def initiatives(page, essex, sign_in):
    """The list of initiatives with its filters open, as a leader has it."""
    sign_in(page, "leader")
    page.goto("/initiatives/")
    page.get_by_text("Filters", exact=True).click()
    page.evaluate("window.sameDocument = true")
    return page


def choose(page, label):
    """Choose one value of a filter."""
    page.locator("#filters").get_by_label(label, exact=True).first.click()


def box(page, status):
    """The checkbox of a status."""
    return page.locator(f"#filters [type=checkbox][name=status][value={status}]")


def found(page, words):
    """Wait until the list says how many initiatives it found."""
    expect(page.locator("#found")).to_have_text(words)


def test_filtering_swaps_the_results_alone_and_is_spoken(initiatives):
    choose(initiatives, "Red")
    found(initiatives, "3 of 30 initiatives")
    expect(initiatives).to_have_url(re.compile(r"/initiatives/\?q=&status=red$"))
    expect(initiatives.locator("#page-status")).to_have_text("3 of 30 initiatives")
    assert focused(initiatives)[0] == "INPUT"
    choose(initiatives, "Amber")
    found(initiatives, "7 of 30 initiatives")
    expect(initiatives.locator("#page-status")).to_have_text("7 of 30 initiatives")
    assert initiatives.evaluate("window.sameDocument")


def test_a_search_that_finds_nothing_says_so(initiatives):
    initiatives.get_by_label("Search initiatives").fill("no such thing")
    initiatives.keyboard.press("Enter")
    found(initiatives, "0 of 30 initiatives")
    expect(initiatives.get_by_role("heading", name="No initiative matches")).to_be_visible()
    assert focused(initiatives)[0] != "BODY"
    assert initiatives.evaluate("window.sameDocument")


def test_sorting_and_turning_pages_move_the_focus_to_the_results(initiatives):
    initiatives.get_by_role("link", name="Page 2").click()
    expect(initiatives.get_by_role("row")).to_have_count(1 + 5)
    expect(initiatives.locator("#found")).to_be_focused()
    initiatives.get_by_role("link", name="Initiative", exact=True).click()
    expect(initiatives.locator("th[aria-sort=ascending]")).to_have_text("Initiative")
    expect(initiatives.locator("#found")).to_be_focused()
    assert initiatives.evaluate("window.sameDocument")


def test_a_filter_keeps_the_order_and_a_past_day_keeps_the_filter(initiatives, past_day):
    initiatives.get_by_role("link", name="Initiative", exact=True).click()
    expect(initiatives.locator("th[aria-sort=ascending]")).to_have_text("Initiative")
    choose(initiatives, "Red")
    found(initiatives, "3 of 30 initiatives")
    expect(initiatives.locator("th[aria-sort=ascending]")).to_have_text("Initiative")
    initiatives.get_by_label("As at").fill(past_day)
    initiatives.get_by_role("button", name="Show these days").click()
    expect(initiatives).to_have_url(re.compile(f"as_at={past_day}"))
    expect(initiatives).to_have_url(re.compile("status=red"))
    expect(initiatives).to_have_url(re.compile("sort=title"))


def test_back_gives_the_page_as_it_was(initiatives):
    choose(initiatives, "Red")
    found(initiatives, "3 of 30 initiatives")
    choose(initiatives, "Amber")
    found(initiatives, "7 of 30 initiatives")
    initiatives.go_back()
    found(initiatives, "3 of 30 initiatives")
    expect(initiatives.get_by_role("heading", level=1)).to_have_text("Initiatives")
    expect(box(initiatives, "red")).to_be_checked()
    expect(box(initiatives, "amber")).not_to_be_checked()
    initiatives.go_back()
    found(initiatives, "30 initiatives")
    expect(box(initiatives, "red")).not_to_be_checked()
    initiatives.go_forward()
    found(initiatives, "3 of 30 initiatives")
    expect(box(initiatives, "red")).to_be_checked()


def test_a_filter_that_cannot_be_read_is_answered_in_words(initiatives, console):
    initiatives.evaluate("document.querySelector('input[name=status]').value = 'puce'")
    choose(initiatives, "Proposed")
    expect(initiatives.get_by_role("alert")).to_contain_text("status: “puce” is not one of the values allowed")
    found(initiatives, "30 initiatives")
    assert focused(initiatives)[0] != "BODY"
    forgive(console, 400)


def test_a_leader_who_was_signed_out_is_led_to_sign_in_and_back(initiatives):
    initiatives.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    choose(initiatives, "Red")
    expect(initiatives.get_by_role("heading", level=1)).to_have_text("Sign in")
    expect(initiatives).to_have_url(re.compile(r"/accounts/login/\?next=%2Finitiatives%2F"))
    expect(initiatives.locator("#results")).to_have_count(0)


# --- The update -----------------------------------------------------------------------------------
@pytest.fixture
def form(page, olgas, olga, sign_in):
    """The update form of Olga's initiative, filled in and not sent."""
    sign_in(page, olga)
    page.goto("/initiatives/DS-021/update/")
    page.get_by_label("Green", exact=True).check()
    page.get_by_label("What changed since the last update?").fill("The second course is written.")
    expect(page.get_by_text("Kept as a draft at")).to_be_visible()
    page.evaluate("window.sameDocument = true")
    return page


def send(page):
    """Press the form's button."""
    page.get_by_role("button", name="Save this update").click()


def says_no(page, words):
    """The page says why in #page-alert, keeps what was typed, and the focus is somewhere."""
    alert = page.locator("#page-alert")
    expect(alert).to_have_attribute("role", "alert")
    expect(alert).to_contain_text(words)
    expect(alert).to_be_in_viewport()
    expect(page.get_by_label("What changed since the last update?")).to_have_value("The second course is written.")
    expect(page.get_by_role("button", name="Save this update")).to_be_enabled()
    assert focused(page)[0] != "BODY"
    assert page.evaluate("window.sameDocument")


def forgive(console, status):
    """A refusal that the test provoked is in the console twice: in the browser's words and in htmx's."""
    console.forgives(rf"status of {status}|Status Error Code {status}")


def updates():
    return Update.objects.filter(initiative__ref="DS-021", what_changed="The second course is written.").count()


def test_olga_sees_that_her_update_is_saved_and_the_record_beside_it_anew(form):
    send(form)
    expect(form.get_by_role("heading", name="Saved", exact=True)).to_be_focused()
    expect(form.get_by_text("Your update of DS-021 is on record. Thank you.")).to_be_visible()
    expect(form.get_by_role("complementary").locator(".status").first).to_have_text("Green")
    assert form.evaluate("window.sameDocument")
    assert updates() == 1


def test_olga_is_shown_what_is_missing_and_nothing_typed_is_lost(form, console):
    form.get_by_label("Red", exact=True).check()
    send(form)
    problem = form.locator(".govuk-error-summary")
    expect(problem).to_be_focused()
    expect(problem.get_by_role("listitem")).to_have_text(
        ["Red needs the issue: say what it is and whether dates move."]
    )
    expect(form.get_by_label("What changed since the last update?")).to_have_value("The second course is written.")
    problem.get_by_role("link").click()
    expect(form.get_by_label("What is the issue?")).to_be_focused()
    console.forgives("status of 422")
    form.get_by_label("What is the issue?").fill("No rooms.")
    send(form)
    expect(form.get_by_role("heading", name="Saved", exact=True)).to_be_focused()
    assert updates() == 1


def test_a_double_click_sends_one_update(form):
    sent = []
    form.on("request", lambda request: sent.append(request.url) if request.url.endswith("/update/") else None)
    form.get_by_role("button", name="Save this update").dblclick()
    expect(form.get_by_role("heading", name="Saved", exact=True)).to_be_focused()
    assert len(sent) == 1
    assert updates() == 1


def test_a_double_click_on_a_slow_server_is_not_sent_again_when_it_fails(form, console):
    waiting = []
    form.route("**/update/", lambda route: waiting.append(route))
    form.get_by_role("button", name="Save this update").dblclick()
    assert len(waiting) == 1
    waiting.pop().fulfill(status=503)
    says_no(form, "The portal is busy or being updated.")
    form.wait_for_timeout(300)
    assert waiting == []
    forgive(console, 503)


def test_olga_who_lost_her_role_is_told_and_keeps_her_words(form, olga, console):
    olga.grants.all().delete()
    send(form)
    says_no(form, "Your account has no role in the portal yet.")
    forgive(console, 403)
    assert updates() == 0


def test_olga_whose_form_is_old_saves_it_by_one_press_all_the_same(form, console):
    form.context.clear_cookies(name=settings.CSRF_COOKIE_NAME)
    send(form)
    expect(form.get_by_role("heading", name="Saved", exact=True)).to_be_focused()
    forgive(console, 403)
    assert updates() == 1


def test_olga_whose_browser_keeps_no_cookies_is_told_and_keeps_her_words(form, console):
    form.route("**/update/", lambda route: route.fulfill(status=403, headers={"X-CSRFToken": "new"}))
    send(form)
    says_no(form, "Your role does not allow that.")
    forgive(console, 403)
    assert updates() == 0


def test_olga_who_was_signed_out_is_told_and_keeps_her_words(form, olga, sign_in, console):
    form.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    send(form)
    says_no(form, "You have been signed out")
    expect(form.get_by_role("link", name="Sign in (opens a new tab)")).to_be_visible()
    sign_in(form, olga)
    send(form)
    expect(form.get_by_role("heading", name="Saved", exact=True)).to_be_focused()
    forgive(console, 401)  # of the draft as well, which may have come after the words
    assert updates() == 1


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (400, "The portal could not read that."),
        (409, "Somebody else changed this at the same time."),
        (413, "That is too long."),
        (429, "That was too many at once."),
        (500, "Something went wrong in the portal."),
        (503, "The portal is busy or being updated."),
    ],
)
def test_olga_is_told_in_words_what_a_server_says_in_numbers(form, console, status, words):
    form.route("**/update/", lambda route: route.fulfill(status=status, body="<h1>Not for people</h1>"))
    send(form)
    says_no(form, words)
    expect(form.get_by_text("Not for people")).to_have_count(0)
    forgive(console, status)


def test_olga_who_is_offline_is_told_and_sends_it_later(form, console):
    form.context.set_offline(True)
    send(form)
    says_no(form, "The portal could not be reached.")
    form.context.set_offline(False)
    send(form)
    expect(form.get_by_role("heading", name="Saved", exact=True)).to_be_focused()
    expect(form.locator("#page-alert")).to_be_empty()
    console.forgives("ERR_INTERNET_DISCONNECTED|htmx:sendError|htmx:afterRequest")
    assert updates() == 1
