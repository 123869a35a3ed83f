"""What the browser refuses by the policy comes back to the portal and is counted."""

import pytest

from strategy_portal.models import PolicyReport

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def tells_at_once(route):
    """Leave `report-to` out of a page's policy: Chromium keeps such reports for a minute, others it sends at once."""
    answer = route.fetch()
    policy = answer.headers["content-security-policy"].replace("; report-to policy", "")
    route.fulfill(response=answer, headers=answer.headers | {"content-security-policy": policy})


def test_a_style_that_somebody_put_into_a_page_is_refused_and_counted(page, console):
    page.route("**/accounts/login/", tells_at_once)
    page.goto("/accounts/login/")
    page.evaluate("document.querySelector('main').setAttribute('style', 'color: red')")
    console.forgives("Content Security Policy")
    for _ in range(200):  # the browser tells after the fact, and Playwright does not hear of it
        if found := list(PolicyReport.objects.values_list("directive", "page", "times")):
            break
        page.wait_for_timeout(50)
    assert found == [("style-src-attr", "accounts/login/", 1)]
