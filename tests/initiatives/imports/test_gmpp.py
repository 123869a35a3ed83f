"""The Government's major projects of two years, as published: the real files that Oscar brings.

The published totals (of 184 and 235 projects) are the Infrastructure and Projects Authority's own.
"""

from collections import Counter
from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from initiatives.history import initiative_as_at, portfolio, story
from initiatives.imports.files import read_file
from initiatives.models import Import, ImportedRow, Initiative, Update
from tests.factories import day
from tests.initiatives.imports.files import GMPP, HERE, commands, written

pytestmark = pytest.mark.django_db
MAPPING = ["--mapping", str(HERE / "gmpp.json")]


def brings(year, *options):
    return commands(GMPP[year], *MAPPING, "--as-of", f"{year}-03-31", *options, on="2026-11-25")


def rags(on):
    found = Counter(i.rag for i in portfolio(day(on)).initiatives)
    return {"green": found["green"], "amber": found["amber"], "red": found["red"], "unrated": found[None]}


@pytest.fixture
def both(strategy):
    brings(2021, "--apply")
    brings(2022, "--apply")


def test_both_files_are_read_as_they_were_written():
    first, second = (read_file(GMPP[year].read_bytes(), GMPP[year].name) for year in (2021, 2022))
    assert [(t.encoding, t.delimiter, t.header_row, len(t.rows), t.refused) for t in (first, second)] == [
        ("Windows-1252", ";", 1, 184, ()),
        ("Windows-1252", ";", 1, 235, ()),
    ]
    assert [heading for heading in second.headers if "rating" in heading] == [
        "colour_rating",
        "colour_rating (2)",
        "rating_comment",
    ]
    assert second.notes == ()  # its lines end in three ways, but only within cells: between rows in one


def test_every_row_is_accounted_for_and_159_projects_are_the_same(both):
    first, second = Import.objects.order_by("id")
    assert first.counts["rows"] == {"new": 184, "changed": 0, "unchanged": 0, "refused": 0}
    known = sum(second.counts["rows"][outcome] for outcome in ("changed", "unchanged"))
    assert (known, second.counts["rows"]["new"], second.counts["rows"]["refused"]) == (159, 76, 0)
    assert Initiative.objects.count() == 184 + 76
    assert [row.of_id for row in ImportedRow.objects.order_by("of_id", "number")] == [first.pk] * 184 + [
        second.pk
    ] * 235


def test_the_ratings_own_words_add_up_to_the_published_totals(both):
    first, second = (row.counts["ratings"] for row in Import.objects.order_by("id"))
    assert {word: first[word] for word in ("Red", "Amber/red", "Amber")} == {"Red": 7, "Amber/red": 44, "Amber": 84}
    assert {word: second[word] for word in ("Green", "Amber", "Red")} == {"Green": 24, "Amber": 170, "Red": 27}
    kept = Counter(Update.objects.filter(said_on="2021-03-31").values_list("rating_word", flat=True))
    assert kept == {"Amber": 84, "Amber/red": 44, "Amber/Green": 29, "Green": 12, "Red": 7}


def test_between_the_two_days_the_first_file_holds(both):
    of_2021 = {"green": 12, "amber": 113, "red": 51, "unrated": 8}
    assert rags("2021-03-31") == rags("2021-09-30") == rags("2022-03-30") == of_2021
    prisons = Initiative.objects.get(external_ref="MOJ_0050_2021-Q1")
    said = [initiative_as_at(prisons, day(on)).rag for on in ("2021-03-31", "2022-03-30", "2022-03-31")]
    assert said == ["red", "red", "amber"]


def test_the_first_promise_stays_beside_a_moved_end(both):
    estate = Initiative.objects.get(external_ref="MOJ_0049_2021-Q1")
    then, now = (initiative_as_at(estate, day(on)) for on in ("2021-12-31", "2022-03-31"))
    assert (then.first_ends_on, then.ends_on, then.date_moves) == (date(2027, 3, 30), date(2027, 3, 30), 0)
    assert (now.first_ends_on, now.ends_on, now.date_moves) == (date(2027, 3, 30), date(2025, 5, 1), 1)


def test_what_a_file_told_of_the_past_carries_its_mark(both):
    prisons = Initiative.objects.get(external_ref="MOJ_0050_2021-Q1")
    events = story(prisons, day("2022-12-31"))
    assert {event.row.brought_in_later.date() for event in events} == {date(2026, 11, 25)}
    assert {event.recorded_at.date() for event in events} == {date(2021, 3, 31), date(2022, 3, 31)}


def test_a_cell_that_is_no_date_is_left_empty_and_listed(strategy):
    told = brings(2021, "--verbosity", "2")
    listed = [line for line in told if "is no date, left empty" in line]
    assert len(listed) == 9
    assert "184 new, 0 changed, 0 unchanged, 0 refused." in told


def test_the_same_files_again_change_nothing(both):
    before = written()
    assert "0 new, 0 changed, 184 unchanged, 0 refused." in brings(2021, "--apply")
    assert "0 new, 0 changed, 235 unchanged, 0 refused." in brings(2022, "--apply")
    assert written() == before


def test_without_apply_nothing_is_written(strategy):
    before = written()
    assert brings(2021)[-1] == "Nothing was written. --apply does it."
    assert written() == before


def test_words_that_are_not_ours_are_asked_about_never_guessed(strategy, tmp_path):
    bare = tmp_path / "bare.json"
    bare.write_text('{"columns": {"title": "project_name", "rag": "colour_rating"}, "defaults": {"pillar": "process"}}')
    before = written()
    with pytest.raises(CommandError, match="What do these 8 words of “colour_rating” mean as rag"):
        call_command("import_initiatives", str(GMPP[2021]), "--mapping", str(bare), "--apply", stdout=StringIO())
    assert written() == before


def test_the_mapping_is_kept_under_a_name_and_serves_the_next_file(strategy):
    brings(2021, "--apply", "--save-mapping", "Major projects")
    told = commands(GMPP[2022], "--mapping", "Major projects", "--as-of", "2022-03-31", on="2026-11-25")
    assert any(line.startswith("76 new, ") for line in told)


def test_a_strategy_that_is_not_there_yet_is_begun_with_its_four_pillars(db):
    told = brings(2021, "--apply")
    assert any("there are no pillars yet" in line for line in told)
    assert [p.slug for p in portfolio(day("2026-11-25")).pillars] == ["purpose", "process", "people", "potential"]
