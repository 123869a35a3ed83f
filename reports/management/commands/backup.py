"""`manage.py backup`: everything that the database holds, in one file."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from reports.backup import BackupError
from reports.backup.writing import back_up


class Command(BaseCommand):
    help = (
        "Write everything that the database holds at this moment into one file, while people go on working. Any "
        "database of ours, SQLite or PostgreSQL, can be filled from it by `restore`."
    )

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("path", type=Path, help="A new file; or a folder, where it is named by the moment.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            path = back_up(options["path"], now=timezone.now(), say=self.stdout.write)
        except BackupError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Backed up to {path}.")
