"""Fields that several forms share, and days in words."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms

from accounts.words import PlainText
from initiatives.models import NARRATIVE
from initiatives.status import Rag

DATE_INPUTS = ["%Y-%m-%d", "%d/%m/%Y", "%d %B %Y"]


class DayField(forms.DateField):
    """A day, as the browser's date picker sends it or as people here write it: 31/03/2026."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    default_error_messages = {"invalid": "Enter a real date, like 31/03/2026."}

    def __init__(self, **options: Any) -> None:
        super().__init__(input_formats=DATE_INPUTS, **options)

    def clean(self, value: Any) -> date | None:
        day = super().clean(value)
        if day is not None and not 2000 <= day.year <= 2100:
            raise forms.ValidationError("Enter a date between the years 2000 and 2100.")
        return day


class Narrative(PlainText):
    """Plain text of at most 20,000 characters. Browsers are not told the limit: they would cut a paste silently."""

    def __init__(self, *, rows: int = 4, sometimes: bool = False, **options: Any) -> None:
        self.sometimes = sometimes  # needed for some answers: then it is not called optional
        options.setdefault("max_length", NARRATIVE)
        super().__init__(widget=forms.Textarea(attrs={"rows": rows}), **options)
        self.widget.attrs.pop("maxlength", None)
        self.error_messages["max_length"] = "Use at most %(limit_value)d characters: this has %(show_value)d."


def rag_radios() -> forms.RadioSelect:
    """Return the choice of a RAG with its definition at each, drawn with the shapes of statuses."""
    radios = forms.RadioSelect()
    radios.hints = {rag.value: rag.meaning for rag in Rag}  # type: ignore[attr-defined]
    radios.marks = True  # type: ignore[attr-defined]
    return radios


def said(day: date) -> str:
    """Write a day as an error says it: 3 February 2026."""
    return f"{day.day} {day:%B %Y}"
