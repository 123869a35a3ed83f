"""Reading the portfolio as at a day, from history alone and in a constant number of queries.

`Timeline` holds what had been recorded; `Timeline.at(day)` tells how every initiative stood at the end of a day.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import F, Min, OuterRef, Q, QuerySet, Subquery, Value
from django.utils import timezone

from accounts.history import LONDON, PeopleHistory, PersonAt, end_of, standing, versions
from accounts.models import User
from initiatives.as_at import InitiativeAt, LastUpdate, MilestoneRecords, Portfolio, Records, ref_order
from initiatives.models import (
    Acknowledgement,
    Alignment,
    Answer,
    Ask,
    Contribution,
    DateMove,
    DoneDate,
    Handover,
    Initiative,
    Milestone,
    Note,
    StageChange,
    StandIn,
    Update,
    Withdrawal,
)
from pillars.history import StrategyAt, StrategyHistory
from pillars.models import Aim, Commitment, Pillar

ATTRIBUTES = (
    "ref", "title", "summary", "pillar_id", "focus", "owner_id", "deputy_id", "sponsor_id", "directorate", "partners",
    "sources", "external_ref", "cadence", "weight", "starts_on", "promised_end_on",
)  # fmt: skip
MANY = 600  # initiatives to name in a query


class Timeline:
    """What had been recorded by the end of `until`, from which the portfolio can be had as at any day up to it.

    With `days` only what was said last by the end of each of them is read, of all updates, so it can be had as at those
    alone; with `only`, nothing but the initiatives of these ids; `words` are names that were read already.
    """

    def __init__(
        self,
        until: date,
        *,
        days: Collection[date] | None = None,
        only: Collection[int] | None = None,
        words: tuple[PeopleHistory, StrategyHistory] | None = None,
    ) -> None:
        self.until, self.days = until, days
        self.only = only if only is None or len(only) <= MANY else None  # it costs less to read them all
        moment = end_of(until)
        self._records = {
            id_: Records(rows)
            for id_, rows in versions(Initiative, *ATTRIBUTES, before=moment, **self._of("id")).items()
        }
        self._milestones: dict[int, MilestoneRecords] = {}
        self._read_versions(moment)
        self._read_rows(moment)
        self._read_updates(moment)
        self._people, self._strategy = words or (PeopleHistory(), StrategyHistory())

    def _of(self, path: str) -> dict[str, Any]:
        return {} if self.only is None else {f"{path}__in": self.only}

    def _read_versions(self, moment: datetime) -> None:
        def recorded(model: Any, *fields: str) -> Iterable[tuple[Records, list[Any]]]:
            found = versions(model, "initiative_id", *fields, before=moment, **self._of("initiative_id"))
            return ((self._of_initiative(rows[0].initiative_id), rows) for rows in found.values())

        for records, rows in recorded(Contribution, "pillar_id"):
            records.contributions.append(rows)
        for records, rows in recorded(Alignment, "commitment_id", "strength", "how"):
            records.alignments.append(rows)
        for records, rows in recorded(Milestone, "number", "title", "weight", "first_due_on"):
            records.milestones[rows[0].id] = self._milestones[rows[0].id] = MilestoneRecords(rows)

    def _read_rows(self, moment: datetime) -> None:
        def recorded(model: Any, path: str, *fields: str) -> Iterable[Any]:
            rows = model.objects.recorded_before(moment).filter(**self._of(path))
            return rows.values_list("recorded_at", "id", path, *fields, named=True).iterator(chunk_size=5000)

        for row in recorded(StageChange, "initiative_id", "stage", "changed_on"):
            self._of_initiative(row.initiative_id).stages.append(row)
        for row in recorded(DateMove, "initiative_id", "milestone_id", "to_on"):
            self._of_initiative(row.initiative_id).moves.append(row)
            if row.milestone_id:
                self._of_milestone(row.milestone_id).moves.append(row)
        for row in recorded(DoneDate, "milestone__initiative_id", "milestone_id", "done_on"):
            self._of_milestone(row.milestone_id).done.append(row)
        for row in recorded(Withdrawal, "milestone__initiative_id", "milestone_id", "withdrawn_on"):
            self._of_milestone(row.milestone_id).withdrawal = row
        for row in recorded(Ask, "initiative_id", "answer__recorded_at"):
            self._of_initiative(row.initiative_id).asks.append(row)
        for row in recorded(StandIn, "initiative_id", "person_id", "starts_on", "ends_on"):
            self._of_initiative(row.initiative_id).stand_ins.append(row)

    # What was added between two of our queries has an owner that we did not read: it is kept aside and shown to nobody.
    def _of_initiative(self, id_: int) -> Records:
        return self._records.get(id_) or Records([])

    def _of_milestone(self, id_: int) -> MilestoneRecords:
        return self._milestones.get(id_) or MilestoneRecords([])

    def _read_updates(self, moment: datetime) -> None:
        rows: QuerySet[Any] = Update.objects.recorded_before(moment).filter(**self._of("initiative_id"))
        if self.days is not None:
            last = Q()
            for day in self.days:
                said = Update.objects.filter(initiative=OuterRef("pk"), recorded_at__lt=end_of(day))
                newest = Subquery(said.order_by("-said_on", "-recorded_at", "-id").values("id")[:1])
                of = Initiative.objects.filter(**self._of("pk"))
                last |= Q(id__in=of.annotate(last=newest).values("last"))
            rows = rows.filter(last)
        for initiative_id, *update in rows.values_list("initiative_id", "said_on", "recorded_at", "id", "rag").iterator(
            chunk_size=5000
        ):
            self._of_initiative(initiative_id).add_update(LastUpdate(*update))

    def at(self, day: date) -> Portfolio:
        """Return the portfolio as at the end of the day: every initiative that existed, in the order of ref."""
        if day > self.until or (self.days is not None and day not in self.days):
            raise ValueError(f"this timeline was not read for {day}")
        moment = end_of(day)
        strategy, people = self._strategy.at(day), self._people.at(day)
        found = []
        for records in self._records.values():
            version = standing(records.versions, moment)
            if version is not None:
                found.append(_stood(records, version, day, strategy, people))
        return Portfolio(day, strategy, people, tuple(sorted(found, key=lambda i: ref_order(i.ref))))


def _stood(
    records: Records, version: Any, day: date, strategy: StrategyAt, people: Mapping[int, PersonAt]
) -> InitiativeAt:
    stand_in = records.stand_in(day)
    return InitiativeAt(
        day=day,
        pillar=strategy.pillars[version.pillar_id],
        owner=people.get(version.owner_id),
        deputy=people.get(stand_in.person_id if stand_in else version.deputy_id),
        stands_in_until=stand_in.ends_on if stand_in else None,
        sponsor=people.get(version.sponsor_id),
        records=records,
        strategy=strategy,
        **{name: getattr(version, name) for name in ("id", *ATTRIBUTES) if not name.endswith("_id")},
    )


def portfolio(day: date) -> Portfolio:
    """Return the portfolio as at the end of `day`, in a constant number of queries."""
    return Timeline(day, days=[day]).at(day)


def initiative_as_at(initiative: Initiative, day: date) -> InitiativeAt | None:
    """Return one initiative as at the end of `day`; None when it did not exist by then."""
    found = Timeline(day, days=[day], only=[initiative.pk]).at(day).initiatives
    return found[0] if found else None


def last_said(initiative: Initiative) -> Update | None:
    """Return the update with the latest `said_on`, then the latest recorded."""
    found: Update | None = initiative.updates.order_by("-said_on", "-recorded_at", "-id").first()
    return found


def explanations(initiatives: Iterable[InitiativeAt]) -> dict[int, str]:
    """Return why the owners of these initiatives said better than the dates in their last updates, by initiative."""
    said = [i.last_update.id for i in initiatives if i.last_update]
    return dict(Update.objects.filter(pk__in=said).values_list("initiative_id", "explanation"))


def touched(after: datetime, before: datetime | None = None) -> set[int]:
    """Return the ids of the initiatives of which anything was recorded from one moment to another, in one query.

    That is what enters how an initiative stands (`as_at`): its own attributes, milestones, updates, asks and people.
    """

    def ids(model: Any, path: str = "initiative_id", moment: str = "recorded_at") -> QuerySet[Any]:
        rows = model.objects if moment == "recorded_at" else model.history
        rows = rows.filter(**{f"{moment}__gte": after} | ({f"{moment}__lt": before} if before else {}))
        return rows.order_by().annotate(of=F(path)).values_list("of")

    found = [
        ids(Initiative, "id", "history_date"),
        *(ids(model, moment="history_date") for model in (Contribution, Alignment, Milestone)),
        *(ids(model) for model in (StageChange, DateMove, Update, Ask, StandIn)),
        *(ids(model, "milestone__initiative_id") for model in (DoneDate, Withdrawal)),
        ids(Answer, "ask__initiative_id"),
    ]
    return {of for (of,) in found[0].union(*found[1:])}


def rag_since(day: date, ids: Collection[int] | None = None) -> dict[int, date]:
    """Return since which day each initiative has been said what was last said of it by the end of `day`.

    One query; `ids` leaves all other initiatives out.
    """
    rows = Update.objects.recorded_before(end_of(day))
    if ids is not None:
        rows = rows.filter(initiative_id__in=ids)
    found: dict[int, tuple[str, date]] = {}
    in_order = rows.order_by("initiative_id", "said_on", "recorded_at", "id")
    for initiative_id, said_on, rag in in_order.values_list("initiative_id", "said_on", "rag").iterator(5000):
        if initiative_id not in found or found[initiative_id][0] != rag:
            found[initiative_id] = rag, said_on
    return {initiative_id: since for initiative_id, (_, since) in found.items()}


def updates_after(initiative: Initiative, update_id: int) -> list[Update]:
    """Return what was recorded after an update, with who said it; after 0, everything."""
    return list(initiative.updates.filter(pk__gt=update_id).select_related("recorded_by").order_by("id"))


def answers_since(initiative: Initiative, moment: datetime) -> list[Answer]:
    """Return the answers to the initiative's asks that were recorded after a moment."""
    rows = Answer.objects.filter(ask__initiative=initiative, recorded_at__gt=moment)
    return list(rows.select_related("ask", "recorded_by").order_by("recorded_at", "id"))


