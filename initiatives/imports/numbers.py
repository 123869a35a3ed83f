"""Whole numbers as people write them in spreadsheets."""

import re

_WHOLE = re.compile(r"(-?)(\d{1,18}|\d{1,3}(?:,\d{3}){1,5})(?:\.0{1,6})?", re.ASCII)


def whole(text: str) -> int | None:
    """Return the whole number that the text says (`12`, `1,000`, `3.0`), None when it says none."""
    found = _WHOLE.fullmatch(text.strip())
    return int(found[1] + found[2].replace(",", "")) if found else None
