"""What I owe, and what became of what I said."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import Door, SignedInRequest, opens_to
from initiatives.asks import asks_of
from initiatives.duties import duties, milestones_due
from initiatives.filters import asked_day
from initiatives.following import followed_by
from initiatives.history import acknowledgements_of, portfolio
from initiatives.models import Draft

LATELY = timedelta(days=90)


@opens_to(Door.UPDATE)
@require_safe
def my(request: SignedInRequest) -> HttpResponse:
    """Show a person the updates that they owe, what became of those that they said, and what they follow."""
    day = asked_day(request)
    now, person = portfolio(day), request.user
    found = duties(now, person.pk)
    drafts = Draft.objects.filter(person=person).select_related("initiative").order_by("-saved_at")
    words = {
        "day": day,
        "queue": [duty for duty in found if duty.is_owed],
        "later": [duty for duty in found if not duty.is_owed],
        "milestones": milestones_due(now, person.pk),
        "asks": asks_of(person, now, LATELY),
        "acknowledgements": acknowledgements_of(person, day, since=day - LATELY),
        "followed": followed_by(person, now),
        "drafts": {draft.initiative_id: draft for draft in drafts} if request.is_today else {},  # type: ignore[attr-defined]
    }
    return render(request, "initiatives/my.html", words)
