"""Going through initiatives in a meeting."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import Door, SignedInRequest, opens_to
from initiatives import kept
from initiatives.access import can_answer, can_note
from initiatives.filters import FILTER_NAMES, Filters, asked_day
from initiatives.forms.asks import AnswerForm
from initiatives.forms.note import NoteForm
from initiatives.periods import last_month_end
from pillars.history import PillarAt
from reports.meeting import on_screen, place_of, running_order
from reports.since import Since, asked_since


@opens_to(Door.READ)
@require_safe
def meeting(request: SignedInRequest) -> HttpResponse:
    """Go through what the filters choose in a meeting, one initiative at a time, what is most pressing first."""
    day = asked_day(request)
    since = meeting_since(request, day).day
    filters = Filters(request.GET, kept.portfolio(day))
    order = running_order(filters.apply())
    ref = request.GET.get("at") or (order[0].ref if order else "")
    shown = next((i for i in order if i.ref == ref), None)
    if ref and shown is None:
        raise Http404("The meeting does not go through an initiative of that ref.")
    words: dict[str, Any] = {"day": day, "since": since, "filters": filters, "pillar": one_pillar(filters)}
    words["kept"] = [(n, v) for n, vs in request.GET.lists() for v in vs if n in FILTER_NAMES or n == "since"]
    if shown:
        words["query"] = address = "&".join(filter(None, (filters.address(request), kept_since(request))))
        words["here"] = here = f"{request.path}?{'&'.join(filter(None, (f'at={ref}', address)))}"
        screen = on_screen(shown, since)
        words |= {"place": place_of(shown, order), "screen": screen, "initiative": screen.initiative}
        words["note"] = NoteForm(then=here) if can_note(request.user, shown) else None
        answerable = (found.ask for found in screen.asks if can_answer(request.user, found.ask))
        words["answer"] = {ask.pk: AnswerForm(ask=ask, then=here) for ask in answerable}
    return render(request, "reports/meeting.html", words)


def meeting_since(request: HttpRequest, day: date) -> Since:
    """Return the day from whose end on changes are told: the last month's end, unless the address names another."""
    asked = asked_since(request, day) if request.GET.get("since") else None
    return asked or Since(last_month_end(day), "")


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