def acknowledgements_of(person: User, day: date, since: date) -> list[Acknowledgement]:
    """Return who told the person, after `since` and by the day, that an update of theirs was read; newest first."""
    rows = Acknowledgement.objects.recorded_before(end_of(day)).filter(
        update__recorded_by=person, recorded_at__gte=end_of(since)
    )
    return list(rows.select_related("update__initiative", "recorded_by").order_by("-recorded_at", "-id"))


def first_day() -> date | None:
    """Return the day of the first row of history in London; None before anything was set up."""
    firsts = [
        model.history.order_by()
        .annotate(any=Value(1))
        .values("any")
        .annotate(first=Min("history_date"))
        .values_list("first", flat=True)
        for model in (User, Pillar, Aim, Commitment, Initiative)
    ]
    found = [moment for moment in firsts[0].union(*firsts[1:]) if moment is not None]
    return timezone.localdate(min(found), LONDON) if found else None


@dataclass(frozen=True)
class Event:
    """Something that was recorded of an initiative, for its story: newest first on its page."""

    kind: str  # update, move, done, stage, withdrawal, answer, note, handover or stand-in
    on: date
    recorded_at: datetime
    by: PersonAt | None
    row: Any
    ask: str = ""  # how the ask of an update stood by the day: "open for 9 days", "answered after 12 days"
    ask_is_open: bool = False
    was: PersonAt | None = None  # who handed over
    now: PersonAt | None = None  # who took over, or stands in
    correction: Any = None  # the update that corrected this one by the day
    read_by: tuple[PersonAt, ...] = ()  # who had told the owner by the day that they had read it

    @property
    def read_by_ids(self) -> frozenset[int]:
        return frozenset(person.id for person in self.read_by)

    @property
    def mark(self) -> str:
        """The word whose shape stands beside it."""
        if self.kind == "update":
            return str(self.row.rag)
        if self.kind == "stage":
            return str(self.row.stage)
        if self.kind == "answer":
            return str(self.row.outcome)
        if self.kind == "done":
            return "done" if self.row.done_on else "open"
        return {"move": "moved", "withdrawal": "withdrawn", "note": "note"}.get(self.kind, "person")


