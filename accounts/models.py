"""People and the roles that they hold. Rights live in `accounts.rights`, not here."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.functional import cached_property
from simple_history.models import HistoricalRecords

from accounts.record.models import Entry, Seal
from accounts.words import Line

__all__ = [
    "AccessToken", "Entry", "Identity", "Role", "RoleGrant", "Seal", "Session", "SignIn", "TokenState", "Tries", "User",
    "Visit", "Way",
]  # fmt: skip


class Role(models.TextChoices):
    """What a person is to the portal. Owner, deputy and sponsor are not roles: an initiative names them."""

    LEADER = "leader", "Leader"
    CONTRIBUTOR = "contributor", "Contributor"
    ANALYST = "analyst", "Analyst"
    OFFICE = "office", "Strategy office"
    ADMINISTRATOR = "administrator", "Administrator"


class UserQuerySet(models.QuerySet["User"]):
    def active(self) -> UserQuerySet:
        """Keep the people who may sign in or be given work."""
        return self.filter(is_active=True)

    def administrators(self) -> UserQuerySet:
        """Keep the active people who manage the others."""
        return self.active().filter(grants__role=Role.ADMINISTRATOR)

    def able_to_act(self) -> UserQuerySet:
        """Keep the active people who can say how work goes: they hold a role, or a partner's link serves them."""
        return self.active().filter(models.Q(grants__isnull=False) | models.Q(is_partner=True)).distinct()


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    def create_user(self, username: str, password: str | None = None, **fields: Any) -> User:
        """Make a person; without a password they cannot sign in until they set one."""
        user = self.model(username=username, **fields)
        user.set_password(password)
        user.save()
        return user


class User(AbstractBaseUser):
    """A person who is named in the portal, whether or not they can sign in."""

    username = models.CharField(
        max_length=150,
        unique=True,
        validators=[UnicodeUsernameValidator()],
        help_text="Letters, digits and @ . + - _ only.",
    )
    name = Line("display name", max_length=150, help_text="How pages and data sets name this person.")
    email = models.EmailField(blank=True)
    job_title = Line(max_length=150, blank=True)
    directorate = Line(max_length=150, blank=True)
    is_partner = models.BooleanField(
        "works for a partner", default=False, help_text="Police, university, district, NHS or another body."
    )
    is_active = models.BooleanField("active", default=True, help_text="Untick when the person leaves.")
    is_demonstration = models.BooleanField(default=False, editable=False)
    date_joined = models.DateTimeField(default=timezone.now, editable=False)

    objects = UserManager()
    history = HistoricalRecords(excluded_fields=["password", "last_login", "date_joined"])

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name", "email"]

    class Meta:
        ordering = ["name", "id"]
        verbose_name = "person"
        verbose_name_plural = "people"
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="person_email_is_theirs_alone",
                condition=~models.Q(email=""),
                violation_error_message="Another person has this e-mail address.",
            ),
            models.CheckConstraint(name="person_has_a_name", condition=~models.Q(name="")),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        """Save, leaving no row of history behind when only the sign-in changed."""
        if update_fields is not None and set(update_fields) <= {"last_login", "password"}:
            self.skip_history_when_saving = True
            try:
                super().save(*args, update_fields=update_fields, **kwargs)
            finally:
                del self.skip_history_when_saving
        else:
            super().save(*args, update_fields=update_fields, **kwargs)

    @cached_property
    def roles(self) -> frozenset[str]:
        """The words of `Role` that this person holds, read once a request."""
        if not self.is_active:
            return frozenset()
        return frozenset(self.grants.values_list("role", flat=True))

    @property
    def is_staff(self) -> bool:
        """Whether Django's administration lets this person in."""
        from accounts.access import Door, may_pass

        return may_pass(self, Door.ADMINISTRATION)

    def has_perm(self, perm: str, obj: object = None) -> bool:
        """Answer Django's administration from the one table of rights."""
        from accounts.access import holds_permission

        return holds_permission(self.roles, perm)

    def has_module_perms(self, app_label: str) -> bool:
        """Say whether any of the app's models is open to this person."""
        from accounts.access import opens_app

        return opens_app(self.roles, app_label)


