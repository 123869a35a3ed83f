"""The organisation's way in: to Microsoft Entra ID and back. Whoever is turned away reads why in words."""

import logging
from collections.abc import Mapping
from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.providers.base.constants import AuthError
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_safe
from requests import RequestException

from accounts.access import Door, opens_to
from accounts.entra.configuration import is_on
from accounts.entra.people import claims_of, enter
from accounts.entra.tokens import Refused
from accounts.models import Way
from accounts.provider import EntraAdapter, EntraProvider
from accounts.signing_in import come_in, where_to

NOT_SET_UP = "Signing in with the organisation's own accounts is not set up here."
CANCELLED = "You did not finish signing in, or were not allowed to. Nothing was changed."
OTHERS = {
    "deactivated": "Your account in the portal is no longer active. If that is wrong, ask the strategy office.",
    "another tenant": "This portal is for accounts of one organisation, and yours belongs to another.",
    "unknown state": "This sign-in was begun elsewhere, a while ago, or is finished already. Begin again from here.",
}
REFUSED = (
    "The answer of the sign-in service could not be trusted, so nothing was done. Try again; if it happens again, tell "
    "the strategy office."
)
DOWN = (
    "The organisation's sign-in service does not answer. Try again in a minute. If you have a local account, you can "
    "use that."
)

log = logging.getLogger("portal.sign_in")


@opens_to(Door.EVERYONE)
@require_safe
def entra(request: HttpRequest) -> HttpResponse:
    """Send somebody to Entra, to come back to the page that they were going to."""
    _must_be_on()
    try:
        return EntraProvider.from_settings(request).begin(request, request.GET.get("next", ""))
    except (RequestException, Refused, KeyError, ValueError) as error:
        return turn_away(request, AuthError.UNKNOWN, error)


@opens_to(Door.EVERYONE)
@require_safe
def entra_callback(request: HttpRequest) -> HttpResponse:
    """Take what Entra sends somebody back with, and let them in or turn them away."""
    _must_be_on()
    try:
        response: HttpResponse = Callback.adapter_view(EntraAdapter(request, come_in=_come_in))(request)
    except (RequestException, OAuth2Error, Refused) as error:
        return turn_away(request, AuthError.UNKNOWN, error)
    except (KeyError, ValueError, TypeError, AttributeError) as error:  # an answer unlike any that the standard knows
        return turn_away(request, AuthError.UNKNOWN, error)
    return response


class Callback(OAuth2CallbackView):
    """Allauth's own way back, which tells the adapter what the session kept."""

    adapter: EntraAdapter

    def _get_state(self, request: HttpRequest, provider: Any) -> tuple[Any, Any]:
        state, response = super()._get_state(request, provider)
        self.adapter.state = state or {}
        return state, response


class SocialAdapter(DefaultSocialAccountAdapter):
    """Says in our words what allauth found wrong."""

    def on_authentication_error(
        self, request: HttpRequest, provider: Any, error: Any = None, exception: Any = None, extra_context: Any = None
    ) -> None:
        if exception is None and error == AuthError.UNKNOWN and "state" not in (extra_context or {}):
            exception = Refused("unknown state")
        raise ImmediateHttpResponse(turn_away(request, error, exception))


def _must_be_on() -> None:
    if not is_on():
        raise Http404(NOT_SET_UP)


def _come_in(request: HttpRequest, said: Mapping[str, Any], then: str) -> HttpResponse:
    """Let in the person of believed claims."""
    person = enter(claims_of(said))
    come_in(request, person, Way.ENTRA)
    return HttpResponseRedirect(where_to(request, person, then))


def turn_away(request: HttpRequest, error: Any, exception: Exception | None) -> HttpResponse:
    """Say that somebody was not let in: one line in the log, and a page that tells no more than they need."""
    if isinstance(exception, RequestException):
        log.warning("the sign-in service does not answer: %s", type(exception).__name__)
        response = render(request, "accounts/not_let_in.html", {"message": DOWN}, status=503)
        response.headers["Retry-After"] = "60"
        return response
    why = "cancelled" if error == AuthError.CANCELLED else _why(exception)
    log.warning("sign-in refused: way=entra why=%s", why)
    message = CANCELLED if why in ("cancelled", "not allowed") else OTHERS.get(why, REFUSED)
    return render(request, "accounts/not_let_in.html", {"message": message}, status=403)


def _why(exception: Exception | None) -> str:
    if isinstance(exception, Refused):
        return exception.why
    if isinstance(exception, OAuth2Error):
        return "code refused"
    return "not allowed" if exception is None else "malformed"
