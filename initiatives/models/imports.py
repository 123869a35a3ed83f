"""What was brought in from spreadsheets: the file, how it was understood, and what became of each of its rows."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from accounts.history import end_of
from accounts.words import Line
from initiatives.models.recorded import PERSON
from initiatives.status import ImportKind, ImportState, RowOutcome


class Import(models.Model):
    """A file that somebody brought, from its first reading to its being applied, and perhaps undone."""

    kind = models.CharField(max_length=11, choices=ImportKind.choices, default=ImportKind.INITIATIVES)
    state = models.CharField(max_length=9, choices=ImportState.choices, default=ImportState.DRAFT)
    name = Line("file", max_length=255)
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField()
    mapping = models.JSONField(default=dict)  # see `initiatives.imports.mapping`
    as_of = models.DateField(null=True, blank=True)  # the past day that the file tells of; None for today
    counts = models.JSONField(default=dict)  # of rows by outcome, and of the file's own rating words
    brought_at = models.DateTimeField(default=timezone.now)
    brought_by = models.ForeignKey("accounts.User", **PERSON)
    applied_at = models.DateTimeField(null=True)
    applied_by = models.ForeignKey("accounts.User", **PERSON)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey("accounts.User", **PERSON)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(name="import_kind_is_known", condition=Q(kind__in=ImportKind.values)),
            models.CheckConstraint(name="import_state_is_known", condition=Q(state__in=ImportState.values)),
            models.CheckConstraint(
                name="import_applied_has_its_moment",
                condition=Q(state=ImportState.DRAFT, applied_at=None) | Q(applied_at__isnull=False) & ~Q(state="draft"),
            ),
            models.CheckConstraint(
                name="import_undone_has_its_moment",
                condition=Q(state=ImportState.UNDONE, undone_at__isnull=False) | Q(undone_at=None) & ~Q(state="undone"),
            ),
        ]

    def __str__(self) -> str:
        return f"import {self.pk} of {self.name}"

    def get_absolute_url(self) -> str:
        return reverse("initiatives:import", args=[self.pk])

    @property
    def recorded_at(self) -> datetime | None:
        """When its rows count as recorded: at the end of the day that it tells of, or when it was applied."""
        return last_moment_of(self.as_of) if self.as_of else self.applied_at

    @property
    def reason(self) -> str:
        """What the versions that it made give as their reason."""
        return reason_of(self.pk)


class ImportedRow(models.Model):
    """What became of one row of an applied file."""

    of = models.ForeignKey(Import, on_delete=models.PROTECT, related_name="rows")
    number = models.PositiveIntegerField()  # of the row in the file, as a spreadsheet counts
    outcome = models.CharField(max_length=9, choices=RowOutcome.choices)
    ref = models.CharField(max_length=20, blank=True)  # of the initiative or milestone
    initiative_id = models.BigIntegerField(null=True, db_index=True)  # no foreign key: undoing takes it away
    rating_word = models.CharField(max_length=200, blank=True)  # the file's own word, which became a RAG or did not
    told = models.JSONField(default=dict)  # changes (field, before, after), reasons, notes

    class Meta:
        ordering = ["of_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["of", "number"], name="imported_row_is_told_once"),
            models.CheckConstraint(name="imported_row_outcome_is_known", condition=Q(outcome__in=RowOutcome.values)),
        ]

    def __str__(self) -> str:
        return f"row {self.number} of {self.of}: {self.outcome}"


class NamedMapping(models.Model):
    """How files of one sort are understood, kept under a name for the next one."""

    name = Line(max_length=100, unique=True)
    mapping = models.JSONField()
    saved_at = models.DateTimeField(default=timezone.now)
    saved_by = models.ForeignKey("accounts.User", **PERSON)

    class Meta:
        ordering = ["name"]
        constraints = [models.CheckConstraint(name="named_mapping_has_a_name", condition=~Q(name=""))]

    def __str__(self) -> str:
        return self.name


def last_moment_of(day: date) -> datetime:
    """Return the last moment of a day in London: what counts as recorded at its end."""
    return end_of(day) - timedelta(microseconds=1)


def reason_of(import_id: int | None) -> str:
    """Return what versions made by an import give as their reason."""
    return f"import {import_id}"
