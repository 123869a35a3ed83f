"""The same portal without the one transaction of an update and without its form's key: for a canary."""

from tests.faults.slow_updates import application  # sets Django up, before any model is asked for

# isort: split
from django.db.models import QuerySet

from initiatives import actions
from initiatives.views import updating

__all__ = ["application"]

in_parts = actions.post_update.__wrapped__


def post_in_parts(*, sent, **said):
    return in_parts(**said)


QuerySet.select_for_update = lambda rows, **_: rows  # which asks for a transaction
actions.post_update = post_in_parts
updating.sent_before = lambda said: None