def story(initiative: Initiative, day: date) -> list[Event]:
    """Return everything that had been recorded of the initiative by the end of the day, newest first."""
    moment = end_of(day)
    people = PeopleHistory().at(day)
    of = {"initiative": initiative}
    kinds = [
        ("update", "said_on", _updates_with_what_became_of_them(initiative)),
        ("move", None, _with_its_file(DateMove.objects.filter(**of).select_related("milestone__initiative"))),
        ("stage", "changed_on", _with_its_file(StageChange.objects.filter(**of))),
        (
            "done",
            "done_on",
            _with_its_file(
                DoneDate.objects.filter(milestone__initiative=initiative).select_related("milestone__initiative")
            ),
        ),
        (
            "withdrawal",
            "withdrawn_on",
            _with_its_file(
                Withdrawal.objects.filter(milestone__initiative=initiative).select_related("milestone__initiative")
            ),
        ),
        ("answer", "answered_on", Answer.objects.filter(ask__initiative=initiative).select_related("ask")),
        ("note", "noted_on", Note.objects.filter(**of)),
        ("handover", "handed_on", Handover.objects.filter(**of)),
        ("stand-in", None, StandIn.objects.filter(**of)),
    ]
    events = [
        Event(
            kind=kind,
            on=(getattr(row, day_field) if day_field else None) or timezone.localdate(row.recorded_at, LONDON),
            recorded_at=row.recorded_at,
            by=people.get(row.recorded_by_id or 0),
            row=row,
            **(_what_became_of(row, day, people) if kind == "update" else _who_changed(row, people)),
        )
        for kind, day_field, rows in kinds
        for row in rows.filter(recorded_at__lt=moment)
    ]
    return sorted(events, key=lambda event: (event.on, event.recorded_at, event.row.pk), reverse=True)


