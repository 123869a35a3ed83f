"""What a file would do, worked out by hand for small files that Oscar brings."""

import pytest

from initiatives.imports.mapping import BadMapping, Mapping, from_json, from_text
from tests.factories import a_person, aligns, moves, needs, says
from tests.initiatives.imports.files import a_file, brings, changes, looks, plans, reasons, written

HEAD = "Project name | Theme | RAG | Lead | End date"


def test_what_a_new_row_says_is_told_field_by_field(strategy, oscar, olga):
    plan = plans(oscar, a_file(HEAD, "Open maps | Process | Green | Olga Owens | 2026-03-31"))
    assert plan.counts == {"new": 1, "changed": 0, "unchanged": 0, "refused": 0}
    assert changes(plan, 2) == {
        "title": ("", "Open maps"),
        "pillar": ("", "Process"),
        "owner": ("", "Olga Owens"),
        "cadence": ("", "monthly"),
        "weight": ("", "1"),
        "promised_end_on": ("", "31 March 2026"),
        "stage": ("", "in-progress"),
        "rag": ("", "green"),
    }
    assert plan.rows[0].ref == "DS-001"


def test_what_the_file_does_not_say_is_taken_as_something_that_the_dry_run_shows(strategy, oscar):
    plan = plans(oscar, a_file(HEAD, "Open maps | Process | Green | | 2026-03-31", "Trees | People | Red | |"))
    assert plan.defaults == {
        "cadence": ("monthly", 2),
        "weight": ("1", 2),
        "stage": ("in-progress", 2),
        "first_ends_on": ("the end as now expected", 1),
        "what_changed": ("the name of the file and its rating", 2),
        "issue": ("As the update says.", 1),
    }


def test_a_known_initiative_is_changed_only_where_the_file_says_otherwise(olgas, oscar, omar):
    head = "ref | title | owner | directorate | weight"
    plan = plans(oscar, a_file(head, "DS-001 | Title of DS-001 | Omar Odell | | 1"))
    assert changes(plan, 2) == {"owner": ("Olga Owens", "Omar Odell")}
    assert plan.counts["changed"] == 1


def test_an_empty_cell_changes_nothing(olgas, oscar):
    plan = plans(oscar, a_file("ref | title | owner | sponsor | starts_on", "DS-001 | | | |"))
    assert plan.counts["unchanged"] == 1


@pytest.mark.parametrize(
    "known_by", ["Reference | DS-001", "Project number | FIN-7", "Project name | title OF ds-001"], ids=str
)
def test_an_initiative_is_known_by_ref_by_reference_elsewhere_or_by_title(olgas, oscar, known_by):
    olgas.external_ref = "FIN-7"
    olgas.save()
    heading, cell = known_by.split(" | ")
    plan = plans(oscar, a_file(f"{heading} | Directorate", f"{cell} | Finance"), on="2026-01-01")
    assert [(row.ref, row.outcome) for row in plan.rows] == [("DS-001", "changed")]


def test_two_rows_of_one_initiative_are_both_refused(olgas, oscar):
    plan = plans(oscar, a_file("ref | weight", "DS-001 | 2", "DS-001 | 3", "DS-001 | 3"))
    refused = ["2 other rows speak of the same initiative: keep one of them"]
    assert reasons(plan) == {2: refused, 3: refused, 4: refused}


def test_cells_that_cannot_be_are_refused_naming_the_column(olgas, oscar):
    file = a_file(
        "ref | title | pillar | weight | starts_on | ends_on",
        "DS-001 | | | none | |",
        "DS 7 | Seven | process | 1 | |",
        f"DS-008 | {'x' * 201} | process | 1 | |",
        "DS-009 | Nine | process | 1 | 2026-02-01 | 2026-01-01",
        "DS-010 | | process | 1 | |",
        "DS-011 | Eleven | | 1 | |",
        "DS-012 | Twelve | process | 0 | |",
    )
    assert reasons(plans(oscar, file)) == {
        2: ["weight: “none” is no whole number from 1 to 32,767"],
        3: ["ref: “DS 7” is no ref: letters, a hyphen and a number, as in DS-001"],
        4: ["title: 201 characters, where 200 are allowed"],
        5: ["it would end, on 1 January 2026, before it starts, on 1 February 2026"],
        6: ["a new initiative needs a title"],
        7: ["a new initiative needs a pillar"],
        8: ["weight: “0” is no whole number from 1 to 32,767"],
    }


