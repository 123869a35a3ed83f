"""A person's own account, and the sessions that they have open."""

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.access import Door, SignedInRequest, leaves_no_visit, opens_to
from accounts.models import Identity, Role
from accounts.second_factor import has_second_factor
from accounts.sessions import can_be_extended, end_sessions, handle_of, open_sessions, seconds_left


@opens_to(Door.SELF)
@require_safe
def account(request: SignedInRequest) -> HttpResponse:
    """Show who the portal takes the person to be, what their roles open, and where else they are signed in."""
    roles = [Role(word).label for word in Role.values if word in request.user.roles]
    rows = open_sessions(request.user, timezone.now())
    sessions = [
        {"row": row, "handle": handle_of(row), "here": row.session_key == request.session.session_key} for row in rows
    ]
    words = {
        "roles": roles,
        "sessions": sessions,
        "from_entra": Identity.objects.filter(person=request.user).exists(),
        "has_second_factor": has_second_factor(request.user),
    }
    return render(request, "accounts/account.html", words)


@opens_to(Door.SELF)
@require_POST
def end_others(request: SignedInRequest) -> HttpResponse:
    """End one of the person's other sessions, or all of them."""
    chosen = request.POST.get("session", "")
    others = request.user.sessions.exclude(session_key=request.session.session_key)
    ended = end_sessions([row for row in others if chosen in ("all", handle_of(row))], of=request.user, by=request.user)
    messages.success(request, "Signed out there." if ended else "There was no such session any more.")
    return redirect("accounts:account")


@leaves_no_visit
@opens_to(Door.SELF)
def session(request: SignedInRequest) -> HttpResponse:
    """Say for how long the session goes on by itself; a POST is a use of it, and so gives it its full time again."""
    now = timezone.now()
    return JsonResponse({"left": seconds_left(request, now) or 0, "extendable": can_be_extended(request, now)})
