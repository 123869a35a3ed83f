"""Every page is open to everyone: the numbered checks find nothing, the console stays empty, and motion ends.

Each page is opened once. Its first state is asked every check at three widths in every run; its other states are asked
what is quick to ask, and everything in soak. On paper a page says what it says, without the ways round it, and every
sheet of which day it is and from where.
"""

import re
from datetime import date

import pytest
from django.conf import settings
from playwright.sync_api import expect

from tests.browser.accessibility.inside import OF_COLOURS, what_axe_finds
from tests.browser.accessibility.keys import traps
from tests.browser.accessibility.numbered import AT_EVERY_WIDTH, BY_KEYS, ONCE, found
from tests.browser.accessibility.rings import rings_unseen
from tests.browser.checks import overflow
from tests.browser.conftest import DESKTOP, NARROWEST, TABLET, size
from tests.browser.pages import PAGES, first_states

pytestmark = pytest.mark.browser

# What Django's own templates of the administration leave open; docs/decisions/0026 says what each is.
DJANGOS_OWN = {"A5", "A6", "A14", "A15", "A17"}

ENDLESS = """() => document.getAnimations().filter(
    (animation) => animation.effect.getComputedTiming().endTime === Infinity).length"""

A4_WIDE = (680, 960)  # the room between the margins, in pixels of CSS

CONTROLS = """() => [...document.querySelectorAll(
    "nav, button, input, select, textarea, summary, [data-chart-plot], .govuk-button, .govuk-skip-link, .as-at"
)].filter((element) => element.getClientRects().length && !element.matches(".govuk-visually-hidden")
).map((element) => element.outerHTML.slice(0, 120))"""


@pytest.fixture(scope="session")
def titles():
    """The address of each title that was seen: no two pages share one."""
    return {}


@pytest.mark.parametrize("which", PAGES, ids=str)
def test_everyone_can_use_the_page_and_print_it(which, open_page, titles):
    page = open_page(which)
    everyone_can_use_it(page, which, titles, wholly=which in first_states(PAGES))


@pytest.mark.soak
@pytest.mark.parametrize("which", PAGES, ids=str)
def test_everyone_can_use_every_state_of_the_page_at_every_width(which, open_page, titles):
    page = open_page(which)
    everyone_can_use_it(page, which, titles, wholly=True)
    page.emulate_media(forced_colors="none", reduced_motion="reduce")
    size(page, DESKTOP)
    assert [*rings_unseen(page), *traps(page)] == []


def everyone_can_use_it(page, which, titles, wholly):
    left_open = DJANGOS_OWN if "/admin/" in page.url else set()

    def wrong(*numbers):
        return found(page, *(number for number in numbers if number not in left_open))

    assert wrong(*ONCE) == []
    if which.status < 400:
        kind = re.sub(r"[?#].*|(?<=/link/).*", "", re.sub(r"/\d+/", "/1/", page.url))
        assert titles.setdefault(page.title(), kind) == kind, "two pages have one title"
    assert page.evaluate(ENDLESS) == 0
    if which.name != "500":  # that one stands when all else has fallen; it knows neither day nor address
        it_prints_without_its_controls_and_with_its_day_and_address(page, which)
    assert wrong("A1", *AT_EVERY_WIDTH) == []
    page.emulate_media(reduced_motion="reduce")
    assert wrong("A13", *BY_KEYS) == []
    assert not wholly or traps(page, ["Tab"]) == []
    size(page, NARROWEST)
    assert wrong("A1", *AT_EVERY_WIDTH) == []
    assert overflow(page) == 0
    size(page, TABLET)
    assert wrong(*(("A1",) if wholly else ()), *AT_EVERY_WIDTH) == []
    page.emulate_media(forced_colors="active", reduced_motion="reduce")
    assert [*what_axe_finds(page, OF_COLOURS), *wrong("A13")] == []
    size(page, NARROWEST)
    assert wrong("A7") == []


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
    assert {line.split(":")[0] for line in what_axe_finds(page)} >= {"color-contrast", "label", "target-size"}
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
    assert len(found(page, "A13")) == 2
