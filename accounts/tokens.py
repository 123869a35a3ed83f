"""Access tokens: making one, withdrawing it, finding it by its secret, and noting that it was used.

The secret is worked out from a key that only the form which asked for it holds, and from the portal's own. So the same
form sent twice makes one token and can be told its secret twice, while the database keeps no more than a digest.
"""

from __future__ import annotations

import hmac
import logging
import re
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from hashlib import sha256

from django.conf import settings
from django.db import Error
from django.utils import timezone

from accounts.models import AccessToken, User
from accounts.read_only import is_read_only

LIFE = timedelta(days=90)
LONGEST_LIFE = timedelta(days=365)
TOLD_AGAIN_FOR = timedelta(minutes=5)  # to the form that made it, sent once more
NOTED_EVERY = timedelta(minutes=1)  # so that most requests write nothing
WELL_FORMED = re.compile(r"portal_[A-Za-z0-9_-]{43}")

log = logging.getLogger("portal.tokens")


def new_key() -> str:
    """Return what a form carries so that it makes one token, however often it is sent."""
    return secrets.token_urlsafe(32)


def make_token(
    *, by: User, name: str, datasets: Iterable[str], until: date, key: str
) -> tuple[AccessToken, str | None]:
    """Make a token for a person and return it with its secret; None in place of that once it is no longer told.

    No data sets stand for all of them. A key that made a token of theirs before returns that one, as it is.
    """
    secret = _secret(by, key)
    wanted = {"person": by, "name": name, "datasets": list(datasets), "until": until, "beginning": secret[:12]}
    token, is_new = AccessToken.objects.get_or_create(digest=digest(secret), defaults=wanted)
    if is_new:
        log.info("token made: token=%s person=%s until=%s", token.pk, by.pk, until)
    is_told = token.withdrawn_at is None and timezone.now() - token.made_at < TOLD_AGAIN_FOR
    return token, secret if is_told else None


def withdraw_token(*, token: AccessToken, by: User) -> None:
    """Take a token back, from this moment on; once withdrawn it stays so."""
    if AccessToken.objects.filter(pk=token.pk, withdrawn_at=None).update(withdrawn_at=timezone.now()):
        log.info("token withdrawn: token=%s by=%s", token.pk, by.pk)


def find_token(secret: str) -> AccessToken | None:
    """Return the token of a secret, good or not; None when there never was one."""
    if not WELL_FORMED.fullmatch(secret):
        return None
    return AccessToken.objects.select_related("person").filter(digest=digest(secret)).first()


def note_use(token: AccessToken, at: datetime) -> None:
    """Note that a token was used. It never stands in the way of what it was used for."""
    if is_read_only() or (token.last_used_at is not None and at - token.last_used_at < NOTED_EVERY):
        return
    try:
        AccessToken.objects.filter(pk=token.pk).update(last_used_at=at)
    except Error:
        log.warning("the use of a token could not be noted", exc_info=True)


def digest(secret: str) -> str:
    """Return what is kept of a secret."""
    return sha256(secret.encode()).hexdigest()


def _secret(person: User, key: str) -> str:
    made = hmac.digest(settings.SECRET_KEY.encode(), f"accounts.tokens {person.pk} {key}".encode(), "sha256")
    return f"portal_{urlsafe_b64encode(made).rstrip(b'=').decode()}"
