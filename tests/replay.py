"""History told once more: what was recorded by the end of a day, written row by row into an empty database."""

from django.apps import apps
from django.db import models, transaction

from initiatives.models import Recorded
from tests.factories import clock_at

# What is named by others comes before them; rows that were recorded together follow this order.
ORDER = (
    "User", "RoleGrant", "ReminderPreference", "Pillar", "Aim", "Commitment", "Initiative", "Contribution", "Alignment",
    "Milestone", "Dependency", "StageChange", "DateMove", "DoneDate", "Withdrawal", "Update", "Ask", "Answer",
)  # fmt: skip


def rank(model):
    name = model.__name__
    return ORDER.index(name) if name in ORDER else len(ORDER)


def versioned():
    """Return the models whose rows can be corrected, each with the model of its versions."""
    return [(model, model.history.model) for model in apps.get_models() if hasattr(model, "history")]


def recorded():
    """Return the models whose rows are only added."""
    return [model for model in apps.get_models() if issubclass(model, Recorded)]


def everything():
    """Return every event of history in the order of recording: moment, what happened (+ ~ -), model and its values."""
    found = []
    for model, versions in versioned():
        names = [field.attname for field in model._meta.concrete_fields if hasattr(versions, field.attname)]
        for row in versions.objects.all():
            values = {name: getattr(row, name) for name in names}
            found.append((row.history_date, rank(model), row.history_id, row.history_type, model, values))
    for model in recorded():
        names = [field.attname for field in model._meta.concrete_fields]
        for row in model.objects.all():
            values = {name: getattr(row, name) for name in names}
            found.append((row.recorded_at, rank(model), row.pk, "+", model, values))
    return sorted(found, key=lambda event: event[:3])


def replay(events, before):
    """Write what happened before the moment, one row after another, each at its own time."""
    with transaction.atomic():
        for moment, _, _, kind, model, values in events:
            if moment >= before:
                return
            with clock_at(moment):
                write(model, kind, values, moment)


def write(model, kind, values, moment):
    key = model._meta.pk.attname
    if kind == "-":
        row = model._base_manager.get(pk=values[key])
        row._history_date = moment
        row.delete()
        return
    if kind == "~":
        row = model._base_manager.get(pk=values[key])
        for name, value in values.items():
            setattr(row, name, value)
    else:
        row = model(**values)
    if not isinstance(row, Recorded):
        row._history_date = moment
    models.Model.save(row, force_insert=kind == "+") if isinstance(row, Recorded) else row.save()
