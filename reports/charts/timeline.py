"""What is due in the next quarters, a lane for each pillar: each milestone, or their counts when they are many."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from functools import cached_property
from html import escape
from math import sqrt
from typing import Any, NamedTuple

from reports.charts.base import (
    INK,
    PAPER,
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

MOST_MARKS = 150  # more are counted by month
TALLEST_PILE = 12  # rows of marks that a lane may have before they are counted
LATE = "late"


class Mark(NamedTuple):
    """A milestone: the place of its pillar, its due date, its kind (`late`, `moved` or `open`) and its name."""

    lane: int
    due_on: date
    kind: str
    name: str


class Span(NamedTuple):
    """A financial quarter: what it is called in a few letters, its first and its last day."""

    name: str
    first: date
    last: date


# Kind -> Plotly's symbol, the same shape as a path, its colour, and its label: never told by colour alone.
LOOKS = {
    LATE: ("diamond", "M0-8 8 0 0 8-8 0z", STATUS_LOOK["red"][0], "Late already"),
    "moved": ("square", "M-6-6H6V6H-6z", STATUS_LOOK["amber"][0], "Date moved"),
    "open": ("circle", "M-6.5 0a6.5 6.5 0 1 0 13 0a6.5 6.5 0 1 0-13 0z", PAPER, "As first promised"),
}


@stands_when_it_fails("timeline", "Milestones of the next quarters, by pillar")
def timeline_chart(lanes: Sequence[str], marks: Sequence[Mark], quarters: Sequence[Span], day: date) -> Chart:
    """Chart what is to be met from the quarter that holds `day` on, and what is late, by pillar."""
    window = quarters[0].first
    time = _Time(quarters, day, min((mark.due_on for mark in marks), default=window))
    piles = [_pile([mark for mark in marks if mark.lane == lane], time) for lane in range(len(lanes))]
    if len(marks) > MOST_MARKS or any(len(pile) > TALLEST_PILE for pile in piles):
        time = _Time(quarters, day, _month_before(window))  # in which the count of what is late stands
        figure, picture = _counts_figure(lanes, marks, time), _counts_svg(lanes, marks, time)
    else:
        figure, picture = _marks_figure(lanes, piles, time), _marks_svg(lanes, piles, time)
    return Chart(
        id="timeline",
        title="Milestones of the next quarters, by pillar",
        sentence=timeline_sentence(lanes, marks, quarters),
        figure=figure,
        svg=picture,
        table=_table(lanes, marks, time),
    )


def timeline_sentence(lanes: Sequence[str], marks: Sequence[Mark], quarters: Sequence[Span]) -> str:
    """Say which pillar has the most to do next quarter (or in the one quarter shown), and how much is late."""
    late = sum(mark.kind == "late" for mark in marks)
    are_late = f"{late:,} {'is' if late == 1 else 'are'} late already" if late else "none is late"
    when, quarter = ("next quarter", quarters[1]) if len(quarters) > 1 else ("in the rest of this quarter", quarters[0])
    counts = [0] * len(lanes)
    for mark in marks:
        if mark.kind != "late" and quarter.first <= mark.due_on <= quarter.last:
            counts[mark.lane] += 1
    most = max(counts, default=0)
    if not most:
        return f"No milestone is due {when}; {are_late}."
    each = f"{most:,} milestone{'' if most == 1 else 's'}"
    busiest = [name for name, count in zip(lanes, counts, strict=True) if count == most]
    if len(lanes) == 1:
        return f"{lanes[0]} has {each} to meet {when}; {are_late}."
    if len(busiest) == 1:
        return f"{busiest[0]} has the most to do {when}: {each}; {are_late}."
    return f"{listed(busiest)} have the most to do {when}: {each} each; {are_late}."


# --- Time and lanes -------------------------------------------------------------------------------
class _Time:
    """The line of time, from the month of what is due first, but three months before the first quarter at most."""

    def __init__(self, quarters: Sequence[Span], day: date, earliest: date) -> None:
        self.quarters, self.day = quarters, day
        self.window, self.ends = quarters[0].first, quarters[-1].last
        self.begins = self.window
        for _ in range(3):
            if earliest < self.begins:
                self.begins = _month_before(self.begins)
        self.is_cut = earliest < self.begins

    def drawn_on(self, due_on: date) -> date:
        """Return where a mark stands: what was due before the line begins stands at its beginning."""
        return max(due_on, self.begins)

    def x(self, on: date) -> float:
        """Return the place of a day in a picture."""
        return 10 + (WIDTH - 20) * (on - self.begins).days / (self.ends - self.begins).days

    @cached_property
    def months(self) -> list[date]:
        """The first day of every month of the quarters."""
        found = [self.window]
        while (following := (found[-1] + timedelta(days=31)).replace(day=1)) <= self.ends:
            found.append(following)
        return found


def _month_before(first: date) -> date:
    return (first - timedelta(days=1)).replace(day=1)


def _pile(marks: Sequence[Mark], time: _Time) -> list[list[Mark]]:
    """Lay a lane's marks out in rows in which none covers another."""
    rows: list[list[Mark]] = []
    for mark in sorted(marks, key=lambda mark: mark.due_on):
        x = time.x(time.drawn_on(mark.due_on))
        row = next((row for row in rows if x - time.x(time.drawn_on(row[-1].due_on)) >= 17), None)
        if row is None:
            rows.append(row := [])
        row.append(mark)
    return rows


