"""Initiatives and their history.

What can be corrected (a title, an owner, a weight) keeps its history through django-simple-history. What happened (an
update, a moved date, a done date, a change of stage, an ask) is a row that is only ever added: every row has the day
that it speaks of and the moment that it was recorded, so that any figure can be had as at any date.
"""

from __future__ import annotations

from typing import Any, NoReturn

from django.conf import settings
from django.core.validators import MinLengthValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from simple_history.models import HistoricalRecords

from initiatives.status import Cadence, Focus, Outcome, Rag, Reading, Stage, Strength

NARRATIVE = 20_000  # characters: the most that any text of ours may hold

PERSON: dict[str, Any] = {"on_delete": models.PROTECT, "null": True, "blank": True, "related_name": "+"}


class AddOnlyError(TypeError):
    """Raised when code tries to edit or delete history."""


class AddOnlyQuerySet(models.QuerySet[Any]):
    """Rows of history: they can be read and added, never edited or deleted."""

    def update(self, **kwargs: Any) -> NoReturn:
        raise AddOnlyError(f"{self.model.__name__} is history: add a row instead")

    def delete(self) -> NoReturn:
        raise AddOnlyError(f"{self.model.__name__} is history: it cannot be deleted")

    def recorded_before(self, moment: Any) -> AddOnlyQuerySet:
        """Keep what had been recorded by then, in the order in which it was."""
        return self.filter(recorded_at__lt=moment).order_by("recorded_at", "id")


class Recorded(models.Model):
    """A row of history, with who recorded it and when."""

    recorded_at = models.DateTimeField(default=timezone.now, editable=False, db_index=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, editable=False, **PERSON)

    objects = AddOnlyQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["recorded_at", "id"]

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise AddOnlyError(f"{type(self).__name__} is history: add a row instead")
        super().save(*args, **kwargs | {"force_insert": True})

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AddOnlyError(f"{type(self).__name__} is history: it cannot be deleted")


class Initiative(models.Model):
    """A piece of work in one pillar that makes the strategy real."""

    ref = models.CharField(
        max_length=12,
        unique=True,
        validators=[RegexValidator(r"\A[A-Z]{1,6}-[0-9]{1,5}\Z", "A ref is letters, a hyphen and a number: DS-001.")],
    )
    title = models.CharField(max_length=200)
    summary = models.TextField(blank=True, max_length=2000, help_text="What it is for, in one or two sentences.")
    pillar = models.ForeignKey("pillars.Pillar", on_delete=models.PROTECT, related_name="initiatives")
    focus = models.CharField(max_length=15, choices=Focus.choices, blank=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, **PERSON | {"related_name": "owned_initiatives"})
    deputy = models.ForeignKey(settings.AUTH_USER_MODEL, **PERSON | {"related_name": "deputised_initiatives"})
    sponsor = models.ForeignKey(settings.AUTH_USER_MODEL, **PERSON | {"related_name": "sponsored_initiatives"})
    directorate = models.CharField(max_length=150, blank=True)
    partners = models.TextField("partner organisations", blank=True, max_length=2000, help_text="One a line.")
    sources = models.TextField("published sources", blank=True, max_length=4000, help_text="One address a line.")
    cadence = models.CharField(max_length=10, choices=Cadence.choices, default=Cadence.MONTHLY)
    weight = models.PositiveSmallIntegerField(
        default=1, validators=[MinValueValidator(1)], help_text="How much it counts in its pillar's figures."
    )
    starts_on = models.DateField(null=True, blank=True)
    promised_end_on = models.DateField(
        "promised end",
        null=True,
        blank=True,
        help_text="Only where it has no milestones: the first date promised.",
    )
    is_demonstration = models.BooleanField(default=False, editable=False)

    history = HistoricalRecords()

    class Meta:
        ordering = ["ref"]
        constraints = [
            models.CheckConstraint(name="initiative_has_a_title", condition=~Q(title="")),
            models.CheckConstraint(name="initiative_weight_at_least_1", condition=Q(weight__gte=1)),
            models.CheckConstraint(name="initiative_focus_is_known", condition=Q(focus__in=["", *Focus.values])),
            models.CheckConstraint(name="initiative_cadence_is_known", condition=Q(cadence__in=Cadence.values)),
            models.CheckConstraint(
                name="initiative_ends_not_before_it_starts",
                condition=Q(starts_on=None) | Q(promised_end_on=None) | Q(promised_end_on__gte=F("starts_on")),
                violation_error_message="The promised end must not be before the start.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ref} {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("initiatives:initiative", args=[self.ref])


class Contribution(models.Model):
    """A further pillar that an initiative also contributes to."""

    initiative = models.ForeignKey(Initiative, on_delete=models.PROTECT, related_name="contributions")
    pillar = models.ForeignKey("pillars.Pillar", on_delete=models.PROTECT, related_name="contributions")

    history = HistoricalRecords()

    class Meta:
        verbose_name = "also contributes to"
        verbose_name_plural = "also contributes to"
        constraints = [models.UniqueConstraint(fields=["initiative", "pillar"], name="contribution_is_said_once")]

    def __str__(self) -> str:
        return f"{self.initiative} also contributes to {self.pillar}"


class Alignment(models.Model):
    """How an initiative serves a commitment of the organisational strategy."""

    initiative = models.ForeignKey(Initiative, on_delete=models.PROTECT, related_name="alignments")
    commitment = models.ForeignKey("pillars.Commitment", on_delete=models.PROTECT, related_name="alignments")
    strength = models.CharField(max_length=10, choices=Strength.choices, default=Strength.MAIN)
    how = models.CharField(max_length=300, blank=True, help_text="One line on how it serves the commitment.")

    history = HistoricalRecords()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["initiative", "commitment"], name="alignment_is_said_once"),
            models.CheckConstraint(name="alignment_strength_is_known", condition=Q(strength__in=Strength.values)),
        ]

    def __str__(self) -> str:
        return f"{self.initiative} serves {self.commitment}"


