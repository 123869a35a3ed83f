"""How many sheets a page is, a chart on paper, and what a page weighs. (Every page is printed by `test_every_page`.)"""

import io
import re

import brotli
import pytest
from django.core.management import call_command
from playwright.sync_api import expect

from tests.browser.pages import BY_NAME

pytestmark = pytest.mark.browser


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
