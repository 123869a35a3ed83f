"""What we promised: the strategy's pillars, and the aims and commitments of the organisation that they serve."""

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models.functions import Length
from django.urls import reverse
from simple_history.models import HistoricalRecords

from accounts.words import Line, Text


class Shape(models.TextChoices):
    """The mark that tells a pillar apart without its colour."""

    CIRCLE = "circle", "Circle"
    SQUARE = "square", "Square"
    HEXAGON = "hexagon", "Hexagon"
    STAR = "star", "Star"
    TRIANGLE = "triangle", "Triangle"
    DIAMOND = "diamond", "Diamond"
    CROSS = "cross", "Cross"
    DROP = "drop", "Drop"


class Pillar(models.Model):
    """One of the parts that hold the strategy."""

    slug = models.SlugField(unique=True, help_text="The word in its address. Cannot be changed later.")
    name = Line(max_length=100, unique=True)
    statement = Text(blank=True, max_length=2000, help_text="What the pillar promises, in its own words.")
    order = models.PositiveSmallIntegerField(default=1)
    shape = models.CharField(max_length=10, choices=Shape.choices, default=Shape.CIRCLE)
    colour = models.PositiveSmallIntegerField(
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(8)],
        help_text="1 to 8: which of the portal's pillar colours.",
    )
    is_demonstration = models.BooleanField(default=False, editable=False)

    history = HistoricalRecords()

    class Meta:
        ordering = ["order", "slug"]
        constraints = [
            models.CheckConstraint(name="pillar_has_a_name", condition=~models.Q(name="")),
            models.CheckConstraint(name="pillar_colour_is_1_to_8", condition=models.Q(colour__range=(1, 8))),
            models.CheckConstraint(name="pillar_shape_is_a_known_word", condition=models.Q(shape__in=Shape.values)),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("reports:pillar", args=[self.slug])


class Aim(models.Model):
    """One of the organisation's aims."""

    code = models.CharField(
        max_length=5,
        unique=True,
        validators=[RegexValidator(r"\AA[1-9][0-9]*\Z", "An aim's code is A and a number.")],
    )
    name = Line(max_length=200)
    is_demonstration = models.BooleanField(default=False, editable=False)

    history = HistoricalRecords()

    class Meta:
        ordering = [Length("code"), "code"]
        constraints = [models.CheckConstraint(name="aim_has_a_name", condition=~models.Q(name=""))]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    def get_absolute_url(self) -> str:
        return reverse("reports:aim", args=[self.code])


class Commitment(models.Model):
    """One of the organisation's commitments, under an aim."""

    code = models.CharField(
        max_length=5,
        unique=True,
        validators=[RegexValidator(r"\AE[1-9][0-9]*\Z", "A commitment's code is E and a number.")],
    )
    name = Line(max_length=200)
    summary = Text(blank=True, max_length=2000, help_text="Leave empty when no wording was published.")
    aim = models.ForeignKey(Aim, on_delete=models.PROTECT, related_name="commitments")
    is_demonstration = models.BooleanField(default=False, editable=False)

    history = HistoricalRecords()

    class Meta:
        ordering = [Length("code"), "code"]
        constraints = [models.CheckConstraint(name="commitment_has_a_name", condition=~models.Q(name=""))]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    def get_absolute_url(self) -> str:
        return reverse("reports:aim", args=[self.code])
