"""`manage.py copy_to`: this database into another one, such as SQLite to PostgreSQL."""

import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from reports.backup import BackupError
from reports.backup.writing import back_up


class Command(BaseCommand):
    help = (
        "Copy everything into another database, absent or empty, and compare the bytes of every data set: from SQLite "
        "to PostgreSQL, or back. This one stays as it is. Change DATABASE_URL afterwards."
    )

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("database_url", help="Where to; - reads it from standard input.")

    def handle(self, *args: Any, **options: Any) -> None:
        address = options["database_url"]
        if address == "-":
            address = sys.stdin.readline().strip()
        with TemporaryDirectory() as folder:
            try:
                path = back_up(Path(folder) / "copy.zip", now=timezone.now(), say=self.stdout.write)
            except BackupError as error:
                raise CommandError(str(error)) from error
            # The other database is this program's own in a process of its own: nothing here can mistake the two.
            done = subprocess.run(  # noqa: S603  (our own program)
                [sys.executable, str(settings.BASE_DIR / "manage.py"), "restore", str(path)],
                env={**os.environ, "DATABASE_URL": address},
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                check=False,
            )
        self.stdout.write(done.stdout, ending="")
        if done.returncode:
            raise CommandError("The copy was not made, or does not say the same.")
