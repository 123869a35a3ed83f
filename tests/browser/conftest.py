"""People in a real Chromium, over the Essex demonstration. A console that is not empty fails any test."""

import io
import os
import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import User
from initiatives.history import portfolio
from initiatives.links import make_link
from initiatives.models import Initiative
from reports.changes import changes_since
from reports.models import SavedView
from tests import services
from tests.browser.accessibility.swaps import Swaps, told_not_once, without_focus
from tests.browser.pages import DEEDS
from tests.databases import copy, copy_back

# Playwright runs a loop in this thread, which Django takes for asynchronous code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --disable-dev-shm-usage"
)
PASSWORD = "pop-up-book"
DESKTOP, TABLET, PHONE, NARROWEST = (1280, 900), (768, 1024), (375, 800), (320, 640)


# --- The browser ----------------------------------------------------------------------------------
@pytest.fixture(scope="session")
def browser_type_launch_args():
    try:
        return {"executable_path": services.chromium(), "args": FLAGS.split()}
    except services.Missing as missing:
        pytest.skip(str(missing))


@pytest.fixture
def browser_context_args(live_server):
    return {
        "base_url": live_server.url,
        "viewport": {"width": DESKTOP[0], "height": DESKTOP[1]},
        "locale": "en-GB",
        "timezone_id": "Europe/London",
    }


class Console:
    """Everything that the browser complains of: errors, warnings, exceptions and refusals of the policy."""

    def __init__(self):
        self.said = []

    def listens_to(self, page):
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.said.append(f"exception: {error}"))

    def _hear(self, message):
        if message.type not in ("log", "info", "debug"):
            self.said.append(f"{message.type}: {message.text}")

    def forgives(self, pattern):
        """Take out what a test means to provoke, and fail when nothing of the kind was said."""
        kept = [line for line in self.said if not re.search(pattern, line)]
        assert len(kept) < len(self.said), f"the console said nothing like {pattern!r}: {self.said}"
        self.said = kept


@pytest.fixture
def console():
    """What the console says, which must be nothing by the end of the test."""
    console = Console()
    yield console
    assert console.said == []


@pytest.fixture
def swaps():
    """What was swapped, each time with a place for the focus, and told to a reader once: A8 and A9, of every test."""
    swaps = Swaps()
    yield swaps
    assert [*without_focus(swaps.heard), *told_not_once(swaps.heard)] == []


@pytest.fixture
def page(page, console, swaps):
    """A page whose console and swaps are listened to."""
    console.listens_to(page)
    swaps.listens_to(page)
    page.set_default_timeout(10_000)
    return page


@pytest.fixture
def plain_page(new_context, console):
    """A page of a browser in which JavaScript is off."""
    page = new_context(java_script_enabled=False).new_page()
    console.listens_to(page)
    page.set_default_timeout(10_000)
    return page


@pytest.fixture
def sign_in(live_server):
    """Sign a person in without the form: `sign_in(page, olga)`, or a username of the demonstration."""

    def signed_in(page, person):
        client = Client()
        client.force_login(User.objects.get(username=person) if isinstance(person, str) else person)
        name = settings.SESSION_COOKIE_NAME
        page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])

    return signed_in


# --- The portal -----------------------------------------------------------------------------------
@pytest.fixture(scope="session")
def demonstrations(tmp_path_factory):
    """Where copies of the loaded demonstration are kept: the file of each day."""
    folder = tmp_path_factory.mktemp("demonstrations")
    return lambda day: folder / f"{day}.sqlite3"


@pytest.fixture
def essex(transactional_db, settings, demonstrations):
    """The demonstration, anew for every test: history cannot be taken back. On SQLite it is loaded once, and copied."""
    settings.DEMO_PASSWORD = PASSWORD
    copied = demonstrations(timezone.localdate())
    if copied.exists():
        assert not User.objects.exists(), "the demonstration comes before the cast"
        copy_back(copied)
        return
    call_command("load_demo", stdout=io.StringIO())
    if connection.vendor == "sqlite":
        copy(copied)


@pytest.fixture
def olgas(essex, olga):
    """Olga's initiative: in progress, overdue for an update, one milestone late and one open."""
    initiative = Initiative.objects.get(ref="DS-021")
    initiative.owner = olga
    initiative.save()
    return initiative


@pytest.fixture
def partners_link(essex):
    """The path of a link for a partner who owns DS-026."""
    initiative = Initiative.objects.get(ref="DS-026")
    return make_link(initiative=initiative, person=initiative.owner, by=None)[1]


@pytest.fixture
def past_day():
    """A day of the demonstration's past, as an address writes it."""
    return (timezone.localdate() - timedelta(days=90)).isoformat()


@pytest.fixture
def quiet_days(essex):
    """Two days of the demonstration's past between which nothing changed, as an address writes them."""
    today = timezone.localdate()
    for days in range(1, 200):
        on = today - timedelta(days=days)
        if not changes_since(on - timedelta(days=1), portfolio(on)).count:
            return {"quiet_since": (on - timedelta(days=1)).isoformat(), "quiet_day": on.isoformat()}
    raise AssertionError("something changed on every day")


def size(page, width_and_height):
    """Give the page's window a size."""
    page.set_viewport_size({"width": width_and_height[0], "height": width_and_height[1]})


@pytest.fixture
def address_of(request):
    """Write the address of one of `pages.PAGES`, with what only this portal knows."""

    def written(which):
        return which.address.format(
            past_day=request.getfixturevalue("past_day"),
            **(request.getfixturevalue("quiet_days") if "{quiet" in which.address else {}),
            id=getattr(Initiative.objects.filter(ref="DS-010").first(), "pk", ""),
            view=f"/exports/views/{getattr(SavedView.objects.first(), 'pk', '')}/",
            link=request.getfixturevalue("partners_link") if "{link}" in which.address else "",
        )

    return written


@pytest.fixture
def open_page(page, console, sign_in, address_of, request, live_server):
    """Open one of `pages.PAGES` as the person who would, and do there what they do."""

    def opened(which):
        if which.portal == "essex":
            request.getfixturevalue("essex")
            person = which.person
        else:
            person = request.getfixturevalue({"office": "oscar"}[which.person])
        if person:
            sign_in(page, person)
        if which.deed == "break_down":
            page.route("**/", broken_down)
        response = page.goto(address_of(which))
        assert response.status == which.status
        if which.status >= 400:
            console.forgives(rf"status of {which.status}")
        if which.deed in DEEDS:
            DEEDS[which.deed](page)
        if which.deed.endswith("_with_errors"):
            console.forgives("status of 422")
        if which.deed == "save_after_somebody_else":
            console.forgives("409")
        return page

    return opened


def broken_down(route):
    """Answer as the portal does when all else has fallen."""
    policy = "; ".join(f"{name} {value}" for name, value in settings.CONTENT_SECURITY_POLICY.items())
    route.fulfill(
        status=500,
        body=(settings.BASE_DIR / "templates/500.html").read_text(),
        headers={"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": policy},
    )
