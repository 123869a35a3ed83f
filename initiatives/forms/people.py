"""Who takes over an initiative, and who stands in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from django import forms

from accounts.models import User
from initiatives.as_at import InitiativeAt
from initiatives.forms.fields import DayField, Narrative, said
from initiatives.models import Initiative
from initiatives.people import Leaver
from initiatives.status import Part

FORTNIGHT = timedelta(days=14)
YEAR = timedelta(days=366)
NOBODY = "nobody"
ALL_READ_IT = "It stands in the story of the initiative, where everybody reads it."


class PersonField(forms.TypedChoiceField):
    """Somebody who can be given work. The form says whom it `offer`s."""

    def __init__(self, **options: Any) -> None:
        words = "Choose one of the people in the list."
        super().__init__(empty_value=None, error_messages={"required": words, "invalid_choice": words}, **options)


def offer(field: Any, people: Iterable[User], *others: tuple[str, str]) -> None:
    """Offer these people, told apart where two bear one name, after the `others` (word, label), who are None."""
    found = {str(person.pk): person for person in people}
    labels = {key: ", ".join(filter(None, (person.name, person.directorate))) for key, person in found.items()}
    borne = Counter(labels.values())
    named = [(key, f"{label} ({found[key].username})" if borne[label] > 1 else label) for key, label in labels.items()]
    field.choices = [("", "Choose a person"), *others, *named]
    field.coerce = found.get


def _why(label: str) -> Narrative:
    return Narrative(
        label=label, rows=3, max_length=2000, help_text=ALL_READ_IT, error_messages={"required": "Say why."}
    )


class HandoverForm(forms.Form):
    """Who takes over which part of an initiative, from which day, and why."""

    part = forms.ChoiceField(
        label="Whose part changes?",
        choices=Part.choices,
        widget=forms.RadioSelect(),
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Choose the owner, the deputy or the sponsor."),
    )
    to = PersonField(label="Who takes over?")
    handed_on = DayField(label="From which day?", required=False, help_text="Today, unless it was an earlier day.")
    reason = _why("Why does it change?")

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        initiative: Initiative,
        standing: InitiativeAt,
        people: Iterable[User],
        today: date,
    ) -> None:
        super().__init__(data, initial={"handed_on": today}, label_suffix="")
        self.initiative, self.today = initiative, today
        self.start = min(filter(None, (standing.starts_on, standing.began_on)), default=None)
        offer(self.fields["to"], people, (NOBODY, "Nobody for now (deputy or sponsor)"))
        now = {part: getattr(initiative, part) for part in Part}
        self.fields["part"].widget.hints = {
            part.value: f"{person or 'Nobody'}{'' if person is None or person.is_active else ', who has left'}"
            for part, person in now.items()
        }

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        part = cleaned.get("part")
        if part and "to" in cleaned:
            self._check_person(Part(part), cleaned["to"])
        if "handed_on" not in self.errors:
            cleaned["handed_on"] = cleaned.get("handed_on") or self.today
            self._check_day(cleaned["handed_on"], part)
        return cleaned

    def _check_person(self, part: Part, to: User | None) -> None:
        if part is Part.OWNER and to is None:
            self.add_error("to", "Work needs an owner: choose who takes over.")
        elif to == getattr(self.initiative, part):
            self.add_error("to", f"{to} is the {part} already." if to else f"There is no {part} already.")

    def _check_day(self, day: date, part: str | None) -> None:
        before = self.initiative.handovers.filter(part=part).last() if part else None
        if day > self.today:
            self.add_error("handed_on", f"The day of the handover cannot be after today, {said(self.today)}.")
        elif self.start and day < self.start:
            words = f"The day of the handover cannot be before the work’s start, {said(self.start)}."
            self.add_error("handed_on", words)
        elif before and day < before.handed_on:
            words = f"The {part} changed on {said(before.handed_on)}: choose that day or a later one."
            self.add_error("handed_on", words)

    def deed(self) -> dict[str, Any]:
        """Return what was said as the arguments of `actions.hand_over`."""
        cleaned = self.cleaned_data
        return {name: cleaned[name] for name in ("part", "to", "reason")} | {"on": cleaned["handed_on"]}


class StandInForm(forms.Form):
    """Who is deputy for some days, and why."""

    person = PersonField(label="Who stands in?")
    starts_on = DayField(label="From which day?", required=False, help_text="Today, unless you choose another day.")
    ends_on = DayField(
        label="Until which day?",
        required=False,
        help_text="The last day. A fortnight after the first, unless you choose another.",
    )
    reason = _why("Why?")

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, initiative: Initiative, people: Iterable[User], today: date
    ) -> None:
        super().__init__(data, initial={"starts_on": today}, label_suffix="")
        self.initiative, self.today = initiative, today
        offer(self.fields["person"], people)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        person = cleaned.get("person")
        for part in (Part.DEPUTY, Part.OWNER):
            if person and person == getattr(self.initiative, part):
                self.add_error("person", f"{person} is the {part} already: choose somebody else.")
        if not {"starts_on", "ends_on"} & set(self.errors):
            cleaned["starts_on"] = cleaned.get("starts_on") or self.today
            cleaned["ends_on"] = cleaned.get("ends_on") or cleaned["starts_on"] + FORTNIGHT
            self._check_days(cleaned["starts_on"], cleaned["ends_on"])
        return cleaned

    def _check_days(self, starts_on: date, ends_on: date) -> None:
        if starts_on > self.today + YEAR:
            self.add_error("starts_on", "The first day cannot be more than a year away.")
        elif ends_on < starts_on:
            self.add_error("ends_on", "The last day cannot be before the first.")
        elif ends_on < self.today:
            self.add_error("ends_on", f"That is over already: choose a last day from today, {said(self.today)}, on.")
        elif ends_on - starts_on > YEAR:
            self.add_error("ends_on", "Somebody stands in for a year at most. For longer, hand the part over.")

    def deed(self) -> dict[str, Any]:
        """Return what was said as the arguments of `actions.set_stand_in`."""
        return {name: self.cleaned_data[name] for name in ("person", "starts_on", "ends_on", "reason")}


class ReassignForm(forms.Form):
    """Who takes over which work of somebody who has left."""

    chosen = forms.TypedMultipleChoiceField(
        label="What changes hands?",
        coerce=int,
        widget=forms.CheckboxSelectMultiple(),
        error_messages={
            "required": "Tick the initiatives that change hands.",
            "invalid_choice": "One of these has new people already: look at the list again.",
        },
    )
    to = PersonField(label="Who takes over?")
    reason = _why("Why?")

    def __init__(self, data: Mapping[str, Any] | None = None, *, leaver: Leaver, people: Iterable[User]) -> None:
        self.leaver, self.rows = leaver, {orphan.initiative.pk: orphan.initiative for orphan in leaver.orphans}
        super().__init__(data, initial={"chosen": list(self.rows)}, label_suffix="", auto_id=f"id_{leaver.key}_%s")
        offer(self.fields["to"], people)
        self.fields["to"].label = f"Who takes over from {leaver.person}?" if leaver.person else "Who becomes the owner?"
        chosen: Any = self.fields["chosen"]
        chosen.choices = [(row.pk, str(row)) for row in self.rows.values()]
        if leaver.person:
            chosen.widget.hints = {str(orphan.initiative.pk): _as_what(orphan.parts) for orphan in leaver.orphans}

    def deed(self) -> dict[str, Any]:
        """Return what was said as the arguments of `actions.reassign`."""
        cleaned = self.cleaned_data
        chosen = [self.rows[pk] for pk in cleaned["chosen"]]
        return {"leaver": self.leaver.person, "initiatives": chosen, "to": cleaned["to"], "reason": cleaned["reason"]}


def _as_what(parts: Iterable[Part]) -> str:
    return " and ".join(parts).capitalize()
