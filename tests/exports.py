"""Data sets as Ana reads them."""

import csv
import io

from django.http import QueryDict

from initiatives.filters import Filters
from initiatives.history import portfolio
from reports.datasets import DATASETS, Scope, csv_chunks
from tests.factories import day


def scope(on, query=""):
    """Return what a data set speaks of on a day, under an address's filters."""
    whole = portfolio(day(on))
    filters = Filters(QueryDict(query), whole)
    return Scope(filters.apply(), filtered=filters.active)


def taken(name, on="2025-07-01", query=""):
    """Return the rows of a data set, read back from its file."""
    text = b"".join(csv_chunks(DATASETS[name], scope(on, query))).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def column(name, heading, *where):
    """Return one column of a data set."""
    return [row[heading] for row in taken(name, *where)]
