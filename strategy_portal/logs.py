"""What the portal's log may not hold."""

import logging
import re

# The addresses that open something by themselves: a partner's link, somebody's calendar, and the choice of a password.
SECRETS = re.compile(r"(/link/|/calendar/|/accounts/set_password/)[^\s\"']+")


class WithoutSecrets(logging.Formatter):
    """Writes lines without the secrets of addresses: Django names the address of a form that it refuses."""

    def format(self, record: logging.LogRecord) -> str:
        return SECRETS.sub(r"\1…", super().format(record))
