"""Eight journeys by keys alone, each in at most 60 presses, with JavaScript (A3) and without (A19)."""

import pytest

from tests.browser.accessibility.journeys import JOURNEYS
from tests.browser.accessibility.numbered import CHECKS

pytestmark = pytest.mark.browser


def test_there_are_eight_of_them():
    assert len(JOURNEYS) == 8


@pytest.mark.parametrize("journey", JOURNEYS, ids=str)
def test_with_keys_alone(journey, page, essex, sign_in, console):
    page.emulate_media(reduced_motion="reduce")
    assert walked("A3", page, journey, sign_in, console) == []


@pytest.mark.parametrize("journey", JOURNEYS, ids=str)
def test_with_keys_alone_and_without_javascript(journey, plain_page, essex, sign_in, console):
    plain_page.emulate_media(reduced_motion="reduce")
    assert walked("A19", plain_page, journey, sign_in, console) == []


def walked(number, page, journey, sign_in, console):
    if journey.person:
        sign_in(page, journey.person)
    page.goto(journey.address)
    found = CHECKS[number](page, journey)
    if ("somebody_else_was_quicker",) in journey.steps:
        console.forgives("409")
    return found
