"""Pillars side by side: how their initiatives stand, and their progress against the first plan."""

from collections.abc import Sequence

from reports.charts.base import (
    DONE,
    PAPER,
    PLANNED,
    STATUS_LOOK,
    WIDTH,
    Chart,
    Picture,
    Table,
    box,
    count_label,
    layout_of,
    legend,
    listed,
    marker_of,
    stands_when_it_fails,
    svg,
    text,
)


def _shown(counts: Sequence[dict[str, int]]) -> list[str]:
    """Return the statuses that occur at all, in the order of every chart."""
    return [status for status in STATUS_LOOK if any(count.get(status) for count in counts)]


@stands_when_it_fails("distribution", "How initiatives stand, by pillar")
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
            "marker": marker_of(status),
            "hovertemplate": "%{y}: %{x} " + STATUS_LOOK[status][2].lower() + "<extra></extra>",
        }
        for status in statuses
    ]
    layout = layout_of(
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
    return f"{listed(most)} {verb} the most work that is red or silent: {max(worst)}{each}."


@stands_when_it_fails("progress", "Progress against the first plan, by pillar")
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
            "hovertemplate": "%{y}: %{x} done<extra></extra>",
        },
        {
            "type": "scatter",
            "mode": "markers",
            "name": "Planned by now",
            "y": list(names),
            "x": list(planned),
            "marker": {"symbol": "line-ns-open", "size": 26, "color": PLANNED, "line": {"width": 4}},
            "hovertemplate": "%{y}: %{x} planned<extra></extra>",
        },
    ]
    layout = layout_of(
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
    return f"{listed(furthest)} {verb} furthest behind the first plan: {-least} {unit}."


def _distribution_svg(names: Sequence[str], counts: Sequence[dict[str, int]], statuses: Sequence[str]) -> Picture:
    most = max((sum(count.values()) for count in counts), default=0) or 1
    body, y = "", 0
    for name, count in zip(names, counts, strict=True):
        body += text(1, y + 15, name, font_weight="bold")
        body += text(WIDTH - 1, y + 15, f"{sum(count.values())}", text_anchor="end")
        x = 1.0
        for status in statuses:
            width = (WIDTH - 2) * count.get(status, 0) / most
            if width:
                body += box(x, y + 22, width, 24, f"url(#distribution-{status})")
                body += count_label(x, y + 39, width, count[status])
            x += width
        y += 60
    key, end = legend("distribution", statuses, y + 4)
    return svg("distribution", int(end) + 4, body + key, statuses)


def _progress_svg(names: Sequence[str], progress: Sequence[int | None], planned: Sequence[int | None]) -> Picture:
    body, y = "", 0
    for name, done, plan in zip(names, progress, planned, strict=True):
        words = "no milestones" if done is None or plan is None else f"{done}% done, {plan}% planned"
        body += text(1, y + 15, name, font_weight="bold")
        body += text(WIDTH - 1, y + 13, words, text_anchor="end")
        body += box(1, y + 22, WIDTH - 2, 24, PAPER)
        if done is not None and plan is not None:
            body += box(1, y + 22, (WIDTH - 2) * done / 100, 24, DONE)
            x = min(max(1 + (WIDTH - 2) * plan / 100, 3), WIDTH - 3)
            body += (
                f'<path d="M{x:.1f} {y + 19}V{y + 51}" stroke="{PAPER}" stroke-width="7"/>'
                f'<path d="M{x:.1f} {y + 19}V{y + 51}" stroke="{PLANNED}" stroke-width="4"/>'
            )
        y += 64
    body += box(1, y + 2, 16, 16, DONE) + text(24, y + 15, "Progress")
    body += f'<path d="M{WIDTH / 2 + 8} {y}V{y + 20}" stroke="{PLANNED}" stroke-width="4"/>'
    body += text(WIDTH / 2 + 24, y + 15, "Planned by now")
    return svg("progress", y + 24, body)
