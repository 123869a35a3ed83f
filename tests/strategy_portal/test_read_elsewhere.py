"""What leaves the portal is read by everyone (A22): letters in plain text, tables with one row of headings."""

import pytest
from django.core import mail
from django.core.management import call_command
from django.db.models import QuerySet

from initiatives.models import Ask
from reports.datasets import DATASETS
from tests.browser.accessibility.post import unreadable_elsewhere
from tests.factories import an_initiative, asks, clock_at, corrects, past_the_guard, says


@pytest.fixture
def olga_has_post(olgas, olga):
    corrects(olga, email="olga@council.example", recorded="2025-04-02")
    return olgas


def test_a_reminder_says_all_in_plain_text(olga_has_post):
    with clock_at("2025-05-09"):
        call_command("send_reminders")
    assert [letter.to for letter in mail.outbox] == [["olga@council.example"]]
    assert unreadable_elsewhere(mail.outbox) == []


def test_an_answer_says_all_in_plain_text(olga_has_post, olga, as_, lea):
    with clock_at("2025-06-02"):
        ask = asks(olga_has_post, on="2025-05-02")
        with past_the_guard():
            QuerySet(Ask).filter(pk=ask.pk).update(recorded_by=olga)
        as_(lea).post(f"/asks/{ask.pk}/answer/", {"outcome": "declined", "words": "Not this year."})
    assert [letter.to for letter in mail.outbox] == [["olga@council.example"]]
    assert unreadable_elsewhere(mail.outbox) == []


def test_a_partners_link_comes_in_plain_text(strategy, polly, oscar, as_):
    an_initiative("DS-009", recorded="2025-04-01", owner=polly)
    as_(oscar).post("/initiatives/DS-009/links/", {"person": polly.pk})
    assert [letter.to for letter in mail.outbox] == [["polly@police.example"]]
    assert unreadable_elsewhere(mail.outbox) == []


def test_an_invitation_comes_in_plain_text(ada, as_):
    una = {"username": "una", "name": "Una Usher", "email": "una@example.org", "is_active": "on"}
    grants = {"grants-TOTAL_FORMS": "0", "grants-INITIAL_FORMS": "0"}
    as_(ada).post("/admin/accounts/user/add/", una | grants)
    assert [letter.to for letter in mail.outbox] == [["una@example.org"]]
    assert unreadable_elsewhere(mail.outbox) == []


@pytest.mark.parametrize("name", DATASETS)
def test_every_data_set_is_one_table_with_one_row_of_headings(name, olgas, as_, ana):
    says(olgas, "amber", on="2025-06-10", what_changed="=1+1\n“quoted”, and broken")
    file = as_(ana).get(f"/exports/{name}.csv").getvalue().decode("utf-8-sig")
    assert unreadable_elsewhere(tables=[(name, file)]) == []


def test_a_letter_without_words_and_a_table_with_a_merged_heading_are_caught():
    a_letter = mail.EmailMultiAlternatives("Subject", "", "a@example.org", ["b@example.org"])
    a_letter.attach_alternative('<p><img src="x"><a href="https://portal.example/">It</a></p>', "text/html")
    assert len(unreadable_elsewhere([a_letter])) == 4
    merged = "Initiatives,,\nref,title,rag\nDS-001,One,red\n"
    assert unreadable_elsewhere(tables=[("merged", merged)])[0] == "merged: a column has no heading"
