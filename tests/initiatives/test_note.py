"""A meeting's words are noted: once, by those who may, and they stand in the story."""

import re
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from initiatives.history import story
from initiatives.models import AddOnlyError, Note
from tests.factories import clock_at, day, notes, stands_in

PATH = "/initiatives/DS-001/notes/"
SEEN = {"words": "The board wants to see it again."}


@pytest.fixture
def sends(as_, olgas):
    """Send a note as somebody does on 16 June 2025; returns the answer."""

    def sent(person, said=SEEN, **more):
        with clock_at("2025-06-16"):
            return as_(person).post(PATH, said | more)

    return sent


def kept():
    return list(Note.objects.values_list("words", "noted_on", "recorded_by__username"))


# --- Recording ------------------------------------------------------------------------------------
def test_lea_notes_what_the_meeting_said_and_everybody_reads_it_in_the_story(sends, as_, lea, ana):
    response = sends(lea)
    assert (response.status_code, response["Location"]) == (302, "/initiatives/DS-001/")
    assert kept() == [(SEEN["words"], day("2025-06-16"), "lea")]
    with clock_at("2025-06-17"):
        page = as_(ana).get("/initiatives/DS-001/").content.decode()
    assert "Note from a meeting" in page
    assert '<time datetime="2025-06-16">16 Jun 2025</time>, Lea Lang' in page
    assert SEEN["words"] in page


def test_those_who_may_record_a_note(sends, olga, dina, sam, omar, lea, ana, oscar, ada, nadia):
    people = (olga, dina, sam, omar, lea, ana, oscar, ada, nadia)
    assert {p.username: sends(p).status_code for p in people} == {
        "olga": 302, "dina": 302, "sam": 302, "omar": 403, "lea": 302, "ana": 403, "oscar": 302, "ada": 302,
        "nadia": 403,
    }  # fmt: skip


def test_who_stands_in_for_the_deputy_records_a_note_and_the_deputy_does_not(sends, olgas, omar, dina):
    stands_in(olgas, omar, on="2025-06-10", until="2025-06-20")
    assert (sends(omar).status_code, sends(dina).status_code) == (302, 403)


def test_a_refusal_says_who_may(sends, ana):
    assert "Only leaders, the initiative&#x27;s owner, deputy or sponsor" in sends(ana).content.decode()


def test_a_note_is_history(olgas, lea):
    note = notes(olgas, on="2025-06-16", by=lea)
    note.words = "Something else."
    for deed in (note.save, note.delete, Note.objects.all().delete):
        with pytest.raises(AddOnlyError):
            deed()
    with pytest.raises(IntegrityError, match="note_has_words"), transaction.atomic():
        Note.objects.create(initiative=olgas, words="")


def test_a_note_shows_from_the_day_on_which_it_was_recorded(olgas, lea):
    notes(olgas, on="2025-06-10", recorded="2025-06-12", by=lea)
    assert [e.kind for e in story(olgas, day("2025-06-11"))] == ["stage"]
    told = story(olgas, day("2025-06-12"))[0]
    assert (told.kind, told.on, told.by.name, told.mark) == ("note", day("2025-06-10"), "Lea Lang", "note")


# --- Once -----------------------------------------------------------------------------------------
def test_one_form_sent_twice_makes_one_note(sends, lea):
    key = str(uuid4())
    assert [sends(lea, key=key).status_code for _ in range(2)] == [302, 302]
    assert len(kept()) == 1


def test_other_words_from_a_page_gone_back_to_are_another_note(sends, lea):
    key = str(uuid4())
    sends(lea, key=key)
    sends(lea, {"words": "And sooner."}, key=key)
    assert [words for words, _, _ in kept()] == [SEEN["words"], "And sooner."]


def test_somebody_elses_key_hides_nothing(sends, lea, oscar):
    key = str(uuid4())
    sends(lea, key=key)
    sends(oscar, key=key)
    assert [who for _, _, who in kept()] == ["lea", "oscar"]


def test_the_form_of_every_page_has_a_key_of_its_own(as_, lea, olgas):
    pages = [as_(lea).get(path).content.decode() for path in (PATH, PATH, "/meeting/")]
    assert len({re.search(r'name="key" value="([\w-]{36})"', page)[1] for page in pages}) == 3


