"""A portal that looks whether a link was used and then uses it, with nothing to hold the two together.

What `test_links` sees of it shows that the races there can fail.
"""

import time

from strategy_portal.wsgi import application  # sets Django up, before any model is asked for

# isort: split
from initiatives import actions
from initiatives.links import LinkClosed, LinkState
from initiatives.models import Update
from initiatives.views import links

__all__ = ["application"]


def look_and_then_use(*, link, **said):
    if Update.objects.filter(recorded_by=link.person, recorded_at__gt=link.recorded_at).exists():
        raise LinkClosed(link, LinkState.USED)
    time.sleep(0.005)  # two that arrive together have both looked by now
    return actions.post_update(initiative=link.initiative, by=link.person, **said)


links.use_link = look_and_then_use
