"""The sweep itself: which requests there are, how each is sent, and what can be wrong with its answer."""

import io
import re
import zipfile
from contextlib import contextmanager
from hashlib import sha256
from itertools import product
from urllib.parse import urlencode

from django.conf import settings
from django.db import connection
from django.test import RequestFactory
from django.test.client import ClientHandler
from django.urls import URLResolver

from accounts.models import AccessToken, Session
from tests.factories import undone
from tests.house.cast import ADDRESS, READ_ADDRESSES, SECRETS
from tests.house.lines import METHODS, SAFE
from tests.house.who import KINDS, OUTSIDE, OWN

HANDLER = ClientHandler(enforce_csrf_checks=False)
# A visit is as a session, tries of signing in are counted, and that a file was taken away is on record whatever it was
# taken with. That a session ends is no note: somebody meant it.
NOTED = ("accounts_visit", "accounts_session", "accounts_tries", "reports_download")


def patterns(resolver, before=""):
    """Yield every pattern of the URLconf, the included ones too."""
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from patterns(pattern, before + str(pattern.pattern))
        else:
            yield re.sub(r"<app_label>[^)]+", "<app_label>any", before + str(pattern.pattern))


# --- Which requests there are ---------------------------------------------------------------------
def cells(line):
    """Return every request to an address: the state of its thing, who sends it, whether by htmx, and the method."""
    return list(product(line.in_states(), KINDS, (False, True), METHODS))


def chosen(line, number):
    """Return the requests to the address of that number which every run of the tests sends.

    Whoever is refused knocks at every door by GET and POST. Of the rest a rotation that is the same in every run takes
    some, fewer of those that take long.
    """
    found = []
    for place, cell in enumerate(cells(line)):
        state, who, htmx, method = cell
        status = line.expected(who, method, htmx, state)
        is_quick, is_plain = status in (302, 401, 403, 405), state == OWN and not htmx and method in ("GET", "POST")
        every = (1 if is_quick else 5) if is_plain else (37 if is_quick else 53)  # primes: no method is left out
        if (place // len(METHODS) // 2 if is_plain else place) % every == number % every:
            found.append(cell)
    return found


# --- What is written ------------------------------------------------------------------------------
@contextmanager
def writes():
    """Collect the statements inside that are not reading, each with what it says."""
    found = []

    def note(execute, sql, params, many, context):
        word, table = sql.lstrip("( ").split(None, 1)[0].upper(), sql.partition('"')[2].partition('"')[0]
        reads = word in ("SELECT", "SAVEPOINT", "RELEASE", "ROLLBACK", "EXPLAIN")
        notes = table in NOTED and word != "DELETE"
        if not reads and not notes:
            found.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield found


def digest(but=()):
    """Return a sum over every row of every table but these."""
    rows = []
    with connection.cursor() as cursor:
        for table in sorted(set(connection.introspection.table_names(cursor)) - set(but)):
            cursor.execute(f'SELECT * FROM "{table}"')
            # PostgreSQL gives what is no text as a view of memory, which never looks the same twice.
            told = ([bytes(c) if isinstance(c, memoryview) else c for c in row] for row in cursor.fetchall())
            rows += sorted(repr((table, row)) for row in told)
    return sha256("\n".join(rows).encode()).hexdigest()


# --- How a request is sent ------------------------------------------------------------------------
def filled(value, things):
    return value.format(**things) if isinstance(value, str) else value


def knock(handler, method, path, sends, htmx, key):
    """Send one request, as htmx does it or as a plain page does. Django's client takes twice as long for its notes."""
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/initiatives/?q=x"} if htmx else {}
    sent = urlencode(sends) if method in ("POST", "PUT", "PATCH", "DELETE") else ""
    kind = "application/x-www-form-urlencoded"
    request = RequestFactory().generic(
        method, path, sent, kind, headers=headers, HTTP_COOKIE=f"{settings.SESSION_COOKIE_NAME}={key}"
    )
    return handler(request.environ)


def body(response):
    return b"".join(response) if response.streaming else response.content


def text_of(response):
    """Return what an answer says, of a package or a workbook what is in it."""
    found = body(response)
    if found.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(found)) as package:
            found = b"\n".join(package.read(name) for name in package.namelist())
    return found.decode(errors="replace")


