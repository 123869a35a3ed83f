"""A chart is a picture until somebody reaches for it; then Plotly draws the same numbers, and sends them nowhere."""

import json

import pytest
from django.conf import settings
from playwright.sync_api import expect
from plotly.offline import get_plotlyjs, get_plotlyjs_version

from tests.browser.pages import BY_NAME

pytestmark = pytest.mark.browser

VENDOR = settings.BASE_DIR / "static/vendor"
RULES = "() => [...document.getElementById('plotly.js-style-global').sheet.cssRules].map((rule) => rule.cssText)"
FIGURES = "() => [...document.querySelectorAll('[data-chart] > script')].map((data) => JSON.parse(data.textContent))"
DRAW = """async (figure) => {
    const chart = document.getElementById("chart");
    await Plotly.newPlot(chart, figure.data, figure.layout, {displayModeBar: false});
    const made = [chart._fullLayout._uid, ...chart._fullData.map((trace) => trace.uid)];
    return made.reduce((drawn, id) => drawn.replaceAll(id, "made"), chart.innerHTML);
}"""
TRENDS_HEADING = "Work in progress at each month’s end"


@pytest.fixture
def asked(page):
    """The addresses that the page asked for."""
    addresses = []
    page.on("request", lambda request: addresses.append(request.url))
    return addresses


@pytest.fixture
def dashboard(page, essex, sign_in, asked):
    """The dashboard, as a leader opens it."""
    sign_in(page, "leader")
    page.goto("/")
    page.wait_for_load_state("networkidle")
    return page


def test_plotly_is_fetched_only_when_a_leader_reaches_for_a_chart(dashboard, asked):
    assert [address for address in asked if "plotly" in address] == []
    chart = dashboard.locator("figure.chart").first
    chart.get_by_role("button", name="Explore this chart").click()
    expect(chart.locator(".main-svg").first).to_be_visible()
    assert sorted(address.rsplit("/", 1)[1] for address in asked if "plotly" in address) == [
        "plotly-portal-4.1.1.css",
        "plotly-portal-4.1.1.min.js",
    ]
    assert [address for address in asked if not address.startswith(dashboard.url)] == []


def test_a_leader_explores_every_chart_and_has_the_picture_back(dashboard):
    for chart in dashboard.locator("figure.chart").all():
        picture, back = chart.locator("[data-chart-picture]"), chart.get_by_role("button", name="Back to the picture")
        expect(picture).to_be_visible()
        chart.get_by_role("button", name="Explore this chart").click()
        expect(chart.locator(".main-svg").first).to_be_visible()
        expect(picture).to_be_hidden()
        expect(back).to_be_focused()
        for inside in (".modebar-btn", "a[href]:not(.sort)", "[data-title*='Share']", "[data-title*='cloud']"):
            expect(chart.locator(f"[data-chart-plot] {inside}")).to_have_count(0)
        back.click()
        expect(picture).to_be_visible()
        expect(chart.locator(".main-svg")).to_have_count(0)
        expect(chart.get_by_role("button", name="Explore this chart")).to_be_focused()


def test_a_mouse_that_rests_on_a_chart_draws_it_and_one_that_passes_does_not(dashboard, asked):
    chart = dashboard.locator("figure.chart").first
    chart.locator("[data-chart-picture]").hover()
    dashboard.mouse.move(1, 1)
    dashboard.wait_for_timeout(700)
    assert [address for address in asked if "plotly" in address] == []
    chart.locator("[data-chart-picture]").hover()
    expect(chart.locator(".main-svg").first).to_be_visible()


def test_a_chart_that_cannot_be_fetched_stays_a_picture_and_says_so(dashboard, console):
    dashboard.route("**/plotly-portal*.js", lambda route: route.abort())
    chart = dashboard.locator("figure.chart").first
    chart.get_by_role("button", name="Explore this chart").click()
    expect(chart.get_by_role("status")).to_have_text(
        "The chart could not be fetched. The picture and the table show the same figures."
    )
    expect(chart.locator("[data-chart-picture]")).to_be_visible()
    console.forgives("net::ERR_FAILED")


