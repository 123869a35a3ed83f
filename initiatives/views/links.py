"""A partner's link: the one page that it opens, and the page on which the strategy office makes links."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from smtplib import SMTPException
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.access import Door, SignedInRequest, opens_to
from initiatives.filters import today
from initiatives.forms.links import MakeLinkForm, WithdrawLinkForm
from initiatives.forms.update import UpdateForm
from initiatives.links import (
    LinkClosed,
    LinkState,
    find_link,
    links_of,
    make_link,
    send_link,
    state_of,
    use_link,
    withdraw_link,
)
from initiatives.models import Initiative, PartnerLink
from initiatives.views.found import is_number, of_ref, standing_today

log = logging.getLogger("portal.links")


# --- What a link opens ----------------------------------------------------------------------------
@opens_to(Door.EVERYONE)
@require_http_methods(["GET", "HEAD", "POST"])
def link(request: HttpRequest, token: str) -> HttpResponse:
    """Let a partner say how one initiative goes, once. Opening the page changes nothing; only sending it does."""
    found = find_link(token)
    if found is None:
        return refused(request)
    state = state_of(found, timezone.now())
    if state != LinkState.OPEN:
        return refused(request, found, state)
    initiative = standing_today(found.initiative)
    # Nobody else's words are filled in: a link gives sight of nothing that was said before.
    form = UpdateForm(request.POST if request.method == "POST" else None, initiative=initiative, today=today())
    if request.method == "POST" and form.is_valid():
        try:
            use_link(link=found, **form.deed())
        except LinkClosed as closed:
            return refused(request, closed.link, closed.state)
        return alone(request, "initiatives/link_used.html", {})
    says = initiative.dates_say()
    words = {"link": found, "initiative": initiative, "form": form, "says": says if says.reading else None}
    response = alone(request, "initiatives/link.html", words, status=422 if form.is_bound else 200)
    # `no-referrer` would take the origin from what the form sends, and without it our own guard refuses the form.
    response.headers["Referrer-Policy"] = "strict-origin"
    return response


def refused(request: HttpRequest, link: PartnerLink | None = None, state: LinkState | None = None) -> HttpResponse:
    """Say why a link does not work, that nothing was recorded, and whom to ask; nothing of the initiative."""
    log.info(
        "partner's link refused: link=%s initiative=%s person=%s why=%s method=%s",
        link.pk if link else None,
        link.initiative.ref if link else None,
        link.person_id if link else None,
        state or "unknown",
        request.method,
    )
    return alone(request, "initiatives/link_refused.html", {"link": link, "state": state}, status=410 if link else 404)


def alone(request: HttpRequest, template: str, words: dict[str, Any], status: int = 200) -> HttpResponse:
    """Answer with a page that leads nowhere, the same for a stranger and for somebody who happens to be signed in."""
    nothing_else = {"may": {}, "demonstration": False, "session_left": None, "session_ends_at": None, "messages": []}
    nothing_else["OFFICE_CONTACT"] = settings.OFFICE_CONTACT
    response = render(request, template, nothing_else | words, status=status)
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


# --- The strategy office's page -------------------------------------------------------------------
@dataclass(frozen=True)
class Made:
    """A link that was made a moment ago: whose it is, its address, and whether it went by e-mail."""

    link: PartnerLink
    address: str
    was_sent: bool


@opens_to(Door.ADMINISTRATION)
@require_http_methods(["GET", "HEAD", "POST"])
def links(request: SignedInRequest, ref: str) -> HttpResponse:
    """List an initiative's links for partners, make one, and withdraw one."""
    row = of_ref(ref)
    if request.method != "POST":
        return page(request, row)
    if "withdraw" in request.POST:
        return withdraw(request, row)
    form = MakeLinkForm(request.POST, initiative=row)
    if not form.is_valid():
        return page(request, row, form=form)
    made, path = make_link(initiative=row, person=form.cleaned_data["person"], by=request.user)
    # The address is in no other answer, so this one is not sent on to another page.
    return page(request, row, made=Made(made, settings.PORTAL_ADDRESS + path, was_sent(made, path)))


def was_sent(link: PartnerLink, path: str) -> bool:
    """Send a link to its person, where they have an address and mail answers."""
    if not link.person.email:
        return False
    try:
        send_link(link=link, path=path)
    except (OSError, SMTPException):
        return False
    return True


def withdraw(request: SignedInRequest, row: Initiative) -> HttpResponse:
    """Take back the link that the form names."""
    found = row.partner_links.filter(pk__in=filter(is_number, [request.POST["withdraw"]])).first()
    if found is None:
        raise Http404(f"{row.ref} has no such link.")
    form = WithdrawLinkForm(request.POST, link=found)
    if not form.is_valid():
        return page(request, row, withdrawing={found.pk: form})
    try:
        withdraw_link(link=found, by=request.user, reason=form.cleaned_data["reason"])
    except LinkClosed as closed:
        messages.error(request, f"Nothing was changed: this link was {closed.state.label.lower()} already.")
    else:
        messages.success(request, f"The link for {found.person.name} is withdrawn.")
    return redirect("initiatives:links", row.ref)


def page(
    request: SignedInRequest,
    row: Initiative,
    *,
    form: MakeLinkForm | None = None,
    withdrawing: dict[int, WithdrawLinkForm] | None = None,
    made: Made | None = None,
) -> HttpResponse:
    """Show the links; a form that was sent wrong stands in its place with what was typed."""
    wrong = withdrawing or {}
    rows = [
        {"link": link, "state": state, "form": wrong.get(link.pk) or WithdrawLinkForm(link=link)}
        for link, state in links_of(row, timezone.now())
    ]
    make = form or MakeLinkForm(initiative=row)
    sent = form or next(iter(wrong.values()), None)
    words = {"initiative": row, "make": make, "form": sent or make, "rows": rows, "made": made}
    return render(request, "initiatives/links.html", words, status=422 if sent else 200)
