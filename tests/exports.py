"""Data sets as Ana reads them."""

import csv
import io

from django.http import QueryDict

from reports.datasets import DATASETS, Scope
from reports.files.as_csv import csv_pieces
from tests.factories import day


def scope(on, query=""):
    """Return what a data set speaks of on a day, under an address's filters."""
    return Scope(day(on), QueryDict(query))


def csv_file(name, on="2025-07-01", query=""):
    """Return a data set's file."""
    return b"".join(piece for piece, _ in csv_pieces(DATASETS[name], scope(on, query)))


def taken(name, on="2025-07-01", query=""):
    """Return the rows of a data set, read back from its file."""
    text = csv_file(name, on, query).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def column(name, heading, *where):
    """Return one column of a data set."""
    return [row[heading] for row in taken(name, *where)]
