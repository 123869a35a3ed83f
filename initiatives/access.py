"""Who is what to which initiative or ask, and so what they may do: `accounts.rights` says by which relation."""

from collections.abc import Callable, Collection
from typing import Any

from django.utils import timezone

from accounts.access import may
from accounts.rights import Deed, Relation
from initiatives.as_at import InitiativeAt
from initiatives.models import Ask, Initiative, StandIn


# --- Who is what ----------------------------------------------------------------------------------
def deputy_of(initiative: Initiative) -> int | None:
    """Return the id of the deputy, or of whoever stands in as deputy today."""
    stand_in = StandIn.objects.filter(initiative=initiative).covering(timezone.localdate()).last()
    return stand_in.person_id if stand_in and stand_in.person_id else initiative.deputy_id


WHO: dict[Relation, Callable[[Initiative], int | None]] = {
    Relation.OWNER: lambda initiative: initiative.owner_id,
    Relation.DEPUTY: deputy_of,
    Relation.SPONSOR: lambda initiative: initiative.sponsor_id,
}
WHO_THEN: dict[Relation, Callable[[InitiativeAt], Any]] = {
    Relation.OWNER: lambda initiative: initiative.owner,
    Relation.DEPUTY: lambda initiative: initiative.deputy,
    Relation.SPONSOR: lambda initiative: initiative.sponsor,
}


def speakers(initiative: Initiative) -> frozenset[int]:
    """Return the ids of those whom an update is expected of: the owner, and the deputy or who stands in today."""
    return frozenset(filter(None, (initiative.owner_id, deputy_of(initiative))))


def named_people(initiative: Initiative) -> frozenset[int]:
    """Return the ids of the owner, the sponsor, and the deputy or whoever stands in as deputy today."""
    return frozenset(filter(None, (who(initiative) for who in WHO.values())))


# --- What they may do -----------------------------------------------------------------------------
def may_set_up(person: Any) -> bool:
    """Say whether the person sets up the strategy and looks after everybody's work."""
    return may(person, Deed.SET_UP)


def can_hand_over(person: Any) -> bool:
    """Say whether the person changes the people of initiatives."""
    return may(person, Deed.HAND_OVER)


def can_update(person: Any, initiative: Initiative) -> bool:
    """Say whether the person says how an initiative goes."""
    return may(person, Deed.SAY, lambda relation: WHO[relation](initiative) == person.pk)


def can_set_stand_in(person: Any, initiative: Initiative) -> bool:
    """Say whether the person says who stands in while an initiative's deputy is away."""
    return may(person, Deed.COVER, lambda relation: WHO[relation](initiative) == person.pk)


def can_acknowledge(person: Any, initiative: Initiative) -> bool:
    """Say whether the person tells an owner that they have read an update."""
    return may(person, Deed.ACKNOWLEDGE, lambda relation: WHO[relation](initiative) == person.pk)


def can_note(person: Any, initiative: InitiativeAt) -> bool:
    """Say whether the person writes down what a meeting said of an initiative, as its people stood on the day."""

    def is_theirs(relation: Relation) -> bool:
        named = WHO_THEN[relation](initiative)
        return bool(named) and named.id == person.pk

    return may(person, Deed.NOTE, is_theirs)


def can_answer(person: Any, ask: Ask) -> bool:
    """Say whether the person answers an ask."""
    return may(person, Deed.ANSWER, {Relation.ASKED} if ask.asked_of_id == person.pk else ())


def can_prepare(person: Any, ask: Ask, leaders: Collection[int]) -> bool:
    """Say whether the person prepares answers to an ask: `leaders` are the ids of those for whom they do.

    What is put to leaders at large may be prepared by the delegate of any of them.
    """
    prepares = bool(leaders) and ask.asked_of_id in (None, *leaders)
    return may(person, Deed.PREPARE, {Relation.DELEGATE} if prepares else ())
