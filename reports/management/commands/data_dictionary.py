"""`manage.py data_dictionary`: docs/data-dictionary.md."""

from typing import Any

from django.core.management.base import BaseCommand

from reports.dictionary import as_markdown


class Command(BaseCommand):
    help = "Write the data dictionary to standard output: docs/data-dictionary.md is made so."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(as_markdown(), ending="")