def _updates_with_what_became_of_them(initiative: Initiative) -> Any:
    rows = Update.objects.filter(initiative=initiative).select_related("ask__answer", "ask__asked_of", "corrects")
    return _with_its_file(rows.prefetch_related("acknowledgements", "corrections"))


def _with_its_file(rows: Any) -> Any:
    """Read beside each row which import brought it in, but not the file itself."""
    return rows.select_related("brought_in").defer("brought_in__content", "brought_in__mapping")


def _what_became_of(update: Any, day: date, people: Mapping[int, PersonAt]) -> dict[str, Any]:
    moment = end_of(day)
    corrections = [row for row in update.corrections.all() if row.recorded_at < moment]
    readers = [row.recorded_by_id for row in update.acknowledgements.all() if row.recorded_at < moment]
    return {
        "ask": (how := _how_it_stood(update, day)),
        "ask_is_open": how.startswith("open"),
        "correction": corrections[-1] if corrections else None,
        "read_by": tuple(people[id_] for id_ in readers if id_ in people),
    }


def _who_changed(row: Any, people: Mapping[int, PersonAt]) -> dict[str, Any]:
    """Return who handed over, and who took over or stands in; in rows of other kinds that is nobody."""
    now = getattr(row, "to_person_id", None) or getattr(row, "person_id", None)
    return {"was": people.get(getattr(row, "from_person_id", None) or 0), "now": people.get(now or 0)}


def _how_it_stood(update: Any, day: date) -> str:
    ask = getattr(update, "ask", None)
    if ask is None:
        return ""
    answer = getattr(ask, "answer", None)
    if answer is None or answer.recorded_at >= end_of(day):
        return f"open for {(day - ask.asked_on).days} days"
    return f"{answer.outcome} after {(answer.answered_on - ask.asked_on).days} days"
