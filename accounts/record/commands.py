"""Commands that say in the record that it was they."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from accounts.record.deeds import doing
from accounts.record.models import Way


class RecordedCommand(BaseCommand):
    """A command whose changes are on record under its name."""

    def execute(self, *args: Any, **options: Any) -> str | None:
        with doing(Way.COMMAND, reason=f"manage.py {type(self).__module__.rpartition('.')[2]}"):
            return super().execute(*args, **options)
