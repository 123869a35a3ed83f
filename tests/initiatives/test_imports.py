"""Oscar of the office brings spreadsheets on the web: step by step, and nothing is written before he applies."""

import json
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import User
from initiatives.filters import today
from initiatives.forms.imports import key_of
from initiatives.imports import actions
from initiatives.models import Import, ImportedRow, Initiative, NamedMapping, Update
from initiatives.views import import_steps
from tests.factories import clock_at, says
from tests.initiatives.imports.files import a_file, applies, brings, takes, written

RETURN = a_file(
    "Project number | Project name | Theme | RAG rating | Comments | Lead | Notes",
    "P1 | Street lights | Roads | Amber/Red | The supplier is late. | Nell Unknown | x",
    "P2 | Libraries | Reading | Green | Rooms are found. | Olga Owens | y",
)


@pytest.fixture
def office(strategy, olga, as_, oscar):
    return as_(oscar)


def brought(client, content=RETURN, name="return.csv", **said):
    """Bring a file on the page; returns the answer."""
    return client.post("/imports/", {"file": SimpleUploadedFile(name, content), **said})


def the_import():
    return Import.objects.defer("content").latest("id")


def text(response):
    """Return the words of a page's main part."""
    page = response.content.decode().split('<main id="main"')[1].split("</main>")[0]
    page = re.sub(r"<option.*?</option>", "", page).partition(">")[2]
    return " ".join(re.sub(r"<[^>]*>", "", re.sub(r"</(p|li|h1|h2|td|th|dd|dt|span|label)>", " ", page)).split())


def at(step):
    return f"/imports/{the_import().pk}/{step}/"


def answers(field, **words):
    """Return what a form of words sends: `answers("rag", **{"Amber/Red": "red"})`."""
    return {f"{field}-{key_of(word)}": ours for word, ours in words.items()}


def walks(client, **words):
    """Answer every step of `RETURN` as Oscar does."""
    client.post(at("words"), answers("pillar", Roads="process", Reading="people") | answers("rag", **(words or RATED)))


RATED = {"Amber/Red": "red"}


def fingerprint(response):
    return re.search(r'name="fingerprint" value="([0-9a-f]+)"', response.content.decode()).group(1)


# --- Who, and where it is found -------------------------------------------------------------------
def test_the_office_finds_imports_from_the_initiatives_and_leaders_do_not(office, as_, lea):
    assert '<a href="/imports/">Bring a spreadsheet</a>' in office.get("/initiatives/").content.decode()
    assert "/imports/" not in as_(lea).get("/initiatives/").content.decode()
    assert as_(lea).get("/imports/").status_code == 403


# --- Bringing -------------------------------------------------------------------------------------
def test_oscar_brings_a_file_and_is_led_to_its_first_step(office, oscar):
    response = brought(office)
    draft = the_import()
    assert (response.status_code, response["Location"]) == (302, f"/imports/{draft.pk}/file/")
    assert (draft.state, draft.name, draft.brought_by) == ("draft", "return.csv", oscar)
    assert Initiative.objects.count() == 0
    page = text(office.get(response["Location"]))
    assert "CSV, UTF-8, commas between columns: headings in row 1, 7 columns, 2 rows." in page
    assert "Street lights Roads Amber/Red" in page


def test_the_list_says_where_each_file_stands(office, oscar):
    brought(office)
    page = text(office.get("/imports/"))
    assert "return.csv import" in page
    assert "Not applied" in page
    assert "Oscar Orme" in page


def test_without_a_file_the_page_comes_back_with_what_was_typed(office):
    response = office.post("/imports/", {"kind": "milestones", "as_of": "2021-03-31"})
    page = response.content.decode()
    assert response.status_code == 422
    assert "Choose a file." in page
    assert 'value="2021-03-31"' in page
    assert '<option value="milestones" selected>' in page
    assert "a browser does not let a page keep it" in page
    assert Import.objects.count() == 0


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"as_of": "2999-01-01"}, "Enter a date between the years 2000 and 2100."),
        ({"as_of": "2099-01-01"}, "Choose a day before today"),
        ({"as_of": "yesterday"}, "Enter a real date"),
        ({"kind": "people"}, "Choose one of the kinds in the list."),
        ({"mapping": "999"}, "That mapping is no longer here"),
        ({"mapping": "9" * 40}, "That mapping is no longer here"),
        ({"mapping": "x"}, "That mapping is no longer here"),
    ],
)
def test_what_cannot_be_is_refused_in_words_and_nothing_is_kept(office, said, words):
    response = brought(office, **said)
    assert response.status_code == 422
    assert words in response.content.decode()
    assert Import.objects.count() == 0


