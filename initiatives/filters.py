"""What an address may ask for: the day, the filters, the order and the page. Anything else is a 400 that says so."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import BadRequest
from django.core.paginator import EmptyPage, Page, Paginator
from django.http import Http404, HttpRequest, QueryDict
from django.utils import timezone

from initiatives.as_at import InitiativeAt, Portfolio, ref_order
from initiatives.history import first_day
from initiatives.models import Initiative
from initiatives.status import Attention, Focus, Rag, Stage, Status

PAGE_SIZE = 25
LONGEST_SEARCH = 200


def today() -> date:
    """Return today in London. Only views and commands ask."""
    return timezone.localdate()


def read_day(value: str, name: str = "as_at") -> date:
    """Return the day that the text names, if history reaches it; otherwise raise `BadRequest` with words."""
    try:
        day = date.fromisoformat(value) if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value) else None
    except ValueError:
        day = None
    if day is None:
        raise BadRequest(f"{name} must be a date written as YYYY-MM-DD, for example {today():%Y-%m-%d}.")
    first = first_day() or today()
    if not first <= day <= today():
        raise BadRequest(
            f"{name} must be from {first:%Y-%m-%d}, when this portal's history begins, to today, {today():%Y-%m-%d}."
        )
    return day


def asked_day(request: HttpRequest) -> date:
    """Return the day that the page speaks as at (today unless `as_at` says otherwise) and tell the templates."""
    values = request.GET.getlist("as_at")
    if len(set(values)) > 1:
        raise BadRequest("as_at was given more than once: give one date.")
    day = read_day(values[0]) if values and values[0] else today()
    request.as_at, request.is_today = day, day == today()  # type: ignore[attr-defined]
    request.compare = _compared_day(request, day)  # type: ignore[attr-defined]
    return day


def compared_day(request: HttpRequest) -> date | None:
    """Return the day that is to stand beside the page's own, once `asked_day` has read it."""
    return getattr(request, "compare", None)


def _compared_day(request: HttpRequest, day: date) -> date | None:
    """Return the day that `compare` sets beside the page's own, if it asks for one."""
    values = [value for value in request.GET.getlist("compare") if value]
    if len(set(values)) > 1:
        raise BadRequest("compare was given more than once: give one date.")
    if not values:
        return None
    other = read_day(values[0], "compare")
    if other == day:
        raise BadRequest(f"compare must be another day than {day:%Y-%m-%d}, the day that the page speaks of.")
    return other


@dataclass(frozen=True)
class Choice:
    """One value that a filter allows, with the label that people read."""

    value: str
    label: str
    chosen: bool = False


@dataclass(frozen=True)
class Filter:
    """A filter of the list and of every data set: its name, label, the values it allows, and what it keeps."""

    name: str
    label: str
    choices: tuple[Choice, ...]
    keeps: Callable[[InitiativeAt, frozenset[str]], bool]

    @property
    def chosen(self) -> tuple[Choice, ...]:
        return tuple(choice for choice in self.choices if choice.chosen)


def _words(enumeration: Any) -> list[tuple[str, str]]:
    return [(word.value, str(word.label)) for word in enumeration]


def _filters(portfolio: Portfolio) -> Iterable[tuple[str, str, list[tuple[str, str]], Callable[..., bool]]]:
    """Name each filter of the contract once: name, label, choices, and what it keeps."""
    owners = {i.owner for i in portfolio.initiatives if i.owner}
    directorates = {i.directorate for i in portfolio.initiatives if i.directorate}
    yield "pillar", "Pillar", [(p.slug, p.name) for p in portfolio.pillars], lambda i, v: i.pillar.slug in v
    yield "attention", "Needs attention", _words(Attention), lambda i, v: bool(i.attention & v)
    yield "status", "Status", _words(Status), lambda i, v: i.status in v
    yield "stage", "Stage", _words(Stage), lambda i, v: i.stage in v
    yield "rag", "RAG last said", _words(Rag), lambda i, v: i.rag in v
    yield (
        "owner",
        "Owner",
        sorted(((o.username, o.name) for o in owners), key=lambda pair: pair[1]),
        lambda i, v: i.owner is not None and (i.owner.username in v or i.owner.name in v),
    )
    yield (
        "commitment",
        "Commitment",
        [(c.code, f"{c.code} {c.name}") for c in portfolio.commitments],
        lambda i, v: any(a.commitment.code in v for a in i.alignments),
    )
    yield (
        "directorate",
        "Directorate",
        [(name, name) for name in sorted(directorates)],
        lambda i, v: i.directorate in v,
    )
    yield "focus", "Focus", _words(Focus), lambda i, v: i.focus in v


FILTER_NAMES = (
    "pillar", "attention", "status", "stage", "rag", "owner", "commitment", "directorate", "focus", "q",
)  # fmt: skip


