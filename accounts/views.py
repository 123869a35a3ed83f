"""A person's own account."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import Door, SignedInRequest, opens_to
from accounts.models import Role


@opens_to(Door.SELF)
@require_safe
def account(request: SignedInRequest) -> HttpResponse:
    """Show who the portal takes the person to be, and what their roles open."""
    roles = [Role(word).label for word in Role.values if word in request.user.roles]
    return render(request, "accounts/account.html", {"roles": roles})
