"""What a person has typed of an update and not sent: kept on the server, offered again, and gone once it is sent.

Two ways lead here. Whoever is signed in has a `Draft`, kept as they type. What a person sends after their session ended
is held in the new one until they have signed in again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from accounts.access import SignedInRequest
from accounts.middleware import HELD
from accounts.models import User
from initiatives.models import Draft, Initiative, Update


@dataclass(frozen=True)
class Typed:
    """What was typed before, as a form sends it, when, and whether it waited in the session."""

    said: str
    at: datetime | None = None
    was_held: bool = False


@transaction.atomic
def keep_draft(*, initiative: Initiative, by: User, said: QueryDict) -> Draft | None:
    """Keep what a person has typed in place of what they had typed before.

    None, and nothing is changed, when its form was sent meanwhile or holds nothing at all.
    """
    Initiative.objects.select_for_update().get(pk=initiative.pk)  # else a draft could outlive its own update
    if not said or sent_before(said):
        return None
    typed = said.copy()
    for name in ("csrfmiddlewaretoken", "keep", "then"):
        typed.pop(name, None)
    words = {"said": typed.urlencode(), "saved_at": timezone.now()}
    return Draft.objects.update_or_create(initiative=initiative, person=by, defaults=words)[0]


def sent_before(said: QueryDict) -> Update | None:
    """Return the update that this very form made before."""
    try:
        return Update.objects.filter(key=UUID(said.get("key", ""))).first()
    except ValueError:
        return None


def typed_before(request: SignedInRequest, initiative: Initiative) -> Typed | None:
    """Return what the person had typed for the initiative and not sent, the words of an ended session first."""
    if held := held_for(request, initiative):
        return Typed(held, was_held=True)
    draft = Draft.objects.filter(initiative=initiative, person=request.user).first()
    return Typed(draft.said, draft.saved_at) if draft else None


def held_for(request: SignedInRequest, initiative: Initiative) -> str:
    """Return what the session holds for the initiative's update page."""
    held = request.session.get(HELD, {})
    return held["said"] if held.get("path") == reverse("initiatives:update", args=[initiative.ref]) else ""


def forget(request: SignedInRequest, initiative: Initiative) -> None:
    """Forget what the person had typed for the initiative."""
    Draft.objects.filter(initiative=initiative, person=request.user).delete()
    if held_for(request, initiative):
        del request.session[HELD]
