"""Pages of the portal itself."""

from datetime import timedelta

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import Door, opens_to

HOLDS_FOR = timedelta(days=180)  # RFC 9116 recommends less than a year


@opens_to(Door.EVERYONE)
@require_safe
def security_txt(request: HttpRequest) -> HttpResponse:
    """Say whom to tell of a weakness, as RFC 9116 writes it; there is no such file until somebody is named."""
    contact = "".join(settings.SECURITY_CONTACT.split())
    if not contact:
        raise Http404("This portal does not say whom to tell of a weakness.")
    if ":" not in contact:
        contact = f"mailto:{contact}"
    lines = (
        f"Contact: {contact}",
        f"Expires: {timezone.localdate() + HOLDS_FOR}T00:00:00Z",
        "Preferred-Languages: en",
        f"Canonical: {settings.PORTAL_ADDRESS}/.well-known/security.txt",
    )
    words = "\n".join(lines) + "\n"
    return HttpResponse(words, "text/plain; charset=utf-8", headers={"Cache-Control": "public, max-age=86400"})
