"""How a person wants to be reminded."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django import forms

from initiatives.forms.fields import DayField, Narrative, said

LONGEST_PAUSE = timedelta(days=365)
FROM_1_TO_15 = "Enter a whole number from 1 to 15."


class MoveDayForm(forms.Form):
    """How many working days before an update is due the first reminder comes."""

    days_before = forms.IntegerField(
        label="Working days before an update is due",
        min_value=1,
        max_value=15,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        help_text="From 1 to 15.",
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), FROM_1_TO_15),
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, days_before: int) -> None:
        super().__init__(data, initial={"days_before": days_before}, label_suffix="")
        for validator in self.fields["days_before"].validators:
            validator.message = FROM_1_TO_15  # type: ignore[attr-defined]


class PauseForm(forms.Form):
    """A pause, with its end and its reason."""

    until = DayField(
        label="Until which day?",
        help_text="The last day without reminders, at most a year from now.",
        error_messages={"required": "Say until which day: a pause has an end."},
    )
    reason = Narrative(
        label="Why?",
        rows=2,
        max_length=300,
        help_text="A few words, such as: on leave.",
        error_messages={"required": "Say why, in a few words."},
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, today: date) -> None:
        super().__init__(data, label_suffix="")
        self.today = today

    def clean_until(self) -> date:
        until: date = self.cleaned_data["until"]
        if until < self.today:
            raise forms.ValidationError(f"The pause cannot end before today, {said(self.today)}.")
        if until > self.today + LONGEST_PAUSE:
            raise forms.ValidationError(
                f"A pause lasts a year at most: end it by {said(self.today + LONGEST_PAUSE)}, or hand your work over."
            )
        return until
