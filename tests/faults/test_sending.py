"""Reminders while everything goes wrong: senders are killed, there are several of them, and mail is down and slow.

Exactly once cannot be had over SMTP. Never twice can, with a list of what may or may not have gone.
"""

import asyncio
import random
import time
from collections import Counter
from email import message_from_bytes, policy

import pytest
from aiosmtpd.controller import Controller
from django.db import transaction

from initiatives.models import Reminder
from initiatives.status import Posting
from tests.factories import a_person, a_strategy, an_initiative, day
from tests.faults.conftest import free_port, manage, start

ON = "2025-04-30"  # the first update of work that began in April is due
SENDS = ("manage.py", "send_reminders", "--on", ON)
NAIVE = ("tests/faults/naive_sending.py", ON)


def people_who_owe(count):
    """Make so many people who owe an update each; returns their addresses."""
    with transaction.atomic():
        a_strategy(recorded="2025-04-01")
        for number in range(1, count + 1):
            owner = a_person(f"owner{number}", email=f"owner{number}@example.org")
            an_initiative(f"DS-{number:03d}", recorded="2025-04-01", owner=owner)
    return {f"owner{number}@example.org" for number in range(1, count + 1)}


# --- Mail -----------------------------------------------------------------------------------------
class Door:
    """Where one sender hands in its letters: a slow mail server of its own, so that one knows who is sending."""

    def __init__(self, delivered, slow):
        self.delivered, self.slow = delivered, slow
        self.taken, self.controller, self.port = 0, None, free_port()

    def open(self):
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self.controller.start()

    def close(self):
        if self.controller:
            self.controller.stop()

    async def handle_DATA(self, server, session, envelope):
        await asyncio.sleep(self.slow / 2)  # killed here, it has not gone; killed below, it has
        self.delivered[message_from_bytes(envelope.content, policy=policy.default)["To"]] += 1
        self.taken += 1
        await asyncio.sleep(self.slow / 2)
        return "250 OK"


class PostOffice:
    """The doors of some senders, and what was delivered through all of them: address -> how often."""

    def __init__(self, db, senders, slow):
        self.db, self.slow, self.delivered = db, slow, Counter()
        self.doors = [Door(self.delivered, slow) for _ in range(senders)]

    def open(self):
        for door in self.doors:
            door.open()

    def close(self):
        for door in self.doors:
            door.close()

    def send(self, door, command=SENDS):
        """Start a sender that hands in at this door."""
        return start(self.db, *command, EMAIL_URL=f"smtp://127.0.0.1:{door.port}")

    @property
    def twice(self):
        return sum(times - 1 for times in tuple(self.delivered.values()))  # which another thread fills


@pytest.fixture
def post_office(db):
    opened = []

    def opening(senders, slow=0.01):
        opened.append(PostOffice(db, senders, slow))
        return opened[-1]

    yield opening
    for office in opened:
        office.close()


# --- The treatment --------------------------------------------------------------------------------
class Sender:
    """One of several senders: killed at random while it sends, and started again until it comes to its end."""

    def __init__(self, office, door, command, chance):
        self.office, self.door, self.command, self.chance = office, door, command, chance
        self.kills, self.said = 0, []
        self._start()

    def _start(self):
        self.process = self.office.send(self.door, self.command)
        self.dies_after = self.door.taken + self.chance.randint(10, 80)

    def look(self):
        """Kill the sender if its hour has come, or start it again if it ended badly; say whether it is done."""
        if self.process.poll() is not None:
            self.said.append(self.process.communicate()[0])
            if self.process.returncode == 0:
                return True
            self._start()
        elif self.door.taken >= self.dies_after:
            time.sleep(self.chance.uniform(0, 2 * self.office.slow))
            self.process.kill()
            self.process.communicate()
            self.kills += 1
            self._start()
        return False

    def end(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.communicate()


def treat(office, command, enough=lambda: False):
    """Let the senders work through everything, mail being down at first; returns how often one was killed, and what
    they said.
    """
    chance = random.Random(3)
    senders = [Sender(office, door, command, chance) for door in office.doors]
    try:
        for sender in senders:  # mail is down until each has found that out
            sender.process.wait(timeout=100)
        assert office.delivered == {}
        office.open()
        at_work, deadline = senders, time.monotonic() + 100
        while at_work and not enough():
            assert time.monotonic() < deadline
            at_work = [sender for sender in at_work if not sender.look()]
            time.sleep(0.005)
    finally:
        for sender in senders:
            sender.end()
    return sum(sender.kills for sender in senders), [said for sender in senders for said in sender.said]


# --- What is promised -----------------------------------------------------------------------------
def test_400_reminders_three_senders_kills_and_mail_down_at_first_nobody_hears_twice(db, post_office):
    owe, office = people_who_owe(400), post_office(senders=3)
    kills, said = treat(office, SENDS)
    assert sum("Mail does not answer" in words for words in said) >= 3
    assert kills >= 4

    code, said = manage(db, "send_reminders", "--on", ON, EMAIL_URL=f"smtp://127.0.0.1:{office.doors[0].port}")
    assert (code, "Reminders of 30 April 2025: 0 sent, 0 kept for the next run." in said) == (0, True)

    assert office.twice == 0
    posting = dict(Reminder.objects.values_list("person__email", "posting"))
    sent = {email for email, word in posting.items() if word == Posting.SENT}
    uncertain = {email for email, word in posting.items() if word == Posting.SENDING}
    assert len(sent) + len(uncertain) == len(posting) == 400
    assert set(office.delivered) | uncertain == owe  # nobody is lost without a word
    assert sent <= set(office.delivered)
    assert len(uncertain) <= kills
    assert all(f"<{email}> on 30 April 2025: DS-" in said for email in uncertain)
    assert said.count(" on 30 April 2025: DS-") == len(uncertain)


def test_send_then_mark_is_seen_to_send_twice_under_the_same_treatment(db, post_office):
    people_who_owe(400)
    office = post_office(senders=3)
    treat(office, NAIVE, enough=lambda: office.twice > 0)
    assert office.twice > 0


def test_send_then_mark_is_seen_to_send_twice_by_one_sender_that_is_killed(db, post_office):
    people_who_owe(120)
    office = post_office(senders=1, slow=0.02)
    treat(office, NAIVE, enough=lambda: office.twice > 0)
    assert office.twice > 0


def test_twice_and_on_two_machines_at_once_nobody_hears_twice(db, post_office):
    owe, office = people_who_owe(100), post_office(senders=2, slow=0.004)
    office.open()
    for _ in range(2):
        both = [office.send(door) for door in office.doors]
        assert [process.wait(timeout=60) for process in both] == [0, 0]
        assert [process.stdout.close() for process in both] == [None, None]
        assert office.delivered == dict.fromkeys(owe, 1)
    assert set(Reminder.objects.values_list("on", "posting")) == {(day(ON), Posting.SENT)}
    assert all(door.taken for door in office.doors), "one of them had nothing to do, so nothing was tried"
