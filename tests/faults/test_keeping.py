"""Keeping past months meets somebody who is writing: it waits for them, and what it then keeps is whole."""

import threading
import time

from django.db import connections, transaction

from initiatives.models import KeptMonth, Update
from reports.months import keep_months
from tests.factories import clock_at, day, says

LONG = 6  # seconds


def test_keeping_months_waits_for_somebody_who_writes_for_long(db, olgas):
    writes, written = threading.Event(), []

    def writer():
        with transaction.atomic():
            written.append(says(olgas, "green", on="2025-07-15"))
            writes.set()
            time.sleep(LONG)
        connections.close_all()

    with clock_at("2025-07-15"):
        somebody = threading.Thread(target=writer)
        somebody.start()
        assert writes.wait(30)
        assert keep_months(day("2025-07-15")) == 3
        somebody.join()
    assert Update.objects.get() == written[0]
    assert KeptMonth.objects.count() == 3
