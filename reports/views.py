"""What leaders look at and analysts take away. Each view fetches, asks for figures, and answers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import Door, SignedInRequest, opens_to
from initiatives import history, kept
from initiatives.access import can_acknowledge, can_set_stand_in, can_update, may_set_up
from initiatives.as_at import InitiativeAt, Portfolio
from initiatives.comparison import beside, compared_initiative
from initiatives.dependencies.reading import dependencies_as_at, dependencies_in, has_dependencies
from initiatives.filters import FILTER_NAMES, Filter, Filters, asked_day, asked_page, compared_day
from initiatives.forecast import ends_known
from initiatives.history import explanations, first_day, initiative_as_at, story
from initiatives.periods import last_quarter_end
from initiatives.progress import whole
from initiatives.status import Attention
from initiatives.views.found import of_ref
from pillars.history import CommitmentAt, PillarAt
from reports import charts, metrics, months
from reports.agenda import Agenda, agenda
from reports.attention import AttentionGroup, Said, needing_attention
from reports.changes import changes_since
from reports.comparison import compared, compared_commitments, compared_pillars
from reports.datasets import DATASETS, Scope, csv_chunks
from reports.since import asked_since, since_choices, usual_since

TREND_MONTHS = 13  # twelve months back and the last one
QUARTERS, MOST_QUARTERS = 4, 8  # of the calendar, this one included
DUE_A_PAGE = 50


@opens_to(Door.READ)
@require_safe
def dashboard(request: HttpRequest) -> HttpResponse:
    """Say how the strategy is going: what needs a leader, each pillar against its plan, the trend, the thread."""
    day = asked_day(request)
    now, since = kept.portfolio(day), usual_since(request, day)
    pillars, everything, then = metrics.by_pillar(now), metrics.whole_portfolio(now), compared_with(request)
    words = {
        "day": day,
        "all": everything,
        "comparison": compared(metrics.whole_portfolio(then), everything) if then else None,
        "headline": metrics.headline(everything),
        "pillars": pillars,
        "attention": attention(now),
        "charts": [*pillar_charts(now, then), trend_chart(now)],
        "since": since,
        "changes": changes_since(since.day, now) if since else None,
        "quarter_end": quarter_end(day),
        **thread_words(now),
    }
    return render(request, "reports/dashboard.html", words)


@opens_to(Door.READ)
@require_safe
def pillars(request: HttpRequest) -> HttpResponse:
    """Set the pillars side by side."""
    day = asked_day(request)
    now, then = kept.portfolio(day), compared_with(request)
    words = {
        "day": day,
        "pillars": metrics.by_pillar(now),
        "comparisons": compared_pillars(then, now) if then else [],
        "charts": pillar_charts(now, then),
    }
    return render(request, "reports/pillars.html", words)


@opens_to(Door.READ)
@require_safe
def pillar(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one pillar: what needs a leader in it, its figures, its trend and its initiatives."""
    day = asked_day(request)
    now = kept.portfolio(day)
    found = next((figures for figures in metrics.by_pillar(now) if figures.pillar.slug == slug), None)
    if found is None:
        raise Http404("There is no such pillar.")
    then, page = compared_with(request), asked_page(list(found.figures.initiatives), request.GET)
    words = {
        "day": day,
        "pillar": found.pillar,
        "figures": found.figures,
        "comparison": compared(metrics.of_pillar(then, found.pillar), found.figures) if then else None,
        "beside": beside(then, page.object_list) if then else None,
        "attention": attention(now.narrowed(found.figures.initiatives)),
        "page": page,
        "contributing": [i for i in now.initiatives if found.pillar in i.also],
        "charts": [trend_chart(now, found.pillar)],
    }
    return render(request, "reports/pillar.html", words)


