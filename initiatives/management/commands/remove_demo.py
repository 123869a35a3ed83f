"""`manage.py remove_demo`: takes the demonstration away."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import ProtectedError, Q, QuerySet

from accounts.models import RoleGrant, Session, User
from accounts.record.commands import RecordedCommand
from accounts.record.erasing import erase_what_went, newest
from accounts.record.triggers import standing_aside
from initiatives.models import (
    Acknowledgement,
    Alignment,
    Answer,
    Ask,
    Contribution,
    DateMove,
    Delegation,
    Dependency,
    DoneDate,
    Follow,
    Handover,
    Initiative,
    LinkUse,
    LinkWithdrawal,
    Milestone,
    Note,
    PartnerLink,
    PreparedAnswer,
    Reminder,
    ReminderLine,
    ReminderPreference,
    StageChange,
    StandIn,
    Update,
    Withdrawal,
)
from pillars.models import Aim, Commitment, Pillar


class Command(RecordedCommand):
    help = "Delete the demonstration with its whole history. What is not part of it stays."

    def handle(self, *args: Any, **options: Any) -> None:
        with standing_aside("the demonstration is removed"):
            before = newest()
            self._remove()
            erase_what_went(since=before)

    def _remove(self) -> None:
        initiatives = Initiative.objects.filter(is_demonstration=True)
        count = initiatives.count()
        self._forget_reminders(initiatives)
        self._forget_what_happened(initiatives)
        self._forget_dependencies(initiatives)
        for model, path in ((Alignment, "initiative"), (Contribution, "initiative"), (Milestone, "initiative")):
            self._forget(model.objects.filter(**{f"{path}__in": initiatives}))
        self._forget(initiatives)
        kept = [
            *self._forget_unless_used(Commitment, (Alignment, "commitment_id")),
            *self._forget_unless_used(Aim, (Commitment, "aim_id")),
            *self._forget_unless_used(Pillar, (Initiative, "pillar_id"), (Contribution, "pillar_id")),
            *self._forget_people(),
        ]
        self.stdout.write(f"Removed {count} initiatives of the demonstration.")
        if kept:
            self.stdout.write(f"Kept, because your own work refers to them: {', '.join(map(str, kept))}.")

    def _forget_reminders(self, initiatives: QuerySet[Initiative]) -> None:
        """Delete what reminders say of the demonstration, and the reminders that spoke of nothing else."""
        lines = ReminderLine.objects.filter(initiative__in=initiatives)
        reminders = list(lines.values_list("reminder_id", flat=True).distinct())
        lines.delete()
        for start in range(0, len(reminders), 500):
            Reminder.objects.filter(pk__in=reminders[start : start + 500], lines=None).delete()

    def _forget_dependencies(self, initiatives: QuerySet[Initiative]) -> None:
        """Delete what waits for the demonstration, your own work's dependencies too, and those removed before."""
        of = Q(milestone__initiative__in=initiatives) | Q(needs__initiative__in=initiatives)
        Dependency.objects.filter(of).delete()
        Dependency.history.filter(of).delete()

    def _forget_what_happened(self, initiatives: QuerySet[Initiative]) -> None:
        """Delete rows that nothing else may delete: the demonstration never happened."""
        for model, path in (
            (LinkUse, "link__initiative"),
            (LinkWithdrawal, "link__initiative"),
            (PartnerLink, "initiative"),
            (Acknowledgement, "update__initiative"),
            (PreparedAnswer, "ask__initiative"),
            (Answer, "ask__initiative"),
            (Ask, "initiative"),
            (Update, "initiative"),
            (DateMove, "initiative"),
            (DoneDate, "milestone__initiative"),
            (Withdrawal, "milestone__initiative"),
            (StageChange, "initiative"),
            (Handover, "initiative"),
            (StandIn, "initiative"),
            (Note, "initiative"),
        ):
            ids = list(model.objects.filter(**{f"{path}__in": initiatives}).values_list("pk", flat=True))
            for start in range(0, len(ids), 10_000):  # SQLite takes so many at once
                rows = model.objects.filter(pk__in=ids[start : start + 10_000])
                rows._raw_delete(rows.db)
            self._forget_what_the_administration_noted(model, ids)

    def _forget(self, rows: QuerySet[Any]) -> None:
        ids = list(rows.values_list("pk", flat=True))
        for start in range(0, len(ids), 500):
            chunk = ids[start : start + 500]
            rows.model.objects.filter(pk__in=chunk).delete()
            rows.model.history.filter(id__in=chunk).delete()
        self._forget_what_the_administration_noted(rows.model, ids)

    def _forget_what_the_administration_noted(self, model: Any, ids: list[int]) -> None:
        gone = {str(id_) for id_ in ids}
        for note in LogEntry.objects.filter(content_type=ContentType.objects.get_for_model(model)):
            if note.object_id in gone:
                note.delete()

    def _forget_unless_used(self, model: Any, *referring: tuple[Any, str]) -> list[Any]:
        """Forget what nothing refers to, today or in the history of the `referring` models, and return the rest."""
        kept = []
        in_the_past = {id_ for other, path in referring for id_ in other.history.values_list(path, flat=True)}
        for row in model.objects.filter(is_demonstration=True):
            try:
                with transaction.atomic():
                    if row.pk in in_the_past:
                        raise ProtectedError("an earlier day needs it", {row})
                    self._forget(model.objects.filter(pk=row.pk))
            except ProtectedError:
                row.is_demonstration = False
                row.save()
                kept.append(row)
        return kept

    def _forget_people(self) -> list[User]:
        ids = set(User.objects.filter(is_demonstration=True).values_list("pk", flat=True))
        Session.objects.filter(person_id__in=ids).delete()
        ReminderPreference.objects.filter(person_id__in=ids).delete()  # with the key of their calendar
        Follow.objects.filter(person_id__in=ids).delete()
        PreparedAnswer.objects.filter(prepared_by_id__in=ids).delete()
        theirs = Delegation.objects.filter(Q(leader_id__in=ids) | Q(delegate_id__in=ids))
        theirs._raw_delete(theirs.db)
        kept = self._forget_unless_used(User)
        for person in kept:  # named by your own work, but nobody's account: its password is known to all
            person.is_active = False
            person.set_unusable_password()
            person.save()
            person.grants.all().delete()
            person.downloads.all().delete()  # which name the tokens
            person.tokens.all().delete()
            person.sign_ins.all().delete()
            Authenticator.objects.filter(user=person).delete()
            person.saved_views.all().delete()
        RoleGrant.history.filter(user_id__in=ids).delete()
        ReminderPreference.history.filter(person_id__in=ids).delete()
        return kept
