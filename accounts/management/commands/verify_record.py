"""`manage.py verify_record`: follows the chain of the record, and holds today's tables against it."""

from __future__ import annotations

from argparse import ArgumentParser
from itertools import islice
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.record.replaying import differences
from accounts.record.seals import verify

NAMED = 20  # differences that are named


class Command(BaseCommand):
    help = (
        "Find what was changed, removed, added or moved in the record, and what the tables hold that it does not say."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--head", default="", metavar="HASH", help="An end of the chain that was noted elsewhere.")
        parser.add_argument("--chain-only", action="store_true", help="Leave out the comparison with today's tables.")

    def handle(self, *args: Any, **options: Any) -> None:
        found = verify(options["head"].strip().lower())
        if found.broken:
            raise CommandError(f"The record is broken: {found.broken}.")
        self.stdout.write(f"{found.sealed} entries are as they were sealed. The record ends with {found.head}")
        if found.waiting:
            self.stdout.write(f"{found.waiting} entries wait for their seal: manage.py seal_record seals them.")
        if options["chain_only"]:
            return
        wrong = list(islice(differences(), NAMED))
        if wrong:
            told = "\n".join(f"  {difference}" for difference in wrong)
            raise CommandError(f"The tables do not stand as the record says (the first {NAMED}):\n{told}")
        self.stdout.write("Replayed from nothing, it gives today's tables.")
