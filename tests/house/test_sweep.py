"""The sweep: every address, for everybody, by every method, in every state of its thing, with and without htmx.

Whoever is refused learns nothing, nothing is written unless the line says so, and nobody is told what others have not
said. A part of it runs each time, all of it in `make soak`.
"""

import re

import pytest
from django.http import HttpResponse
from django.urls import include, path

from accounts.access import Door, opens_to
from initiatives.models import Draft
from tests.factories import a_person, undone
from tests.house.lines import Line
from tests.house.sweeping import HANDLER, body, cells, chosen, filled, knock, text_of, walk, writes
from tests.house.who import KINDS, OFFICE, OWN, READERS
from tests.test_house import HOUSE

LINES = list(enumerate(HOUSE.values()))
PARTS = 4  # so that as many processes can share the work
ROOMS = 12


def test_there_are_secrets_to_tell(things, lea, as_):
    for address in (
        "/",
        "/pillars/purpose/",
        "/aims/E1/",
        "/initiatives/",
        "/initiatives/DS-001/",
        "/meeting/",
        "/exports/updates.csv",
        "/exports/notes.csv",
    ):
        assert b"SECRET" in body(as_(lea).get(address))


def test_there_is_something_unsaid_to_whom_it_belongs(cast, things):
    for who, address, secret in (
        ("owner", "/initiatives/DS-001/update/", "UNSAID-DRAFT"),
        ("leader", "/asks/{ask}/answer/", "UNSAID-ANSWER"),
        ("owner of something else", "/exports/views/", "UNSAID-VIEW"),
        ("office", "/admin/accounts/user/", "olga@mail.example"),
    ):
        assert secret in text_of(knock(HANDLER, "GET", filled(address, things), {}, False, cast[who]))


def test_the_sweep_is_wide():
    assert sum(len(chosen(line, number)) for number, line in LINES) >= 5_000
    assert sum(len(cells(line)) for _, line in LINES) >= 50_000


@pytest.mark.parametrize("part", range(PARTS))
def test_everybody_gets_from_an_address_what_the_table_of_rights_says(part, cast, things):
    wrong = []
    for number, line in LINES[part::PARTS]:
        wrong += walk(line, chosen(line, number), cast, things)
    assert wrong == []


@pytest.mark.soak
@pytest.mark.parametrize("part", range(ROOMS))
def test_everybody_gets_from_every_address_in_every_state_what_the_table_says(part, cast, things):
    wrong = []
    for _, line in LINES[part::ROOMS]:
        wrong += walk(line, cells(line), cast, things)
    assert wrong == []


# --- A form takes what it shows and no more -------------------------------------------------------
FORGED = 987654321
SMUGGLED = (
    dict.fromkeys(
        (
            "owner", "owner_id", "deputy", "sponsor", "person", "person_id", "user", "by", "on_behalf_of", "leader",
            "recorded_by", "recorded_by_id", "prepared_by", "made_by", "initiative_id", "id", "pk", "version",
        ),
        str(FORGED),
    )
    | dict.fromkeys(("role", "roles", "grants-0-role", "groups"), "administrator")
    | dict.fromkeys(
        ("is_staff", "is_superuser", "is_active", "is_partner", "is_demonstration", "is_shared", "published"), "on"
    )
    | {"password": "FORGED", "digest": "FORGED", "ref": "ZZ-99999", "slug": "forged", "code": "E9999"}
    | {"recorded_at": "1999-01-01", "date_joined": "1999-01-01", "stage": "complete", "first_due_on": "1999-01-01"}
)  # fmt: skip
PLANTED = {FORGED, *SMUGGLED.values()} - {"on"}
WRITING = [line for line in HOUSE.values() if any(line.is_a_write(who, "POST") for who in KINDS)]


def told(written):
    """Return the statements, and of what they say the truths and whatever was smuggled in."""
    said = []
    for sql, params in written:
        rows = params if params and isinstance(params[0], (list, tuple)) else [params or ()]
        values = [value for row in rows for value in row]
        marks = [value for value in values if isinstance(value, bool)]
        marks += [str(value)[:10] for value in values if value in PLANTED or str(value)[:10] in PLANTED]
        said.append((re.sub(r'"s[0-9_]+x[0-9]+"', "savepoint", sql), marks))
    return said


def shown(page):
    return set(re.findall(r'<(?:input|select|textarea|button)\b[^>]*\bname="([^"]+)"', page))


@pytest.mark.parametrize("half", [0, 1])
def test_a_form_takes_the_fields_that_it_shows_and_no_more(half, cast, things):
    a_person("mallory", "Mallory Moss", pk=FORGED)
    wrong = []
    for line in WRITING[half::2]:
        who = next(who for who in KINDS if line.is_a_write(who, "POST"))
        address = filled(line.path, things)
        sends = {name: filled(value, things) for name, value in line.sends.items()}
        page = text_of(knock(HANDLER, "GET", address, {}, False, cast[who])) if "GET" in line.answers else ""
        more = {name: value for name, value in SMUGGLED.items() if name not in shown(page) | sends.keys()}
        found = []
        for said in (sends, more | sends):
            with undone(), writes() as written:
                status = knock(HANDLER, "POST", address, said, False, cast[who]).status_code
            found.append((status, told(written)))
        if found[0] != found[1] or not found[0][1]:
            wrong.append((line.path, *found))
    assert wrong == []


# --- The sweep sees what is wrong -----------------------------------------------------------------
def told_draft(request):
    return HttpResponse(" ".join(Draft.objects.values_list("said", flat=True)))


def seen_by_all(request):
    return HttpResponse("Fine.")


def shut(request):
    return HttpResponse("Fine.")


def writes_when_read(request):
    Draft.objects.update(said="changed")
    return HttpResponse("Fine.")


def with_an_address(request):
    return HttpResponse("Write to olga@mail.example.")


def with_the_key(request):
    return HttpResponse(request.session.session_key)


FAULTS = {
    "opened": (opens_to(Door.READ)(seen_by_all), OFFICE, "answered 200, not 403"),
    "shut": (shut, READERS, "answered 403, not 200"),
    "draft": (opens_to(Door.READ)(told_draft), READERS, "was told UNSAID-DRAFT"),
    "writes": (opens_to(Door.READ)(writes_when_read), READERS, "wrote"),
    "address": (opens_to(Door.READ)(with_an_address), READERS, "was told the addresses of olga"),
    "key": (opens_to(Door.READ)(with_the_key), READERS, "was told"),
}
urlpatterns = [
    *(path(f"{name}/", view) for name, (view, *_) in FAULTS.items()),
    path("", include("strategy_portal.urls")),
]
handler403 = "strategy_portal.errors.permission_denied"


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_in_a_view_is_told(fault, cast, things, settings):
    settings.ROOT_URLCONF = __name__
    line = Line(f"/{fault}/", FAULTS[fault][1])
    which = [cell for cell in cells(line) if cell[0] == OWN and cell[1] in ("analyst", "leader")]
    assert any(FAULTS[fault][2] in words for words in walk(line, which, cast, things))