def test_an_empty_file_is_refused(office):
    response = brought(office, b"")
    assert response.status_code == 422
    assert "This file is empty: choose another." in response.content.decode()


def test_a_file_that_is_too_large_is_passed_over_and_everything_else_is_kept(office, settings):
    settings.IMPORT_MAX_BYTES = 1_000
    response = brought(office, b"x" * 200_000, as_of="2021-03-31")
    page = response.content.decode()
    assert response.status_code == 422
    assert "This file is larger than 1 kB, which is the most that is taken. Split it." in page
    assert 'value="2021-03-31"' in page
    assert Import.objects.count() == 0


# --- The steps ------------------------------------------------------------------------------------
def test_columns_are_guessed_changed_and_kept(office):
    brought(office)
    page = office.get(at("columns"))
    assert "Left aside: “Notes”" in text(page)
    assert "Its cells: “Roads”, “Reading”" in text(page)
    sent = {"title": "1", "external_ref": "0", "pillar": "2", "summary": "6", "weight-default": "3"}
    response = office.post(at("columns"), sent)
    assert response["Location"] == at("words")
    told = the_import().mapping
    assert told["columns"] == {
        "external_ref": ["Project number"],
        "title": ["Project name"],
        "summary": ["Notes"],
        "pillar": ["Theme"],
    }
    assert told["defaults"] == {"weight": "3"}


def test_two_columns_can_tell_one_field(office):
    brought(office)
    office.post(at("columns"), {"title": "1", "title-else": "6"})
    assert the_import().mapping["columns"] == {"title": ["Project name", "Notes"]}


def test_a_default_that_cannot_be_is_refused_beside_its_field(office):
    brought(office)
    before = the_import().mapping
    response = office.post(at("columns"), {"title": "1", "weight-default": "heavy", "ref_prefix-default": "low"})
    assert response.status_code == 422
    assert "Refs begin with one to six capital letters." in response.content.decode()
    response = office.post(at("columns"), {"title": "1", "weight-default": "heavy"})
    assert response.status_code == 422
    assert 'href="#id_weight-default"' in response.content.decode()
    assert the_import().mapping == before


def test_words_are_never_guessed_and_an_answer_is_kept(office):
    brought(office)
    page = office.get(at("words")).content.decode()
    assert "Understood:</strong> <bdi>Green</bdi> (1)" in page
    assert page.count(" selected>") == page.count("Choose what it means") + page.count("Ask me about it") == 5
    walks(office)
    assert the_import().mapping["words"] == {
        "pillar": {"Roads": "process", "Reading": "people"},
        "rag": {"Amber/Red": "red"},
    }
    assert '<option value="red" selected>' in office.get(at("words")).content.decode()


def test_a_rating_can_mean_none_and_any_other_word_nothing(office):
    brought(office)
    office.post(at("words"), answers("rag", **{"Amber/Red": "-"}) | {"pillar-any": "purpose"})
    assert the_import().mapping["words"] == {"rag": {"Amber/Red": ""}, "pillar": {"*": "purpose"}}


def test_a_word_that_is_not_offered_is_refused(office):
    brought(office)
    response = office.post(at("words"), answers("rag", **{"Amber/Red": "pink"}))
    assert response.status_code == 422
    assert "choose one of the list." in response.content.decode()


def test_an_unknown_person_is_somebody_here_or_gets_an_account_or_stays_empty(office):
    brought(office)
    who, make = f"who-{key_of('Nell Unknown')}", f"make-{key_of('Nell Unknown')}"
    assert "1 name is not known here." in text(office.get(at("people")))
    assert office.post(at("people"), {}).status_code == 302
    assert "people" not in the_import().mapping
    office.post(at("people"), {who: "olga owens"})
    assert the_import().mapping["people"] == {"Nell Unknown": "olga"}
    assert "1 name is not known here." in text(office.get(at("people")))  # what was said can be said otherwise
    office.post(at("people"), {make: "on"})
    assert the_import().mapping["people"] == {"Nell Unknown": "+"}
    for sent, words in (
        ({who: "Olga Owens (olga)", make: "on"}, "either say who it is"),
        ({who: "Nemo"}, "nobody here is called “Nemo”"),
    ):
        response = office.post(at("people"), sent)
        assert response.status_code == 422
        assert words in response.content.decode()


