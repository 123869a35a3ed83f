"""Works out what a file would do: which initiative each row speaks of, and what of it would change."""

from __future__ import annotations

import gc
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from accounts.history import LONDON
from initiatives.as_at import InitiativeAt
from initiatives.imports.cells import COMPLETE, Cells, MadePerson, doubled, tidy
from initiatives.imports.dates import shown
from initiatives.imports.deeds import InitiativeDeed
from initiatives.imports.known import Known
from initiatives.imports.mapping import Mapping
from initiatives.imports.milestones import MilestonePlanner
from initiatives.imports.planning import Plan, PlannedRow, Question, Told
from initiatives.imports.tables import Row, Table
from initiatives.status import ImportKind, Rag, Stage

EVERY = 500  # rows between two words of progress
REF = re.compile(r"[A-Z]{1,6}-[0-9]{1,5}")
PEOPLE = ("owner", "deputy", "sponsor")
TEXTS = ("external_ref", "title", "summary", "directorate", "partners", "sources")
WORDS = ("focus", "cadence")
AS_THE_UPDATE_SAYS = "As the update says."
TAKEN_AS = {
    "stage_changed_on": "the day on which work starts",
    "first_ends_on": "the end as now expected",
    "what_changed": "the name of the file and its rating",
    "risk": AS_THE_UPDATE_SAYS,
    "issue": AS_THE_UPDATE_SAYS,
}
SAID = ("what_changed", "what_next", "risk", "issue")


def plan(
    table: Table, mapping: Mapping, *, name: str, as_of: date | None, today: date, told: Told | None = None
) -> Plan:
    """Return what a file called `name` would do today, or as of a past day. Raises `BadMapping`; writes nothing."""
    day = as_of or today
    known = Known(day, as_of)
    cells = Cells(table, mapping, known)
    found = Plan(table, mapping, name, as_of, day, questions=cells.questions, left_aside=cells.left_aside)
    planner: Any = (MilestonePlanner if mapping.kind == ImportKind.MILESTONES else InitiativePlanner)(cells, found)
    with _without_collecting():
        planner.plan(told or (lambda *_: None))
    for number, reason in table.refused:
        row = PlannedRow(number)
        row.refuse(reason)
        row.settle(is_known=False)
        found.rows.append(row)
    found.rows.sort(key=lambda row: row.number)
    found.people, found.words = dict(cells.people.most_common()), cells.words
    found.made_people = list(cells.made.values())
    found.notes = cells.notes
    if known.makes_pillars and mapping.kind == ImportKind.INITIATIVES:
        found.notes.append("there are no pillars yet: the four that a new portal begins with are made first")
    return found


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Let Python not look for garbage while it makes things by the hundred thousand that all stay."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


