"""Every page is open to everyone: axe finds nothing, the console stays empty, nothing overflows, motion ends.

On paper a page says what it says, without the ways round it, and every sheet of which day it is and from where.
"""

import re
from datetime import date

import pytest
from django.conf import settings
from playwright.sync_api import expect

from initiatives.status import MilestoneStatus, Status
from tests.browser.checks import axe_finds, overflow, with_room_between_letters
from tests.browser.conftest import DESKTOP, NARROWEST, PHONE, size
from tests.browser.pages import PAGES

pytestmark = pytest.mark.browser

WORDS = {word.value: word.label for word in (*Status, *MilestoneStatus)}

# Each status mark with the words of the thing that it stands in.
MARKS = """() => [...document.querySelectorAll("svg.mark")].map((mark) => [
    [...mark.classList].find((name) => name.startsWith("mark--")).slice("mark--".length),
    mark.parentElement.textContent.trim(),
])"""

ENDLESS = """() => document.getAnimations().filter(
    (animation) => animation.effect.getComputedTiming().endTime === Infinity).length"""

MOVING = """() => [...document.querySelectorAll("*")].filter((element) => {
    const {transitionDuration, animationName, animationDuration} = getComputedStyle(element);
    return parseFloat(transitionDuration) || (animationName !== "none" && parseFloat(animationDuration));
}).map((element) => element.outerHTML.slice(0, 80))"""

A4_WIDE = (680, 960)  # the room between the margins, in pixels of CSS

CONTROLS = """() => [...document.querySelectorAll(
    "nav, button, input, select, textarea, summary, [data-chart-plot], .govuk-button, .govuk-skip-link, .as-at"
)].filter((element) => element.getClientRects().length && !element.matches(".govuk-visually-hidden")
).map((element) => element.outerHTML.slice(0, 120))"""


@pytest.mark.parametrize("which", PAGES, ids=str)
def test_everyone_can_use_the_page_and_print_it(which, open_page):
    page = open_page(which)
    if which.name != "500":  # that one stands when all else has fallen; it knows neither day nor address
        it_prints_without_its_controls_and_with_its_day_and_address(page, which)
    assert page.evaluate(ENDLESS) == 0
    assert axe_finds(page) == []
    size(page, PHONE)
    assert axe_finds(page) == []
    size(page, NARROWEST)
    assert overflow(page) == 0
    size(page, DESKTOP)
    page.emulate_media(forced_colors="active", reduced_motion="reduce")
    assert axe_finds(page) == []
    assert page.evaluate(MOVING) == []
    for status, words in page.evaluate(MARKS):
        assert WORDS.get(status, "").lower() in words.lower()
        assert any(letter.isalpha() for letter in words), f"colour and shape alone say {status}"
    with_room_between_letters(page)
    size(page, NARROWEST)
    assert overflow(page) == 0


def it_prints_without_its_controls_and_with_its_day_and_address(page, which):
    page.emulate_media(media="print")
    size(page, A4_WIDE)
    assert page.evaluate(CONTROLS) == []
    foot = page.locator(".print-foot")
    expect(foot).to_be_visible()
    asked = re.search(r"as_at=([0-9-]{10})", page.url)
    day = date.fromisoformat(asked[1]) if asked else date.today()
    secret = which.address == "{link}" or which.address.startswith("/link/")  # an address that is a key
    assert foot.inner_text().split("\n")[0].startswith(f"As at {day.day} {day:%B %Y}")
    address = page.locator(".print-foot__address")
    if secret:
        expect(address).to_have_count(0)
    else:
        assert address.inner_text() == page.url
    if "/admin/" not in page.url:
        assert overflow(page) == 0
    page.emulate_media(media="screen")
    expect(foot).to_be_hidden()
    size(page, DESKTOP)


# --- These checks can fail ------------------------------------------------------------------------
CANARY = """<!doctype html><html lang="en"><head><title>Canary</title><script src="/canary.js"></script></head>
<body><main><h1><font color="#eeeeee">A pale heading</font></h1><input>
<p><a href="/1">.</a><br><a href="/2">.</a></p><p style="color: red">A style that the policy refuses</p>
<table width="900"><tr><td>Wide</td></tr></table></main></body></html>"""


def test_a_page_with_faults_is_caught(page, console):
    policy = "; ".join(f"{name} {value}" for name, value in settings.CONTENT_SECURITY_POLICY.items())
    headers = {"Content-Type": "text/html", "Content-Security-Policy": policy}
    page.route("**/canary/", lambda route: route.fulfill(body=CANARY, headers=headers))
    page.route(
        "**/canary.js", lambda route: route.fulfill(body="throw Error('broken')", content_type="text/javascript")
    )
    page.goto("/canary/")
    size(page, NARROWEST)
    assert {line.split(":")[0] for line in axe_finds(page)} >= {"color-contrast", "label", "target-size"}
    assert overflow(page) > 500
    console.forgives("exception: broken")
    console.forgives("Content Security Policy directive 'style-src 'self''")
    console.said.clear()  # what else Chromium says of such a page is its own affair


def test_motion_without_end_is_caught(page):
    page.route("**/canary/", lambda route: route.fulfill(body="<h1>Canary</h1>", content_type="text/html"))
    page.goto("/canary/")
    endless = "{duration: 1000, iterations: Infinity}"
    page.evaluate(f"document.querySelector('h1').animate([{{opacity: 0}}, {{opacity: 1}}], {endless}).id")
    page.add_style_tag(content="h1 { transition: color 1s }")
    assert page.evaluate(ENDLESS) == 1
    assert len(page.evaluate(MOVING)) == 1