def _tallied(marks: Sequence[Mark]) -> Counter[tuple[int, date | None]]:
    """Count marks by lane and month; None is the month of what is late."""
    return Counter((mark.lane, None if mark.kind == LATE else mark.due_on.replace(day=1)) for mark in marks)


def _table(lanes: Sequence[str], marks: Sequence[Mark], time: _Time) -> Table:
    counts, moved = _tallied(marks), Counter(mark.due_on.replace(day=1) for mark in marks if mark.kind == "moved")
    rows = []
    for month in (None, *time.months):
        cells = [counts[lane, month] for lane in range(len(lanes))]
        heading = f"{month:%B %Y}" if month else "Late already"
        rows.append((heading, *cells, sum(cells), moved[month] if month else "–"))
    return Table(("Due", *lanes, "All", "Of these, moved"), tuple(rows))


# --- The figure -----------------------------------------------------------------------------------
def _marks_figure(lanes: Sequence[str], piles: Sequence[list[list[Mark]]], time: _Time) -> dict[str, Any]:
    drawn = [(mark, y) for pile, top in _lanes(piles) for y, row in enumerate(pile, top) for mark in row]
    data = []
    for kind, (symbol, _, colour, label) in LOOKS.items():
        mine = [(mark, y) for mark, y in drawn if mark.kind == kind]
        if mine:
            data.append(
                _trace(label, symbol, colour)
                | {
                    "x": [time.drawn_on(mark.due_on).isoformat() for mark, _ in mine],
                    "y": [y for _, y in mine],
                    "text": [f"{escape(mark.name)}<br>{_said(mark.due_on)}" for mark, _ in mine],
                }
            )
    rows = sum(max(len(pile), 1) + 1 for pile in piles)
    middles = [top + (max(len(pile), 1) - 1) / 2 for pile, top in _lanes(piles)]
    return {"data": data, "layout": _layout(lanes, middles, rows, 150 + 20 * rows, time)}


def _counts_figure(lanes: Sequence[str], marks: Sequence[Mark], time: _Time) -> dict[str, Any]:
    counts = _tallied(marks)
    most = max(counts.values(), default=1)
    data = []
    for kind, months in ((LATE, [None]), ("open", time.months)):
        symbol, _, colour, label = LOOKS[kind]
        mine = [(lane, month) for lane in range(len(lanes)) for month in months if counts[lane, month]]
        trace = _trace(label if kind == LATE else "Due", symbol, colour)
        trace["marker"]["size"] = [round(6 + 22 * sqrt(counts[cell] / most), 1) for cell in mine]
        data.append(
            trace
            | {
                "x": [_middle(month or time.begins).isoformat() for _, month in mine],
                "y": [lane for lane, _ in mine],
                "customdata": [counts[cell] for cell in mine],
                "text": [
                    f"{escape(lanes[lane])}: {counts[lane, month]} {f'due in {month:%B %Y}' if month else 'late'}"
                    for lane, month in mine
                ],
            }
        )
    height = 150 + 60 * len(lanes)
    return {"data": data, "layout": _layout(lanes, list(range(len(lanes))), len(lanes), height, time)}


def _trace(label: str, symbol: str, colour: str) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "markers",
        "name": label,
        "marker": {"symbol": symbol, "size": 13, "color": colour, "line": {"color": INK, "width": 1.5}},
        "hovertemplate": "%{text}<extra></extra>",
    }


def _lanes(piles: Sequence[list[list[Mark]]]) -> list[tuple[list[list[Mark]], int]]:
    """Return each lane's rows with the height at which they begin; a row of air lies between lanes."""
    found, top = [], 0
    for pile in piles:
        found.append((pile, top))
        top += max(len(pile), 1) + 1
    return found


