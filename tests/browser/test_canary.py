"""The twenty-two checks can fail: each finds the fault that was sown for it, and nothing on a page without faults."""

import pytest

from reports.charts import STATUS_LOOK
from tests.browser.accessibility.canary import CANARY, JOURNEYS, SEEDS, SENT, TWIN
from tests.browser.accessibility.colours import apart, told_apart_by_colour_alone
from tests.browser.accessibility.numbered import CHECKS
from tests.browser.conftest import DESKTOP, NARROWEST, size

NUMBERS = [f"A{number}" for number in range(1, 23)]
ON_A_PAGE = [number for number in NUMBERS if number != "A22"]


@pytest.fixture
def browser_context_args():
    """A browser that needs no portal: every answer comes from the test."""
    return {"base_url": "http://canary.example", "locale": "en-GB"}


@pytest.fixture
def asked(request, swaps):
    """Open the canary, or its twin, and ask it one check: returns what is found."""

    def what_is_found(number, body):
        if number == "A22":
            return CHECKS[number](**SENT[body is TWIN])
        where = request.getfixturevalue("plain_page" if number == "A19" else "page")
        where.route("**/canary/", lambda route: route.fulfill(body=body, content_type="text/html"))
        where.emulate_media(reduced_motion="reduce")
        size(where, NARROWEST if number == "A6" else DESKTOP)
        where.goto("/canary/")
        if number != "A19":
            where.locator("body[data-ready]").wait_for()
        more = {"A3": [JOURNEYS["A3"]], "A19": [JOURNEYS["A19"]], "A21": ["canary", "#seed-A21"]}
        found = CHECKS[number](where, *more.get(number, ()))
        swaps.heard.clear()
        return found

    return what_is_found


def test_every_check_has_a_fault_that_was_sown_for_it():
    assert list(CHECKS) == NUMBERS
    assert sorted(SEEDS) == sorted(ON_A_PAGE)
    assert all(CANARY.count(f'id="seed-{number}"') == TWIN.count(f'id="seed-{number}"') == 1 for number in SEEDS)


@pytest.mark.browser
@pytest.mark.parametrize("number", NUMBERS)
def test_the_fault_sown_for_it_is_caught(number, asked):
    found = asked(number, CANARY)
    assert [finding for finding in found if f"seed-{number}" in finding], found


@pytest.mark.browser
@pytest.mark.parametrize("number", NUMBERS)
def test_nothing_is_found_on_the_twin_without_faults(number, asked):
    assert asked(number, TWIN) == []


# --- A10, of the palette --------------------------------------------------------------------------
def test_statuses_are_told_apart_in_grey_and_by_whoever_lacks_a_cone():
    assert told_apart_by_colour_alone(STATUS_LOOK) == []


def test_a_palette_that_red_green_blindness_confuses_is_caught():
    assert apart("#ffffff", "#000000") == pytest.approx(100, abs=0.1)
    found = told_apart_by_colour_alone({"red": ("#b03030", ""), "green": ("#5a6a2a", "")})
    assert any("deuteranopia" in finding or "protanopia" in finding for finding in found)
    assert told_apart_by_colour_alone({"red": ("#b03030", "x"), "green": ("#5a6a2a", "")}) == []
