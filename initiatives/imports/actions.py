"""Every write of imports: bringing a file, saying how it is understood, applying it and undoing it."""

from __future__ import annotations

from datetime import date

from accounts.models import User
from initiatives.imports.mapping import Mapping
from initiatives.imports.planning import Plan, Question, Told
from initiatives.imports.tables import Table
from initiatives.models import Import, NamedMapping


class ChangedSince(Exception):
    """Raised when what would happen is no longer what was looked at; `plan` is what would happen now."""

    def __init__(self, plan: Plan) -> None:
        super().__init__("the portal has changed since this was looked at")
        self.plan = plan


class StillAsked(Exception):
    """Raised when something has to be answered before the file can be applied."""

    def __init__(self, questions: list[Question]) -> None:
        super().__init__("; ".join(question.words for question in questions))
        self.questions = questions


class BuiltOn(Exception):
    """Raised when an import cannot be undone, because something stands on it; `reasons` say what."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__("; ".join(reasons))
        self.reasons = reasons


def bring(*, by: User | None, name: str, content: bytes, mapping: Mapping | None = None) -> Import:
    """Keep a file that somebody brings, with what its headings suggest. Raises `Unreadable`."""
    raise NotImplementedError


def understand(*, draft: Import, mapping: Mapping, as_of: date | None) -> Import:
    """Say how a file is to be understood. Raises `Unreadable` when it cannot be read in that way."""
    raise NotImplementedError


def table_of(brought: Import) -> Table:
    """Return a file's rows, read once more. Raises `Unreadable`."""
    raise NotImplementedError


def plan_of(brought: Import, *, today: date, told: Told | None = None) -> Plan:
    """Return what a file would do today. Nothing is written."""
    raise NotImplementedError


def apply(
    *, draft: Import, by: User | None, on: date, fingerprint: str | None = None, told: Told | None = None
) -> Plan:
    """Do what a file says, all of it or nothing. Raises `StillAsked`, or `ChangedSince` for another fingerprint."""
    raise NotImplementedError


def built_on(applied: Import) -> list[str]:
    """Return why an import cannot be undone, in words; nothing when it can."""
    raise NotImplementedError


def undo(*, applied: Import, by: User | None, on: date) -> Import:
    """Take away what an import wrote, while nothing has been built on it. Raises `BuiltOn`."""
    raise NotImplementedError


def discard(*, draft: Import) -> None:
    """Forget a file that was never applied."""
    raise NotImplementedError


def keep_mapping(*, name: str, mapping: Mapping, by: User) -> NamedMapping:
    """Keep how a file is understood under a name, in the place of an earlier one of that name."""
    raise NotImplementedError
