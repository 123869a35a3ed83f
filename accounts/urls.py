"""Signing in and out, passwords, and a person's own account."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth import views as auth
from django.urls import path, reverse_lazy

from accounts import views
from accounts.access import Door, opens_to
from accounts.invitations import SetPasswordForm

app_name = "accounts"


def opened(view: type[Any], **options: Any) -> Callable[..., Any]:
    """Open one of Django's own sign-in views to everyone."""
    return opens_to(Door.EVERYONE)(view.as_view(**options))


urlpatterns = [
    path("", views.account, name="account"),
    path(
        "login/",
        opened(views.SignIn),
        name="login",
    ),
    path("logout/", opened(auth.LogoutView), name="logout"),
    path(
        "password_reset/",
        opened(
            auth.PasswordResetView,
            form_class=SetPasswordForm,
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
