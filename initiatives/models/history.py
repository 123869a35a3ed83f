"""What happened: rows that are only ever added.

Every row has the day that it speaks of and the moment that it was recorded: so any figure can be had as at any date.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.core.validators import MinLengthValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.words import Line, Text
from initiatives.models.recorded import NARRATIVE, PERSON, AddOnlyQuerySet, Recorded
from initiatives.models.work import Initiative, Milestone
from initiatives.status import DatesMove, Outcome, Part, Rag, Reading, Stage

_EMPTY: dict[str, Any] = {"default": "", "db_default": ""}  # a column that workers of the version before do not know


class BroughtIn(Recorded):
    """A row of history that a file may have told: then it may count as recorded earlier than it truly was."""

    brought_in = models.ForeignKey(
        "initiatives.Import",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        db_index=False,
    )

    class Meta(Recorded.Meta):
        abstract = True

    @property
    def brought_in_later(self) -> datetime | None:
        """The moment at which it truly came, where a file told of it as of a day that was past."""
        return self.brought_in.applied_at if self.brought_in and self.brought_in.as_of else None


class StageChange(BroughtIn):
    """The day on which an initiative entered a stage."""

    initiative = models.ForeignKey(Initiative, on_delete=models.PROTECT, related_name="stage_changes")
    stage = models.CharField(max_length=15, choices=Stage.choices)
    changed_on = models.DateField(default=timezone.localdate)
    reason = Text(blank=True, max_length=2000)

    class Meta(Recorded.Meta):
        constraints = [models.CheckConstraint(name="stage_is_a_known_word", condition=Q(stage__in=Stage.values))]

    def __str__(self) -> str:
        return f"{self.initiative.ref}: {self.get_stage_display()} from {self.changed_on}"


class DateMove(BroughtIn):
    """A change of a milestone's due date, or of the promised end of an initiative that has no milestones."""

    initiative = models.ForeignKey(Initiative, on_delete=models.PROTECT, related_name="date_moves")
    milestone = models.ForeignKey(Milestone, on_delete=models.PROTECT, null=True, blank=True, related_name="date_moves")
    from_on = models.DateField("from", editable=False)
    to_on = models.DateField("to")
    reason = Text(max_length=2000, validators=[MinLengthValidator(1)])

    class Meta(Recorded.Meta):
        constraints = [
            models.CheckConstraint(name="date_move_moves", condition=~Q(from_on=F("to_on"))),
            models.CheckConstraint(name="date_move_has_a_reason", condition=~Q(reason="")),
        ]

    def __str__(self) -> str:
        return f"{self.milestone or self.initiative}: {self.from_on} to {self.to_on}"

    @property
    def days(self) -> int:
        """How far the date moved, in days; negative when brought forward."""
        return (self.to_on - self.from_on).days


