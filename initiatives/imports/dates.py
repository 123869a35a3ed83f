"""Dates as people write them in spreadsheets, and what must be asked once for a column before they can be read."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain, islice
from typing import Literal

DayOrder = Literal["day-first", "month-first"]
Quarters = Literal["financial", "calendar"]
Edge = Literal["end", "start"]

FIRST_YEAR, LAST_YEAR = 1900, 2199
SAMPLES = 3
_DAY_ORDERS: tuple[DayOrder, ...] = ("day-first", "month-first")
_QUARTERS: tuple[Quarters, ...] = ("financial", "calendar")
_LAST_SERIAL = (date(LAST_YEAR, 12, 31) - date(1899, 12, 30)).days

_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_MONTH = {name[:cut].lower(): at for at, name in enumerate(_MONTHS, 1) for cut in range(3, len(name) + 1)}
_TIME = r"(?:[ T]\d\d:\d\d(?::\d\d(?:[.,]\d{1,6})?)?(?:Z|[+-]\d\d:?\d\d)?)?"
_ISO = re.compile(rf"(\d{{4}})-(\d\d)-(\d\d){_TIME}", re.ASCII)
_NUMERIC = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4}|\d\d)(?: \d\d?:\d\d(?::\d\d)?)?", re.ASCII)
_WORDED = re.compile(r"(?:(\d{1,2})(?:st|nd|rd|th)?[ -])?([a-z]{3,9})\.?,?([ -])(\d{4}|\d\d)", re.ASCII | re.IGNORECASE)
_QUARTER = re.compile(r"([QT])([1-4])[ -](\d{4})(?:[/-](\d\d|\d{4}))?", re.ASCII | re.IGNORECASE)
_SERIAL = re.compile(r"([1-9]\d{0,5})(?:\.\d+)?", re.ASCII)


@dataclass(frozen=True)
class Orders:
    """What a column's cells leave open; `ask` means that a person has to say, of such cells as the samples."""

    day_order: Literal["", "day-first", "month-first", "ask"] = ""
    quarters: Literal["", "financial", "calendar", "ask"] = ""
    day_samples: tuple[str, ...] = ()
    quarter_samples: tuple[str, ...] = ()


def orders(cells: Iterable[str]) -> Orders:
    """Return what the cells of a column settle by themselves and what must be asked of a person."""
    by_order: dict[str, list[str]] = {"day-first": [], "month-first": [], "either": []}
    by_quarter: dict[str, list[str]] = {"financial": [], "calendar": [], "either": []}
    for text in map(_plain, cells):
        if (found := _NUMERIC.fullmatch(text)) and found[2] != ".":
            first, second = int(found[1]), int(found[3])
            if first <= 12 or second <= 12:
                order = "either" if max(first, second) <= 12 else "day-first" if first > 12 else "month-first"
                if first != second:
                    by_order[order].append(text)
        elif found := _QUARTER.fullmatch(text):
            by_quarter["financial" if found[4] else "calendar" if found[1] in "tT" else "either"].append(text)
    proven: list[DayOrder] = [order for order in _DAY_ORDERS if by_order[order]]
    counts: list[Quarters] = [kind for kind in _QUARTERS if by_quarter[kind]]
    return Orders(
        day_order=proven[0] if len(proven) == 1 else "ask" if any(by_order.values()) else "",
        quarters="ask" if by_quarter["either"] else counts[0] if len(counts) == 1 else "",
        day_samples=()
        if len(proven) == 1
        else _samples([*chain(*(by_order[order][:1] for order in proven)), *by_order["either"]]),
        quarter_samples=_samples(by_quarter["either"]),
    )


def read_date(
    text: str, *, day_order: DayOrder = "day-first", quarters: Quarters = "financial", edge: Edge = "end"
) -> date | None:
    """Return the date that the text says, None when it says none between 1900 and 2199.

    A month or a quarter alone gives its last day, or with `edge="start"` its first.
    """
    text = _plain(text)
    if found := _ISO.fullmatch(text):
        return _date(int(found[1]), int(found[2]), int(found[3]))
    if found := _NUMERIC.fullmatch(text):
        day, month = int(found[1]), int(found[3])
        if day_order == "month-first" and found[2] != ".":
            day, month = month, day
        return _date(_year(found[4]), month, day)
    if found := _WORDED.fullmatch(text):
        month = _MONTH.get(found[2].lower(), 0)
        if found[1]:
            return _date(_year(found[4]), month, int(found[1]))
        # "March 26" may well be a day of March.
        return None if len(found[4]) == 2 and found[3] == " " else _edge(_year(found[4]), month, 1, edge)
    if found := _QUARTER.fullmatch(text):
        return _quarter(found, quarters, edge)
    if found := _SERIAL.fullmatch(text):
        return _serial(int(found[1]))
    return None


def _quarter(found: re.Match[str], quarters: Quarters, edge: Edge) -> date | None:
    """Return the edge of a quarter: `Q3 2024/25` counts from April, `T4 2022` from January."""
    year, number = int(found[3]), int(found[2])
    if found[4]:
        if int(found[4]) not in (year + 1, (year + 1) % 100):
            return None
        quarters = "financial"
    elif found[1] in "tT":
        quarters = "calendar"
    month = 3 * number - 2
    if quarters == "financial":
        year, month = (year, month + 3) if number < 4 else (year + 1, 1)
    return _edge(year, month, 3, edge)


def _edge(year: int, month: int, months: int, edge: Edge) -> date | None:
    """Return the first or the last day of so many months from this one."""
    first = _date(year, month, 1)
    if not first or edge == "start":
        return first
    month += months - 1
    after = date(year + month // 12, month % 12 + 1, 1)
    return after - timedelta(days=1)


def _serial(number: int) -> date | None:
    """Return the day that a spreadsheet counts so; from 60 on it counts a 29 February 1900 that never was.

    What may be a year is none: as a day it would be one of 1905 and 1906.
    """
    if number == 60 or number > _LAST_SERIAL or FIRST_YEAR <= number <= LAST_YEAR:
        return None
    return date(1899, 12, 31 if number < 60 else 30) + timedelta(days=number)


def _year(digits: str) -> int:
    """Return the year; of two digits, those up to 69 are this century's."""
    year = int(digits)
    return year if len(digits) == 4 else year + (2000 if year < 70 else 1900)


def _date(year: int, month: int, day: int) -> date | None:
    """Return the date, None when there is no such day or its year is out of range."""
    try:
        return date(year, month, day) if FIRST_YEAR <= year <= LAST_YEAR else None
    except ValueError:
        return None


def _samples(cells: Iterable[str]) -> tuple[str, ...]:
    return tuple(islice(dict.fromkeys(cells), SAMPLES))


def _plain(text: str) -> str:
    """Return the text with plain single spaces; no date is longer than a few words."""
    return " ".join(text[:60].split()) if len(text) <= 60 else ""


def shown(day: date) -> str:
    """Return the date as it is said: 3 February 2026."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
