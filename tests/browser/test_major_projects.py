"""Oscar brings the Government's major projects of two years on the web: the first by hand, the second as the first."""

from collections import Counter

import pytest
from playwright.sync_api import expect

from initiatives.history import portfolio
from initiatives.models import Initiative
from tests.browser.importing import answers_words, brings, goes_on, reads
from tests.factories import day
from tests.initiatives.imports.files import GMPP

pytestmark = pytest.mark.browser
OUTCOMES = ("New", "Changed", "Unchanged", "Refused")
PILLARS = {
    "Infrastructure and Construction": "Process",
    "Government Transformation and Service Delivery": "Purpose",
    "Military Capability": "People",
    "ICT": "Potential",
}


@pytest.fixture
def oscars_page(page, strategy, oscar, sign_in, transactional_db):
    sign_in(page, oscar)
    return page


def rags(on):
    return Counter(i.rag or "unrated" for i in portfolio(day(on)).initiatives)


def counts(page):
    return [reads(page, outcome) for outcome in OUTCOMES]


def applies(page, keep=""):
    page.get_by_label("Keep this mapping").fill(keep)
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_text("is applied.")).to_be_visible()


def looks_again(page, year):
    """Bring a file as the one before, and go straight to what it would do."""
    brings(page, GMPP[year], f"{year}-03-31", mapping="Major projects")
    page.get_by_role("link", name="5. Check and apply").click()


def test_two_years_of_major_projects_are_brought_in_on_the_web(oscars_page):
    page = oscars_page
    brings(page, GMPP[2021], "2021-03-31")
    expect(page.get_by_text("CSV, Windows-1252, semicolons between columns: headings in row 1")).to_be_visible()
    goes_on(page, "Which column tells what?")
    page.get_by_label("Refs of new initiatives begin with").fill("GMPP")
    goes_on(page, "What do its words mean?")
    answers_words(page, {"Amber/red": "Red", "Amber/Green": "Amber", **PILLARS})
    page.get_by_label("Any other word, now and in later files").last.select_option(label="No rating")
    goes_on(page, "Who are they?")
    goes_on(page, "What it would do")
    assert counts(page) == [184, 0, 0, 0]
    assert Initiative.objects.count() == 0
    for word, rows in {"Amber": 84, "Amber/red": 44, "Red": 7}.items():
        expect(page.get_by_text(f"“{word}” in {rows} rows")).to_be_visible()
    applies(page, keep="Major projects")
    of_2021 = {"green": 12, "amber": 113, "red": 51, "unrated": 8}
    assert rags("2021-03-31") == of_2021

    looks_again(page, 2022)
    expect(page.get_by_role("heading", level=1)).to_have_text("What it would do")
    new, changed, unchanged, refused = counts(page)
    assert (new, changed + unchanged, refused) == (76, 159, 0)
    for word, rows in {"Amber": 170, "Red": 27, "Green": 24}.items():
        expect(page.get_by_text(f"“{word}” in {rows} rows")).to_be_visible()
    applies(page)
    assert rags("2021-09-30") == rags("2022-03-30") == of_2021
    assert Initiative.objects.count() == 260

    for year, rows in {2021: 184, 2022: 235}.items():
        looks_again(page, year)
        assert counts(page) == [0, 0, rows, 0]
        expect(page.get_by_text("applying it would change nothing")).to_be_visible()

    prisons = Initiative.objects.get(external_ref="MOJ_0050_2021-Q1")
    page.goto(f"/initiatives/{prisons.ref}/?as_at=2021-12-31")
    expect(page.get_by_text("The file said “Amber/red”. Brought in from gmpp_2021.csv")).to_be_visible()
