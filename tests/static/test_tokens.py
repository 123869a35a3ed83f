"""The palette can be told apart by everyone: 4.5 to 1 for words, 3 to 1 for marks and edges (WCAG 1.4.3, 1.4.11)."""

import re

import pytest
from django.conf import settings

from reports.charts import DONE, INK, PAPER, PLANNED, STATUS_LOOK

CSS = (settings.BASE_DIR / "static/css/tokens.css").read_text()
ON_SCREEN = CSS[: CSS.index("@media print")]
TOKENS = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", ON_SCREEN)) | {"white": "#ffffff"}

GROUNDS = ("paper", "sheet", "paper-deep")
TINTS = ("green-tint", "amber-tint", "red-tint", "silent-tint", "accent-tint")
PILLARS = [f"pillar-{slot}" for slot in range(1, 9)]
STATUSES = {"no-current-update": "silent", "never-updated": "never"}

WORDS = [
    *(("ink", ground) for ground in (*GROUNDS, *TINTS, "focus", "amber-fill", *(f"{p}-tint" for p in PILLARS))),
    *(("ink-soft", ground) for ground in (*GROUNDS, *TINTS, *(f"{p}-tint" for p in PILLARS))),
    *(("accent-deep", ground) for ground in (*GROUNDS, *TINTS, *(f"{p}-tint" for p in PILLARS))),
    *(("white", ground) for ground in ("ink", "ink-raised", "accent", "accent-deep")),
    *(("white", f"{status}-fill") for status in ("green", "red", "complete", "stopped")),
    *((line, ground) for line in ("red-fill", "red-line") for ground in GROUNDS),
    *((pillar, ground) for pillar in PILLARS for ground in GROUNDS),
]
MARKS = [
    *((f"{name}-line", ground) for name in ("green", "amber", "red", "silent", "never") for ground in GROUNDS),
    *((f"{name}-line", ground) for name in ("paused", "proposed", "complete", "stopped") for ground in GROUNDS),
    *((f"{name}-line", f"{name}-tint") for name in ("green", "amber", "red", "silent")),
    *(("line-strong", ground) for ground in GROUNDS),
    *(("focus-ring", ground) for ground in GROUNDS),
    *((pillar, f"{pillar}-tint") for pillar in PILLARS),
    ("accent", "sheet"),
    ("focus", "ink"),
]


def luminance(colour):
    """Return the relative luminance of `#rrggbb`, as WCAG defines it."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one, other):
    """Return the contrast ratio of two colours."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_is_what_wcag_says():
    assert contrast("#000000", "#ffffff") == 21
    assert round(contrast("#777777", "#ffffff"), 2) == 4.48


@pytest.mark.parametrize(("words", "ground"), WORDS)
def test_words_are_read_on_their_grounds(words, ground):
    assert contrast(TOKENS[words], TOKENS[ground]) >= 4.5


@pytest.mark.parametrize(("mark", "ground"), MARKS)
def test_marks_and_edges_are_seen_on_their_grounds(mark, ground):
    assert contrast(TOKENS[mark], TOKENS[ground]) >= 3


@pytest.mark.parametrize("status", STATUS_LOOK)
def test_a_status_has_one_colour_in_charts_and_on_pages(status):
    assert STATUS_LOOK[status][0] == TOKENS[f"{STATUSES.get(status, status)}-fill"]


def test_statuses_that_share_a_colour_in_charts_are_told_apart_by_their_patterns():
    looks = [(colour, pattern) for colour, pattern, _ in STATUS_LOOK.values()]
    assert len(set(looks)) == len(looks)
    assert {status for status, (colour, _, _) in STATUS_LOOK.items() if colour == PAPER} == {
        "no-current-update",
        "never-updated",
        "proposed",
    }


def test_charts_are_drawn_in_the_portals_ink_paper_and_accent():
    assert TOKENS["ink"] == INK == PLANNED
    assert TOKENS["sheet"] == PAPER
    assert TOKENS["accent"] == DONE
    assert contrast(INK, PAPER) >= 4.5
    assert contrast(DONE, PAPER) >= 3