@opens_to(Door.READ)
@require_safe
def initiative(request: SignedInRequest, ref: str) -> HttpResponse:
    """Show one initiative: the owner's word beside the machine's reading, milestones, asks and its story."""
    day = asked_day(request)
    row = of_ref(ref)
    found = initiative_as_at(row, day)
    if found is None:
        raise Http404(f"{ref} was not on record yet by the end of {day.day} {day:%B %Y}.")
    last_id = found.last_update.id if found.last_update else None
    events, other = story(row, day), compared_day(request)
    words = {
        "initiative": found,
        "milestones": [
            {"milestone": m, "status": m.status(day), "missed": m.missed_its_first_promise(day)}
            for m in found.milestones
        ],
        "chart": end_chart(found),
        "dependencies": dependencies_as_at(day).of(row.pk) if has_dependencies(row, day) else None,
        "comparison": compared_initiative(initiative_as_at(row, other), found) if other else None,
        "events": events,
        "explanation": next((e.row.explanation for e in events if e.kind == "update" and e.row.pk == last_id), ""),
        "can_update": can_update(request.user, row),
        "can_acknowledge": can_acknowledge(request.user, row),
        "can_hand_over": may_set_up(request.user),
        "can_set_stand_in": can_set_stand_in(request.user, row),
        "last_update_id": last_id,
    }
    return render(request, "initiatives/initiative.html", words)


@opens_to(Door.READ)
@require_safe
def calendar(request: HttpRequest) -> HttpResponse:
    """Show what is due in the next quarters, the late first, as a timeline and as a list."""
    day = asked_day(request)
    filters = Filters(only_pillar(request.GET), history.portfolio(day))
    pillars = next(filter_ for filter_ in filters if filter_.name == "pillar")
    count = asked_quarters(request.GET)
    found = agenda(filters.apply(), count)
    words = {
        "agenda": found,
        "chart": timeline_chart(found, lanes_of(filters.portfolio, pillars)),
        "page": asked_page(list(found.rows), request.GET, DUE_A_PAGE),
        "pillars": pillars,
        "quarters": count,
        "quarters_allowed": range(1, MOST_QUARTERS + 1),
        "kept": [(name, value) for name in ("pillar", "quarters") for value in request.GET.getlist(name)],
    }
    return render(request, "reports/calendar.html", words)


@opens_to(Door.READ)
@require_safe
def aims(request: HttpRequest) -> HttpResponse:
    """Draw the golden thread: each pillar against each aim and commitment, and both kinds of gap."""
    now, then = kept.portfolio(asked_day(request)), compared_with(request)
    words = {
        "pillars": now.pillars,
        "commitments": metrics.commitment_cells(now),
        "comparisons": compared_commitments(then, now) if then else [],
        **thread_words(now),
    }
    return render(request, "reports/aims.html", words)


@opens_to(Door.READ)
@require_safe
def aim(request: HttpRequest, code: str) -> HttpResponse:
    """Show one aim or one commitment with everything behind it, across the pillars."""
    now, then = kept.portfolio(asked_day(request)), compared_with(request)
    for found, commitments in metrics.aims(now):
        if found.code == code:
            served = [f for f in metrics.by_commitment(now) if f.commitment.aim.id == found.id]
            words = {"aim": found, "commitments": served, **served_words(commitments, now, then)}
            return render(request, "reports/aim.html", words)
    for figures in metrics.by_commitment(now):
        if figures.commitment.code == code:
            behind = [
                (initiative, next(a for a in initiative.alignments if a.commitment.code == code))
                for initiative in figures.figures.initiatives
            ]
            words = {"commitment": figures, "behind": behind, **served_words([figures.commitment], now, then)}
            return render(request, "reports/commitment.html", words)
    raise Http404("There is no such aim or commitment.")


@opens_to(Door.READ)
@require_safe
def dependencies(request: HttpRequest) -> HttpResponse:
    """Show what late milestones put at risk, across the pillars, and then everything else that waits."""
    now = history.portfolio(asked_day(request))
    filters = Filters(request.GET, now)
    among = frozenset(i.id for i in filters.apply().initiatives) if filters.active else None
    stood = dependencies_in(now)
    others = stood.without_risk(among)
    words = {
        "causes": stood.causes(among),
        "page": asked_page(others, request.GET),
        "at_risk": len(stood.risks(among)),
        "any": bool(stood.all),
        "pillars": next(f for f in filters if f.name == "pillar"),
        "query": filters.address(request),
        "kept": [(name, value) for name in FILTER_NAMES for value in request.GET.getlist(name)],
    }
    return render(request, "reports/dependencies.html", words)


@opens_to(Door.READ)
@require_safe
def exports(request: HttpRequest) -> HttpResponse:
    """List the data sets with their columns, and links that keep the filters and the date in force."""
    day = asked_day(request)
    filters = Filters(request.GET, kept.portfolio(day))
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
    filters = Filters(request.GET, history.portfolio(day))
    scope = Scope(filters.apply(), filtered=filters.active)
    response = StreamingHttpResponse(csv_chunks(DATASETS[name], scope), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}-{day:%Y-%m-%d}.csv"'
    return response


