"""What the keyboard reaches: no trap, and whole journeys by keys alone, with JavaScript and without."""

import re
from dataclasses import dataclass

from playwright.sync_api import Error, expect

from tests.browser.checks import STOP, STOPS, focused

MOST = 60  # presses of a key in one journey; letters of what is typed are not counted

# Each place that gets the focus, in order. Only listened to: a look at each would take a minute a page.
LISTEN = """() => {
    if (window.passes) return;
    window.passes = true;
    document.addEventListener("focusin", (event) => {
        const stop = event.target;
        window.passed.push(stop.type === "radio" ? document.getElementsByName(stop.name)[0] : stop);
    });
}"""
PASSED = """() => {
    const all = [...document.body.querySelectorAll("*")];
    return window.passed.map((stop) => all.indexOf(stop));
}"""
SAID = "place => [...document.body.querySelectorAll('*')][place].outerHTML.trim().slice(0, 140)"


def by_keys(page):
    """Let the browser know that this person has a keyboard, so that a ring is drawn."""
    page.keyboard.press("Shift")


def traps(page, keys=("Tab", "Shift+Tab"), most=200):
    """A4: Tab and Shift+Tab pass every stop of the page, and come round."""
    stops = page.evaluate(STOPS)
    findings = []
    page.evaluate(LISTEN)
    for key in keys:
        page.evaluate("() => { window.passed = []; }")
        pressed, missed = 0, stops
        while missed and pressed < max(most, len(stops) + 40):
            presses = len(missed) + 2  # a date is several stops in one place, and the browser has some of its own
            for _ in range(presses):
                page.keyboard.press(key)
            passed = set(page.evaluate(PASSED))
            pressed, missed = pressed + presses, [place for place in stops if place not in passed]
        findings += [f"{key} never comes to {page.evaluate(SAID, place)}" for place in missed]
    return findings


# --- Journeys -------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Journey:
    """What a person does from an address on, by keys alone, in steps of `STEPS`."""

    name: str
    person: str | None
    address: str
    steps: tuple

    def __str__(self):
        return self.name


class Lost(Exception):
    """The keyboard did not lead to where the person wanted to go."""


class Keyboard:
    """A person without a mouse: every press is counted."""

    def __init__(self, page, most=MOST):
        self.page, self.pressed, self.most = page, 0, most

    def press(self, key):
        self.pressed += 1
        if self.pressed > self.most:
            raise Lost(f"more than {self.most} keys were pressed")
        self.page.keyboard.press(key)

    def tab(self, words, key="Tab"):
        """Press Tab until something that begins with these words has the focus."""
        passed = []
        while True:
            try:
                self.press(key)
            except Lost as lost:
                raise Lost(f"Tab never came to “{words}”, but to {passed[-8:]}: {lost}") from None
            stop = self.page.evaluate(STOP)
            passed.append(stop["words"][:40] if stop else None)
            if stop and stop["words"].startswith(words):
                return

    def back(self, words):
        self.tab(words, "Shift+Tab")

    def past_the_masthead(self):
        """Take the way past the masthead that every page begins with."""
        self.tab("Skip to main content")
        self.press("Enter")

    def send_if_nothing_does(self):
        """Press Enter where no script sends what was chosen."""
        if not self.page.evaluate("'htmx' in window"):
            self.press("Enter")

    def type(self, words):
        self.page.keyboard.type(words)

    def file(self, label, file):
        """Choose a file: its dialog is the operating system's own."""
        self.tab(label)
        self.page.get_by_label(label, exact=True).set_input_files(file)

    def download(self, name):
        """Press Enter, and have a file whose name begins like that."""
        with self.page.expect_download() as download:
            self.press("Enter")
        if not download.value.suggested_filename.startswith(name):
            raise Lost(f"the file is {download.value.suggested_filename}, not {name}")

    def somebody_else_was_quicker(self):
        """Let the form be older than what is on record."""
        self.page.locator("[name=version]").evaluate("field => { field.value = 1; }")

    def see(self, words, seconds=30):
        """See words on the page, or their pattern, as soon as it has them."""
        place = self.page.get_by_text(re.compile(words)).filter(visible=True).first
        try:
            expect(place).to_be_visible(timeout=1000 * seconds)
        except AssertionError:
            raise Lost(f"“{words}” is not seen, while {focused(self.page)} has the focus") from None


def lost_on_the_way(page, journey):
    """A3: a whole journey by keys alone, in at most 60 presses. A19: the same in a browser without JavaScript."""
    keyboard = Keyboard(page)
    for step, *more in journey.steps:
        try:
            getattr(keyboard, step)(*more)
        except (Lost, Error) as lost:
            return [f"{journey}: {lost}"]
    return []
