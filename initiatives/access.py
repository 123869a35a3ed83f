"""Who may do what to which initiative, as predicates that read as English."""

from collections.abc import Collection
from typing import Any

from django.utils import timezone

from accounts.models import Role
from initiatives.as_at import InitiativeAt
from initiatives.models import Ask, Initiative, StandIn

SETS_UP = frozenset({Role.OFFICE, Role.ADMINISTRATOR})


def may_set_up(person: Any) -> bool:
    """The strategy office and administrators set up, hand over and look after everybody's links."""
    return bool(person.roles & SETS_UP)


def can_update(person: Any, initiative: Initiative) -> bool:
    """Owner, deputy and sponsor say how it goes; so may the strategy office. Somebody without a role may not."""
    if not person.roles:
        return False
    return may_set_up(person) or person.pk in named_people(initiative)


def named_people(initiative: Initiative) -> frozenset[int]:
    """Return the ids of the owner, the sponsor, and the deputy or whoever stands in as deputy today."""
    return speakers(initiative) | frozenset(filter(None, [initiative.sponsor_id]))


def speakers(initiative: Initiative) -> frozenset[int]:
    """Return the ids of those whom an update is expected of: the owner, and the deputy or who stands in today."""
    stand_in = StandIn.objects.filter(initiative=initiative).covering(timezone.localdate()).last()
    deputy = stand_in.person_id if stand_in and stand_in.person_id else initiative.deputy_id
    return frozenset(filter(None, (initiative.owner_id, deputy)))


def can_set_stand_in(person: Any, initiative: Initiative) -> bool:
    """Owner and sponsor say who stands in while the deputy or they are away; so may the strategy office."""
    if not person.roles:
        return False
    return may_set_up(person) or person.pk in (initiative.owner_id, initiative.sponsor_id)


def can_acknowledge(person: Any, initiative: Initiative) -> bool:
    """Leaders, the sponsor and the strategy office tell an owner that they have read an update."""
    return (
        Role.LEADER in person.roles or may_set_up(person) or (bool(person.roles) and person.pk == initiative.sponsor_id)
    )


def can_answer(person: Any, ask: Ask) -> bool:
    """Leaders and the strategy office answer an ask; so does whoever it was put to."""
    if not person.roles:
        return False
    return Role.LEADER in person.roles or may_set_up(person) or person.pk == ask.asked_of_id


def can_prepare(person: Any, ask: Ask, leaders: Collection[int]) -> bool:
    """The strategy office and delegates prepare answers: `leaders` are the ids of those for whom the person does.

    What is put to leaders at large may be prepared by the delegate of any of them.
    """
    if not person.roles:
        return False
    return may_set_up(person) or (bool(leaders) and ask.asked_of_id in (None, *leaders))


def can_note(person: Any, initiative: InitiativeAt) -> bool:
    """Leaders and the strategy office note what a meeting said; so may its owner, deputy and sponsor of the day."""
    if Role.LEADER in person.roles or may_set_up(person):
        return True
    people = (initiative.owner, initiative.deputy, initiative.sponsor)
    return bool(person.roles) and any(named and named.id == person.pk for named in people)
