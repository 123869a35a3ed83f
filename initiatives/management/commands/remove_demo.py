"""`manage.py remove_demo`: takes the demonstration away."""

from __future__ import annotations

from typing import Any

from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.core.management.base import BaseCommand
from django.db import transaction
from django.db.models import ProtectedError, QuerySet

from accounts.models import RoleGrant, User
from initiatives.models import (
    Alignment,
    Answer,
    Ask,
    Contribution,
    DateMove,
    DoneDate,
    Initiative,
    Milestone,
    StageChange,
    Update,
    Withdrawal,
)
from pillars.models import Aim, Commitment, Pillar


class Command(BaseCommand):
    help = "Delete the demonstration with its whole history. What is not part of it stays."

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        initiatives = Initiative.objects.filter(is_demonstration=True)
        count = initiatives.count()
        self._forget_what_happened(initiatives)
        for model, path in ((Alignment, "initiative"), (Contribution, "initiative"), (Milestone, "initiative")):
            self._forget(model.objects.filter(**{f"{path}__in": initiatives}))
        self._forget(initiatives)
        kept = [
            *self._forget_unless_used(Commitment),
            *self._forget_unless_used(Aim),
            *self._forget_unless_used(Pillar),
            *self._forget_people(),
        ]
        self.stdout.write(f"Removed {count} initiatives of the demonstration.")
        if kept:
            self.stdout.write(f"Kept, because your own work refers to them: {', '.join(map(str, kept))}.")

    def _forget_what_happened(self, initiatives: QuerySet[Initiative]) -> None:
        """Delete rows that nothing else may delete: the demonstration never happened."""
        for model, path in (
            (Answer, "ask__initiative"),
            (Ask, "initiative"),
            (Update, "initiative"),
            (DateMove, "initiative"),
            (DoneDate, "milestone__initiative"),
            (Withdrawal, "milestone__initiative"),
            (StageChange, "initiative"),
        ):
            rows = model.objects.filter(**{f"{path}__in": initiatives})
            model.objects.filter(pk__in=list(rows.values_list("pk", flat=True)))._raw_delete(rows.db)

    def _forget(self, rows: QuerySet[Any]) -> None:
        ids = list(rows.values_list("pk", flat=True))
        for start in range(0, len(ids), 500):
            chunk = ids[start : start + 500]
            rows.model.objects.filter(pk__in=chunk).delete()
            rows.model.history.filter(id__in=chunk).delete()

    def _forget_unless_used(self, model: Any) -> list[Any]:
        kept = []
        for row in model.objects.filter(is_demonstration=True):
            try:
                with transaction.atomic():
                    self._forget(model.objects.filter(pk=row.pk))
            except ProtectedError:
                row.is_demonstration = False
                row.save()
                kept.append(row)
        return kept

    def _forget_people(self) -> list[User]:
        people = User.objects.filter(is_demonstration=True)
        names = {str(pk) for pk in people.values_list("pk", flat=True)}
        for session in Session.objects.all():
            if session.get_decoded().get("_auth_user_id") in names:
                session.delete()
        LogEntry.objects.filter(user__in=people).delete()
        RoleGrant.history.filter(user__in=people).delete()
        return self._forget_unless_used(User)
