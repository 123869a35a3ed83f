"""Who may do what to which initiative, as predicates that read as English."""

from typing import Any

from accounts.models import Role
from initiatives.models import Initiative

SETS_UP = frozenset({Role.OFFICE, Role.ADMINISTRATOR})


def can_update(person: Any, initiative: Initiative) -> bool:
    """Owner, deputy and sponsor say how it goes; so may the strategy office. Somebody without a role may not."""
    if not person.roles:
        return False
    named = person.pk in (initiative.owner_id, initiative.deputy_id, initiative.sponsor_id)
    return named or bool(person.roles & SETS_UP)
