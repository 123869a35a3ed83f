"""What several pages show."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.http import HttpRequest, QueryDict

from initiatives import kept
from initiatives.as_at import Portfolio
from initiatives.asks import AskAt, asks_as_at, most_pressing_first
from initiatives.filters import compared_day
from initiatives.history import explanations, first_day
from initiatives.progress import whole
from pillars.history import PillarAt
from reports import charts, metrics, months
from reports.asks import lateness
from reports.attention import AttentionGroup, Said, needing_attention

TREND_MONTHS = 13  # twelve months back and the last one


def in_words(query: QueryDict) -> str:
    """Say what an address asks for, as people read it: pillar people or process; status red."""
    asked = ((name, [value for value in values if value]) for name, values in query.lists())
    return "; ".join(f"{name} {' or '.join(values)}" for name, values in asked if values)


def compared_with(request: HttpRequest) -> Portfolio | None:
    """Return the portfolio of the day that `compare` asked for, if it did."""
    other = compared_day(request)
    return kept.portfolio(other) if other else None


def attention_words(now: Portfolio, among: Portfolio | None = None) -> dict[str, Any]:
    """Return what needs a leader of these initiatives, and how late owners and leaders are with them."""
    among = among or now
    ids = {i.id for i in among.initiatives}
    waiting = [a for a in asks_as_at(now, only_open=True) if a.ask.initiative_id in ids]
    return {"attention": attention(among, waiting), "lateness": lateness(among, waiting)}


def attention(now: Portfolio, waiting: Sequence[AskAt]) -> list[AttentionGroup]:
    """Return what needs a leader, with what owners say where they say green and the dates read red."""
    asks: dict[int, list[AskAt]] = {}
    for found in most_pressing_first(waiting):
        asks.setdefault(found.ask.initiative_id, []).append(found)
    explained: dict[int, str] = {}  # filled in for the cases that a page shows
    said = Said(explanations=explained, asks=asks, red_since=kept.red_since(now))
    groups = needing_attention(now, said)
    explained |= explanations(i for group in groups if group.key == "watermelon" for i in group.initiatives)
    return groups


def pillar_charts(now: Portfolio, then: Portfolio | None = None) -> list[charts.Chart]:
    """Return the two charts that set pillars side by side; on two days when a second one is asked for."""
    pillars = [(found.pillar.name, found.figures) for found in metrics.by_pillar(now)]
    if then:
        before = {found.pillar.id: found.figures for found in metrics.by_pillar(then)}
        pillars = [
            (f"{found.pillar.name}, {on.day} {on:%b %Y}", figures)
            for found in metrics.by_pillar(now)
            for on, figures in (
                (then.day, before.get(found.pillar.id, metrics.Figures(()))),
                (now.day, found.figures),
            )
        ]
    names = [name for name, _ in pillars]
    counts = [{word.value: count for word, count in figures.statuses.items()} for _, figures in pillars]
    shares = [(whole(figures.progress), whole(figures.planned), whole(figures.gap)) for _, figures in pillars]
    return [
        charts.progress_chart(names, [s[0] for s in shares], [s[1] for s in shares], [s[2] for s in shares]),
        charts.distribution_chart(names, counts),
    ]


def trend_chart(now: Portfolio, pillar: PillarAt | None = None) -> charts.Chart:
    """Return the chart of the last twelve months, of every pillar or of one."""
    ends = metrics.whole_month_ends(first_day(), now.day)[-TREND_MONTHS:]
    counts: dict[date, dict[str, int]] = {end: {} for end in ends}
    for point in months.trend(ends, now.strategy, now=now):
        if pillar is not None and point.pillar.id != pillar.id:
            continue
        for word, count in point.figures.statuses.items():
            counts[point.month_end][word.value] = counts[point.month_end].get(word.value, 0) + count
    return charts.trend_chart([f"{end:%b %Y}" for end in ends], list(counts.values()))


def thread_words(now: Portfolio) -> dict[str, Any]:
    """Return what the thread's table and both kinds of gap are drawn from."""
    return {
        "aims": metrics.aims(now),
        "thread": thread_rows(now),
        "gaps": [found for found in metrics.by_commitment(now) if found.is_gap],
        "unaligned": [i for i in now.initiatives if not i.commitment_ids],
    }


def thread_rows(now: Portfolio) -> list[tuple[PillarAt, list[metrics.ThreadCell]]]:
    """Return each pillar with its cell under each aim."""
    cells = metrics.golden_thread(now)
    return [(pillar, [cell for cell in cells if cell.pillar.id == pillar.id]) for pillar in now.pillars]
