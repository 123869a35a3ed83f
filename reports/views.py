"""What leaders look at and analysts take away. Each view fetches, asks for figures, and answers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import Door, SignedInRequest, opens_to
from initiatives.access import can_note
from initiatives.as_at import Portfolio
from initiatives.filters import FILTER_NAMES, Filters, asked_day, asked_page, read_day
from initiatives.forms.note import NoteForm
from initiatives.history import Timeline, explanations, first_day, portfolio
from initiatives.progress import whole
from pillars.history import PillarAt
from reports import charts, metrics
from reports.datasets import DATASETS, Scope, csv_chunks
from reports.meeting import agenda, end_of_last_month, on_screen, place_of

TREND_MONTHS = 13  # twelve months back and the last one


@opens_to(Door.READ)
@require_safe
def dashboard(request: HttpRequest) -> HttpResponse:
    """Say how the strategy is going: what needs a leader, each pillar against its plan, the trend, the thread."""
    day = asked_day(request)
    timeline = Timeline(day)
    now = timeline.at(day)
    pillars, everything = metrics.by_pillar(now), metrics.whole_portfolio(now)
    words = {
        "day": day,
        "all": everything,
        "headline": metrics.headline(everything),
        "pillars": pillars,
        "attention": attention(now),
        "charts": [*pillar_charts(pillars), trend_chart(timeline, day)],
        **thread_words(now),
    }
    return render(request, "reports/dashboard.html", words)


@opens_to(Door.READ)
@require_safe
def pillars(request: HttpRequest) -> HttpResponse:
    """Set the pillars side by side."""
    day = asked_day(request)
    found = metrics.by_pillar(portfolio(day))
    return render(request, "reports/pillars.html", {"day": day, "pillars": found, "charts": pillar_charts(found)})


@opens_to(Door.READ)
@require_safe
def pillar(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one pillar: what needs a leader in it, its figures, its trend and its initiatives."""
    day = asked_day(request)
    timeline = Timeline(day)
    now = timeline.at(day)
    found = next((figures for figures in metrics.by_pillar(now) if figures.pillar.slug == slug), None)
    if found is None:
        raise Http404("There is no such pillar.")
    words = {
        "day": day,
        "pillar": found.pillar,
        "figures": found.figures,
        "attention": attention(now.narrowed(found.figures.initiatives)),
        "page": asked_page(list(found.figures.initiatives), request.GET),
        "contributing": [i for i in now.initiatives if found.pillar in i.also],
        "charts": [trend_chart(timeline, day, found.pillar)],
    }
    return render(request, "reports/pillar.html", words)


@opens_to(Door.READ)
@require_safe
def aims(request: HttpRequest) -> HttpResponse:
    """Draw the golden thread: each pillar against each aim and commitment, and both kinds of gap."""
    now = portfolio(asked_day(request))
    words = {"pillars": now.pillars, "commitments": commitment_rows(now), **thread_words(now)}
    return render(request, "reports/aims.html", words)


@opens_to(Door.READ)
@require_safe
def aim(request: HttpRequest, code: str) -> HttpResponse:
    """Show one aim or one commitment with everything behind it, across the pillars."""
    now = portfolio(asked_day(request))
    for found, commitments in metrics.aims(now):
        if found.code == code:
            served = [f for f in metrics.by_commitment(now) if f.commitment.aim.id == found.id]
            everything = metrics.Figures(tuple(i for i in now.initiatives if metrics.serves(i, commitments)))
            return render(request, "reports/aim.html", {"aim": found, "commitments": served, "figures": everything})
    for figures in metrics.by_commitment(now):
        if figures.commitment.code == code:
            behind = [
                (initiative, next(a for a in initiative.alignments if a.commitment.code == code))
                for initiative in figures.figures.initiatives
            ]
            return render(request, "reports/commitment.html", {"commitment": figures, "behind": behind})
    raise Http404("There is no such aim or commitment.")


@opens_to(Door.READ)
@require_safe
def meeting(request: SignedInRequest) -> HttpResponse:
    """Go through what the filters choose in a meeting, one initiative at a time, what is most pressing first."""
    day = asked_day(request)
    since = asked_since(request, day)
    filters = Filters(request.GET, portfolio(day))
    order = agenda(filters.apply())
    ref = request.GET.get("at") or (order[0].ref if order else "")
    shown = next((i for i in order if i.ref == ref), None)
    if ref and shown is None:
        raise Http404("The meeting does not go through an initiative of that ref.")
    words: dict[str, Any] = {"day": day, "since": since, "filters": filters, "pillar": one_pillar(filters)}
    words["kept"] = [(n, v) for n, vs in request.GET.lists() for v in vs if n in FILTER_NAMES or n == "since"]
    if shown:
        words["query"] = address = "&".join(filter(None, (filters.address(request), kept_since(request))))
        words["here"] = here = f"{request.path}?{'&'.join(filter(None, (f'at={ref}', address)))}"
        words |= {"place": place_of(shown, order), "screen": on_screen(shown, since), "initiative": shown}
        words["note"] = NoteForm(then=here) if can_note(request.user, shown) else None
    return render(request, "reports/meeting.html", words)


