"""Whether the portal only reads just now: while a backup is put back, or its database moves."""

from pathlib import Path

from django.conf import settings


def is_read_only() -> bool:
    """Say whether nothing may be written, by the environment or by a file that can be made and taken away."""
    return settings.READ_ONLY or Path(settings.READ_ONLY_FILE).exists()
