"""The one table of rights: what can be done here, and by whom.

The code asks it (`accounts.access` for doors and the administration, `initiatives.access` for what concerns one thing),
the sweep in `tests/house` expects what it says, and `manage.py security` makes docs/security.md of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from accounts.models import Role


class Door(StrEnum):
    """What an address asks of the person who knocks."""

    EVERYONE = "everyone"  # signed out too
    SELF = "self"  # anyone signed in: their own account
    READ = "read"  # pages and exports of what is published
    UPDATE = "update"  # say how an initiative goes; `Deed.SAY` then asks which
    TOKENS = "tokens"  # let a program take data sets in one's own name
    ADMINISTRATION = "administration"
    IMPORT = "import"  # bring spreadsheets in


class Deed(StrEnum):
    """What is asked once a door is passed."""

    SAY = "say"
    SAY_ONCE = "say once"
    NOTE = "note"
    ACKNOWLEDGE = "acknowledge"
    COVER = "cover"
    HAND_OVER = "hand over"
    ANSWER = "answer"
    PREPARE = "prepare"
    NAME_DELEGATES = "name delegates"
    CHANGE_VIEW = "change view"
    SET_UP = "set up"
    LOOK_UP_PEOPLE = "look up people"
    MANAGE_PEOPLE = "manage people"


class Relation(StrEnum):
    """What a person is to one thing. The app that holds the thing says who that is: `initiatives.access` and others."""

    OWNER = "owner"
    DEPUTY = "deputy"  # the deputy, or whoever stands in today
    SPONSOR = "sponsor"
    ASKED = "asked"  # whom an ask was put to
    DELEGATE = "delegate"  # of the leader whom an ask was put to, or of any where it was put to leaders at large
    MAKER = "maker"  # of a saved view
    LINK = "link"  # holds a partner's link that is open


@dataclass(frozen=True)
class Opened:
    """A model that the administration opens: which actions, and which fields may be written.

    Those of `once` are written when the thing is made and read afterwards. What else a form sends is ignored.
    """

    model: str
    actions: str
    fields: tuple[str, ...] = ()
    once: tuple[str, ...] = ()

    def words(self) -> frozenset[str]:
        """Return its permissions as Django's administration asks for them: `pillars.change_aim`."""
        app, model = self.model.split(".")
        return frozenset(f"{app}.{action}_{model}" for action in self.actions.split())


@dataclass(frozen=True)
class Right:
    """One row: what can be done, by whom. Whoever holds one of the roles may, and whoever is one of the relations.

    `behind` is the door that stands before it: a relation alone, without a role that passes the door, opens nothing.
    """

    to: Door | Deed
    what: str
    roles: frozenset[Role] = frozenset()
    relations: frozenset[Relation] = frozenset()
    behind: Door | None = None
    opens: tuple[Opened, ...] = ()


ANY_ROLE = frozenset(Role)
LEADER = frozenset({Role.LEADER})
SETS_UP = frozenset({Role.OFFICE, Role.ADMINISTRATOR})
ADMINISTRATOR = frozenset({Role.ADMINISTRATOR})
NAMED = frozenset({Relation.OWNER, Relation.DEPUTY, Relation.SPONSOR})

# History is added to, so nothing of it may be changed or deleted.
_SET_UP = (
    Opened("pillars.pillar", "view add change", ("slug", "name", "statement", "order", "shape", "colour"), ("slug",)),
    Opened("pillars.aim", "view add change", ("code", "name"), ("code",)),
    Opened("pillars.commitment", "view add change", ("code", "name", "summary", "aim"), ("code",)),
    Opened(
        "initiatives.initiative",
        "view add change",
        (
            "ref", "title", "summary", "pillar", "focus", "owner", "deputy", "sponsor", "directorate", "partners",
            "sources", "external_ref", "cadence", "weight", "starts_on", "promised_end_on",
        ),
        ("ref", "owner", "deputy", "sponsor"),
    ),
    Opened("initiatives.contribution", "view add change delete", ("pillar",)),
    Opened("initiatives.alignment", "view add change delete", ("commitment", "strength", "how")),
    Opened("initiatives.milestone", "view add change", ("title", "weight", "first_due_on"), ("first_due_on",)),
    Opened("initiatives.stagechange", "view add", ("stage", "changed_on", "reason")),
    Opened("initiatives.datemove", "view add", ("initiative", "milestone", "to_on", "reason")),
    Opened("initiatives.donedate", "view add", ("milestone", "done_on", "reason")),
    Opened("initiatives.withdrawal", "view add", ("milestone", "withdrawn_on", "reason")),
    Opened("initiatives.answer", "view add", ("ask", "outcome", "words", "answered_on")),
    Opened("initiatives.reminder", "view"),
    Opened("initiatives.reminderline", "view"),
)  # fmt: skip
_PEOPLE = (
    Opened(
        "accounts.user",
        "view add change",
        ("username", "name", "email", "job_title", "directorate", "is_partner", "is_active"),
    ),
    Opened("accounts.rolegrant", "view add change delete", ("role",)),
    Opened("strategy_portal.policyreport", "view"),
)