class RoleGrant(models.Model):
    """One role held by one person."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="grants")
    role = models.CharField(max_length=20, choices=Role.choices)

    history = HistoricalRecords()

    class Meta:
        verbose_name = "role"
        constraints = [
            models.UniqueConstraint(fields=["user", "role"], name="role_is_granted_once"),
            models.CheckConstraint(name="role_is_a_known_word", condition=models.Q(role__in=Role.values)),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()}"


class Visit(models.Model):
    """A person's present session of use, and when the one before began. Half an hour of quiet ends a session."""

    person = models.OneToOneField(User, on_delete=models.CASCADE, primary_key=True, related_name="visit")
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    previous_started_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.person} since {self.started_at}"


class TokenState(models.TextChoices):
    """Whether a token opens anything, or why it no longer does."""

    GOOD = "good", "Works"
    EXPIRED = "expired", "Expired"
    WITHDRAWN = "withdrawn", "Withdrawn"


class AccessToken(models.Model):
    """The right of a program to take data sets in a person's name. Only a digest of its secret is kept."""

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="tokens")
    name = Line(max_length=100)
    digest = models.CharField(max_length=64, unique=True)
    beginning = models.CharField(max_length=16)  # the secret's first characters, by which its owner knows it again
    datasets = models.JSONField(default=list)  # names; none stands for all of them, also those to come
    until = models.DateField()  # the last day on which it works
    made_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-made_at", "-id"]
        constraints = [models.CheckConstraint(name="token_has_a_name", condition=~models.Q(name=""))]

    def __str__(self) -> str:
        return self.name

    def state(self, today: date) -> TokenState:
        """Say how it stands on a day, its last one included."""
        if self.withdrawn_at:
            return TokenState.WITHDRAWN
        return TokenState.EXPIRED if today > self.until else TokenState.GOOD

    def covers(self, *datasets: str) -> bool:
        """Say whether it may take all of these data sets."""
        return not self.datasets or set(datasets) <= set(self.datasets)


class Identity(models.Model):
    """Who a person is to Microsoft Entra ID: the object in the organisation's directory, never an e-mail address."""

    person = models.OneToOneField(User, on_delete=models.CASCADE, related_name="identity")
    tenant_id = models.UUIDField("directory (tenant) ID", help_text="The organisation's directory.")
    object_id = models.UUIDField("object ID", help_text="The person's object ID in the directory, as Entra shows it.")

    history = HistoricalRecords()

    class Meta:
        verbose_name = "Microsoft Entra identity"
        verbose_name_plural = "Microsoft Entra identity"
        constraints = [models.UniqueConstraint(fields=["tenant_id", "object_id"], name="identity_is_one_person_s")]

    def __str__(self) -> str:
        return f"{self.person} in Microsoft Entra ID"


class Way(models.TextChoices):
    """By which way somebody signed in."""

    ENTRA = "entra", "Microsoft Entra ID"
    PASSWORD = "password", "Password"
    CODE = "code", "Password and a code"
    RECOVERY = "recovery", "Password and a recovery code"


class SignIn(models.Model):
    """Somebody signed in. `is_break_glass` when it was by a local account although the organisation's own is set up."""

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="sign_ins")
    at = models.DateTimeField()
    way = models.CharField(max_length=10, choices=Way.choices)
    is_break_glass = models.BooleanField(default=False)

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [models.CheckConstraint(name="sign_in_is_by_a_known_way", condition=models.Q(way__in=Way.values))]

    def __str__(self) -> str:
        return f"{self.person} by {self.get_way_display()}"


class Session(AbstractBaseSession):
    """What the portal remembers of a browser, whose it is, and when it was last used: `accounts.sessions` keeps it."""

    person = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="sessions")
    began_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    device = models.CharField(max_length=60, blank=True)

    @classmethod
    def get_session_store_class(cls) -> type[Any]:
        """Return the class that loads and saves these."""
        from accounts.sessions import SessionStore

        return SessionStore


class Tries(models.Model):
    """How often something was tried since the first try that still counts: `accounts.limits` keeps it."""

    key = models.CharField(max_length=64, primary_key=True)  # a digest: nobody's name or address is kept
    amount = models.PositiveIntegerField()
    until = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.amount} until {self.until}"
