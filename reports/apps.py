"""What leaders look at and analysts take away."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "reports"
