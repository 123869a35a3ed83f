"""Reads a file that may be hostile, in a process that can do little harm: bytes come in, one line of JSON goes out.

Run by `files`, as a script that is told where our packages are: it starts without Django. First come the limits and
what was asked, as a line of JSON, then the file.
"""

import json
import resource
import sys
from contextlib import suppress

sys.dont_write_bytecode = True
sys.path.append(sys.argv[1])


def main() -> None:
    """Answer with `table` or with `unreadable`."""
    told = json.loads(sys.stdin.buffer.readline())
    for kind, most in (
        (resource.RLIMIT_AS, told["memory"]),
        (resource.RLIMIT_CPU, told["seconds"]),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
    ):
        with suppress(OSError, ValueError):  # not every system knows every limit
            resource.setrlimit(kind, (most, most))
    from initiatives.imports import tables

    try:
        table = tables.read(
            sys.stdin.buffer.read(), told["name"], tables.Asked(**told["asked"]), tables.Limits(**told["limits"])
        )
        parts = vars(table) | {"rows": [(row.number, row.cells) for row in table.rows]}
        answer = json.dumps({"table": parts}, ensure_ascii=False, separators=(",", ":"))
    except tables.Unreadable as unreadable:
        answer = json.dumps({"unreadable": str(unreadable)})
    sys.stdout.buffer.write(answer.encode())


if __name__ == "__main__":
    main()
