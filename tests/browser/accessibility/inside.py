"""The checks that a page answers from the inside, by dom.js and words.js, and by axe."""

from pathlib import Path

from axe_playwright_python.base import AXE_SCRIPT

from initiatives.status import MilestoneStatus, Status
from tests.browser.accessibility.keys import by_keys

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]

# A scrolling table's edges are shaded by gradients, on which axe judges no contrast: they go before it looks.
WITHOUT_GRADIENTS = """() => {
    for (const sheet of document.styleSheets) {
        if (sheet.href && sheet.href.includes("components.css")) {
            sheet.insertRule(".table-scroll { background: var(--sheet) !important; }", sheet.cssRules.length);
        }
    }
}"""

HERE = Path(__file__).parent
SCRIPTS = [(HERE / name).read_text() for name in ("dom.js", "words.js")]
WORDS = {word.value: word.label for word in (*Status, *MilestoneStatus)}

# What a page answers from the inside; of these, what asks where the keyboard's focus is.
IN_THE_PAGE = {"A2", "A5", "A6", "A7", "A10", "A11", "A13", "A14", "A15", "A16", "A17", "A18", "A20"}
BY_KEYS = {"A2", "A14"}

# In forced colours, nothing but colours is another.
OF_COLOURS = ["color-contrast", "link-in-text-block"]
# What axe cannot judge, and why we may leave it: rule -> the words of its doubt. Words that stand on the layers of a
# picture, on an icon or on a shaded edge have no ground that axe can find: tests/static/test_tokens.py computes the
# contrast of every pair of word and ground. Words in the very colour of their ground stay found. Arrows that name keys
# are words to us. Where a header of a group of rows lies across a table, axe takes a column below it for an empty one;
# and in the administration's own tables a column may be empty: nothing was said there, or there is nothing to remove.
REVIEWED = {
    "color-contrast": ("too short to determine", "could not be determined", "only non-text characters"),
    "th-has-data-cells": ("missing or empty",),
}
REVIEWED_IN = {"th-has-data-cells": "table:has(th[scope=rowgroup][colspan]), #nav-sidebar table, #content-main table"}


def ask(page, *numbers):
    """Ask the page some checks of dom.js and words.js, in one go: number -> findings."""
    if not page.evaluate("'a11y' in window"):
        page.evaluate("\n".join(SCRIPTS))
    if not BY_KEYS.isdisjoint(numbers):
        by_keys(page)
    asked = [[number, [WORDS] if number == "A10" else []] for number in numbers]
    return page.evaluate(
        "asked => Object.fromEntries(asked.map(([number, more]) => [number, window.a11y[number](...more)]))", asked
    )


def what_axe_finds(page, rules=None):
    """A1: every rule of axe and its best practice; what axe cannot judge is reviewed, or found."""
    page.evaluate(WITHOUT_GRADIENTS)
    if not page.evaluate("'axe' in window"):  # half a megabyte, which a page need read but once
        page.evaluate(AXE_SCRIPT)
    # To read what a style sheet imports, as the administration's do, axe writes a style that the policy refuses.
    options = {
        "runOnly": {"type": "rule", "values": rules} if rules else {"type": "tag", "values": TAGS},
        "resultTypes": ["violations", "incomplete"],
        "preload": "/admin/" not in page.url,
    }
    found = page.evaluate(
        "options => axe.run(options).then(({violations, incomplete}) => [violations, incomplete])", options
    )
    violations, doubts = ([(rule["id"], node) for rule in kind for node in rule["nodes"]] for kind in found)
    return [
        *(f"{rule}: {node['html'][:200]} {node.get('failureSummary', '')}" for rule, node in violations),
        *(  # in forced colours the ground is the reader's own: there is nothing to review
            f"{rule} (in doubt): {node['html'][:200]} {doubt(node)}"
            for rule, node in doubts
            if not (rules or reviewed(page, rule, node))
        ),
    ]


def doubt(node):
    """Return why axe could not judge an element."""
    return " | ".join(said["message"] for said in (*node["any"], *node["all"], *node["none"]))


def reviewed(page, rule, node):
    """Say whether somebody has looked at such a doubt, in such an element."""
    if not any(words in doubt(node) for words in REVIEWED.get(rule, ())):
        return False
    where = REVIEWED_IN.get(rule)
    return where is None or page.locator(node["target"][0]).and_(page.locator(where)).count() == 1


def unseen_focus(page):
    """A2: every stop shows that it has the focus: a ring of 2 px or more, at 3 to 1, that is not there without it."""
    return ask(page, "A2")["A2"]


def clicked_but_no_button(page):
    """A5: whatever is clicked is a button or a link, and has a name."""
    return ask(page, "A5")["A5"]


def wider_than_the_window(page):
    """A6: at 320 px nothing scrolls sideways but tables, within a region that the keyboard reaches."""
    return ask(page, "A6")["A6"]


def cut_off_when_spaced(page):
    """A7: with the spacing that a reader may need, no word is cut off."""
    return ask(page, "A7")["A7"]


def status_by_colour_alone(page):
    """A10: each status is a word and a shape of its own."""
    return ask(page, "A10")["A10"]


def pale_edges(page):
    """A11: edges of fields and marks of statuses stand out at 3 to 1."""
    return ask(page, "A11")["A11"]


def motion(page):
    """A13: nothing moves when less motion is asked for, and nothing ever without end."""
    return ask(page, "A13")["A13"]


def hidden_focus_or_small_targets(page):
    """A14: no stop is covered when it has the focus; targets are 24 px or apart; nothing can only be dragged."""
    return ask(page, "A14")["A14"]


def for_a_mouse_alone(page):
    """A15: what hovering shows, focus shows too, and Escape takes away."""
    return ask(page, "A15")["A15"]


def errors_unlinked(page):
    """A16: errors are summed up where the focus is, lead to their fields, and are told with them."""
    return ask(page, "A16")["A16"]


def labels_unseen(page):
    """A17: each field has a label that is seen."""
    return ask(page, "A17")["A17"]


def headings_and_links_unclear(page):
    """A18: language, title, headings, landmarks, and links whose words say where they lead."""
    return ask(page, "A18")["A18"]


def time_that_runs_out(page):
    """A20: no page leaves by itself; a session that ends says so two minutes before, and can be extended."""
    return ask(page, "A20")["A20"]