def test_a_file_read_otherwise_is_looked_at_again(office):
    brought(office, b"Some return\n" + RETURN)
    response = office.post(at("file"), {"kind": "initiatives", "header_row": "2"})
    assert response.status_code == 302
    response = office.post(at("file"), {"kind": "milestones", "as_of": "2025-03-31"})
    assert response["Location"] == at("file")
    assert (the_import().kind, str(the_import().as_of)) == ("milestones", "2025-03-31")
    assert office.post(at("file"), {"kind": "milestones"})["Location"] == at("columns")
    assert the_import().as_of is None


# --- The check ------------------------------------------------------------------------------------
def test_open_questions_stand_in_the_way_and_lead_to_their_step(office):
    brought(office)
    page = office.get(at("check"))
    assert "To be answered first" in text(page)
    assert f'<a href="{at("words")}">' in page.content.decode()
    assert 'value="apply"' not in page.content.decode()
    response = office.post(at("check"), {"deed": "apply", "fingerprint": fingerprint(page)})
    assert response.status_code == 422
    assert "something has to be answered first" in text(response)
    assert Initiative.objects.count() == 0


def test_the_check_says_everything_before_anything_is_written(office):
    brought(office)
    walks(office)
    before = written()
    page = text(office.get(at("check")))
    assert "New 2 Changed 0 Unchanged 0 Refused 0" in page
    assert "Weight: not in the file, taken as 1 in 2 rows" in page
    assert "“Amber/Red” in 1 row, taken as red" in page
    assert "Nell Unknown (1)" in page
    assert "Columns left aside “Notes”" in page
    assert "Title: Street lights" in page
    assert "“Nell Unknown” is not known here, left as it is" in page
    assert written() == before


def test_rows_are_looked_at_by_outcome(office):
    brought(office, a_file("title | pillar", "One | purpose", "| people"))
    page = text(office.get(f"{at('check')}?outcome=refused"))
    assert "a new initiative needs a title" in page
    assert "Title: One" not in page
    response = office.get(f"{at('check')}?outcome=lost")
    assert response.status_code == 400
    assert "outcome must be one of new, changed, unchanged, refused, or left out." in response.content.decode()
    assert office.get(f"{at('check')}?page=2").status_code == 404


def test_what_was_looked_at_is_applied(office, oscar, olga):
    brought(office)
    walks(office)
    sent = {"deed": "apply", "fingerprint": fingerprint(office.get(at("check"))), "name": "Annual return"}
    response = office.post(at("check"), sent)
    applied = the_import()
    assert response["Location"] == f"/imports/{applied.pk}/"
    assert (applied.state, applied.applied_by) == ("applied", oscar)
    assert list(Initiative.objects.values_list("ref", "title", "owner__name")) == [
        ("DS-001", "Street lights", None),
        ("DS-002", "Libraries", "Olga Owens"),
    ]
    assert NamedMapping.objects.get().name == "Annual return"
    page = text(office.get(f"/imports/{applied.pk}/"))
    assert "return.csv is applied." in page
    assert "New 2 Changed 0 Unchanged 0 Refused 0" in page
    assert "“Amber/Red” in 1 row" in page
    assert applied.sha256 in page
    assert "Words of RAG “Amber/Red” means red" in page


def test_what_changed_meanwhile_is_shown_instead_of_applied(office):
    brought(office)
    walks(office)
    looked = fingerprint(office.get(at("check")))
    walks(office, **{"Amber/Red": "amber"})
    response = office.post(at("check"), {"deed": "apply", "fingerprint": looked})
    assert response.status_code == 409
    assert "the portal or the mapping has changed since you looked" in text(response)
    assert Initiative.objects.count() == 0
    response = office.post(at("check"), {"deed": "apply", "fingerprint": fingerprint(response)})
    assert (response.status_code, Update.objects.get(rating_word="Amber/Red").rag) == (302, "amber")


def test_a_mapping_is_kept_under_a_name_and_serves_the_next_file(office):
    brought(office)
    walks(office)
    assert office.post(at("check"), {"deed": "keep", "name": ""}).status_code == 422
    office.post(at("check"), {"deed": "keep", "name": "Annual return"})
    assert the_import().state == "draft"
    brought(office, name="next.csv", mapping=str(NamedMapping.objects.get().pk))
    assert "Apply all of it" in text(office.get(at("check")))


# --- Long files -----------------------------------------------------------------------------------
@pytest.fixture
def long_files(monkeypatch):
    monkeypatch.setattr(import_steps, "LONG", 2)


def sent_to_apply(office):
    brought(office)
    walks(office)
    return {"deed": "apply", "fingerprint": fingerprint(office.get(at("check")))}


