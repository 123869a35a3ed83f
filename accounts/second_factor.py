"""A second factor for local accounts: an app's codes and recovery codes, kept by allauth, encrypted with our key.

Every deed that changes or takes one is counted by `accounts.limits`, and is a line in the log.
"""

from __future__ import annotations

import logging
import secrets
from base64 import b32encode, b64encode, urlsafe_b64encode
from hashlib import sha256
from typing import Any

from allauth.mfa.adapter import DefaultMFAAdapter, get_adapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.core import signing
from django.db import transaction
from django.utils import timezone

from accounts.limits import Limit
from accounts.models import Role, User, Way

SALT = "accounts.second_factor"
SHOWN_FOR = 3600  # seconds for which a page that sets an app up works
CODES = Limit("codes", amount=6, seconds=300)
USED = Limit("used codes", amount=1, seconds=180)  # longer than any code is good for

APP, RECOVERY = Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES

log = logging.getLogger("portal.sign_in")


class Adapter(DefaultMFAAdapter):
    """Keeps secrets encrypted, so that a copy of the database gives nobody a second factor."""

    def encrypt(self, text: str) -> str:
        return _keys().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _keys().decrypt(encrypted_text.encode()).decode()

    def get_totp_label(self, user: Any) -> str:
        return str(user.username)


def _keys() -> MultiFernet:
    """Return what encrypts: made of the newest secret key, reading what was written with a former one."""
    all_keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(urlsafe_b64encode(sha256(f"{SALT} {key}".encode()).digest())) for key in all_keys])


# --- Who has one, who must ------------------------------------------------------------------------
def has_second_factor(person: User) -> bool:
    """Say whether somebody's app is asked for a code after the password."""
    return bool(get_adapter().is_mfa_enabled(person, types=[APP]))


def must_have_one(person: User) -> bool:
    """Say whether the settings ask a second factor of somebody who signs in by password."""
    return settings.SECOND_FACTOR_REQUIRED and bool(person.roles & {Role.OFFICE, Role.ADMINISTRATOR})


# --- Setting one up -------------------------------------------------------------------------------
def new_secret(person: User) -> str:
    """Return a new secret for somebody's app, signed for them alone: nothing is kept until a code of it was right."""
    return signing.dumps([person.pk, b32encode(secrets.token_bytes(20)).decode()], salt=SALT)


def secret_of(person: User, signed: str) -> str | None:
    """Return the secret in what `new_secret` made; None when it is another's, too old or no such thing."""
    try:
        owner, secret = signing.loads(signed, salt=SALT, max_age=SHOWN_FOR)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return secret if owner == person.pk else None


def picture_of(person: User, secret: str) -> str:
    """Return the address of a picture that an app reads the secret from."""
    adapter = get_adapter()
    drawn = adapter.build_totp_svg(adapter.build_totp_url(person, secret))
    return f"data:image/svg+xml;base64,{b64encode(drawn.encode()).decode()}"


@transaction.atomic
def set_up(person: User, *, secret: str, code: str, by: User) -> list[str] | None:
    """Give somebody an app with this secret and return their recovery codes; None when the code is not the app's."""
    app = Authenticator(user=person, type=APP, data={"secret": get_adapter().encrypt(secret)})
    if not _is_of_app(app, code):
        return None
    Authenticator.objects.filter(user=person).delete()
    app.save()
    log.info("second factor set up: person=%s by=%s", person.pk, by.pk)
    return _new_recovery_codes(person)


@transaction.atomic
def renew_recovery_codes(person: User, *, by: User) -> list[str]:
    """Replace somebody's recovery codes and return the new ones."""
    Authenticator.objects.filter(user=person, type=RECOVERY).delete()
    log.info("recovery codes renewed: person=%s by=%s", person.pk, by.pk)
    return _new_recovery_codes(person)


def take_away(person: User, *, by: User) -> bool:
    """Take somebody's second factor away; say whether there was one."""
    if not Authenticator.objects.filter(user=person).delete()[0]:
        return False
    log.warning("second factor taken away: person=%s by=%s", person.pk, by.pk)
    return True


def _new_recovery_codes(person: User) -> list[str]:
    seed = get_adapter().encrypt(secrets.token_hex(40))
    codes = Authenticator.objects.create(user=person, type=RECOVERY, data={"seed": seed, "used_mask": 0})
    return list(codes.wrap().get_unused_codes())


def recovery_codes_left(person: User) -> int:
    """Return how many recovery codes somebody has not used."""
    codes = Authenticator.objects.filter(user=person, type=RECOVERY).first()
    return len(codes.wrap().get_unused_codes()) if codes else 0


# --- Asking for one -------------------------------------------------------------------------------
def way_of(person: User, code: str) -> Way | None:
    """Say whether a code is one of the app's or an unused recovery code, and use it up; None when it is neither."""
    for authenticator in Authenticator.objects.filter(user=person, type__in=[APP, RECOVERY]).order_by("-type"):
        if authenticator.type == APP:
            if _is_of_app(authenticator, code):
                authenticator.record_usage()
                return Way.CODE
        elif authenticator.wrap().validate_code(code):
            authenticator.record_usage()
            return Way.RECOVERY
    return None


def _is_of_app(app: Authenticator, code: str) -> bool:
    """Say whether a code is the app's now. Allauth remembers used ones in one process, this in all."""
    if not app.wrap().validate_code(code):
        return False
    digits = "".join(filter(str.isdigit, code))
    return USED.take(f"{app.user_id} {digits}", at=timezone.now()) == 0
