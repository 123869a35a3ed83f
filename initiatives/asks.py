"""What is asked of leaders, as at a day: who asked, for how long it waits, and whether the answer is late."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Q

from accounts.history import PersonAt, end_of
from accounts.models import Role, User
from initiatives.as_at import Portfolio
from initiatives.models import Answer, Ask, Delegation
from initiatives.status import AskStatus

_SUMMED_UP = ("id", "initiative_id", "recorded_by_id", "asked_of_id", "asked_on", "needed_by")


@dataclass(frozen=True)
class AskAt:
    """An ask as it stood at the end of a day; `answer` is the one that had been recorded by then."""

    ask: Any  # an Ask, or a row of its columns
    answer: Answer | None
    day: date
    people: Mapping[int, PersonAt] = field(repr=False)

    @property
    def status(self) -> AskStatus:
        return AskStatus(self.answer.outcome) if self.answer else AskStatus.OPEN

    @property
    def asked_by(self) -> PersonAt | None:
        return self.people.get(self.ask.recorded_by_id or 0)

    @property
    def asked_of(self) -> PersonAt | None:
        """Whom it is put to; None for leaders at large."""
        return self.people.get(self.ask.asked_of_id or 0)

    @property
    def answered_by(self) -> PersonAt | None:
        return self.people.get(self.answer.recorded_by_id or 0) if self.answer else None

    @property
    def _until(self) -> date:
        return self.answer.answered_on if self.answer else self.day

    @property
    def days_waited(self) -> int:
        """The days from asking to the answer, or to the day."""
        return (self._until - self.ask.asked_on).days

    @property
    def days_beyond(self) -> int | None:
        """The days by which the answer is, or was, later than it was needed; None when it is not."""
        needed_by = self.ask.needed_by
        return (self._until - needed_by).days if needed_by and self._until > needed_by else None


def asks_as_at(
    now: Portfolio, *which: Q, only_open: bool = False, answered_after: date | None = None, **of: Any
) -> list[AskAt]:
    """Return what had been asked by the end of the portfolio's day, in the order of recording, in one query.

    `only_open` leaves out what was answered, and all that a summary does not need, such as the question's words;
    `answered_after` leaves out what was answered by the end of that day; `which` and `of` narrow the rows.
    """
    end = end_of(now.day)
    rows = Ask.objects.recorded_before(end).filter(*which, **of)
    waiting = Q(answer=None) | Q(answer__recorded_at__gte=end)
    if only_open:
        found = rows.filter(waiting).values_list(*_SUMMED_UP, named=True)
        return [AskAt(ask, None, now.day, now.people) for ask in found]
    rows = rows.select_related("answer", "initiative")
    if answered_after:
        rows = rows.filter(waiting | Q(answer__recorded_at__gte=end_of(answered_after)))
    return [AskAt(ask, _answer(ask, end), now.day, now.people) for ask in rows]


def _answer(ask: Ask, end: Any) -> Answer | None:
    answer = getattr(ask, "answer", None)
    return answer if answer and answer.recorded_at < end else None


def most_pressing_first(asks: Collection[AskAt]) -> list[AskAt]:
    """Order asks by how far they are beyond the day by which they were needed, then by how long they have waited."""
    return sorted(asks, key=lambda found: (-(found.days_beyond or 0), -found.days_waited, found.ask.id))


def asks_of(person: User, now: Portfolio, lately: timedelta) -> list[AskAt]:
    """Return what the person had asked, and what was asked for the work that they own now: first the open ones, then
    those answered lately, the newest first.
    """
    owned = [i.id for i in now.initiatives if i.owner and i.owner.id == person.pk]
    theirs = Q(recorded_by=person) | Q(initiative_id__in=owned)
    found = asks_as_at(now, theirs, answered_after=now.day - lately)
    newest = sorted(found, key=lambda a: (a.ask.recorded_at, a.ask.pk), reverse=True)
    return sorted(newest, key=lambda a: a.answer is not None)


# --- Who prepares for whom ------------------------------------------------------------------------
def delegations(**of: Any) -> list[Delegation]:
    """Return who prepares answers for whom today: of each pair the row recorded last, while the leader is a leader."""
    last: dict[tuple[int, int], Delegation] = {}
    rows = Delegation.objects.filter(leader__grants__role=Role.LEADER, **of).select_related("leader", "delegate")
    for row in rows.order_by("recorded_at", "id"):
        last[row.leader_id, row.delegate_id] = row
    able = (row for row in last.values() if row.prepares and row.leader.is_active and row.delegate.is_active)
    return sorted(able, key=lambda row: (row.leader.name, row.delegate.name, row.pk))


def leaders_of(person: User) -> dict[int, User]:
    """Return the leaders for whom the person prepares, by id."""
    return {row.leader_id: row.leader for row in delegations(delegate=person)}


def may_be_delegates(leader: User) -> list[User]:
    """Return who can be named to prepare for a leader: anybody active who holds a role, but for the leader."""
    return list(User.objects.active().filter(grants__role__in=Role.values).exclude(pk=leader.pk).distinct())
