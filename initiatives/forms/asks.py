"""What leaders say to an ask, and who prepares it for them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from accounts.models import User
from initiatives.forms.fields import Narrative
from initiatives.forms.people import PersonField, offer
from initiatives.models import Ask
from initiatives.status import Outcome


class AnswerForm(forms.Form):
    """Answered or declined, with words; filled in with what was prepared."""

    outcome = forms.ChoiceField(
        label="What do you say?",
        choices=Outcome.choices,
        widget=forms.RadioSelect(),
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Choose answered or declined."),
    )
    words = Narrative(
        label="In words",
        rows=3,
        help_text="The owner is told, and it stands in the story of the initiative.",
        error_messages={"required": "Say it in words: an owner needs more than yes or no."},
    )
    then = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, ask: Ask, then: str = "") -> None:
        prepared = getattr(ask, "prepared", None)
        initial = {"outcome": prepared.outcome, "words": prepared.words} if prepared else {}
        super().__init__(data, label_suffix="", auto_id=f"ask_{ask.pk}_%s", initial={**initial, "then": then})

    def deed(self) -> dict[str, Any]:
        """Return what was said as the arguments of `actions.answer_ask` and `actions.prepare_answer`."""
        return {name: self.cleaned_data[name] for name in ("outcome", "words")}


class DelegateForm(forms.Form):
    """Who prepares answers for a leader."""

    delegate = PersonField(label="Who prepares answers for you?")

    def __init__(self, data: Any = None, *, people: Iterable[User]) -> None:
        super().__init__(data, label_suffix="")
        offer(self.fields["delegate"], people)
