"""What leaders look at and analysts take away."""

from django.apps import AppConfig

from accounts.record.declared import Declared, Kept


class ReportsConfig(AppConfig):
    name = "reports"
    record = Declared(
        kept=(Kept("SavedView", thing=("accounts.User", "{row}.owner_id")),),
        excused={"Download": "what was read, on a record of its own"},
    )
