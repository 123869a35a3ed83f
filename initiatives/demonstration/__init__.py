"""The demonstration: a strategy that was published, with owners, dates and ratings that are made up."""

import json
from pathlib import Path
from typing import Any

FIRST = -548  # the day, counted from the day of loading, on which the demonstration's strategy was recorded


def read(name: str) -> Any:
    """Return what one of the JSON files beside this holds."""
    return json.loads((Path(__file__).parent / f"{name}.json").read_text(encoding="utf-8"))
