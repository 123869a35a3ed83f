"""How every initiative stands today, from rows that are kept, and those rows themselves.

A kept row holds what `InitiativeAt` worked out of an initiative's history. It is used only while nothing has been
recorded of the initiative since (triggers count that), until the first day on which the calendar alone changes a
figure, and by the rules that worked it out. Where one cannot be used the history is read, as for every past day: so
what is kept saves time and never decides what a page says.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from fractions import Fraction
from functools import cache, cached_property, lru_cache
from hashlib import sha256
from importlib.metadata import version
from typing import Any, NoReturn

from django.db import connection, transaction
from django.db.models import Count, Max, Sum
from django.utils import timezone

from accounts.history import PeopleHistory, PersonAt, end_of
from initiatives import as_at, history, periods, progress, status
from initiatives.as_at import AlignmentAt, InitiativeAt, LastUpdate, Portfolio, ref_order
from initiatives.models.kept import KeptStanding
from initiatives.periods import ONE_DAY
from initiatives.progress import MilestoneAt
from initiatives.status import Reading, Stage, Status
from pillars.history import PillarAt, StrategyAt, StrategyHistory

BATCH = 500
_WRITTEN = ("kept_changes", "kept_on", "holds_until", "rules", "told", "more")


class KeptInitiativeAt(InitiativeAt):
    """An initiative as it stands today, with the figures that were kept. Its history is not at hand."""

    _people: Mapping[int, PersonAt]
    _said: tuple[Any, ...]
    _late_since: str | None
    _more_told: str

    @property
    def records(self) -> NoReturn:
        raise LookupError(f"{self.ref}: this figure is not kept, read it from history")

    @cached_property
    def _more(self) -> dict[str, Any]:
        return json.loads(self._more_told)

    def __getattr__(self, name: str) -> Any:
        """Find the attributes that only some initiatives are asked for."""
        if name in _MORE:
            return self._more[name]
        if name in _MORE_DAYS:
            return _read(self._more[name])
        if name in ("deputy", "sponsor"):
            return self._people.get(self._more[name])
        raise AttributeError(name)

    @cached_property
    def last_update(self) -> LastUpdate | None:
        said_on, said_at, id_, rag, _ = self._said
        return said_on and LastUpdate(date.fromisoformat(said_on), datetime.fromisoformat(said_at), id_, rag)

    @property
    def rag_since(self) -> date | None:
        """The day since which it has been said what was last said of it."""
        return _read(self._said[4])

    @cached_property
    def began_on(self) -> date | None:
        return _read(self._more["began_on"])

    @cached_property
    def first_ends_on(self) -> date | None:
        return _read(self._more["first_ends_on"])

    @cached_property
    def ends_on(self) -> date | None:
        return _read(self._more["ends_on"])

    @cached_property
    def update_due_on(self) -> date | None:
        return _read(self._more["update_due_on"])

    @cached_property
    def also(self) -> tuple[PillarAt, ...]:
        return tuple(pillar for id_, pillar in self.strategy.pillars.items() if id_ in self._more["also"])

    @cached_property
    def alignments(self) -> tuple[AlignmentAt, ...]:
        found = self._more["alignments"]
        return tuple(AlignmentAt(self.strategy.commitments[id_], strength, how) for id_, strength, how in found)

    @cached_property
    def late_since(self) -> date | None:
        return _read(self._late_since)

    @cached_property
    def late_milestones(self) -> tuple[MilestoneAt, ...]:
        return tuple(map(_milestone, self._more["late_milestones"]))

    @cached_property
    def next_milestone(self) -> MilestoneAt | None:
        following = self._more["next_milestone"]
        return following and _milestone(following)


# --- Reading --------------------------------------------------------------------------------------
def portfolio(day: date) -> Portfolio:
    """Return the portfolio as at the day: today's from what is kept, any other from history.

    Today's is remembered in this process until anything is recorded of any initiative, or a name changes.
    """
    if day != timezone.localdate():
        return history.portfolio(day)
    people_ever, strategy_ever = PeopleHistory(), StrategyHistory()
    people, strategy = people_ever.at(day), strategy_ever.at(day)
    mark = (connection.settings_dict["NAME"], day, times_recorded(), rules())
    last = _remembered.get("today")
    if last and last[0] == mark and (last[1].strategy, last[1].people) == (strategy, people):
        return last[1]
    rows = list(KeptStanding.objects.fresh(day, rules()).values_list("initiative_id", "told", "more"))
    fresh = {id_ for id_, _, _ in rows}
    found: list[InitiativeAt] = list(_told(rows, day, strategy, people))
    missing = set(KeptStanding.objects.values_list("initiative_id", flat=True)) - fresh
    if missing:
        words = (people_ever, strategy_ever)
        read = history.Timeline(day, days=[day], only=missing, words=words).at(day).initiatives
        found += [i for i in read if i.id not in fresh]
    now = Portfolio(day, strategy, people, tuple(sorted(found, key=lambda i: ref_order(i.ref))))
    _remembered["today"] = (mark, now)
    return now


_remembered: dict[str, tuple[Any, Portfolio]] = {}


def forget() -> None:
    """Forget what is remembered in this process."""
    _remembered.clear()


def red_since(now: Portfolio) -> dict[int, date]:
    """Return since which day each initiative that is red has been said so."""
    red = [i for i in now.initiatives if i.status == Status.RED]
    kept = {i.id: i.rag_since for i in red if isinstance(i, KeptInitiativeAt) and i.rag_since}
    unkept = [i.id for i in red if i.id not in kept]
    return {**kept, **history.rag_since(now.day, unkept)} if unkept else kept


# --- Keeping --------------------------------------------------------------------------------------
def changes() -> dict[int, int]:
    """Return how many statements have touched the history of each initiative."""
    return dict(KeptStanding.objects.values_list("initiative_id", "changes"))


def times_recorded() -> str:
    """Return a mark that is another one as soon as anything is recorded of any initiative, in one query."""
    found = KeptStanding.objects.aggregate(rows=Count("pk"), newest=Max("pk"), changes=Sum("changes"))
    return "-".join(str(number) for number in found.values())


def keep(day: date, only: Collection[int] | None = None) -> int:
    """Keep how every initiative stands on the day whose kept row cannot be used, and return how many those were.

    `only` leaves out all but these. A row is written only if nothing was recorded while it was worked out: else it
    stays unusable until the next time.
    """
    usable = KeptStanding.objects.fresh(day, rules()).values("initiative_id")
    rows = KeptStanding.objects.exclude(pk__in=usable)
    if only is not None:
        rows = rows.filter(pk__in=only)
    changes = dict(rows.values_list("initiative_id", "changes"))
    if not changes:
        return 0
    known_later = history.touched(end_of(day))  # by a clock that goes ahead of ours: of those nothing can be kept yet
    since = history.rag_since(day, changes.keys() if len(changes) <= history.MANY else None)
    read = history.Timeline(day, days=[day], only=changes.keys()).at(day).initiatives
    found = {i.id: i for i in read if i.id in changes and i.id not in known_later}
    with transaction.atomic():
        held = KeptStanding.objects.select_for_update().filter(pk__in=found).order_by("pk")
        same = [row for row in held if row.changes == changes[row.pk]]
        for row in same:
            initiative = found[row.pk]
            row.kept_changes, row.kept_on, row.holds_until = row.changes, day, holds_until(initiative)
            row.rules, row.told = rules(), json.dumps(_tell(initiative, since.get(row.pk)), ensure_ascii=False)
            row.more = json.dumps(_tell_more(initiative), ensure_ascii=False)
        KeptStanding.objects.bulk_update(same, _WRITTEN, batch_size=BATCH)
    return len(same)


@cache
def rules() -> str:
    """Return a mark of the arithmetic: what another version of it has kept is not used."""
    texts = [inspect.getsource(module) for module in (as_at, periods, progress, status)]
    texts += [inspect.getsource(writing) for writing in (_tell, _tell_more, _tell_milestone, _told)]
    texts.append(version("holidays"))
    return sha256("".join(texts).encode()).hexdigest()[:16]


def holds_until(initiative: InitiativeAt) -> date | None:
    """Return the last day on which all figures are the same if nothing more is recorded; None for every day to come.

    Days counted up to the day itself, such as those since the last update, are worked out when they are read.
    """
    turns = [day for day in _turns(initiative) if day and day > initiative.day]
    return min(turns) - ONE_DAY if turns else None


def _turns(initiative: InitiativeAt) -> Iterator[date | None]:
    """Yield the days on which the calendar alone may change a figure."""
    for milestone in initiative.milestones:
        yield milestone.first_due_on
        yield milestone.due_on
        yield _after(milestone.due_on, 1)  # late
        yield _after(milestone.due_on, progress.LATE_DAYS_READ_RED + 1)
        yield milestone.done_on
    if initiative.update_due_on:
        yield _after(periods.grace_ends_on(initiative.update_due_on), 1)
    for row in initiative.records.stand_ins:
        yield row.starts_on
        yield _after(row.ends_on, 1)


def _after(day: date, days: int) -> date | None:
    return day + timedelta(days=days) if (date.max - day).days >= days else None


# --- Writing down and reading again ---------------------------------------------------------------
# What portfolio figures ask of every initiative is filled in at once, the rest when a page asks for it.
_PLAIN = (
    "id", "ref", "weight", "asks_open", "milestones_total", "milestones_done", "milestones_late", "date_moves",
)  # fmt: skip
_SHARES = ("progress", "planned", "due", "days_moved")
_MORE = ("title", "summary", "focus", "directorate", "partners", "sources", "external_ref", "cadence")
_MORE_DAYS = ("starts_on", "promised_end_on", "stands_in_until")
_MORE_FIGURES = ("began_on", "first_ends_on", "ends_on", "update_due_on")
_COUNT_IN_PROGRESS = (Stage.IN_PROGRESS.value, Stage.COMPLETE.value)


def _tell(i: InitiativeAt, rag_since: date | None) -> list[Any]:
    """Write down what is asked of every initiative."""
    said, shares = i.last_update, (getattr(i, name) for name in _SHARES)
    return [
        *(getattr(i, name) for name in _PLAIN),
        *(part for share in shares for part in ((share.numerator, share.denominator) if share is not None else (0, 0))),
        i.pillar.id,
        i.owner and i.owner.id,
        i.stage,
        i.status,
        i.reading,
        _joined(i.commitment_ids),
        _joined(i.main_commitment_ids),
        " ".join(sorted(i.attention)),
        _written(i.late_since),
        _written(rag_since),
        *((said.said_on.isoformat(), said.recorded_at.isoformat(), said.id, said.rag) if said else (None,) * 4),
    ]


def _tell_more(i: InitiativeAt) -> dict[str, Any]:
    """Write down the rest by name."""
    return {
        **{name: getattr(i, name) for name in _MORE},
        **{name: _written(getattr(i, name)) for name in (*_MORE_DAYS, *_MORE_FIGURES)},
        "deputy": i.deputy and i.deputy.id,
        "sponsor": i.sponsor and i.sponsor.id,
        "also": [pillar.id for pillar in i.also],
        "alignments": [(a.commitment.id, a.strength, a.how) for a in i.alignments],
        "late_milestones": [_tell_milestone(milestone) for milestone in i.late_milestones],
        "next_milestone": i.next_milestone and _tell_milestone(i.next_milestone),
    }


def _tell_milestone(m: MilestoneAt) -> list[Any]:
    days = (_written(day) for day in (m.first_due_on, m.due_on, m.done_on))
    return [m.id, m.ref, m.title, m.weight, *days, m.moves, _written(m.withdrawn_on)]


def _told(
    rows: Sequence[tuple[int, str, str]], day: date, strategy: StrategyAt, people: Mapping[int, PersonAt]
) -> Iterator[KeptInitiativeAt]:
    """Yield the initiatives that were written down. Thousands are read for one page, so nothing is done twice here."""
    stages, statuses = ({word.value: word for word in words} for words in (Stage, Status))
    readings: dict[str | None, Reading | None] = {None: None, **{word.value: word for word in Reading}}
    pillars, person = strategy.pillars, people.get
    for (_, _, more), told in zip(rows, json.loads(f"[{','.join(told for _, told, _ in rows)}]"), strict=True):
        (
            id_, ref, weight, asks_open, total, done, late, moves, *shares, pillar_id, owner_id, stage, status_,
            reading, serves, mainly, attention, late_since, since, said_on, said_at, said_id, rag,
        ) = told  # fmt: skip
        done_of, of, first_by, of_first, due_by, of_due, moved, of_moved = shares
        initiative = KeptInitiativeAt.__new__(KeptInitiativeAt)
        object.__setattr__(
            initiative,
            "__dict__",
            {
                "day": day,
                "strategy": strategy,
                "id": id_,
                "ref": ref,
                "weight": weight,
                "asks_open": asks_open,
                "milestones_total": total,
                "milestones_done": done,
                "milestones_late": late,
                "date_moves": moves,
                "progress": _share(done_of, of),
                "planned": _share(first_by, of_first),
                "due": _share(due_by, of_due),
                "days_moved": _share(moved, of_moved),
                "pillar": pillars[pillar_id],
                "owner": person(owner_id),
                "stage": stages[stage],
                "status": statuses[status_],
                "reading": readings[reading],
                "commitment_ids": _ids(serves),
                "main_commitment_ids": _ids(mainly),
                "attention": _words(attention),
                "counts_in_progress": stage in _COUNT_IN_PROGRESS and total > 0,
                "_late_since": late_since,
                "_said": (said_on, said_at, said_id, rag, since),
                "_people": people,
                "_more_told": more,
            },
        )
        yield initiative


def _joined(ids: Iterable[int]) -> str:
    return " ".join(str(id_) for id_ in sorted(ids))


# Thousands of initiatives share few sets and few shares.
@lru_cache(maxsize=65536)
def _ids(joined: str) -> frozenset[int]:
    return frozenset(int(id_) for id_ in joined.split())


@lru_cache(maxsize=1024)
def _words(joined: str) -> frozenset[str]:
    return frozenset(joined.split())


def _written(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _read(day: str | None) -> date | None:
    return date.fromisoformat(day) if day else None


@lru_cache(maxsize=65536)
def _share(numerator: int, denominator: int) -> Fraction | None:
    return Fraction(numerator, denominator) if denominator else None


def _milestone(told: list[Any]) -> MilestoneAt:
    id_, ref, title, weight, first_due_on, due_on, done_on, moves, withdrawn_on = told
    return MilestoneAt(
        id_, ref, title, weight, date.fromisoformat(first_due_on), date.fromisoformat(due_on), _read(done_on), moves,
        _read(withdrawn_on),
    )  # fmt: skip
