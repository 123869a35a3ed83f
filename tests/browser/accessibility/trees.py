"""What a screen reader is given: the tree of a page, reviewed once and kept, so that no word of it changes unseen.

Renew the trees with `RENEW_TREES=1 .venv/bin/python -m pytest -m browser tests/browser/test_trees.py`, and read the
difference as somebody would who hears it.
"""

import difflib
import os
import re
from pathlib import Path

TREES = Path(__file__).parent / "trees"


def tree_of(page, place="body"):
    """Return the accessibility tree of a part of the page, as Playwright writes it."""
    tree = page.locator(place).aria_snapshot()
    without_port = re.sub(r"http://(localhost|127\.0\.0\.1):\d+", "", tree)
    return re.sub(r"\b\d\d:\d\d\b", "10:00", without_port).strip() + "\n"  # the clock of the test goes on


def changed_tree(page, name, place="body"):
    """A21: the tree of the page is the one that was reviewed, line by line."""
    file = TREES / f"{name}.yml"
    found = tree_of(page, place)
    if os.environ.get("RENEW_TREES"):
        file.write_text(found)
    reviewed = file.read_text() if file.exists() else ""
    lines = difflib.unified_diff(reviewed.splitlines(), found.splitlines(), "reviewed", "found", lineterm="", n=1)
    return [line for line in lines if not line.startswith(("---", "+++", "@@"))]
