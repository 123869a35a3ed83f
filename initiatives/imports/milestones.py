"""Works out what a file of milestones would do."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from typing import Any

from initiatives.as_at import InitiativeAt
from initiatives.dependencies.risk import way
from initiatives.imports.cells import Cells, doubled
from initiatives.imports.dates import shown
from initiatives.imports.deeds import MilestoneDeed
from initiatives.imports.planning import Plan, PlannedRow, Question, Told
from initiatives.models import milestone_ref
from initiatives.progress import MilestoneAt

REF = re.compile(r"(?P<initiative>[A-Z]{1,6}-[0-9]{1,5})-M(?P<number>[0-9]{2,4})")


class MilestonePlanner:
    """Plans rows that tell of milestones. Their initiatives must be here already."""

    def __init__(self, cells: Cells, plan: Plan) -> None:
        self.cells, self.known, self.found = cells, cells.known, plan
        self.defaulted: Counter[str] = Counter()
        self.highest: Counter[int] = Counter()  # number of a milestone of each initiative, in the file too

    def plan(self, told: Told) -> None:
        """Plan every row."""
        if not self.cells.has("ref") and not (self.cells.has("initiative") and self.cells.has("title")):
            words = "Which columns say whose milestone it is and what it is called, or which one it is?"
            self.found.questions.append(Question("columns", "initiative", words))
        read = []
        for row in self.cells.table.rows:
            planned = PlannedRow(row.number)
            read.append((planned, self.cells.read(row, planned)))
        targets = [self._identify(planned, what) for planned, what in read]
        ids = {planned.initiative_id for planned, _ in read if planned.initiative_id}
        if self.found.as_of:
            self.known.read_the_past(ids)
        self._refuse_doubles([planned for planned, _ in read])
        waiting = {}
        for done, ((planned, what), before) in enumerate(zip(read, targets, strict=True)):
            if done % 500 == 0:
                told("Reading", done, len(read))
            if not planned.reasons:
                self._row(planned, what, before)
            if "needs" in what and not planned.reasons:
                waiting[planned.ref] = planned, what["needs"]
            self.found.rows.append(planned)
        self._plan_needs(waiting, [planned for planned, _ in read])
        for (planned, _), before in zip(read, targets, strict=True):
            planned.settle(is_known=before is not None)
        told("Reading", len(read), len(read))
        self.found.defaults = {
            name: (self.cells.defaults.get(name) or "the date as now due", rows)
            for name, rows in self.defaulted.items()
        }

    def _identify(self, row: PlannedRow, told: dict[str, Any]) -> MilestoneAt | None:
        """Say which milestone a row speaks of, and refuse it when its initiative is not here."""
        ref, owner = told.get("ref", ""), told.get("initiative", "")
        row.ref, row.title = ref, told.get("title", "")
        named = REF.fullmatch(ref)
        if ref and not named:
            row.refuse(f"{self.cells.heading('ref')}: “{ref}” is no milestone's ref, as in DS-001-M01")
            return None
        by_ref = self.known.ids.get(named["initiative"]) if named else None
        by_name = self.known.named(owner) if owner else None
        row.initiative_id = by_ref or by_name
        if named and by_ref:
            self.highest[by_ref] = max(self.highest[by_ref], int(named["number"]))
        if row.initiative_id is None:
            row.refuse(f"there is no initiative “{owner or ref}” here: bring initiatives first")
            return None
        if by_name and by_ref and by_name != by_ref:
            row.refuse(f"{ref} is not a milestone of “{owner}”")
            return None
        stood = self.known.stood.get(row.initiative_id)
        if stood is None:
            row.refuse(f"{self.known.refs[row.initiative_id]} was not yet known on {shown(self.found.day)}")
            return None
        return self._milestone(stood, row)

    def _milestone(self, stood: InitiativeAt, row: PlannedRow) -> MilestoneAt | None:
        if row.ref:
            return next((m for m in stood.milestones if m.ref == row.ref), None)
        same = [m for m in stood.milestones if m.title.casefold() == row.title.casefold()]
        if same:
            row.ref = same[0].ref
        return same[0] if same else None

    def _refuse_doubles(self, rows: list[PlannedRow]) -> None:
        keys = [(row.ref or (row.initiative_id, row.title.casefold()), row.number) for row in rows if not row.reasons]
        by_number = {row.number: row for row in rows}
        for numbers in doubled(keys).values():
            for number in numbers:
                other = numbers[0] if number != numbers[0] else numbers[1]
                by_number[number].refuse(f"row {other} speaks of the same milestone: keep one of them")

    def _number(self, stood: InitiativeAt, row: PlannedRow) -> int:
        if named := REF.fullmatch(row.ref):
            return int(named["number"])
        highest = max((int(m.ref.rpartition("-M")[2]) for m in stood.milestones), default=0)
        self.highest[stood.id] = max(self.highest[stood.id], highest) + 1
        return self.highest[stood.id]

    def _row(self, row: PlannedRow, told: dict[str, Any], before: MilestoneAt | None) -> None:
        stood = self.known.stood[row.initiative_id or 0]
        number = int(before.ref.rpartition("-M")[2]) if before else self._number(stood, row)
        row.ref = milestone_ref(stood.ref, number)
        row.deed = MilestoneDeed(stood.id, number, before.id if before else None)
        first = self._first_promise(row, told, before)
        if first is None:
            return
        self._plan_attributes(row, told, before, first)
        self._plan_dates(row, told, before, first)
        if row.reasons:
            return
        if row.wanted and self.found.as_of:
            why = self.known.stands_in_the_way(stood.id)
            if not why and self.known.has_later(stood.id):
                why = f"{stood.ref} has later records: a file of past milestones can only come last"
            if why:
                row.refuse(why)

    def _first_promise(self, row: PlannedRow, told: dict[str, Any], before: MilestoneAt | None) -> date | None:
        first: date | None = told.get("first_due_on")
        if before:
            if first and first != before.first_due_on:
                row.refuse(f"its first promise stays {shown(before.first_due_on)}; the file says {shown(first)}")
                return None
            return before.first_due_on
        if first is None and (first := told.get("due_on")):
            self.defaulted["first_due_on"] += 1
        if first is None:
            row.refuse("a new milestone needs a date")
        elif not row.title:
            row.refuse("a new milestone needs a title")
            return None
        return first

    # --- What waits for what ------------------------------------------------------------------------
    def _plan_needs(self, waiting: dict[str, tuple[PlannedRow, str]], rows: list[PlannedRow]) -> None:
        """Plan what milestones need of others; a row that would close a ring is refused, naming all on the way."""
        if not waiting:
            return
        edges = self.known.dependencies()
        there = {m.ref for i in self.known.stood.values() for m in i.milestones}
        there |= {row.ref for row in rows if not row.reasons}
        for ref, (row, told) in waiting.items():
            if self.found.as_of:
                row.notes.append(f"{self.cells.heading('needs')}: left aside, what waits is not told of the past")
                continue
            for need in dict.fromkeys(re.split(r"[;,\s]+", told.strip("; ,"))):
                why = self._why_not(ref, need, there, edges)
                if why:
                    row.refuse(f"{self.cells.heading('needs')}: {why}")
                    break
                if (ref, need) not in edges:
                    edges.add((ref, need))
                    row.deed.needs.append(need)
                    row.wanted.append(("needs", None, need))

    def _why_not(self, ref: str, need: str, there: set[str], edges: set[tuple[str, str]]) -> str:
        if need not in there:
            return f"there is no milestone “{need[:60]}”"
        if need.rpartition("-M")[0] == ref.rpartition("-M")[0]:
            return f"{need} is of the same initiative: a milestone can need one of another"
        if ring := way(edges, need, ref):
            return f"it would wait for itself: {' needs '.join([ref, *ring])}"
        return ""

    def _plan_attributes(self, row: PlannedRow, told: dict[str, Any], before: MilestoneAt | None, first: date) -> None:
        title, weight = told.get("title"), told.get("weight")
        if before is None and weight is None:
            weight = int(self.cells.defaults.get("weight", 1))
            self.defaulted["weight"] += 1
        held: dict[str, Any] = {"title": before.title, "weight": before.weight} if before else {}
        wanted = {name: value for name, value in (("title", title), ("weight", weight)) if value is not None}
        for name, value in wanted.items():
            if held.get(name) != value:
                row.wanted.append((name, held.get(name), value))
        if before is None:
            row.wanted.append(("first_due_on", None, first))
        if row.wanted:
            row.deed.attributes = {**held, **wanted, "first_due_on": first}

    def _plan_dates(self, row: PlannedRow, told: dict[str, Any], before: MilestoneAt | None, first: date) -> None:
        day, due = self.found.day, told.get("due_on")
        now = before.due_on if before else first
        if due and due != now:
            row.deed.move = (now, due, told.get("move_reason") or f"{self.found.name} says so and gives no reason.")
            row.wanted.append(("due_on", now, due))
        for name, label in (("done_on", "done"), ("withdrawn_on", "withdrawn")):
            on = told.get(name)
            held = getattr(before, name) if before else None
            if not on or on == held:
                continue
            if on > day:
                row.refuse(f"{self.cells.heading(name)}: {label} on {shown(on)}, which had not come by {shown(day)}")
                return
            if name == "withdrawn_on" and held:
                row.notes.append(f"it stays withdrawn since {shown(held)}; the file says {shown(on)}")
                continue
            row.wanted.append((name, held, on))
            if name == "done_on":
                row.deed.done_on = on
            else:
                why = told.get("withdrawal_reason") or f"{self.found.name} says so and gives no reason."
                row.deed.withdrawal = (on, why)
