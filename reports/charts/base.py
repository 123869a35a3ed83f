"""What every chart stands on: how statuses look, the bundle that a chart is, and the parts of its picture."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from html import escape
from typing import Any, ParamSpec

log = logging.getLogger("portal.charts")
Numbers = ParamSpec("Numbers")

# Status -> colour, pattern (Plotly's word for the hatching) and label. The order is the order of every chart.
STATUS_LOOK: dict[str, tuple[str, str, str]] = {
    "complete": ("#2b3a73", "", "Complete"),
    "green": ("#1d8263", "", "Green"),
    "amber": ("#f6b32f", "/", "Amber"),
    "red": ("#b81f2e", "x", "Red"),
    "no-current-update": ("#ffffff", "|", "No current update"),
    "never-updated": ("#ffffff", ".", "Never updated"),
    "paused": ("#7d86a8", "-", "Paused"),
    "proposed": ("#ffffff", "", "Proposed"),
    "stopped": ("#47424f", "+", "Stopped"),
}
INK, PAPER, DONE, PLANNED = "#17183b", "#ffffff", "#2f3fd1", "#17183b"
FONT = "Atkinson Hyperlegible, Arial, sans-serif"


@dataclass(frozen=True)
class Table:
    """The numbers of a chart: column headings, then rows whose first cell is the row's heading."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str | int, ...], ...]


class Picture(str):
    """An SVG that templates may show as it stands: every word in it was escaped when it was made."""

    def __html__(self) -> str:
        return self


@dataclass(frozen=True)
class Chart:
    """A chart that can be looked at, read out, and checked."""

    id: str
    title: str
    sentence: str
    figure: dict[str, Any]
    svg: Picture
    table: Table
    failed: bool = False


def stands_when_it_fails(id_: str, title: str) -> Callable[[Callable[Numbers, Chart]], Callable[Numbers, Chart]]:
    """Let a chart that cannot be drawn be words in its place and lines in the log: the rest of its page stands."""

    def guard(draw: Callable[Numbers, Chart]) -> Callable[Numbers, Chart]:
        @wraps(draw)
        def drawn(*numbers: Numbers.args, **more: Numbers.kwargs) -> Chart:
            try:
                return draw(*numbers, **more)
            except Exception:
                log.exception("the chart %s could not be drawn", id_)
                return Chart(id_, title, FAILED, {}, Picture(""), Table((), ()), failed=True)

        return drawn

    return guard


FAILED = "This chart cannot be shown. The fault is ours, and it has been noted. The rest of the page stands."


def layout_of(below: int, **more: Any) -> dict[str, Any]:
    """Return what every figure shares: our type, room for labels, and no animation."""
    return {
        "font": {"family": FONT, "size": 14, "color": INK},
        "paper_bgcolor": PAPER,
        "plot_bgcolor": PAPER,
        "margin": {"l": 8, "r": 16, "t": 8, "b": below},
        "legend": {
            "orientation": "h",
            "x": 0,
            "xanchor": "left",
            "y": 0,
            "yanchor": "bottom",
            "yref": "container",
            "traceorder": "normal",
        },
        "transition": {"duration": 0},
        **more,
    }


def marker_of(status: str) -> dict[str, Any]:
    """Return how Plotly draws a bar of this status: its colour, an edge, and its hatching."""
    colour, pattern, _ = STATUS_LOOK[status]
    marker: dict[str, Any] = {"color": colour, "line": {"color": INK, "width": 1}}
    if pattern:  # without "overlay" a white foreground makes the bars vanish
        marker["pattern"] = {
            "shape": pattern,
            "fillmode": "overlay",
            "fgcolor": INK,
            "size": 6,
            "solidity": 0.2,
        }
    return marker


def listed(words: Sequence[str]) -> str:
    """Join words as a sentence lists them: Purpose, Process and People."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


# --- Pictures -------------------------------------------------------------------------------------
# 400 units wide, so that 14-unit type is still read on a phone. Attributes, not styles: the policy refuses those.
WIDTH = 400
HATCH = {
    "/": '<path d="M-1 7 7-1M3 11 11 3"/>',
    "x": '<path d="M0 0 8 8M8 0 0 8"/>',
    "|": '<path d="M4 0V8"/>',
    "-": '<path d="M0 4H8"/>',
    "+": '<path d="M4 0V8M0 4H8"/>',
    ".": '<circle cx="4" cy="4" r="1"/>',
}


def svg(id_: str, height: int, body: str, statuses: Sequence[str] = ()) -> Picture:
    """Wrap a picture. It is decoration to a screen reader: title, sentence and table say the same."""
    patterns = "".join(
        f'<pattern id="{id_}-{status}" width="8" height="8" patternUnits="userSpaceOnUse">'
        f'<rect width="8" height="8" fill="{STATUS_LOOK[status][0]}"/>'
        f'<g stroke="{INK}" stroke-width="1" fill="{INK}">{HATCH.get(STATUS_LOOK[status][1], "")}</g></pattern>'
        for status in statuses
    )
    return Picture(
        f'<svg class="chart-svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        f'aria-hidden="true" focusable="false" font-family="{FONT}" font-size="14" fill="{INK}">'
        f"<defs>{patterns}</defs>{body}</svg>"
    )


def text(x: float, y: float, words: str, **attributes: Any) -> str:
    """Return words at a place of the picture, escaped."""
    more = "".join(f' {name.replace("_", "-")}="{value}"' for name, value in attributes.items())
    return f'<text x="{x:g}" y="{y:g}"{more}>{escape(words)}</text>'


def box(x: float, y: float, width: float, height: float, fill: str) -> str:
    """Return a box with an edge of ink."""
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{fill}" stroke="{INK}"/>'


def legend(id_: str, statuses: Sequence[str], y: float) -> tuple[str, float]:
    """Return the legend, two entries a line, and where it ends."""
    body = ""
    for place, status in enumerate(statuses):
        x, row_y = (place % 2) * WIDTH / 2, y + (place // 2) * 24
        body += box(x + 1, row_y, 16, 16, f"url(#{id_}-{status})")
        body += text(x + 24, row_y + 13, STATUS_LOOK[status][2])
    return body, y + ((len(statuses) + 1) // 2) * 24


def count_label(x: float, y: float, width: float, count: int) -> str:
    """Return a count on a paper-coloured plate, so that it is read on any colour and pattern."""
    digits = len(str(count))
    if width < 10 * digits + 6:
        return ""
    half = 4.5 * digits + 3
    middle = x + width / 2
    plate = f'<rect x="{middle - half:.1f}" y="{y - 13:.1f}" width="{2 * half:.1f}" height="17" rx="3" fill="{PAPER}"/>'
    return plate + text(middle, y, str(count), text_anchor="middle")
