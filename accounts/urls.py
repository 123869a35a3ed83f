"""Signing in and out, passwords, and a person's own account."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth import views as auth
from django.urls import path, reverse_lazy

from accounts.access import Door, opens_to, signs_in
from accounts.views import account, entra, second_factor, signing_in

app_name = "accounts"


def opened(view: type[Any], **options: Any) -> Callable[..., Any]:
    """Open one of Django's own sign-in views to everyone."""
    return opens_to(Door.EVERYONE)(view.as_view(**options))


urlpatterns = [
    path("", account.account, name="account"),
    path("login/", signs_in(opened(signing_in.SignIn)), name="login"),
    path("login/code/", signs_in(signing_in.code), name="code"),
    path("entra/", entra.entra, name="entra"),
    path("entra/callback/", signs_in(entra.entra_callback), name="entra_callback"),
    path("second_factor/", signs_in(second_factor.second_factor), name="second_factor"),
    path("session/", account.session, name="session"),
    path("sessions/end/", account.end_others, name="end_others"),
    path("logout/", opened(signing_in.SignOut), name="logout"),
    path(
        "password_reset/",
        opened(
            signing_in.ResetPassword,
            template_name="accounts/password_reset_form.html",
            email_template_name="accounts/password_reset_email.txt",
            subject_template_name="accounts/password_reset_subject.txt",
            extra_email_context={"PORTAL_NAME": settings.PORTAL_NAME},
            success_url=reverse_lazy("accounts:password_reset_done"),
        ),
        name="password_reset",
    ),
    path(
        "password_reset/done/",
        opened(auth.PasswordResetDoneView, template_name="accounts/password_reset_done.html"),
        name="password_reset_done",
    ),
    path(
        "set_password/<uidb64>/<token>/",
        opened(
            auth.PasswordResetConfirmView,
            template_name="accounts/password_reset_confirm.html",
            success_url=reverse_lazy("accounts:password_reset_complete"),
        ),
        name="password_reset_confirm",
    ),
    path(
        "set_password/done/",
        opened(auth.PasswordResetCompleteView, template_name="accounts/password_reset_complete.html"),
        name="password_reset_complete",
    ),
]
