"""People who send updates and write down what they were told is saved, to be compared with what is on record."""

import threading
import time
from collections import Counter
from contextlib import contextmanager
from http.client import HTTPException
from uuid import uuid4

from initiatives.models import Ask, Update
from tests.factories import a_person, an_initiative
from tests.faults.conftest import TOKEN, cookies_of


class Owner:
    """One owner with one initiative. A form is sent again, with the key that it has, until it is said to be saved."""

    def __init__(self, number):
        self.ref = f"DS-{number:03d}"
        self.person = a_person(f"owner{number}", None, "contributor")
        an_initiative(self.ref, recorded="2025-04-01", owner=self.person, milestones=["2025-06-30"])
        self.cookies = cookies_of(self.person)
        self.saved, self.refusals, self.broken_off = [], [], 0

    def works(self, portal, stop):
        while not stop.is_set():
            words = f"{self.ref} says {len(self.saved)}"
            said = {"rag": "green", "what_changed": words, "ask": f"Of {words}?", "key": str(uuid4())}
            while not self.sends(portal, said):
                time.sleep(0.05)
            self.saved.append(words)

    def sends(self, portal, said):
        """Send a form; returns whether the portal said that it is saved."""
        try:
            answer = portal.knock(
                "POST", f"/initiatives/{self.ref}/update/", self.cookies, said | {"csrfmiddlewaretoken": TOKEN}
            )
        except (OSError, HTTPException):
            self.broken_off += 1
            return False
        if answer.status != 302:
            self.refusals.append(answer)
        return answer.status == 302


@contextmanager
def at_work(owners, portal):
    """Let the owners send what they have to say, until the end of the block; what each has begun is finished."""
    stop = threading.Event()
    threads = [threading.Thread(target=owner.works, args=[portal, stop]) for owner in owners]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def compared(owners):
    """Compare the owners' ledgers with the record; returns how many updates were lost, doubled and left half done."""
    on_record = Counter(Update.objects.values_list("what_changed", flat=True))
    asked = Counter(Ask.objects.values_list("question", flat=True))
    told = [words for owner in owners for words in owner.saved]
    return {
        "lost": sum(not on_record[words] for words in told),
        "doubled": sum(count - 1 for count in on_record.values()),
        "halves": sum(asked[f"Of {words}?"] != count for words, count in on_record.items()),
    }


NOTHING = {"lost": 0, "doubled": 0, "halves": 0}
