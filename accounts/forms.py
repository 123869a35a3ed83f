"""What is asked of people who come in, and of those who change how they do."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordResetForm
from django.utils import timezone

from accounts import second_factor
from accounts.bearer import address_of
from accounts.invitations import SetPasswordForm
from accounts.models import User, Way
from accounts.signing_in import LETTERS, LETTERS_OF_AN_ADDRESS, limits_of_sign_in, take


class SignInForm(AuthenticationForm):
    """Username and password, tried so often and no oftener, whether or not there is such an account."""

    def clean(self) -> dict[str, Any]:
        """Count the try, look at the password, and count back what was right."""
        username = self.cleaned_data.get("username")
        if username and self.cleaned_data.get("password") and self.request is not None:
            name, address = username.casefold(), address_of(self.request)
            of_name, of_address = limits_of_sign_in()
            take("sign-in", (of_name, name), (of_address, address), at=timezone.now())
            cleaned = super().clean()
            of_name.clear(name)
            of_address.give_back(address)
            return cleaned
        return super().clean()


class ResetForm(SetPasswordForm):
    """Asks for a link by e-mail, so often and no oftener, whether or not there is such an account."""

    def __init__(self, *args: Any, address: str, **kwargs: Any) -> None:
        self.address = address
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        """Count the letter that is asked for."""
        cleaned = PasswordResetForm.clean(self) or self.cleaned_data
        if email := cleaned.get("email"):
            letters = (LETTERS, email.casefold()), (LETTERS_OF_AN_ADDRESS, self.address)
            take("password reset", *letters, at=timezone.now())
        return cleaned


class CodeForm(forms.Form):
    """A code of the app, or a recovery code, which it uses up."""

    code = forms.CharField(
        max_length=40,
        help_text="Six digits from your app, or one of your recovery codes.",
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "class": "govuk-input--width-10"}
        ),
    )

    def __init__(self, person: User, *args: Any, **kwargs: Any) -> None:
        self.person = person
        super().__init__(*args, **kwargs)

    def clean_code(self) -> str:
        """Count the try and look at the code."""
        code: str = self.cleaned_data["code"]
        take("code", (second_factor.CODES, self.person.pk), at=timezone.now())
        way = second_factor.way_of(self.person, code)
        if way is None:
            raise forms.ValidationError("This is not the code of this moment. Wait for the next one and type that.")
        second_factor.CODES.clear(self.person.pk)
        self.way: Way = way
        return code


class SetUpForm(forms.Form):
    """The first code of a new app, and the password of whom it is for, unless they have just given it."""

    password = forms.CharField(
        label="Your password",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "class": "govuk-input--width-20"}),
    )
    code = forms.CharField(
        label="The code that the app shows now",
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "class": "govuk-input--width-10"}
        ),
    )
    secret = forms.CharField(widget=forms.HiddenInput, max_length=400)

    def __init__(self, person: User, *args: Any, asks_for_password: bool, **kwargs: Any) -> None:
        self.person = person
        super().__init__(*args, **kwargs)
        if not asks_for_password:
            del self.fields["password"]

    def clean(self) -> dict[str, Any]:
        """Look at the password and the code; the recovery codes of what was set up are then in `recovery_codes`."""
        cleaned = super().clean() or self.cleaned_data
        if self.errors:
            return cleaned
        take("code", (second_factor.CODES, self.person.pk), at=timezone.now())
        if "password" in self.fields and not self.person.check_password(cleaned["password"]):
            self.add_error("password", "This is not your password.")
            return cleaned
        secret = second_factor.secret_of(self.person, cleaned["secret"])
        codes = secret and second_factor.set_up(self.person, secret=secret, code=cleaned["code"], by=self.person)
        if not codes:
            self.add_error("code", "This is not the code of this moment. Wait for the next one and type that.")
            return cleaned
        second_factor.CODES.clear(self.person.pk)
        self.recovery_codes: list[str] = codes
        return cleaned
