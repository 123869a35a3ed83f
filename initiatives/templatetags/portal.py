"""Words and addresses for the templates."""

from datetime import date
from fractions import Fraction
from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.http import urlencode
from django.utils.safestring import SafeString

from initiatives import progress
from initiatives.status import (
    Attention,
    Cadence,
    Focus,
    MilestoneStatus,
    Outcome,
    Part,
    Rag,
    Reading,
    Stage,
    Status,
    Strength,
)

register = template.Library()


def _label(enumeration: Any) -> Any:
    labels = {word.value: str(word.label) for word in enumeration}
    return lambda value: labels.get(value, "")


for _enumeration, _name in (
    (Status, "status_label"),
    (Rag, "rag_label"),
    (Stage, "stage_label"),
    (Reading, "reading_label"),
    (Focus, "focus_label"),
    (Cadence, "cadence_label"),
    (Strength, "strength_label"),
    (MilestoneStatus, "milestone_label"),
    (Outcome, "outcome_label"),
    (Part, "part_label"),
    (Attention, "attention_label"),
):
    register.filter(_name, _label(_enumeration))


@register.filter
def whole(share: Fraction | None) -> int | None:
    """Return a share as a whole number of percent."""
    return progress.whole(share)


@register.filter
def percent(share: Fraction | None) -> str:
    """Write a share as people read it: 54%. Nothing known is said in words by the template."""
    return "" if share is None else f"{progress.whole(share)}%"


@register.filter
def points(share: Fraction | None, clock: str = "plan") -> str:
    """Write a gap as people say it: 9 points behind plan, 3 points ahead of plan, on plan."""
    size = progress.whole(share)
    if size is None:
        return ""
    if size == 0:
        return f"on {clock}" if clock == "plan" else f"level with {clock}"
    unit = "point" if abs(size) == 1 else "points"
    return f"{abs(size)} {unit} {'behind' if size < 0 else 'ahead of'} {clock}"


@register.filter
def segments(counts: list[tuple[str, str, int]]) -> list[dict[str, Any]]:
    """Lay counts of statuses out along a strip: each with where it starts and how wide it is, in percent."""
    total = sum(count for _, _, count in counts)
    laid, x = [], 0.0
    for status, label, count in counts:
        if count:
            width = 100 * count / total
            laid.append({"status": status, "label": label, "count": count, "x": f"{x:.3f}", "width": width})
            x += width
    return laid


@register.filter
def lines(text: str) -> list[str]:
    """Return the lines of a text that hold anything."""
    return [line.strip() for line in text.splitlines() if line.strip()]


@register.filter
def with_code(text: str) -> SafeString:
    """Set the machine words of a sentence, which stand between backticks, as code."""
    parts = text.split("`")
    return format_html_join(
        "", "{}", ((format_html("<code>{}</code>", p) if n % 2 else p,) for n, p in enumerate(parts))
    )


@register.filter
def is_address(line: str) -> bool:
    """Say whether a line is an address of the web, and so may become a link."""
    return line.startswith(("https://", "http://"))


@register.filter
def days_between(later: date | None, earlier: date | None) -> int | None:
    """Return how many days lie between two dates."""
    return (later - earlier).days if later and earlier else None


@register.filter
def days(number: Fraction | None) -> str:
    """Write how far dates have moved as people say it: 34 days later, 2 days sooner, not at all."""
    size = progress.nearest(number)
    if size is None:
        return ""
    unit = "day" if abs(size) == 1 else "days"
    return f"{abs(size)} {unit} {'later' if size > 0 else 'sooner'}" if size else "not at all"


@register.filter
def lookup(found: dict[Any, Any], key: Any) -> Any:
    """Return what a dict holds under a key; None for nothing."""
    return found.get(key)


@register.simple_tag(takes_context=True)
def address(context: template.Context, name: str, *args: Any, **query: Any) -> str:
    """Return the address of a page, keeping the days that the present page speaks as at and compares with."""
    if not context.get("is_today", True) and context.get("as_at"):
        query.setdefault("as_at", context["as_at"].isoformat())
    if context.get("compare"):
        query.setdefault("compare", context["compare"].isoformat())
    found = reverse(name, args=args)
    return f"{found}?{urlencode(query, doseq=True)}" if query else found