def test_a_date_that_is_none_is_left_empty_and_its_row_stays(strategy, oscar):
    plan = plans(oscar, a_file(HEAD, "Open maps | Process | Green | | TBC"))
    assert plan.rows[0].notes == ["End date: “TBC” is no date, left empty"]
    assert plan.counts["new"] == 1


# --- Words ----------------------------------------------------------------------------------------
def test_five_point_ratings_and_blue_are_asked_about(strategy, oscar):
    rows = ["A | Process | Amber/Green", "B | Process | Blue", "C | Process | Amber/Green", "D | Process | GREEN "]
    plan = plans(oscar, a_file("Title | Pillar | RAG", *rows))
    assert [(q.about, q.field, q.cells) for q in plan.questions] == [("words", "rag", {"Amber/Green": 2, "Blue": 1})]
    assert plan.words["rag"]["GREEN"] == (1, "green")


def test_once_answered_they_mean_what_was_said_and_the_word_is_kept(strategy, oscar):
    rows = ["A | Process | Amber/Green", "B | Process | Blue", "C | Process | n/a"]
    words = {"rag": {"amber/green": "amber", "Blue": "complete", "*": ""}}
    plan = plans(oscar, a_file("Title | Pillar | RAG", *rows), words=words)
    assert plan.questions == []
    told = [
        (row.rating_word, changes(plan, row.number).get("rag"), changes(plan, row.number)["stage"]) for row in plan.rows
    ]
    assert told == [
        ("Amber/Green", ("", "amber"), ("", "in-progress")),
        ("Blue", None, ("", "complete")),
        ("n/a", None, ("", "in-progress")),
    ]
    assert plan.ratings == {"Amber/Green": 1, "Blue": 1, "n/a": 1}


def test_a_pillar_that_is_not_ours_is_asked_about(strategy, oscar):
    plan = plans(oscar, a_file("Title | Pillar", "A | Skills"))
    assert [q.words for q in plan.questions] == ["What does “Skills” of “Pillar” mean as pillar?"]


def test_without_any_pillar_the_file_waits_for_one(strategy, oscar):
    plan = plans(oscar, a_file("Title", "A"))
    assert [q.field for q in plan.questions] == ["pillar"]
    answered = plans(oscar, a_file("Title", "A"), defaults={"pillar": "people"})
    assert (answered.questions, changes(answered, 2)["pillar"]) == ([], ("", "People"))


def test_a_mapping_of_last_year_takes_a_second_column_of_the_same_heading_too(strategy, oscar):
    last_year = Mapping(columns={"title": ("Title",), "rag": ("RAG",)}, defaults={"pillar": "people"})
    plan = plans(oscar, a_file("Title | RAG | RAG", "A | Red |", "B | | Green"), mapping=last_year)
    assert [changes(plan, number)["rag"][1] for number in (2, 3)] == ["red", "green"]


# --- People ---------------------------------------------------------------------------------------
def test_people_are_known_by_address_username_or_name(strategy, oscar):
    a_person("pat", "Pat Page", email="pat@essex.example")
    rows = ["A | Process | PAT@essex.example", "B | Process | pat", "C | Process | Pat  Page"]
    plan = plans(oscar, a_file("Title | Pillar | Owner", *rows))
    assert [changes(plan, number)["owner"][1] for number in (2, 3, 4)] == ["Pat Page"] * 3


def test_unknown_people_are_listed_and_change_nothing(olgas, oscar):
    plan = plans(oscar, a_file("ref | owner", "DS-001 | Una Known"))
    assert plan.people == {"Una Known": 1}
    assert plan.rows[0].notes == ["owner: “Una Known” is not known here, left as it is"]
    assert plan.counts["unchanged"] == 1


def test_a_name_that_two_people_bear_is_nobodys(olgas, oscar):
    a_person("pat1", "Pat Page")
    a_person("pat2", "Pat Page")
    plan = plans(oscar, a_file("ref | owner", "DS-001 | Pat Page"), people={"*": "+"})
    assert plan.rows[0].notes == ["owner: “Pat Page” is the name of several people, left as it is"]
    assert plan.made_people == []


