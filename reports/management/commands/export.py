"""`manage.py export`: a data set without the web."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import BadRequest
from django.core.management.base import BaseCommand, CommandError
from django.http import QueryDict

from initiatives.filters import FILTER_NAMES, Filters, read_day, today
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
            "--filter", action="append", default=[], metavar="NAME=VALUE", help="A filter of the list; may be repeated."
        )
        parser.add_argument(
            "-o", "--output", metavar="FILE", type=Path, help="Where to write; standard output without."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            day = read_day(options["as_at"], "--as-at") if options["as_at"] else today()
            filters = Filters(self._query(options["filter"]), portfolio(day))
        except BadRequest as error:
            raise CommandError(str(error)) from error
        scope = Scope(filters.apply(), filtered=filters.active)
        chunks = csv_chunks(DATASETS[options["dataset"]], scope)
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

    def _query(self, filters: list[str]) -> QueryDict:
        query = QueryDict(mutable=True)
        for words in filters:
            name, equals, value = words.partition("=")
            if not equals or name not in FILTER_NAMES:
                raise CommandError(f"--filter takes NAME=VALUE, NAME being one of {', '.join(FILTER_NAMES)}.")
            query.appendlist(name, value)
        return query