TABLE = (
    # What an address asks
    Right(Door.EVERYONE, "Sign in and out, and set a new password"),
    Right(Door.SELF, "See one's own account"),
    Right(Door.READ, "Read what is published, take it away as data, keep views of it, follow initiatives", ANY_ROLE),
    Right(Door.UPDATE, "See what one owes, and choose one's reminders and calendar", ANY_ROLE),
    Right(
        Door.TOKENS,
        "Make tokens, by which a program takes data sets in one's name",
        SETS_UP | {Role.ANALYST},
    ),
    Right(
        Door.ADMINISTRATION,
        "Open the administration, the links of partners, work without people, and the list of downloads",
        SETS_UP,
    ),
    Right(Door.IMPORT, "Bring spreadsheets in, and undo that", SETS_UP),
    # What concerns one thing
    Right(
        Deed.SAY,
        "Say how an initiative goes, correct that, keep a draft of it, and say what it depends on",
        SETS_UP,
        NAMED,
        behind=Door.UPDATE,
    ),
    Right(
        Deed.SAY_ONCE,
        "Say how one initiative goes, once, without an account",
        relations=frozenset({Relation.LINK}),
        behind=Door.EVERYONE,
    ),
    Right(Deed.NOTE, "Write down what a meeting said of an initiative", SETS_UP | LEADER, NAMED, behind=Door.READ),
    Right(
        Deed.ACKNOWLEDGE,
        "Tell an owner that one has read an update",
        SETS_UP | LEADER,
        frozenset({Relation.SPONSOR}),
        behind=Door.READ,
    ),
    Right(
        Deed.COVER,
        "Say who stands in for a deputy",
        SETS_UP,
        frozenset({Relation.OWNER, Relation.SPONSOR}),
        behind=Door.UPDATE,
    ),
    Right(Deed.HAND_OVER, "Change an initiative's owner, deputy or sponsor", SETS_UP, behind=Door.UPDATE),
    Right(Deed.ANSWER, "Answer or decline an ask", SETS_UP | LEADER, frozenset({Relation.ASKED}), behind=Door.READ),
    Right(Deed.PREPARE, "Prepare an answer to an ask", SETS_UP, frozenset({Relation.DELEGATE}), behind=Door.READ),
    Right(Deed.NAME_DELEGATES, "Name who prepares one's answers", LEADER, behind=Door.READ),
    Right(
        Deed.CHANGE_VIEW,
        "Change, share and delete a saved view",
        relations=frozenset({Relation.MAKER}),
        behind=Door.READ,
    ),
    # What the administration opens
    Right(
        Deed.SET_UP,
        "Set up pillars, aims, commitments and initiatives, and add to their history",
        SETS_UP,
        behind=Door.ADMINISTRATION,
        opens=_SET_UP,
    ),
    Right(
        Deed.LOOK_UP_PEOPLE,
        "Look up people and their addresses",
        SETS_UP,
        behind=Door.ADMINISTRATION,
        opens=(Opened("accounts.user", "view"),),
    ),
    Right(
        Deed.MANAGE_PEOPLE,
        "Add people, change them, make them inactive, give and take roles, and see what browsers refused to load",
        ADMINISTRATOR,
        behind=Door.ADMINISTRATION,
        opens=_PEOPLE,
    ),
)

RIGHTS: dict[Door | Deed, Right] = {right.to: right for right in TABLE}


def permissions_of(role: str) -> frozenset[str]:
    """Return the administration's permissions that a role carries."""
    return frozenset().union(*(opened.words() for right in TABLE if role in right.roles for opened in right.opens))


def writable(model: str) -> tuple[str, ...]:
    """Return the fields of a model that the administration takes from those who may write it, in their order."""
    return next(opened.fields for opened in _opened(model) if opened.fields)


def written_once(model: str) -> tuple[str, ...]:
    """Return the fields of a model that are written when a thing is made, and read from then on."""
    return next(opened.once for opened in _opened(model) if opened.fields)


def _opened(model: str) -> list[Opened]:
    return [opened for right in TABLE for opened in right.opens if opened.model == model]