# --- Bad input ------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"words": ""}, "Write down what the meeting said."),
        ({"words": " \n "}, "Write down what the meeting said."),
        ({}, "Write down what the meeting said."),
        ({"words": "x" * 20_001}, "Use at most 20000 characters: this has 20001."),
        ({"words": "a\0b"}, "There is a hidden character after “a” (U+0000"),
        ({"words": "Seen.", "key": "none"}, "This form was damaged on its way."),
    ],
)
def test_what_cannot_be_recorded_comes_back_with_what_was_typed(sends, lea, said, reason):
    response = sends(lea, said, then="/meeting/?at=DS-001")
    page = response.content.decode()
    assert response.status_code == 422
    assert reason in page
    assert 'name="then" value="/meeting/?at=DS-001"' in page
    assert '<a class="govuk-back-link" href="/meeting/?at=DS-001">' in page
    assert said.get("words", "").strip() in page.replace("\ufffd", "\0")
    assert kept() == []


@pytest.mark.parametrize(
    "words", ["<script>alert(1)</script>", "\u05e9\u05dc\u05d5\u05dd", "'; drop table --", "🐳" * 5000]
)
def test_a_note_is_plain_text(sends, as_, lea, words):
    assert sends(lea, {"words": words}).status_code == 302
    assert [said for said, _, _ in kept()] == [words]
    assert "<script>alert" not in as_(lea).get("/initiatives/DS-001/").content.decode()


# --- The way back ---------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("then", "back"),
    [
        ("/meeting/?at=DS-001&pillar=purpose", "/meeting/?at=DS-001&pillar=purpose"),
        ("", "/initiatives/DS-001/"),
        ("meeting/", "/initiatives/DS-001/"),
        ("https://elsewhere.example/", "/initiatives/DS-001/"),
        ("//elsewhere.example/", "/initiatives/DS-001/"),
        ("/\\elsewhere.example", "/initiatives/DS-001/"),
        ("///elsewhere.example", "/initiatives/DS-001/"),
        ("javascript:alert(1)", "/initiatives/DS-001/"),
        ("/x\r\nSet-Cookie: a=b", "/x%0D%0ASet-Cookie:%20a=b"),
        ("/" + "x" * 5000, "/initiatives/DS-001/"),
    ],
)
def test_the_way_back_is_a_page_of_ours(sends, lea, then, back):
    response = sends(lea, then=then)
    assert (response.status_code, response["Location"]) == (302, back)


def test_a_past_day_takes_no_note(as_, lea, olgas):
    with clock_at("2025-06-16"):
        response = as_(lea).post(f"{PATH}?as_at=2025-06-01", SEEN)
    assert response.status_code == 400
    assert "open the page without as_at" in response.content.decode()
    assert kept() == []


# --- A session that ended in the meeting ----------------------------------------------------------
def test_a_note_sent_after_the_session_ended_is_there_again_and_is_recorded_once(olgas, lea):
    client = Client()
    page = client.get("/accounts/login/")
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.content.decode())[1]
    client.cookies["csrf"] = page.cookies["csrf"].value if "csrf" in page.cookies else token
    response = client.post(PATH, SEEN | {"csrfmiddlewaretoken": token, "then": "/meeting/?at=DS-001"})
    assert response["Location"] == "/accounts/login/?next=%2Finitiatives%2FDS-001%2Fnotes%2F"
    client.post("/accounts/login/?next=" + PATH, {"username": "lea", "password": "pop-up-book"})
    page = client.get(PATH).content.decode()
    assert SEEN["words"] in page
    assert 'value="/meeting/?at=DS-001"' in page
    assert kept() == []
    assert client.post(PATH, SEEN | {"then": "/meeting/?at=DS-001"})["Location"] == "/meeting/?at=DS-001"
    assert SEEN["words"] not in client.get(PATH).content.decode()


def test_a_note_whose_form_is_too_old_is_shown_again(olgas, lea):
    client = Client(enforce_csrf_checks=True)
    client.force_login(lea)
    response = client.post(PATH, SEEN)
    assert response.status_code == 403
    assert "Not recorded yet: the form was too old." in response.content.decode()
    assert SEEN["words"] in response.content.decode()
    assert kept() == []
