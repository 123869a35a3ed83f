"""How a line of the portal's log is written, and what it may not hold."""

import json
import logging
import re
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime

# What opens something by itself: a partner's link, somebody's calendar, the choice of a password, and a token.
SECRETS = re.compile(r"(/link/|/calendar/|/accounts/set_password/|\bportal_(?=[A-Za-z0-9_-]{43}))[^\s\"']+")
ADDRESSES = re.compile(r"[^\s@\"'<>()=,;:]{1,64}@[^\s@\"'<>()=,;:]{1,190}\.[A-Za-z]{2,}")
LONGEST = 2_000  # characters of one value

request_id: ContextVar[str] = ContextVar("request_id", default="")


def without_secrets(text: str) -> str:
    """Return a text in which nothing opens a door and nobody has an address."""
    return ADDRESSES.sub("…@…", SECRETS.sub(r"\1…", text))


class WithoutSecrets(logging.Formatter):
    """Writes lines without secrets: Django names the address of a form that it refuses."""

    def format(self, record: logging.LogRecord) -> str:
        return without_secrets(super().format(record))


class JsonLines(logging.Formatter):
    """Writes a line of JSON, in which nothing can begin another line or colour a terminal.

    `extra={"told": {…}}` adds values. Of an exception stand its kind and its places, not its words: a database and a
    parser like to repeat in them what somebody typed.
    """

    def format(self, record: logging.LogRecord) -> str:
        told = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "from": record.name,
            "request": request_id.get(),
            "message": record.getMessage(),
            **getattr(record, "told", {}),
        }
        if record.exc_info and record.exc_info[0]:
            told["exception"] = record.exc_info[0].__name__
            told["places"] = [f"{f.filename}:{f.lineno} {f.name}" for f in traceback.extract_tb(record.exc_info[2])]
        return json.dumps({name: _clean(value) for name, value in told.items() if value != ""})


def _clean(value: object) -> object:
    if isinstance(value, list):
        return [_clean(part) for part in value]
    if value is None or isinstance(value, int | float):
        return value
    return without_secrets(str(value)[:LONGEST])
