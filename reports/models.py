"""What was taken away, and what people keep to take away again."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Count, Q, Sum
from django.db.models.functions import Lower
from django.utils import timezone

from accounts.words import Line
from initiatives.periods import last_month_end, last_quarter_end


class AsAt(models.TextChoices):
    """The rule by which a saved view finds the day that it speaks of."""

    TODAY = "today", "Today"
    LAST_MONTH_END = "last-month-end", "The end of last month"
    LAST_QUARTER_END = "last-quarter-end", "The end of the last financial quarter"
    FIXED = "fixed", "Always the same day"


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    def seen_by(self, person: Any) -> SavedViewQuerySet:
        """Keep the person's own views and those that others share."""
        return self.filter(Q(owner=person) | Q(is_shared=True))


class SavedView(models.Model):
    """A data set with filters, columns and a rule for its day, under a name and at a stable address."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_views")
    name = Line(max_length=100)
    dataset = models.CharField(max_length=30)
    filters = models.TextField(blank=True)  # as an address asks for them
    columns = models.JSONField(default=list)  # in the data set's order; none stands for all, also those to come
    rule = models.CharField(max_length=20, choices=AsAt.choices, default=AsAt.TODAY)
    day = models.DateField(null=True)
    is_shared = models.BooleanField(default=False)
    made_at = models.DateTimeField(default=timezone.now)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint("owner", Lower("name"), name="view_name_is_its_owners_once"),
            models.CheckConstraint(name="view_rule_is_a_known_word", condition=Q(rule__in=AsAt.values)),
            models.CheckConstraint(
                name="view_has_a_day_when_it_is_fixed",
                condition=Q(rule=AsAt.FIXED, day__isnull=False) | ~Q(rule=AsAt.FIXED) & Q(day__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def as_at(self, today: date) -> date:
        """Return the day that the view speaks of when it is asked on another."""
        match self.rule:
            case AsAt.FIXED if self.day:
                return self.day
            case AsAt.LAST_MONTH_END:
                return last_month_end(today)
            case AsAt.LAST_QUARTER_END:
                return last_quarter_end(today)
        return today


class Answered(models.TextChoices):
    """What became of a download."""

    STARTED = "started", "Under way, or cut short"
    SENT = "sent", "Complete"
    BROKEN_OFF = "broken-off", "Broken off"
    UNCHANGED = "unchanged", "Unchanged since they had it"
    HEADERS = "headers", "Asked for, not taken"
    REFUSED = "refused", "Refused"


class DownloadQuerySet(models.QuerySet["Download"]):
    def of(self, person: Any, token: Any) -> DownloadQuerySet:
        """Keep what came by this token, or by the person's browser where it is None."""
        return self.filter(token=token) if token else self.filter(person=person, token=None)

    def newest_first(self) -> DownloadQuerySet:
        return self.select_related("person", "token", "view").order_by("-pk")

    def totals(self, since: datetime) -> Any:
        """Return for each data set since a moment how often it was asked for, by how many people, and the rows sent."""
        return (
            self.filter(started_at__gte=since)
            .order_by()
            .values("dataset")
            .annotate(times=Count("pk"), people=Count("person", distinct=True), rows_sent=Sum("rows"))
            .order_by("-times", "dataset")
        )


class Download(models.Model):
    """One time that somebody asked for a file. Its row is written when they ask, and filled in when the file has gone.

    It goes with its person alone, and people go with the demonstration alone.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="downloads")
    token = models.ForeignKey("accounts.AccessToken", on_delete=models.RESTRICT, null=True, related_name="downloads")
    view = models.ForeignKey(SavedView, on_delete=models.SET_NULL, null=True, related_name="+")
    dataset = models.CharField(max_length=30)
    format = models.CharField(max_length=5)
    query = models.TextField(blank=True)  # as it was asked
    as_at = models.DateField()
    rows = models.BigIntegerField(null=True)
    answered = models.CharField(max_length=12, choices=Answered.choices, default=Answered.STARTED)
    started_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)

    objects = DownloadQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index("person", "started_at", name="download_of_a_browser", condition=Q(token=None)),
            models.Index("token", "started_at", name="download_of_a_token"),
            models.Index("started_at", name="download_started_at"),
        ]

    def __str__(self) -> str:
        return f"{self.dataset}.{self.format}"

    @property
    def took(self) -> timedelta | None:
        """How long it took, once it is over."""
        return self.finished_at - self.started_at if self.finished_at else None
