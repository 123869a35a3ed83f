"""`manage.py send_reminders`: the day's reminders, once."""

from __future__ import annotations

import re
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import CommandError

from accounts.record.commands import RecordedCommand
from initiatives.filters import today
from initiatives.forms.fields import said
from initiatives.models import Reminder
from initiatives.periods import is_working_day
from initiatives.reminders import sending
from initiatives.status import Posting


class Command(RecordedCommand):
    help = "Send what is due on a day. Run twice, it sends nothing twice."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--on", metavar="DATE", help="YYYY-MM-DD; today in London without.")
        parser.add_argument(
            "--dry-run", action="store_true", help="Write and send nothing; say who would get what, and why."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        day = _read_day(options["on"]) if options["on"] else today()
        if not is_working_day(day):
            self.stdout.write(f"{said(day)} is no working day: nobody is reminded.")
        plan = sending.plan(day)
        if options["dry_run"]:
            self._tell(plan)
            self._list_the_uncertain()
            return
        sending.write_down(plan)
        outcome = sending.send(plan)
        waiting = Reminder.objects.filter(on=day, posting=Posting.WAITING).count()
        self.stdout.write(f"Reminders of {said(day)}: {outcome.sent} sent, {waiting} kept for the next run.")
        if outcome.refused:
            self.stdout.write(f"The mail server refused {outcome.refused}; the last time it said: {outcome.trouble}")
        self._list_the_uncertain()
        if outcome.mail_is_down:
            raise CommandError(f"Mail does not answer ({outcome.trouble}). {waiting} reminders wait for the next run.")
        if outcome.not_written:
            raise CommandError(f"{outcome.not_written} could not be written: the administration's reminders say why.")

    def _tell(self, plan: sending.Plan) -> None:
        self.stdout.write(f"E-mails for {said(plan.day)}: {len(plan.mails)}. This was a dry run: none was sent.")
        for person, lines in plan.mails:
            self.stdout.write(f"{person.name} <{person.email}>")
            for line in lines:
                found = plan.initiatives[line.work]
                self.stdout.write(f"  {found.ref} {found.title}, due {said(line.due_on)}: {line.rung.label.lower()}")

    def _list_the_uncertain(self) -> None:
        found = list(sending.uncertain())
        if found:
            self.stdout.write(f"May or may not have gone, and will not be sent again ({len(found)}):")
        for reminder in found:
            refs = ", ".join(line.initiative.ref for line in reminder.lines.all())
            self.stdout.write(f"  {reminder.person.name} <{reminder.person.email}> on {said(reminder.on)}: {refs}")


def _read_day(value: str) -> date:
    try:
        day = date.fromisoformat(value) if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value) else None
    except ValueError:
        day = None
    if day is None or not 2000 <= day.year <= 2100:
        raise CommandError("--on takes a date between the years 2000 and 2100, written as YYYY-MM-DD.")
    return day