class InitiativePlanner:
    """Plans rows that tell of initiatives."""

    def __init__(self, cells: Cells, plan: Plan) -> None:
        self.cells, self.known, self.found = cells, cells.known, plan
        self.defaults = cells.defaults
        self.defaulted: Counter[str] = Counter()
        self.numbers = 0

    def plan(self, told: Told) -> None:
        """Plan every row."""
        self._ask_for_columns()
        read = []
        for row in self.cells.table.rows:
            planned = PlannedRow(row.number)
            read.append((row, planned, self.cells.read(row, planned)))
        self._identify(read)
        ids = [planned.initiative_id for _, planned, _ in read if planned.initiative_id]
        if self.found.as_of:
            self.known.read_the_past(ids)
        self.last = self.known.last_words(ids)
        self.numbers = self._highest_number([what.get("ref", "") for _, _, what in read])
        for done, (_, planned, what) in enumerate(read):
            if done % EVERY == 0:
                told("Reading", done, len(read))
            self._row(planned, what)
            self.found.rows.append(planned)
        told("Reading", len(read), len(read))
        self.found.defaults = {
            name: (self.defaults.get(name) or TAKEN_AS[name], rows) for name, rows in self.defaulted.items()
        }

    def _ask_for_columns(self) -> None:
        if not self.cells.has("title") and not self.cells.has("ref") and not self.cells.has("external_ref"):
            words = "Which column says what an initiative is called, or which one it is?"
            self.found.questions.append(Question("columns", "title", words))
        if not self.cells.has("pillar") and "pillar" not in self.defaults and self._any_new():
            words = "Which column says the pillar of a new initiative, or which pillar are all of them in?"
            self.found.questions.append(Question("columns", "pillar", words))

    def _highest_number(self, refs: list[str]) -> int:
        """Return the highest number that a ref of the prefix has, here or in the file."""
        prefix = self.defaults["ref_prefix"]
        ours = [int(ref.rpartition("-")[2]) for ref in refs if REF.fullmatch(ref) and ref.startswith(f"{prefix}-")]
        return max(self.known.highest_number(prefix), *ours, 0)

    def _any_new(self) -> bool:
        return any(self._target(row, {}) is None for row in self.cells.table.rows)

    def _target(self, row: Row, _: Any) -> int | None:
        text = self.cells.text
        return self.known.initiative(text(row, "ref"), tidy(text(row, "external_ref")), tidy(text(row, "title")))

    def _identify(self, read: list[tuple[Row, PlannedRow, dict[str, Any]]]) -> None:
        """Say which initiative each row speaks of; rows that speak of one and the same are all refused."""
        keys = []
        for row, planned, what in read:
            planned.initiative_id = self._target(row, what)
            ref, elsewhere, title = what.get("ref", ""), what.get("external_ref", ""), what.get("title", "")
            planned.title = title
            planned.ref = self.known.refs.get(planned.initiative_id or 0, ref)
            bearer = self.known.bearer_of(elsewhere) if elsewhere else None
            if ref and not REF.fullmatch(ref):
                heading = self.cells.heading("ref")
                planned.refuse(f"{heading}: “{ref}” is no ref: letters, a hyphen and a number, as in DS-001")
            elif bearer is not None and bearer != planned.initiative_id:
                heading = self.cells.heading("external_ref")
                planned.refuse(f"{heading}: “{elsewhere}” is {self.known.refs[bearer]} here, not {ref}")
            key = planned.initiative_id or ref or elsewhere.casefold() or title.casefold()
            keys.append((key or planned.number, planned.number))
            if elsewhere and ref:
                keys.append((("elsewhere", elsewhere.casefold()), planned.number))
        twice = {number: numbers for numbers in doubled(keys).values() for number in numbers}
        for _, planned, _ in read:
            if others := [number for number in twice.get(planned.number, []) if number != planned.number]:
                rows = f"row {others[0]} speaks" if len(others) == 1 else f"{len(others)} other rows speak"
                planned.refuse(f"{rows} of the same initiative: keep one of them")

    # --- A row --------------------------------------------------------------------------------------
    def _row(self, row: PlannedRow, told: dict[str, Any]) -> None:
        before = self.known.stood.get(row.initiative_id or 0)
        if told.get("rag") == COMPLETE:
            del told["rag"]
            told.setdefault("stage", Stage.COMPLETE.value)
        for part in (self._check, self._plan_attributes, self._plan_stage, self._plan_update, self._plan_others):
            if not row.reasons:
                part(row, told, before)
        of_the_past = self.found.as_of and row.initiative_id and row.wanted and not row.reasons
        if of_the_past and (why := self.known.stands_in_the_way(row.initiative_id or 0)):
            row.refuse(why)
        row.settle(is_known=before is not None)

    def _check(self, row: PlannedRow, told: dict[str, Any], before: InitiativeAt | None) -> None:
        if before is None and row.initiative_id is None and not told.get("title"):
            row.refuse("a new initiative needs a title")
        elif before is None and not (told.get("pillar") or self.defaults.get("pillar")):
            row.refuse("a new initiative needs a pillar")
        else:
            is_current = not (self.found.as_of and row.initiative_id and self._has_later(row.initiative_id))
            row.deed = InitiativeDeed(ref=row.ref, id=row.initiative_id, is_current=is_current)
            if row.initiative_id and before is None and self.found.as_of:
                row.deed.until = self.known.begins.get(row.initiative_id)

    def _has_later(self, id_: int) -> bool:
        return self.known.has_later(id_) or (id_ not in self.known.stood)

    def _default(self, name: str) -> str:
        value = self.defaults.get(name, "")
        if value:
            self.defaulted[name] += 1
        return value

    # --- Attributes ---------------------------------------------------------------------------------
    def _plan_attributes(self, row: PlannedRow, told: dict[str, Any], before: InitiativeAt | None) -> None:
        pillars = {p.slug: p for p in self.known.strategy.pillars.values()}
        slug = told.get("pillar") or ("" if before else self._default("pillar"))
        wanted: dict[str, Any] = {name: told[name] for name in (*TEXTS, *WORDS, "weight", "starts_on") if name in told}
        wanted |= {name: told[name] for name in PEOPLE if name in told}
        if slug:
            wanted["pillar"] = pillars[slug]
        if before is None:
            for name in ("cadence", "directorate", "focus"):
                if name not in wanted and (value := self._default(name)):
                    wanted[name] = value
            if "weight" not in wanted:
                wanted["weight"] = int(self._default("weight") or 1)
            if not row.ref:
                self.numbers += 1
                row.ref = f"{self.defaults['ref_prefix']}-{self.numbers:03d}"
                if self.numbers > 99_999:
                    row.refuse(f"no ref is left that begins with {self.defaults['ref_prefix']}: name another prefix")
            row.deed.ref = row.ref
        held = self._held(before)
        wanted |= self._promise(row, told, before, held)
        for name, value in wanted.items():
            now = held.get(name)
            if not self._same(name, now, value):
                row.wanted.append((name, self._named(name, now), self._named(name, value)))
        starts, ends = (
            wanted.get("starts_on", held.get("starts_on")),
            wanted.get("promised_end_on", held.get("promised_end_on")),
        )
        if starts and ends and ends < starts:
            row.refuse(f"it would end, on {shown(ends)}, before it starts, on {shown(starts)}")
        elif row.wanted:
            row.deed.attributes = self._version(row, held | wanted, before)

    def _held(self, before: InitiativeAt | None) -> dict[str, Any]:
        if before is None:
            return {}
        names = (*TEXTS, *WORDS, "weight", "starts_on", "promised_end_on", "pillar", *PEOPLE)
        return {name: getattr(before, name) for name in names}

    def _same(self, name: str, now: Any, value: Any) -> bool:
        if name in PEOPLE:
            return (now.id if now else None) == value
        if name == "pillar":
            return now is not None and now.id == value.id
        return bool(now == value) or (not now and not value)

    def _named(self, name: str, value: Any) -> Any:
        """Return a person or a pillar by name."""
        if name in PEOPLE and isinstance(value, int):
            return self.known.people[value]
        return value if isinstance(value, MadePerson) else getattr(value, "name", value)

    def _version(self, row: PlannedRow, values: dict[str, Any], before: InitiativeAt | None) -> dict[str, Any]:
        """Return every attribute as the database names it."""
        version: dict[str, Any] = {name: values.get(name) or "" for name in (*TEXTS, *WORDS)}
        version |= {name: values.get(name) for name in ("weight", "starts_on", "promised_end_on")}
        version["pillar_id"] = values["pillar"].id
        if not version["title"]:
            version["title"] = row.ref
        for name in PEOPLE:
            person = values.get(name)
            version[f"{name}_id"] = person if isinstance(person, int | MadePerson | None) else person.id
        return version | {"ref": row.ref}

    # --- Stage, end -----------------------------------------------------------------------------------
    def _plan_stage(self, row: PlannedRow, told: dict[str, Any], before: InitiativeAt | None) -> None:
        stage = told.get("stage") or ("" if before else self._default("stage"))
        on = told.get("stage_changed_on") or self._began(row, told, stage, before)
        if on > self.found.day:
            row.refuse(f"it entered its stage on {shown(on)}, which has not come by {shown(self.found.day)}")
            return
        held = before.stage.value if before else None
        if not stage or stage == (held or Stage.PROPOSED if before else ""):
            return
        if row.initiative_id and self.found.as_of and self._has_later(row.initiative_id):
            row.notes.append(f"stage “{stage}” left aside: later ones are known, and stay as they are")
            return
        row.wanted.append(("stage", held, stage))
        row.deed.stage = (stage, on)

    def _began(self, row: PlannedRow, told: dict[str, Any], stage: str, before: InitiativeAt | None) -> date:
        """Return since when it is in its stage, where the file does not say."""
        starts_on = told.get("starts_on")
        if before or stage != Stage.IN_PROGRESS or starts_on is None or starts_on > self.found.day:
            return self.found.day
        self.defaulted["stage_changed_on"] += 1
        return starts_on

    def _promise(
        self, row: PlannedRow, told: dict[str, Any], before: InitiativeAt | None, held: dict[str, Any]
    ) -> dict[str, Any]:
        """Return the promised end, if the row makes one, having planned its move."""
        first, ends = told.get("first_ends_on"), told.get("ends_on")
        if told.get("milestones_total") or (before and before.milestones) or not (first or ends):
            return {}
        promised = held.get("promised_end_on")
        if promised is None:
            promised, wanted = first or ends, {"promised_end_on": first or ends}
            if first is None:
                self.defaulted["first_ends_on"] += 1
        else:
            wanted = {}
            if first and first != promised:
                row.notes.append(f"the end first promised stays {shown(promised)}; the file says {shown(first)}")
        now = before.ends_on if before and before.ends_on else promised
        if not ends or ends == now:
            return wanted
        if row.initiative_id and self.found.as_of and self._has_later(row.initiative_id):
            row.notes.append(f"the end “{shown(ends)}” left aside: later ones are known, and stay as they are")
            return wanted
        why = told.get("move_reason") or f"{self.found.name} says so and gives no reason."
        row.deed.move = (now, ends, why)
        row.wanted.append(("ends_on", now, ends))
        return wanted

    # --- What was said --------------------------------------------------------------------------------
    def _plan_update(self, row: PlannedRow, told: dict[str, Any], before: InitiativeAt | None) -> None:
        rag = told.get("rag")
        if rag is None:
            return
        day, said_on = self.found.day, told.get("rag_said_on")
        if said_on and said_on > day:
            row.refuse(f"{self.cells.heading('rag_said_on')}: it was said on {shown(said_on)}, after {shown(day)}")
            return
        last = before.last_update if before else None
        if last and said_on and said_on < last.said_on:
            row.notes.append(f"said on {shown(said_on)}: a later update, of {shown(last.said_on)}, is known")
            return
        on = said_on or (self.found.as_of if self.found.as_of else None)
        if last and last.rag == rag and on in (None, last.said_on) and self._said_already(row, told):
            return
        if row.initiative_id and before is None and self._said_later_than(row.initiative_id, said_on or day):
            row.notes.append("its rating left aside: the portal knows what was said of that day")
            return
        said = {name: told[name] for name in SAID if name in told}
        if "what_changed" not in said:
            said["what_changed"] = f"Brought in from {self.found.name}, which rated it “{row.rating_word}”."
            self.defaulted["what_changed"] += 1
        for colour, name in ((Rag.AMBER, "risk"), (Rag.RED, "issue")):
            if rag == colour and name not in said:
                said[name] = AS_THE_UPDATE_SAYS
                self.defaulted[name] += 1
        row.deed.update = {"rag": rag, "said_on": said_on or day, "rating_word": row.rating_word, **said}
        row.deed.update["previous_rag"] = (before.rag if before else None) or ""
        row.wanted.append(("rag", before.rag if before else None, rag))

    def _said_already(self, row: PlannedRow, told: dict[str, Any]) -> bool:
        last = self.last.get(row.initiative_id or 0)
        if last is None:
            return False
        same_words = all(getattr(last, name) == told[name] for name in SAID if name in told)
        return same_words and (not last.rating_word or last.rating_word == row.rating_word)

    def _said_later_than(self, id_: int, day: date) -> bool:
        begins = self.known.begins.get(id_)
        return begins is not None and begins.astimezone(LONDON).date() <= day

    # --- Other pillars, commitments -------------------------------------------------------------------
    def _plan_others(self, row: PlannedRow, told: dict[str, Any], before: InitiativeAt | None) -> None:
        strategy, deed = self.known.strategy, row.deed
        if named := self._list(told, "also_contributes_to", before):
            home = deed.attributes["pillar_id"] if deed.attributes else before.pillar.id if before else 0
            wanted = {id_ for id_, pillar in strategy.pillars.items() if pillar.slug in named} - {home}
            held = {pillar.id for pillar in before.also} if before else set()
            deed.also_adds, deed.also_removes = wanted - held, held - wanted
            if wanted != held:
                row.wanted.append(("also_contributes_to", self._names(held), self._names(wanted)))
        if named := self._list(told, "commitments", before):
            wanted = {id_ for id_, commitment in strategy.commitments.items() if commitment.code in named}
            held = set(before.commitment_ids) if before else set()
            deed.serves_adds, deed.serves_removes = wanted - held, held - wanted
            if wanted != held:
                deed.strength = told.get("strength") or self._default("strength")
                row.wanted.append(("commitments", self._codes(held), self._codes(wanted)))

    def _list(self, told: dict[str, Any], name: str, before: InitiativeAt | None) -> list[str]:
        if name in told:
            return told[name]
        return self._default(name).split("; ") if before is None and self.defaults.get(name) else []

    def _names(self, ids: set[int]) -> str:
        return "; ".join(pillar.name for id_, pillar in self.known.strategy.pillars.items() if id_ in ids)

    def _codes(self, ids: set[int]) -> str:
        return "; ".join(c.code for id_, c in self.known.strategy.commitments.items() if id_ in ids)
