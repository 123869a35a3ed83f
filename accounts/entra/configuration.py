"""Which directory the portal trusts: nothing is on until tenant, client and secret are all set."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from accounts.models import Role

MICROSOFT = "https://login.microsoftonline.com/{tenant}/v2.0"
LOOPBACK = ("127.0.0.1", "localhost", "::1")


def is_on() -> bool:
    """Say whether people sign in with the organisation's own accounts."""
    return bool(settings.ENTRA_TENANT and settings.ENTRA_CLIENT_ID and settings.ENTRA_CLIENT_SECRET)


def issuer() -> str:
    """Return whose tokens are taken, as they name themselves."""
    return settings.ENTRA_ISSUER or MICROSOFT.format(tenant=settings.ENTRA_TENANT)


def role_of(word: str) -> str | None:
    """Return our role for the value of one of Entra's app roles; None for one that is none of ours."""
    ours = settings.ENTRA_ROLES.get(word, word.lower())
    return ours if ours in Role.values else None


@register()
def check_configuration(**_: Any) -> list[CheckMessage]:
    """Say what is wrong with the settings, before anybody tries to sign in with them."""
    wrong = []
    said = [settings.ENTRA_TENANT, settings.ENTRA_CLIENT_ID, settings.ENTRA_CLIENT_SECRET]
    if any(said) and not all(said):
        wrong.append("ENTRA_TENANT, ENTRA_CLIENT_ID and ENTRA_CLIENT_SECRET are set together or not at all.")
    if settings.ENTRA_TENANT and not _is_uuid(settings.ENTRA_TENANT):
        wrong.append("ENTRA_TENANT is the ID of one directory, not `common`, `organizations` or a domain.")
    if is_on() and not _is_safe(issuer()):
        wrong.append("ENTRA_ISSUER begins with https:// (http:// is for a provider on this machine alone).")
    if set(settings.ENTRA_ROLES.values()) - set(Role.values):
        wrong.append(f"ENTRA_ROLES leads to roles that the portal has: {', '.join(Role.values)}.")
    return [Error(words, id="accounts.E001") for words in wrong]


def _is_uuid(word: str) -> bool:
    try:
        return str(UUID(word)) == word.lower()
    except ValueError:
        return False


def _is_safe(address: str) -> bool:
    parts = urlsplit(address)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)


def as_name(word: object, longest: int) -> str:
    """Return a claim as a name; nothing when it is no text, too long, or not on one line."""
    if not isinstance(word, str) or len(word.strip()) > longest or re.search(r"[\x00-\x1f\x7f]", word):
        return ""
    return word.strip()
