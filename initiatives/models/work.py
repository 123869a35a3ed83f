"""What we do: initiatives, their milestones, and what they serve. What can be corrected keeps its versions."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from simple_history.models import HistoricalRecords

from accounts.words import Line, Text
from initiatives.models.recorded import PERSON
from initiatives.status import Cadence, Focus, Strength


class Initiative(models.Model):
    """A piece of work in one pillar that makes the strategy real."""

    ref = models.CharField(
        max_length=12,
        unique=True,
        validators=[RegexValidator(r"\A[A-Z]{1,6}-[0-9]{1,5}\Z", "A ref is letters, a hyphen and a number: DS-001.")],
    )
    external_ref = Line(
        "reference elsewhere",
        max_length=60,
        blank=True,
        default="",
        db_default="",
        help_text="What another system or a spreadsheet calls it: files are matched by it.",
    )
    title = Line(max_length=200)
    summary = Text(blank=True, max_length=2000, help_text="What it is for, in one or two sentences.")
    pillar = models.ForeignKey("pillars.Pillar", on_delete=models.PROTECT, related_name="initiatives")
    focus = models.CharField(max_length=15, choices=Focus.choices, blank=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, **PERSON | {"related_name": "owned_initiatives"})
    deputy = models.ForeignKey(settings.AUTH_USER_MODEL, **PERSON | {"related_name": "deputised_initiatives"})
    sponsor = models.ForeignKey(settings.AUTH_USER_MODEL, **PERSON | {"related_name": "sponsored_initiatives"})
    directorate = Line(max_length=150, blank=True)
    partners = Text("partner organisations", blank=True, max_length=2000, help_text="One a line.")
    sources = Text("published sources", blank=True, max_length=4000, help_text="One address a line.")
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
            models.UniqueConstraint(
                fields=["external_ref"],
                name="initiative_external_ref_is_its_own",
                condition=~Q(external_ref=""),
                violation_error_message="Another initiative has this reference elsewhere.",
            ),
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
    how = Line(max_length=300, blank=True, help_text="One line on how it serves the commitment.")

    history = HistoricalRecords()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["initiative", "commitment"], name="alignment_is_said_once"),
            models.CheckConstraint(name="alignment_strength_is_known", condition=Q(strength__in=Strength.values)),
        ]

    def __str__(self) -> str:
        return f"{self.initiative} serves {self.commitment}"


class Milestone(models.Model):
    """A dated promise in an initiative. Its first date stays; later ones are date moves."""

    initiative = models.ForeignKey(Initiative, on_delete=models.PROTECT, related_name="milestones")
    number = models.PositiveSmallIntegerField(editable=False, validators=[MinValueValidator(1)])
    title = Line(max_length=200)
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


class Dependency(models.Model):
    """That a milestone waits for one of another initiative."""

    milestone = models.ForeignKey(Milestone, on_delete=models.PROTECT, related_name="dependencies")
    needs = models.ForeignKey(Milestone, on_delete=models.PROTECT, related_name="needed_by")
    why = Line(max_length=300, blank=True, help_text="One line on what it needs of it.")
    said_on = models.DateField()

    history = HistoricalRecords()

    class Meta:
        ordering = ["milestone", "needs"]
        verbose_name_plural = "dependencies"
        constraints = [
            models.UniqueConstraint(fields=["milestone", "needs"], name="dependency_is_said_once"),
            models.CheckConstraint(name="dependency_is_of_another_milestone", condition=~Q(milestone=F("needs"))),
        ]

    def __str__(self) -> str:
        return f"{self.milestone} needs {self.needs}"

    def clean(self) -> None:
        """Refuse what the database cannot see: that both are milestones of one initiative."""
        if self.milestone.initiative_id == self.needs.initiative_id:
            raise ValidationError("A milestone can need one of another initiative, not one of its own.")


def milestone_ref(initiative_ref: str, number: int) -> str:
    """Return the stable ref of a milestone: DS-001-M01."""
    return f"{initiative_ref}-M{number:02d}"