def test_a_long_file_tells_how_far_it_is_line_by_line(office, long_files):
    sent = sent_to_apply(office)
    response = office.post(at("check"), sent)
    lines = [part.decode() for part in response]
    assert "<h1>Applying" in lines[0]
    assert "</main>" not in lines[0]
    assert any("<li>Writing initiatives: 0 of 2 rows</li>" in line for line in lines)
    assert f'return.csv is applied. <a href="/imports/{the_import().pk}/">See the import</a>' in lines[-2]
    assert "</html>" in lines[-1]
    assert (the_import().state, Initiative.objects.count()) == ("applied", 2)


def test_whoever_goes_away_while_a_long_file_is_written_leaves_nothing(office, oscar):
    sent = sent_to_apply(office)
    before, draft = written(), the_import()
    progress = actions.applying(draft=draft, by=oscar, on=today(), fingerprint=sent["fingerprint"])
    lines = import_steps.told_line_by_line("<html>", progress, "</html>", draft)
    assert any("Writing stages" in line for line in lines)
    assert Initiative.objects.count() == 2
    lines.close()  # as the server does when the reader has gone
    assert written() == before
    assert the_import().state == "draft"


def test_a_long_file_that_cannot_be_applied_says_so_at_its_end(office, long_files):
    sent = sent_to_apply(office)
    walks(office, **{"Amber/Red": "amber"})
    page = b"".join(office.post(at("check"), sent)).decode()
    assert "Nothing was written" in page
    assert "The portal has changed since you looked." in page
    assert page.rstrip().endswith("</html>")
    assert Initiative.objects.count() == 0


# --- Looked up, undone, discarded -----------------------------------------------------------------
def test_the_file_comes_back_as_it_was(office, oscar):
    applied = takes(oscar, RETURN, name="Rückblick.csv", **ALL_SAID)
    response = office.get(f"/imports/{applied.pk}/content/")
    assert response.content == RETURN
    assert response["Content-Type"] == "application/octet-stream"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Disposition"] == "attachment; filename*=utf-8''R%C3%BCckblick.csv"


ALL_SAID = {"words": {"pillar": {"*": "purpose"}, "rag": {"Amber/Red": "red"}}}


def test_rows_of_an_import_lead_to_their_initiatives(office, oscar):
    applied = takes(oscar, RETURN, **ALL_SAID)
    page = office.get(f"/imports/{applied.pk}/?outcome=new")
    assert '<a href="/initiatives/DS-001/">DS-001</a>' in page.content.decode()
    assert "No row is refused." in text(office.get(f"/imports/{applied.pk}/?outcome=refused"))


def test_an_import_is_undone_after_a_question(office, oscar):
    applied = takes(oscar, RETURN, **ALL_SAID)
    page = text(office.get(f"/imports/{applied.pk}/undo/"))
    assert "Undo this import?" in page
    assert "New 2" in page
    assert Initiative.objects.count() == 2
    response = office.post(f"/imports/{applied.pk}/undo/", follow=True)
    assert "everything that return.csv brought in is gone" in text(response)
    assert (Initiative.objects.count(), the_import().state) == (0, "undone")
    assert ImportedRow.objects.count() == 2
    assert office.get(f"/imports/{applied.pk}/undo/").status_code == 302


def test_an_import_on_which_somebody_built_stays_and_says_why(office, oscar):
    applied = takes(oscar, RETURN, **ALL_SAID)
    says(Initiative.objects.get(ref="DS-001"), "green", on="2025-07-10")
    assert "DS-001 has an update since" in text(office.get(f"/imports/{applied.pk}/undo/"))
    response = office.post(f"/imports/{applied.pk}/undo/")
    assert response.status_code == 409
    assert "DS-001 has an update since" in text(response)
    assert the_import().state == "applied"


def test_a_colleague_goes_on_or_discards(oscar, as_, strategy, ada):
    brings(oscar, RETURN)
    colleague = as_(ada)
    assert colleague.get(at("words")).status_code == 200
    response = colleague.post(at("discard"), follow=True)
    assert "return.csv is forgotten." in text(response)
    assert Import.objects.count() == 0


def test_what_was_applied_in_the_meantime_is_not_changed(office, oscar):
    draft = brings(oscar, RETURN, **ALL_SAID)
    applies(draft, oscar)
    for step in ("file", "columns", "words", "people", "check"):
        assert office.get(at(step))["Location"] == f"/imports/{draft.pk}/"
        response = office.post(at(step), {"kind": "initiatives"})
        assert response.status_code == 409
        assert "It was applied in the meantime" in text(response)
    assert office.post(at("discard")).status_code == 409
    assert the_import().state == "applied"


