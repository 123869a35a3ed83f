"""`manage.py security`: docs/security.md."""

from typing import Any

from django.core.management.base import BaseCommand

from accounts.security import as_markdown


class Command(BaseCommand):
    help = "Write who may do what to standard output: docs/security.md is made so."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(as_markdown(), ending="")
