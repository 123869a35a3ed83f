"""How often something may be tried, counted in the database: every process of the portal sees the same count.

    CODES = Limit("codes", amount=5, seconds=300)
    wait = CODES.take(person.pk, at=timezone.now())  # 0: go on; else so many seconds to wait

Take before the deed and not after it: of many tries at once no more than `amount` get through. Outside a transaction
that may be undone, for an undone try has not been counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from math import ceil
from typing import Any

from django.db import connection
from django.db.models import F

from accounts.models import Tries

PURGED_EVERY = 100  # how many first tries go by until rows that no longer count are taken away

# One statement, so that two processes never count the same number. A clock that was set back ends no wait late.
COUNT = """
INSERT INTO accounts_tries (key, amount, until) VALUES (%(key)s, 1, %(until)s)
ON CONFLICT (key) DO UPDATE SET
    amount = CASE WHEN accounts_tries.until > %(at)s AND accounts_tries.until <= %(until)s
             THEN accounts_tries.amount + 1 ELSE 1 END,
    until = CASE WHEN accounts_tries.until > %(at)s AND accounts_tries.until <= %(until)s
            THEN accounts_tries.until ELSE %(until)s END
RETURNING amount, until
"""


@dataclass(frozen=True)
class Limit:
    """So many tries in so many seconds, counted from the first, for each key."""

    name: str
    amount: int
    seconds: int

    def take(self, key: object, *, at: datetime) -> int:
        """Count a try; return 0 when it may go on, else for how many seconds to wait."""
        digest = self._digest(key)
        words = {"key": digest, "at": _said(at), "until": _said(at + timedelta(seconds=self.seconds))}
        with connection.cursor() as cursor:
            cursor.execute(COUNT, words)
            amount, until = cursor.fetchone()
        if amount == 1 and int(digest[:8], 16) % PURGED_EVERY == 0:
            purge(at)
        return 0 if amount <= self.amount else max(1, ceil((_heard(until) - at).total_seconds()))

    def give_back(self, key: object) -> None:
        """Count one try less: it was a good one."""
        tries = Tries.objects.filter(key=self._digest(key))
        if not tries.filter(amount__lte=1).delete()[0]:
            tries.update(amount=F("amount") - 1)

    def clear(self, key: object) -> None:
        """Forget every try of the key."""
        Tries.objects.filter(key=self._digest(key)).delete()

    def _digest(self, key: object) -> str:
        return sha256(f"{self.name}\0{key}".encode(errors="replace")).hexdigest()


def purge(at: datetime) -> int:
    """Take away the rows that no longer count and return how many they were."""
    return Tries.objects.filter(until__lte=at).delete()[0]


def _said(moment: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(moment)


def _heard(moment: datetime | str) -> datetime:
    """Return a moment as it came from the database; SQLite gives it without its zone, UTC."""
    moment = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
