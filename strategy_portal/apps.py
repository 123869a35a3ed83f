"""The wiring as an app of Django's: what the portal keeps about itself."""

from django.apps import AppConfig

from accounts.record.declared import Declared


class StrategyPortalConfig(AppConfig):
    name = "strategy_portal"
    verbose_name = "The portal itself"
    record = Declared(kept=(), excused={"PolicyReport": "counts of what browsers refused, which nobody changes"})

    def ready(self) -> None:
        """Listen for who signs in."""
        from strategy_portal import request_log  # noqa: F401  (it listens for who signs in)