class Filters:
    """The filters of an address, checked against what the portfolio holds."""

    def __init__(self, query: QueryDict, portfolio: Portfolio) -> None:
        self.portfolio = portfolio
        self.searches = [_search(q) for q in query.getlist("q") if q.strip()]
        people, strategy = portfolio.people.values(), portfolio.strategy
        # A value that is right on another day gives an empty list today, so that a changed date keeps its filters.
        also_allowed = {
            "owner": {p.username for p in people} | {p.name for p in people},
            "pillar": {p.slug for p in strategy.pillars.values()},
            "commitment": {c.code for c in strategy.commitments.values()},
            "directorate": _directorates_ever(query.getlist("directorate")),
        }
        self.filters = []
        for name, label, choices, keeps in _filters(portfolio):
            chosen = frozenset(value for value in query.getlist(name) if value)
            unknown = sorted(chosen - {value for value, _ in choices} - also_allowed.get(name, set()))
            if unknown:
                raise BadRequest(_not_allowed(name, unknown[0], [value for value, _ in choices]))
            found = tuple(Choice(value, text, value in chosen or text in chosen) for value, text in choices)
            self.filters.append((Filter(name, label, found, keeps), chosen))

    @property
    def q(self) -> str:
        """What was searched for, as the search box shows it."""
        return " ".join(self.searches)

    def __iter__(self) -> Iterator[Filter]:
        return iter([filter_ for filter_, _ in self.filters])

    @property
    def chosen(self) -> int:
        """How many values of filters are chosen."""
        return sum(len(chosen) for _, chosen in self.filters)

    @property
    def active(self) -> bool:
        """Whether anything is filtered away."""
        return bool(self.q or self.chosen)

    def address(self, request: HttpRequest, days: Iterable[str] = ("as_at", "compare")) -> str:
        """Return the part of an address that asks for the same filters and the same days."""
        query = request.GET.copy()
        for name in set(query) - {*FILTER_NAMES, *days}:
            del query[name]
        return query.urlencode()

    def apply(self) -> Portfolio:
        """Return the portfolio narrowed to the initiatives that every filter keeps."""
        kept = self.portfolio.initiatives
        for filter_, chosen in self.filters:
            if chosen:
                kept = tuple(i for i in kept if filter_.keeps(i, chosen))
        if self.searches:
            kept = tuple(i for i in kept if _found(i, self.searches))
        return self.portfolio.narrowed(kept)


def _directorates_ever(named: list[str]) -> set[str]:
    """Return those of the named directorates that ever ran an initiative."""
    if not any(named):
        return set()
    return set(Initiative.history.filter(directorate__in=named).values_list("directorate", flat=True))


def _search(q: str) -> str:
    """Return a search as typed, if it may be looked for."""
    if "\0" in q:
        raise BadRequest("q must be plain text: it holds a null character.")
    if len(q) > LONGEST_SEARCH:
        raise BadRequest(f"q must be {LONGEST_SEARCH} characters at most; it holds {len(q):,}.")
    return q.strip()


def _found(initiative: InitiativeAt, searches: list[str]) -> bool:
    """Say whether the initiative holds every word of any of the searches."""
    owner = initiative.owner.name if initiative.owner else ""
    held = "\n".join((initiative.ref, initiative.title, initiative.summary, owner, initiative.partners)).casefold()
    return any(all(word in held for word in q.casefold().split()) for q in searches)


def _not_allowed(name: str, value: str, allowed: list[str]) -> str:
    shown = value if len(value) <= 60 else f"{value[:60]}…"
    if name == "owner":
        return f"owner: nobody here is called “{shown}”. Use a username or a display name."
    return f"{name}: “{shown}” is not one of the values allowed: {', '.join(allowed) or 'there are none yet'}."


# --- Order and pages of the list ------------------------------------------------------------------
_BY_STATUS = {word: place for place, word in enumerate(("red", "amber", "no-current-update", "never-updated"))}
SORTS: dict[str, Callable[[InitiativeAt], Any]] = {
    "ref": lambda i: ref_order(i.ref),
    "title": lambda i: i.title.casefold(),
    "pillar": lambda i: (i.pillar.order, i.pillar.slug),
    "status": lambda i: _BY_STATUS.get(i.status, 4 + list(Status).index(i.status)),
    "progress": lambda i: (i.progress is None, i.progress or 0),
    "gap": lambda i: (i.gap is None, i.gap or 0),
    "updated": lambda i: i.rag_said_on or date.min,
    "due": lambda i: i.update_due_on or date.max,
    "owner": lambda i: i.owner.name.casefold() if i.owner else "",
}


@dataclass(frozen=True)
class Heading:
    """A column of the list: what it says, and how it sorts (`sort` is the word that its link asks for)."""

    label: str
    sort: str = ""
    aria_sort: str = ""


def headings(order: str) -> list[Heading]:
    """Return the columns of the list, given the order that it stands in; asking again turns the order round."""

    def heading(label: str, word: str = "") -> Heading:
        if order.removeprefix("-") != word:
            return Heading(label, word)
        return Heading(label, f"-{word}", "ascending") if order == word else Heading(label, word, "descending")

    return [
        heading("Ref", "ref"),
        heading("Initiative", "title"),
        heading("Pillar", "pillar"),
        heading("Status", "status"),
        heading("The dates say"),
        heading("Progress against plan", "gap"),
        heading("Last update", "updated"),
        heading("Update due", "due"),
    ]


def in_asked_order(initiatives: Iterable[InitiativeAt], query: QueryDict) -> tuple[list[InitiativeAt], str]:
    """Return the initiatives in the order that `sort` asks for (a leading hyphen turns it round), and that word."""
    word = query.get("sort") or "ref"
    name = word.removeprefix("-")
    if name not in SORTS:
        allowed = ", ".join(SORTS)
        raise BadRequest(f"sort must be one of {allowed}, with a hyphen before it to turn the order round.")
    return sorted(initiatives, key=SORTS[name], reverse=word.startswith("-")), word


def asked_page(items: Sequence[Any], query: QueryDict, size: int = PAGE_SIZE) -> Page[Any]:
    """Return the asked page; a malformed number is a 400, one beyond the last a 404."""
    number = query.get("page") or "1"
    if not (number.isascii() and number.isdigit() and len(number) <= 9 and int(number) >= 1):
        raise BadRequest("page must be a whole number from 1.")
    try:
        return Paginator(items, size).page(int(number))
    except EmptyPage as error:
        raise Http404("There is no such page.") from error
