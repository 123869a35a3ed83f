"""The portal as it would be if an update looked at neither its form's key nor the last update: for a canary."""

from strategy_portal.wsgi import application  # noqa: F401, I001  (Django is set up by it)

from initiatives import actions
from initiatives.views import updating

post_update = actions.post_update


def post_without_looking(*, sent, **said):
    return post_update(**said)


actions.post_update = post_without_looking
updating.sent_before = lambda said: None
