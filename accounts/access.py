"""The doors, who holds their keys, and the sign-in that reads them. Rights are written here and nowhere else."""

from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import Any, TypeVar

from django.contrib.auth.backends import ModelBackend
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from accounts.models import Role, User

View = TypeVar("View", bound=Callable[..., Any])


class Door(StrEnum):
    """What an address asks of the person who knocks."""

    EVERYONE = "everyone"  # signed out too
    SELF = "self"  # anyone signed in: their own account
    READ = "read"  # pages and exports of what is published
    UPDATE = "update"  # say how an initiative goes; `initiatives.access` then asks which
    TOKENS = "tokens"  # let a program take data sets in one's own name
    ADMINISTRATION = "administration"
    IMPORT = "import"  # bring spreadsheets in


KEYS: dict[Door, frozenset[str]] = {
    Door.READ: frozenset(Role.values),
    Door.UPDATE: frozenset(Role.values),
    Door.TOKENS: frozenset({Role.ANALYST, Role.OFFICE, Role.ADMINISTRATOR}),
    Door.ADMINISTRATION: frozenset({Role.OFFICE, Role.ADMINISTRATOR}),
    Door.IMPORT: frozenset({Role.OFFICE, Role.ADMINISTRATOR}),
}

# What the administration opens: model -> actions. History is added to, so nothing of it may be changed or deleted.
_SET_UP = {
    "pillars.pillar": {"view", "add", "change"},
    "pillars.aim": {"view", "add", "change"},
    "pillars.commitment": {"view", "add", "change"},
    "initiatives.initiative": {"view", "add", "change"},
    "initiatives.contribution": {"view", "add", "change", "delete"},
    "initiatives.alignment": {"view", "add", "change", "delete"},
    "initiatives.milestone": {"view", "add", "change"},
    "initiatives.stagechange": {"view", "add"},
    "initiatives.datemove": {"view", "add"},
    "initiatives.donedate": {"view", "add"},
    "initiatives.withdrawal": {"view", "add"},
    "initiatives.answer": {"view", "add"},
    "initiatives.reminder": {"view"},
    "initiatives.reminderline": {"view"},
    "accounts.user": {"view"},
}
_PEOPLE = {
    "accounts.user": {"view", "add", "change"},
    "accounts.rolegrant": {"view", "add", "change", "delete"},
}


def _words(table: dict[str, set[str]]) -> frozenset[str]:
    return frozenset(
        f"{model.split('.')[0]}.{action}_{model.split('.')[1]}"
        for model, actions in table.items()
        for action in actions
    )


PERMISSIONS: dict[str, frozenset[str]] = {
    Role.OFFICE: _words(_SET_UP),
    Role.ADMINISTRATOR: _words(_SET_UP) | _words(_PEOPLE),
}


def opens_to(door: Door) -> Callable[[View], View]:
    """Mark a view with the door that guards it; `ClosedUnlessOpenedMiddleware` refuses a view without one."""

    def mark(view: View) -> View:
        view.door = door  # type: ignore[attr-defined]
        return view

    return mark


def takes_tokens(view: View) -> View:
    """Mark a view that a token opens too; `accounts.bearer` reads it there, and nowhere else."""
    view.takes_tokens = True  # type: ignore[attr-defined]
    return view


def keeps_what_was_typed(again: Callable[..., Any]) -> Callable[[View], View]:
    """Mark a view whose form must not be lost when a session ends or its token grows old.

    `again(request, ...)` shows what was typed once more. What a signed-out person sends is held for them.
    """

    def mark(view: View) -> View:
        view.keeps_what_was_typed = again  # type: ignore[attr-defined]
        return view

    return mark


class SignedInRequest(HttpRequest):
    """A request that a door let through: somebody is signed in, and htmx has been looked at."""

    user: User
    htmx: HtmxDetails


def person(request: HttpRequest) -> User:
    """Return who is signed in, where a door has made sure that somebody is."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def may_pass(user: Any, door: Door) -> bool:
    """Say whether this person, signed in or not, holds the key to the door."""
    if door is Door.EVERYONE:
        return True
    if not user.is_authenticated:
        return False
    return door is Door.SELF or bool(user.roles & KEYS[door])


def holds_permission(roles: Iterable[str], permission: str) -> bool:
    """Say whether any of the roles carries one of the administration's permissions."""
    return any(permission in PERMISSIONS.get(role, ()) for role in roles)


def opens_app(roles: Iterable[str], app_label: str) -> bool:
    """Say whether any of the roles carries a permission of the app."""
    return any(word.startswith(f"{app_label}.") for role in roles for word in PERMISSIONS.get(role, ()))


class RoleBackend(ModelBackend):
    """Signs people in by password. What they may do comes from their roles, so nothing here grants anything."""

    def has_perm(self, user_obj: Any, perm: str, obj: object = None) -> bool:
        return isinstance(user_obj, User) and user_obj.has_perm(perm)

    def get_all_permissions(self, user_obj: Any, obj: object = None) -> set[str]:
        return {word for role in getattr(user_obj, "roles", ()) for word in PERMISSIONS.get(role, ())}
