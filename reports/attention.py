"""What needs a leader now: initiatives grouped by the reason, each with its own in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from initiatives.as_at import InitiativeAt, Portfolio
from initiatives.asks import AskAt
from initiatives.progress import whole
from initiatives.status import Attention, Stage, Status
from reports.metrics import counted

CASES = 10  # of a reason on one page


@dataclass(frozen=True)
class AttentionItem:
    """An initiative that needs a leader, and why, in words."""

    initiative: InitiativeAt
    why: str
    explanation: str = ""  # where the owner says better than the dates: why


@dataclass(frozen=True)
class Said:
    """What the figures do not hold and the reasons need, by initiative."""

    explanations: Mapping[int, str] = field(default_factory=dict)  # why an owner says better than the dates
    red_since: Mapping[int, date] = field(default_factory=dict)
    asks: Mapping[int, Sequence[AskAt]] = field(default_factory=dict)  # those that wait, the most pressing first


@dataclass(frozen=True)
class Reason:
    """A reason for attention: its words, the list's question for the same initiatives, and how a case says it."""

    key: str
    title: str
    short: str
    query: str
    holds: Callable[[InitiativeAt], bool]
    why: Callable[[InitiativeAt, Said], str]
    pressing: Callable[[InitiativeAt, Said], Any]  # the more, the sooner it comes


@dataclass(frozen=True)
class AttentionGroup:
    """What needs a leader for one reason, the most pressing case first."""

    reason: Reason
    initiatives: tuple[InitiativeAt, ...]
    said: Said

    @property
    def key(self) -> str:
        return self.reason.key

    @property
    def count(self) -> int:
        return len(self.initiatives)

    @cached_property
    def items(self) -> list[AttentionItem]:
        """The first cases. A page that says `count` leads to the others."""
        why, explained = self.reason.why, self.said.explanations
        return [AttentionItem(i, why(i, self.said), explained.get(i.id, "")) for i in self.initiatives[:CASES]]


def needing_attention(portfolio: Portfolio, said: Said = Said()) -> list[AttentionGroup]:
    """Group what needs a leader by the reason, the most pressing reason and case first.

    Work in progress alone, but for asks: leaders owe an answer at any stage.
    """
    live = [i for i in portfolio.initiatives if i.stage == Stage.IN_PROGRESS]
    groups = []
    for reason in REASONS:
        among: Sequence[InitiativeAt] = portfolio.initiatives if reason.key == "ask" else live
        found = [i for i in among if reason.holds(i)]
        if found:
            found.sort(key=lambda i: reason.pressing(i, said), reverse=True)
            groups.append(AttentionGroup(reason, tuple(found), said))
    return groups


def _asks(i: InitiativeAt, said: Said) -> str:
    asks = said.asks.get(i.id)
    if not asks:
        return f"{counted(i.asks_open, 'ask')} open"
    by = f" by {asks[0].asked_by.name}" if asks[0].asked_by else ""
    words = f"asked{by} {counted(asks[0].days_waited, 'day')} ago"
    if asks[0].days_beyond:
        words += f", {counted(asks[0].days_beyond, 'day')} beyond the day it was needed by"
    return f"{words}, and {len(asks) - 1} more" if len(asks) > 1 else words


def _waiting(i: InitiativeAt, said: Said) -> tuple[int, int]:
    asks = said.asks.get(i.id)
    return (asks[0].days_beyond or 0, asks[0].days_waited) if asks else (0, 0)


def _days_red(i: InitiativeAt, said: Said) -> int:
    since = said.red_since.get(i.id, i.rag_said_on)
    return (i.day - since).days if since else 0


def _red(i: InitiativeAt, said: Said) -> str:
    last = f"said {counted(i.days_since_update or 0, 'day')} ago"
    return f"red for {counted(_days_red(i, said), 'day')}, {last}"


def _days_late(i: InitiativeAt, said: Said) -> int:
    return (i.day - i.late_since).days if i.late_since else 0


def _lateness(i: InitiativeAt, said: Said) -> str:
    if len(i.late_milestones) == 1:
        return f"“{i.late_milestones[0].title}” is {counted(_days_late(i, said), 'day')} late"
    return f"{len(i.late_milestones)} milestones are late, one by {counted(_days_late(i, said), 'day')}"


def _behind(i: InitiativeAt, said: Said) -> str:
    if i.milestones_late:
        return _lateness(i, said)
    return f"{counted(-(whole(i.gap) or 0), 'point')} behind the first plan"


def _days_silent(i: InitiativeAt, said: Said) -> int:
    since = i.rag_said_on or i.began_on
    return (i.day - since).days if since else 0


def _silence(i: InitiativeAt, said: Said) -> str:
    if i.last_update is None:
        return f"never updated in the {counted(_days_silent(i, said), 'day')} since work began"
    return f"last said {i.rag} {counted(_days_silent(i, said), 'day')} ago"


def _moves(i: InitiativeAt, said: Said) -> str:
    slip = (i.ends_on - i.first_ends_on).days if i.ends_on and i.first_ends_on else 0
    end = f", and the end is {counted(slip, 'day')} later than first promised" if slip > 0 else ""
    return f"{counted(i.date_moves, 'move')}{end}"


def _has(word: Attention) -> Callable[[InitiativeAt], bool]:
    return lambda i: word in i.attention


def _shows(word: Status) -> Callable[[InitiativeAt], bool]:
    return lambda i: i.status == word


LIVE = "stage=in-progress&"
REASONS = (
    Reason(
        "ask", "Waiting for an answer from leaders", "wait for an answer", "attention=ask", _has(Attention.ASK), _asks,
        _waiting,
    ),
    Reason("red", "Red", "red", "status=red", _shows(Status.RED), _red, _days_red),
    Reason(
        "watermelon", "Said green, reads red", "said green, read red", f"{LIVE}attention=watermelon",
        _has(Attention.WATERMELON), _behind, lambda i, said: -(i.gap or 0),
    ),
    Reason(
        "silent", "No current update", "with no current update", "status=no-current-update",
        _shows(Status.NO_CURRENT_UPDATE), _silence, _days_silent,
    ),
    Reason(
        "never", "Never updated", "never updated", "status=never-updated", _shows(Status.NEVER_UPDATED), _silence,
        _days_silent,
    ),
    Reason(
        "late", "Late milestones", "with a late milestone", f"{LIVE}attention=late", _has(Attention.LATE), _lateness,
        _days_late,
    ),
    Reason(
        "moved", "Dates moved", "with dates moved", f"{LIVE}attention=moved", _has(Attention.MOVED), _moves,
        lambda i, said: i.date_moves,
    ),
)  # fmt: skip
