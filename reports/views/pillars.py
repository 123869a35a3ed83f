"""How the strategy is going: the whole, and pillar by pillar."""

from __future__ import annotations

from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import Door, opens_to
from initiatives import kept
from initiatives.comparison import beside
from initiatives.filters import asked_day, asked_page
from initiatives.history import first_day
from initiatives.periods import last_quarter_end
from reports import metrics
from reports.changes import changes_since
from reports.comparison import compared, compared_pillars
from reports.since import usual_since
from reports.views.shared import attention_words, compared_with, pillar_charts, thread_words, trend_chart


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
        **attention_words(now),
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
        **attention_words(now, now.narrowed(found.figures.initiatives)),
        "page": page,
        "contributing": [i for i in now.initiatives if found.pillar in i.also],
        "charts": [trend_chart(now, found.pillar)],
    }
    return render(request, "reports/pillar.html", words)


def quarter_end(day: date) -> date | None:
    """Return the end of the last whole quarter before the day, when history reaches it."""
    end, first = last_quarter_end(day), first_day()
    return end if first and first <= end else None
