"""Signing in through the organisation's directory, the warning before a session ends, and a second factor."""

import re
import time
from datetime import timedelta

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import Session, User
from tests.accounts.conftest import directory, running_directory  # noqa: F401  (fixtures)
from tests.accounts.entra import ANNA
from tests.browser.checks import focused
from tests.browser.conftest import PASSWORD, size

pytestmark = pytest.mark.browser


@pytest.fixture
def anna(essex, directory):  # noqa: F811
    """Anna is a leader in the directory, and the portal trusts it."""
    directory.knows(ANNA, roles=["leader"], name="Anna Arden", email="anna@council.example")
    return ANNA


def signs_in_at_the_directory(page, object_id):
    page.get_by_role("link", name=re.compile("^Sign in with your")).click()
    page.wait_for_url(re.compile("/oauth2/authorize"))
    page.locator("input[name=sub]").first.fill(object_id)
    page.get_by_role("button", name="Authorize", exact=False).first.click()


def forgive_the_directory(console):
    """Take out what the browser says of the directory's own page: it wants a style sheet of another site."""
    console.said = [line for line in console.said if "Failed to load resource" not in line]


def test_signing_in_at_the_directory_ends_on_the_page_that_was_asked_for_and_signing_out_leaves(page, anna, console):
    page.goto("/initiatives/?status=red")
    expect(page).to_have_url(re.compile("/accounts/login/"))
    signs_in_at_the_directory(page, anna)
    expect(page).to_have_url(re.compile(r"/initiatives/\?status=red$"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Initiatives")
    page.get_by_role("link", name="Anna Arden").click()
    expect(page.get_by_text("come from your")).to_be_visible()
    page.get_by_role("button", name="Sign out", exact=True).click()
    expect(page).to_have_url(re.compile("/accounts/login/$"))
    page.goto("/initiatives/")
    expect(page).to_have_url(re.compile("/accounts/login/"))
    forgive_the_directory(console)


def test_without_javascript_too(plain_page, anna, console):
    plain_page.goto("/asks/")
    signs_in_at_the_directory(plain_page, anna)
    expect(plain_page).to_have_url(re.compile(r"/asks/$"))
    expect(plain_page.get_by_text("If you do nothing, you will be signed out at")).to_be_visible()
    forgive_the_directory(console)


# --- The warning ----------------------------------------------------------------------------------
def comes_back_to_the_tab(page):
    """Make the page look at the clock again, as it does when somebody comes back to its tab an hour later."""
    page.clock.fast_forward("59:30")


def test_olga_is_warned_stays_by_keyboard_and_loses_nothing(page, olgas, olga, sign_in):
    page.clock.install()
    sign_in(page, olga)
    page.goto("/initiatives/DS-021/update/")
    text = page.get_by_label("What changed since the last update?")
    with page.expect_response("**/draft/"):  # which is a use of the session
        text.fill("We met the libraries.")
    Session.objects.update(seen_at=timezone.now() - timedelta(minutes=59, seconds=10))
    comes_back_to_the_tab(page)
    dialog = page.get_by_role("dialog", name="You are about to be signed out")
    expect(dialog).to_be_visible()
    expect(dialog).to_contain_text("You will be signed out in 2 minutes.")
    assert focused(page)[0] == "BUTTON"
    size(page, (320, 640))
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    expect(page.locator("#page-status")).to_have_text("You stay signed in.")
    assert timezone.now() - Session.objects.get().seen_at < timedelta(minutes=1)
    expect(text).to_have_value("We met the libraries.")


def test_whoever_is_away_is_told_that_they_were_signed_out_and_what_they_typed_is_still_there(
    page, olgas, olga, sign_in, console
):
    page.clock.install()
    sign_in(page, olga)
    page.goto("/initiatives/DS-021/update/")
    text = page.get_by_label("What changed since the last update?")
    text.fill("We met the libraries.")
    Session.objects.update(seen_at=timezone.now() - timedelta(hours=2))
    comes_back_to_the_tab(page)
    expect(page.locator("#page-alert")).to_contain_text("You have been signed out")
    expect(page.get_by_role("link", name="Sign in (opens a new tab)")).to_be_visible()
    expect(text).to_have_value("We met the libraries.")
    console.said = [line for line in console.said if "401" not in line]  # the draft that was to be kept just then


def test_a_tab_beside_one_that_is_used_says_nothing(page, olgas, olga, sign_in):
    page.clock.install()
    sign_in(page, olga)
    page.goto("/initiatives/DS-021/update/")
    with page.expect_response("**/accounts/session/") as asked:
        comes_back_to_the_tab(page)
    assert asked.value.json()["left"] > 3000
    expect(page.get_by_role("dialog")).to_be_hidden()


# --- A second factor ------------------------------------------------------------------------------
def test_the_office_sets_a_second_factor_up_and_signs_in_with_it(page, essex, sign_in):
    sign_in(page, "office")
    page.goto("/accounts/")
    page.get_by_role("link", name="set up a second factor").click()
    secret = page.locator("code.secret").inner_text()
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_label("The code that the app shows now").fill(
        format_hotp_value(hotp_value(secret, int(time.time()) // 30))
    )
    page.get_by_role("button", name="Set it up").click()
    expect(page.get_by_role("heading", name="Your recovery codes")).to_be_focused()
    code = page.locator("code.secret").first.inner_text()
    page.get_by_role("button", name="Sign out", exact=True).click()
    page.get_by_label("Username").fill("office")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_label("Code", exact=True).fill(code)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(re.compile(r"/$"))
    assert User.objects.get(username="office").sign_ins.get().way == "recovery"
