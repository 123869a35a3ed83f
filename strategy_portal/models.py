"""What the portal keeps about itself: what browsers say that the content security policy refused."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, Sum


class PolicyReportQuerySet(models.QuerySet["PolicyReport"]):
    def reported_on(self, day: date) -> int:
        """Return how many reports came in on a day, whatever they said."""
        return int(self.filter(day=day).aggregate(sum=Sum("times"))["sum"] or 0)

    def count_one(self, *, day: date, directive: str, page: str) -> None:
        """Add one to what a directive refused on a page that day."""
        row, _ = self.get_or_create(day=day, directive=directive, page=page, defaults={"times": 0})
        self.filter(pk=row.pk).update(times=F("times") + 1)


class PolicyReport(models.Model):
    """How often a directive of the policy refused something on a page in a day. Nothing says whose browser it was."""

    day = models.DateField()
    directive = models.CharField(max_length=40)
    page = models.CharField(max_length=150)  # the address's pattern, so that no ref, key or token is kept
    times = models.PositiveIntegerField(default=1)

    objects = PolicyReportQuerySet.as_manager()

    class Meta:
        ordering = ["-day", "-times"]
        constraints = [models.UniqueConstraint("day", "directive", "page", name="policy_report_is_one_row_a_day")]

    def __str__(self) -> str:
        return f"{self.directive} on {self.page}"