@pytest.mark.parametrize("number", ["0", "999", "9" * 18])
def test_an_unknown_import_is_not_found(office, number):
    for page in ("", "file/", "columns/", "words/", "people/", "check/", "content/", "undo/"):
        assert office.get(f"/imports/{number}/{page}").status_code == 404
    assert office.post(f"/imports/{number}/discard/").status_code == 404
    assert office.get(f"/imports/mappings/{number}.json").status_code == 404


# --- Mappings with names --------------------------------------------------------------------------
def test_a_mapping_goes_out_and_comes_in_as_json(office):
    brought(office)
    office.post(at("check"), {"deed": "keep", "name": "Annual return"})
    kept = NamedMapping.objects.get()
    response = office.get(f"/imports/mappings/{kept.pk}.json")
    assert json.loads(response.content) == kept.mapping
    assert response["Content-Disposition"] == 'attachment; filename="Annual return.json"'
    sent = {"file": SimpleUploadedFile("m.json", response.content), "name": "Another"}
    assert office.post("/imports/mappings/", sent).status_code == 302
    assert NamedMapping.objects.get(name="Another").mapping == kept.mapping
    page = text(office.get("/imports/mappings/"))
    assert "Title: “Project name”" in page
    office.post("/imports/mappings/", {"delete": str(kept.pk)})
    office.post("/imports/mappings/", {"delete": "9" * 30})
    assert [row.name for row in NamedMapping.objects.all()] == ["Another"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"not json", "The mapping is not JSON"),
        (b"[]", "A mapping is a JSON object."),
        (b'{"colour": 1}', "is not a part of a mapping"),
        (b"\xff\xfe", "The mapping is not JSON"),
        (b"[" * 100_000, "The mapping is not JSON"),
    ],
)
def test_what_is_no_mapping_is_refused_in_words(office, content, words):
    sent = {"file": SimpleUploadedFile("m.json", content), "name": "A name"}
    response = office.post("/imports/mappings/", sent)
    assert response.status_code == 422
    assert words in response.content.decode()
    assert 'value="A name"' in response.content.decode()
    assert NamedMapping.objects.count() == 0


def test_a_mapping_that_names_somebody_who_is_gone_can_be_said_anew(office, oscar):
    brought(office)
    row = the_import()
    row.mapping = row.mapping | {"people": {"Nell Unknown": "nobody.here"}}
    row.save(update_fields=["mapping"])
    for step in ("words", "people", "check"):
        response = office.get(at(step))
        assert "nobody here has the username “nobody.here”" in text(response)
    office.post(at("people"), {})
    assert "nobody.here" not in text(office.get(at("check")))


# --- What people see of it ------------------------------------------------------------------------
def test_the_story_says_what_a_file_brought_and_that_it_came_later(office, oscar, as_, lea):
    with clock_at("2025-07-01"):
        takes(oscar, RETURN, as_of="2025-03-31", name="gmpp.csv", **ALL_SAID)
    page = text(as_(lea).get("/initiatives/DS-001/"))
    assert "The file said “Amber/Red”. Brought in from gmpp.csv: brought in later, on 1 July 2025" in page
    assert "The file said" not in text(as_(lea).get("/initiatives/DS-002/"))
    assert "/imports/" not in as_(lea).get("/initiatives/DS-001/").content.decode()
    assert f'<a href="/imports/{the_import().pk}/">' in office.get("/initiatives/DS-001/").content.decode()


def test_cells_are_shown_as_text(office):
    evil = a_file(
        "title | pillar | RAG rating | owner", "<script>alert(1)</script> | purpose | <b>red</b> | <i>Nemo</i>"
    )
    brought(office, evil, name="<script>.csv")
    for step in ("file", "columns", "words", "people", "check"):
        page = office.get(at(step)).content.decode().split("<h1>")[1]
        assert "<script>" not in page
        assert "<b>red" not in page
        assert "<i>Nemo" not in page


def test_accounts_are_made_only_when_that_was_said(office):
    brought(office)
    walks(office)
    office.post(at("people"), {"everybody": "on"})
    page = office.get(at("check"))
    assert "Accounts that it makes Nell Unknown" in text(page)
    office.post(at("check"), {"deed": "apply", "fingerprint": fingerprint(page)})
    nell = User.objects.get(name="Nell Unknown")
    assert (list(nell.roles), nell.has_usable_password()) == ([], False)
