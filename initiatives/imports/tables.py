"""A file's bytes become a table, or an `Unreadable` that says why not: plain Python, quick to start."""

from initiatives.imports import delimited
from initiatives.imports.kinds import kind
from initiatives.imports.shape import Asked, Limits, Row, Table, Unreadable

__all__ = ["Asked", "Limits", "Row", "Table", "Unreadable", "read"]


def read(content: bytes, name: str, asked: Asked = Asked(), limits: Limits = Limits()) -> Table:  # noqa: B008
    """Return the table in the file, whose kind is known by its content; Unreadable when there is none."""
    if kind(content, name) == "csv":
        return delimited.read(content, asked, limits)
    from initiatives.imports import workbooks  # CSV starts quicker without

    return workbooks.read(content, asked, limits)
