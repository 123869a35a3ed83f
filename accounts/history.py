"""How things stood at the end of a day: reading the versions that django-simple-history keeps.

Lives here because every other app reads people's names as they were, and may import this one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from accounts.models import User

LONDON = ZoneInfo("Europe/London")


def end_of(day: date) -> datetime:
    """Return the moment at which the day is over in London; what was recorded before it counts for the day."""
    return datetime.combine(day + timedelta(days=1), time.min, tzinfo=LONDON)


def versions(model: Any, *fields: str, before: datetime | None = None, **only: Any) -> dict[int, list[Any]]:
    """Return each row's versions, oldest first, as named tuples of history_date, history_type, id and `fields`.

    One query, whatever the number of rows; `before` leaves out what was recorded from that moment on, `only` keeps the
    rows whose attributes are these.
    """
    rows = _model_of_versions(model)._default_manager.filter(**only).order_by("history_date", "history_id")
    if before is not None:
        rows = rows.filter(history_date__lt=before)
    found: dict[int, list[Any]] = {}
    for row in rows.values_list("history_date", "history_type", "id", *fields, named=True).iterator(chunk_size=5000):
        found.setdefault(row.id, []).append(row)
    return found


@cache
def _model_of_versions(model: Any) -> Any:
    return model.history.model  # remembered, for `history` makes a class anew whenever it is asked


def standing(rows: Sequence[Any], moment: datetime) -> Any | None:
    """Return the version that stood just before the moment; None when there was none or it had been removed."""
    for row in reversed(rows):
        if row.history_date < moment:
            return None if row.history_type == "-" else row
    return None


def named(rows: Sequence[Any], moment: datetime) -> Any:
    """Return the version to name a thing by: the one that stood, or else the earliest known."""
    return standing(rows, moment) or rows[0]


@dataclass(frozen=True, slots=True)
class PersonAt:
    """A person's names as they were at the end of a day."""

    id: int
    username: str
    name: str

    def __str__(self) -> str:
        return self.name


class PeopleHistory:
    """Everyone ever named, read in one query."""

    def __init__(self) -> None:
        self._versions = versions(User, "username", "name")

    def at(self, day: date) -> Mapping[int, PersonAt]:
        """Return everyone by id, under the name that they bore at the end of the day."""
        moment = end_of(day)
        rows = (named(rows, moment) for rows in self._versions.values())
        return {row.id: PersonAt(row.id, row.username, row.name) for row in rows}
