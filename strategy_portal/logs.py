"""What the portal's log may not hold."""

import logging
import re

# What opens something by itself: a partner's link, somebody's calendar, the choice of a password, and a token.
SECRETS = re.compile(r"(/link/|/calendar/|/accounts/set_password/|\bportal_(?=[A-Za-z0-9_-]{43}))[^\s\"']+")


class WithoutSecrets(logging.Formatter):
    """Writes lines without secrets: Django names the address of a form that it refuses."""

    def format(self, record: logging.LogRecord) -> str:
        return SECRETS.sub(r"\1…", super().format(record))
