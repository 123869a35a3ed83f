"""What a meeting said of an initiative."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django import forms

from initiatives.forms.fields import Narrative

DAMAGED = "This form was damaged on its way. Open the page again; copy your words first."


class NoteForm(forms.Form):
    """The words of a note, the key that makes them one note, and the page to go back to."""

    words = Narrative(
        label="What did the meeting say?",
        rows=3,
        help_text="It stands in the story of the initiative, where everybody reads it.",
        error_messages={"required": "Write down what the meeting said."},
    )
    key = forms.UUIDField(required=False, widget=forms.HiddenInput, error_messages={"invalid": DAMAGED})
    then = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, then: str = "") -> None:
        super().__init__(data, label_suffix="", auto_id="note_%s", initial={"key": uuid4(), "then": then})
