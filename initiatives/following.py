"""What somebody follows, and what changed in it lately."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import OuterRef, Subquery

from accounts.history import end_of
from accounts.models import User
from initiatives.as_at import InitiativeAt, Portfolio, Since
from initiatives.models import Follow, Initiative, Update

LATELY = timedelta(days=30)


@dataclass(frozen=True)
class Followed:
    """An initiative that somebody follows, with the RAG last said by the day `since` and what changed after it."""

    initiative: InitiativeAt
    since: date
    rag_then: str | None
    changed: Since

    @property
    def says_otherwise(self) -> bool:
        """Whether the RAG last said is another than it was."""
        return self.initiative.rag != self.rag_then

    @property
    def anything(self) -> bool:
        return self.says_otherwise or bool(self.changed.done or self.changed.late)


def changed_since(initiative: InitiativeAt, day: date) -> Since:
    """Return what was recorded of the milestones after the end of a day."""
    return initiative.since(end_of(day) - timedelta(microseconds=1))


def followed_by(person: User, portfolio: Portfolio) -> list[Followed]:
    """Return what the person follows as the portfolio has it, in the order of ref, in one query."""
    since = portfolio.day - LATELY
    said = Update.objects.filter(initiative=OuterRef("pk"), recorded_at__lt=end_of(since))
    last = said.order_by("-said_on", "-recorded_at", "-id").values("rag")[:1]
    follows = Initiative.objects.filter(follows__person=person)
    rags = dict(follows.annotate(rag_then=Subquery(last)).values_list("id", "rag_then"))
    return [
        Followed(initiative, since, rags[initiative.id], changed_since(initiative, since))
        for initiative in portfolio.initiatives
        if initiative.id in rags
    ]


def follows(person: User, initiative: Initiative) -> bool:
    """Say whether the person follows the initiative."""
    return Follow.objects.filter(person=person, initiative=initiative).exists()