# --- What can be wrong ----------------------------------------------------------------------------
def walk(line, which, cast, things):
    """Yield what is wrong with what people get from one address. What one changes is undone before the next comes."""
    sends = {name: filled(value, things) for name, value in line.sends.items()}
    hidden = secrets_of_the_house()
    before, safe = digest(NOTED), []
    with undone():
        for cell in which:
            if line.is_a_write(cell[1], cell[3], cell[0]):
                with undone():
                    yield from visit(line, cell, cast, things, sends, hidden)
            else:
                yield from visit(line, cell, cast, things, sends, hidden)
                safe.append(cell)
        if digest(NOTED) != before:
            yield f"{line.path}: something changed that no statement told of, by one of {len(safe)} requests"


def visit(line, cell, cast, things, sends, hidden):
    """Yield what is wrong with one answer."""
    state, who, htmx, method = cell
    path = filled(line.in_state(state), things)
    with writes() as written:
        response = knock(HANDLER, method, path, sends, htmx, cast[who])
        text = text_of(response)
    said = f"{method} {path}{' by htmx' * htmx} of {who}"
    expected = line.expected(who, method, htmx, state)
    if response.status_code != expected:
        yield f"{said} answered {response.status_code}, not {expected}"
    if bool(written) != line.is_a_write(who, method, state):
        yield f"{said} wrote {written or 'nothing'}"
    if line.refuses(who, response.status_code) and "SECRET" in text:
        yield f"{said} told a secret"
    yield from (f"{said} {words}" for words in leaks(who, text, hidden, cast))
    yield from (f"{said} {words}" for words in at_the_door(who, line, method, path, htmx, response))
    if method == "HEAD":
        yield from (f"{said} {words}" for words in unlike_get(response, text, path, htmx, cast[who]))


def secrets_of_the_house():
    """Return what stands in no answer at all: keys of sessions, and what is kept of tokens."""
    keys = Session.objects.values_list("session_key", flat=True)
    return [*keys, *AccessToken.objects.values_list("digest", flat=True)]


def leaks(who, text, hidden, cast):
    """Yield what somebody was told that is not theirs to know."""
    yield from (f"was told {secret}" for secret, known in SECRETS.items() if secret in text and who not in known)
    yield from (f"was told {secret[:8]}…" for secret in hidden if secret in text)
    others = {name for name in ADDRESS.findall(text) if name != OWN_NAMES.get(who)}
    if others and who not in READ_ADDRESSES:
        yield f"was told the addresses of {', '.join(sorted(others))}"


OWN_NAMES = {
    "owner": "olga", "owner of something else": "omar", "deputy": "dina", "sponsor": "sam", "delegate": "dele",
    "asked": "asa", "stand-in": "stella", "leader": "lea", "analyst": "ana", "no role": "nadia", "partner": "polly",
    "role taken": "rosa",
}  # fmt: skip


def at_the_door(who, line, method, path, htmx, response):
    """Yield what is wrong with how somebody signed out is shown the way in."""
    if who not in OUTSIDE or who in line.door:
        return
    back = "/accounts/login/?" + urlencode({"next": "/initiatives/?q=x" if htmx else path})
    told = {"Location": response.get("Location"), "HX-Redirect": response.get("HX-Redirect")}
    if not htmx:
        right = {"Location": back, "HX-Redirect": None}
    elif method in SAFE:
        right = {"Location": None, "HX-Redirect": back}
    else:
        right = told
        if "You have been signed out" not in response.content.decode() or response["HX-Retarget"] != "#page-alert":
            yield "heard no words"
    if told != right:
        yield f"was sent to {told}"


def unlike_get(response, text, path, htmx, key):
    """Yield in what an answer to HEAD differs from the one to GET."""
    get = knock(HANDLER, "GET", path, {}, htmx, key)
    body(get)
    names = ("Content-Type", "Location", "HX-Redirect", "Cache-Control", "Content-Disposition")
    if text:
        yield "has a body"
    if response.status_code != get.status_code or [response.get(n) for n in names] != [get.get(n) for n in names]:
        yield f"is not as GET, which answered {get.status_code}"
