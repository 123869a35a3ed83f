"""Data sets as files: CSV, XLSX, JSON, and all of them together as a workbook or a data package.

A file is a stream of pieces, each with the number of rows that it brings; whoever sends it turns it into blocks.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from hashlib import sha256

from initiatives import kept
from reports import metrics, months
from reports.datasets import DATASETS

BLOCK = 64 * 1024  # bytes sent together
Piece = tuple[bytes, int]  # a part of a file, and how many rows end in it
Sent = Callable[[int], None]


def blocks(pieces: Iterable[Piece], sent: Sent | None = None) -> Iterator[bytes]:
    """Yield a file's pieces in blocks of one size, the first one as soon as it is there.

    `sent` is told once how many rows went, also when the reader hung up half way.
    """
    rows, held = 0, bytearray()
    size = 1
    try:
        for piece, count in pieces:
            held += piece
            while len(held) >= size:
                yield bytes(held[:BLOCK])
                del held[:BLOCK]
                size = BLOCK
            rows += count
        if held:
            yield bytes(held)
    finally:
        if sent:
            sent(rows)


@cache
def rules() -> str:
    """Return a mark of all that makes a file out of what was recorded: another version of it makes another file."""
    ours = [name for name in sys.modules if name.startswith(("reports.datasets", "reports.files"))]
    texts = [inspect.getsource(sys.modules[name]) for name in sorted(ours)]
    texts += [inspect.getsource(module) for module in (metrics, months)]
    return sha256("".join([*texts, *DATASETS, kept.rules()]).encode()).hexdigest()[:16]
