"""Who you are and which doors you hold keys to."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
