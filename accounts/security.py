"""docs/security.md, made from the table of rights."""

from __future__ import annotations

from collections.abc import Iterable

from accounts.models import Role
from accounts.rights import TABLE, Deed, Door, Relation, Right

HEAD = """# Who may do what

Made by `manage.py security` from `accounts/rights.py`, which is also what the code asks at every request and what the
sweep of all addresses expects (`tests/test_house.py`). A test holds this page and the table together.

- **Closed by default.** A view that names no door is refused to everybody, and an address without its line in the sweep
  fails the tests.
- **What somebody may not see is not found (404); what they may see and not do is forbidden (403)**, with the reason in
  words. Whoever is signed out is led to the sign-in page and back.
- **A role that is taken away is gone at the next request**, on pages, in the administration and for tokens: rights are
  read from the database each time, and no session holds them.
- **Nobody changes their own roles**, and the last administrator can be neither made inactive nor lose that role.
- **A form takes the fields that it shows and no other.** What else is sent is ignored.
- A relation counts for people who hold a role: somebody without one reads and writes nothing. A partner without an
  account has a link that opens one form, once.
"""

LABELS = {
    Relation.OWNER: "Owner",
    Relation.DEPUTY: "Deputy, or who stands in",
    Relation.SPONSOR: "Sponsor",
    Relation.ASKED: "Whom it was put to",
    Relation.DELEGATE: "A leader's delegate",
    Relation.MAKER: "Who made it",
    Relation.LINK: "Holder of a link",
}
OPEN: dict[Door | Deed, str] = {Door.EVERYONE: "everybody, signed out too", Door.SELF: "everybody who is signed in"}


def as_markdown() -> str:
    """Return docs/security.md."""
    return "\n".join([HEAD, *_rights(), *_administration()]) + "\n"


def _rights() -> Iterable[str]:
    yield "## Rights\n"
    yield "By role, and by what a person is to the thing. ✓ may; where nothing stands, they may not.\n"
    yield _row("what", *(role.label for role in Role), *LABELS.values())
    yield _row(*["---"] * (1 + len(Role) + len(Relation)))
    for right in TABLE:
        what = f"{right.what} ({OPEN[right.to]})" if right.to in OPEN else right.what
        yield _row(what, *(_mark(right, role) for role in Role), *(_mark(right, relation) for relation in LABELS))


def _mark(right: Right, by: Role | Relation) -> str:
    return "✓" if by in right.roles or by in right.relations or (isinstance(by, Role) and right.to in OPEN) else ""


def _administration() -> Iterable[str]:
    yield "\n## The administration\n"
    yield "What each role may do with each kind of thing, and which fields it may write. Those in *italics* are written"
    yield "when a thing is made, and only read from then on.\n"
    yield _row("kind of thing", "who", "may", "fields that may be written")
    yield _row(*["---"] * 4)
    for right in TABLE:
        for opened in right.opens:
            who = ", ".join(role.label for role in Role if role in right.roles)
            fields = ", ".join(f"*{name}*" if name in opened.once else name for name in opened.fields)
            yield _row(f"`{opened.model}`", who, ", ".join(opened.actions.split()), fields or "none")


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"
