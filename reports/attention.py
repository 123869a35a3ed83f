"""What needs a leader now: initiatives grouped by the reason, each with its own in words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, partial
from heapq import nlargest
from typing import Any

from initiatives.as_at import InitiativeAt, Portfolio
from initiatives.asks import AskAt
from initiatives.progress import whole
from initiatives.status import Attention, Stage, Status
from reports.metrics import counted

CASES = 6  # of a reason on one page


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
    word: str  # of `Attention` or `Status`, which such an initiative bears
    why: Callable[[InitiativeAt, Said], str]
    pressing: Callable[[InitiativeAt, Said], Any]  # the more, the sooner it comes


@dataclass(frozen=True)
class AttentionGroup:
    """What needs a leader for one reason: how many, and the most pressing ones. A page leads to the others."""

    reason: Reason
    count: int
    initiatives: list[InitiativeAt]
    said: Said

    @property
    def key(self) -> str:
        return self.reason.key

    @cached_property
    def items(self) -> list[AttentionItem]:
        why, explained = self.reason.why, self.said.explanations
        return [AttentionItem(i, why(i, self.said), explained.get(i.id, "")) for i in self.initiatives]


def needing_attention(portfolio: Portfolio, said: Said = Said()) -> list[AttentionGroup]:
    """Group what needs a leader by the reason, the most pressing reason and case first.

    Work in progress alone, but for asks: leaders owe an answer at any stage.
    """
    found: dict[str, list[InitiativeAt]] = {}
    for initiative in portfolio.initiatives:
        words: Iterable[str] = initiative.attention
        if initiative.stage == Stage.IN_PROGRESS:
            words = (*words, initiative.status)
        elif Attention.ASK in words:
            words = (Attention.ASK,)
        else:
            continue
        for word in words:
            found.setdefault(word, []).append(initiative)
    return [
        AttentionGroup(
            reason,
            len(found[reason.word]),
            nlargest(CASES, found[reason.word], key=partial(_pressing, reason, said)),
            said,
        )
        for reason in REASONS
        if reason.word in found
    ]


def _pressing(reason: Reason, said: Said, initiative: InitiativeAt) -> Any:
    return reason.pressing(initiative, said)


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


LIVE = "stage=in-progress&"
REASONS = (
    Reason(
        "ask", "Waiting for an answer from leaders", "wait for an answer", "attention=ask", Attention.ASK, _asks,
        _waiting,
    ),
    Reason("red", "Red", "red", "status=red", Status.RED, _red, _days_red),
    Reason(
        "watermelon", "Said green, reads red", "said green, read red", f"{LIVE}attention=watermelon",
        Attention.WATERMELON, _behind, lambda i, said: -float(i.gap or 0),
    ),
    Reason(
        "silent", "No current update", "with no current update", "status=no-current-update",
        Status.NO_CURRENT_UPDATE, _silence, _days_silent,
    ),
    Reason(
        "never", "Never updated", "never updated", "status=never-updated", Status.NEVER_UPDATED, _silence,
        _days_silent,
    ),
    Reason(
        "late", "Late milestones", "with a late milestone", f"{LIVE}attention=late", Attention.LATE, _lateness,
        _days_late,
    ),
    Reason(
        "moved", "Dates moved", "with dates moved", f"{LIVE}attention=moved", Attention.MOVED, _moves,
        lambda i, said: i.date_moves,
    ),
)  # fmt: skip