@opens_to(Door.READ)
@require_safe
def exports(request: HttpRequest) -> HttpResponse:
    """List the data sets with their columns, and links that keep the filters and the date in force."""
    day = asked_day(request)
    filters = Filters(request.GET, portfolio(day))
    words = {
        "day": day,
        "datasets": DATASETS.values(),
        "filters": filters,
        "query": filters.address(request),
        "kept": [(name, value) for name in FILTER_NAMES for value in request.GET.getlist(name)],
    }
    return render(request, "reports/exports.html", words)


@opens_to(Door.READ)
@require_safe
def export(request: HttpRequest, name: str, format: str) -> HttpResponse | StreamingHttpResponse:
    """Stream a data set as CSV, speaking of the initiatives that the filters choose as at the day."""
    if name not in DATASETS or format != "csv":
        raise Http404("There is no such data set.")
    unknown = sorted(set(request.GET) - {*FILTER_NAMES, "as_at"})
    if unknown:
        allowed = ", ".join((*FILTER_NAMES, "as_at"))
        raise BadRequest(f"“{unknown[0][:60]}” is not a filter. The filters are: {allowed}.")
    day = asked_day(request)
    filters = Filters(request.GET, portfolio(day))
    scope = Scope(filters.apply(), filtered=filters.active)
    response = StreamingHttpResponse(csv_chunks(DATASETS[name], scope), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}-{day:%Y-%m-%d}.csv"'
    return response


# --- What a meeting asks for ----------------------------------------------------------------------
def asked_since(request: HttpRequest, day: date) -> date:
    """Return the day from whose end on changes are told: the last month's end, unless the address names another."""
    asked = request.GET.get("since")
    if not asked:
        return end_of_last_month(day)
    since = read_day(asked, "since")
    if since >= day:
        raise BadRequest(f"since must be before the day that the page speaks of, {day:%Y-%m-%d}.")
    return since


def kept_since(request: HttpRequest) -> str:
    """Return the part of an address that asks for the same `since`."""
    return urlencode({"since": request.GET["since"]}) if request.GET.get("since") else ""


def one_pillar(filters: Filters) -> PillarAt | None:
    """Return the pillar, when the filters choose one pillar and nothing else."""
    chosen = {filter_.name: filter_.chosen for filter_ in filters if filter_.chosen}
    if filters.q or set(chosen) != {"pillar"} or len(chosen["pillar"]) != 1:
        return None
    slug = chosen["pillar"][0].value
    return next(pillar for pillar in filters.portfolio.pillars if pillar.slug == slug)


# --- What several pages show ----------------------------------------------------------------------
def attention(now: Portfolio) -> list[metrics.AttentionGroup]:
    """Return what needs a leader, with what owners say where they say green and the dates read red."""
    return metrics.needing_attention(now, explanations(i for i in now.initiatives if i.is_watermelon))


def pillar_charts(pillars: Sequence[metrics.PillarFigures]) -> list[charts.Chart]:
    """Return the two charts that set pillars side by side."""
    names = [found.pillar.name for found in pillars]
    counts = [{word.value: count for word, count in found.figures.statuses.items()} for found in pillars]
    shares = [(whole(f.figures.progress), whole(f.figures.planned), whole(f.figures.gap)) for f in pillars]
    return [
        charts.progress_chart(names, [s[0] for s in shares], [s[1] for s in shares], [s[2] for s in shares]),
        charts.distribution_chart(names, counts),
    ]


def trend_chart(timeline: Timeline, day: date, pillar: PillarAt | None = None) -> charts.Chart:
    """Return the chart of the last twelve months, of every pillar or of one."""
    ends = metrics.whole_month_ends(first_day(), day)[-TREND_MONTHS:]
    counts: dict[date, dict[str, int]] = {end: {} for end in ends}
    for point in metrics.trend(timeline, ends):
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
        "unaligned": [i for i in now.initiatives if not i.alignments],
    }


def thread_rows(now: Portfolio) -> list[tuple[PillarAt, list[metrics.ThreadCell]]]:
    """Return each pillar with its cell under each aim."""
    cells = metrics.golden_thread(now)
    return [(pillar, [cell for cell in cells if cell.pillar.id == pillar.id]) for pillar in now.pillars]


def commitment_rows(now: Portfolio) -> list[tuple[metrics.CommitmentFigures, list[metrics.ThreadCell]]]:
    """Return each commitment with its cell under each pillar."""
    return [
        (
            figures,
            [metrics.thread_cell(now, pillar, figures.commitment.aim, [figures.commitment]) for pillar in now.pillars],
        )
        for figures in metrics.by_commitment(now)
    ]
