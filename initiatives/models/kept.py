"""What is kept so that today's pages need not read all history: derived rows, which can be thrown away and made again.

Triggers of the database (`initiatives.triggers`) count every change of what a row was worked out from, whichever way it
was made; a row is used only while its own count is the same.
"""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q


class KeptStandingQuerySet(models.QuerySet["KeptStanding"]):
    def fresh(self, day: Any, rules: str) -> KeptStandingQuerySet:
        """Keep the rows that say how things stand on the day, worked out by the same rules."""
        holds = Q(holds_until=None) | Q(holds_until__gte=day)
        return self.filter(holds, changes=F("kept_changes"), rules=rules, kept_on__lte=day)


class KeptStanding(models.Model):
    """How an initiative stands, as worked out from its history on `kept_on` and true until `holds_until`."""

    initiative_id = models.BigIntegerField(primary_key=True)  # no foreign key: triggers make and delete the row
    changes = models.BigIntegerField(default=1)  # how many statements have touched its history
    kept_changes = models.BigIntegerField(default=0)  # how many they were when it was worked out
    kept_on = models.DateField(null=True)
    holds_until = models.DateField(null=True)
    rules = models.CharField(max_length=16, blank=True, default="")  # which arithmetic worked it out
    told = models.TextField(blank=True, default="")  # what is asked of every initiative
    more = models.TextField(blank=True, default="")  # what is asked of some

    objects = KeptStandingQuerySet.as_manager()

    def __str__(self) -> str:
        return f"initiative {self.initiative_id} as on {self.kept_on}"


class KeptMonth(models.Model):
    """What the pillars added up to at a month's end. What is recorded later never changes it."""

    month_end = models.DateField(primary_key=True)
    ended_at = models.DateTimeField(db_index=True)  # the moment at which the month was over in London
    rules = models.CharField(max_length=16)
    told = models.TextField()

    def __str__(self) -> str:
        return f"the month that ended on {self.month_end}"
