"""Microsoft Entra ID as allauth knows providers: its state, PKCE and exchange of codes, our nonce and our checks."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.base import AuthProcess
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from accounts.entra.configuration import issuer
from accounts.entra.tokens import Refused, believed

ComeIn = Callable[[HttpRequest, Mapping[str, Any], str], HttpResponse]


def _nobody(request: HttpRequest, claims: Mapping[str, Any], then: str) -> HttpResponse:
    raise Refused("nobody asked")


class EntraAdapter(OpenIDConnectOAuth2Adapter):
    """Fetches the token of a code and believes it or not. `state` is what the session kept of its beginning."""

    def __init__(self, request: HttpRequest, come_in: ComeIn | None = None) -> None:
        super().__init__(request, EntraProvider.id)
        self.come_in = come_in or _nobody
        self.state: Mapping[str, Any] = {}

    def get_provider(self) -> EntraProvider:
        return EntraProvider.from_settings(self.request)

    @property
    def openid_config(self) -> dict[str, Any]:
        """What the provider says of itself, once it has said that it is the one whom we trust."""
        told: dict[str, Any] = super().openid_config
        if told.get("issuer") != issuer():
            raise Refused("another issuer")
        return told

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        return request.build_absolute_uri(reverse("accounts:entra_callback"))

    def parse_token(self, data: dict[str, Any]) -> SocialToken:
        return SocialToken()  # the portal asks nothing of Entra in a person's name: their tokens are not kept

    def complete_login(self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: Any) -> SocialLogin:
        """Let in whom the ID token tells of. Raises Refused; allauth's own accounts and their joining are passed by."""
        with get_adapter().get_requests_session() as session:
            response = session.get(self.openid_config["jwks_uri"])
            response.raise_for_status()
            keys = response.json()
        claims = believed(
            kwargs["response"].get("id_token"),
            keys,
            issuer=issuer(),
            client_id=app.client_id,
            tenant=settings.ENTRA_TENANT,
            nonce=self.state.get("nonce"),
        )
        raise ImmediateHttpResponse(self.come_in(request, claims, self.state.get("next", "")))


class EntraProvider(OpenIDConnectProvider):
    """The one directory of the settings. Nothing of it is in the database, nor in anybody's address bar."""

    id = "entra"
    name = "Microsoft Entra ID"
    oauth2_adapter_class = EntraAdapter
    pkce_enabled_default = True

    @classmethod
    def from_settings(cls, request: HttpRequest) -> EntraProvider:
        """Return the provider as the settings describe it now."""
        app = SocialApp(
            provider=cls.id,
            provider_id=cls.id,
            name=cls.name,
            client_id=settings.ENTRA_CLIENT_ID,
            secret=settings.ENTRA_CLIENT_SECRET,
            settings={"server_url": issuer(), "token_auth_method": "client_secret_post"},
        )
        return cls(request, app=app)

    def begin(self, request: HttpRequest, next_url: str) -> HttpResponse:
        """Send somebody to Entra with a state, a nonce and a challenge that only their session can answer."""
        nonce = secrets.token_urlsafe(32)
        params = {**self.get_auth_params(), "nonce": nonce}
        response: HttpResponse = self.redirect(
            request, AuthProcess.LOGIN, next_url=next_url, auth_params=params, nonce=nonce
        )
        return response

    def get_oauth2_adapter(self, request: HttpRequest) -> EntraAdapter:
        return EntraAdapter(request)


provider_classes = [EntraProvider]