def test_accounts_are_made_only_for_those_for_whom_it_was_said(olgas, oscar):
    file = a_file("ref | owner | deputy", "DS-001 | Una Known | Uri Known")
    plan = plans(oscar, file, people={"Una Known": "+", "Uri Known": ""})
    assert [(made.username, made.name) for made in plan.made_people] == [("una.known", "Una Known")]
    assert changes(plan, 2) == {"owner": ("Olga Owens", "Una Known (a new account)")}


# --- Dates and what was said ----------------------------------------------------------------------
def test_an_update_that_the_portal_knows_changes_nothing(olgas, oscar):
    says(olgas, "amber", on="2025-06-03")
    assert plans(oscar, a_file("ref | rag | rag_said_on", "DS-001 | amber | 2025-06-03")).counts["unchanged"] == 1
    newer = plans(oscar, a_file("ref | rag | rag_said_on", "DS-001 | amber | 2025-06-30"))
    assert changes(newer, 2) == {"rag": ("amber", "amber")}


def test_an_older_word_than_the_last_is_left_aside(olgas, oscar):
    says(olgas, "green", on="2025-06-03")
    plan = plans(oscar, a_file("ref | rag | rag_said_on", "DS-001 | red | 2025-05-03"))
    assert plan.rows[0].notes == ["said on 3 May 2025: a later update, of 3 June 2025, is known"]
    assert plan.counts["unchanged"] == 1


def test_nothing_can_be_said_of_a_day_that_has_not_come(olgas, oscar):
    plan = plans(oscar, a_file("ref | rag | rag_said_on", "DS-001 | red | 2025-07-02"))
    assert reasons(plan) == {2: ["rag_said_on: it was said on 2 July 2025, after 1 July 2025"]}


def test_dates_that_can_be_read_in_two_ways_are_asked_about_once_a_column(strategy, oscar):
    rows = ["A | Process | 03/02/2026", "B | Process | 04/05/2026"]
    plan = plans(oscar, a_file("Title | Pillar | End date", *rows))
    assert [(q.about, q.field) for q in plan.questions] == [("dates", "ends_on")]
    answered = plans(oscar, a_file("Title | Pillar | End date", *rows), dates={"ends_on": "day-first"})
    assert answered.questions == []
    assert changes(answered, 2)["promised_end_on"] == ("", "3 February 2026")


# --- Milestones -----------------------------------------------------------------------------------
def test_milestones_are_known_by_ref_or_by_what_they_are_called(olgas, oscar):
    file = a_file(
        "Initiative | Milestone | Baseline date | Due date | Actual date",
        "DS-001 | Step 1 | 2025-05-30 | 2025-06-20 | 2025-06-19",
        "DS-001 | Something new | | 2025-09-30 |",
    )
    plan = plans(oscar, file)
    assert [(row.ref, row.outcome) for row in plan.rows] == [("DS-001-M01", "changed"), ("DS-001-M05", "new")]
    assert changes(plan, 2) == {"due_on": ("30 May 2025", "20 June 2025"), "done_on": ("", "19 June 2025")}
    assert changes(plan, 3)["first_due_on"] == ("", "30 September 2025")
    assert plan.defaults == {"weight": ("1", 1), "first_due_on": ("the date as now due", 1)}


def test_a_first_promise_is_never_changed(olgas, oscar):
    moves(olgas, 1, to="2025-06-30", recorded="2025-05-01")
    plan = plans(oscar, a_file("ref | first_due_on", "DS-001-M01 | 2025-06-30"), kind="milestones")
    assert reasons(plan) == {2: ["its first promise stays 30 May 2025; the file says 30 June 2025"]}


def test_a_milestone_needs_an_initiative_that_is_here(olgas, oscar):
    head = "ref | initiative | title | due_on"
    rows = ["DS-009-M01 | DS-009 | A | 2026-01-01", "M1 | DS-001 | B | 2026-01-01", "DS-001-M07 | DS-001 | C |"]
    assert reasons(plans(oscar, a_file(head, *rows))) == {
        2: ["there is no initiative “DS-009” here: bring initiatives first"],
        3: ["ref: “M1” is no milestone's ref, as in DS-001-M01"],
        4: ["a new milestone needs a date"],
    }


def test_nothing_is_done_on_a_day_that_has_not_come(olgas, oscar):
    plan = plans(oscar, a_file("ref | initiative | due_on | done_on", "DS-001-M01 | DS-001 | | 2025-07-02"))
    assert reasons(plan) == {2: ["done_on: done on 2 July 2025, which had not come by 1 July 2025"]}


