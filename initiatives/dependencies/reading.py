"""Reading what waited for what at the end of a day, in a constant number of queries."""

from datetime import date

from django.db.models import Q

from accounts.history import end_of, standing, versions
from initiatives.as_at import Portfolio
from initiatives.dependencies.risk import Dependencies, Edge, Promise
from initiatives.history import portfolio
from initiatives.models import Dependency, Initiative


def dependencies_as_at(day: date) -> Dependencies:
    """Return every dependency as it stood at the end of the day."""
    return dependencies_in(portfolio(day))


def dependencies_in(whole: Portfolio) -> Dependencies:
    """Return every dependency as it stood at the end of the day of a portfolio, which must be the whole one."""
    moment = end_of(whole.day)
    rows = versions(Dependency, "milestone_id", "needs_id", "why", before=moment).values()
    stood = (standing(row, moment) for row in rows)
    edges = [Edge(row.id, row.milestone_id, row.needs_id, row.why) for row in stood if row]
    ends = {end for edge in edges for end in (edge.milestone_id, edge.needs_id)}
    promises = {
        milestone.id: Promise(initiative, milestone)
        for initiative in whole.initiatives
        if not ends.isdisjoint(initiative.records.milestones)
        for milestone in initiative.milestones
        if milestone.id in ends
    }
    return Dependencies(promises, edges, whole.day)


def has_dependencies(initiative: Initiative, day: date) -> bool:
    """Say whether anything of the initiative ever waited, or was waited for, by the day."""
    of = Q(milestone__initiative=initiative) | Q(needs__initiative=initiative)
    return bool(Dependency.history.filter(of, history_date__lt=end_of(day)).exists())