def test_a_saved_chart_is_an_image(dashboard):
    chart = dashboard.locator("figure.chart").first
    chart.get_by_role("button", name="Explore this chart").click()
    with dashboard.expect_download() as download:
        chart.get_by_role("button", name="Save as an image").click()
    assert download.value.suggested_filename == "chart-progress.png"
    assert download.value.path().read_bytes().startswith(b"\x89PNG")


def test_the_table_the_figure_and_the_drawing_have_the_same_numbers(dashboard):
    figures = {}
    for chart in dashboard.locator("figure.chart").all():
        figure = json.loads(chart.locator("script[type='application/json']").text_content())
        figure = json.loads(figure) if isinstance(figure, str) else figure
        figures[chart.get_attribute("id")] = figure
        chart.get_by_text("Show the figures as a table").click()
        headings, *rows = (
            [cell.strip() for cell in row.locator("th, td").all_inner_texts()] for row in chart.get_by_role("row").all()
        )
        columns = dict(zip(headings, zip(*rows, strict=True), strict=True))
        names = columns.pop(headings[0])
        shown = {heading.removesuffix(", %"): numbers for heading, numbers in columns.items()}
        for trace in figure["data"]:
            labels, numbers = (
                (trace["x"], trace["y"]) if chart.get_attribute("id") == "chart-trend" else (trace["y"], trace["x"])
            )
            assert tuple(labels) == names
            assert tuple("none" if n is None else str(n) for n in numbers) == shown.pop(trace["name"])
        assert set(shown) <= {"All", "Gap, points"}
    assert set(figures) == {"chart-progress", "chart-distribution", "chart-trend"}


def test_plotlys_rules_are_those_that_its_bundle_would_inject(browser, dashboard):
    dashboard.get_by_role("button", name="Explore this chart").first.click()
    expect(dashboard.locator(".main-svg").first).to_be_visible()
    bare = browser.new_context()
    page = bare.new_page()
    page.set_content("<!doctype html><title>plotly</title><div id='chart'></div>")
    page.add_script_tag(path=next(VENDOR.glob("plotly-portal-*.min.js")))
    page.evaluate("() => Plotly.newPlot('chart', [{y: [1, 2]}]).then(() => null)")
    injected = page.evaluate(RULES)
    bare.close()
    assert len(injected) > 50
    assert dashboard.evaluate(RULES) == injected


@pytest.mark.parametrize(
    ("where", "count"),
    [("dashboard", 3), ("one pillar", 1), ("calendar", 1), ("one initiative without milestones", 1)],  # its end moved
)
def test_our_own_bundle_draws_a_figure_as_the_whole_of_plotly_does(where, count, open_page, browser):
    figures = open_page(BY_NAME[where]).evaluate(FIGURES)
    assert len(figures) == count
    ours = next(VENDOR.glob("plotly-portal-*.min.js")).read_text(encoding="utf-8")
    drawn = []
    for bundle in (ours, get_plotlyjs()):
        bare = browser.new_context()
        page = bare.new_page()
        page.set_content("<!doctype html><title>plotly</title><div id='chart'></div>")
        page.add_script_tag(content=bundle)
        assert page.evaluate("() => Plotly.version") == get_plotlyjs_version()
        for figure in figures:
            drawn.append([page.evaluate(DRAW, figure)])
            for mark in page.locator(".point > path, path.point").all()[:6]:
                mark.hover(force=True)
                page.wait_for_timeout(60)  # plotly looks at most every 50 ms where the mouse is
                drawn[-1].append(page.locator(".hoverlayer").inner_html())
        bare.close()
    assert all("<text" in "".join(labels) for _, *labels in drawn)
    assert not any("%%" in label for _, *labels in drawn for label in labels)  # the axis says % already
    assert drawn[:count] == drawn[count:]
