"""`manage.py export`: a data set without the web."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.exceptions import BadRequest
from django.core.management.base import BaseCommand, CommandError
from django.http import QueryDict

from initiatives.filters import FILTER_NAMES, read_day, today
from reports.datasets import DATASETS, Column, Dataset, Scope
from reports.files import Piece, blocks
from reports.files.as_csv import csv_pieces
from reports.files.as_json import json_pieces
from reports.files.as_xlsx import check_it_fits, xlsx_pieces


class Command(BaseCommand):
    help = "Write a data set as CSV, XLSX or JSON, to a file or to standard output."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("dataset", choices=DATASETS, metavar="DATASET", help=f"One of {', '.join(DATASETS)}.")
        parser.add_argument("--format", choices=["csv", "xlsx", "json"], default="csv")
        parser.add_argument("--columns", metavar="NAMES", default="", help="With commas between; all of them without.")
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
        dataset = DATASETS[options["dataset"]]
        try:
            day = read_day(options["as_at"], "--as-at") if options["as_at"] else today()
            scope = dataset.scope(day, self._query(options["filter"]))
            scope.check()
            columns = dataset.chosen(options["columns"].split(","))
            chunks = blocks(self._pieces(dataset, scope, columns, options["format"]))
        except BadRequest as error:
            raise CommandError(str(error)) from error
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

    def _pieces(self, dataset: Dataset, scope: Scope, columns: tuple[Column, ...], format: str) -> Iterator[Piece]:
        if format == "csv":
            return csv_pieces(dataset, scope, columns)
        count = dataset.count(scope)
        if format == "json":
            return json_pieces(dataset, scope, columns, count=count)
        check_it_fits(count, dataset.name)
        return xlsx_pieces({dataset: columns}, scope)

    def _query(self, filters: list[str]) -> QueryDict:
        query = QueryDict(mutable=True)
        for words in filters:
            name, equals, value = words.partition("=")
            if not equals or name not in FILTER_NAMES:
                raise CommandError(f"--filter takes NAME=VALUE, NAME being one of {', '.join(FILTER_NAMES)}.")
            query.appendlist(name, value)
        return query
