"""Whatever a table holds, planning it says what it would do or what cannot be, and writes nothing."""

from datetime import date

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from initiatives.imports.applying import Writer
from initiatives.imports.fields import FIELDS, guessed_columns
from initiatives.imports.mapping import Mapping
from initiatives.imports.planner import plan
from initiatives.imports.tables import Row, Table
from initiatives.models import Import, Initiative
from initiatives.status import ImportKind
from tests.databases import examples
from tests.factories import says, undone
from tests.initiatives.imports.files import a_file, applies, brings, written

TODAY = date(2025, 7, 1)
CELLS = st.one_of(
    st.sampled_from(
        [
            "", " ", "DS-001", "DS-002-M01", "DS-001-M01", "DS-001-M99", "ds-1", "Title of DS-001", "Olga Owens",
            "olga", "green", "Amber", "RED", "Blue", "Amber/Red", "n/a", "process", "People", "E1; E2", "E9", ";;",
            "1", "0",
            "-1", "2.5", "1e9", "NaN", "٥", "99999", "2025-06-30", "31/12/2025", "29/02/2025", "TBC",
            "Q3 2024/25", "45000", "9999-12-31", "0000-00-00", "in progress", "complete", "monthly", "main", "=1+1",
            "'", "\u202eabc",
            "\U0001f600", "x" * 201, "y" * 20_001, "a\nb",
        ]
    ),
    st.text(max_size=20),
)  # fmt: skip


@st.composite
def tables(draw):
    """Return a table of some of the fields of a kind, with anything in its cells."""
    kind = draw(st.sampled_from(ImportKind.values))
    headers = tuple(
        draw(st.lists(st.sampled_from([*FIELDS[kind], "Other", "Notes"]), min_size=1, max_size=8, unique=True))
    )
    rows = draw(st.lists(st.tuples(*[CELLS] * len(headers)), max_size=6))
    told = tuple(Row(number, cells) for number, cells in enumerate(rows, start=2))
    table = Table("csv", "UTF-8", ",", "", (), 1, headers, headers, told, (), (), ())
    as_of = draw(st.sampled_from([None, date(2025, 3, 31), date(2025, 5, 31), date(1900, 1, 1)]))
    people = draw(st.sampled_from([{}, {"*": "+"}]))
    return table, Mapping(kind=kind, columns=guessed_columns(kind, headers), people=people), as_of


@pytest.mark.django_db
def test_any_table_can_be_planned_and_nothing_is_written(olgas, omars):
    says(olgas, "amber", on="2025-05-03")
    before = written()

    @settings(max_examples=examples(300), derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    @given(tables())
    def whatever_it_holds(drawn):
        table, mapping, as_of = drawn
        found = plan(table, mapping, name="any.csv", as_of=as_of, today=TODAY)
        assert [row.number for row in found.rows] == [row.number for row in table.rows]
        assert sum(found.counts.values()) == len(table.rows)
        assert all(bool(row.reasons) == (row.outcome == "refused") for row in found.rows)
        assert all(bool(row.deed) == (row.outcome in ("new", "changed")) for row in found.rows)
        assert len(found.fingerprint) == 32
        with undone():
            of = Import.objects.create(name="any.csv", content=b"", state="applied", applied_at=timezone.now())
            for _ in Writer(found, of, None, timezone.now()).write():
                pass

    whatever_it_holds()
    assert written() == before


@pytest.mark.django_db
def test_what_is_planned_can_be_written(olgas, omars, oscar):
    says(olgas, "amber", on="2025-05-03")
    head = "ref | title | pillar | rag | weight | ends_on | owner | commitments | stage"
    rows = [
        f"{ref} | {title} | {pillar} | {rag} | {weight} | {ends} | {owner} | {serves} | {stage}"
        for ref, title, pillar, rag, weight, ends, owner, serves, stage in [
            ("DS-001", "", "", "red", "3", "", "omar", "E1; E3", "paused"),
            ("DS-002", "Other", "people", "green", "", "", "Una", "", ""),
            ("DS-003", "=1+1", "process", "", "32767", "2199-12-31", "", "E2", "complete"),
            ("DS-004", "\U0001f600 ✓ ÅÄÖ", "process", "amber", "1", "1900-01-01", "olga", "", "proposed"),
        ]
    ]
    applied = applies(brings(oscar, a_file(head, *rows), people={"*": "+"}), oscar)
    assert applied.counts["rows"] == {"new": 2, "changed": 2, "unchanged": 0, "refused": 0}
    assert list(Initiative.objects.values_list("ref", "title", "weight")) == [
        ("DS-001", "Title of DS-001", 3),
        ("DS-002", "Other", 1),
        ("DS-003", "=1+1", 32767),
        ("DS-004", "\U0001f600 ✓ ÅÄÖ", 1),
    ]
