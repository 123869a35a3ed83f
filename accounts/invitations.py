"""Inviting people: a link by e-mail with which they choose their own password."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.contrib.auth.forms import PasswordResetForm
from django.contrib.auth.tokens import default_token_generator
from django.core.mail import send_mail
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from accounts.entra.configuration import is_on
from accounts.models import User


class SetPasswordForm(PasswordResetForm):
    """Asks for a link by e-mail. Unlike Django's own, it also serves those who never took up their invitation."""

    def get_users(self, email: str) -> Iterable[User]:
        """Return the active people with this address whom a password lets in."""
        people = User.objects.active().filter(email__iexact=email)
        return people.filter(identity=None) if is_on() else people


def invite(person: User, *, by: User, request: HttpRequest) -> None:
    """Send a person the link with which they choose a password. Raises OSError or SMTPException when mail is down."""
    words: dict[str, Any] = {
        "user": person,
        "invited_by": by.name,
        "protocol": "https" if request.is_secure() else "http",
        "domain": request.get_host(),
        "uid": urlsafe_base64_encode(force_bytes(person.pk)),
        "token": default_token_generator.make_token(person),
        "PORTAL_NAME": settings.PORTAL_NAME,
        "ORGANISATION": settings.ORGANISATION,
    }
    subject = " ".join(render_to_string("accounts/invitation_subject.txt", words).split())
    send_mail(subject, render_to_string("accounts/invitation_email.txt", words), None, [person.email])
