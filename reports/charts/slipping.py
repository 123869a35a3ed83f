"""How the end that was expected of one initiative moved, as it became known."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from reports.charts.base import (
    DONE,
    INK,
    STATUS_LOOK,
    WIDTH,
    Chart,
    Picture,
    Table,
    layout_of,
    listed,
    stands_when_it_fails,
    svg,
    text,
)

ENDS_CHANGE = {
    "moved": ("square", "Date moved"),
    "milestone added": ("triangle-up", "Milestone added"),
    "promise corrected": ("circle", "Promise corrected"),
}
AMBER = STATUS_LOOK["amber"][0]


@stands_when_it_fails("end", "The expected end, as it became known")
def end_chart(ends: Sequence[tuple[date, date, str]], first_ends_on: date | None, day: date) -> Chart:
    """Chart the end expected against when it was known: `ends` holds (known on, end, why), the first promise first.

    `first_ends_on` is the latest first promise of all that is on record by `day`, on which the line ends.
    """
    first = ends[0][1]
    known = [known_on for known_on, _, _ in ends]
    data: list[dict[str, Any]] = [
        {
            "type": "scatter",
            "mode": "lines",
            "name": "First promised",
            "x": [known[0].isoformat(), day.isoformat()],
            "y": [first.isoformat()] * 2,
            "line": {"color": INK, "dash": "dash", "width": 2},
            "hovertemplate": "first promised: %{y|%-d %b %Y}<extra></extra>",
        },
        {
            "type": "scatter",
            "mode": "lines",
            "name": "Expected end",
            "x": [known_on.isoformat() for known_on in (*known, day)],
            "y": [end.isoformat() for _, end, _ in (*ends, ends[-1])],
            "line": {"color": DONE, "shape": "hv", "width": 3},
            "hovertemplate": "%{x|%-d %b %Y}: %{y|%-d %b %Y}<extra></extra>",
        },
    ]
    data += [
        {
            "type": "scatter",
            "mode": "markers",
            "name": label,
            "x": [known_on.isoformat() for known_on, _, why in ends if why == cause],
            "y": [end.isoformat() for _, end, why in ends if why == cause],
            "marker": {"symbol": symbol, "size": 12, "color": AMBER, "line": {"color": INK, "width": 1.5}},
            "hovertemplate": label + " on %{x|%-d %b %Y}: %{y|%-d %b %Y}<extra></extra>",
        }
        for cause, (symbol, label) in ENDS_CHANGE.items()
        if any(why == cause for _, _, why in ends)
    ]
    low, high = _span([end for _, end, _ in ends])
    dates = {"type": "date", "tickformat": "%b %Y", "automargin": True}
    layout = layout_of(
        below=100,
        height=420,
        xaxis=dates | {"title": {"text": "Known on", "standoff": 6}, "nticks": 5},
        yaxis=dates | {"title": {"text": "Expected end"}, "nticks": 5, "range": [low.isoformat(), high.isoformat()]},
    )
    return Chart(
        id="end",
        title="The expected end, as it became known",
        sentence=end_sentence(ends, first_ends_on),
        figure={"data": data, "layout": layout},
        svg=_end_svg(ends, day),
        table=Table(
            headings=("Known from", "Expected end", "Days after the first promise", "Why"),
            rows=tuple((_said(known_on), _said(end), (end - first).days, why) for known_on, end, why in ends),
        ),
    )


def end_sentence(ends: Sequence[tuple[date, date, str]], first_ends_on: date | None) -> str:
    """Say from when to when the end moved, how often, why, and by how many days."""
    first, now = ends[0][1], ends[-1][1]
    days = (now - first).days
    if len(ends) == 1:
        return f"The end has not moved since it was first promised for {_in_full(first)}."
    causes = [why for _, _, why in ends[1:]]
    how = listed(
        [
            words.format(_times(causes.count(cause)))
            for cause, words in (
                ("moved", "moved {}"),
                ("milestone added", "changed {} by a milestone that was added"),
                ("promise corrected", "corrected {}"),
            )
            if cause in causes
        ]
    )
    if days == 0:
        return f"The end was first promised for {_in_full(first)} and is there again: {how}."
    by = f"{abs(days):,} day{'' if abs(days) == 1 else 's'} {'later' if days > 0 else 'earlier'}"
    found = f"The end was first promised for {_in_full(first)} and is now {_in_full(now)}: {how}, {by}"
    found += " in all." if len(causes) > 1 else "."
    if first_ends_on not in (None, first):
        found += f" With the milestones added since, the first promise is {_in_full(first_ends_on)}."
    return found


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def _said(day: date) -> str:
    return f"{day.day} {day:%b %Y}"


def _in_full(day: date | None) -> str:
    return f"{day.day} {day:%B %Y}" if day else ""


def _span(ends: Sequence[date]) -> tuple[date, date]:
    """Return the first and last day of the upright axis: a month of air below and above the ends."""
    return min(ends) - timedelta(30), max(ends) + timedelta(30)


_TOP, _HEIGHT, _LEFT = 24, 150, 92
_SHAPES = {
    "moved": "M-6-6H6V6H-6z",
    "milestone added": "M0-7 7 6H-7z",
    "promise corrected": "M-6 0a6 6 0 1 0 12 0a6 6 0 1 0-12 0z",
}


def _end_svg(ends: Sequence[tuple[date, date, str]], day: date) -> Picture:
    (began, first, _), now = ends[0], ends[-1][1]
    low, high = _span([end for _, end, _ in ends])
    days = (day - began).days or 1

    def x(on: date) -> float:
        return _LEFT + (WIDTH - _LEFT - 8) * (on - began).days / days

    def y(end: date) -> float:
        return _TOP + _HEIGHT * (high - end).days / (high - low).days

    last, bottom = x(day) if day > began else WIDTH - 8.0, _TOP + _HEIGHT
    body = text(1, 13, "Expected end") + f'<path d="M{_LEFT} {_TOP}V{bottom}H{WIDTH}" stroke="{INK}" fill="none"/>'
    first_y, now_y = y(first) + 5, y(now) + 5
    if now != first and abs(now_y - first_y) < 16:
        now_y = first_y - 16 if now > first else first_y + 16
    for end, words_y in {first: first_y, now: now_y}.items():
        body += text(_LEFT - 6, words_y, _said(end), text_anchor="end")
    body += f'<path d="M{_LEFT} {y(first):.1f}H{last:.1f}" stroke="{INK}" stroke-width="2" stroke-dasharray="6 4"/>'
    steps = "".join(f"H{x(known_on):.1f}V{y(end):.1f}" for known_on, end, _ in ends[1:])
    body += f'<path d="M{_LEFT} {y(first):.1f}{steps}H{last:.1f}" stroke="{DONE}" stroke-width="3" fill="none"/>'
    for known_on, end, why in ends[1:]:
        body += _mark(why, x(known_on), y(end))
    body += text(_LEFT, bottom + 18, _said(began)) + text(WIDTH - 1, bottom + 18, _said(day), text_anchor="end")
    key_y = bottom + 42
    body += f'<path d="M1 {key_y}H27" stroke="{INK}" stroke-width="2" stroke-dasharray="6 4"/>'
    body += text(34, key_y + 5, "First promised")
    body += f'<path d="M201 {key_y}H227" stroke="{DONE}" stroke-width="3"/>' + text(234, key_y + 5, "Expected end")
    used = [cause for cause in ENDS_CHANGE if any(why == cause for _, _, why in ends)]
    for place, cause in enumerate(used):
        left, row_y = 200 * (place % 2), key_y + 24 * (1 + place // 2)
        body += _mark(cause, left + 14, row_y) + text(left + 34, row_y + 5, ENDS_CHANGE[cause][1])
    return svg("end", key_y + 24 * ((len(used) + 1) // 2) + 14, body)


def _mark(cause: str, x: float, y: float) -> str:
    return (
        f'<path transform="translate({x:.1f} {y:.1f})" d="{_SHAPES[cause]}" fill="{AMBER}" '
        f'stroke="{INK}" stroke-width="1.5"/>'
    )
