"""`manage.py seal_record`: seals what is not sealed yet, and says where the chain ends. Run it every night."""

from __future__ import annotations

import logging
from typing import Any

from django.core.management.base import BaseCommand

from accounts.record.seals import head, seal

log = logging.getLogger("portal.record")


class Command(BaseCommand):
    help = "Seal what the record holds unsealed, and log the end of its chain: whoever keeps that can prove it later."

    def handle(self, *args: Any, **options: Any) -> None:
        count, end = seal(), head()
        log.info("the record ends with %s: %s sealed now", end, count)
        self.stdout.write(f"Sealed {count} entries. The record ends with {end}")
