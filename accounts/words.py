"""Words that people type: plain text as the database keeps it, and what no text may hold.

Text is kept in Unicode's NFC with `\\n` between lines, so that it is counted as it is kept and looks the same to every
search. What cannot be seen and misleads (controls, overrides of direction) is refused in words, because whoever
pasted it should know; spaces of no width are dropped.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models

_LINES = re.compile("\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")  # word processors end lines with some of these
_NO_WIDTH = str.maketrans("", "", "\u200b\u2060\ufeff")
_HIDDEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f"  # controls
    "\u202a-\u202e\u2066-\u2069\u206a-\u206f"  # what turns the direction of text round, or once did
    "\ufff0-\ufffb\ufffe\uffff\ud800-\udfff]"  # no characters at all
)
_MARKS = "".join(re.escape(c) for c in map(chr, range(0x300, sys.maxunicode + 1)) if unicodedata.combining(c))
MOST_MARKS = 30  # on one letter, as Unicode's stream-safe format has it; ordering many takes time by their square
_TOO_MANY_MARKS = re.compile(f"[{_MARKS}]{{{MOST_MARKS + 1}}}")


def trouble(text: str) -> str:
    """Say what is in a text that may not be there, and where; nothing when all is well."""
    lines = _LINES.sub("\n", text)
    if found := _HIDDEN.search(lines):
        where = _where(lines, found.start())
        return f"There is a hidden character{where} ({_name(found[0])}): type that part again instead of pasting it."
    if found := _TOO_MANY_MARKS.search(lines):
        return f"There are more than {MOST_MARKS} accents on one letter{_where(lines, found.start())}."
    return ""


def as_kept(text: str) -> str:
    """Return a text without trouble as the database keeps it."""
    return unicodedata.normalize("NFC", _LINES.sub("\n", text).translate(_NO_WIDTH))


def _where(text: str, place: int) -> str:
    before = _HIDDEN.sub("", text[max(0, place - 20) : place]).split("\n")[-1].strip()
    return f" after “{before}”" if before else " at the beginning" if not text[:place].strip() else ""


def _name(character: str) -> str:
    name = unicodedata.name(character, "a control character").lower()
    return f"U+{ord(character):04X}, {name}"


class PlainText(forms.CharField):
    """What people type, in a form: refused with the place of what may not be there, else as it is kept."""

    def to_python(self, value: Any) -> Any:
        found = super().to_python(value)
        if not isinstance(found, str) or not found:
            return found
        if words := trouble(found):
            raise ValidationError(words, code="hidden")
        kept = as_kept(found)
        return kept.strip() if self.strip else kept


class _KeepsPlainText:
    """A model's field whose form field is `PlainText`. Migrations see Django's own field: the column is the same."""

    def formfield(self, **options: Any) -> Any:
        return super().formfield(**{"form_class": PlainText, **options})  # type: ignore[misc]

    def clean(self, value: Any, model_instance: Any) -> Any:
        """Hold what comes past a form to the same, where models are cleaned."""
        if isinstance(value, str):
            if words := trouble(value):
                raise ValidationError(words, code="hidden")
            value = as_kept(value)
        return super().clean(value, model_instance)  # type: ignore[misc]

    def deconstruct(self) -> Any:
        name, _, args, kwargs = super().deconstruct()  # type: ignore[misc]
        return name, f"django.db.models.{self.column_of}", args, kwargs  # type: ignore[attr-defined]


class Line(_KeepsPlainText, models.CharField):
    """One line of words that people type."""

    column_of = "CharField"


class Text(_KeepsPlainText, models.TextField):
    """Lines of words that people type."""

    column_of = "TextField"
