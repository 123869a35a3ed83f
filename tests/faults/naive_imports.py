"""An importer that keeps each part as it is written, to see that the test of half-done imports can fail."""

import sys

from django.core.management import execute_from_command_line
from django.db import connection

from initiatives.imports import bulk

insert = bulk.insert


def insert_and_keep(*told):
    written = insert(*told)
    connection.connection.commit()
    return written


if __name__ == "__main__":
    bulk.insert = insert_and_keep
    execute_from_command_line(["manage.py", *sys.argv[1:]])
