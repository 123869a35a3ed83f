"""The record: of everything, and of one thing on a page beside its own. For the strategy office."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import BadRequest
from django.db import models
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.access import Door, SignedInRequest, opens_to
from accounts.models import Role, User
from accounts.record.models import Entry
from initiatives.views.found import is_number, of_ref
from pillars.models import Aim, Commitment, Pillar
from reports.record import lines

PAGE_SIZE = 50


@opens_to(Door.ADMINISTRATION)
@require_safe
def record(request: SignedInRequest) -> HttpResponse:
    """Show everything that was changed, newest first."""
    return page(request, Entry.objects.all(), {"address": reverse("reports:exports"), "leads_to": "the data sets"})


@opens_to(Door.ADMINISTRATION)
@require_safe
def of_initiative(request: SignedInRequest, ref: str) -> HttpResponse:
    """Show the record of an initiative and of all that belongs to it."""
    return of_thing(request, of_ref(ref))


@opens_to(Door.ADMINISTRATION)
@require_safe
def of_pillar(request: SignedInRequest, slug: str) -> HttpResponse:
    """Show the record of a pillar."""
    return of_thing(request, get_object_or_404(Pillar, slug=slug))


@opens_to(Door.ADMINISTRATION)
@require_safe
def of_aim(request: SignedInRequest, code: str) -> HttpResponse:
    """Show the record of an aim or of a commitment."""
    found = Aim.objects.filter(code=code).first() or Commitment.objects.filter(code=code).first()
    if found is None:
        raise Http404("There is no such aim or commitment.")
    return of_thing(request, found)


@opens_to(Door.ADMINISTRATION)
@require_safe
def of_person(request: SignedInRequest, person_id: str) -> HttpResponse:
    """Show the record of a person's account: names, roles, tokens, saved views. Not what they changed elsewhere."""
    person = get_object_or_404(User, pk=int(person_id))
    return page(
        request,
        Entry.objects.of(person),
        {"of": person, "address": reverse("reports:record"), "leads_to": "the record"},
    )


def of_thing(request: SignedInRequest, thing: Any) -> HttpResponse:
    """Show the record of something that has a page."""
    words = {"of": thing, "address": thing.get_absolute_url(), "leads_to": str(thing)}
    return page(request, Entry.objects.of(thing), words)


def page(request: SignedInRequest, entries: Any, words: dict[str, Any]) -> HttpResponse:
    """Show the newest entries, or those before one."""
    before = request.GET.get("before", "")
    if before and not is_number(before):
        raise BadRequest("before must be the number of an entry of the record.")
    found = list(entries.newest_first(int(before) if before else None)[: PAGE_SIZE + 1])
    shown: list[models.Model] = found[:PAGE_SIZE]
    words |= {
        "lines": lines(found[:PAGE_SIZE], all_of_it=Role.ADMINISTRATOR in request.user.roles),
        "before": before,
        "older": shown[-1].pk if len(found) > PAGE_SIZE else None,
    }
    return render(request, "reports/record.html", words)
