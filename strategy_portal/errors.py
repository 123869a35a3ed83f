"""Answers to what could not be done, in the portal's look and in words; htmx and programs get the words alone."""

import sys

from django.conf import settings
from django.core.exceptions import BadRequest, RequestDataTooBig, TooManyFieldsSent
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.template.loader import get_template

from accounts.bearer import plain, shows_token
from strategy_portal.unavailable import NO_DATABASE, is_unavailable, unavailable

NOT_UNDERSTOOD = "The address or the form held something that the portal could not read."
NOT_ALLOWED = "Your role does not allow this. If you need it, ask the strategy office."
OLD_FORM = "This form was opened before you signed in, or a long time ago. Go back, reload the page and send it again."
TOO_LARGE = "More was sent than the portal takes at once, which is {:.3g} megabytes."
TOO_MANY_FIELDS = "The address or the form holds more than {:,} answers, which is more than anything here asks for."


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
    if isinstance(exception, RequestDataTooBig):
        return too_large(request, settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
    if isinstance(exception, TooManyFieldsSent):
        return _answer(request, 400, TOO_MANY_FIELDS.format(settings.DATA_UPLOAD_MAX_NUMBER_FIELDS))
    return _answer(request, 400, str(exception) if isinstance(exception, BadRequest) else NOT_UNDERSTOOD)


def too_large(request: HttpRequest, most: int) -> HttpResponse:
    """Say how much may be sent at once, in bytes."""
    return _answer(request, 413, TOO_LARGE.format(most / 1_000_000))


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say why the door is shut and whom to ask."""
    return _answer(request, 403, str(exception) or NOT_ALLOWED)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say what there is not: our own views say it in words, the resolver does not."""
    words = exception.args[0] if exception.args else None
    return _answer(request, 404, words if isinstance(words, str) else "There is no page at this address.")


def failed(request: HttpRequest) -> HttpResponse:
    """Say that the database cannot do its work just now, when that is what failed; else that the fault is ours.

    Django asks this while it holds the fault, wherever it was raised: in a view, a template or a middleware.
    """
    return unavailable(request, NO_DATABASE) if is_unavailable(sys.exc_info()[1]) else server_error(request)


def server_error(request: HttpRequest) -> HttpResponse:
    """Say that the fault is ours, and the request's number: whatever else there is may have fallen."""
    page = get_template("500.html").render({"request_id": getattr(request, "request_id", "")})
    return HttpResponse(page, status=500)


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