class StageChange(Recorded):
    """The day on which an initiative entered a stage."""

    initiative = models.ForeignKey(Initiative, on_delete=models.PROTECT, related_name="stage_changes")
    stage = models.CharField(max_length=15, choices=Stage.choices)
    changed_on = models.DateField(default=timezone.localdate)
    reason = models.TextField(blank=True, max_length=2000)

    class Meta(Recorded.Meta):
        constraints = [models.CheckConstraint(name="stage_is_a_known_word", condition=Q(stage__in=Stage.values))]

    def __str__(self) -> str:
        return f"{self.initiative.ref}: {self.get_stage_display()} from {self.changed_on}"


class Milestone(models.Model):
    """A dated promise in an initiative. Its first date stays; later ones are date moves."""

    initiative = models.ForeignKey(Initiative, on_delete=models.PROTECT, related_name="milestones")
    number = models.PositiveSmallIntegerField(editable=False, validators=[MinValueValidator(1)])
    title = models.CharField(max_length=200)
    weight = models.PositiveSmallIntegerField(
        default=1,
        validators=[MinValueValidator(1)],
        help_text="How much it counts in the initiative's progress.",
    )
    first_due_on = models.DateField("first promised date", help_text="Cannot be changed later: record a date move.")

    history = HistoricalRecords()

    class Meta:
        ordering = ["initiative", "number"]
        constraints = [
            models.UniqueConstraint(fields=["initiative", "number"], name="milestone_number_is_its_own"),
            models.CheckConstraint(name="milestone_number_at_least_1", condition=Q(number__gte=1)),
            models.CheckConstraint(name="milestone_weight_at_least_1", condition=Q(weight__gte=1)),
            models.CheckConstraint(name="milestone_has_a_title", condition=~Q(title="")),
        ]

    def __str__(self) -> str:
        return f"{self.ref} {self.title}"

    @property
    def ref(self) -> str:
        return milestone_ref(self.initiative.ref, self.number)


def milestone_ref(initiative_ref: str, number: int) -> str:
    """Return the stable ref of a milestone: DS-001-M01."""
    return f"{initiative_ref}-M{number:02d}"


class DateMove(Recorded):
    """A change of a milestone's due date, or of the promised end of an initiative that has no milestones."""

    initiative = models.ForeignKey(Initiative, on_delete=models.PROTECT, related_name="date_moves")
    milestone = models.ForeignKey(Milestone, on_delete=models.PROTECT, null=True, blank=True, related_name="date_moves")
    from_on = models.DateField("from", editable=False)
    to_on = models.DateField("to")
    reason = models.TextField(max_length=2000, validators=[MinLengthValidator(1)])

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


class DoneDate(Recorded):
    """The day on which a milestone was done; a later row without a day takes that back."""

    milestone = models.ForeignKey(Milestone, on_delete=models.PROTECT, related_name="done_dates")
    done_on = models.DateField(null=True, blank=True, help_text="Empty takes an earlier done date back.")
    reason = models.TextField(blank=True, max_length=2000)

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


class Withdrawal(Recorded):
    """The day on which a milestone was given up. It stays in totals and first promises as not done."""

    milestone = models.OneToOneField(Milestone, on_delete=models.PROTECT, related_name="withdrawal")
    withdrawn_on = models.DateField(default=timezone.localdate)
    reason = models.TextField(max_length=2000)

    class Meta(Recorded.Meta):
        constraints = [models.CheckConstraint(name="withdrawal_has_a_reason", condition=~Q(reason=""))]

    def __str__(self) -> str:
        return f"{self.milestone}: withdrawn {self.withdrawn_on}"


class Update(Recorded):
    """An owner's dated report, with what the dates said just after it was recorded. Its author is `recorded_by`."""

    initiative = models.ForeignKey(Initiative, on_delete=models.PROTECT, related_name="updates")
    said_on = models.DateField()
    rag = models.CharField("RAG", max_length=5, choices=Rag.choices)
    previous_rag = models.CharField(max_length=5, choices=Rag.choices, blank=True)
    what_changed = models.TextField(max_length=NARRATIVE)
    what_next = models.TextField(blank=True, max_length=NARRATIVE)
    risk = models.TextField(blank=True, max_length=NARRATIVE)
    issue = models.TextField(blank=True, max_length=NARRATIVE)
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
        ]

    def __str__(self) -> str:
        return f"{self.initiative.ref}: {self.rag} on {self.said_on}"


class Ask(Recorded):
    """A decision or help that an owner needs from leaders."""

    initiative = models.ForeignKey(Initiative, on_delete=models.PROTECT, related_name="asks")
    update = models.OneToOneField(Update, on_delete=models.PROTECT, null=True, blank=True, related_name="ask")
    question = models.TextField(max_length=NARRATIVE)
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
    words = models.TextField(max_length=NARRATIVE)
    answered_on = models.DateField(default=timezone.localdate)

    class Meta(Recorded.Meta):
        constraints = [
            models.CheckConstraint(name="answer_outcome_is_known", condition=Q(outcome__in=Outcome.values)),
            models.CheckConstraint(name="answer_has_words", condition=~Q(words="")),
        ]

    def __str__(self) -> str:
        return f"{self.get_outcome_display()}: {self.words[:60]}"
