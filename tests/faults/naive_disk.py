"""The same portal on the same small disk, which writes what it can and hopes for the best: for a canary."""

from contextlib import suppress

from tests.faults.small_disk import application  # sets Django up, before any model is asked for

# isort: split
from django.db import OperationalError

from initiatives import actions

__all__ = ["application"]

post_update = actions.post_update


def post_and_hope(**said):
    with suppress(OperationalError):
        post_update(**said)


actions.post_update = post_and_hope
