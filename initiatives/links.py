"""A partner's link: the right to update one initiative once, by somebody who has no account. It is never a sign-in.

Its address holds a random secret, signed for this purpose alone; the database keeps a digest of the secret. Whether a
link is still open is worked out from what is on record, so nothing has to be switched off when things change.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import pairwise
from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.core.signing import BadSignature, Signer
from django.db import IntegrityError, transaction
from django.db.models import TextChoices
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.record.deeds import doing
from accounts.record.models import Way
from initiatives import access, actions
from initiatives.models import Initiative, LinkUse, LinkWithdrawal, PartnerLink, Update

LIFE = timedelta(days=14)
PURPOSE = "initiatives.links"  # the salt: what was signed for anything else opens no link
LONGEST = 200  # characters: far more than a token of ours has

log = logging.getLogger("portal.links")


class LinkState(TextChoices):
    """Whether a link can be used, or why it no longer can."""

    OPEN = "open", "Open"
    USED = "used", "Used"
    WITHDRAWN = "withdrawn", "Withdrawn"
    LEFT = "left", "No longer valid: the person has left"
    REPLACED = "replaced", "No longer valid: the person was replaced"
    EXPIRED = "expired", "Expired"


class LinkClosed(Exception):
    """Raised when a genuine link can no longer be used; `state` says why. Nothing is written then."""

    def __init__(self, link: PartnerLink, state: LinkState) -> None:
        super().__init__(f"link {link.pk} is {state}")
        self.link, self.state = link, state


# --- Making and finding ---------------------------------------------------------------------------
def make_link(
    *, initiative: Initiative, person: User, by: User | None, at: datetime | None = None
) -> tuple[PartnerLink, str]:
    """Make a link for a person who speaks for the initiative; returns it with its path, which nobody can find again."""
    made_at = at or timezone.now()
    secret = secrets.token_urlsafe(32)
    link = PartnerLink.objects.create(
        initiative=initiative,
        person=person,
        digest=_digest(secret),
        expires_at=made_at + LIFE,
        recorded_at=made_at,
        recorded_by=by,
    )
    log.info(
        "partner's link made: link=%s initiative=%s person=%s by=%s",
        link.pk,
        initiative.ref,
        person.pk,
        by.pk if by else None,
    )
    return link, reverse("initiatives:link", args=[_signer().sign(secret)])


def find_link(token: str) -> PartnerLink | None:
    """Return the link of a token, open or not; None when we never made such a token."""
    if len(token) > LONGEST or not token.isascii():
        return None
    try:
        secret = _signer().unsign(token)
    except BadSignature:
        return None
    return _with_its_story().filter(digest=_digest(secret)).first()


def _signer() -> Signer:
    return Signer(salt=PURPOSE, sep=".")


def _digest(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()


def _with_its_story() -> Any:
    return PartnerLink.objects.select_related("initiative", "person", "recorded_by", "use", "withdrawal__recorded_by")


# --- How a link stands ----------------------------------------------------------------------------
def links_of(initiative: Initiative, now: datetime) -> list[tuple[PartnerLink, LinkState]]:
    """Return the initiative's links, newest first, each with how it stands, in a constant number of queries."""
    links = list(_with_its_story().filter(initiative=initiative).order_by("-recorded_at", "-id"))
    return list(zip(links, _states(initiative, links, now), strict=True))


def state_of(link: PartnerLink, now: datetime) -> LinkState:
    """Say whether a link is open, or why it is not."""
    return _states(link.initiative, [link], now)[0]


def _states(initiative: Initiative, links: Iterable[PartnerLink], now: datetime) -> list[LinkState]:
    speakers = access.speakers(initiative)
    versions = list(
        initiative.history.order_by("history_date", "history_id").values_list("history_date", "owner_id", "deputy_id")
    )
    return [_state(link, now, speakers, versions) for link in links]


def _state(link: PartnerLink, now: datetime, speakers: frozenset[int], versions: list[Any]) -> LinkState:
    if getattr(link, "use", None):
        return LinkState.USED
    if getattr(link, "withdrawal", None):
        return LinkState.WITHDRAWN
    if not link.person.is_active:
        return LinkState.LEFT
    if link.person_id not in speakers or _was_handed_on(link, versions):
        return LinkState.REPLACED
    return LinkState.EXPIRED if now >= link.expires_at else LinkState.OPEN


def _was_handed_on(link: PartnerLink, versions: list[Any]) -> bool:
    """Say whether the person was owner or deputy and then was not: back in their part, they need a new link."""
    before = [link.person_id in people for moment, *people in versions if moment <= link.recorded_at]
    since = [link.person_id in people for moment, *people in versions if moment > link.recorded_at]
    return any(was and not still for was, still in pairwise([*before[-1:], *since]))


# --- Using and withdrawing ------------------------------------------------------------------------
@transaction.atomic
def use_link(*, link: PartnerLink, **said: Any) -> Update:
    """Post what the partner said (as `actions.post_update` takes it) and use the link up, both or neither.

    Raises `LinkClosed` when the link was closed meanwhile, be it by another request a moment ago.
    """
    link = _locked(link)
    _must_be_open(link)
    # The link is the key of what comes by it: a form's own key and version say nothing more, and are not believed.
    with doing(Way.LINK, by=link.person, reason=f"partner's link {link.pk}"):
        update = actions.post_update(initiative=link.initiative, by=link.person, **said | {"sent": actions.Sent()})
        try:
            with transaction.atomic():  # what fails is left behind, else PostgreSQL does nothing more
                moment = {"recorded_at": update.recorded_at, "recorded_by": link.person}
                LinkUse.objects.create(link=link, update=update, **moment)
        except IntegrityError:
            raise LinkClosed(link, LinkState.USED) from None
    log.info(
        "partner's link used: link=%s initiative=%s person=%s update=%s",
        link.pk,
        link.initiative.ref,
        link.person_id,
        update.pk,
    )
    return update


@transaction.atomic
def withdraw_link(*, link: PartnerLink, by: User, reason: str) -> LinkWithdrawal:
    """Take a link back, with the reason. Raises `LinkClosed` when it was used or withdrawn already."""
    link = _locked(link)
    state = state_of(link, timezone.now())
    if state in (LinkState.USED, LinkState.WITHDRAWN):
        raise LinkClosed(link, state)
    withdrawal = LinkWithdrawal.objects.create(link=link, reason=reason, recorded_by=by)
    log.info("partner's link withdrawn: link=%s initiative=%s by=%s", link.pk, link.initiative.ref, by.pk)
    return withdrawal


def _locked(link: PartnerLink) -> PartnerLink:
    """Return the link as it stands once nobody else can write of its initiative."""
    Initiative.objects.select_for_update().get(pk=link.initiative_id)
    found: PartnerLink = _with_its_story().get(pk=link.pk)
    return found


def _must_be_open(link: PartnerLink) -> None:
    state = state_of(link, timezone.now())
    if state != LinkState.OPEN:
        raise LinkClosed(link, state)


# --- Telling --------------------------------------------------------------------------------------
def send_link(*, link: PartnerLink, path: str) -> None:
    """Send a link to its person by e-mail. Raises OSError or SMTPException when mail is down."""
    words = {
        "link": link,
        "address": settings.PORTAL_ADDRESS + path,
        "PORTAL_NAME": settings.PORTAL_NAME,
        "ORGANISATION": settings.ORGANISATION,
        "OFFICE_CONTACT": settings.OFFICE_CONTACT,
    }
    subject = " ".join(render_to_string("initiatives/link_subject.txt", words).split())
    send_mail(subject, render_to_string("initiatives/link_email.txt", words), None, [link.person.email])
