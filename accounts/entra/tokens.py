"""Believing an ID token or refusing it. Allauth looks at issuer, audience and end; here everything is looked at."""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import jwt
from allauth.socialaccount.providers.base.provider import ProviderException

ALGORITHMS = ["RS256"]  # all that Entra signs with; a token never chooses
LEEWAY = 60  # seconds by which the directory's clock and ours may differ
NEEDED = ["iss", "aud", "exp", "iat", "nonce", "tid", "oid"]

WHY = {
    jwt.ExpiredSignatureError: "expired",
    jwt.ImmatureSignatureError: "not yet valid",
    jwt.InvalidIssuedAtError: "not yet valid",
    jwt.InvalidIssuerError: "another issuer",
    jwt.InvalidAudienceError: "meant for another",
    jwt.MissingRequiredClaimError: "incomplete",
    jwt.InvalidSignatureError: "wrong signature",
    jwt.InvalidAlgorithmError: "wrong algorithm",
}


class Refused(ProviderException):
    """A sign-in that is not believed. `why` is for the log; people are told less."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True)
class Claims:
    """What a token says that was believed."""

    tenant_id: UUID
    object_id: UUID
    name: str
    job_title: str | None
    email: str
    preferred_username: str
    roles: frozenset[str]


def believed(
    token: object, keys: Mapping[str, Any], *, issuer: str, client_id: str, tenant: str, nonce: str | None
) -> Mapping[str, Any]:
    """Return the claims of an ID token, as they stand in it. Raises Refused when anything about it is not right."""
    if not isinstance(token, str):
        raise Refused("no token")
    try:
        header = jwt.get_unverified_header(token)
        if header.get("alg") not in ALGORITHMS:
            raise Refused("wrong algorithm")
        claims = _signed_by_any(token, list(_candidates(keys, header.get("kid"))), issuer, client_id)
    except jwt.PyJWTError as error:
        raise Refused(WHY.get(type(error), "malformed")) from error
    if claims["aud"] not in (client_id, [client_id]):
        raise Refused("meant for another")
    if not (
        nonce and isinstance(claims["nonce"], str) and hmac.compare_digest(claims["nonce"].encode(), nonce.encode())
    ):
        raise Refused("wrong nonce")
    if _uuid(claims["tid"]) != UUID(tenant):
        raise Refused("another tenant")
    if _uuid(claims["oid"]) is None:
        raise Refused("incomplete")
    return claims


def _signed_by_any(token: str, keys: list[Any], issuer: str, client_id: str) -> dict[str, Any]:
    """Return what a token says when one of the keys made its signature: without a `kid` it may be any of them."""
    if not keys:
        raise Refused("unknown key")
    for key in keys[:-1]:
        try:
            return _decoded(token, key, issuer, client_id)
        except jwt.InvalidSignatureError:
            continue
    return _decoded(token, keys[-1], issuer, client_id)


def _decoded(token: str, key: Any, issuer: str, client_id: str) -> dict[str, Any]:
    options: Any = {"require": NEEDED, "verify_signature": True, "verify_iat": True, "verify_nbf": True}
    return jwt.decode(
        token, key, algorithms=ALGORITHMS, audience=client_id, issuer=issuer, leeway=LEEWAY, options=options
    )


def _candidates(keys: Mapping[str, Any], kid: object) -> Iterable[Any]:
    """Yield the provider's RSA keys for signing that may have made a signature."""
    found = keys.get("keys")
    for key in found if isinstance(found, list) else []:
        if not isinstance(key, dict) or key.get("kty") != "RSA" or key.get("use", "sig") != "sig":
            continue
        if key.get("alg", "RS256") == "RS256" and (kid is None or key.get("kid") == kid):
            yield jwt.PyJWK(key, algorithm="RS256").key


def _uuid(word: object) -> UUID | None:
    try:
        return UUID(word) if isinstance(word, str) else None
    except ValueError:
        return None
