"""Leaders answer on the page, once; the owner is told, and what was typed is never lost."""

import pytest
from django.core import mail
from django.db.models import QuerySet
from django.test import Client, override_settings

from initiatives.models import Answer, Ask
from tests.factories import an_initiative, answers, asks, corrects, hands_over, leaves, past_the_guard
from tests.initiatives.test_delegates import put_to

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]
WORDS = {"outcome": "declined", "words": "Not this year."}


@pytest.fixture
def ask(olgas, olga):
    corrects(olga, email="olga@council.example", recorded="2025-04-02")
    found = asks(olgas, on="2025-05-02")
    with past_the_guard():
        QuerySet(Ask).filter(pk=found.pk).update(recorded_by=olga)
    return found


def test_lea_answers_and_olga_is_told(as_, lea, ask):
    response = as_(lea).post(f"/asks/{ask.pk}/answer/", WORDS, follow=True)
    said = Answer.objects.get()
    assert (said.outcome, said.words, said.recorded_by) == ("declined", "Not this year.", lea)
    assert response.redirect_chain == [("/asks/", 302)]
    assert "Your answer on DS-001 is on record. The owner is told." in response.content.decode()
    (letter,) = mail.outbox
    assert letter.to == ["olga@council.example"]
    assert letter.subject == "Declined: what you asked of leaders for Title of DS-001"
    assert "Lea Lang declined what was asked for DS-001 Title of DS-001." in letter.body
    assert "Not this year." in letter.body
    assert "/initiatives/DS-001/" in letter.body
    assert "Not this year." in letter.alternatives[0][0]


def test_it_goes_back_to_where_lea_was_but_never_elsewhere(as_, lea, ask, omars):
    then = {"then": "/meeting/?at=DS-001"}
    assert as_(lea).post(f"/asks/{ask.pk}/answer/", WORDS | then).headers["Location"] == "/meeting/?at=DS-001"
    other = asks(omars, on="2025-05-02")
    then = {"then": "//elsewhere.example/"}
    assert as_(lea).post(f"/asks/{other.pk}/answer/", WORDS | then).headers["Location"] == "/asks/"


def test_those_it_was_put_to_and_the_office_answer_too(as_, omar, oscar, ask, omars):
    put_to(ask, omar)
    assert as_(omar).post(f"/asks/{ask.pk}/answer/", WORDS).status_code == 302
    other = asks(omars, on="2025-05-02")
    assert as_(oscar).post(f"/asks/{other.pk}/answer/", WORDS).status_code == 302


def test_others_cannot_answer_or_see_the_form(as_, olga, ana, ask):
    for person in (olga, ana):
        assert as_(person).get(f"/asks/{ask.pk}/answer/").status_code == 403
        assert as_(person).post(f"/asks/{ask.pk}/answer/", WORDS).status_code == 403
    assert Answer.objects.count() == 0


def test_an_answer_without_words_comes_back(as_, lea, ask):
    response = as_(lea).post(f"/asks/{ask.pk}/answer/", {"outcome": "answered", "words": " "})
    assert response.status_code == 422
    assert "Say it in words: an owner needs more than yes or no." in response.content.decode()
    response = as_(lea).post(f"/asks/{ask.pk}/answer/", {"outcome": "maybe", "words": "Half a thought"})
    assert response.status_code == 422
    assert "Half a thought" in response.content.decode()
    assert Answer.objects.count() == 0
    assert mail.outbox == []


def test_a_second_answer_is_refused_with_both_texts(as_, lea, ask):
    answers(ask, on="2025-06-01")
    response = as_(lea).post(f"/asks/{ask.pk}/answer/", WORDS)
    assert response.status_code == 409
    page = response.content.decode()
    assert "The board agreed." in page
    assert "Not this year." in page
    assert Answer.objects.count() == 1
    assert "This ask is answered" in as_(lea).get(f"/asks/{ask.pk}/answer/").content.decode()


