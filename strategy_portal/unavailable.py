"""What to say when the portal cannot do something just now: no fault of the person's, and it will pass.

Nothing here asks the database, a session or who is signed in, for each of them may be what is missing.
"""

from __future__ import annotations

import errno
import re
from dataclasses import dataclass

import psycopg2
from django.db import DatabaseError, Error, InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.template.loader import render_to_string

from accounts.bearer import plain, shows_token
from accounts.middleware import is_a_form_of_ours

# SQLite's own faults by number (busy, locked, read-only, a broken disk, damaged, full, not to be opened, locking, no
# database). Another number, such as that of a missing table, is a fault of ours.
SQLITE_UNAVAILABLE = {5, 6, 8, 10, 11, 13, 14, 15, 26}
DRIVER = (psycopg2.OperationalError, psycopg2.InterfaceError)
ONLY_READS = "25006"  # PostgreSQL's word for a write where it only takes reads
TOKEN = "csrfmiddlewaretoken"  # noqa: S105  (the name of a field)
SECRETS = re.compile(r"password|secret|token|(^|[_-])code$", re.IGNORECASE)  # what such fields hold is typed anew
KEY = re.compile(r"[0-9a-f-]{32,36}")
LONG = 30  # a text longer than this is shown; shorter ones only go along


@dataclass(frozen=True)
class Why:
    """Why something cannot be done just now, and in how many seconds to ask again."""

    words: str
    wait: int


NO_DATABASE = Why("The portal cannot reach its records just now.", 10)
ONLY_READING = Why("The portal is only being read just now, while its records are looked after.", 300)
# What was lost may be no more than the reply of a database that did save it.
NOT_SAVED = "What you sent was not saved, as far as the portal can tell."
NOTHING_LOST = "Nothing is lost."
BUSY = Why("The portal is very busy just now.", 5)


def is_unavailable(fault: BaseException | None) -> bool:
    """Say whether a fault means that the database, or the disk, cannot do its work just now.

    What the database refuses for what it was told (a broken promise, a wrong value, wrong SQL) is not. What was raised
    while another fault was being dealt with is judged by that one too.
    """
    if isinstance(fault, Error) and getattr(connection.connection, "closed", False):
        return True  # whatever it was called: the line to PostgreSQL is broken
    while fault is not None:
        if _passes(fault):
            return True
        fault = fault.__cause__ or fault.__context__
    return False


def _passes(fault: BaseException) -> bool:
    if isinstance(fault, OSError):
        return fault.errno in (errno.ENOSPC, errno.EDQUOT, errno.EROFS)
    number = getattr(fault, "sqlite_errorcode", getattr(fault.__cause__, "sqlite_errorcode", None))
    if number is not None:
        return number & 0xFF in SQLITE_UNAVAILABLE
    if getattr(fault, "pgcode", None) == ONLY_READS:
        return True
    # The driver's own faults come by where Django closes what is broken. A connection that breaks in the middle of an
    # answer is told of by no more precise a word than the first of these.
    return type(fault) is DatabaseError or isinstance(fault, (OperationalError, InterfaceError, *DRIVER))


def unavailable(request: HttpRequest, why: Why) -> HttpResponse:
    """Answer 503 in words, with what was typed in a form that can be sent again."""
    posted = request.method == "POST"
    words = f"{why.words} {NOT_SAVED if posted else NOTHING_LOST}"
    if shows_token(request):
        response = plain(503, f"{words} Try again in {why.wait} seconds.")
    elif request.headers.get("HX-Request") == "true":
        more = "What you typed is still here." if posted else ""
        message = f"{words} {more} Try again in {in_words(why.wait)}."
        title = "Not saved" if posted else ""
        response = HttpResponse(render_to_string("components/alert.html", {"message": message, "title": title}))
        response.headers["HX-Retarget"], response.headers["HX-Reswap"] = "#page-alert", "innerHTML"
        response.headers["HX-Push-Url"] = "false"
    else:
        told = {"message": words, "wait": in_words(why.wait), "posted": posted, "here": request.get_full_path()}
        told |= typed(request)
        response = HttpResponse(render_to_string("503.html", told))
    response.status_code = 503
    response.headers["Retry-After"] = str(why.wait)
    response.headers["Cache-Control"] = "no-store"
    return response


def in_words(seconds: int) -> str:
    """Return a time to wait as people say it."""
    return f"{seconds} seconds" if seconds < 60 else "a few minutes"


def typed(request: HttpRequest) -> dict[str, object]:
    """Return what a form of ours held, for another form that says the same; nothing of a form with a secret in it."""
    if request.method != "POST":
        return {}
    try:
        said = [(name, text) for name, texts in request.POST.lists() for text in texts]
        files = bool(request.FILES)
        if not is_a_form_of_ours(request) or any(SECRETS.search(name) for name, _ in said if name != TOKEN):
            return {}
    except Exception:  # a body that cannot be read, or kept, is no reason to say nothing
        return {}
    said = [(name, text) for name, text in said if name != TOKEN]
    return {
        "shown": [(label(name), name, text) for name, text in said if len(text) > LONG and not KEY.fullmatch(text)],
        "along": [(name, text) for name, text in said if len(text) <= LONG or KEY.fullmatch(text)],
        "kept": True,
        "files": files,
        "once": any(name == "key" for name, _ in said),
        "csrf_token": get_token(request),
    }


def label(name: str) -> str:
    """Return the name of a field as a label: what_changed is What changed."""
    return name.replace("_", " ").replace("-", " ").strip().capitalize() or name
