"""Olga says how it goes: in the browser, with htmx and without, and everything that may be wrong with it."""

import csv
import re
from datetime import timedelta
from html import unescape

import pytest
from django.test import Client
from django.utils import timezone

from initiatives.models import Answer, Ask, DateMove, DoneDate, StageChange, Update, Withdrawal
from tests.factories import an_initiative, as_at, clock_at, enters, milestone, moves, says, ticks

pytestmark = pytest.mark.usefixtures("monday")

PAGE = "/initiatives/DS-001/update/"
HTMX = {"HX-Request": "true"}
GREEN = {"rag": "green", "what_changed": "Tests passed."}
AMBER = {"rag": "amber", "what_changed": "Tests found gaps.", "risk": "A post is empty. We advertise."}
RED = {"rag": "red", "what_changed": "It stopped.", "issue": "No supplier. Dates will move."}
HISTORY = (Update, DateMove, DoneDate, Withdrawal, StageChange, Ask, Answer)


@pytest.fixture
def refused(olga_at_work):
    """Post what the portal refuses; returns the errors by field, having seen that nothing was written or lost."""

    def errors(said, **headers):
        before = [model.objects.count() for model in HISTORY]
        response = olga_at_work.post(PAGE, said, headers=headers)
        assert response.status_code == 422
        assert [model.objects.count() for model in HISTORY] == before
        page = response.content.decode()
        assert "There is a problem" in page
        for name, value in said.items():
            assert typed(page, name) == value
        return {name: list(words) for name, words in response.context["form"].errors.items()}

    return errors


def typed(page, name):
    """Return what a control of the form holds."""
    if found := re.search(rf'<textarea name="{name}"[^>]*>\n?(.*?)</textarea>', page, re.S):
        return unescape(found[1]).removeprefix("\r").removeprefix("\n")
    controls = [tag for tag in re.findall(r"<input [^>]*>", page) if f'name="{name}"' in tag]
    chosen = bool(controls) and re.search('type="(radio|checkbox)"', controls[0])
    if chosen:
        controls = [tag for tag in controls if " checked" in tag]
    found = re.search(r'value="([^"]*)"', controls[0]) if controls else None
    return unescape(found[1]) if found else "on" if chosen and controls else ""


# --- Who may --------------------------------------------------------------------------------------
@pytest.mark.parametrize("who", ["olga", "dina", "sam", "oscar", "ada"])
def test_the_owner_deputy_sponsor_and_office_say_how_it_goes(olgas, as_, request, who):
    person = request.getfixturevalue(who)
    client = as_(person)
    assert client.get(PAGE).status_code == 200
    assert client.post(PAGE, GREEN)["Location"] == "/initiatives/DS-001/"
    assert Update.objects.values_list("rag", "what_changed", "recorded_by").get() == (
        "green",
        "Tests passed.",
        person.pk,
    )


@pytest.mark.parametrize("who", ["omar", "lea", "ana", "nadia"])
@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
def test_nobody_else_can_say_how_olgas_initiative_goes(olgas, omars, as_, request, who, headers):
    client = as_(request.getfixturevalue(who))
    assert client.get(PAGE, headers=headers).status_code == 403
    assert client.post(PAGE, GREEN, headers=headers).status_code == 403
    assert not Update.objects.exists()


def test_omar_is_told_who_may(olgas, omars, omar, as_):
    page = as_(omar).get(PAGE).content.decode()
    assert "Only the initiative&#x27;s owner, deputy, sponsor or the strategy office can say how it goes." in page
    assert "Title of DS-001" not in page


def test_an_owner_whose_role_was_taken_away_cannot(olgas, olga, as_):
    client = as_(olga)
    olga.grants.all().delete()
    assert client.post(PAGE, GREEN).status_code == 403
    assert not Update.objects.exists()


def test_an_owner_who_handed_over_cannot(olgas, olga, omar, as_):
    client = as_(olga)
    olgas.owner = omar
    olgas.save()
    assert client.post(PAGE, GREEN).status_code == 403
    assert as_(omar).post(PAGE, GREEN).status_code == 302


def test_a_page_of_another_site_cannot_say_it_in_olgas_name(olgas, olga):
    client = Client(enforce_csrf_checks=True)
    client.force_login(olga)
    response = client.post(PAGE, GREEN, headers={"Origin": "https://elsewhere.example"})
    assert response.status_code == 403
    assert "Go back, reload the page and send it again" in response.content.decode()
    assert "Tests passed." not in response.content.decode()
    assert not Update.objects.exists()


