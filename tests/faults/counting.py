"""Reads a number and writes the next one, many times in several threads: `python -m tests.faults.counting TIMES MODE`.

MODE is how a transaction begins: as the settings say (`ours`) or as Django would by itself (`deferred`).
"""

import os
import sys
from concurrent.futures import ThreadPoolExecutor

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "strategy_portal.settings")
django.setup()

from django.db import OperationalError, connection, transaction  # noqa: E402

from accounts.models import User  # noqa: E402

THREADS = 4


def adds_one(_):
    """Return 1 if the transaction failed."""
    try:
        with transaction.atomic():
            person = User.objects.get(username="counter")
            User.objects.filter(pk=person.pk).update(name=str(int(person.name) + 1))
    except OperationalError:
        return 1
    finally:
        connection.close()
    return 0


def main(times, mode):
    if mode == "deferred":
        connection.settings_dict["OPTIONS"]["transaction_mode"] = None
    with ThreadPoolExecutor(THREADS) as pool:
        print("failed", sum(pool.map(adds_one, range(times))))


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
