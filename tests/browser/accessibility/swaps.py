"""What a reader is told when htmx swaps a part of the page: swaps.js hears it, on every page of every test."""

import json
from pathlib import Path

WATCH = (Path(__file__).parent / "swaps.js").read_text()
SAID = "swap "


class Swaps:
    """Every swap that the pages of a test made, also of pages that are gone."""

    def __init__(self):
        self.heard = []

    def listens_to(self, page):
        page.add_init_script(WATCH)
        page.on("console", self._hear)

    def _hear(self, message):
        if message.type == "debug" and message.text.startswith(SAID):
            self.heard.append(json.loads(message.text.removeprefix(SAID)))


def without_focus(swaps):
    return [f"after #{swap['region']} was swapped, nothing has the focus" for swap in swaps if not swap["focus"]]


def told_not_once(swaps):
    """A reader hears of a swap once: by a status or an alert, or because the focus went into what is new."""
    findings = []
    for swap in swaps:
        told = len(swap["told"]) or int(swap["moved"])
        if told > 1 or (told == 0 and not swap["quiet"]):
            findings.append(f"the swap of #{swap['region']} was told {told} times: {swap['told']}")
    return findings


def lost_focus(page):
    """A8: after every swap, something has the focus."""
    return without_focus(page.evaluate("window.swaps || []"))


def untold_swaps(page):
    """A9: every swap is told exactly once."""
    return told_not_once(page.evaluate("window.swaps || []"))
