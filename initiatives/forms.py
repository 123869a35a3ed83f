"""What may be typed, checked before any action is called."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils import timezone

from initiatives import actions
from initiatives.actions import Move, Question
from initiatives.as_at import InitiativeAt
from initiatives.models import NARRATIVE, Answer, DateMove, DoneDate, Initiative, Milestone, StageChange, Withdrawal
from initiatives.progress import MilestoneAt
from initiatives.status import Rag

DATE_INPUTS = ["%Y-%m-%d", "%d/%m/%Y", "%d %B %Y"]


class DayField(forms.DateField):
    """A day, as the browser's date picker sends it or as people here write it: 31/03/2026."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    default_error_messages = {"invalid": "Enter a real date, like 31/03/2026."}

    def __init__(self, **options: Any) -> None:
        super().__init__(input_formats=DATE_INPUTS, **options)

    def clean(self, value: Any) -> date | None:
        day = super().clean(value)
        if day is not None and not 2000 <= day.year <= 2100:
            raise forms.ValidationError("Enter a date between the years 2000 and 2100.")
        return day


class Narrative(forms.CharField):
    """Plain text of at most 20,000 characters. Browsers are not told the limit: they would cut a paste silently."""

    def __init__(self, *, rows: int = 4, sometimes: bool = False, **options: Any) -> None:
        self.sometimes = sometimes  # needed for some answers: then it is not called optional
        options.setdefault("max_length", NARRATIVE)
        super().__init__(widget=forms.Textarea(attrs={"rows": rows}), **options)
        self.widget.attrs.pop("maxlength", None)
        self.error_messages["max_length"] = "Use at most %(limit_value)d characters: this has %(show_value)d."


def _rag_radios() -> forms.RadioSelect:
    """Return the choice of a RAG with its definition at each, drawn with the shapes of statuses."""
    radios = forms.RadioSelect()
    radios.hints = {rag.value: rag.meaning for rag in Rag}  # type: ignore[attr-defined]
    radios.marks = True  # type: ignore[attr-defined]
    return radios


class UpdateForm(forms.Form):
    """How an initiative is going, with its open milestones to tick and to move."""

    rag = forms.ChoiceField(
        label="Green, amber or red?",
        choices=Rag.choices,
        widget=_rag_radios(),
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
                f"{name}_due_on", f"“{milestone.title}” cannot be due before the work’s start, {_said(self.start)}."
            )

    def _moves(self, milestone: MilestoneAt) -> bool:
        """Whether the person typed another date than the one that they were shown, and than the one that holds now."""
        name = f"{_prefix(milestone)}_due_on"
        due_on = self.cleaned_data.get(name)
        return due_on is not None and due_on != milestone.due_on and name in self.changed_data

    def _check_past(self, name: str, day: date, what: str) -> None:
        if day > self.today:
            self.add_error(name, f"{what} cannot be after today, {_said(self.today)}.")
        elif self.start and day < self.start:
            self.add_error(name, f"{what} cannot be before the work’s start, {_said(self.start)}.")

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


def _said(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


# --- The strategy office's forms ------------------------------------------------------------------
class _WithinReason(forms.ModelForm):
    """A row whose dates are of this century."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for name, value in list(cleaned.items()):
            if isinstance(value, date) and not 2000 <= value.year <= 2100:
                self.add_error(name, "Enter a date between the years 2000 and 2100.")
        return cleaned


class InitiativeForm(_WithinReason):
    """An initiative."""

    class Meta:
        model = Initiative
        fields = (
            "ref", "title", "summary", "pillar", "focus", "owner", "deputy", "sponsor", "directorate", "partners",
            "sources", "cadence", "weight", "starts_on", "promised_end_on",
        )  # fmt: skip


class MilestoneForm(_WithinReason):
    """A milestone. Once promised, its first date stays as it is."""

    class Meta:
        model = Milestone
        fields = ("title", "weight", "first_due_on")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.instance.pk:
            self.fields["first_due_on"].disabled = True


class _OfThePast(_WithinReason):
    """A row that speaks of a day up to today."""

    day = ""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        day = cleaned.get(self.day)
        if day and day > timezone.localdate():
            self.add_error(self.day, "It cannot be after today.")
        return cleaned


class StageChangeForm(_OfThePast):
    """A change of stage."""

    day = "changed_on"

    class Meta:
        model = StageChange
        fields = ("stage", "changed_on", "reason")


class DoneDateForm(_OfThePast):
    """The day on which a milestone was done, or the taking back of one."""

    day = "done_on"

    class Meta:
        model = DoneDate
        fields = ("milestone", "done_on", "reason")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        milestone, done_on = cleaned.get("milestone"), cleaned.get("done_on")
        if milestone and Withdrawal.objects.filter(milestone=milestone).exists():
            self.add_error("milestone", "This milestone was withdrawn, so it counts as not done for good.")
        starts_on = milestone.initiative.starts_on if milestone else None
        if done_on and starts_on and done_on < starts_on:
            self.add_error("done_on", f"It cannot be before the work's start, {_said(starts_on)}.")
        return cleaned


class WithdrawalForm(_OfThePast):
    """The giving up of a milestone."""

    day = "withdrawn_on"

    class Meta:
        model = Withdrawal
        fields = ("milestone", "withdrawn_on", "reason")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        milestone = cleaned.get("milestone")
        last = milestone.done_dates.last() if milestone else None
        if last and last.done_on:
            self.add_error("milestone", "This milestone is done. Take its done date back before you withdraw it.")
        return cleaned


class AnswerForm(_OfThePast):
    """What leaders said to an ask."""

    day = "answered_on"

    class Meta:
        model = Answer
        fields = ("ask", "outcome", "words", "answered_on")


class DateMoveForm(_WithinReason):
    """A new due date for a milestone, or for the promised end of an initiative that has none."""

    class Meta:
        model = DateMove
        fields = ("initiative", "milestone", "to_on", "reason")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        initiative, milestone, to_on = (cleaned.get(name) for name in ("initiative", "milestone", "to_on"))
        if not initiative:
            return cleaned
        if milestone and milestone.initiative_id != initiative.pk:
            self.add_error("milestone", "This milestone belongs to another initiative.")
            return cleaned
        if not milestone and initiative.milestones.exists():
            self.add_error("milestone", "This initiative has milestones: say which of them moves.")
            return cleaned
        due_on = actions.due_on(initiative, milestone)
        if due_on is None:
            self.add_error("initiative", "This initiative never promised an end, so none can move.")
        elif to_on == due_on:
            self.add_error("to_on", f"It is due on {_said(due_on)} already.")
        return cleaned
