"""What people may say of their tokens and of the views that they keep."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms

from accounts.tokens import LIFE, LONGEST_LIFE, new_key
from accounts.words import PlainText
from initiatives.filters import today
from initiatives.forms.fields import DayField, said
from initiatives.history import first_day
from reports.datasets import DATASETS, Dataset
from reports.models import AsAt, SavedView

ALL = "all"  # no name of a data set


class SmallCheckboxes(forms.CheckboxSelectMultiple):
    """Many options, drawn small."""

    small = True


class TokenForm(forms.Form):
    """A new token: what it is for, what it may take, and until when."""

    name = PlainText(
        label="What is it for?",
        max_length=100,
        help_text="Such as: Power BI, the monthly report. One token for each program, so that each can be withdrawn.",
        error_messages={"required": "Say what the token is for.", "max_length": "Use at most 100 characters."},
    )
    datasets = forms.MultipleChoiceField(
        label="What may it take?",
        widget=SmallCheckboxes,
        choices=[(ALL, "All data sets, also those to come"), *((name, d.title) for name, d in DATASETS.items())],
        error_messages={
            "required": "Choose all data sets, or those that it may take.",
            "invalid_choice": "Choose among the data sets here.",
        },
    )
    until = DayField(
        label="Until which day?",
        help_text=f"The last day on which it works, at most {LONGEST_LIFE.days} days from now.",
        error_messages={"required": "Say until which day the token works."},
    )
    key = forms.CharField(widget=forms.HiddenInput, max_length=100, required=False)

    def __init__(self, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, label_suffix="", initial={"until": today() + LIFE, "key": new_key()})
        self.fields["name"].widget.attrs.pop("maxlength", None)

    def clean_until(self) -> date:
        until: date = self.cleaned_data["until"]
        if not today() <= until <= today() + LONGEST_LIFE:
            raise forms.ValidationError(f"Choose a day from today, {said(today())}, to {said(today() + LONGEST_LIFE)}.")
        return until

    def deed(self) -> dict[str, Any]:
        """Return what was said as the arguments of `make_token`."""
        chosen = self.cleaned_data["datasets"]
        return {
            "name": self.cleaned_data["name"],
            "datasets": [] if ALL in chosen else chosen,
            "until": self.cleaned_data["until"],
            "key": self.cleaned_data["key"] or new_key(),
        }


class ViewForm(forms.Form):
    """A saved view of one data set: its name, columns and rule; the filters stand as they came."""

    name = PlainText(
        label="Name",
        max_length=100,
        error_messages={"required": "Give the view a name.", "max_length": "Use at most 100 characters."},
    )
    columns = forms.MultipleChoiceField(
        label="Columns",
        widget=SmallCheckboxes,
        help_text="They come in this order. With all of them ticked, columns that are added later come too.",
        error_messages={
            "required": "Choose at least one column.",
            "invalid_choice": "Choose among the columns here.",
        },
    )
    rule = forms.ChoiceField(
        label="As at which day?",
        widget=forms.RadioSelect,
        choices=AsAt.choices,
        error_messages={"required": "Choose a rule.", "invalid_choice": "Choose one of the rules here."},
    )
    day = DayField(label="The day, when it is always the same", required=False)
    is_shared = forms.BooleanField(
        label="Share it",
        required=False,
        help_text="Everybody who reads the portal finds it and may use its address. Only you can change it.",
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        dataset: Dataset,
        view: SavedView | None = None,
        columns: list[str] | None = None,
        day: date | None = None,
    ) -> None:
        self.dataset = dataset
        chosen = view.columns if view else columns
        initial: dict[str, Any] = {"columns": chosen or dataset.header, "rule": AsAt.FIXED if day else AsAt.TODAY}
        if view:
            initial |= {"name": view.name, "rule": view.rule, "is_shared": view.is_shared}
        super().__init__(data, label_suffix="", initial=initial | {"day": view.day if view else day})
        self.fields["name"].widget.attrs.pop("maxlength", None)
        field: Any = self.fields["columns"]
        field.choices = [(name, name) for name in dataset.header]
        rule: Any = self.fields["rule"].widget
        now = today()
        rule.hints = {
            word: f"Today that is {said(SavedView(rule=word).as_at(now))}."
            for word in (AsAt.LAST_MONTH_END, AsAt.LAST_QUARTER_END)
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        day, first = cleaned.get("day"), first_day() or today()
        if cleaned.get("rule") == AsAt.FIXED and "day" in cleaned:
            if day is None:
                self.add_error("day", "Say which day.")
            elif not first <= day <= today():
                self.add_error("day", f"Choose a day from {said(first)}, when history begins, to today.")
        return cleaned

    def deed(self) -> dict[str, Any]:
        """Return what was said as attributes of a view."""
        cleaned = self.cleaned_data
        columns = [name for name in self.dataset.header if name in cleaned["columns"]]
        return {
            "name": cleaned["name"],
            "columns": [] if columns == self.dataset.header else columns,
            "rule": cleaned["rule"],
            "day": cleaned["day"] if cleaned["rule"] == AsAt.FIXED else None,
            "is_shared": cleaned["is_shared"],
        }
