"""What the strategy office may type in the administration."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone

from accounts.rights import writable, written_once
from initiatives import actions
from initiatives.forms.fields import said
from initiatives.models import Answer, DateMove, DoneDate, Initiative, Milestone, StageChange, Withdrawal


class _WithinReason(forms.ModelForm):
    """A row whose dates are of this century, unless a file brought in says otherwise."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for name, value in list(cleaned.items()):
            if name in self.changed_data and isinstance(value, date) and not 2000 <= value.year <= 2100:
                self.add_error(name, "Enter a date between the years 2000 and 2100.")
        return cleaned


class InitiativeForm(_WithinReason):
    """An initiative."""

    class Meta:
        model = Initiative
        fields = writable("initiatives.initiative")


class MilestoneForm(_WithinReason):
    """A milestone. Once promised, its first date stays as it is."""

    class Meta:
        model = Milestone
        fields = writable("initiatives.milestone")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in written_once("initiatives.milestone") if self.instance.pk else ():
            self.fields[name].disabled = True


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
        fields = writable("initiatives.stagechange")


class DoneDateForm(_OfThePast):
    """The day on which a milestone was done, or the taking back of one."""

    day = "done_on"

    class Meta:
        model = DoneDate
        fields = writable("initiatives.donedate")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        milestone, done_on = cleaned.get("milestone"), cleaned.get("done_on")
        if milestone and Withdrawal.objects.filter(milestone=milestone).exists():
            self.add_error("milestone", "This milestone was withdrawn, so it counts as not done for good.")
        starts_on = milestone.initiative.starts_on if milestone else None
        if done_on and starts_on and done_on < starts_on:
            self.add_error("done_on", f"It cannot be before the work's start, {said(starts_on)}.")
        return cleaned


class WithdrawalForm(_OfThePast):
    """The giving up of a milestone."""

    day = "withdrawn_on"

    class Meta:
        model = Withdrawal
        fields = writable("initiatives.withdrawal")

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
        fields = writable("initiatives.answer")


class DateMoveForm(_WithinReason):
    """A new due date for a milestone, or for the promised end of an initiative that has none."""

    class Meta:
        model = DateMove
        fields = writable("initiatives.datemove")

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
            self.add_error("to_on", f"It is due on {said(due_on)} already.")
        return cleaned