def test_an_unknown_initiative_has_no_such_page(olgas, olga, as_):
    assert as_(olga).get("/initiatives/DS-999/update/").status_code == 404
    assert as_(olga).post("/initiatives/DS-999/update/", GREEN).status_code == 404


# --- Saying it ------------------------------------------------------------------------------------
def test_without_htmx_olga_comes_to_her_initiative_which_says_saved(olga_at_work):
    page = olga_at_work.post(PAGE, AMBER, follow=True)
    assert page.redirect_chain == [("/initiatives/DS-001/", 302)]
    assert "Your update is on record." in page.content.decode()


def test_with_htmx_olga_stays_and_reads_that_it_is_saved(olga_at_work):
    response = olga_at_work.post(PAGE, AMBER, headers=HTMX)
    words = response.content.decode()
    assert response.status_code == 200
    assert "Your update of DS-001 is on record." in words
    assert "is due on 31 Jul 2025" in words
    assert "<html" not in words
    assert "HX-Request" in response["Vary"]


def test_everything_that_olga_said_is_on_record(olga_at_work, olgas, olga):
    said = RED | {
        "what_next": "Find a supplier.", "risk": "It may take long.", "said_on": "2025-05-30",
        "ask": "May we buy elsewhere?", "ask_needed_by": "2025-06-30",
        "m01_done": "on", "m01_done_on": "2025-05-29",
        "m02_due_on": "2025-09-30", "m02_reason": "The supplier left.",
    }  # fmt: skip
    assert olga_at_work.post(PAGE, said).status_code == 302
    update = Update.objects.values_list("said_on", "rag", "what_changed", "what_next", "risk", "issue", "recorded_by")
    assert [str(value) for value in update.get()] == [
        "2025-05-30", "red", "It stopped.", "Find a supplier.", "It may take long.", "No supplier. Dates will move.",
        str(olga.pk),
    ]  # fmt: skip
    ask = Ask.objects.values_list("question", "asked_on", "needed_by", "recorded_by").get()
    assert [str(value) for value in ask] == ["May we buy elsewhere?", "2025-05-30", "2025-06-30", str(olga.pk)]
    done = DoneDate.objects.values_list("milestone__number", "done_on", "recorded_by").get()
    assert [str(value) for value in done] == ["1", "2025-05-29", str(olga.pk)]
    move = DateMove.objects.values_list("milestone__number", "from_on", "to_on", "reason", "recorded_by").get()
    assert [str(value) for value in move] == ["2", "2025-07-31", "2025-09-30", "The supplier left.", str(olga.pk)]
    now = as_at(olgas, "2025-06-02")
    assert (now.status, now.milestones_done, now.date_moves, now.asks_open) == ("red", 1, 1, 1)


def test_a_day_may_be_written_as_people_here_write_it(olga_at_work):
    olga_at_work.post(PAGE, GREEN | {"said_on": "01/06/2025"})
    assert str(Update.objects.get().said_on) == "2025-06-01"


def test_a_tick_without_a_day_means_today(olga_at_work):
    olga_at_work.post(PAGE, GREEN | {"m01_done": "on"})
    assert str(DoneDate.objects.get().done_on) == "2025-06-02"


def test_a_date_that_was_left_as_it_was_is_no_move(olga_at_work, olgas):
    olga_at_work.post(PAGE, GREEN | {f"m0{n}_due_on": str(milestone(olgas, n).first_due_on) for n in (1, 2, 3, 4)})
    assert Update.objects.count() == 1
    assert not DateMove.objects.exists()


def test_a_date_that_somebody_moved_meanwhile_is_no_move_of_olgas(olga_at_work, olgas):
    page = olga_at_work.get(PAGE).content.decode()
    shown = re.search(r'name="(initial-m02_due_on)" value="([\d-]+)"', page)
    moves(olgas, 2, to="2025-09-30", recorded="2025-06-02")
    said = GREEN | {shown[1]: shown[2], "m02_due_on": "2025-07-31"}
    assert olga_at_work.post(PAGE, said).status_code == 302
    assert as_at(olgas, "2025-06-02").date_moves == 1


def test_a_past_day_has_no_update_page(olga_at_work):
    assert olga_at_work.get(f"{PAGE}?as_at=2025-05-01").status_code == 400
    assert olga_at_work.post(f"{PAGE}?as_at=2025-05-01", GREEN).status_code == 400
    assert not Update.objects.exists()


