"""Turning what Entra says into a person: found by the object in the directory alone, kept fresh at every sign-in."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction

from accounts.entra.configuration import as_name, role_of
from accounts.entra.tokens import Claims, Refused
from accounts.models import Identity, User
from accounts.sessions import shut_out

LONGEST = 150  # characters of a name, a title or a username
TITLES = ("job_title", "jobTitle", "jobtitle")  # what claims policies call it
REASON = "Microsoft Entra ID, at sign-in"

log = logging.getLogger("portal.sign_in")


def claims_of(said: Mapping[str, Any]) -> Claims:
    """Return what the portal uses of a believed token's claims. Raises Refused when the roles are no list of words."""
    roles = said.get("roles", [])
    if not (isinstance(roles, list) and all(isinstance(word, str) for word in roles)):
        raise Refused("malformed")
    title = next((said[name] for name in TITLES if name in said), None)
    return Claims(
        tenant_id=UUID(said["tid"]),
        object_id=UUID(said["oid"]),
        name=as_name(said.get("name"), LONGEST),
        job_title=as_name(title, LONGEST) or None,
        email=_email(said.get("email")),
        preferred_username=said["preferred_username"] if isinstance(said.get("preferred_username"), str) else "",
        roles=frozenset(filter(None, map(role_of, roles))),
    )


def enter(claims: Claims) -> User:
    """Return the person of these claims, made when new, with name, title, address and roles as Entra has them now.

    Raises Refused for somebody who is no longer active, and then writes nothing. Of two first sign-ins at once one
    makes the person.
    """
    try:
        return _enter(claims)
    except IntegrityError:
        return _enter(claims)


@transaction.atomic
def _enter(claims: Claims) -> User:
    known = Identity.objects.filter(tenant_id=claims.tenant_id, object_id=claims.object_id).first()
    person = User.objects.select_for_update().get(pk=known.person_id) if known else _made(claims)
    if not person.is_active:
        raise Refused("deactivated")
    _keep_fresh(person, claims)
    _replace_roles(person, claims)
    return person


def _made(claims: Claims) -> User:
    person = User(
        username=_free_username(claims),
        name=claims.name or "Name not told",
        job_title=claims.job_title or "",
        email=_free_email(claims.email, None),
    )
    person.set_unusable_password()
    _save(person)
    identity = Identity(person=person, tenant_id=claims.tenant_id, object_id=claims.object_id)
    _save(identity, by=person)
    log.info("person made from Entra: person=%s", person.pk)
    return person


def _keep_fresh(person: User, claims: Claims) -> None:
    """Take over what Entra says otherwise than the portal; what it does not say stays."""
    told = {"name": claims.name, "job_title": claims.job_title, "email": _free_email(claims.email, person)}
    changed = {name: value for name, value in told.items() if value and getattr(person, name) != value}
    if changed:
        for name, value in changed.items():
            setattr(person, name, value)
        _save(person)


def _replace_roles(person: User, claims: Claims) -> None:
    """Give the roles that Entra gives and take all others, those given by hand too: of two tables one would be old."""
    held = {grant.role: grant for grant in person.grants.all()}
    for role in sorted(claims.roles - held.keys()):
        _save(person.grants.model(user=person, role=role), by=person)
    taken = sorted(held.keys() - claims.roles)
    for role in taken:
        _said_by(held[role], person, REASON).delete()
    if taken:
        shut_out(person, by=None)
    if taken or claims.roles - held.keys():
        log.info("roles from Entra: person=%s roles=%s taken=%s", person.pk, sorted(claims.roles), taken)
    person.__dict__.pop("roles", None)  # read before, it would be yesterday's


@transaction.atomic
def link(*, person: User, object_id: UUID | None, by: User) -> None:
    """Say which object in the directory a person is, or that they are none: nothing is guessed."""
    known = Identity.objects.filter(person=person).first()
    if known and object_id:
        known.object_id = object_id
        _said_by(known, by).save()
    elif object_id:
        identity = Identity(person=person, tenant_id=UUID(settings.ENTRA_TENANT), object_id=object_id)
        _said_by(identity, by).save()
    elif known:
        _said_by(known, by).delete()
    shut_out(person, by=by)
    log.warning("Entra identity changed: person=%s by=%s", person.pk, by.pk)


def _save(thing: Any, by: User | None = None) -> None:
    """Save with a version that says who it was, at whose sign-in, and why."""
    _said_by(thing, by or thing, REASON).save()


def _said_by(thing: Any, by: User, reason: str = "") -> Any:
    """Return the thing, having noted whose word its next version is, and why."""
    thing._history_user, thing._change_reason = by, reason
    return thing


def _email(said: object) -> str:
    """Return an address as it can be kept; nothing when it is none."""
    try:
        validate_email(str(said))
    except ValidationError:
        return ""
    return str(said) if len(str(said)) <= 254 else ""


def _free_email(email: str, person: User | None) -> str:
    """Return the address unless another person has it: that person keeps it, and nobody becomes them by it."""
    others = User.objects.filter(email__iexact=email)
    if person is not None:
        others = others.exclude(pk=person.pk)
    if email and others.exists():
        log.warning("address of another person left aside: person=%s", person.pk if person else "new")
        return ""
    return email


def _free_username(claims: Claims) -> str:
    """Return a username that nobody has, after what Entra calls the person: never the way to find them."""
    wanted = re.sub(r"[^\w.@+-]", "", claims.preferred_username.partition("@")[0])[:100] or f"{claims.object_id}"
    taken = set(User.objects.filter(username__istartswith=wanted).values_list("username", flat=True))
    taken = {username.lower() for username in taken}
    number, username = 1, wanted
    while username.lower() in taken:
        number += 1
        username = f"{wanted}-{number}"
    return username
