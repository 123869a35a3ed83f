"""Setting a second factor up, taking it away, and new recovery codes."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render

from accounts import second_factor as second
from accounts.access import Door, opens_to
from accounts.forms import CodeForm, SetUpForm
from accounts.middleware import sign_in_address
from accounts.models import User, Way
from accounts.signing_in import come_in, waits, where_to, who_owes_a_code


@opens_to(Door.EVERYONE)
def second_factor(request: HttpRequest) -> HttpResponse:
    """Let somebody set their second factor up or change it: who is signed in, or owes one before they come in."""
    owes = None if isinstance(request.user, User) else who_owes_a_code(request)
    if isinstance(request.user, User):
        person = request.user
    elif owes and not second.has_second_factor(owes):
        person = owes
    else:
        return HttpResponseRedirect(sign_in_address(request.get_full_path()))
    if hasattr(person, "identity"):
        return render(request, "accounts/second_factor_elsewhere.html")
    return _change(request, person) if second.has_second_factor(person) else _set_up(request, person, bool(owes))


def _set_up(request: HttpRequest, person: User, owes: bool) -> HttpResponse:
    sent: Any = request.POST if request.method == "POST" else None
    form = SetUpForm(person, sent, asks_for_password=not owes)
    if form.is_valid():
        then = come_in(request, person, Way.CODE) if owes else ""
        on = where_to(request, person, then) if owes else ""
        return render(request, "accounts/recovery_codes.html", {"codes": form.recovery_codes, "on": on})
    signed = (sent or {}).get("secret", "")
    secret = second.secret_of(person, signed)
    if secret is None:  # the first time, or too late: a new one
        signed = second.new_secret(person)
        secret = second.secret_of(person, signed) or ""
    if sent:
        form.data = {**sent.dict(), "secret": signed}
    form.fields["secret"].initial = signed
    words = {
        "form": form,
        "secret": secret,
        "picture": second.picture_of(person, secret),
        "must": owes,
        "person": person,
    }
    return waits(render(request, "accounts/second_factor_set_up.html", words), form)


def _change(request: HttpRequest, person: User) -> HttpResponse:
    sent: Any = request.POST if request.method == "POST" else None
    form = CodeForm(person, sent)
    must = second.must_have_one(person)
    deed = sent.get("deed") if sent else ""
    if form.is_valid() and deed == "renew":
        codes = second.renew_recovery_codes(person, by=person)
        return render(request, "accounts/recovery_codes.html", {"codes": codes})
    if form.is_valid() and deed == "take_away" and not must:
        second.take_away(person, by=person)
        messages.success(request, "Your second factor is taken away.")
        return redirect("accounts:account")
    words = {"form": form, "left": second.recovery_codes_left(person), "must": must}
    return waits(render(request, "accounts/second_factor.html", words), form)
