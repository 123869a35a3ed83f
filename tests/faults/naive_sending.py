"""The naive way, which the faults are seen to break: send what waits, and only then write down that it went."""

import os
import sys
from datetime import date

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "strategy_portal.settings")
django.setup()

from django.core.mail import get_connection  # noqa: E402

from initiatives.models import Reminder  # noqa: E402
from initiatives.reminders import sending  # noqa: E402
from initiatives.reminders.letters import letter  # noqa: E402
from initiatives.status import Posting  # noqa: E402


def main(day):
    plan = sending.plan(day)
    sending.write_down(plan)
    connection = get_connection()
    for reminder in Reminder.objects.filter(on=day, posting=Posting.WAITING).order_by("pk"):
        reminder.refresh_from_db()
        if reminder.posting == Posting.WAITING:  # a look is no claim
            letter(reminder, reminder.lines.all(), connection).send()
            Reminder.objects.filter(pk=reminder.pk).update(posting=Posting.SENT)


if __name__ == "__main__":
    main(date.fromisoformat(sys.argv[1]))
