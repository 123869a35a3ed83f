"""The portal on an SQLite that may grow to as many pages as a file says, as on a disk that fills up."""

import os
from pathlib import Path

from strategy_portal.wsgi import application  # sets Django up, before its signals are asked for

# isort: split
from django.db.backends.signals import connection_created

__all__ = ["application"]


def keep_small(connection, **_):
    pages = int(Path(os.environ["PAGES_FILE"]).read_text())
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA max_page_count = {pages}")


connection_created.connect(keep_small)
