"""What we do about the promises, and what its owners say."""

from django.apps import AppConfig


class InitiativesConfig(AppConfig):
    name = "initiatives"
