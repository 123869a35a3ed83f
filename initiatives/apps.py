"""What we do about the promises, and what its owners say."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate


class InitiativesConfig(AppConfig):
    name = "initiatives"

    def ready(self) -> None:
        """Have the triggers of the kept rows step aside for migrations."""
        from initiatives import triggers

        pre_migrate.connect(triggers.remove, sender=self, dispatch_uid="kept")
        post_migrate.connect(triggers.install, sender=self, dispatch_uid="kept")
