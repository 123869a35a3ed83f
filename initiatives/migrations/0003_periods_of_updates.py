"""Writes to every update the last day of the period that it speaks of, by the cadence of the moment of recording."""

from calendar import monthrange
from datetime import date

from django.db import migrations


def last_day(said_on, cadence):
    month = said_on.month if cadence == "monthly" else said_on.month + 2 - (said_on.month - 1) % 3
    return date(said_on.year, month, monthrange(said_on.year, month)[1])


def note_periods(apps, schema_editor):
    Update = apps.get_model("initiatives", "Update")
    HistoricalInitiative = apps.get_model("initiatives", "HistoricalInitiative")
    cadences = {}
    versions = HistoricalInitiative.objects.order_by("history_date", "history_id")
    for id_, moment, cadence in versions.values_list("id", "history_date", "cadence").iterator():
        cadences.setdefault(id_, []).append((moment, cadence))
    batch = []
    for update in Update.objects.only("initiative_id", "said_on", "recorded_at").iterator(chunk_size=2000):
        known = cadences.get(update.initiative_id) or [(None, "monthly")]
        then = [cadence for moment, cadence in known if moment is None or moment <= update.recorded_at]
        update.period_ends_on = last_day(update.said_on, then[-1] if then else known[0][1])
        batch.append(update)
        if len(batch) == 2000:
            Update.objects.bulk_update(batch, ["period_ends_on"])
            batch = []
    Update.objects.bulk_update(batch, ["period_ends_on"])


class Migration(migrations.Migration):

    dependencies = [
        ('initiatives', '0002_updates_take_a_minute'),
    ]

    operations = [
        migrations.RunPython(note_periods, migrations.RunPython.noop),
    ]
