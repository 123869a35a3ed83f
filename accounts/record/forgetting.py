"""Forgetting a leaver in the record: what tells who they were goes, and the chain holds."""

from __future__ import annotations

from accounts.models import Role, User
from accounts.record import triggers
from accounts.record.models import Entry


def forget_in_the_record(person: User) -> None:
    """Take what told who a person was out of every entry, and record how they are called from now on.

    The chain has digests of what goes. It is for the inside of `standing_aside`.
    """
    entries = Entry.objects.filter(table=User._meta.db_table, row=f"{person.pk}")
    entries.exclude(personal="").update(personal="")
    triggers.record_again(person)


def role_of(person: User) -> str:
    """Return in words what somebody was here: the role that they hold, or else held."""
    held = set(person.grants.values_list("role", flat=True)) or set(
        person.grants.model.history.filter(user_id=person.pk).values_list("role", flat=True)
    )
    found = [str(role.label) for role in Role if role.value in held]
    return found[-1].lower() if found else "partner" if person.is_partner else "no role"
