"""The facts of the accessibility statement: `/accessibility/` and docs/accessibility.md both say them."""

from datetime import date

PREPARED_ON = date(2026, 11, 29)
LAST_TESTED_ON = date(2026, 11, 29)  # change it with each test of the whole portal, by machine and by hand
