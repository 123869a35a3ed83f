"""How the table of rights is asked: of a door, of a deed, by Django's administration, and at sign-in."""

from collections.abc import Callable, Container, Iterable
from typing import Any, TypeVar

from django.contrib.auth.backends import ModelBackend
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from accounts.entra.configuration import is_on
from accounts.models import Identity, Role, User
from accounts.rights import RIGHTS, TABLE, Deed, Relation, permissions_of
from accounts.rights import Door as Door

View = TypeVar("View", bound=Callable[..., Any])


# The table as it is asked at each request. Doors that are not here open to whoever is signed in, or to everyone.
KEYS: dict[Door, frozenset[Role]] = {
    right.to: right.roles for right in TABLE if isinstance(right.to, Door) and right.roles
}
PERMISSIONS: dict[str, frozenset[str]] = {role: permissions_of(role) for role in Role if permissions_of(role)}


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


def leaves_no_visit(view: View) -> View:
    """Mark a view that a page asks by itself: reading it is no use of the portal by a person."""
    view.leaves_no_visit = True  # type: ignore[attr-defined]
    return view


def signs_in(view: View) -> View:
    """Mark a view that can end in somebody's session; docs/sign-in.md tells of each, and a test makes sure."""
    view.signs_in = True  # type: ignore[attr-defined]
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


def may(user: Any, deed: Deed, relations: Callable[[Relation], bool] | Container[Relation] = ()) -> bool:
    """Say whether this person may do a deed by a role of theirs, or by what they are to the thing it is done to.

    `relations` holds what they are to it, or is a question that is asked of each relation that the deed goes by, and
    only where the roles did not settle it: asking may take a query.
    """
    right = RIGHTS[deed]
    if right.behind is not None and not may_pass(user, right.behind):
        return False
    if getattr(user, "roles", frozenset()) & right.roles:
        return True
    is_theirs = relations if callable(relations) else relations.__contains__
    return any(is_theirs(relation) for relation in Relation if relation in right.relations)


def holds_permission(roles: Iterable[str], permission: str) -> bool:
    """Say whether any of the roles carries one of the administration's permissions."""
    return any(permission in PERMISSIONS.get(role, ()) for role in roles)


def opens_app(roles: Iterable[str], app_label: str) -> bool:
    """Say whether any of the roles carries a permission of the app."""
    return any(word.startswith(f"{app_label}.") for role in roles for word in PERMISSIONS.get(role, ()))


class RoleBackend(ModelBackend):
    """Signs people in by password. What they may do comes from their roles, so nothing here grants anything."""

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> User | None:  # type: ignore[override]
        """Return whose password this is, unless the organisation's directory is who says that they may come in."""
        person = super().authenticate(request, **credentials)
        if isinstance(person, User) and is_on() and Identity.objects.filter(person=person).exists():
            return None
        return person if isinstance(person, User) else None

    def has_perm(self, user_obj: Any, perm: str, obj: object = None) -> bool:
        return isinstance(user_obj, User) and user_obj.has_perm(perm)

    def get_all_permissions(self, user_obj: Any, obj: object = None) -> set[str]:
        return {word for role in getattr(user_obj, "roles", ()) for word in PERMISSIONS.get(role, ())}