def test_what_a_milestone_needs_is_told_by_refs(olgas, omars, oscar):
    head = "ref | initiative | due_on | needs"
    plan = plans(oscar, a_file(head, "DS-001-M02 | DS-001 | | DS-002-M01", "DS-001-M01 | DS-001 | | DS-009-M01"))
    assert changes(plan, 2) == {"needs": ("", "DS-002-M01")}
    assert reasons(plan) == {3: ["needs: there is no milestone “DS-009-M01”"]}


def test_a_ring_is_refused_naming_the_way_round(olgas, omars, oscar):
    needs((olgas, 1), (omars, 1), recorded="2025-04-02")
    head = "ref | initiative | due_on | needs"
    rows = ["DS-002-M01 | DS-002 | | DS-001-M01", "DS-001-M02 | DS-001 | | DS-001-M03"]
    assert reasons(plans(oscar, a_file(head, *rows))) == {
        2: ["needs: it would wait for itself: DS-002-M01 needs DS-001-M01 needs DS-002-M01"],
        3: ["needs: DS-001-M03 is of the same initiative: a milestone can need one of another"],
    }


# --- Lists, mappings ------------------------------------------------------------------------------
def test_a_list_says_all_that_there_is(olgas, oscar):
    aligns(olgas, "E1", recorded="2025-04-02")
    plan = plans(oscar, a_file("ref | commitments | also_contributes_to", "DS-001 | E2; E3 | people"))
    assert changes(plan, 2) == {"commitments": ("E1", "E2; E3"), "also_contributes_to": ("", "People")}


@pytest.mark.parametrize(
    ("told", "message"),
    [
        ("{", "The mapping is not JSON"),
        ("[]", "A mapping is a JSON object."),
        ('{"colums": {}}', "“colums” is not a part of a mapping. Its parts are: columns, dates, defaults"),
        ('{"kind": "people"}', "kind is one of: initiatives, milestones."),
        (
            '{"columns": {"colour": "RAG"}}',
            "columns: “colour” is not a field of initiatives. The fields are: also_contr",
        ),
        ('{"columns": {"rag": 7}}', "columns: rag names a heading, or a list of headings."),
        ('{"dates": {"ends_on": "us"}}', "dates: ends_on is one of: day-first, month-first."),
        ('{"words": {"rag": {"Blue": true}}}', "words of rag: Blue is a text."),
        ('{"file": {"header_row": "x"}}', "file: header_row is the number of a row."),
    ],
)
def test_a_mapping_that_cannot_be_says_what_is_allowed(told, message):
    with pytest.raises(BadMapping, match=f"^{message}".replace("(", r"\(")):
        from_text(told)


@pytest.mark.parametrize(
    ("said", "message"),
    [
        (
            {"words": {"rag": {"Blue": "blue"}}},
            "words of rag: “blue” cannot mean “blue”. It can mean: amber, complete,",
        ),
        ({"defaults": {"pillar": "skills"}}, "defaults: pillar is one of: people, potential, process, purpose."),
        ({"defaults": {"weight": "0"}}, "defaults: weight is a whole number from 1 to 32,767."),
        ({"defaults": {"title": "All"}}, "defaults: title cannot be the same for every row."),
        ({"people": {"Una": "una"}}, "people: nobody here has the username “una”."),
    ],
)
def test_what_a_mapping_says_must_be_ours(strategy, oscar, said, message):
    draft = brings(oscar, a_file("Title | RAG | Owner", "A | Blue | Una"), **said)
    before = written()
    with pytest.raises(BadMapping, match=f"^{message}"):
        looks(draft)
    assert written() == before


def test_a_mapping_is_kept_and_read_as_it_was():
    told = {"columns": {"rag": ["A", "B"]}, "words": {"rag": {"Blue": ""}}, "file": {"header_row": 3}}
    assert from_json(told).as_json() == {"kind": "initiatives", **told}


def test_a_cell_with_accents_without_end_refuses_its_row_in_words(strategy, oscar):
    rows = ("ref | title | pillar", "DS-002 | Cafe\u0301 | purpose", "DS-003 | Caf" + "\u0300" * 40 + " | purpose")
    plan = plans(oscar, a_file(*rows))
    assert reasons(plan) == {3: ["title: There are more than 30 accents on one letter after “Caf”."]}
    assert changes(plan, 2)["title"] == ("", "Caf\xe9")
