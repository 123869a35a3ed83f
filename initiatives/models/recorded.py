"""Rows of history: they are only ever added, each with the moment at which it was recorded and by whom."""

from __future__ import annotations

from typing import Any, NoReturn

from django.conf import settings
from django.db import models
from django.utils import timezone

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
