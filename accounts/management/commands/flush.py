"""`manage.py flush`: empties the database, its record too."""

from __future__ import annotations

from typing import Any

from django.core.management.commands import flush

from accounts.record.erasing import empty
from accounts.record.triggers import standing_aside


class Command(flush.Command):
    help = "Take every row out of the database, history and the record too. What is left says nothing of what was."

    def handle(self, **options: Any) -> None:
        with standing_aside("the database is emptied", options["database"]):
            super().handle(**options)
            empty(options["database"])
