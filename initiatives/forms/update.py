"""How an owner says how an initiative is going."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms

from initiatives.actions import Move, Question
from initiatives.as_at import InitiativeAt
from initiatives.forms.fields import DayField, Narrative, rag_radios, said
from initiatives.progress import MilestoneAt
from initiatives.status import Rag


class UpdateForm(forms.Form):
    """How an initiative is going, with its open milestones to tick and to move."""

    rag = forms.ChoiceField(
        label="Green, amber or red?",
        choices=Rag.choices,
        widget=rag_radios(),
        error_messages={
            "required": "Choose green, amber or red.",
            "invalid_choice": "Choose green, amber or red.",
        },
    )
    what_changed = Narrative(
        label="What changed since the last update?",
        error_messages={"required": "Say what changed, in a sentence or two."},
    )
    what_next = Narrative(label="What happens next?", required=False)
    risk = Narrative(
        label="What is the risk, and what is the plan?", required=False, sometimes=True, help_text="Needed for amber."
    )
    issue = Narrative(
        label="What is the issue, and do dates move?", required=False, sometimes=True, help_text="Needed for red."
    )
    ask = Narrative(
        label="What do you need from leaders?",
        required=False,
        rows=2,
        help_text="A decision or help. Leave it empty if you need nothing.",
    )
    ask_needed_by = DayField(label="By when do you need the answer?", required=False)
    said_on = DayField(
        label="Date of this update", required=False, help_text="Today, unless you speak of an earlier day."
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, initiative: InitiativeAt, today: date) -> None:
        super().__init__(data, initial={"said_on": today}, label_suffix="")
        self.initiative, self.today = initiative, today
        self.open_milestones = [m for m in initiative.milestones if m.is_open(today)]
        for milestone in self.open_milestones:
            self._add_milestone(milestone)

    def _add_milestone(self, milestone: MilestoneAt) -> None:
        name = _prefix(milestone)
        self.fields[f"{name}_done"] = forms.BooleanField(label=f"Done: {milestone.title}", required=False)
        self.fields[f"{name}_done_on"] = DayField(
            label="Day it was done", required=False, help_text="Empty means today."
        )
        self.fields[f"{name}_due_on"] = DayField(
            label="Now due on", required=False, initial=milestone.due_on, show_hidden_initial=True
        )
        self.fields[f"{name}_reason"] = Narrative(label="Why the date moves", required=False, rows=2, max_length=2000)

    @property
    def milestone_rows(self) -> list[dict[str, Any]]:
        """Return each open milestone with its fields, for the page to lay out."""
        rows = []
        for milestone in self.open_milestones:
            fields = {part: self[f"{_prefix(milestone)}_{part}"] for part in ("done", "done_on", "due_on", "reason")}
            touched = any(fields[part].errors for part in fields) or bool(fields["reason"].value())
            late = milestone.is_late(self.today)
            shown = fields["due_on"].as_hidden(only_initial=True)  # what the date was when the form was opened
            rows.append({"milestone": milestone, "late": late, "open": touched, "shown": shown, **fields})
        return rows

    @property
    def start(self) -> date | None:
        """The first day of which an update or a tick may speak."""
        days = [day for day in (self.initiative.starts_on, self.initiative.began_on) if day]
        return min(days, default=None)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("rag") == Rag.AMBER and not cleaned.get("risk") and "risk" not in self.errors:
            self.add_error("risk", "Amber needs the risk: say what it is and what the plan is.")
        if cleaned.get("rag") == Rag.RED and not cleaned.get("issue") and "issue" not in self.errors:
            self.add_error("issue", "Red needs the issue: say what it is and whether dates move.")
        if "said_on" not in self.errors:
            cleaned["said_on"] = cleaned.get("said_on") or self.today
            self._check_past("said_on", cleaned["said_on"], "The date of this update")
        needed_by = cleaned.get("ask_needed_by")
        if needed_by and not cleaned.get("ask"):
            self.add_error("ask", "Say what you need, or take the date away.")
        if needed_by and needed_by < self.today:
            self.add_error("ask_needed_by", "The answer cannot be needed before today.")
        for milestone in self.open_milestones:
            self._check_milestone(milestone, cleaned)
        return cleaned

    def _check_milestone(self, milestone: MilestoneAt, cleaned: dict[str, Any]) -> None:
        name = _prefix(milestone)
        done_on, due_on = cleaned.get(f"{name}_done_on"), cleaned.get(f"{name}_due_on")
        if cleaned.get(f"{name}_done") and f"{name}_done_on" not in self.errors:
            cleaned[f"{name}_done_on"] = done_on = done_on or self.today
        elif done_on:
            self.add_error(f"{name}_done", f"Tick that “{milestone.title}” is done, or take its day away.")
        if done_on:
            self._check_past(f"{name}_done_on", done_on, f"The day on which “{milestone.title}” was done")
        moves = self._moves(milestone)
        if moves and cleaned.get(f"{name}_done"):
            self.add_error(
                f"{name}_due_on", f"“{milestone.title}” keeps its date when it is done: tick it or move it, not both."
            )
        elif moves and not cleaned.get(f"{name}_reason"):
            self.add_error(f"{name}_reason", f"Say why the date of “{milestone.title}” moves.")
        if moves and due_on and self.start and due_on < self.start:
            self.add_error(
                f"{name}_due_on", f"“{milestone.title}” cannot be due before the work’s start, {said(self.start)}."
            )

    def _moves(self, milestone: MilestoneAt) -> bool:
        """Whether the person typed another date than the one that they were shown, and than the one that holds now."""
        name = f"{_prefix(milestone)}_due_on"
        due_on = self.cleaned_data.get(name)
        return due_on is not None and due_on != milestone.due_on and name in self.changed_data

    def _check_past(self, name: str, day: date, what: str) -> None:
        if day > self.today:
            self.add_error(name, f"{what} cannot be after today, {said(self.today)}.")
        elif self.start and day < self.start:
            self.add_error(name, f"{what} cannot be before the work’s start, {said(self.start)}.")

    def deed(self) -> dict[str, Any]:
        """Return what was said as the arguments of `actions.post_update`."""
        cleaned = self.cleaned_data
        done, moves = {}, []
        for milestone in self.open_milestones:
            name = _prefix(milestone)
            if cleaned.get(f"{name}_done"):
                done[milestone.id] = cleaned[f"{name}_done_on"]
            elif self._moves(milestone):
                moves.append(Move(milestone.id, cleaned[f"{name}_due_on"], cleaned[f"{name}_reason"]))
        ask = Question(cleaned["ask"], cleaned["ask_needed_by"]) if cleaned["ask"] else None
        words = {name: cleaned[name] for name in ("rag", "what_changed", "what_next", "risk", "issue")}
        return {**words, "on": cleaned["said_on"], "done": done, "moves": moves, "ask": ask}


def _prefix(milestone: MilestoneAt) -> str:
    """Name a milestone's fields by the end of its ref: m01_done."""
    return milestone.ref.rpartition("-")[2].lower()