def test_what_lea_sends_twice_is_one_answer_and_no_alarm(as_, lea, ask):
    client = as_(lea)
    client.post(f"/asks/{ask.pk}/answer/", WORDS)
    response = client.post(f"/asks/{ask.pk}/answer/", WORDS, follow=True)
    assert response.redirect_chain == [("/asks/", 302)]
    assert "Your answer on DS-001 was on record already: nothing was recorded twice." in response.content.decode()
    assert Answer.objects.count() == len(mail.outbox) == 1
    response = client.post(f"/asks/{ask.pk}/answer/", WORDS | {"outcome": "answered"})
    assert response.status_code == 409
    assert "What you wrote: answered" in response.content.decode()


def test_whoever_owns_the_work_now_is_told_and_finds_it_under_what_i_owe(as_, lea, omar, ask, olgas):
    corrects(omar, email="omar@council.example", recorded="2025-05-05")
    hands_over(olgas, "owner", omar, on="2025-06-01")
    as_(lea).post(f"/asks/{ask.pk}/answer/", WORDS)
    assert [letter.to for letter in mail.outbox] == [["olga@council.example"], ["omar@council.example"]]
    page = as_(omar).get("/my/").content.decode()
    assert "<strong>Olga Owens asked:</strong> Who pays?" in page
    assert "Not this year." in page


def test_polly_who_cannot_sign_in_is_told_without_a_link(as_, lea, polly, strategy):
    theirs = asks(an_initiative("DS-005", recorded="2025-04-01", owner=polly), on="2025-05-02")
    as_(lea).post(f"/asks/{theirs.pk}/answer/", WORDS)
    (letter,) = mail.outbox
    assert "Not this year." in letter.body
    assert "http" not in letter.body
    assert "href" not in letter.alternatives[0][0]


def test_an_ask_that_is_not_there_and_a_past_day(as_, lea, ask):
    assert as_(lea).get("/asks/999999/answer/").status_code == 404
    assert as_(lea).get(f"/asks/{10**17}/answer/").status_code == 404
    assert as_(lea).get(f"/asks/{ask.pk}/answer/?as_at=2025-05-10").status_code == 400


def test_what_a_signed_out_leader_sends_is_there_once_they_are_back(lea, ask):
    client = Client(enforce_csrf_checks=True)
    client.force_login(lea)
    client.get(f"/asks/{ask.pk}/answer/")
    token = client.cookies["csrf"].value
    client.logout()
    client.cookies["csrf"] = token
    assert client.post(f"/asks/{ask.pk}/answer/", WORDS | {"csrfmiddlewaretoken": token}).status_code == 302
    held = client.session
    client.force_login(lea)
    session = client.session
    session.update(held)
    session.save()
    assert "Not this year." in client.get(f"/asks/{ask.pk}/answer/").content.decode()
    assert Answer.objects.count() == 0


@override_settings(EMAIL_BACKEND="tests.initiatives.test_answer.MailIsDown")
def test_when_mail_is_down_the_answer_stays_and_lea_is_told(as_, lea, ask):
    response = as_(lea).post(f"/asks/{ask.pk}/answer/", WORDS, follow=True)
    assert Answer.objects.count() == 1
    assert "Olga Owens could not be written to, and will see it under What I owe." in response.content.decode()


def test_nobody_is_written_to_about_their_own_answer_or_after_they_left(as_, olga, oscar, ask, lea):
    put_to(ask, olga)
    as_(olga).post(f"/asks/{ask.pk}/answer/", WORDS)
    assert mail.outbox == []
    other = asks(ask.initiative, on="2025-05-05")
    leaves(olga, on="2025-06-01")
    as_(lea).post(f"/asks/{other.pk}/answer/", WORDS)
    assert mail.outbox == []


def test_a_title_with_a_line_break_cannot_start_a_header(as_, lea, ask, olgas):
    corrects(olgas, title="A\nBcc: all@council.example", recorded="2025-05-05")
    as_(lea).post(f"/asks/{ask.pk}/answer/", WORDS)
    (letter,) = mail.outbox
    assert letter.subject == "Declined: what you asked of leaders for A Bcc: all@council.example"


class MailIsDown:
    def __init__(self, *args, **kwargs):
        pass

    def send_messages(self, messages):
        raise ConnectionRefusedError
