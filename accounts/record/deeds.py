"""Who is at work, by which way, and why: told to the database just before it writes, and never when it only reads.

SQLite asks a function of ours; PostgreSQL is told by a setting, which within a transaction ends with it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from django.db.backends.base.base import BaseDatabaseWrapper

from accounts.record.declared import tables


@dataclass
class Deed:
    """What goes on. What is asked about may be asked only when something is written: `ask` then fills it in."""

    way: str = ""
    by: int | None = None
    request: str = ""
    reason: str = ""
    ask: Callable[[Deed], None] | None = None
    within: Deed | None = None
    wrote: bool = field(default=False, compare=False)

    def know(self) -> Deed:
        """Ask what is not known yet, and take from the deed around this one what this one does not say."""
        if self.ask is not None:
            ask, self.ask = self.ask, None
            ask(self)
        if self.within is not None:
            outer = self.within.know()
            self.way = self.way or outer.way
            self.by = outer.by if self.by is None else self.by
            self.request = self.request or outer.request
        return self

    def note_writing(self) -> None:
        """Remember that something of the record was written."""
        self.wrote = True
        if self.within is not None:
            self.within.note_writing()

    def told(self) -> dict[str, Any]:
        return {"by": self.by, "way": self.way, "request": self.request[:64], "reason": self.reason[:300]}


NOBODY = Deed()
_current: ContextVar[Deed] = ContextVar("deed", default=NOBODY)
_aside: ContextVar[bool] = ContextVar("aside", default=False)


def current() -> Deed:
    """Return what goes on."""
    return _current.get()


@contextmanager
def within(deed: Deed) -> Iterator[Deed]:
    """Let everything inside be part of a deed."""
    token = _current.set(deed)
    try:
        yield deed
    finally:
        _current.reset(token)


def a_deed(way: str = "", *, by: Any = None, reason: str = "") -> Deed:
    """Return a deed by a person and way for a reason; what is not said is as in the deed around it."""
    outer = _current.get()
    around = None if outer is NOBODY else outer
    return Deed(way, by.pk if by else None, "" if around else uuid4().hex, reason, within=around)


@contextmanager
def doing(way: str = "", *, by: Any = None, reason: str = "") -> Iterator[Deed]:
    """Let everything inside be such a deed; it is sealed afterwards unless another is around it."""
    deed = a_deed(way, by=by, reason=reason)
    with within(deed):
        yield deed
    if deed.within is None:
        finish(deed)


def finish(deed: Deed) -> None:
    """Seal what a deed has written."""
    from accounts.record.seals import seal_quietly

    if deed.wrote:
        deed.wrote = False
        seal_quietly()


def piecewise(deed: Deed, pieces: Iterable[Any]) -> Iterator[Any]:
    """Yield the pieces of an answer that is written while it goes, each as part of the deed."""
    pieces = iter(pieces)
    try:
        while True:
            with within(deed):
                try:
                    piece = next(pieces)
                except StopIteration:
                    break
            yield piece
    finally:
        with within(deed):
            if hasattr(pieces, "close"):
                pieces.close()
        if deed.within is None:
            finish(deed)


# --- Telling the database -------------------------------------------------------------------------
_WRITES = re.compile(
    r'\s*(?:INSERT\s+(?:OR\s+\w+\s+)?INTO|REPLACE\s+INTO|UPDATE|DELETE\s+FROM)\s+"?(\w+)', re.IGNORECASE
)
_READS = re.compile(
    r"[\s(]*(?:SELECT|SAVEPOINT|RELEASE|ROLLBACK|BEGIN|COMMIT|PRAGMA|EXPLAIN|SET|DECLARE|FETCH|CREATE|ALTER|DROP)\b",
    re.IGNORECASE,
)


def _tells(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """Tell the database who is at work before a statement that writes something of the record."""
    text = str(sql)
    writes = _WRITES.match(text)
    if (writes and writes[1] in tables()) or not (writes or _READS.match(text)):
        tell(context["connection"])
    return execute(sql, params, many, context)


def tell(connection: BaseDatabaseWrapper) -> None:
    """Tell the database who is at work. Whoever writes past Django's cursors has to."""
    deed = current()
    if deed is not NOBODY:
        deed.know()
        deed.note_writing()
    if connection.vendor == "postgresql":
        _set(connection, "portal.deed", "" if deed is NOBODY else json.dumps(deed.told()))


def _set(connection: BaseDatabaseWrapper, name: str, value: str) -> None:
    connection.validate_no_broken_transaction()
    connection.ensure_connection()
    # Past Django's own cursor: this is no query of the page, and nothing that wraps queries is to mistake it for one.
    with connection.wrap_database_errors, connection.connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, %s, %s)", [name, value, connection.in_atomic_block])


@contextmanager
def aside(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Let the guard of history stand aside inside a transaction; see `triggers.standing_aside`, which puts it down."""
    before = _aside.get()
    token = _aside.set(True)
    try:
        if connection.vendor == "postgresql":
            _set(connection, "portal.aside", "on")
        yield
        # What is rolled back takes the setting along.
        if connection.vendor == "postgresql" and not before and not connection.needs_rollback:
            _set(connection, "portal.aside", "")
    finally:
        _aside.reset(token)


def _asked(name: str) -> Any:
    """Answer what the triggers of SQLite ask."""
    if name == "aside":
        return int(_aside.get())
    return current().told()[name]


def connected(connection: BaseDatabaseWrapper, **_: Any) -> None:
    """Have a new connection tell the database who is at work."""
    if connection.vendor == "sqlite":
        connection.connection.create_function("portal_deed", 1, _asked)
        # Else REPLACE would take rows away without a trigger of theirs.
        connection.connection.execute("PRAGMA recursive_triggers = ON")
    if _tells not in connection.execute_wrappers:
        connection.execute_wrappers.insert(0, _tells)
