"""What helps people to say and hear how it goes: drafts, links for partners, reminders, and what somebody follows."""

from __future__ import annotations

import secrets
from datetime import date

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from simple_history.models import HistoricalRecords

from accounts.words import Line, Text
from initiatives.models.history import Ask, Update
from initiatives.models.recorded import NARRATIVE, Recorded
from initiatives.models.work import Initiative
from initiatives.status import Outcome, Posting, Rung


class Draft(models.Model):
    """What a person has typed of an update and not sent. Theirs alone to see; gone once it is sent."""

    initiative = models.ForeignKey(Initiative, on_delete=models.CASCADE, related_name="drafts")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="drafts")
    said = models.TextField(help_text="The form's fields, written as a form sends them.")
    saved_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["initiative", "person"], name="draft_is_the_only_one")]

    def __str__(self) -> str:
        return f"{self.initiative.ref}: draft of {self.person}"


class Follow(models.Model):
    """Somebody wants to hear of an initiative. It ends by being deleted: whom it interests is no history."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="follows")
    initiative = models.ForeignKey(Initiative, on_delete=models.CASCADE, related_name="follows")
    since = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "initiative"], name="follow_is_the_only_one")]

    def __str__(self) -> str:
        return f"{self.person} follows {self.initiative.ref}"


class PreparedAnswer(models.Model):
    """What somebody wrote for leaders to say to an ask. Nothing is said until a leader says it."""

    ask = models.OneToOneField(Ask, on_delete=models.CASCADE, related_name="prepared")
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    words = Text(max_length=NARRATIVE)
    prepared_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    prepared_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(name="prepared_outcome_is_known", condition=Q(outcome__in=Outcome.values)),
            models.CheckConstraint(name="prepared_answer_has_words", condition=~Q(words="")),
        ]

    def __str__(self) -> str:
        return f"{self.ask}: prepared by {self.prepared_by}"


# --- A partner's link -----------------------------------------------------------------------------
class PartnerLink(Recorded):
    """The right to update one initiative once, by a signed address. Only a digest of its secret is kept."""

    initiative = models.ForeignKey(Initiative, on_delete=models.PROTECT, related_name="partner_links")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="partner_links")
    digest = models.CharField(max_length=64, unique=True, editable=False)
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.initiative.ref}: link for {self.person}"


class LinkUse(Recorded):
    """The one use of a partner's link. The database lets there be no second."""

    link = models.OneToOneField(PartnerLink, on_delete=models.PROTECT, related_name="use")
    update = models.OneToOneField(Update, on_delete=models.PROTECT, related_name="link_use")

    def __str__(self) -> str:
        return f"{self.link}, used"


class LinkWithdrawal(Recorded):
    """The taking back of a partner's link before it was used."""

    link = models.OneToOneField(PartnerLink, on_delete=models.PROTECT, related_name="withdrawal")
    reason = Text(max_length=2000)

    class Meta(Recorded.Meta):
        constraints = [models.CheckConstraint(name="link_withdrawal_has_a_reason", condition=~Q(reason=""))]

    def __str__(self) -> str:
        return f"{self.link}, withdrawn"


# --- Reminders ------------------------------------------------------------------------------------
def calendar_key() -> str:
    """Return a random key for the address of a person's calendar."""
    return secrets.token_urlsafe(16)


class ReminderPreference(models.Model):
    """How a person wants to be reminded. Without a row: five working days before, and no pause."""

    DAYS_BEFORE = 5

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="reminder_preference"
    )
    days_before = models.PositiveSmallIntegerField(
        default=DAYS_BEFORE, validators=[MinValueValidator(1), MaxValueValidator(15)]
    )
    paused_until = models.DateField(null=True, blank=True)
    pause_reason = Line(max_length=300, blank=True)
    calendar_key = models.CharField(max_length=40, default=calendar_key, editable=False)

    history = HistoricalRecords(excluded_fields=["calendar_key"])

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="reminder_comes_1_to_15_working_days_before", condition=Q(days_before__range=(1, 15))
            ),
            models.CheckConstraint(
                name="reminder_pause_has_a_reason", condition=Q(paused_until=None) | ~Q(pause_reason="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.days_before} working days before"

    def is_paused_on(self, day: date) -> bool:
        """Say whether no reminder may come on the day; the last day of a pause is part of it."""
        return self.paused_until is not None and day <= self.paused_until


class ReminderQuerySet(models.QuerySet["Reminder"]):
    def uncertain(self) -> ReminderQuerySet:
        """Keep those that may or may not have gone: taken in hand by a sender that never said what became of them."""
        return self.filter(posting=Posting.SENDING)


class Reminder(models.Model):
    """One e-mail to one person on one day. It is claimed before it is sent, so that nobody sends it twice."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="reminders")
    on = models.DateField()
    posting = models.CharField(max_length=10, choices=Posting.choices, default=Posting.WAITING)
    made_at = models.DateTimeField(default=timezone.now)
    claimed_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    trouble = models.CharField(max_length=300, blank=True)

    objects = ReminderQuerySet.as_manager()

    class Meta:
        ordering = ["-on", "person"]
        constraints = [
            models.UniqueConstraint(fields=["person", "on"], name="reminder_is_the_only_one_of_its_day"),
            models.CheckConstraint(name="reminder_posting_is_known", condition=Q(posting__in=Posting.values)),
        ]

    def __str__(self) -> str:
        return f"{self.person} on {self.on}: {self.posting}"


class ReminderLine(models.Model):
    """What a reminder speaks of: an update that is due, and which step of the ladder this is."""

    reminder = models.ForeignKey(Reminder, on_delete=models.CASCADE, related_name="lines")
    initiative = models.ForeignKey(Initiative, on_delete=models.PROTECT, related_name="reminder_lines")
    due_on = models.DateField()
    rung = models.CharField(max_length=10, choices=Rung.choices)

    class Meta:
        ordering = ["due_on", "initiative__ref"]
        constraints = [
            models.UniqueConstraint(fields=["reminder", "initiative"], name="reminder_names_an_initiative_once"),
            models.CheckConstraint(name="reminder_rung_is_known", condition=Q(rung__in=Rung.values)),
        ]

    def __str__(self) -> str:
        return f"{self.initiative.ref} due {self.due_on}: {self.rung}"
