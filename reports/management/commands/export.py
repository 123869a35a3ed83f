"""`manage.py export`: a data set without the web."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import BadRequest
from django.core.management.base import BaseCommand, CommandError

from initiatives.filters import read_day, today
from initiatives.history import portfolio
from reports.datasets import DATASETS, Scope, csv_chunks


class Command(BaseCommand):
    help = "Write a data set as CSV, to a file or to standard output."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("dataset", choices=DATASETS, metavar="DATASET", help=f"One of {', '.join(DATASETS)}.")
        parser.add_argument("--format", choices=["csv"], default="csv")
        parser.add_argument(
            "--as-at", metavar="DATE", help="YYYY-MM-DD: what had been recorded by the end of that day."
        )
        parser.add_argument(
            "-o", "--output", metavar="FILE", type=Path, help="Where to write; standard output without."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            day = read_day(options["as_at"], "--as-at") if options["as_at"] else today()
        except BadRequest as error:
            raise CommandError(str(error)) from error
        chunks = csv_chunks(DATASETS[options["dataset"]], Scope(portfolio(day)))
        if options["output"] is None:
            out = getattr(self.stdout, "_out", sys.stdout)
            for chunk in chunks:
                (out.buffer.write(chunk) if hasattr(out, "buffer") else out.write(chunk.decode()))
            return
        try:
            with options["output"].open("wb") as file:
                file.writelines(chunks)
        except OSError as error:
            raise CommandError(f"{options['output']}: {error.strerror}") from error
