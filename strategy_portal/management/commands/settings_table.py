"""`manage.py settings_table`: docs/settings.md."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from strategy_portal.environment import settings_page
from strategy_portal.settings import env


class Command(BaseCommand):
    help = "Write the table of settings to standard output: docs/settings.md is made so."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            page = (settings.BASE_DIR / "docs/settings.md").read_text()
            self.stdout.write(settings_page(env.defaults, page), ending="")
        except LookupError as silent:
            raise CommandError(str(silent)) from None
