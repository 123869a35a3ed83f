"""The local way in: the form, the code after it, a new password, and the way out."""

from typing import Any

from django.conf import settings
from django.contrib.auth.views import LoginView, LogoutView, PasswordResetView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render, resolve_url

from accounts import second_factor as second
from accounts.access import Door, opens_to
from accounts.bearer import address_of
from accounts.entra.configuration import is_on
from accounts.forms import CodeForm, ResetForm, SignInForm
from accounts.models import Way
from accounts.signing_in import come_in, owe_a_code, waits, where_to, who_owes_a_code


class SignIn(LoginView):
    """The sign-in page. Whoever has no role is led to their own account, the one page that is open to them."""

    authentication_form = SignInForm
    template_name = "accounts/login.html"
    redirect_authenticated_user = True
    extra_context = {"entra": is_on}

    def get_redirect_url(self) -> str:  # type: ignore[override]  # the stubs ask for a request
        """Return where the person was going, unless that is here."""
        address = super().get_redirect_url()
        return "" if address.partition("?")[0] == self.request.path else address

    def get_default_redirect_url(self) -> str:
        """Return where a person goes who was going nowhere."""
        roles = getattr(self.request.user, "roles", ())
        return resolve_url(settings.LOGIN_REDIRECT_URL if roles else "accounts:account")

    def form_valid(self, form: Any) -> HttpResponse:
        """Let somebody in, or ask for the second factor that they have or have to have."""
        person, then = form.get_user(), self.get_redirect_url()
        if second.has_second_factor(person):
            owe_a_code(self.request, person, then)
            return redirect("accounts:code")
        if second.must_have_one(person):
            owe_a_code(self.request, person, then)
            return redirect("accounts:second_factor")
        come_in(self.request, person, Way.PASSWORD)
        return HttpResponseRedirect(where_to(self.request, person, then))

    def form_invalid(self, form: Any) -> HttpResponse:
        """Say what was wrong, and to wait when it was tried too often."""
        return waits(super().form_invalid(form), form)


@opens_to(Door.EVERYONE)
def code(request: HttpRequest) -> HttpResponse:
    """Ask for the code after the password."""
    person = who_owes_a_code(request)
    if person is None or not second.has_second_factor(person):
        return redirect("accounts:login")
    form = CodeForm(person, request.POST if request.method == "POST" else None)
    if form.is_valid():
        then = come_in(request, person, form.way)
        return HttpResponseRedirect(where_to(request, person, then))
    return waits(render(request, "accounts/code.html", {"form": form}), form)


class SignOut(LogoutView):
    """The way out. Over https the browser is asked to forget what it kept; cookies of neighbours are left alone."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """End the session."""
        response: HttpResponse = super().post(request, *args, **kwargs)
        if request.is_secure():
            response.headers["Clear-Site-Data"] = '"storage"'
        return response


class ResetPassword(PasswordResetView):
    """Asking for a link with which to choose a new password."""

    form_class = ResetForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "address": address_of(self.request)}

    def form_invalid(self, form: Any) -> HttpResponse:
        """Say what was wrong, and to wait when it was asked for too often."""
        return waits(super().form_invalid(form), form)


@opens_to(Door.ADMINISTRATION)
def to_sign_in(request: HttpRequest, extra_context: Any = None) -> HttpResponse:
    """Stand where Django's administration has a sign-in page of its own, which would ask for a password alone."""
    return redirect("accounts:login")
