#!/usr/bin/env python
"""Django's command line for the strategy portal."""

import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "strategy_portal.settings")
    from django.core.management import execute_from_command_line

    from accounts.record.deeds import doing

    # Any command, also those of others, is on record by its name alone: what follows it may be a secret.
    with doing("command", reason=f"manage.py {' '.join(sys.argv[1:2])}"):
        execute_from_command_line(sys.argv)
