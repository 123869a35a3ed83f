"""Charts: numbers in; out come the figure for Plotly, its title, the sentence that it proves, a picture and a table.

Plain Python: no Django, no queries. The figure is a dict (plotly's own classes check it in the tests); the picture is
an SVG made here, so that a chart is seen without JavaScript and before any is loaded. Colours repeat the tokens of
static/css/tokens.css, and a test holds the two together.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

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


def _layout(below: int, **more: Any) -> dict[str, Any]:
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


def _marker(status: str) -> dict[str, Any]:
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


def _shown(counts: Sequence[dict[str, int]]) -> list[str]:
    """Return the statuses that occur at all, in the order of every chart."""
    return [status for status in STATUS_LOOK if any(count.get(status) for count in counts)]


def distribution_chart(names: Sequence[str], counts: Sequence[dict[str, int]]) -> Chart:
    """Chart how many initiatives of each pillar show each status; silence is drawn like any other status."""
    statuses = _shown(counts)
    data = [
        {
            "type": "bar",
            "orientation": "h",
            "name": STATUS_LOOK[status][2],
            "y": list(names),
            "x": [count.get(status, 0) for count in counts],
            "marker": _marker(status),
            "hovertemplate": "%{y}: %{x} " + STATUS_LOOK[status][2].lower() + "<extra></extra>",
        }
        for status in statuses
    ]
    layout = _layout(
        below=130,
        barmode="stack",
        height=190 + 60 * len(names),
        yaxis={"autorange": "reversed", "automargin": True},
        xaxis={
            "title": {"text": "Initiatives", "standoff": 6},
            "rangemode": "tozero",
            "tickformat": "d",
            "automargin": True,
        },
    )
    return Chart(
        id="distribution",
        title="How initiatives stand, by pillar",
        sentence=distribution_sentence(names, counts),
        figure={"data": data, "layout": layout},
        svg=_distribution_svg(names, counts, statuses),
        table=Table(
            headings=("Pillar", *(STATUS_LOOK[status][2] for status in statuses), "All"),
            rows=tuple(
                (name, *(count.get(status, 0) for status in statuses), sum(count.values()))
                for name, count in zip(names, counts, strict=True)
            ),
        ),
    )


def distribution_sentence(names: Sequence[str], counts: Sequence[dict[str, int]]) -> str:
    """Say which pillar has the most red and silent work, or that there is none."""
    worst = [
        count.get("red", 0) + count.get("no-current-update", 0) + count.get("never-updated", 0) for count in counts
    ]
    if not names or not sum(sum(count.values()) for count in counts):
        return "There are no initiatives yet."
    if not any(worst):
        return "No initiative is red, and none is silent."
    most = [name for name, count in zip(names, worst, strict=True) if count == max(worst)]
    verb = "has" if len(most) == 1 else "have"
    each = "" if len(most) == 1 else " each"
    return f"{_listed(most)} {verb} the most work that is red or silent: {max(worst)}{each}."


def progress_chart(
    names: Sequence[str],
    progress: Sequence[int | None],
    planned: Sequence[int | None],
    gaps: Sequence[int | None],
) -> Chart:
    """Chart progress against what was first promised by now, in percent, and the gap in points, by pillar."""
    data = [
        {
            "type": "bar",
            "orientation": "h",
            "name": "Progress",
            "y": list(names),
            "x": list(progress),
            "width": 0.5,
            "marker": {"color": DONE},
            "hovertemplate": "%{y}: %{x}% done<extra></extra>",
        },
        {
            "type": "scatter",
            "mode": "markers",
            "name": "Planned by now",
            "y": list(names),
            "x": list(planned),
            "marker": {"symbol": "line-ns-open", "size": 26, "color": PLANNED, "line": {"width": 4}},
            "hovertemplate": "%{y}: %{x}% planned<extra></extra>",
        },
    ]
    layout = _layout(
        below=90,
        height=130 + 60 * len(names),
        yaxis={"autorange": "reversed", "automargin": True},
        xaxis={
            "range": [0, 102],
            "ticksuffix": "%",
            "automargin": True,
        },
    )
    return Chart(
        id="progress",
        title="Progress against the first plan, by pillar",
        sentence=progress_sentence(names, gaps),
        figure={"data": data, "layout": layout},
        svg=_progress_svg(names, progress, planned),
        table=Table(
            headings=("Pillar", "Progress, %", "Planned by now, %", "Gap, points"),
            rows=tuple(
                (name, *("none" if cell is None else cell for cell in cells))
                for name, *cells in zip(names, progress, planned, gaps, strict=True)
            ),
        ),
    )


def progress_sentence(names: Sequence[str], gaps: Sequence[int | None]) -> str:
    """Say which pillar is furthest behind its plan, or that none is."""
    known = [(gap, name) for name, gap in zip(names, gaps, strict=True) if gap is not None]
    if not known:
        return "No milestones are set yet, so there is no progress to show."
    least = min(gap for gap, _ in known)
    if least >= 0:
        return "No pillar is behind its first plan."
    furthest = [name for gap, name in known if gap == least]
    verb = "is" if len(furthest) == 1 else "are"
    unit = "point" if least == -1 else "points"
    return f"{_listed(furthest)} {verb} furthest behind the first plan: {-least} {unit}."


TREND_STATUSES = ("green", "amber", "red", "no-current-update", "never-updated")


def trend_chart(months: Sequence[str], counts: Sequence[dict[str, int]]) -> Chart:
    """Chart how work in progress stood at each month's end, `counts` being the whole portfolio's statuses."""
    data = [
        {
            "type": "bar",
            "name": STATUS_LOOK[status][2],
            "x": list(months),
            "y": [count.get(status, 0) for count in counts],
            "marker": _marker(status),
            "hovertemplate": "%{x}: %{y} " + STATUS_LOOK[status][2].lower() + "<extra></extra>",
        }
        for status in TREND_STATUSES
    ]
    layout = _layout(
        below=130,
        barmode="stack",
        height=440,
        xaxis={"type": "category", "tickangle": 0, "nticks": 4, "automargin": True},
        yaxis={
            "title": {"text": "Initiatives in progress"},
            "rangemode": "tozero",
            "tickformat": "d",
            "automargin": True,
        },
    )
    return Chart(
        id="trend",
        title="Work in progress at each month’s end",
        sentence=trend_sentence(months, counts),
        figure={"data": data, "layout": layout},
        svg=_trend_svg(months, counts),
        table=Table(
            headings=("Month’s end", *(STATUS_LOOK[status][2] for status in TREND_STATUSES)),
            rows=tuple(
                (month, *(count.get(status, 0) for status in TREND_STATUSES))
                for month, count in zip(months, counts, strict=True)
            ),
        ),
    )


def trend_sentence(months: Sequence[str], counts: Sequence[dict[str, int]]) -> str:
    """Say how green, red and silent work changed from the first month to the last."""
    if len(months) < 2:
        return "There are not two months to compare yet."

    def change(label: str, *statuses: str) -> str:
        before, after = (sum(count.get(status, 0) for status in statuses) for count in (counts[0], counts[-1]))
        return f"{label} stayed at {after}" if before == after else f"{label} went from {before} to {after}"

    changes = (
        change("green", "green"),
        change("red", "red"),
        change("silent", "no-current-update", "never-updated"),
    )
    return f"From {months[0]} to {months[-1]}, {_listed(changes)}."


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


# --- Pictures -------------------------------------------------------------------------------------
# 400 units wide, so that 14-unit type is still read on a phone. Attributes, not styles: the policy refuses those.
WIDTH = 400
_HATCH = {
    "/": '<path d="M-1 7 7-1M3 11 11 3"/>',
    "x": '<path d="M0 0 8 8M8 0 0 8"/>',
    "|": '<path d="M4 0V8"/>',
    "-": '<path d="M0 4H8"/>',
    "+": '<path d="M4 0V8M0 4H8"/>',
    ".": '<circle cx="4" cy="4" r="1"/>',
}


def _svg(id_: str, height: int, body: str, statuses: Sequence[str] = ()) -> Picture:
    """Wrap a picture. It is decoration to a screen reader: title, sentence and table say the same."""
    patterns = "".join(
        f'<pattern id="{id_}-{status}" width="8" height="8" patternUnits="userSpaceOnUse">'
        f'<rect width="8" height="8" fill="{STATUS_LOOK[status][0]}"/>'
        f'<g stroke="{INK}" stroke-width="1" fill="{INK}">{_HATCH.get(STATUS_LOOK[status][1], "")}</g></pattern>'
        for status in statuses
    )
    return Picture(
        f'<svg class="chart-svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        f'aria-hidden="true" focusable="false" font-family="{FONT}" font-size="14" fill="{INK}">'
        f"<defs>{patterns}</defs>{body}</svg>"
    )


def _text(x: float, y: float, words: str, **attributes: Any) -> str:
    more = "".join(f' {name.replace("_", "-")}="{value}"' for name, value in attributes.items())
    return f'<text x="{x:g}" y="{y:g}"{more}>{escape(words)}</text>'


def _box(x: float, y: float, width: float, height: float, fill: str) -> str:
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{fill}" stroke="{INK}"/>'


def _legend(id_: str, statuses: Sequence[str], y: float) -> tuple[str, float]:
    """Return the legend, two entries a line, and where it ends."""
    body = ""
    for place, status in enumerate(statuses):
        x, row_y = (place % 2) * WIDTH / 2, y + (place // 2) * 24
        body += _box(x + 1, row_y, 16, 16, f"url(#{id_}-{status})")
        body += _text(x + 24, row_y + 13, STATUS_LOOK[status][2])
    return body, y + ((len(statuses) + 1) // 2) * 24


def _count_label(x: float, y: float, width: float, count: int) -> str:
    """Return a count on a paper-coloured plate, so that it is read on any colour and pattern."""
    digits = len(str(count))
    if width < 10 * digits + 6:
        return ""
    half = 4.5 * digits + 3
    middle = x + width / 2
    plate = f'<rect x="{middle - half:.1f}" y="{y - 13:.1f}" width="{2 * half:.1f}" height="17" rx="3" fill="{PAPER}"/>'
    return plate + _text(middle, y, str(count), text_anchor="middle")


def _distribution_svg(names: Sequence[str], counts: Sequence[dict[str, int]], statuses: Sequence[str]) -> Picture:
    most = max((sum(count.values()) for count in counts), default=0) or 1
    body, y = "", 0
    for name, count in zip(names, counts, strict=True):
        body += _text(1, y + 15, name, font_weight="bold")
        body += _text(WIDTH - 1, y + 15, f"{sum(count.values())}", text_anchor="end")
        x = 1.0
        for status in statuses:
            width = (WIDTH - 2) * count.get(status, 0) / most
            if width:
                body += _box(x, y + 22, width, 24, f"url(#distribution-{status})")
                body += _count_label(x, y + 39, width, count[status])
            x += width
        y += 60
    legend, end = _legend("distribution", statuses, y + 4)
    return _svg("distribution", int(end) + 4, body + legend, statuses)


def _progress_svg(names: Sequence[str], progress: Sequence[int | None], planned: Sequence[int | None]) -> Picture:
    body, y = "", 0
    for name, done, plan in zip(names, progress, planned, strict=True):
        words = "no milestones" if done is None or plan is None else f"{done}% done, {plan}% planned"
        body += _text(1, y + 15, name, font_weight="bold")
        body += _text(WIDTH - 1, y + 13, words, text_anchor="end")
        body += _box(1, y + 22, WIDTH - 2, 24, PAPER)
        if done is not None and plan is not None:
            body += _box(1, y + 22, (WIDTH - 2) * done / 100, 24, DONE)
            x = min(max(1 + (WIDTH - 2) * plan / 100, 3), WIDTH - 3)
            body += (
                f'<path d="M{x:.1f} {y + 19}V{y + 51}" stroke="{PAPER}" stroke-width="7"/>'
                f'<path d="M{x:.1f} {y + 19}V{y + 51}" stroke="{PLANNED}" stroke-width="4"/>'
            )
        y += 64
    body += _box(1, y + 2, 16, 16, DONE) + _text(24, y + 15, "Progress")
    body += f'<path d="M{WIDTH / 2 + 8} {y}V{y + 20}" stroke="{PLANNED}" stroke-width="4"/>'
    body += _text(WIDTH / 2 + 24, y + 15, "Planned by now")
    return _svg("progress", y + 24, body)


def _trend_svg(months: Sequence[str], counts: Sequence[dict[str, int]]) -> Picture:
    totals = [sum(count.get(status, 0) for status in TREND_STATUSES) for count in counts]
    most, height, left = max(totals, default=0) or 1, 180, 24
    step = (WIDTH - left) / max(len(months), 1)
    body = f'<path d="M{left} 10V{10 + height}H{WIDTH}" stroke="{INK}" fill="none"/>'
    body += _text(left - 4, 20, str(most), text_anchor="end") + _text(left - 4, 10 + height, "0", text_anchor="end")
    for place, (month, count) in enumerate(zip(months, counts, strict=True)):
        x, y = left + place * step + step * 0.12, 10.0 + height
        for status in TREND_STATUSES:
            size = height * count.get(status, 0) / most
            if size:
                y -= size
                body += _box(x, y, step * 0.76, size, f"url(#trend-{status})")
        if place % 3 == (len(months) - 1) % 3:  # every third month, the last one always
            body += _text(min(x + step * 0.38, WIDTH - 28), height + 28, month, text_anchor="middle", font_size=12)
    legend, end = _legend("trend", TREND_STATUSES, height + 44)
    return _svg("trend", int(end) + 4, body + legend, TREND_STATUSES)
