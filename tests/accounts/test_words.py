"""What people type is kept as plain text; what cannot be seen and misleads is refused, with its place."""

import time

import pytest
from django.core.exceptions import ValidationError
from django.template import Context, Template

from accounts.words import PlainText, as_kept, trouble
from initiatives.forms.fields import Narrative
from initiatives.models import NARRATIVE, Update
from pillars.models import Pillar

REFUSED = {
    "\0": "U+0000, a control character",
    "\x07": "U+0007, a control character",
    "\x1b[31m": "U+001B, a control character",
    "\x7f": "U+007F, a control character",
    "\x9b": "U+009B, a control character",
    "\u202e": "U+202E, right-to-left override",
    "\u202a": "U+202A, left-to-right embedding",
    "\u2066": "U+2066, left-to-right isolate",
    "\ud800": "U+D800, a control character",
    "\uffff": "U+FFFF, a control character",
}


@pytest.mark.parametrize("hidden", REFUSED, ids=lambda hidden: f"{ord(hidden[0]):04X}")
def test_a_hidden_character_is_refused_with_its_place(hidden):
    said = f"There is a hidden character after “The work went” ({REFUSED[hidden]}): "
    assert trouble(f"The work went {hidden} on") == said + "type that part again instead of pasting it."
    assert trouble(f"{hidden}On").startswith("There is a hidden character at the beginning (")
    with pytest.raises(ValidationError, match="hidden character"):
        PlainText().clean(f"The work went {hidden} on")


KEPT = {
    "a\r\nb\rc\x0bd\u2028e": "a\nb\nc\nd\ne",
    "cafe\u0301": "café",
    "no\u200bwidth\ufeff": "nowidth",
    "=1+1": "=1+1",
    "<b>bold</b> {{ x }} javascript:": "<b>bold</b> {{ x }} javascript:",
    "👩\u200d👧 🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f": (
        "👩\u200d👧 🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f"
    ),
    "שלום\u200f!": "שלום\u200f!",
    "Tab\tand – dash": "Tab\tand – dash",
}


@pytest.mark.parametrize("typed", KEPT)
def test_what_word_processors_paste_is_kept_as_plain_text(typed):
    assert trouble(typed) == ""
    assert as_kept(typed) == PlainText().clean(typed) == KEPT[typed]


def test_a_text_is_counted_as_it_is_kept():
    field = Narrative()
    assert len(field.clean("a\r\n" * 9_999 + "ab")) == NARRATIVE
    assert len(field.clean("e\u0301" * NARRATIVE)) == NARRATIVE
    with pytest.raises(ValidationError, match=r"Use at most 20000 characters: this has 20001\."):
        field.clean("a" * (NARRATIVE + 1))


def test_accents_without_end_are_refused_before_anything_orders_them():
    begun = time.process_time()
    with pytest.raises(ValidationError, match="more than 30 accents on one letter after “Caf”"):
        Narrative().clean("Caf" + "\u0300\u0316" * 500_000)
    assert time.process_time() - begun < 0.5
    assert Narrative().clean("e" + "\u0301" * 30)[0] == "é"


HOSTILE = [
    "[" * 20_000, "<a " * 6_600, "&" * 20_000, "</b>" * 5_000, "(" * 20_000, "a@" * 10_000, "http://" * 2_800,
    "\u0300\u0316" * 10_000, "💥" * 20_000, "\n" * 20_000, " " * 20_000, "&#" * 10_000, "<!--" * 5_000,
]  # fmt: skip


@pytest.mark.parametrize("words", HOSTILE, ids=lambda words: repr(words[:4]))
def test_no_words_make_a_template_slow(words):
    page = Template("{{ words }}{{ words|default:'x' }}{% for i in t %}{{ words|shortened:9 }}{% endfor %}")
    begun = time.process_time()
    page.render(Context({"words": words, "t": range(100)}))
    trouble(words)
    assert time.process_time() - begun < 0.2


def test_models_hold_what_comes_past_a_form_to_the_same():
    pillar = Pillar(slug="x", name="Turned \u202eround", order=1)
    with pytest.raises(ValidationError) as refused:
        pillar.clean_fields()
    assert list(refused.value.message_dict) == ["name"]
    said = Update._meta.get_field("what_changed")
    assert said.clean("e\u0301\r\n", None) == "é\n"
    assert said.deconstruct()[1] == "django.db.models.TextField"