@opens_to(Door.READ)
@require_safe
def changes(request: HttpRequest) -> HttpResponse:
    """Say what changed from one day to another, by pillar."""
    day = asked_day(request)
    now = kept.portfolio(day)
    since = asked_since(request, day)
    found = changes_since(since.day, now) if since else None
    words = {
        "day": day,
        "since": since,
        "changes": found,
        "pillars": found.by_pillar(now.pillars) if found else [],
        "choices": [choice for choice in since_choices(request, day) if choice != since],
        "kept": [("since", since.day.isoformat())] if since and request.GET.get("since") else [],
    }
    return render(request, "reports/changes.html", words)


# --- What several pages show ----------------------------------------------------------------------
def quarter_end(day: date) -> date | None:
    """Return the end of the last whole quarter before the day, when history reaches it."""
    end, first = last_quarter_end(day), first_day()
    return end if first and first <= end else None


def compared_with(request: HttpRequest) -> Portfolio | None:
    """Return the portfolio of the day that `compare` asked for, if it did."""
    other = compared_day(request)
    return kept.portfolio(other) if other else None


def served_words(commitments: Sequence[CommitmentAt], now: Portfolio, then: Portfolio | None) -> dict[str, Any]:
    """Return the figures of everything behind some commitments, and how they differ from another day's."""
    figures = metrics.behind(now, commitments)
    return {"figures": figures, "comparison": compared(metrics.behind(then, commitments), figures) if then else None}


def attention(now: Portfolio) -> list[AttentionGroup]:
    """Return what needs a leader, with what owners say where they say green and the dates read red."""
    said = Said(
        explanations=explanations(i for i in now.initiatives if Attention.WATERMELON in i.attention),
        red_since=kept.red_since(now),
    )
    return needing_attention(now, said)


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
    for point in months.trend(ends, now.strategy):
        if pillar is not None and point.pillar.id != pillar.id:
            continue
        for word, count in point.figures.statuses.items():
            counts[point.month_end][word.value] = counts[point.month_end].get(word.value, 0) + count
    return charts.trend_chart([f"{end:%b %Y}" for end in ends], list(counts.values()))


def end_chart(initiative: InitiativeAt) -> charts.Chart | None:
    """Return the chart of how an initiative's end moved; none when it has no end."""
    ends = [(end.known_on, end.ends_on, end.cause.value) for end in ends_known(initiative)]
    return charts.end_chart(ends, initiative.first_ends_on, initiative.day) if ends and initiative.ends_on else None


def lanes_of(now: Portfolio, asked: Filter) -> list[PillarAt]:
    """Return the pillars that were asked for; all of them when none was."""
    slugs = {choice.value for choice in asked.chosen}
    return [pillar for pillar in now.pillars if not slugs or pillar.slug in slugs]


def timeline_chart(found: Agenda, pillars: Sequence[PillarAt]) -> charts.Chart:
    """Return the chart of what is to be met, by pillar."""
    lanes = {pillar.id: place for place, pillar in enumerate(pillars)}
    marks = [
        charts.Mark(
            lanes[row.initiative.pillar.id],
            row.milestone.due_on,
            "late" if row.is_late else "moved" if row.days_moved else "open",
            f"{row.milestone.ref} {row.milestone.title}",
        )
        for row in found.rows
    ]
    spans = [
        charts.Span(f"Q{quarter.number} {quarter.year}", quarter.first, quarter.last) for quarter in found.quarters
    ]
    return charts.timeline_chart([pillar.name for pillar in pillars], marks, spans, found.day)


def only_pillar(query: QueryDict) -> QueryDict:
    """Return what an address asks of pillars, the one filter that the calendar has."""
    found = QueryDict(mutable=True)
    found.setlist("pillar", query.getlist("pillar"))
    return found


def asked_quarters(query: QueryDict) -> int:
    """Return how many quarters an address asks for; anything but 1 to 8 is a 400."""
    asked = query.get("quarters") or str(QUARTERS)
    if asked not in {str(number) for number in range(1, MOST_QUARTERS + 1)}:
        raise BadRequest(f"quarters must be a whole number from 1 to {MOST_QUARTERS}.")
    return int(asked)


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
