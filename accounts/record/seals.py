"""The chain: each entry's sum holds what it says and the sum before, so that nothing can be changed unseen.

Entries are sealed when the request or command that wrote them is over, by one process at a time and not too many at
once, and the rest at night.
What may be forgotten of a person is in the chain as a digest alone.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, timedelta
from hashlib import sha256
from typing import Any

from django.db import DatabaseError, connections, transaction
from django.db.models import Exists, Max, OuterRef

from accounts.record.models import Entry, Kind, Seal

LATE = timedelta(hours=1)  # an entry can be sealed after a younger one, of a shorter transaction; not by more than this
RECENT = 1_000  # so many entries before the last sealed one are looked at after each request; at night, all
AT_ONCE = 5_000
FIRST = "0" * 64

log = logging.getLogger("portal.record")


Told = tuple[Any, ...]  # an entry's values, in the order of these
VALUES = (
    "pk", "at", "kind", "table", "row", "thing", "before", "after", "by", "way", "request", "reason", "personal",
)  # fmt: skip


def digest_of(personal: str) -> str:
    """Return the digest of what may be forgotten of an entry; it holds a salt, so that no name can be guessed."""
    return sha256(personal.encode()).hexdigest() if personal else ""


def hash_of(told: Told, digest: str, previous: str) -> str:
    """Return an entry's sum in the chain."""
    pk, at, *rest, _personal = told
    says = [previous, digest, pk, at.astimezone(UTC).isoformat(timespec="microseconds"), *rest]
    return sha256(json.dumps(says, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


# --- Sealing --------------------------------------------------------------------------------------
def seal(using: str = "default", *, everything: bool = True) -> int:
    """Seal what is not sealed yet and return how many entries that were; nothing while another process seals.

    Without `everything` it is those of late, and not more than 5,000 of them: somebody may be waiting.
    """
    with transaction.atomic(using=using):
        if not _is_the_only_one(using):
            return 0
        last = Seal.objects.using(using).order_by("-place").first()
        place, previous = (last.place, last.hash) if last else (0, FIRST)
        newest = Seal.objects.using(using).aggregate(newest=Max("entry"))["newest"] or 0
        waiting = unsealed(using).order_by("pk")
        if not everything:
            waiting = waiting.filter(pk__gt=newest - RECENT)
        if newest_moment := Entry.objects.using(using).filter(pk=newest).values_list("at", flat=True).first():
            waiting = waiting.filter(at__gte=newest_moment - LATE)  # what claims to be older was put there by hand
        count = after = 0
        while batch := list(waiting.filter(pk__gt=after).values_list(*VALUES)[:AT_ONCE]):
            seals = []
            for told in batch:
                place += 1
                digest = digest_of(told[-1])
                previous = hash_of(told, digest, previous)
                seals.append(Seal(place=place, entry=told[0], digest=digest, hash=previous))
            Seal.objects.using(using).bulk_create(seals)
            count, after = count + len(seals), batch[-1][0]
            if not everything:
                break  # nobody waits for more than these
        return count


def seal_quietly() -> None:
    """Seal what a request or command has written. It never stands in the way: what fails here is sealed at night."""
    try:
        seal(everything=False)
    except DatabaseError:
        log.warning("what was written is in the record and not sealed yet", exc_info=True)


def unsealed(using: str = "default") -> Any:
    """Return the entries without a seal."""
    return Entry.objects.using(using).filter(~Exists(Seal.objects.filter(entry=OuterRef("pk"))))


def head(using: str = "default") -> str:
    """Return the sum at the end of the chain: noted elsewhere, it proves that the end was not cut off."""
    return Seal.objects.using(using).order_by("-place").values_list("hash", flat=True).first() or FIRST


def _is_the_only_one(using: str) -> bool:
    connection = connections[using]
    if connection.vendor != "postgresql":
        return True  # SQLite lets only one transaction write
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext('record'))")
        return bool(cursor.fetchone()[0])


# --- Verifying ------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Verdict:
    """What was found: how many entries are sealed and wait for a seal, the end of the chain, and what is broken."""

    sealed: int
    waiting: int
    head: str
    broken: str = ""


def verify(noted: str = "", using: str = "default") -> Verdict:
    """Follow the chain from its first entry and name the first that is not as it was sealed.

    `noted` is an end of the chain that was noted elsewhere: it has to be in the chain still.
    """
    place, previous, newest, found = 0, FIRST, None, not noted or noted == FIRST
    forgotten = {
        row for row in Entry.objects.using(using).filter(kind=Kind.STOOD_ASIDE).values_list("table", "row") if any(row)
    }
    for seal_, told in _pairs(using):
        broken = _what_is_wrong(seal_, told, place + 1, previous, forgotten)
        if broken:
            return Verdict(place, 0, previous, broken)
        place, previous, newest = seal_[0], seal_[3], max(newest or told[1], told[1])
        found = found or previous == noted
    waiting = unsealed(using)
    if newest and (added := waiting.filter(at__lt=newest - LATE).order_by("pk").first()):
        return Verdict(place, 0, previous, f"entry {added.pk} was added by hand: it claims to be older than the chain")
    if not found:
        return Verdict(place, 0, previous, f"the chain does not hold {noted}: its end was cut off or written anew")
    return Verdict(place, waiting.count(), previous)


def _pairs(using: str) -> Iterator[tuple[Told, Any]]:
    """Yield each seal (place, entry, digest, hash) in the order of the chain with its entry, None where it is gone."""
    place = -1
    seals = Seal.objects.using(using).order_by("place").values_list("place", "entry", "digest", "hash")
    while batch := list(seals.filter(place__gt=place)[:AT_ONCE]):
        ids = [entry for _, entry, *_ in batch]
        # Nearly always one run of numbers: asking for the run is quicker than asking for each.
        entries = Entry.objects.using(using).filter(pk__range=(min(ids), max(ids))).values_list(*VALUES)
        by_id = {told[0]: told for told in entries.iterator(chunk_size=AT_ONCE)}
        yield from ((seal_, by_id.get(seal_[1])) for seal_ in batch)
        place = batch[-1][0]


def _what_is_wrong(seal_: Told, told: Any, place: int, previous: str, forgotten: set[tuple[str, str]]) -> str:
    found, entry, digest, says = seal_
    if found != place:
        return f"the entry at place {place} was removed: entry {entry} follows at place {found}"
    if told is None:
        return f"entry {entry} at place {place} was removed"
    table, row, personal = told[3], told[4], told[-1]
    was_kept = digest_of(personal) == digest if personal else not digest or (table, row) in forgotten
    if not was_kept or hash_of(told, digest, previous) != says:
        return f"entry {entry} at place {place} was changed, or is not where it was: {table} {row}"
    return ""
