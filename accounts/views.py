"""Signing in, and a person's own account."""

from django.conf import settings
from django.contrib.auth.views import LoginView
from django.http import HttpResponse
from django.shortcuts import render, resolve_url
from django.views.decorators.http import require_safe

from accounts.access import Door, SignedInRequest, opens_to
from accounts.models import Role


class SignIn(LoginView):
    """The sign-in page. Whoever has no role is led to their own account, the one page that is open to them."""

    template_name = "accounts/login.html"
    redirect_authenticated_user = True

    def get_redirect_url(self) -> str:  # type: ignore[override]  # the stubs ask for a request
        """Return where the person was going, unless that is here."""
        address = super().get_redirect_url()
        return "" if address.partition("?")[0] == self.request.path else address

    def get_default_redirect_url(self) -> str:
        """Return where a person goes who was going nowhere."""
        roles = getattr(self.request.user, "roles", ())
        return resolve_url(settings.LOGIN_REDIRECT_URL if roles else "accounts:account")


@opens_to(Door.SELF)
@require_safe
def account(request: SignedInRequest) -> HttpResponse:
    """Show who the portal takes the person to be, and what their roles open."""
    roles = [Role(word).label for word in Role.values if word in request.user.roles]
    return render(request, "accounts/account.html", {"roles": roles})
