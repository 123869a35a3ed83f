"""Everybody who knocks, and what they may do: all of it read from the table of rights."""

from dataclasses import dataclass, field

from accounts.models import Role
from accounts.rights import RIGHTS, Door, Relation, permissions_of

OWN = ""  # the thing that a line names as it stands: DS-001, Olga's
LIKE_OWN = (OWN, "proposed", "stopped", "complete")  # others of Olga, Dina and Sam
COVERED = "covered"  # Olga's too, and Stella stands in for Dina
ANOTHERS = "another's"
PARTNERS = "a partner's"  # owned by Polly, who has no account's role
PUT_TO_ONE, PUT_TO_A_LEADER = "put to one", "put to a leader"
NOT_FOUND = "not found"


@dataclass(frozen=True)
class Kind:
    """Somebody: the roles that they hold, and what they are to a thing in each of its states."""

    roles: frozenset = frozenset()
    is_to: dict = field(default_factory=dict)
    is_outside: bool = False


def _to(relation, *states):
    return {state: {relation} for state in states}


CONTRIBUTOR = frozenset({Role.CONTRIBUTOR})
KINDS = {
    "owner": Kind(CONTRIBUTOR, _to(Relation.OWNER, *LIKE_OWN, COVERED) | {OWN: {Relation.OWNER, Relation.MAKER}}),
    "owner of something else": Kind(CONTRIBUTOR, {ANOTHERS: {Relation.OWNER, Relation.MAKER}}),
    "deputy": Kind(CONTRIBUTOR, _to(Relation.DEPUTY, *LIKE_OWN)),
    "stand-in": Kind(CONTRIBUTOR, _to(Relation.DEPUTY, COVERED)),
    "sponsor": Kind(CONTRIBUTOR, _to(Relation.SPONSOR, *LIKE_OWN, COVERED)),
    "delegate": Kind(CONTRIBUTOR, _to(Relation.DELEGATE, OWN, PUT_TO_A_LEADER)),  # Lea's
    "asked": Kind(CONTRIBUTOR, _to(Relation.ASKED, PUT_TO_ONE)),
    "leader": Kind(frozenset({Role.LEADER})),
    "analyst": Kind(frozenset({Role.ANALYST})),
    "office": Kind(frozenset({Role.OFFICE})),
    "administrator": Kind(frozenset({Role.ADMINISTRATOR})),
    "no role": Kind(),
    "partner": Kind(is_to=_to(Relation.OWNER, PARTNERS)),
    "role taken": Kind(),  # the office's, a moment ago and in the same session
    "deactivated": Kind(is_outside=True),  # an administrator, until then
    "signed out": Kind(is_outside=True),
}


def holders(door):
    """Return whom the table of rights lets through a door."""
    if door == Door.EVERYONE:
        return frozenset(KINDS)
    inside = {who for who, kind in KINDS.items() if not kind.is_outside}
    return frozenset(who for who in inside if door == Door.SELF or KINDS[who].roles & RIGHTS[door].roles)


def may(who, deed, state=OWN):
    """Say whether the table of rights lets somebody do a deed to a thing in a state."""
    kind, right = KINDS[who], RIGHTS[deed]
    is_to = kind.is_to.get(state, set())
    return who in holders(right.behind) and bool(kind.roles & right.roles or is_to & right.relations)


def opens(model, action):
    """Return whom the table of rights lets do something to a model in the administration."""
    app, name = model.split(".")
    word = f"{app}.{action}_{name}"
    return frozenset(who for who in KINDS if any(word in permissions_of(role) for role in KINDS[who].roles))


NOBODY = frozenset()
EVERYBODY = holders(Door.EVERYONE)
SIGNED_IN = holders(Door.SELF)
OUTSIDE = EVERYBODY - SIGNED_IN
READERS = holders(Door.READ)
OFFICE = holders(Door.ADMINISTRATION)
IMPORTERS = holders(Door.IMPORT)
TOKEN_MAKERS = holders(Door.TOKENS)
