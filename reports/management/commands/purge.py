"""`manage.py purge`: takes away what is past its time."""

from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone

from accounts.record.commands import RecordedCommand
from reports.privacy.retention import BadRetention, purge


class Command(RecordedCommand):
    help = "Take away what is past its time, by the rules in docs/privacy.md. Run it nightly; twice is no more."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--dry-run", action="store_true", help="Say how many rows are past their time. No more.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            found = purge(timezone.now(), dry_run=options["dry_run"])
        except BadRetention as error:
            raise CommandError(str(error)) from error
        for rule, count in found:
            self.stdout.write(f"{rule.name}: {count}")
        self.stdout.write("Nothing was changed." if options["dry_run"] else "Done.")
