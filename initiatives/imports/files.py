"""Reading a file that somebody brought, within bounds: a child process with little memory and time parses it."""

import json
import logging
import os
import signal
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.conf import settings

from initiatives.imports.tables import Asked, Limits, Row, Table, Unreadable

__all__ = ["Asked", "Row", "Table", "Unreadable", "read_file"]

_log = logging.getLogger("portal")
_CHILD = Path(__file__).with_name("child.py")
_TOO_MUCH = (
    "The file needs more memory or time to read than the portal allows ({memory} MB, {seconds} seconds). Take out what "
    "is not needed, such as pictures, formulas and other sheets, or save the rows as CSV UTF-8."
)


def read_file(content: bytes, name: str, asked: Asked = Asked()) -> Table:  # noqa: B008
    """Return the table in the file; Unreadable, with what to do, when it has none or is too large or hostile."""
    if len(content) > settings.IMPORT_MAX_BYTES:
        raise Unreadable(
            f"The file has {len(content) / 10**6:,.1f} MB; at most {settings.IMPORT_MAX_BYTES / 10**6:,.1f} MB can be "
            "read. Split it, or take out what is not needed."
        )
    told = {
        "name": name,
        "asked": asdict(asked),
        "limits": asdict(
            Limits(
                rows=settings.IMPORT_MAX_ROWS,
                columns=settings.IMPORT_MAX_COLUMNS,
                cell=settings.IMPORT_MAX_CELL,
                unpacked=settings.IMPORT_MAX_UNPACKED,
                ratio=settings.IMPORT_MAX_RATIO,
                entries=settings.IMPORT_MAX_ENTRIES,
            )
        ),
        "memory": settings.IMPORT_CHILD_MEMORY,
        "seconds": settings.IMPORT_CHILD_SECONDS,
    }
    answer = _answer(json.dumps(told).encode() + b"\n" + content)
    if "unreadable" in answer:
        raise Unreadable(answer["unreadable"])
    parts = answer["table"]
    rows = tuple(Row(number, tuple(cells)) for number, cells in parts.pop("rows"))
    refused = tuple((number, reason) for number, reason in parts.pop("refused"))
    rest: dict[str, Any] = {key: tuple(part) if isinstance(part, list) else part for key, part in parts.items()}
    return Table(rows=rows, refused=refused, **rest)


def _answer(content: bytes) -> dict[str, Any]:
    """Return what the child answers; Unreadable when it is stopped or breaks down."""
    too_much = _TOO_MUCH.format(memory=settings.IMPORT_CHILD_MEMORY // 2**20, seconds=settings.IMPORT_CHILD_SECONDS)
    # It gets no secrets: nothing of this process's environment but where libraries are.
    environment = {key: os.environ[key] for key in ("LD_LIBRARY_PATH",) if key in os.environ}
    try:
        child = subprocess.run(  # noqa: S603  # our own script, by our own interpreter
            [sys.executable, "-I", str(_CHILD), str(settings.BASE_DIR)],
            input=content,
            capture_output=True,
            env=environment,
            timeout=settings.IMPORT_CHILD_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Unreadable(too_much) from None
    if (
        child.returncode in (-signal.SIGKILL, -signal.SIGXCPU, -signal.SIGABRT, -signal.SIGSEGV)
        or b"MemoryError" in child.stderr
    ):
        raise Unreadable(too_much)
    try:
        return json.loads(child.stdout)
    except ValueError:
        _log.error(
            "The reader of files broke down (%s): %s", child.returncode, child.stderr[-2000:].decode(errors="replace")
        )
        raise Unreadable(
            "The file broke the reader. Open it in a spreadsheet program and save it again as CSV UTF-8."
        ) from None
