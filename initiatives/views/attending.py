"""What readers do with an initiative: write down what a meeting said of it, and follow it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import Door, SignedInRequest, keeps_what_was_typed, opens_to
from accounts.middleware import HELD
from initiatives import actions
from initiatives.access import can_note
from initiatives.as_at import InitiativeAt
from initiatives.filters import asked_day, today
from initiatives.forms.note import NoteForm
from initiatives.views.found import of_ref, standing_today

NOT_YOURS_TO_NOTE = "Only leaders, the initiative's owner, deputy or sponsor, and the strategy office record a note."
LONGEST_WAY_BACK = 2000  # characters of an address


def send_again(request: SignedInRequest, ref: str) -> HttpResponse:
    """Show a note whose form's token is too old, in a form that can be sent. Nothing has been recorded."""
    return note_page(request, notable(request, ref), NoteForm(request.POST), status=403)


@opens_to(Door.READ)
@keeps_what_was_typed(send_again)
@require_http_methods(["GET", "HEAD", "POST"])
def note(request: SignedInRequest, ref: str) -> HttpResponse:
    """Write down what a meeting said, and go back to the page on which that was done."""
    found = notable(request, ref)
    if request.method != "POST":
        return note_page(request, found, NoteForm(held(request)))
    form = NoteForm(request.POST)
    if not form.is_valid():
        return note_page(request, found, form, status=422)
    row, said = of_ref(ref), form.cleaned_data
    actions.note(initiative=row, by=request.user, on=today(), words=said["words"], key=said["key"])
    if held(request):
        del request.session[HELD]
    messages.success(request, f"The note on {ref} is on record.")
    return HttpResponseRedirect(way_back(request.POST, ref))


@opens_to(Door.READ)
@require_POST
def follow(request: SignedInRequest, ref: str) -> HttpResponse:
    """Follow an initiative, or stop following it."""
    row = of_ref(ref)
    must_be_today(request)
    match request.POST.get("deed"):
        case "follow":
            actions.follow(initiative=row, by=request.user)
            messages.success(request, f"You follow {ref}. What changes in it shows under What I owe.")
        case "stop":
            actions.stop_following(initiative=row, by=request.user)
            messages.success(request, f"You no longer follow {ref}.")
        case _:
            raise BadRequest("deed must be follow or stop. Open the page again and use its button.")
    return HttpResponseRedirect(way_back(request.POST, ref))


def notable(request: SignedInRequest, ref: str) -> InitiativeAt:
    """Return the initiative of which the person may record a note today."""
    found = standing_today(of_ref(ref))
    if not can_note(request.user, found):
        raise PermissionDenied(NOT_YOURS_TO_NOTE)
    must_be_today(request)
    return found


def note_page(request: SignedInRequest, found: InitiativeAt, form: NoteForm, status: int = 200) -> HttpResponse:
    """Show the form of a note by itself."""
    words = {"initiative": found, "form": form, "back": way_back(form.data, found.ref), "old_form": status == 403}
    return render(request, "initiatives/note.html", words, status=status)


def held(request: SignedInRequest) -> QueryDict | None:
    """Return what the person sent to this address after their session had ended."""
    sent = request.session.get(HELD, {})
    return QueryDict(sent["said"]) if sent.get("path") == request.path else None


def must_be_today(request: HttpRequest) -> None:
    """Refuse a past day: what is done is done today."""
    if asked_day(request) != today():
        raise BadRequest("This is done today: open the page without as_at.")


def way_back(said: Mapping[str, Any], ref: str) -> str:
    """Return the page of ours that the form says to go back to, or else the initiative's."""
    return ours(said.get("then", ""), reverse("initiatives:initiative", args=[ref]))


def ours(then: str, otherwise: str) -> str:
    """Return a way back that a form names, if it is a page of ours; `otherwise` where it is not."""
    good = then.startswith("/") and len(then) <= LONGEST_WAY_BACK and url_has_allowed_host_and_scheme(then, None)
    return then if good else otherwise
