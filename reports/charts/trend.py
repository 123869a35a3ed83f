"""How work in progress stood at each month's end."""

from collections.abc import Sequence

from reports.charts.base import (
    INK,
    STATUS_LOOK,
    WIDTH,
    Chart,
    Picture,
    Table,
    box,
    layout_of,
    legend,
    listed,
    marker_of,
    stands_when_it_fails,
    svg,
    text,
)

TREND_STATUSES = ("green", "amber", "red", "no-current-update", "never-updated")


@stands_when_it_fails("trend", "Work in progress at each month’s end")
def trend_chart(months: Sequence[str], counts: Sequence[dict[str, int]]) -> Chart:
    """Chart how work in progress stood at each month's end, `counts` being the whole portfolio's statuses."""
    data = [
        {
            "type": "bar",
            "name": STATUS_LOOK[status][2],
            "x": list(months),
            "y": [count.get(status, 0) for count in counts],
            "marker": marker_of(status),
            "hovertemplate": "%{x}: %{y} " + STATUS_LOOK[status][2].lower() + "<extra></extra>",
        }
        for status in TREND_STATUSES
    ]
    layout = layout_of(
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
    return f"From {months[0]} to {months[-1]}, {listed(changes)}."


def _trend_svg(months: Sequence[str], counts: Sequence[dict[str, int]]) -> Picture:
    totals = [sum(count.get(status, 0) for status in TREND_STATUSES) for count in counts]
    most, height, left = max(totals, default=0) or 1, 180, 24
    step = (WIDTH - left) / max(len(months), 1)
    body = f'<path d="M{left} 10V{10 + height}H{WIDTH}" stroke="{INK}" fill="none"/>'
    body += text(left - 4, 20, str(most), text_anchor="end") + text(left - 4, 10 + height, "0", text_anchor="end")
    for place, (month, count) in enumerate(zip(months, counts, strict=True)):
        x, y = left + place * step + step * 0.12, 10.0 + height
        for status in TREND_STATUSES:
            size = height * count.get(status, 0) / most
            if size:
                y -= size
                body += box(x, y, step * 0.76, size, f"url(#trend-{status})")
        if place % 3 == (len(months) - 1) % 3:  # every third month, the last one always
            body += text(min(x + step * 0.38, WIDTH - 28), height + 28, month, text_anchor="middle", font_size=12)
    key, end = legend("trend", TREND_STATUSES, height + 44)
    return svg("trend", int(end) + 4, body + key, TREND_STATUSES)
