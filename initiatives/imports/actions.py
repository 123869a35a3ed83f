"""Every write of imports: bringing a file, saying how it is understood, applying it and undoing it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date

from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User
from accounts.record.deeds import a_deed, doing, piecewise
from accounts.record.models import Way
from accounts.record.triggers import standing_aside
from initiatives.imports import undoing
from initiatives.imports.applying import Writer
from initiatives.imports.files import read_file
from initiatives.imports.mapping import Mapping, for_table, from_json, guessed
from initiatives.imports.planner import plan
from initiatives.imports.planning import Plan, Question, Told
from initiatives.imports.tables import Table
from initiatives.models import Import, Initiative, NamedMapping, last_moment_of
from initiatives.status import ImportKind, ImportState
from pillars.first import make_first_pillars
from pillars.models import Pillar


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


class AppliedAlready(Exception):
    """Raised when a file was applied, or undone, before: it cannot be applied again, only brought again."""


class BuiltOn(Exception):
    """Raised when an import cannot be undone, because something stands on it; `reasons` say what."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__("; ".join(reasons))
        self.reasons = reasons


def bring(
    *,
    by: User | None,
    name: str,
    content: bytes,
    mapping: Mapping | None = None,
    as_of: date | None = None,
    kind: str = "",
    table: Table | None = None,
) -> Import:
    """Keep a file that somebody brings, with its mapping or what its headings suggest. Raises `Unreadable`.

    `table` is what it holds, where that was read already.
    """
    if table is None:
        table = read_file(content, name, mapping.file) if mapping else read_file(content, name)
    understood = for_table(mapping, table) if mapping else guessed(table, kind)
    return Import.objects.create(
        kind=understood.kind,
        name=name[-255:],
        sha256=hashlib.sha256(content).hexdigest(),
        content=content,
        mapping=understood.as_json(),
        as_of=as_of,
        brought_by=by,
    )


def understand(*, draft: Import, mapping: Mapping, as_of: date | None) -> Import:
    """Say how a file is to be understood. Raises `Unreadable` when it cannot be read in that way."""
    with transaction.atomic():
        held = _held_draft(draft)
        if mapping.file != from_json(held.mapping).file:
            read_file(bytes(held.content), held.name, mapping.file)
        held.mapping, held.kind, held.as_of = mapping.as_json(), mapping.kind, as_of
        held.save(update_fields=["mapping", "kind", "as_of"])
    return held


def table_of(brought: Import) -> Table:
    """Return a file's rows, read once more. Raises `Unreadable`."""
    return read_file(bytes(brought.content), brought.name, from_json(brought.mapping).file)


def plan_of(brought: Import, *, today: date, table: Table | None = None, told: Told | None = None) -> Plan:
    """Return what a file would do today. Nothing is written. Raises `Unreadable` or `BadMapping`."""
    table, mapping = table or table_of(brought), from_json(brought.mapping)
    return plan(table, mapping, name=brought.name, as_of=brought.as_of, today=today, told=told)


def applying(
    *, draft: Import, by: User | None, on: date, fingerprint: str | None = None, table: Table | None = None
) -> Iterator[tuple[str, int, int]]:
    """Do what a file says, all of it or nothing, yielding what is being done, how many rows are, and of how many.

    Nothing is kept until it has run to its end; closed before, it leaves nothing. Raises `StillAsked`,
    `AppliedAlready`, or `ChangedSince` where the plan is not the one of the fingerprint.
    """
    table = table or table_of(draft)
    yield "Checking", 0, len(table.rows)
    with transaction.atomic():
        _one_at_a_time()
        held = _held_draft(draft)
        if held.kind == ImportKind.INITIATIVES and not Pillar.objects.exists():
            make_first_pillars()
        found = plan(table, from_json(held.mapping), name=held.name, as_of=held.as_of, today=on)
        if found.questions:
            raise StillAsked(found.questions)
        if fingerprint is not None and fingerprint != found.fingerprint:
            raise ChangedSince(found)
        held.applied_at, held.applied_by_id, held.state = timezone.now(), _id(by), ImportState.APPLIED
        held.counts = {"rows": found.counts, "ratings": found.ratings}
        held.save(update_fields=["applied_at", "applied_by", "state", "counts"])
        at = last_moment_of(held.as_of) if held.as_of else held.applied_at
        told = a_deed(Way.IMPORT, by=by, reason=f"{held.reason}: {held.name}")
        yield from piecewise(told, Writer(found, held, by, at).write())
    yield "Written", len(table.rows), len(table.rows)


def apply(*, draft: Import, by: User | None, on: date, fingerprint: str | None = None) -> Import:
    """Do what a file says, all of it or nothing, and return the import as applied. Raises as `applying` does."""
    for _ in applying(draft=draft, by=by, on=on, fingerprint=fingerprint):
        pass
    return Import.objects.defer("content").get(pk=draft.pk)


def _id(person: User | None) -> int | None:
    return person.pk if person else None


def _one_at_a_time() -> None:
    """Let a second import wait, and owners' updates too (SQLite lets only one transaction write anyway)."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('imports'))")
        for _ in Initiative.objects.select_for_update().order_by("pk").values_list("pk").iterator(chunk_size=5000):
            pass


def _held_draft(draft: Import) -> Import:
    held = Import.objects.select_for_update().get(pk=draft.pk)
    if held.state != ImportState.DRAFT:
        raise AppliedAlready(f"import {draft.pk} was applied before")
    return held


def built_on(applied: Import) -> list[str]:
    """Return why an import cannot be undone, in words; nothing when it can."""
    return undoing.built_on(applied)


@transaction.atomic
def undo(*, applied: Import, by: User | None) -> Import:
    """Take away what an import wrote, while nothing has been built on it. Raises `BuiltOn`."""
    _one_at_a_time()
    held = Import.objects.defer("content").select_for_update().get(pk=applied.pk)
    if held.state != ImportState.APPLIED:
        raise BuiltOn(["it is not applied"])
    if reasons := undoing.built_on(held):
        raise BuiltOn(reasons)
    why = f"{held.reason} is undone: {held.name}"
    with doing(by=by, reason=why), standing_aside(why):
        stay = undoing.take_away(held)
    held.undone_at, held.undone_by_id, held.state = timezone.now(), _id(by), ImportState.UNDONE
    held.counts = held.counts | ({"people_who_stay": stay} if stay else {})
    held.save(update_fields=["undone_at", "undone_by", "state", "counts"])
    return held


@transaction.atomic
def discard(*, draft: Import) -> None:
    """Forget a file that was never applied."""
    _held_draft(draft).delete()


def keep_mapping(*, name: str, mapping: Mapping, by: User | None) -> NamedMapping:
    """Keep how a file is understood under a name, in the place of an earlier one of that name."""
    kept = {"mapping": mapping.as_json(), "saved_by": by, "saved_at": timezone.now()}
    return NamedMapping.objects.update_or_create(name=name, defaults=kept)[0]
