"""The page on which an owner says how an initiative goes, and what is kept of it while they write."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.db import IntegrityError
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST
from django.views.decorators.vary import vary_on_headers

from accounts.access import Door, SignedInRequest, keeps_what_was_typed, opens_to
from accounts.middleware import LONGEST_HELD
from accounts.models import Role, User
from initiatives import actions
from initiatives.access import can_acknowledge, can_update
from initiatives.drafts import Typed, forget, keep_draft, sent_before, typed_before
from initiatives.duties import owed
from initiatives.filters import asked_day, today
from initiatives.forms.update import UpdateForm, fingerprint
from initiatives.history import answers_since, last_said, portfolio, updates_after
from initiatives.models import Initiative, Update
from initiatives.views.found import is_number, of_ref, standing_today

PAGE = "initiatives/update.html"
NOT_YOURS = "Only the initiative's owner, deputy, sponsor or the strategy office can say how it goes."
NOT_YOUR_READING = "Only leaders, the sponsor and the strategy office tell an owner that they have read an update."


def send_again(request: SignedInRequest, ref: str) -> HttpResponse:
    """Show what was typed in a form whose token is too old, with a new one. Nothing has been recorded."""
    row = updatable(request, ref)
    words = facts(request, row, typed=Typed(request.POST.urlencode()))
    return render(request, PAGE, words | {"old_form": True}, status=403)


@opens_to(Door.UPDATE)
@keeps_what_was_typed(send_again)
@require_http_methods(["GET", "HEAD", "POST"])
@vary_on_headers("HX-Request")
def update(request: SignedInRequest, ref: str) -> HttpResponse:
    """Let an owner say how it goes, by htmx or as a plain form."""
    row = updatable(request, ref)
    if request.method != "POST":
        return render(request, PAGE, facts(request, row, typed=typed_before(request, row)))
    if earlier := sent_before(request.POST):
        return already_sent(request, row, earlier)
    words = facts(request, row)
    form = words["form"]
    if not form.is_valid():
        return swapped(request, words, status=422)
    try:
        actions.post_update(initiative=row, by=request.user, **form.deed())
    except actions.SentAlready as sent:
        return already_sent(request, row, sent.update)
    except (actions.SaidMeanwhile, IntegrityError):  # or the key was used for another initiative at this very moment
        return refused(request, row)
    forget(request, row)
    return saved(request, row)


@opens_to(Door.UPDATE)
@require_POST
def draft(request: SignedInRequest, ref: str) -> HttpResponse:
    """Keep what is being typed, or forget it; htmx hears what the dates would say with it."""
    row = updatable(request, ref)
    if "forget" in request.POST:
        forget(request, row)
        messages.success(request, "What you had typed is gone. This is the update afresh.")
        return redirect("initiatives:update", ref)
    if len(request.POST.urlencode()) > LONGEST_HELD:
        words = "This is too long to be kept as a draft. Each text may have 20,000 characters."
        return HttpResponse(words, status=413, content_type="text/plain; charset=utf-8")
    kept = keep_draft(initiative=row, by=request.user, said=request.POST)
    if "keep" in request.POST:
        messages.success(request, f"What you typed for {ref} is kept. It will be there when you come back.")
        return gone_to(request, reverse("initiatives:my"))
    found = facts(request, row, typed=Typed(request.POST.urlencode()))
    return render(request, f"{PAGE}#beside", found | {"kept_at": kept and kept.saved_at})


@opens_to(Door.READ)
@require_POST
def acknowledge(request: SignedInRequest, ref: str, update_id: str) -> HttpResponse:
    """Let a leader tell the owner that they have read an update."""
    row = of_ref(ref)
    if not can_acknowledge(request.user, row):
        raise PermissionDenied(NOT_YOUR_READING)
    said = of_id(row, int(update_id))
    actions.acknowledge(update=said, by=request.user)
    messages.success(request, "The owner will see that you have read it.")
    return redirect(row)


# --- What the page shows --------------------------------------------------------------------------
def updatable(request: SignedInRequest, ref: str) -> Initiative:
    """Return the initiative that the person may update today."""
    row = of_ref(ref)
    if not can_update(request.user, row):
        raise PermissionDenied(NOT_YOURS)
    if asked_day(request) != today():
        raise BadRequest("An update is said today: open this page without as_at.")
    return row


def facts(request: SignedInRequest, row: Initiative, typed: Typed | None = None) -> dict[str, Any]:
    """Return what the page shows: the form (posted, as typed before, or afresh) and the facts beside it."""
    found, day = standing_today(row), today()
    last, newest = last_said(row), row.updates.order_by("id").last()
    of = {
        "initiative": found,
        "today": day,
        "last": last,
        "newest": newest.pk if newest else 0,
        "corrected": corrected_by(request, row, typed),
        "leaders": User.objects.active().filter(grants__role=Role.LEADER),
    }
    if typed:
        form = UpdateForm.of_draft(typed.said, **of)
    else:
        form = UpdateForm(request.POST if request.method == "POST" else None, **of)
    done, moves = form.ticks_and_moves() if typed else ({}, [])
    return {
        "initiative": found,
        "form": form,
        "typed": typed,
        "says": found.dates_say(done, {move.milestone_id: move.to_on for move in moves}),
        "since": found.since(last.recorded_at) if last else None,
        "last": last,
        "answers": answers_since(row, last.recorded_at) if last else [],
        "meanwhile": meanwhile(row, typed),
        "from_queue": request.GET.get("from") == "my",
    }


def meanwhile(row: Initiative, typed: Typed | None) -> list[Update]:
    """Return what was said after a draft was begun."""
    version = QueryDict(typed.said).get("version", "") if typed else ""
    return updates_after(row, int(version)) if is_number(version) else []


def corrected_by(request: SignedInRequest, row: Initiative, typed: Typed | None) -> Update | None:
    """Return the update that this one corrects, when what was typed, the form or the address names one.

    A draft is what it was begun as, whatever the address asks for: nothing typed is turned into something else.
    """
    if typed:
        begun_for = QueryDict(typed.said).get("corrects", "")
        return row.updates.filter(pk=begun_for).first() if is_number(begun_for) else None
    asked = request.POST.get("corrects") or request.GET.get("corrects") or ""
    if not asked:
        return None
    if not is_number(asked):
        raise BadRequest("corrects must be the number of an update.")
    return of_id(row, int(asked))


def of_id(row: Initiative, update_id: int) -> Update:
    """Return the initiative's update of that number."""
    found: Update | None = row.updates.filter(pk=update_id).first()
    if found is None:
        raise Http404(f"{row.ref} has no such update.")
    return found


