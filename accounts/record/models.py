"""The tables of the record. Triggers write the entries, `seals` the seals; nothing changes or deletes either."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import models


class Way(models.TextChoices):
    """By which way a change came. None of them: past the portal, in the database."""

    PAGE = "page", "A page"
    LINK = "link", "A partner's link"
    IMPORT = "import", "An import"
    COMMAND = "command", "A command"
    ADMINISTRATION = "admin", "The administration"
    TOKEN = "token", "A program with a token"
    MIGRATION = "migration", "A new version of the portal"


class Kind(models.TextChoices):
    """What became of a row."""

    ADDED = "+", "Added"
    CHANGED = "~", "Changed"
    REMOVED = "-", "Removed"
    FOUND = "=", "Found as it stood"  # it was there before the record, or a new version of the portal changed it
    STOOD_ASIDE = "!", "The guard of history stood aside"


class EntryQuerySet(models.QuerySet["Entry"]):
    def of(self, thing: models.Model) -> EntryQuerySet:
        """Keep what is told of a thing and of what is part of it."""
        return self.filter(thing=f"{thing._meta.db_table}/{thing.pk}")

    def newest_first(self, before: int | None = None) -> EntryQuerySet:
        """Order by newest first, going on from one number."""
        found = self.order_by("-pk")
        return found.filter(pk__lt=before) if before else found

    def between(self, since: datetime | None, until: datetime) -> EntryQuerySet:
        """Keep what was written from one moment up to another."""
        found = self.filter(at__lt=until)
        return found.filter(at__gte=since) if since else found


class Entry(models.Model):
    """One row of one table that was added, changed or removed, as the database saw it.

    `before` and `after` are JSON as the database wrote it: of a changed row what changed, of another all of it. What
    tells who somebody is stands in `personal`, with a salt, and may be forgotten: the chain holds a digest of it.
    """

    at = models.DateTimeField(db_index=True)
    kind = models.CharField(max_length=1, choices=Kind.choices)
    table = models.CharField(max_length=63, blank=True, db_column="table_name")
    row = models.CharField(max_length=63, blank=True, db_column="row_key")
    thing = models.CharField(max_length=130, blank=True)  # table/key of what the row is part of
    before = models.TextField(blank=True)
    after = models.TextField(blank=True)
    personal = models.TextField(blank=True)
    by = models.BigIntegerField(null=True)  # a person's number, which says nothing once the person is forgotten
    way = models.CharField(max_length=10, blank=True, choices=Way.choices)
    request = models.CharField(max_length=64, blank=True)
    reason = models.CharField(max_length=300, blank=True)

    objects = EntryQuerySet.as_manager()

    class Meta:
        app_label = "accounts"
        db_table = "accounts_record"
        verbose_name = "entry of the record"
        verbose_name_plural = "record"
        indexes = [models.Index(fields=["thing", "-id"], name="record_of_a_thing")]

    def __str__(self) -> str:
        return f"{self.pk}: {self.kind} {self.table} {self.row}".strip()


class Seal(models.Model):
    """An entry's place in the chain: the sum of what it says and of the seal before it."""

    place = models.BigIntegerField(primary_key=True)
    entry = models.BigIntegerField(unique=True)  # no foreign key: an entry that is gone must leave its seal behind
    digest = models.CharField(max_length=64, blank=True)  # of what may be forgotten
    hash = models.CharField(max_length=64)

    objects: Any = models.Manager()

    class Meta:
        app_label = "accounts"
        db_table = "accounts_seal"

    def __str__(self) -> str:
        return f"{self.place}: {self.hash[:12]}"
