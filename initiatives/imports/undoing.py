"""Takes away what an import wrote, while nothing has been built on it.

History is only ever added to; this is the one exception. A wrong file would otherwise stand in every past day for good.
What stays is the import itself: the file, who applied and undid it, when, and what became of each row.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from accounts.models import User
from initiatives.models import (
    Acknowledgement,
    Alignment,
    Answer,
    Ask,
    Contribution,
    DateMove,
    Dependency,
    DoneDate,
    Draft,
    Follow,
    Handover,
    Import,
    ImportedRow,
    Initiative,
    Milestone,
    Note,
    PartnerLink,
    StageChange,
    StandIn,
    Update,
    Withdrawal,
)
from initiatives.status import ImportState, RowOutcome

WRITTEN = (Withdrawal, DoneDate, DateMove, Update, StageChange)  # rows that an import adds, what others refer to last
VERSIONED = (Dependency, Alignment, Contribution, Milestone, Initiative)


def touched(applied: Import) -> set[int]:
    """Return the ids of the initiatives of which an import wrote anything."""
    rows = ImportedRow.objects.filter(of=applied, outcome__in=[RowOutcome.NEW, RowOutcome.CHANGED])
    return {id_ for id_ in rows.values_list("initiative_id", flat=True) if id_ is not None}


def built_on(applied: Import) -> list[str]:
    """Return what has been recorded since of what an import touched, in words; a constant number of queries."""
    ids = touched(applied)
    if not ids or applied.applied_at is None:
        return []
    refs = dict(Initiative.objects.values_list("id", "ref"))
    since = applied.applied_at
    reasons: list[str] = []
    for rows, path, what in _since(applied):
        for id_ in sorted({id_ for id_ in rows.values_list(path, flat=True) if id_ in ids}):
            reasons.append(f"{refs.get(id_, '')} has {what} since")
    later = ImportedRow.objects.filter(
        of__state=ImportState.APPLIED, of__applied_at__gt=since, outcome__in=[RowOutcome.NEW, RowOutcome.CHANGED]
    )
    for id_, number in sorted(later.values_list("initiative_id", "of_id").distinct()):
        if id_ in ids:
            reasons.append(f"{refs.get(id_, '')} was told of by import {number} since: undo that one first")
    return list(dict.fromkeys(reasons))


def _since(applied: Import) -> list[tuple[Any, str, str]]:
    moment = {"recorded_at__gte": applied.applied_at}
    others = ~Q(brought_in=applied) | Q(brought_in=None)
    not_ours = ~Q(history_change_reason=applied.reason) | Q(history_change_reason=None)
    version = Q(history_date__gte=applied.applied_at) & not_ours
    found: list[tuple[Any, str, str]] = [
        (Initiative.history.filter(version), "id", "been changed"),
        (Alignment.history.filter(version), "initiative_id", "been aligned otherwise"),
        (Contribution.history.filter(version), "initiative_id", "come to contribute otherwise"),
        (Milestone.history.filter(version), "initiative_id", "had its milestones changed"),
        (Dependency.history.filter(version), "milestone__initiative_id", "come to wait for another"),
        (Dependency.history.filter(version), "needs__initiative_id", "another that waits for it"),
        (Answer.objects.filter(**moment), "ask__initiative_id", "an answer to an ask"),
        (Acknowledgement.objects.filter(**moment), "update__initiative_id", "an update that somebody has read"),
        (Draft.objects.filter(saved_at__gte=applied.applied_at), "initiative_id", "a draft of an update"),
        (Follow.objects.filter(since__gte=applied.applied_at), "initiative_id", "somebody who follows it"),
    ]
    found += [
        (model.objects.filter(others, **moment), path, what)
        for model, path, what in (
            (Update, "initiative_id", "an update"),
            (StageChange, "initiative_id", "another stage"),
            (DateMove, "initiative_id", "a moved date"),
            (DoneDate, "milestone__initiative_id", "a milestone that was done"),
            (Withdrawal, "milestone__initiative_id", "a milestone that was withdrawn"),
        )
    ]
    found += [
        (model.objects.filter(**moment), "initiative_id", what)
        for model, what in (
            (Ask, "an ask"),
            (Note, "a note"),
            (Handover, "been handed over"),
            (StandIn, "a stand-in"),
            (PartnerLink, "a partner's link"),
        )
    ]
    return found


def take_away(applied: Import) -> list[str]:
    """Take away everything that an import wrote; returns the names of people whose accounts stay, being used."""
    for model in WRITTEN:
        rows = model.objects.filter(brought_in=applied)
        rows._raw_delete(rows.db)
    for versioned in VERSIONED:
        _take_versions_away(versioned, applied.reason)
    return _take_people_away(applied.reason)


def _take_versions_away(model: Any, reason: str) -> None:
    """Take the versions of an import away, and let each row stand as its last version left says."""
    history = model.history.model
    ours = history.objects.filter(history_change_reason=reason)
    ids = sorted(set(ours.values_list("id", flat=True)))
    ours._raw_delete(ours.db)
    for start in range(0, len(ids), 500):
        part = ids[start : start + 500]
        last = {row.id: row for row in history.objects.filter(id__in=part).order_by("history_date", "history_id")}
        gone = [id_ for id_ in part if id_ not in last or last[id_].history_type == "-"]
        rows = model.objects.filter(pk__in=gone)
        rows._raw_delete(rows.db)
        names = [field.attname for field in model._meta.concrete_fields]
        standing = [model(**{name: getattr(last[id_], name) for name in names}) for id_ in part if id_ not in set(gone)]
        there = set(model.objects.filter(pk__in=part).values_list("pk", flat=True))
        model.objects.bulk_create([row for row in standing if row.pk not in there])
        changing = [row for row in standing if row.pk in there]
        if changing:
            model.objects.bulk_update(changing, [name for name in names if name != "id"], batch_size=200)


def _take_people_away(reason: str) -> list[str]:
    made = User.history.filter(history_change_reason=reason, history_type="+").values_list("id", flat=True)
    stay = []
    for person in User.objects.filter(pk__in=list(made)):
        if person.last_login or person.history.count() > 1 or person.grants.exists() or _is_named(person):
            stay.append(person.name)
            continue
        User.history.filter(id=person.pk).delete()
        rows = User.objects.filter(pk=person.pk)
        rows._raw_delete(rows.db)
    return stay


def _is_named(person: User) -> bool:
    """Say whether any row of any table refers to a person."""
    relations = [relation for relation in User._meta.related_objects if relation.field.concrete]
    own = User.history.model
    return any(
        relation.related_model._base_manager.filter(**{relation.field.name: person.pk}).exists()
        for relation in relations
        if relation.related_model is not own
    )