# --- What it answers ------------------------------------------------------------------------------
def already_sent(request: SignedInRequest, row: Initiative, earlier: Update) -> HttpResponse:
    """Answer a form that made an update before: the same words are on record, others are refused and kept."""
    same = earlier.initiative_id == row.pk and earlier.recorded_by_id == request.user.pk
    if same and earlier.fingerprint == fingerprint(request.POST):
        return saved(request, row, earlier=earlier)
    return refused(request, row, earlier=earlier if same else None)


def refused(request: SignedInRequest, row: Initiative, **why: Any) -> HttpResponse:
    """Show what was typed beside what is on record, in a form that can be sent. Nothing has been recorded of it."""
    words = facts(request, row, typed=Typed(request.POST.urlencode()))
    return swapped(request, words | {"refused": True} | why, status=409)


def swapped(request: SignedInRequest, words: dict[str, Any], status: int) -> HttpResponse:
    """Answer htmx with the region of the form, and a plain browser with the whole page."""
    response = render(request, f"{PAGE}#say" if request.htmx else PAGE, words, status=status)
    if request.htmx:
        response.headers["HX-Retarget"], response.headers["HX-Reswap"] = "#say", "innerHTML show:window:top"
    return response


def saved(request: SignedInRequest, row: Initiative, earlier: Update | None = None) -> HttpResponse:
    """Say that the update is on record, and lead on through the queue when that was asked for."""
    if earlier:
        words = f"Your update of {row.ref} was on record already: nothing was saved a second time."
    else:
        words = "Your update is on record. Thank you."
    if request.POST.get("then") == "next":
        return gone_to(request, next_in_queue(request, row, words))
    if request.htmx:
        found = {"initiative": standing_today(row), "earlier": earlier, "from_queue": request.GET.get("from") == "my"}
        return render(request, f"{PAGE}#saved", found)
    messages.success(request, words)
    return redirect(row)


def next_in_queue(request: SignedInRequest, row: Initiative, words: str) -> str:
    """Return the address of the next update that the person owes, having said that this one is saved."""
    queue = [duty for duty in owed(portfolio(today()), request.user.pk) if duty.initiative.id != row.pk]
    left = f"{len(queue)} more to go." if queue else "That was the last one."
    messages.success(request, f"{row.ref}: {words} {left}")
    if not queue:
        return reverse("initiatives:my")
    return f"{reverse('initiatives:update', args=[queue[0].initiative.ref])}?from=my"


def gone_to(request: SignedInRequest, address: str) -> HttpResponse:
    """Send the person on to another page."""
    return HttpResponse(headers={"HX-Redirect": address}) if request.htmx else redirect(address)
