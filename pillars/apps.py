"""What we promised."""

from django.apps import AppConfig

from accounts.record.declared import Declared, Kept


class PillarsConfig(AppConfig):
    name = "pillars"
    record = Declared(kept=(Kept("Pillar"), Kept("Aim"), Kept("Commitment")))
