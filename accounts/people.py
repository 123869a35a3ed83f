"""Who is left to manage the others: without an administrator nobody could."""

from __future__ import annotations

from accounts.models import User


def is_last_administrator(person: User) -> bool:
    """Say whether the person, as the database has them, is the only active administrator; inside a transaction.

    Until that ends nobody else is told so or not, so of two who take each other's role at once one is left.
    """
    list(User.objects.administrators().order_by("pk").select_for_update(of=("self",)))
    return list(User.objects.administrators()) == [person]  # asked again: who came first may have changed that
