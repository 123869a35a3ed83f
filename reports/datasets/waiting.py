"""What waits: milestones for others, owners for leaders."""

# ruff: noqa: E501  (a table of columns reads best with one to a line)

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from accounts.history import end_of, standing, versions
from initiatives.as_at import InitiativeAt
from initiatives.asks import AskAt, asks_as_at
from initiatives.dependencies.reading import dependencies_in
from initiatives.dependencies.risk import DependencyAt
from initiatives.models import Ask, Dependency, Milestone
from initiatives.status import AskStatus, MilestoneStatus
from reports.datasets.base import Column, Dataset, Refers, Scope
from reports.datasets.shared import OFFICE, as_at

_OF_INITIATIVE = Refers(("initiative",), "initiatives", ("ref",))


def _dependency_rows(scope: Scope) -> Iterator[DependencyAt]:
    # What others need bears on the forecasts, so all of it is worked out before the filters choose.
    ids = scope.ids
    return (found for found in dependencies_in(scope.whole).all if found.waiting.initiative.id in ids)


def _dependency_count(scope: Scope) -> int:
    rows = versions(Dependency, "milestone_id", before=end_of(scope.day)).values()
    stood = [row.milestone_id for row in (standing(found, end_of(scope.day)) for found in rows) if row]
    of = dict(Milestone.objects.filter(pk__in=stood).values_list("pk", "initiative_id"))
    return sum(of.get(milestone_id) in scope.ids for milestone_id in stood)


def _needs_status(found: DependencyAt) -> str:
    return found.needed.milestone.status(found.needed.initiative.day).value


_DEPENDENCY, _FORECAST = "typed in by whoever records the dependency", "worked out along the chain of dependencies"

# fmt: off
DEPENDENCIES = Dataset(
    name="dependencies",
    one_row_is="A milestone that needs one of another initiative, as at a day. The filters choose by the initiative that waits.",
    key=("milestone", "needs"),
    refers=(_OF_INITIATIVE, Refers(("milestone",), "milestones", ("ref",))),
    columns=(
        Column("milestone", "text", "Ref of the milestone that waits", lambda r: r.waiting.milestone.ref, _DEPENDENCY, required=True),
        Column("initiative", "text", "Ref of its initiative", lambda r: r.waiting.initiative.ref, OFFICE, required=True),
        Column("needs", "text", "Ref of the milestone that it needs", lambda r: r.needed.milestone.ref, _DEPENDENCY, required=True),
        Column("needs_initiative", "text", "Ref of that milestone's initiative", lambda r: r.needed.initiative.ref, OFFICE, required=True),
        Column("why", "text", "What it needs it for, in one line", lambda r: r.why, _DEPENDENCY),
        Column("due_on", "date", "The day on which the milestone that waits is due", lambda r: r.waiting.milestone.due_on, "as in `milestones`", required=True),
        Column("needs_due_on", "date", "The day on which the milestone that it needs is due", lambda r: r.needed.milestone.due_on, "as in `milestones`", required=True),
        Column("needs_status", "word", "`done`, `late` or `open`, as in `milestones`", _needs_status, "as in `milestones`", words=tuple(MilestoneStatus.values), required=True),
        Column("needs_forecast_on", "date", "The day on which what it needs is done at the earliest: its due date, or `as_at` when it is late, or the forecast of what it needs itself, whichever is last; empty when it is done, withdrawn or stopped with its initiative", lambda r: r.forecast_on, _FORECAST),
        Column("at_risk", "truth", "The milestone is still to be done, and what it needs is forecast after its due date, was withdrawn or stopped", lambda r: r.at_risk, _FORECAST, required=True),
        Column("days_at_risk", "integer", "By how many days; empty when it is not at risk, or when what it needs was withdrawn or stopped", lambda r: r.days, "worked out: `needs_forecast_on` less `due_on`", unit="days"),
        Column("root", "text", "Ref of the milestone at the start of the chain that puts it at risk", lambda r: r.root and r.root.milestone.ref, _FORECAST),
        as_at(lambda r: r.waiting.initiative.day),
    ),
    rows=_dependency_rows,
    counted=_dependency_count,
)


@dataclass(frozen=True)
class _AskRow:
    initiative: InitiativeAt
    ask: AskAt


def _ask_rows(scope: Scope) -> Iterator[_AskRow]:
    found = {i.id: i for i in scope.portfolio.initiatives}
    asks = asks_as_at(scope.portfolio)
    return (_AskRow(found[a.ask.initiative_id], a) for a in asks if a.ask.initiative_id in found)


def _ask_count(scope: Scope) -> int:
    asked = Ask.objects.recorded_before(end_of(scope.day)).values_list("initiative_id", flat=True)
    return sum(initiative_id in scope.ids for initiative_id in asked)


_ASK, _ANSWER = "an owner's update", "a leader's answer"

ASKS = Dataset(
    name="asks",
    one_row_is="What an owner asked of leaders, as at a day.",
    key=("id",),
    refers=(_OF_INITIATIVE, Refers(("pillar",), "pillars", ("pillar",))),
    columns=(
        Column("id", "integer", "Stable number of the ask", lambda r: r.ask.ask.pk, "noted by the portal when it was recorded", required=True),
        Column("initiative", "text", "Ref of the initiative", lambda r: r.initiative.ref, OFFICE, required=True),
        Column("pillar", "text", "Slug of its home pillar", lambda r: r.initiative.pillar.slug, OFFICE, required=True),
        Column("asked_on", "date", "The day on which it was asked", lambda r: r.ask.ask.asked_on, _ASK, required=True),
        Column("asked_by", "text", "Display name of the person who asked", lambda r: r.ask.asked_by and r.ask.asked_by.name, "the account of whoever was signed in, under the name of the day"),
        Column("asked_of", "text", "Display name of the leader whom it was put to; empty for leaders at large", lambda r: r.ask.asked_of and r.ask.asked_of.name, _ASK),
        Column("question", "text", "What was asked", lambda r: r.ask.ask.question, _ASK, required=True),
        Column("needed_by", "date", "The day by which an answer was needed", lambda r: r.ask.ask.needed_by, _ASK),
        Column("status", "word", "`open`, `answered` or `declined`", lambda r: r.ask.status.value, _ANSWER, words=tuple(AskStatus.values), required=True),
        Column("days_waited", "integer", "Days from asking to the answer, or to `as_at`", lambda r: r.ask.days_waited, "worked out: `answered_on` or `as_at` less `asked_on`", unit="days", required=True),
        Column("days_beyond", "integer", "Days by which the answer is, or was, later than needed; empty when it is not", lambda r: r.ask.days_beyond, "worked out: `answered_on` or `as_at` less `needed_by`", unit="days"),
        Column("answered_on", "date", "The day on which it was answered or declined", lambda r: r.ask.answer and r.ask.answer.answered_on, _ANSWER),
        Column("answered_by", "text", "Display name of the person who did so", lambda r: r.ask.answered_by and r.ask.answered_by.name, "the account of whoever was signed in, under the name of the day"),
        Column("words", "text", "What they said", lambda r: r.ask.answer and r.ask.answer.words, _ANSWER),
        as_at(lambda r: r.initiative.day),
    ),
    rows=_ask_rows,
    counted=_ask_count,
)
