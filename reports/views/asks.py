"""What is asked of leaders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import Door, SignedInRequest, may, opens_to
from accounts.models import User
from accounts.rights import Deed
from initiatives import kept
from initiatives.access import can_answer, can_prepare
from initiatives.as_at import InitiativeAt, Portfolio
from initiatives.asks import AskAt, asks_as_at, leaders_of
from initiatives.filters import asked_day, asked_page
from initiatives.forms.asks import AnswerForm
from initiatives.models import PreparedAnswer
from reports import asks as figures


@opens_to(Door.READ)
@require_safe
def asks(request: SignedInRequest) -> HttpResponse:
    """Show the asks that wait for leaders, how long each pillar has waited, and what was answered lately."""
    day = asked_day(request)
    now = kept.portfolio(day)
    initiatives = {i.id: i for i in now.initiatives}
    asked = asks_as_at(now, answered_after=day - figures.A_YEAR)
    everything = [found for found in asked if found.ask.initiative_id in initiatives]  # none that came meanwhile
    leaders, only = leaders_of(request.user), asked_pillars(request, now)
    chosen = chosen_asks(request, everything, initiatives, only, {request.user.pk, *leaders})
    page = asked_page(figures.waiting(chosen), request.GET)
    words = {
        "day": day,
        "pillars": now.pillars,
        "only": only,
        "of_me": bool(request.GET.get("of")),
        "lateness": figures.lateness(now, figures.waiting(everything)),
        "by_pillar": figures.by_pillar(now, everything),
        "page": page,
        "rows": rows_of(request, list(page.object_list), initiatives, leaders),
        "answered": [
            (found, initiatives.get(found.ask.initiative_id)) for found in figures.answered_lately(chosen, day)
        ],
        "leads": may(request.user, Deed.NAME_DELEGATES),
        "leaders": leaders.values(),
        "kept": [(name, value) for name in ("pillar", "of") for value in request.GET.getlist(name)],
    }
    return render(request, "reports/asks.html", words)


def asked_pillars(request: SignedInRequest, now: Portfolio) -> set[str]:
    """Return the slugs of the pillars that the address asks for; none means all. One of another day finds nothing."""
    only = {slug for slug in request.GET.getlist("pillar") if slug}
    if unknown := sorted(only - {pillar.slug for pillar in now.strategy.pillars.values()}):
        allowed = ", ".join(pillar.slug for pillar in now.pillars)
        raise BadRequest(f"pillar: “{unknown[0][:60]}” is not one of the values allowed: {allowed}.")
    return only


def chosen_asks(
    request: SignedInRequest,
    asks: list[AskAt],
    initiatives: Mapping[int, InitiativeAt],
    only: set[str],
    mine: set[int],
) -> list[AskAt]:
    """Return the asks that the address asks for: of some pillars, or put to this person or whom they prepare for."""
    if {of for of in request.GET.getlist("of") if of} - {"me"}:
        raise BadRequest("of must be me, or left out.")
    if any(request.GET.getlist("of")):
        asks = [found for found in asks if found.ask.asked_of_id in mine]
    return [found for found in asks if not only or initiatives[found.ask.initiative_id].pillar.slug in only]


@dataclass(frozen=True)
class Row:
    """An ask that waits, with what this person may do about it; `leader` is whom they would prepare an answer for."""

    found: AskAt
    initiative: InitiativeAt
    form: AnswerForm
    can_answer: bool
    can_prepare: bool
    leader: User | None


def rows_of(
    request: SignedInRequest, asks: Sequence[AskAt], initiatives: Mapping[int, InitiativeAt], leaders: dict[int, User]
) -> list[Row]:
    """Return the asks of a page, each with its form, filled in with what was prepared; one query."""
    prepared = PreparedAnswer.objects.filter(ask__in=[found.ask for found in asks]).select_related("prepared_by")
    by_ask = {words.ask_id: words for words in prepared}
    for found in asks:
        found.ask._state.fields_cache["prepared"] = by_ask.get(found.ask.pk)  # so that a form does not ask for its own
    kept = request.GET.copy()
    kept.pop("page", None)  # there may be fewer pages once one is answered
    then = f"{request.path}?{kept.urlencode()}" if kept else ""
    return [
        Row(
            found=found,
            initiative=initiatives[found.ask.initiative_id],
            form=AnswerForm(ask=found.ask, then=then),
            can_answer=can_answer(request.user, found.ask),
            can_prepare=can_prepare(request.user, found.ask, leaders),
            leader=leaders.get(found.ask.asked_of_id or 0),
        )
        for found in asks
    ]
