"""Writes what a plan says, with its history, many rows at a time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from accounts.models import User
from initiatives import periods, progress
from initiatives.history import portfolio
from initiatives.imports.bulk import insert, new_ids
from initiatives.imports.cells import MadePerson
from initiatives.imports.deeds import InitiativeDeed, MilestoneDeed
from initiatives.imports.planning import Plan
from initiatives.models import (
    Alignment,
    Contribution,
    DateMove,
    Dependency,
    DoneDate,
    Import,
    ImportedRow,
    Initiative,
    Milestone,
    StageChange,
    Update,
    Withdrawal,
    milestone_ref,
)
from initiatives.status import Cadence, RowOutcome, Stage

Progress = Iterator[tuple[str, int, int]]  # what is being written, how many rows are, of how many
AT_ONCE = 2_000
PEOPLE = ("owner_id", "deputy_id", "sponsor_id")


class Writer:
    """Writes one plan as one import: everything counts as recorded at `at`, by whoever applied it."""

    def __init__(self, plan: Plan, of: Import, by: User | None, at: datetime) -> None:
        self.plan, self.of, self.by, self.at = plan, of, by, at
        self.by_id = by.pk if by else None
        self._of_row = {"recorded_at": at, "recorded_by_id": self.by_id, "brought_in_id": of.pk}

    def write(self) -> Progress:
        """Write everything; yields how far it is."""
        self._make_people()
        deeds = [row.deed for row in self.plan.rows if row.deed]
        initiatives = [deed for deed in deeds if isinstance(deed, InitiativeDeed)]
        yield from self._initiatives(initiatives)
        yield from self._milestones([deed for deed in deeds if isinstance(deed, MilestoneDeed)])
        yield from self._rows()

    def _make_people(self) -> None:
        for made in self.plan.made_people:
            person = User(username=made.username, name=made.name, email=made.email)
            person.set_unusable_password()
            person._change_reason = self.of.reason  # type: ignore[attr-defined]
            person._history_user = self.by  # type: ignore[attr-defined]
            person.save()
            made.id = person.pk

    def _version(self, row: dict[str, Any], kind: str, at: datetime | None = None) -> dict[str, Any]:
        """Return the row of versions that stands beside a row."""
        return row | {
            "history_date": at or self.at,
            "history_type": kind,
            "history_change_reason": self.of.reason,
            "history_user_id": self.by_id,
        }

    def _in_parts(self, what: str, model: Any, rows: list[dict[str, Any]]) -> Progress:
        for start in range(0, len(rows), AT_ONCE):
            yield what, start, len(rows)
            insert(model, rows[start : start + AT_ONCE])

    # --- Initiatives ----------------------------------------------------------------------------------
    def _initiatives(self, deeds: list[InitiativeDeed]) -> Progress:
        made = [deed for deed in deeds if deed.id is None]
        known = {deed.ref for deed in deeds if deed.id is not None}
        for deed, id_ in zip(made, new_ids(Initiative, len(made)) if made else (), strict=True):
            deed.id = id_
        rows, versions, changed = [], [], []
        for deed in deeds:
            if deed.attributes is None:
                continue
            row = deed.attributes | {"id": deed.id}
            for name in PEOPLE:
                if isinstance(row[name], MadePerson):
                    row[name] = row[name].id
            is_new = deed.ref not in known
            if is_new:
                rows.append(row)
            elif deed.is_current:
                changed.append(Initiative(**row))
            versions.append(self._version(row, "+" if is_new or deed.until else "~"))
        yield from self._in_parts("Writing initiatives", Initiative, rows)
        if changed:
            names = [name.removesuffix("_id") for name in deeds_attributes(changed[0])]
            Initiative.objects.bulk_update(changed, names, batch_size=200)
        yield from self._in_parts("Writing their versions", Initiative.history.model, versions)
        stages = [
            {"initiative_id": deed.id, "stage": deed.stage[0], "changed_on": deed.stage[1], **self._of_row}
            for deed in deeds
            if deed.stage
        ]
        yield from self._in_parts("Writing stages", StageChange, stages)
        self._others(Contribution, "pillar_id", [(d, d.also_adds, d.also_removes) for d in deeds])
        self._others(Alignment, "commitment_id", [(d, d.serves_adds, d.serves_removes) for d in deeds])
        yield from self._moves([(deed.id, None, deed.move) for deed in deeds if deed.move])
        yield from self._updates([deed for deed in deeds if deed.update])

    def _others(self, model: Any, to: str, deeds: list[tuple[InitiativeDeed, set[int], set[int]]]) -> None:
        """Add and remove what stands between an initiative and other pillars, or commitments."""
        deeds = [deed for deed in deeds if deed[1] or deed[2]]
        if not deeds:
            return
        of = {deed.id for deed, _, _ in deeds}
        held = {(row.initiative_id, getattr(row, to)): row for row in model.objects.all() if row.initiative_id in of}
        rows, versions, gone = [], [], []
        wanted = [(deed, id_) for deed, adds, _ in deeds for id_ in sorted(adds)]
        for (deed, id_), number in zip(wanted, new_ids(model, len(wanted)) if wanted else (), strict=True):
            own = held.get((deed.id, id_))
            row = {"id": own.pk if own else number, "initiative_id": deed.id, to: id_}
            if model is Alignment:
                row |= {"strength": deed.strength, "how": ""}
            versions.append(self._version(row, "+"))
            if deed.until:
                versions.append(self._version(row, "-", deed.until))
            elif deed.is_current and not own:
                rows.append(row)
        for deed, _, removes in deeds:
            for id_ in removes:
                if own := held.get((deed.id, id_)):
                    row = {field.attname: getattr(own, field.attname) for field in model._meta.concrete_fields}
                    versions.append(self._version(row, "-"))
                    if deed.is_current:
                        gone.append(own.pk)
        insert(model, rows)
        insert(model.history.model, versions)
        for start in range(0, len(gone), 500):
            found = model.objects.filter(pk__in=gone[start : start + 500])
            found._raw_delete(found.db)

    def _updates(self, deeds: list[InitiativeDeed]) -> Progress:
        """Write what was said, with what the dates say just after it."""
        if not deeds:
            return
        known = any(row.initiative_id for row in self.plan.rows)
        stood = {i.id: i for i in portfolio(self.plan.day).initiatives} if known else {}
        rows = []
        for deed in deeds:
            said = dict(deed.update or {})
            after = stood.get(deed.id or 0)
            attributes = deed.attributes or {}
            cadence = attributes.get("cadence") or (after.cadence if after else Cadence.MONTHLY)
            figures: dict[str, Any] = {"machine_reading": ""}
            if after and after.milestones:
                figures = {
                    "progress_percent": progress.whole(after.progress),
                    "planned_percent": progress.whole(after.planned),
                    "machine_reading": (progress.reading_of_dates(after.milestones, after.day) or "")
                    if after.stage == Stage.IN_PROGRESS
                    else "",
                }
            period_ends_on = periods.period(said["said_on"], cadence)[1]
            rows.append({"initiative_id": deed.id, **self._of_row, **said, **figures, "period_ends_on": period_ends_on})
        yield from self._in_parts("Writing updates", Update, rows)

    def _moves(self, moves: list[tuple[Any, Any, Any]]) -> Progress:
        rows = [
            {"initiative_id": of, "milestone_id": milestone, "from_on": move[0], "to_on": move[1], "reason": move[2]}
            | self._of_row
            for of, milestone, move in moves
        ]
        yield from self._in_parts("Writing date moves", DateMove, rows)

    # --- Milestones -----------------------------------------------------------------------------------
    def _milestones(self, deeds: list[MilestoneDeed]) -> Progress:
        made = [deed for deed in deeds if deed.id is None]
        new = {id(deed) for deed in made}
        for deed, id_ in zip(made, new_ids(Milestone, len(made)) if made else (), strict=True):
            deed.id = id_
        rows, versions, changed = [], [], []
        for deed in deeds:
            if deed.attributes is None:
                continue
            row = deed.attributes | {"id": deed.id, "initiative_id": deed.initiative_id, "number": deed.number}
            if id(deed) in new:
                rows.append(row)
            else:
                changed.append(Milestone(**row))
            versions.append(self._version(row, "+" if id(deed) in new else "~"))
        yield from self._in_parts("Writing milestones", Milestone, rows)
        Milestone.objects.bulk_update(changed, ["title", "weight"], batch_size=200)
        yield from self._in_parts("Writing their versions", Milestone.history.model, versions)
        yield from self._moves([(deed.initiative_id, deed.id, deed.move) for deed in deeds if deed.move])
        done = [{"milestone_id": deed.id, "done_on": deed.done_on, **self._of_row} for deed in deeds if deed.done_on]
        yield from self._in_parts("Writing done dates", DoneDate, done)
        given_up = [
            {"milestone_id": deed.id, "withdrawn_on": deed.withdrawal[0], "reason": deed.withdrawal[1], **self._of_row}
            for deed in deeds
            if deed.withdrawal
        ]
        yield from self._in_parts("Writing withdrawals", Withdrawal, given_up)
        yield from self._needs([deed for deed in deeds if deed.needs])

    def _needs(self, deeds: list[MilestoneDeed]) -> Progress:
        if not deeds:
            return
        ids = {
            milestone_ref(ref, number): id_
            for id_, ref, number in Milestone.objects.order_by().values_list("id", "initiative__ref", "number")
        }
        wanted = [(deed.id, ids[need]) for deed in deeds for need in deed.needs]
        rows = [
            {"id": id_, "milestone_id": milestone, "needs_id": need, "why": "", "said_on": self.plan.day}
            for id_, (milestone, need) in zip(new_ids(Dependency, len(wanted)), wanted, strict=True)
        ]
        yield from self._in_parts("Writing dependencies", Dependency, rows)
        insert(Dependency.history.model, [self._version(row, "+") for row in rows])

    # --- What became of each row ----------------------------------------------------------------------
    def _rows(self) -> Progress:
        rows = [
            {
                "of_id": self.of.pk,
                "number": row.number,
                "outcome": str(row.outcome),
                "ref": row.ref[:20],
                "initiative_id": row.deed.initiative_id
                if isinstance(row.deed, MilestoneDeed)
                else row.deed.id
                if row.deed
                else row.initiative_id,
                "rating_word": row.rating_word,
                "told": {
                    "title": row.title[:200],
                    # What a new one is, its first version says.
                    "changes": [[c.field, c.before, c.after] for c in row.changes]
                    if row.outcome == RowOutcome.CHANGED
                    else [],
                    "notes": row.notes,
                    "reasons": row.reasons,
                },
            }
            for row in self.plan.rows
        ]
        yield from self._in_parts("Writing what became of each row", ImportedRow, rows)


def deeds_attributes(row: Initiative) -> list[str]:
    """Return the names of the fields that an import may change."""
    kept = {"id", "ref", "is_demonstration"}
    return [field.attname for field in row._meta.concrete_fields if field.attname not in kept]
