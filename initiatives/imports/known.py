"""What the portal knows already, as far as a file can speak of it: read once, in a constant number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db.models import F, Min, Q

from accounts.models import User
from initiatives.history import portfolio
from initiatives.models import (
    Alignment,
    Answer,
    Ask,
    Contribution,
    DateMove,
    Dependency,
    DoneDate,
    Handover,
    Import,
    ImportedRow,
    Initiative,
    Milestone,
    Note,
    StageChange,
    StandIn,
    Update,
    Withdrawal,
    last_moment_of,
    milestone_ref,
)
from initiatives.status import ImportState, RowOutcome
from pillars.first import FIRST_PILLARS
from pillars.history import PillarAt

MANY = 5_000  # ids to name in a query


@dataclass(frozen=True)
class Said:
    """The words of the last update, to tell whether a file says anything else."""

    what_changed: str
    what_next: str
    risk: str
    issue: str
    rating_word: str


class Known:
    """The portal as at `day`, and who and what a file may name."""

    def __init__(self, day: date, as_of: date | None) -> None:
        self.day, self.as_of = day, as_of
        found = portfolio(day)
        self.strategy = found.strategy
        self.makes_pillars = not found.strategy.pillars
        if self.makes_pillars:
            # What a new portal begins with: made when the file is applied.
            pillars = [
                PillarAt(-order, slug, name, "", order, shape, order, stood=False)
                for order, (slug, name, shape) in enumerate(FIRST_PILLARS, start=1)
            ]
            self.strategy = replace(found.strategy, pillars={pillar.id: pillar for pillar in pillars})
        self.stood = {i.id: i for i in found.initiatives}
        self.ids: dict[str, int] = {}
        self.refs: dict[int, str] = {}
        self._elsewhere: dict[str, int] = {}
        titles: dict[str, list[int]] = defaultdict(list)
        for id_, ref, external_ref, title in Initiative.objects.values_list("id", "ref", "external_ref", "title"):
            self.ids[ref], self.refs[id_] = id_, ref
            titles[title.casefold()].append(id_)
            if external_ref:
                self._elsewhere[external_ref.casefold()] = id_
        self._titles = {title: ids[0] for title, ids in titles.items() if len(ids) == 1}
        self._read_people()

    # --- Initiatives --------------------------------------------------------------------------------
    def initiative(self, ref: str = "", external_ref: str = "", title: str = "") -> int | None:
        """Return the id of the initiative that bears this ref, or else this reference elsewhere, or else this title."""
        if ref:
            return self.ids.get(ref)
        if external_ref and (found := self._elsewhere.get(external_ref.casefold())):
            return found
        return self._titles.get(title.casefold()) if title and not external_ref else None

    def bearer_of(self, external_ref: str) -> int | None:
        """Return the id of the initiative that other systems call so."""
        return self._elsewhere.get(external_ref.casefold())

    def named(self, name: str) -> int | None:
        """Return the id of the initiative that a file names in one cell, by ref, reference elsewhere or title."""
        return self.ids.get(name) or self._elsewhere.get(name.casefold()) or self._titles.get(name.casefold())

    def highest_number(self, prefix: str) -> int:
        """Return the highest number that any ref of the prefix ever had."""
        refs = Initiative.history.filter(ref__startswith=f"{prefix}-").values_list("ref", flat=True).distinct()
        return max((int(ref.rpartition("-")[2]) for ref in refs), default=0)

    def last_words(self, ids: Iterable[int]) -> dict[int, Said]:
        """Return the words of the last update of each of these initiatives that had one by the day."""
        last = {i.last_update.id: id_ for id_ in ids if (i := self.stood.get(id_)) and i.last_update}
        fields = ("what_changed", "what_next", "risk", "issue", "rating_word")
        rows = Update.objects.values_list("id", *fields)
        if len(last) <= MANY:
            rows = rows.filter(pk__in=list(last))
        return {last[id_]: Said(*words) for id_, *words in rows.iterator(chunk_size=5000) if id_ in last}

    def dependencies(self) -> set[tuple[str, str]]:
        """Return what waits for what, by ref."""
        ends = ("milestone__initiative__ref", "milestone__number", "needs__initiative__ref", "needs__number")
        rows = Dependency.objects.order_by().values_list(*ends)
        return {(milestone_ref(of, number), milestone_ref(other, need)) for of, number, other, need in rows}

    # --- The past -----------------------------------------------------------------------------------
    def read_the_past(self, ids: Iterable[int]) -> None:
        """Read since when the portal itself recorded anything of these, and of which past days files told."""
        wanted = set(ids)
        self._own: dict[int, datetime] = {}
        for rows, path, moment in _recorded():
            found = rows.order_by().values_list(path).annotate(first=Min(moment))
            for id_, first in found.iterator(chunk_size=5000):
                if id_ in wanted and first is not None:
                    self._own[id_] = min(self._own.get(id_, first), first)
        self._told: dict[int, set[date]] = defaultdict(set)
        told = ImportedRow.objects.filter(
            of__state=ImportState.APPLIED, of__as_of__isnull=False, outcome__in=[RowOutcome.NEW, RowOutcome.CHANGED]
        )
        for id_, day in told.order_by().values_list("initiative_id", "of__as_of").distinct():
            if id_ in wanted and day:
                self._told[id_].add(day)
        versions = Initiative.history.filter(history_date__gt=last_moment_of(self.day))
        first = versions.order_by().values_list("id").annotate(first=Min("history_date"))
        self.begins = {id_: moment for id_, moment in first.iterator(chunk_size=5000) if id_ in wanted}

    def stands_in_the_way(self, id_: int) -> str:
        """Say why a file of the past can tell nothing of an initiative; empty when it can.

        It may only add what comes before everything that the portal itself recorded, and before or after every other
        file: so no figure that anybody has seen changes but for the days of which nothing else is known.
        """
        ref, day = self.refs[id_], self.day
        own, told = self._own.get(id_), self._told.get(id_, set())
        if own and own <= last_moment_of(day):
            return f"{ref} has records of its own since {own.date()}: a file of the past can only tell what came before"
        if day in told:
            return f"another file has told of {ref} as of {day}: undo that import first"
        if told and min(told) < day < max(told):
            return f"files have told of {ref} as of days before and after {day}: bring them in the order of their days"
        return ""

    def has_later(self, id_: int) -> bool:
        """Say whether anything is recorded of the initiative that comes after the file's day."""
        return id_ in self._own or any(day > self.day for day in self._told.get(id_, ()))

    # --- People -------------------------------------------------------------------------------------
    def _read_people(self) -> None:
        self.people: dict[int, str] = {}
        self.usernames: dict[str, int] = {}
        by_any: dict[str, set[int]] = defaultdict(set)
        for id_, username, name, email in User.objects.values_list("id", "username", "name", "email"):
            self.people[id_], self.usernames[username] = name, id_
            for known_as in filter(None, (username, name, email)):
                by_any[known_as.casefold()].add(id_)
        self._people = {known_as: next(iter(ids)) for known_as, ids in by_any.items() if len(ids) == 1}
        self.namesakes = {known_as for known_as, ids in by_any.items() if len(ids) > 1}

    def person(self, known_as: str) -> int | None:
        """Return the id of the one person of this e-mail address, username or display name."""
        return self._people.get(known_as.casefold())


def _recorded() -> list[tuple[Any, str, str]]:
    """Return everything that the portal itself records of an initiative: rows, the path to it, the moment."""
    own = Q(brought_in__isnull=True) | Q(brought_in__as_of__isnull=True)
    versions = ~Q(history_change_reason__startswith="import ") | Q(history_change_reason__isnull=True)
    live = [f"import {id_}" for id_ in Import.objects.filter(as_of=None).values_list("id", flat=True)]
    versions |= Q(history_change_reason__in=live)
    return [
        (Initiative.history.filter(versions), "id", "history_date"),
        *((m.history.filter(versions), "initiative_id", "history_date") for m in (Contribution, Alignment, Milestone)),
        *((m.objects.filter(own), "initiative_id", "recorded_at") for m in (StageChange, DateMove, Update)),
        *((m.objects.filter(own), "milestone__initiative_id", "recorded_at") for m in (DoneDate, Withdrawal)),
        *((m.objects.all(), "initiative_id", "recorded_at") for m in (Ask, Handover, StandIn, Note)),
        (Answer.objects.annotate(of=F("ask__initiative_id")), "of", "recorded_at"),
    ]