def test_the_page_offers_the_open_milestones_with_the_facts_filled_in(olga_at_work, olgas):
    ticks(olgas, 1, on="2025-05-29")
    moves(olgas, 2, to="2025-09-30", recorded="2025-06-01")
    page = olga_at_work.get(PAGE).content.decode()
    assert re.findall(r'name="(m\d\d)_done"', page) == ["m02", "m03", "m04"]
    assert typed(page, "m02_due_on") == "2025-09-30"
    assert typed(page, "said_on") == "2025-06-02"


def test_work_that_never_began_can_be_spoken_of(olga, as_, strategy):
    an_initiative("DS-001", recorded="2025-04-01", owner=olga, stage=None)
    assert as_(olga).post(PAGE, GREEN).status_code == 302


def test_a_second_update_the_same_day_stands_beside_the_first(olga_at_work, olgas):
    olga_at_work.post(PAGE, GREEN)
    olga_at_work.post(PAGE, RED)
    assert list(Update.objects.values_list("rag", "previous_rag")) == [("green", ""), ("red", "green")]
    assert as_at(olgas, "2025-06-02").rag == "red"


# --- What is refused ------------------------------------------------------------------------------
@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
def test_an_update_without_a_rag_is_refused(refused, headers):
    assert refused({"what_changed": "Tests passed.", "what_next": "Go live."}, **headers) == {
        "rag": ["Choose green, amber or red."]
    }


@pytest.mark.parametrize("nothing", [{}, {"rag": "", "what_changed": ""}], ids=["no fields", "empty fields"])
def test_an_empty_update_is_refused(refused, nothing):
    assert set(refused(nothing)) == {"rag", "what_changed"}


def test_a_rag_that_is_no_colour_is_refused(olga_at_work):
    response = olga_at_work.post(PAGE, GREEN | {"rag": "purple"})
    assert response.status_code == 422
    assert dict(response.context["form"].errors) == {"rag": ["Choose green, amber or red."]}
    assert not Update.objects.exists()


def test_amber_without_its_risk_is_refused(refused):
    errors = refused(AMBER | {"risk": "", "issue": "Not asked."})
    assert errors == {"risk": ["Amber needs the risk: say what it is and what the plan is."]}


def test_red_without_its_issue_is_refused(refused):
    errors = refused(RED | {"issue": "", "risk": "Not asked."})
    assert errors == {"issue": ["Red needs the issue: say what it is and whether dates move."]}


def test_blanks_are_no_risk(olga_at_work):
    assert olga_at_work.post(PAGE, AMBER | {"risk": " \n\t "}).status_code == 422
    assert not Update.objects.exists()


def test_a_day_before_the_work_began_is_refused(refused):
    errors = refused(GREEN | {"said_on": "2025-03-31"})
    assert errors == {"said_on": ["The date of this update cannot be before the work’s start, 1 April 2025."]}


def test_a_day_still_to_come_is_refused(refused):
    errors = refused(GREEN | {"said_on": "2025-06-03"})
    assert errors == {"said_on": ["The date of this update cannot be after today, 2 June 2025."]}


def test_a_day_that_is_none_is_refused(refused):
    for value in ("31/02/2025", "soon", "0000-01-01", "1999-12-31", "2101-01-01", "9" * 5000, "٢٠٢٥"):
        assert set(refused(GREEN | {"said_on": value})) == {"said_on"}


def test_a_milestone_done_in_the_future_is_refused(refused):
    errors = refused(GREEN | {"m01_done": "on", "m01_done_on": "2025-06-03"})
    assert errors == {"m01_done_on": ["The day on which “Step 1” was done cannot be after today, 2 June 2025."]}


def test_a_milestone_done_before_the_work_began_is_refused(refused):
    errors = refused(GREEN | {"m01_done": "on", "m01_done_on": "2025-03-31"})
    assert errors == {
        "m01_done_on": ["The day on which “Step 1” was done cannot be before the work’s start, 1 April 2025."]
    }


def test_a_done_day_without_a_tick_is_refused(refused):
    assert set(refused(GREEN | {"m01_done_on": "2025-05-30"})) == {"m01_done"}


def test_a_move_without_its_reason_is_refused(refused):
    errors = refused(GREEN | {"m02_due_on": "2025-12-31"})
    assert errors == {"m02_reason": ["Say why the date of “Step 2” moves."]}


def test_a_milestone_cannot_be_done_and_moved(refused):
    moved = {"m02_done": "on", "m02_due_on": "2025-12-31", "m02_reason": "It took longer."}
    assert set(refused(GREEN | moved)) == {"m02_due_on"}


