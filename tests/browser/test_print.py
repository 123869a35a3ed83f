"""On paper a page says what it says, without the ways round it, and every sheet of which day it is and from where."""

import io
import re
from datetime import date

import brotli
import pytest
from django.core.management import call_command
from playwright.sync_api import expect

from tests.browser.conftest import size
from tests.browser.pages import BY_NAME, PAGES

pytestmark = pytest.mark.browser

A4_WIDE = (680, 960)  # the room between the margins, in pixels of CSS
# The last page stands when all else has fallen; it knows neither day nor address.
PRINTED = [page for page in PAGES if page.name != "500"]

CONTROLS = """() => [...document.querySelectorAll(
    "nav, button, input, select, textarea, summary, [data-chart-plot], .govuk-button, .govuk-skip-link, .as-at"
)].filter((element) => element.getClientRects().length && !element.matches(".govuk-visually-hidden")
).map((element) => element.outerHTML.slice(0, 120))"""
WIDER = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


def in_words(day):
    return f"{day.day} {day:%B %Y}"


@pytest.mark.parametrize("which", PRINTED, ids=str)
def test_a_page_prints_without_its_controls_and_with_its_day_and_address(which, open_page):
    page = open_page(which)
    page.emulate_media(media="print")
    size(page, A4_WIDE)
    assert page.evaluate(CONTROLS) == []
    foot = page.locator(".print-foot")
    expect(foot).to_be_visible()
    asked = re.search(r"as_at=([0-9-]{10})", page.url)
    day = date.fromisoformat(asked[1]) if asked else date.today()
    secret = which.address == "{link}" or which.address.startswith("/link/")  # an address that is a key
    assert foot.inner_text().split("\n")[0].startswith(f"As at {in_words(day)}")
    address = page.locator(".print-foot__address")
    if secret:
        expect(address).to_have_count(0)
    else:
        assert address.inner_text() == page.url
    if "/admin/" not in page.url:
        assert page.evaluate(WIDER) == 0
    page.emulate_media(media="screen")
    expect(foot).to_be_hidden()


@pytest.mark.parametrize(
    ("name", "sheets"), [("dashboard", 6), ("one pillar", 5), ("one initiative", 10), ("calendar", 6)]
)
def test_a_page_is_a_few_sheets_of_a4(name, sheets, open_page):
    paper = open_page(BY_NAME[name]).pdf(prefer_css_page_size=True)
    boxes = re.findall(rb"/MediaBox \[0 0 ([0-9.]+) ([0-9.]+)\]", paper)
    assert {(round(float(width)), round(float(height))) for width, height in boxes} == {(595, 842)}
    assert 1 <= len(boxes) <= sheets


def test_a_chart_that_was_explored_prints_as_its_picture(open_page):
    page = open_page(BY_NAME["calendar"])
    chart = page.locator("figure.chart")
    chart.get_by_role("button", name="Explore this chart").click()
    expect(chart.locator(".main-svg").first).to_be_visible()
    expect(chart.locator("[data-chart-picture]")).to_be_hidden()
    page.emulate_media(media="print")
    expect(chart.locator("[data-chart-picture]")).to_be_visible()
    expect(chart.locator("[data-chart-plot]")).to_be_hidden()


# --- What a page weighs ---------------------------------------------------------------------------
KIB = 1024


def weighed(page, deed):
    """Return the bytes of what the page fetches, each as brotli sends it."""
    answers = []

    def note(answer):
        answers.append(answer)

    page.on("response", note)
    deed()
    page.wait_for_load_state("networkidle")
    page.remove_listener("response", note)
    return sum(len(brotli.compress(answer.body())) for answer in answers)


def test_the_calendar_of_two_hundred_initiatives_is_light(page, transactional_db, sign_in, lea):
    call_command("load_demo", scale=200, stdout=io.StringIO())
    sign_in(page, lea)
    without_plotly = weighed(page, lambda: page.goto("/calendar/?quarters=8"))
    assert without_plotly <= 60 * KIB
    chart = page.locator("figure.chart")

    def explore():
        chart.get_by_role("button", name="Explore this chart").click()
        expect(chart.locator(".main-svg").first).to_be_visible()

    # Plotly's bundle is 249 KiB of this, and what every page shares 51.
    assert without_plotly + weighed(page, explore) <= 360 * KIB
