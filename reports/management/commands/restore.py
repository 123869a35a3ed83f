"""`manage.py restore`: fills an empty database from a backup, and proves that it says the same."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from reports.backup import BackupError
from reports.backup.restoring import restore


class Command(BaseCommand):
    help = (
        "Fill an absent or empty database from a file that `backup` wrote, all of it or nothing, and compare the bytes "
        "of every data set with those of then. A database that holds anything is refused."
    )
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("path", type=Path, help="A file that `backup` wrote.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            same = restore(options["path"], say=self.stdout.write)
        except BackupError as error:
            raise CommandError(str(error)) from error
        if not same:
            raise CommandError("Everything was restored, but not every data set answers what it did: see the lines.")
        self.stdout.write("Everything was restored, and every data set answers the same bytes.")
