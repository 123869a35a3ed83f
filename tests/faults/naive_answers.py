"""The portal with Django's own answer to a fault, and without its look at each connection: for a canary."""

from strategy_portal import settings  # as a module, which Django reads after this

settings.DATABASES["default"]["CONN_HEALTH_CHECKS"] = False

# isort: split
from strategy_portal.wsgi import application  # noqa: E402

# isort: split
from strategy_portal import urls  # noqa: E402

urls.handler500 = "django.views.defaults.server_error"

__all__ = ["application"]
