"""CSV as RFC 4180 has it: UTF-8 with a byte order mark, a heading, CRLF."""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Sequence

from reports.datasets import Column, Dataset, Scope
from reports.datasets.base import csv_text
from reports.files import Piece


def csv_pieces(dataset: Dataset, scope: Scope, columns: Sequence[Column] | None = None) -> Iterator[Piece]:
    """Yield a data set as CSV, in these columns or in all of them."""
    columns = columns or dataset.columns
    heading = codecs.BOM_UTF8 + csv_text([[column.name for column in columns]])
    for lines, count in dataset.csv_lines(scope, columns):
        yield heading + lines, count
        heading = b""
    if heading:
        yield heading, 0
