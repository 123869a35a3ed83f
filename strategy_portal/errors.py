"""Answers to what could not be done, in the portal's look and in words; htmx gets the words alone."""

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

NOT_UNDERSTOOD = "The address or the form held something that the portal could not read."
NOT_ALLOWED = "Your role does not allow this. If you need it, ask the strategy office."
OLD_FORM = "This form was opened before you signed in, or a long time ago. Go back, reload the page and send it again."


def _answer(request: HttpRequest, status: int, message: str) -> HttpResponse:
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
    """Say that the form is too old to be trusted."""
    return _answer(request, 403, OLD_FORM)