class DoneDate(BroughtIn):
    """The day on which a milestone was done; a later row without a day takes that back."""

    milestone = models.ForeignKey(Milestone, on_delete=models.PROTECT, related_name="done_dates")
    done_on = models.DateField(null=True, blank=True, help_text="Empty takes an earlier done date back.")
    reason = Text(blank=True, max_length=2000)

    class Meta(Recorded.Meta):
        constraints = [
            models.CheckConstraint(
                name="done_date_taken_back_has_a_reason",
                condition=Q(done_on__isnull=False) | ~Q(reason=""),
                violation_error_message="Say why the done date is taken back.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.milestone}: {'done ' + str(self.done_on) if self.done_on else 'not done after all'}"


class Withdrawal(BroughtIn):
    """The day on which a milestone was given up. It stays in totals and first promises as not done."""

    milestone = models.OneToOneField(Milestone, on_delete=models.PROTECT, related_name="withdrawal")
    withdrawn_on = models.DateField(default=timezone.localdate)
    reason = Text(max_length=2000)

    class Meta(Recorded.Meta):
        constraints = [models.CheckConstraint(name="withdrawal_has_a_reason", condition=~Q(reason=""))]

    def __str__(self) -> str:
        return f"{self.milestone}: withdrawn {self.withdrawn_on}"


class Update(BroughtIn):
    """An owner's dated report, with what the dates said just after it was recorded. Its author is `recorded_by`."""

    initiative = models.ForeignKey(Initiative, on_delete=models.PROTECT, related_name="updates")
    said_on = models.DateField()
    rag = models.CharField("RAG", max_length=5, choices=Rag.choices)
    previous_rag = models.CharField(max_length=5, choices=Rag.choices, blank=True)
    what_changed = Text(max_length=NARRATIVE)
    what_next = Text(blank=True, max_length=NARRATIVE)
    risk = Text(blank=True, max_length=NARRATIVE)
    issue = Text(blank=True, max_length=NARRATIVE)
    dates_move = models.CharField(max_length=9, choices=DatesMove.choices, blank=True, **_EMPTY)
    explanation = Text(
        blank=True, max_length=NARRATIVE, help_text="Why the owner says otherwise than the dates.", **_EMPTY
    )
    public_line = Line(max_length=300, blank=True, help_text="One line for the public story.", **_EMPTY)
    rating_word = models.CharField(max_length=200, blank=True, editable=False, **_EMPTY)  # a file's own word for `rag`
    corrects = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="corrections"
    )
    period_ends_on = models.DateField(null=True, editable=False)
    key = models.UUIDField(null=True, unique=True, editable=False)  # one form makes one update, however often sent
    fingerprint = models.CharField(max_length=64, blank=True, editable=False, **_EMPTY)  # of what that form held
    progress_percent = models.SmallIntegerField(null=True)
    planned_percent = models.SmallIntegerField(null=True)
    machine_reading = models.CharField(max_length=6, choices=Reading.choices, blank=True)

    class Meta(Recorded.Meta):
        indexes = [models.Index(fields=["initiative", "-said_on", "-recorded_at", "-id"], name="update_newest_first")]
        constraints = [
            models.CheckConstraint(name="update_rag_is_known", condition=Q(rag__in=Rag.values)),
            models.CheckConstraint(
                name="update_previous_rag_is_known", condition=Q(previous_rag__in=["", *Rag.values])
            ),
            models.CheckConstraint(name="update_amber_says_the_risk", condition=~Q(rag="amber", risk="")),
            models.CheckConstraint(name="update_red_says_the_issue", condition=~Q(rag="red", issue="")),
            models.CheckConstraint(
                name="update_percentages_are_0_to_100",
                condition=(Q(progress_percent=None) | Q(progress_percent__range=(0, 100)))
                & (Q(planned_percent=None) | Q(planned_percent__range=(0, 100))),
            ),
            models.CheckConstraint(
                name="update_reading_is_a_colour", condition=Q(machine_reading__in=["", *Rag.values])
            ),
            models.CheckConstraint(
                name="update_dates_move_is_known", condition=Q(dates_move__in=["", *DatesMove.values])
            ),
            models.CheckConstraint(
                name="update_period_ends_not_before_it_was_said",
                condition=Q(period_ends_on=None) | Q(period_ends_on__gte=F("said_on")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.initiative.ref}: {self.rag} on {self.said_on}"

    @property
    def is_late(self) -> bool:
        """Whether it was recorded when the period that it speaks of was over."""
        return was_late(self.recorded_at, self.period_ends_on)


def was_late(recorded_at: datetime, period_ends_on: date | None) -> bool:
    """Say whether something recorded at the moment speaks of a period that was over in London by then."""
    return period_ends_on is not None and timezone.localdate(recorded_at) > period_ends_on


class Ask(Recorded):
    """A decision or help that an owner needs from leaders."""

    initiative = models.ForeignKey(Initiative, on_delete=models.PROTECT, related_name="asks")
    update = models.OneToOneField(Update, on_delete=models.PROTECT, null=True, blank=True, related_name="ask")
    question = Text(max_length=NARRATIVE)
    asked_of = models.ForeignKey(settings.AUTH_USER_MODEL, **PERSON)
    asked_on = models.DateField(default=timezone.localdate)
    needed_by = models.DateField(null=True, blank=True)

    class Meta(Recorded.Meta):
        constraints = [models.CheckConstraint(name="ask_has_a_question", condition=~Q(question=""))]

    def __str__(self) -> str:
        return f"{self.initiative.ref} asks: {self.question[:60]}"


class Answer(Recorded):
    """What leaders said to an ask; an ask is answered once."""

    ask = models.OneToOneField(Ask, on_delete=models.PROTECT, related_name="answer")
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    words = Text(max_length=NARRATIVE)
    answered_on = models.DateField(default=timezone.localdate)

    class Meta(Recorded.Meta):
        constraints = [
            models.CheckConstraint(name="answer_outcome_is_known", condition=Q(outcome__in=Outcome.values)),
            models.CheckConstraint(name="answer_has_words", condition=~Q(words="")),
        ]

    def __str__(self) -> str:
        return f"{self.get_outcome_display()}: {self.words[:60]}"


class Delegation(Recorded):
    """Who prepares answers for a leader. Of each pair the row recorded last counts."""

    leader = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="delegations")
    delegate = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="prepares_for")
    prepares = models.BooleanField(default=True)

    class Meta(Recorded.Meta):
        constraints = [
            models.CheckConstraint(name="delegation_is_to_somebody_else", condition=~Q(leader=F("delegate")))
        ]

    def __str__(self) -> str:
        return f"{self.delegate} {'prepares' if self.prepares else 'no longer prepares'} for {self.leader}"


class Acknowledgement(Recorded):
    """A reader's word to the owner that an update was read."""

    update = models.ForeignKey(Update, on_delete=models.PROTECT, related_name="acknowledgements")

    class Meta(Recorded.Meta):
        constraints = [models.UniqueConstraint(fields=["update", "recorded_by"], name="acknowledgement_is_given_once")]

    def __str__(self) -> str:
        return f"{self.recorded_by} read {self.update}"


class Note(Recorded):
    """What a meeting said of an initiative, in the words of whoever wrote it down."""

    initiative = models.ForeignKey(Initiative, on_delete=models.PROTECT, related_name="notes")
    words = Text(max_length=NARRATIVE)
    noted_on = models.DateField(default=timezone.localdate)
    key = models.UUIDField(null=True, unique=True, editable=False)  # one form makes one note, however often sent

    class Meta(Recorded.Meta):
        constraints = [models.CheckConstraint(name="note_has_words", condition=~Q(words=""))]

    def __str__(self) -> str:
        return f"{self.initiative.ref}, {self.noted_on}: {self.words[:60]}"


class Handover(Recorded):
    """The day on which an initiative's owner, deputy or sponsor changed, and why."""

    initiative = models.ForeignKey(Initiative, on_delete=models.PROTECT, related_name="handovers")
    part = models.CharField(max_length=7, choices=Part.choices)
    from_person = models.ForeignKey(settings.AUTH_USER_MODEL, **PERSON)
    to_person = models.ForeignKey(settings.AUTH_USER_MODEL, **PERSON)
    handed_on = models.DateField()
    reason = Text(max_length=2000)

    class Meta(Recorded.Meta):
        constraints = [
            models.CheckConstraint(name="handover_part_is_known", condition=Q(part__in=Part.values)),
            models.CheckConstraint(name="handover_has_a_reason", condition=~Q(reason="")),
        ]

    def __str__(self) -> str:
        return f"{self.initiative.ref}: {self.part} from {self.from_person} to {self.to_person}"


class StandInQuerySet(AddOnlyQuerySet):
    def covering(self, day: date) -> StandInQuerySet:
        """Keep those whose days hold `day`, in the order of recording: of one initiative the last one counts."""
        return self.filter(starts_on__lte=day, ends_on__gte=day).order_by("recorded_at", "id")


class StandIn(Recorded):
    """Somebody who is deputy for some days. The one recorded last counts; nobody named ends an earlier one."""

    initiative = models.ForeignKey(Initiative, on_delete=models.PROTECT, related_name="stand_ins")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, **PERSON)
    starts_on = models.DateField()
    ends_on = models.DateField()
    reason = Text(max_length=2000)

    objects = StandInQuerySet.as_manager()  # type: ignore[misc]  # the stubs see another class

    class Meta(Recorded.Meta):
        constraints = [
            models.CheckConstraint(name="stand_in_ends_not_before_it_starts", condition=Q(ends_on__gte=F("starts_on"))),
            models.CheckConstraint(name="stand_in_has_a_reason", condition=~Q(reason="")),
        ]

    def __str__(self) -> str:
        return f"{self.initiative.ref}: {self.person} stands in from {self.starts_on} to {self.ends_on}"
