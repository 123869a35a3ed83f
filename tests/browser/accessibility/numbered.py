"""The checks by their numbers. docs/decisions/0026 says what each asks and which rule of WCAG it answers."""

from tests.browser.accessibility import inside, keys, swaps
from tests.browser.accessibility.figures import charts_without_words
from tests.browser.accessibility.post import unreadable_elsewhere
from tests.browser.accessibility.trees import changed_tree

CHECKS = {
    "A1": inside.what_axe_finds,
    "A2": inside.unseen_focus,
    "A3": keys.lost_on_the_way,  # with a journey
    "A4": keys.traps,
    "A5": inside.clicked_but_no_button,
    "A6": inside.wider_than_the_window,
    "A7": inside.cut_off_when_spaced,
    "A8": swaps.lost_focus,
    "A9": swaps.untold_swaps,
    "A10": inside.status_by_colour_alone,
    "A11": inside.pale_edges,
    "A12": charts_without_words,
    "A13": inside.motion,  # under prefers-reduced-motion
    "A14": inside.hidden_focus_or_small_targets,
    "A15": inside.for_a_mouse_alone,
    "A16": inside.errors_unlinked,  # before anything else has had the focus
    "A17": inside.labels_unseen,
    "A18": inside.headings_and_links_unclear,
    "A19": keys.lost_on_the_way,  # with a journey, in a browser without JavaScript
    "A20": inside.time_that_runs_out,
    "A21": changed_tree,  # with the name of a reviewed tree
    "A22": unreadable_elsewhere,  # of letters and tables
}

# What a page can answer in one look, at any width. A16 comes first: it asks where the focus is.
AT_EVERY_WIDTH = ("A6", "A17", "A5", "A11", "A18")
ONCE = ("A16", "A8", "A9", "A10", "A12", "A20", "A15")
BY_KEYS = ("A2", "A14")


def found(page, *numbers):
    """Return what these checks find on the page as it stands, each finding under its number."""
    together = [number for number in numbers if number in inside.IN_THE_PAGE]
    answers = inside.ask(page, *together) if together else {}
    answers |= {number: CHECKS[number](page) for number in numbers if number not in answers}
    return [f"{number}: {finding}" for number in numbers for finding in answers[number]]
