"""`manage.py privacy`: docs/privacy.md."""

from typing import Any

from django.core.management.base import BaseCommand

from reports.privacy.document import as_markdown


class Command(BaseCommand):
    help = "Write what is held about people to standard output: docs/privacy.md is made so."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(as_markdown(), ending="")