def _layout(lanes: Sequence[str], middles: Sequence[float], rows: int, height: int, time: _Time) -> dict[str, Any]:
    lines = [(quarter.first, "dot", 1) for quarter in time.quarters] + [(time.day, "dash", 2)]
    air = timedelta(days=max((time.ends - time.begins).days // 25, 1))
    return layout_of(
        below=80,
        height=height,
        margin={"l": 8, "r": 8, "t": 28, "b": 80},
        xaxis={
            "type": "date",
            "range": [(time.begins - air).isoformat(), (time.ends + air).isoformat()],
            "tickvals": [_middle_of(quarter).isoformat() for quarter in time.quarters],
            "ticktext": [quarter.name.replace(" ", "<br>") for quarter in time.quarters],
            "showgrid": False,
            "automargin": True,
        },
        yaxis={
            "tickvals": list(middles),
            "ticktext": [escape(name) for name in lanes],
            "range": [rows - 0.5, -1],
            "showgrid": False,
            "zeroline": False,
            "automargin": True,
        },
        shapes=[
            {
                "type": "line",
                "x0": on.isoformat(),
                "x1": on.isoformat(),
                "yref": "paper",
                "y0": 0,
                "y1": 1,
                "line": {"color": INK, "width": width, "dash": dash},
            }
            for on, dash, width in lines
        ],
        annotations=[
            {
                "x": on.isoformat(),
                "y": 1,
                "yref": "paper",
                "yanchor": "bottom",
                "text": words,
                "showarrow": False,
            }
            for on, words in [(time.day, _said(time.day))] + [(time.begins, "Earlier")] * time.is_cut
        ],
    )


def _said(day: date) -> str:
    return f"{day.day} {day:%b %Y}"


def _middle(month: date) -> date:
    return month.replace(day=15)


def _middle_of(quarter: Span) -> date:
    return quarter.first + (quarter.last - quarter.first) / 2


# --- The picture ----------------------------------------------------------------------------------
ROW, LANE_NAME, HEAD = 18, 24, 40  # units: a row of marks, the name of a lane, the names of the quarters


def _marks_svg(lanes: Sequence[str], piles: Sequence[list[list[Mark]]], time: _Time) -> Picture:
    body, y = "", HEAD
    for name, pile in zip(lanes, piles, strict=True):
        body += _lane(name, y, f"{sum(map(len, pile))}")
        for place, row in enumerate(pile):
            for mark in row:
                body += _shape(mark.kind, time.x(time.drawn_on(mark.due_on)), y + LANE_NAME + ROW * (place + 0.5))
        y += LANE_NAME + ROW * max(len(pile), 1) + 4
    kinds = [kind for kind in LOOKS if any(mark.kind == kind for pile in piles for row in pile for mark in row)]
    return _framed(body, y, time, [(kind, LOOKS[kind][3]) for kind in kinds])


def _counts_svg(lanes: Sequence[str], marks: Sequence[Mark], time: _Time) -> Picture:
    counts = _tallied(marks)
    most = max(counts.values(), default=1)
    step = time.x(_middle(time.window)) - time.x(_middle(time.begins))
    body, y = "", HEAD
    for lane, name in enumerate(lanes):
        body += _lane(name, y, f"{sum(count for (of, _), count in counts.items() if of == lane):,}")
        for month in (None, *time.months):
            count, x = counts[lane, month], time.x(_middle(month or time.begins))
            if count:
                scale = (0.2 + 0.8 * sqrt(count / most)) * min(step, 26) / 16
                body += _shape(LATE if month is None else "open", x, y + LANE_NAME + 14, scale)
            if count and 7 * len(str(count)) <= step:
                body += text(x, y + LANE_NAME + 42, str(count), text_anchor="middle", font_size=12)
        y += LANE_NAME + 48
    return _framed(body, y, time, [(LATE, LOOKS[LATE][3]), ("open", "Due, by month")])


def _framed(body: str, y: float, time: _Time, key: Sequence[tuple[str, str]]) -> Picture:
    """Put quarters and the day behind the lanes, and the key under them."""
    head = text(1, 28, "Earlier", font_size=12) if time.is_cut else ""
    for place, quarter in enumerate(time.quarters):
        x = time.x(quarter.first)
        name, _, year = quarter.name.partition(" ")
        head += f'<path d="M{x:.1f} 4V{y:.1f}" stroke="{INK}" stroke-dasharray="1 3"/>'
        head += text(x + 4, 14, name, font_size=12)
        if len(time.quarters) <= 4 or not place or name == "Q1":
            head += text(x + 4, 28, year, font_size=12)
    day = min(max(time.x(time.day), 44), WIDTH - 44)
    head += f'<path d="M{time.x(time.day):.1f} 32V{y:.1f}" stroke="{INK}" stroke-width="2" stroke-dasharray="6 4"/>'
    body += text(day, y + 14, _said(time.day), text_anchor="middle", font_size=12)
    for place, (kind, label) in enumerate(key):
        left, row_y = 200 * (place % 2), y + 38 + 24 * (place // 2)
        body += _shape(kind, left + 10, row_y) + text(left + 26, row_y + 5, label)
    return svg("timeline", int(y + 38 + 24 * ((len(key) + 1) // 2)), head + body)


def _lane(name: str, y: float, count: str) -> str:
    line = f'<path d="M0 {y:.1f}H{WIDTH}" stroke="{INK}"/>'
    return line + text(1, y + 17, name, font_weight="bold") + text(WIDTH - 1, y + 17, count, text_anchor="end")


def _shape(kind: str, x: float, y: float, scale: float = 1) -> str:
    _, path, colour, _ = LOOKS[kind]
    at = f"translate({x:.1f} {y:.1f})" + (f" scale({scale:.2f})" if scale != 1 else "")
    return f'<path transform="{at}" d="{path}" fill="{colour}" stroke="{INK}" stroke-width="1.5"/>'
