"""Everything works in a browser in which JavaScript is off."""

import re

import pytest
from playwright.sync_api import expect

from initiatives.models import Initiative
from tests.browser.pages import PAGES

pytestmark = pytest.mark.browser

OF_THE_SERVER = [page for page in PAGES if page.portal == "essex" and page.deed != "break_down"]


def test_olga_finds_and_updates_her_initiative_without_javascript(plain_page, olgas, console):
    page = plain_page
    page.goto("/initiatives/DS-021/update/")
    page.get_by_label("Username").fill("olga")
    page.get_by_label("Password").fill("pop-up-book")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("How is it going?")

    page.get_by_label("Amber", exact=True).check()
    page.get_by_label("What changed since the last update?").fill("The second course is written.")
    page.get_by_label("What happens next?").fill("A third.")
    page.get_by_text("Ask leaders for a decision or help").click()
    page.get_by_label("What do you need from leaders?").fill("Rooms, please.")
    page.get_by_label("Done:").first.check()
    page.get_by_role("button", name="Save this update").click()

    problem = page.get_by_role("alert").filter(has=page.get_by_role("heading", name="There is a problem"))
    expect(problem.get_by_role("listitem")).to_have_text(["Amber needs the risk: say what it is and what the plan is."])
    assert page.title().startswith("Error: ")
    expect(page.get_by_label("Amber", exact=True)).to_be_checked()
    expect(page.get_by_label("What changed since the last update?")).to_have_value("The second course is written.")
    expect(page.get_by_label("What happens next?")).to_have_value("A third.")
    expect(page.get_by_label("What do you need from leaders?")).to_have_value("Rooms, please.")
    expect(page.get_by_label("Done:").first).to_be_checked()

    console.forgives("status of 422")

    page.get_by_label("What is the risk, and what is the plan?").fill("Rooms are scarce.")
    page.get_by_role("button", name="Save this update").click()
    expect(page).to_have_url(re.compile(r"/initiatives/DS-021/$"))
    expect(page.get_by_text("Your update is on record. Thank you.")).to_be_visible()
    expect(page.locator(".status--large")).to_have_text("Amber")
    expect(page.get_by_text("Rooms, please.")).to_be_visible()


def test_lea_answers_what_was_prepared_for_her_without_javascript(plain_page, essex, sign_in, console):
    page = plain_page
    sign_in(page, "leader")
    page.goto("/asks/")
    ask = page.locator("#main .became > li").filter(has_text="Should we shrink the platform".lower()).first
    ask.locator("summary").click()
    expect(ask.get_by_label("Answered", exact=True)).to_be_checked()
    prepared = ask.get_by_label("In words").input_value()
    assert prepared.startswith("Yes to the remaining half")
    ask.get_by_label("In words").fill("")
    ask.get_by_role("button", name="Send this answer").click()
    problem = page.get_by_role("alert").filter(has=page.get_by_role("heading", name="There is a problem"))
    expect(problem.get_by_role("listitem")).to_have_text(["Say it in words: an owner needs more than yes or no."])
    console.forgives("status of 422")
    page.get_by_label("In words").fill(prepared)
    page.get_by_role("button", name="Send this answer").click()
    expect(page.get_by_text("Your answer on DS-013 is on record. The owner is told.")).to_be_visible()
    page.goto("/initiatives/DS-013/")
    expect(page.get_by_text(prepared)).to_be_visible()


def test_polly_opens_the_link_of_an_e_mail_and_updates_without_an_account(
    plain_page, essex, polly, as_, oscar, mailoutbox, settings, live_server, console
):
    settings.PORTAL_ADDRESS = live_server.url
    initiative = Initiative.objects.get(ref="DS-026")
    initiative.owner = polly
    initiative.save()
    as_(oscar).post("/initiatives/DS-026/links/", {"person": polly.pk})
    address = re.search(r"^http://\S+/link/\S+/$", mailoutbox[0].body, re.M)[0]

    page = plain_page
    page.goto(address)
    expect(page.get_by_role("heading", level=1)).to_have_text("How is it going?")
    expect(page.get_by_role("navigation")).to_have_count(0)
    page.get_by_label("Red", exact=True).check()
    page.get_by_label("What changed since the last update?").fill("The second pilot stopped.")
    page.get_by_role("button", name="Send this update").click()
    expect(page.get_by_role("alert").get_by_role("listitem").first).to_contain_text("Red needs the issue")
    expect(page.get_by_label("What changed since the last update?")).to_have_value("The second pilot stopped.")
    console.forgives("status of 422")

    page.get_by_label("What is the issue?").fill("No room in the budget.")
    page.get_by_role("button", name="Send this update").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you")
    expect(page.get_by_role("main").get_by_role("link")).to_have_count(0)
    said = initiative.updates.order_by("id").last()
    assert (said.recorded_by, said.rag, said.issue) == (polly, "red", "No room in the budget.")

    page.goto(address)
    expect(page.get_by_role("heading", level=1)).to_have_text("This link has been used")
    console.forgives("status of 410")


@pytest.fixture
def leaders_page(plain_page, essex, sign_in):
    """What the leader opens without JavaScript."""
    sign_in(plain_page, "leader")
    return plain_page


def test_a_leader_filters_sorts_and_turns_pages_without_javascript(leaders_page):
    page = leaders_page
    page.goto("/initiatives/")
    page.get_by_role("link", name="Page 2").click()
    expect(page.get_by_role("row")).to_have_count(1 + 5)

    page.get_by_text("Filters", exact=True).click()
    page.get_by_label("Red", exact=True).first.check()
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.get_by_role("heading", name="3 of 30 initiatives")).to_be_visible()
    expect(page.get_by_label("Red", exact=True).first).to_be_checked()
    page.get_by_role("link", name="Initiative", exact=True).click()
    titles = page.locator("tbody .cell-title a").all_inner_texts()
    assert len(titles) == 3
    assert titles == sorted(titles, key=str.casefold)

    day = page.get_by_label("As at").get_attribute("max") or page.get_by_label("As at").input_value()
    page.get_by_label("As at").fill(f"{int(day[:4]) - 1}{day[4:7]}-01")
    page.get_by_role("button", name="Show these days").click()
    expect(page.get_by_label("Red", exact=True).first).to_be_checked()
    expect(page).to_have_url(re.compile("sort=title"))
    expect(page.get_by_text("This page shows what had been recorded by the end of that day.")).to_be_visible()

    page.get_by_role("link", name="Back to today").click()
    page.locator("tbody .cell-title a").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(titles[0])


def test_charts_are_pictures_with_tables_without_javascript(leaders_page):
    page = leaders_page
    page.goto("/")
    charts = page.locator("figure.chart")
    expect(charts).to_have_count(3)
    for chart in charts.all():
        expect(chart.get_by_role("img").locator("svg")).to_be_visible()
        expect(chart.get_by_role("button")).to_have_count(0)
        chart.get_by_text("Show the figures as a table").click()
        expect(chart.get_by_role("table")).to_be_visible()


def test_every_page_opens_without_javascript(plain_page, essex, sign_in, address_of, console):
    page = plain_page
    for which in OF_THE_SERVER:
        page.context.clear_cookies()
        if which.person:
            sign_in(page, which.person)
        response = page.goto(address_of(which))
        assert response.status == which.status, which.name
        expect(page.get_by_role("heading", level=1).last).to_be_visible()
        if which.status >= 400:
            console.forgives(rf"status of {which.status}")
