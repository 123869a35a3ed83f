"""A leader names who prepares answers for them; only the leader's own sending answers."""

import pytest
from django.db.models import QuerySet
from django.test import Client

from initiatives import actions
from initiatives.asks import delegations, leaders_of
from initiatives.models import Answer, Ask, PreparedAnswer
from tests.factories import asks, corrects, past_the_guard

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]
WORDS = {"outcome": "answered", "words": "Yes, from the reserve."}


def names(leader, delegate, prepares=True):
    return actions.delegate(leader=leader, to=delegate, by=leader, prepares=prepares)


@pytest.fixture
def ask(olgas, lea):
    found = asks(olgas, on="2025-05-02")
    return put_to(found, lea)


def put_to(ask, leader):
    with past_the_guard():
        QuerySet(Ask).filter(pk=ask.pk).update(asked_of=leader)
    return ask


def test_lea_names_ana_and_ends_it(as_, lea, ana):
    client = as_(lea)
    assert client.post("/my/delegates/", {"deed": "name", "delegate": ana.pk}).status_code == 302
    assert list(leaders_of(ana)) == [lea.pk]
    assert "Ana Ash" in client.get("/my/delegates/").content.decode()
    assert client.post("/my/delegates/", {"deed": "end", "delegate": ana.pk}).status_code == 302
    assert leaders_of(ana) == {}
    assert client.post("/my/delegates/", {"deed": "end", "delegate": ana.pk}).status_code == 302  # twice is once


def test_naming_somebody_again_changes_nothing(as_, lea, ana):
    for _ in range(2):
        as_(lea).post("/my/delegates/", {"deed": "name", "delegate": ana.pk})
    assert len(delegations(leader=lea)) == 1


def test_lea_cannot_name_herself_or_somebody_without_a_role(as_, lea, nadia):
    for person in (lea, nadia):
        response = as_(lea).post("/my/delegates/", {"deed": "name", "delegate": person.pk})
        assert response.status_code == 422
        assert "Choose one of the people in the list." in response.content.decode()
    assert delegations(leader=lea) == []
    assert as_(lea).post("/my/delegates/", {"deed": "dance"}).status_code == 400


def test_only_leaders_have_delegates(as_, ana, olga, oscar):
    for person in (ana, olga, oscar):
        assert as_(person).get("/my/delegates/").status_code == 403


def test_who_leads_no_longer_has_no_delegates(as_, lea, ana, ask):
    names(lea, ana)
    put_to(ask, None)
    assert as_(ana).post(f"/asks/{ask.pk}/prepare/", WORDS).status_code == 302
    lea.grants.all().delete()
    assert as_(ana).post(f"/asks/{ask.pk}/prepare/", WORDS).status_code == 403


def test_what_ana_typed_is_there_once_she_has_signed_in_again(lea, ana, ask):
    names(lea, ana)
    client = Client(enforce_csrf_checks=True)
    client.force_login(ana)
    page = f"/asks/{ask.pk}/prepare/"
    assert client.get(page).status_code == 200
    token = client.cookies["csrf"].value
    response = client.post(page, WORDS | {"csrfmiddlewaretoken": "old"})  # a token that is too old
    assert response.status_code == 403
    assert "Yes, from the reserve." in response.content.decode()
    client.logout()
    client.cookies["csrf"] = token
    assert client.post(page, WORDS | {"csrfmiddlewaretoken": token}).status_code == 302
    held = client.session
    client.force_login(ana)
    session = client.session
    session.update(held)
    session.save()
    assert "Yes, from the reserve." in client.get(page).content.decode()
    assert PreparedAnswer.objects.count() == 0


def test_somebody_who_left_prepares_nothing(lea, ana):
    names(lea, ana)
    corrects(ana, is_active=False, recorded="2025-06-02")
    assert delegations(leader=lea) == []


def test_ana_prepares_and_lea_sends(as_, lea, ana, ask):
    names(lea, ana)
    assert as_(ana).post(f"/asks/{ask.pk}/prepare/", WORDS).status_code == 302
    assert Answer.objects.count() == 0
    page = as_(lea).get(f"/asks/{ask.pk}/answer/").content.decode()
    assert "Prepared by Ana Ash on" in page
    assert "Yes, from the reserve." in page
    assert as_(lea).post(f"/asks/{ask.pk}/answer/", WORDS).status_code == 302
    assert Answer.objects.get().recorded_by == lea
    assert PreparedAnswer.objects.count() == 0


def test_what_was_prepared_can_be_prepared_better(as_, lea, ana, ask):
    names(lea, ana)
    for words in ("First.", "Second."):
        as_(ana).post(f"/asks/{ask.pk}/prepare/", WORDS | {"words": words})
    assert PreparedAnswer.objects.get().words == "Second."


def test_ana_cannot_answer_for_lea(as_, lea, ana, ask):
    names(lea, ana)
    assert as_(ana).post(f"/asks/{ask.pk}/answer/", WORDS).status_code == 403
    assert Answer.objects.count() == 0


def test_ana_prepares_for_lea_alone(as_, lea, ana, ask, omars):
    other = put_to(asks(omars, on="2025-05-02"), omars.owner)
    at_large = asks(omars, on="2025-05-03")
    assert as_(ana).post(f"/asks/{ask.pk}/prepare/", WORDS).status_code == 403
    names(lea, ana)
    assert as_(ana).post(f"/asks/{other.pk}/prepare/", WORDS).status_code == 403
    assert as_(ana).post(f"/asks/{at_large.pk}/prepare/", WORDS).status_code == 302
    names(lea, ana, prepares=False)
    assert as_(ana).post(f"/asks/{ask.pk}/prepare/", WORDS).status_code == 403


def test_what_is_prepared_wrongly_comes_back_as_it_was_typed(as_, oscar, ask):
    response = as_(oscar).post(f"/asks/{ask.pk}/prepare/", {"words": "Half a thought"})
    assert response.status_code == 422
    assert "Choose answered or declined." in response.content.decode()
    assert "Half a thought" in response.content.decode()
    assert PreparedAnswer.objects.count() == 0