def test_a_move_to_before_the_work_began_is_refused(refused):
    assert set(refused(GREEN | {"m02_due_on": "2025-03-31", "m02_reason": "Odd."})) == {"m02_due_on"}


def test_an_answer_that_was_needed_yesterday_is_refused(refused):
    assert set(refused(GREEN | {"ask": "Who pays?", "ask_needed_by": "2025-06-01"})) == {"ask_needed_by"}


def test_a_day_for_an_ask_that_was_not_made_is_refused(refused):
    assert set(refused(GREEN | {"ask_needed_by": "2025-06-30"})) == {"ask"}


def test_one_wrong_field_among_right_ones_writes_nothing_at_all(refused):
    right = {"ask": "Who pays?", "m01_done": "on", "m02_due_on": "2025-09-30", "m02_reason": "The supplier left."}
    assert set(refused(AMBER | right | {"risk": ""})) == {"risk"}


def test_a_refusal_names_every_error_at_the_top_and_at_its_field(olga_at_work):
    page = olga_at_work.post(PAGE, {"rag": "amber"}).content.decode()
    assert "<title>Error: " in page
    assert re.findall(r'<li><a href="#(\w+)">(.*?)\s*</a></li>', page) == [
        ("id_risk", "Amber needs the risk: say what it is and what the plan is."),
        ("id_what_changed", "Say what changed, in a sentence or two."),
    ]
    for field in ("id_what_changed_error", "id_risk_error"):
        assert f'id="{field}"' in page


def test_htmx_gets_the_form_alone_with_everything_typed(olga_at_work):
    response = olga_at_work.post(PAGE, AMBER | {"risk": ""}, headers=HTMX)
    words = response.content.decode()
    assert response.status_code == 422
    assert '<form id="update"' in words
    assert "<html" not in words
    assert "<h1" not in words
    assert typed(words, "what_changed") == "Tests found gaps."
    assert typed(words, "rag") == "amber"


# --- Hostile words --------------------------------------------------------------------------------
NARRATIVES = ["what_changed", "what_next", "risk", "issue", "ask", "m02_reason"]


def test_a_nul_byte_is_refused_in_every_field(olga_at_work):
    for name in (*NARRATIVES, "rag", "said_on", "ask_needed_by", "m01_done_on", "m02_due_on"):
        response = olga_at_work.post(PAGE, AMBER | {"ask": "Who pays?", name: "a\x00b"})
        assert (name, response.status_code) == (name, 422)
        assert name in response.context["form"].errors
    assert not Update.objects.exists()


def test_a_megabyte_is_refused_and_not_lost(refused):
    for name in NARRATIVES:
        assert "1000000" in refused(AMBER | {name: "å" * 1_000_000})[name][0]


def test_twenty_thousand_characters_are_taken(olga_at_work):
    assert olga_at_work.post(PAGE, GREEN | {"what_changed": "å" * 20_000}).status_code == 302
    assert len(Update.objects.get().what_changed) == 20_000


def test_more_than_the_portal_reads_is_refused_in_words(olga_at_work):
    response = olga_at_work.post(PAGE, GREEN | {"what_changed": "x" * 3_000_000})
    assert response.status_code == 413
    assert "That is too long" in response.content.decode()
    assert not Update.objects.exists()


def test_five_thousand_repeats_are_refused_in_words(olga_at_work):
    response = olga_at_work.post(PAGE, GREEN | {"risk": ["x"] * 5000})
    assert response.status_code == 400
    assert not Update.objects.exists()


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ('"><img src=x onerror=alert(1)>', "&quot;&gt;&lt;img src=x onerror=alert(1)&gt;"),
        ("{{ request.user.password }}", "{{ request.user.password }}"),
        ("\u05e9\u05dc\u05d5\u05dd", "\u05e9\u05dc\u05d5\u05dd"),
        ("\u200bthinned", "thinned"),
        ("👩‍👩‍👧" * 200, "👩‍👩‍👧" * 200),
    ],
    ids=["script", "attribute", "template", "right to left", "thin", "families"],
)
def test_odd_words_are_shown_as_the_words_that_they_are(olga_at_work, words, shown):
    said = RED | dict.fromkeys(("what_changed", "what_next", "risk", "issue", "ask", "m02_reason"), words)
    olga_at_work.post(PAGE, said | {"m02_due_on": "2025-09-30"})
    page = olga_at_work.get("/initiatives/DS-001/").content.decode()
    assert page.count(shown) == 6
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    for path in (PAGE, "/", "/pillars/purpose/", "/initiatives/", "/aims/"):
        assert "<script>alert" not in olga_at_work.get(path).content.decode()


