"""What is held about people: the notice for everyone and a person's own data; the accessibility statement beside it."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import Door, SignedInRequest, opens_to
from reports import accessibility
from reports.privacy import told
from reports.privacy.declaration import HELD
from reports.privacy.document import how_long

NEWEST = 10  # rows of each table on the page; the file has them all


@opens_to(Door.EVERYONE)
@require_safe
def notice(request: HttpRequest) -> HttpResponse:
    """Say what the portal holds about people, why and for how long."""
    words = {"held": [(held, how_long(held)) for held in HELD], "contact": settings.OFFICE_CONTACT}
    return render(request, "reports/privacy.html", words)


@opens_to(Door.EVERYONE)
@require_safe
def statement(request: HttpRequest) -> HttpResponse:
    """Say how accessible the portal is, and whom to tell when it is not."""
    words = {
        "contact": settings.OFFICE_CONTACT,
        "tested_on": accessibility.LAST_TESTED_ON,
        "prepared_on": accessibility.PREPARED_ON,
    }
    return render(request, "reports/accessibility.html", words)


@opens_to(Door.SELF)
@require_safe
def my_data(request: SignedInRequest) -> HttpResponse:
    """Tell a person what is held about them, the newest rows of each kind."""
    return render(
        request, "reports/my_data.html", {"sections": list(told.told(request.user, NEWEST)), "newest": NEWEST}
    )


@opens_to(Door.SELF)
@require_safe
def my_data_file(request: SignedInRequest) -> HttpResponse:
    """Give a person everything that is held about them, as JSON."""
    answer = JsonResponse(told.as_json(request.user), json_dumps_params={"indent": 1, "ensure_ascii": False})
    answer.headers["Content-Disposition"] = 'attachment; filename="my-data.json"'
    return answer
