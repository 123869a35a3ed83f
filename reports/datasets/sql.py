"""Cells as a database writes them: the same text as `base.cell` makes of a value, on SQLite and on PostgreSQL."""

from __future__ import annotations

from typing import Any

from django.db.models import BooleanField, CharField, Func, IntegerField, TextField


class _Made(Func):
    """An expression written once for each database, from templates that name its arguments {0}, {1} and so on."""

    on_sqlite = on_postgresql = ""
    template = ""

    def as_sqlite(self, compiler: Any, connection: Any, **_: Any) -> Any:
        return self._written(self.on_sqlite, compiler)

    def as_postgresql(self, compiler: Any, connection: Any, **_: Any) -> Any:
        return self._written(self.on_postgresql, compiler)

    def _written(self, words: str, compiler: Any) -> tuple[str, list[Any]]:
        made = [compiler.compile(expression) for expression in self.get_source_expressions()]
        parts, params = [], []
        for piece in words.split("\x00"):
            if piece.isdigit():
                sql, given = made[int(piece)]
                parts.append(sql)
                params += given
            else:
                parts.append(piece.replace("%", "%%"))
        return "".join(parts), params


def _sql(words: str) -> str:
    """Mark the places of arguments, written as {0}, so that everything else may stand as it is."""
    for number in range(4):
        words = words.replace(f"{{{number}}}", f"\x00{number}\x00")
    return words


# --- What a value is ------------------------------------------------------------------------------
class NameOf(_Made):
    """The name of the person with an id, out of a JSON object of names by id."""

    output_field = TextField()
    on_sqlite = _sql("""json_extract({0}, '$."' || {1} || '"')""")
    on_postgresql = _sql("({0}::jsonb ->> ({1})::text)")


class MilestoneRef(_Made):
    """What `milestone_ref` makes of an initiative's ref and a milestone's number; nothing without a number."""

    output_field = CharField()
    on_sqlite = _sql("({0} || printf('-M%02d', {1}) || CASE WHEN {1} IS NULL THEN NULL ELSE '' END)")
    on_postgresql = _sql("({0} || '-M' || CASE WHEN {1} < 10 THEN '0' ELSE '' END || ({1})::text)")


class DaysBetween(_Made):
    """How many days the second date is after the first."""

    output_field = IntegerField()
    on_sqlite = _sql("CAST(julianday({1}) - julianday({0}) AS INTEGER)")
    on_postgresql = _sql("({1} - {0})")


class WasLate(_Made):
    """What `was_late` says of a moment and the last day of a period. Days in UTC decide unless they are the same."""

    output_field = BooleanField()
    on_sqlite = _sql(
        "CASE WHEN {1} IS NULL OR substr({0}, 1, 10) < {1} THEN 0 WHEN substr({0}, 1, 10) > {1} THEN 1 "
        "ELSE django_datetime_cast_date({0}, 'Europe/London', 'UTC') > {1} END"
    )
    on_postgresql = _sql("COALESCE({0} >= ((({1})::date + 1)::timestamp AT TIME ZONE 'Europe/London'), false)")


# --- How a cell is written ------------------------------------------------------------------------
class _Plain(_Made):
    """Numbers, ISO dates and machine words stand as they are."""

    on_sqlite = on_postgresql = _sql("{0}")


class _Word(_Made):
    on_sqlite, on_postgresql = _sql("{0}"), _sql("NULLIF({0}, '')")


class _Text(_Made):
    """`base.guarded`. Nearly every text begins with a letter, so that is asked first: 64 is the last to beware of."""

    output_field = TextField()
    on_sqlite = _sql(
        "CASE WHEN unicode({0}) > 64 OR {0} = '' THEN {0} "
        "WHEN unicode(ltrim({0}, '''')) IN (9, 13, 43, 45, 61, 64) THEN '''' || {0} ELSE {0} END"
    )
    on_postgresql = _sql(
        "CASE WHEN ascii({0}) > 64 THEN {0} WHEN {0} = '' THEN NULL "
        "WHEN ascii(ltrim({0}, '''')) IN (9, 13, 43, 45, 61, 64) THEN '''' || {0} ELSE {0} END"
    )


class _Moment(_Made):
    output_field = TextField()
    on_sqlite = _sql("substr({0}, 1, 10) || 'T' || substr({0}, 12, 8) || 'Z'")
    on_postgresql = _sql("overlay(left(({0} AT TIME ZONE 'UTC')::text, 19) PLACING 'T' FROM 11 FOR 1) || 'Z'")


class _Truth(_Made):
    output_field = TextField()
    on_sqlite, on_postgresql = _sql("CASE WHEN {0} THEN 'true' ELSE 'false' END"), _sql("({0})::text")


CELLS: dict[str, type[Func]] = {
    "text": _Text, "word": _Word, "integer": _Plain, "date": _Plain, "moment": _Moment, "truth": _Truth,
}  # fmt: skip
