"""Saying that one milestone needs another, and taking that back. Neither ever makes anything wait for itself."""

from collections.abc import Sequence
from datetime import date

from django.db import transaction

from accounts.models import User
from initiatives.dependencies.risk import way
from initiatives.models import Dependency, Initiative, Milestone


class WouldWaitForItself(Exception):
    """Raised when a milestone would wait for itself; `ring` holds the milestones on the way round, each once."""

    def __init__(self, ring: Sequence[Milestone]) -> None:
        first, second, *others = [*map(str, ring), str(ring[0])]
        super().__init__(f"{first} needs {second}{''.join(f', which needs {other}' for other in others)}")
        self.ring = tuple(ring)


@transaction.atomic
def add_dependency(*, milestone: Milestone, needs: Milestone, by: User | None, on: date, why: str = "") -> Dependency:
    """Record that a milestone needs one of another initiative. What was said already stays as it was said.

    Raises `WouldWaitForItself` when what it needs waits for it, however far round; nothing is written then.
    """
    _one_after_another()
    if already := Dependency.objects.filter(milestone=milestone, needs=needs).first():
        return already
    # Milestones that are done or withdrawn count too: both can be taken back.
    ring = way(Dependency.objects.values_list("milestone_id", "needs_id"), needs.pk, milestone.pk)
    if ring:
        rows = Milestone.objects.select_related("initiative").in_bulk(ring)
        raise WouldWaitForItself([rows[pk] for pk in (milestone.pk, *ring[:-1])])
    dependency = Dependency(milestone=milestone, needs=needs, why=why, said_on=on)
    dependency._history_user = by  # type: ignore[attr-defined]
    dependency.full_clean()
    dependency.save()
    return dependency


@transaction.atomic
def remove_dependency(*, dependency: Dependency, by: User | None, on: date) -> bool:
    """Record that nothing waits here any longer; False when somebody said so a moment ago."""
    held = Dependency.objects.select_for_update().filter(pk=dependency.pk).first()
    if held is None:
        return False
    held.said_on = on  # its last version says on which day
    held._history_user = by  # type: ignore[attr-defined]
    held.delete()
    return True


def _one_after_another() -> None:
    """Let one transaction at a time add a dependency, until it ends.

    Each of three people may add one side of a triangle. None of them touches an initiative of both others, so holding
    the initiatives concerned would let the ring close. They all pass one gate instead: the row of the first initiative.
    Whoever waited at it reads what the one before wrote. It is held alone, so nobody waits in a ring there either.
    SQLite lets one transaction write at a time, and begins each as one that writes.
    """
    list(Initiative.objects.select_for_update().order_by("pk")[:1])
