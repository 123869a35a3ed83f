"""What every template may do to the words of people: nothing that takes longer the odder they are."""

from typing import Any

from django import template

register = template.Library()


@register.filter
def shortened(words: Any, most: int) -> str:
    """Return at most so many characters, the last one an ellipsis where more follow.

    Django's own `truncatechars` puts the whole text into a normal form first, which takes time by the square of it.
    """
    text = str(words)
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"
