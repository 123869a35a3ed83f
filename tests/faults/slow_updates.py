"""The portal, taking its time in the middle of each update, so that a kill often falls between its parts."""

import random
import time

from strategy_portal.wsgi import application  # sets Django up, before any model is asked for

# isort: split
from django.db.models.signals import post_save

from initiatives.models import Update
from strategy_portal import urls  # read before the workers are born, each of which would read them anew

__all__ = ["application", "urls"]


def take_time(**_):
    time.sleep(random.uniform(0, 0.03))


post_save.connect(take_time, sender=Update)
