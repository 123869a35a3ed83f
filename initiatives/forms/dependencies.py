"""What a milestone waits for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from accounts.words import PlainText
from initiatives.as_at import InitiativeAt, Portfolio
from initiatives.dependencies.risk import Promise

LIST = "open-milestones"  # the id of the datalist that the page shows


class DependencyForm(forms.Form):
    """Which milestone of an initiative needs which of another, and what for."""

    milestone = forms.ChoiceField(
        label="Which milestone waits?",
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Choose one of the open milestones."),
    )
    needs = PlainText(
        label="What does it need?",
        help_text="The ref of another initiative’s milestone, like DS-002-M01. Type some of its title to find it.",
        max_length=250,
        widget=forms.TextInput(attrs={"list": LIST, "autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": "Say which milestone it needs, like DS-002-M01."},
    )
    why = PlainText(label="What for?", help_text="One line.", max_length=300, required=False)

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, initiative: InitiativeAt, whole: Portfolio, stood: set[Any]
    ) -> None:
        super().__init__(data, label_suffix="")
        self.initiative, self.stood = initiative, stood
        self.promises = {m.ref: Promise(i, m) for i in whole.initiatives for m in i.milestones}
        own = [promise for promise in self.promises.values() if promise.initiative.id == initiative.id]
        self.own = {str(promise.id): promise for promise in own if promise.is_open}
        field: Any = self.fields["milestone"]
        field.choices = [("", "Choose a milestone"), *((key, str(promise)) for key, promise in self.own.items())]
        self.fields["why"].widget.attrs.pop("maxlength", None)  # browsers would cut a paste silently

    @property
    def offered(self) -> list[Promise]:
        """The open milestones of other initiatives."""
        return [p for p in self.promises.values() if p.is_open and p.initiative.id != self.initiative.id]

    def clean_needs(self) -> Promise:
        """Return the milestone that was typed: its ref, with or without its title."""
        typed = self.cleaned_data["needs"]
        found = self.promises.get(typed.split()[0].upper())
        if found is None:
            raise forms.ValidationError("There is no such milestone. Type its ref, like DS-002-M01.")
        if found.initiative.id == self.initiative.id:
            raise forms.ValidationError(f"{found} is one of its own. Choose a milestone of another initiative.")
        if found.is_done:
            raise forms.ValidationError(f"{found} is done already: nothing has to wait for it.")
        if not found.is_open:
            raise forms.ValidationError(f"{found} {found.why_it_holds_others_up}: nothing can wait for it.")
        return found

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        waiting, needed = self.own.get(cleaned.get("milestone", "")), cleaned.get("needs")
        if waiting and needed and (waiting.id, needed.id) in self.stood:
            self.add_error("needs", f"{waiting} needs {needed} already.")
        return cleaned

    def ends(self) -> tuple[Promise, Promise]:
        """Return what waits, and what it needs."""
        return self.own[self.cleaned_data["milestone"]], self.cleaned_data["needs"]
