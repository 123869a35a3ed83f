"""Answers to what could not be done, in the portal's look and in words; htmx and programs get the words alone."""

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render

from accounts.bearer import plain, shows_token

NOT_UNDERSTOOD = "The address or the form held something that the portal could not read."
NOT_ALLOWED = "Your role does not allow this. If you need it, ask the strategy office."
OLD_FORM = "This form was opened before you signed in, or a long time ago. Go back, reload the page and send it again."


def _answer(request: HttpRequest, status: int, message: str) -> HttpResponse:
    if shows_token(request):
        return plain(status, message)
    template = "components/alert.html" if getattr(request, "htmx", False) else f"{status}.html"
    response = render(request, template, {"message": message}, status=status)
    if getattr(request, "htmx", False):
        response.headers["HX-Retarget"] = "#page-alert"
        response.headers["HX-Reswap"] = "innerHTML"
        response.headers["HX-Push-Url"] = "false"  # the address that was refused is not where the person is
    return response


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say what is allowed; words meant for people come in a `BadRequest`, others stay inside."""
    return _answer(request, 400, str(exception) if isinstance(exception, BadRequest) else NOT_UNDERSTOOD)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say why the door is shut and whom to ask."""
    return _answer(request, 403, str(exception) or NOT_ALLOWED)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say what there is not: our own views say it in words, the resolver does not."""
    words = exception.args[0] if exception.args else None
    return _answer(request, 404, words if isinstance(words, str) else "There is no page at this address.")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Say that the form is too old to be trusted, and give it a token that is new.

    A page that keeps what was typed is shown again with it; htmx reads the token and sends once more what it sent.
    """
    match = request.resolver_match
    again = getattr(match.func, "keeps_what_was_typed", None) if match and _comes_from_here(request) else None
    if again and match and request.user.is_authenticated and not getattr(request, "htmx", False):
        shown: HttpResponse = again(request, *match.args, **match.kwargs)
        return shown
    response = _answer(request, 403, OLD_FORM)
    response.headers["X-CSRFToken"] = get_token(request)
    return response


def _comes_from_here(request: HttpRequest) -> bool:
    """Say whether a form was sent by a page of the portal, as far as the browser tells."""
    return request.headers.get("Origin") in (None, f"{request.scheme}://{request.get_host()}")
