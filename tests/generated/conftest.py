"""A portal with one of everything, and everybody's way in."""

from types import SimpleNamespace
from urllib.parse import quote, unquote_to_bytes

import pytest
from django.apps import apps
from django.conf import settings as django_settings
from django.test import Client, RequestFactory
from django.test.client import ClientHandler
from django.urls import URLResolver, get_resolver
from django.utils import timezone

from accounts.tokens import make_token, new_key
from initiatives import kept
from initiatives.links import make_link
from initiatives.models import NamedMapping, ReminderPreference, Update
from initiatives.reminders.calendar import key_of
from reports.models import SavedView
from tests.factories import aligns, asks, day, moves, notes, says, ticks, undone
from tests.generated.cases import example
from tests.initiatives.imports.files import a_file, brings

HANDLER = ClientHandler(enforce_csrf_checks=False)


@pytest.fixture
def portal(olgas, omars, olga, oscar, lea, ana, ada, polly, settings):
    """One of everything; `portal.paths` are addresses of all patterns, `portal.knock` sends a request and undoes it."""
    settings.DEBUG_PROPAGATE_EXCEPTIONS = True  # a crash tells where it was, not only that it was
    says(olgas, "amber", on="2025-05-01", risk="A risk.", by=olga)
    ticks(olgas, 1, on="2025-05-29")
    moves(olgas, 2, to="2025-08-31", recorded="2025-05-01")
    aligns(olgas, "E1", recorded="2025-04-02")
    ask = asks(olgas, on="2025-05-01")
    notes(olgas, on="2025-06-02", by=olga)
    _, link = make_link(initiative=omars, person=omars.owner, by=oscar)
    _, secret = make_token(by=ana, name="Script", datasets=[], until=day("2100-01-01"), key=new_key())
    view = SavedView.objects.create(owner=olga, name="A view", dataset="updates", is_shared=True)
    brought = brings(oscar, a_file("ref | title | owner | rag", "DS-005 | Five | Somebody | Blueish"))
    mapping = NamedMapping.objects.create(name="A mapping", mapping=brought.mapping)
    calendar = key_of(ReminderPreference.objects.create(person=olga))
    kept.keep(timezone.localdate())
    values = {
        "ref": "DS-001", "slug": "purpose", "code": "E1", "ask_id": ask.pk, "update_id": Update.objects.get().pk,
        "view_id": view.pk, "import_id": brought.pk, "mapping_id": mapping.pk, "token": link.split("/")[2],
        "key": calendar, "name": "updates", "format": "csv", "file": "datapackage.json", "uidb64": "MQ",
    }  # fmt: skip
    keys = {name: _key_of(person) for name, person in {"olga": olga, "oscar": oscar, "lea": lea, "ada": ada}.items()}
    paths = sorted({example(route, values | _object_of(route)) for route in routes(get_resolver())})
    made = SimpleNamespace(values=values, secret=secret, link=link, calendar=calendar, paths=paths, keys=keys)
    made.knock = lambda *how, **more: knock(made, *how, **more)
    return made


def _key_of(person):
    client = Client()
    client.force_login(person)
    return client.session.session_key


def routes(resolver, before=""):
    """Yield every pattern of the URLconf."""
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from routes(pattern, before + str(pattern.pattern))
        else:
            yield before + str(pattern.pattern)


def _object_of(route):
    """Return the id of the first row of the model that an address of Django's administration is about."""
    parts = route.split("/")
    if len(parts) > 2 and parts[0] == "admin":
        try:
            row = apps.get_model(parts[1], parts[2])._base_manager.first()
        except LookupError:
            return {}
        return {"object_id": row.pk if row else 1, "": row.pk if row else 1}
    return {}


def encoded(pairs):
    """Write pairs as a form or an address does; half a surrogate too, as hostile programs do."""
    return "&".join("=".join(quote(str(word), safe="", errors="surrogatepass") for word in pair) for pair in pairs)


def knock(portal, method, path, pairs=(), who="oscar", files=None, **headers):
    """Send one request; returns its status and page, with whatever it wrote undone."""
    factory = RequestFactory(headers={"HX-Request": "true"} if headers.pop("htmx", False) else None)
    cookie = {"HTTP_COOKIE": f"{django_settings.SESSION_COOKIE_NAME}={portal.keys.get(who, '')}"} | headers
    if method == "GET":
        mark = "&" if "?" in path else "?"
        request = factory.generic("GET", f"{path}{mark}{encoded(pairs)}" if pairs else path, **cookie)
    elif files:
        request = factory.post(path, dict(pairs) | files, **cookie)
    else:
        request = factory.generic("POST", path, encoded(pairs), "application/x-www-form-urlencoded", **cookie)
    # The request has read its address already, and wrote it back as no server would hand it over.
    request.environ["PATH_INFO"] = unquote_to_bytes(path.partition("?")[0]).decode("latin-1")
    with undone():
        response = HANDLER(request.environ)
        page = b"".join(response) if response.streaming else response.content
    return response.status_code, page
