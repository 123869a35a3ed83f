"""How an owner says how an initiative is going."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from hashlib import sha256
from typing import Any
from uuid import uuid4

from django import forms
from django.forms.utils import ErrorDict
from django.http import QueryDict
from django.utils.http import urlencode

from accounts.models import User
from accounts.words import PlainText
from initiatives.actions import Move, Question, Sent
from initiatives.as_at import InitiativeAt
from initiatives.forms.fields import DayField, Narrative, rag_radios, said
from initiatives.models import Update
from initiatives.progress import MilestoneAt
from initiatives.status import DatesMove, Rag

SOON = timedelta(days=30)  # milestones due by then stand open on the page, later ones are folded away
WORDS = ("rag", "what_changed", "what_next", "risk", "issue", "dates_move", "explanation", "public_line")
FILLED_IN = ("what_changed", "what_next", "risk", "issue", "explanation")  # from the last update
OF_THE_FORM = ("csrfmiddlewaretoken", "key", "version", "then")  # sent with it, but said by nobody
DAMAGED = "This form came incomplete: open the page again and copy your words over."


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
    explanation = Narrative(
        label="Why do you say better than the dates?",
        required=False,
        sometimes=True,
        rows=2,
        help_text="If the dates are right, choose what they say. If you know better, say what they do not show.",
    )
    risk = Narrative(
        label="What is the risk, and what is the plan?", required=False, sometimes=True, help_text="Needed for amber."
    )
    issue = Narrative(label="What is the issue?", required=False, sometimes=True, help_text="Needed for red.")
    dates_move = forms.ChoiceField(
        label="Do dates move?", choices=DatesMove.choices, required=False, widget=forms.RadioSelect()
    )
    what_changed = Narrative(
        label="What changed since the last update?",
        error_messages={"required": "Say what changed, in a sentence or two."},
    )
    what_next = Narrative(label="What happens next?", required=False, rows=3)
    ask = Narrative(
        label="What do you need from leaders?",
        required=False,
        rows=2,
        help_text="A decision or help. Leave it empty if you need nothing.",
    )
    ask_of = forms.ModelChoiceField(
        User.objects.none(), label="From whom?", required=False, empty_label="Any of the leaders"
    )
    ask_needed_by = DayField(label="By when do you need the answer?", required=False)
    public_line = PlainText(
        label="One line for the public story",
        required=False,
        max_length=300,
        help_text="Plain English, for people outside the council. The strategy office decides what is published.",
        error_messages={"max_length": "Use at most %(limit_value)d characters: this has %(show_value)d."},
    )
    said_on = DayField(
        label="Date of this update", required=False, help_text="Today, unless you speak of an earlier day."
    )
    key = forms.UUIDField(required=False, widget=forms.HiddenInput, error_messages={"invalid": DAMAGED})
    version = forms.IntegerField(
        required=False,
        min_value=0,
        max_value=2**63 - 1,
        widget=forms.HiddenInput,
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), DAMAGED),
    )
    corrects = forms.IntegerField(required=False, widget=forms.HiddenInput, error_messages={"invalid": DAMAGED})

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        initiative: InitiativeAt,
        today: date,
        last: Update | None = None,
        newest: int | None = None,
        corrected: Update | None = None,
        leaders: Iterable[User] = (),
    ) -> None:
        """`last` is the update whose words are filled in, `newest` the id of the one recorded last."""
        model = corrected or last
        initial: dict[str, Any] = {name: getattr(model, name) for name in FILLED_IN} if model else {}
        initial |= {"said_on": today, "key": uuid4(), "version": newest}
        if corrected:
            also = ("rag", "dates_move", "public_line", "said_on")
            initial |= {"corrects": corrected.pk} | {name: getattr(corrected, name) for name in also}
        super().__init__(data, initial=initial, label_suffix="")
        self.initiative, self.today, self.corrected, self.last = initiative, today, corrected, model
        self.fields["public_line"].widget.attrs.pop("maxlength", None)  # browsers would cut a paste without a word
        self._asked_of(list(leaders))
        self.open_milestones = sorted(
            (m for m in initiative.milestones if m.is_open(today)), key=lambda m: (m.due_on, m.ref)
        )
        for milestone in self.open_milestones:
            self._add_milestone(milestone)
        if data is None and not corrected:
            self.fields["rag"].widget.attrs["autofocus"] = True  # the page begins where the work does

    @classmethod
    def of_draft(cls, typed: str, **of: Any) -> UpdateForm:
        """Return the form as a draft left it: what was typed stands in it, and nothing is called wrong yet.

        It is a new form all the same: with a key of its own, and knowing the last update.
        """
        fresh = cls(**of)
        data = QueryDict(typed, mutable=True)
        for name in ("key", "version"):
            data[name] = str(fresh.initial[name])
        form = cls(data, **of)
        form.full_clean()  # so that its ticks and moves are understood
        form._errors = ErrorDict()  # type: ignore[attr-defined]
        return form

    def _asked_of(self, leaders: Sequence[User]) -> None:
        if leaders:
            field = self.fields["ask_of"]
            field.queryset = User.objects.filter(pk__in=[leader.pk for leader in leaders])  # type: ignore[attr-defined]
        else:
            del self.fields["ask_of"]

    def _add_milestone(self, milestone: MilestoneAt) -> None:
        name = _prefix(milestone)
        self.fields[f"{name}_done"] = forms.BooleanField(
            label=f"Done: {milestone.title}",
            required=False,
            widget=forms.CheckboxInput(attrs={"data-fills": f"id_{name}_done_on", "data-day": self.today.isoformat()}),
        )
        self.fields[f"{name}_done_on"] = DayField(
            label="Day it was done", required=False, help_text="Empty means today."
        )
        self.fields[f"{name}_due_on"] = DayField(
            label="Now due on", required=False, initial=milestone.due_on, show_hidden_initial=True
        )
        self.fields[f"{name}_reason"] = Narrative(label="Why the date moves", required=False, rows=2, max_length=2000)

    @property
    def milestone_rows(self) -> list[dict[str, Any]]:
        """Return each open milestone with its fields, soonest due first, for the page to lay out."""
        rows = []
        for milestone in self.open_milestones:
            fields = {part: self[f"{_prefix(milestone)}_{part}"] for part in ("done", "done_on", "due_on", "reason")}
            touched = any(fields[part].errors for part in fields) or bool(fields["reason"].value())
            late = milestone.is_late(self.today)
            shown = fields["due_on"].as_hidden(only_initial=True)  # what the date was when the form was opened
            soon = milestone.due_on <= self.today + SOON or touched or bool(fields["done"].value())
            rows.append({"milestone": milestone, "late": late, "open": touched, "soon": soon, "shown": shown, **fields})
        return rows

    @property
    def rows_now(self) -> list[dict[str, Any]]:
        """The milestones that are late, due soon, or spoken of already."""
        return [row for row in self.milestone_rows if row["soon"]]

    @property
    def rows_later(self) -> list[dict[str, Any]]:
        return [row for row in self.milestone_rows if not row["soon"]]

    @property
    def asks_something(self) -> bool:
        """Whether the part for asks stands open: something is typed there, or wrong."""
        return self._touched("ask", "ask_of", "ask_needed_by")

    @property
    def says_more(self) -> bool:
        """Whether the part for what is rarely needed stands open."""
        return self._touched("public_line") or bool(self["said_on"].errors) or self.said_another_day

    @property
    def said_another_day(self) -> bool:
        """Whether the form speaks of another day than today."""
        return str(self["said_on"].value() or self.today) != str(self.today)

    def _touched(self, *names: str) -> bool:
        return any(self[name].errors or self[name].value() for name in names if name in self.fields)

    @property
    def start(self) -> date | None:
        """The first day of which an update or a tick may speak."""
        days = [day for day in (self.initiative.starts_on, self.initiative.began_on) if day]
        return min(days, default=None)

    def clean_public_line(self) -> str:
        """Keep it the one line that it is called."""
        return " ".join(self.cleaned_data["public_line"].split())

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
        if (needed_by or cleaned.get("ask_of")) and not cleaned.get("ask") and "ask" not in self.errors:
            self.add_error("ask", "Say what you need, or take the person and the date away.")
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
        done, moves = self.ticks_and_moves()
        ask = Question(cleaned["ask"], cleaned["ask_needed_by"], cleaned.get("ask_of")) if cleaned["ask"] else None
        words = {name: "" if self._is_left_over(name) else cleaned[name] for name in WORDS}
        sent = Sent(cleaned["key"], fingerprint(self.data), cleaned["version"])
        return {
            **words,
            "on": cleaned["said_on"],
            "done": done,
            "moves": moves,
            "ask": ask,
            "corrects": self.corrected,
            "sent": sent,
        }

    def _is_left_over(self, name: str) -> bool:
        """Whether a text is only what the page had filled in and this RAG does not ask for: then nobody says it now."""
        rag = self.cleaned_data["rag"]
        if name == "dates_move":
            return bool(rag != Rag.RED)
        is_asked_for = {"risk": rag == Rag.AMBER, "issue": rag == Rag.RED, "explanation": self.says_better(rag)}
        if self.last is None or is_asked_for.get(name, True):
            return False
        return self.cleaned_data[name].split() == getattr(self.last, name).split()

    def says_better(self, rag: str) -> bool:
        """Whether a RAG is better than what the dates will read, with the ticks and moves of the form."""
        done, moves = self.ticks_and_moves()
        reading = self.initiative.dates_say(done, {move.milestone_id: move.to_on for move in moves}).reading
        return reading is not None and Rag.values.index(reading) > Rag.values.index(rag)

    def ticks_and_moves(self) -> tuple[dict[int, date], list[Move]]:
        """Return the milestones done (id -> day) and moved, as far as they could be understood."""
        cleaned = self.cleaned_data
        done, moves = {}, []
        for milestone in self.open_milestones:
            name = _prefix(milestone)
            if cleaned.get(f"{name}_done"):
                done[milestone.id] = cleaned.get(f"{name}_done_on") or self.today
            elif self._moves(milestone):
                moves.append(Move(milestone.id, cleaned[f"{name}_due_on"], cleaned.get(f"{name}_reason", "")))
        return done, moves


def fingerprint(data: Any) -> str:
    """Return a digest of what a form says, which tells the same form sent again from another text under its key."""
    lists = data.lists() if hasattr(data, "lists") else ((name, [value]) for name, value in data.items())
    told = sorted((name, values) for name, values in lists if name not in OF_THE_FORM)
    return sha256(urlencode(told, doseq=True).encode()).hexdigest()


def _prefix(milestone: MilestoneAt) -> str:
    """Name a milestone's fields by the end of its ref: m01_done."""
    return milestone.ref.rpartition("-")[2].lower()
