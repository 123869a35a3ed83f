"""Closed unless opened: a view that names no door is refused, and so is a person without its key."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.middleware.csrf import CsrfViewMiddleware
from django.shortcuts import render, resolve_url
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from accounts.access import Door, may_pass
from accounts.bearer import token_of
from accounts.models import User
from accounts.sessions import note_session
from accounts.visits import note_visit

HELD = "held"  # where a session keeps what was sent after the one before it had ended
LONGEST_HELD = 400_000  # characters of a form as it is sent
METHODS = ("GET", "HEAD", "POST")  # all that any page asks for; Django's administration would take the rest for a GET
NO_ROLE = "Your account has no role in the portal yet. Ask the strategy office to give you one."
NO_KEY = "Your role does not open this page. If you need it, ask the strategy office."


class ClosedUnlessOpenedMiddleware:
    """Asks every view for its door and every person for the key, and keeps signed-in pages out of caches."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        door = door_of(request, view)
        if door is None:
            raise PermissionDenied("This page has not been opened to anyone.")
        if may_pass(request.user, door):
            is_use = request.method == "POST" or not hasattr(view, "leaves_no_visit")
            if is_use and isinstance(request.user, User) and token_of(request) is None:  # a program is no visit
                note_visit(request.user, timezone.now())
                note_session(request, timezone.now())
            return None if request.method in METHODS else HttpResponseNotAllowed(METHODS)
        if not request.user.is_authenticated:
            if hasattr(view, "keeps_what_was_typed"):
                hold(request, view)
            return ask_to_sign_in(request)
        raise PermissionDenied(NO_KEY if request.user.roles else NO_ROLE)


def door_of(request: HttpRequest, view: Callable[..., Any]) -> Door | None:
    """Return the door that the view names; Django's administration stands behind one door as a whole."""
    if request.resolver_match and request.resolver_match.app_names[:1] == ["admin"]:
        return Door.ADMINISTRATION
    return getattr(view, "door", None)


def ask_to_sign_in(request: HttpRequest) -> HttpResponse:
    """Send a signed-out person to the sign-in page; htmx is told in a way that never fills a hole with that page."""
    htmx = getattr(request, "htmx", None)
    if not htmx:
        return HttpResponseRedirect(sign_in_address(request.get_full_path()))
    came_from = page_behind(request)
    if request.method in ("GET", "HEAD"):
        return HttpResponse(headers={"HX-Redirect": sign_in_address(came_from)})
    words = {"sign_in_address": sign_in_address(came_from)}
    response = render(request, "accounts/signed_out_alert.html", words, status=401)
    response.headers["HX-Retarget"] = "#page-alert"
    response.headers["HX-Reswap"] = "innerHTML"
    return response


def hold(request: HttpRequest, view: Callable[..., Any]) -> None:
    """Hold what a signed-out person sent in their session, so that it is there again once they have signed in.

    Only a form of ours counts: without its token a stranger's page could put words into somebody's mouth.
    """
    if request.method != "POST" or getattr(request, "htmx", False) or not is_a_form_of_ours(request):
        return
    said = request.POST.urlencode()
    if len(said) <= LONGEST_HELD:
        request.session[HELD] = {"path": request.path, "said": said}


class _Guard(CsrfViewMiddleware):
    def _reject(self, request: HttpRequest, reason: str) -> HttpResponse:
        return HttpResponse(status=403)  # Django's would draw a page, and ask the database who it is for


def is_a_form_of_ours(request: HttpRequest) -> bool:
    """Say whether what was sent carries the token of a form of the portal's, before anybody asks who sent it."""
    if settings.CSRF_COOKIE_NAME not in request.COOKIES:
        return False
    guard = _Guard(lambda _: HttpResponse())
    guard.process_request(request)
    return guard.process_view(request, lambda _: HttpResponse(), (), {}) is None


def sign_in_address(then: str) -> str:
    """Return the sign-in page's address that leads back to `then`."""
    return f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': then})}"


def page_behind(request: HttpRequest) -> str:
    """Return the path of the page that sent an htmx request, or `/` when it is not one of ours."""
    address = request.headers.get("HX-Current-URL", "")
    if not url_has_allowed_host_and_scheme(address, {request.get_host()}, request.is_secure()):
        return "/"
    parts = urlsplit(address)
    return parts.path + (f"?{parts.query}" if parts.query else "")