def test_right_to_left_words_turn_nobody_elses_round(olga_at_work):
    olga_at_work.post(PAGE, GREEN | {"what_changed": "\u200f\u05e9\u05dc\u05d5\u05dd"})
    page = olga_at_work.get("/initiatives/DS-001/").content.decode()
    assert '<p class="said" dir="auto">\u200f\u05e9\u05dc\u05d5\u05dd</p>' in page


def test_a_mark_that_turns_the_direction_round_is_refused_and_what_was_typed_stays(olga_at_work):
    response = olga_at_work.post(PAGE, GREEN | {"what_changed": "\u202egnol"})
    assert response.status_code == 422
    assert "hidden character at the beginning (U+202E, right-to-left override)" in response.content.decode()
    assert ">\n\u202egnol</textarea>" in response.content.decode()
    assert not Update.objects.exists()


def test_lone_surrogates_are_taken_for_unreadable_signs(olga_at_work):
    body = b"rag=green&what_changed=" + b"%ED%A0%80" + b"&what_next=%FF%FE"
    response = olga_at_work.generic("POST", PAGE, body, content_type="application/x-www-form-urlencoded")
    assert response.status_code == 302
    assert set(Update.objects.get().what_changed) == {"\ufffd"}


@pytest.mark.parametrize("kind", ["multipart/form-data", "multipart/form-data; boundary=x", "application/json", "x"])
def test_a_broken_form_is_refused(olga_at_work, kind):
    response = olga_at_work.generic("POST", PAGE, b"--x\r\nrag=green", content_type=kind)
    assert response.status_code in (400, 422)
    assert not Update.objects.exists()


# --- It shows at once -----------------------------------------------------------------------------
@pytest.fixture
def figures(as_, ana):
    """Return what the pages and the data sets say of DS-001 on a day, today without one."""
    client = as_(ana)

    def said(day=None):
        asked = {"as_at": day} if day else {}

        def rows(name):
            text = client.get(f"/exports/{name}.csv", asked).getvalue().decode("utf-8-sig")
            return list(csv.DictReader(text.splitlines()))

        pages = {}
        for path in ("/initiatives/DS-001/", "/initiatives/", "/pillars/purpose/", "/pillars/", "/"):
            page = client.get(path, asked).content.decode().split("</header>")[1]
            pages[path] = re.sub(r'value="\w{64}"', "", page)
        return {"pages": pages} | {name: rows(name) for name in ("initiatives", "pillars", "updates", "milestones")}

    return said


def test_what_olga_said_shows_at_once_everywhere_and_yesterday_stays_as_it_was(olgas, olga, as_, figures):
    with clock_at("2025-06-01"):
        says(olgas, "green", on="2025-05-20")
    yesterday = figures("2025-06-01")
    as_(olga).post(PAGE, RED | {"said_on": "2025-05-31", "m01_done": "on", "m01_done_on": "2025-05-30"})
    today = figures()
    assert [(r["status"], r["rag"], r["progress_percent"]) for r in today["initiatives"]] == [("red", "red", "25")]
    assert [(r["rag"], r["said_on"]) for r in today["updates"]] == [("green", "2025-05-20"), ("red", "2025-05-31")]
    assert [r["status"] for r in today["milestones"]] == ["done", "open", "open", "open"]
    purpose = next(row for row in today["pillars"] if row["pillar"] == "purpose")
    assert (purpose["red"], purpose["green"], purpose["milestones_done"]) == ("1", "0", "1")
    assert "status--red status--large" in today["pages"]["/initiatives/DS-001/"]
    assert "1 of 4 milestones are done" in today["pages"]["/pillars/purpose/"]
    assert "Of 1 initiative in progress: 0 green, 0 amber, 1 red, 0 with no current update." in today["pages"]["/"]
    assert figures("2025-06-01") == yesterday
    assert [r["status"] for r in yesterday["initiatives"]] == ["green"]


def test_a_paused_initiative_keeps_its_stage_whatever_is_said(olga_at_work, olgas):
    enters(olgas, "paused", on="2025-06-02")
    olga_at_work.post(PAGE, RED)
    assert as_at(olgas, timezone.localdate()).status == "paused"
    assert as_at(olgas, timezone.localdate() - timedelta(days=1)).status == "never-updated"
