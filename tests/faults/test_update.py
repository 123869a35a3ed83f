"""Two people at once, and one form sent many times, at a portal that real workers serve."""

import re
from uuid import uuid4

import pytest

from initiatives.models import Update
from tests.faults.conftest import TOKEN, at_once, cookies_of

PAGE = "/initiatives/DS-001/update/"
NAIVE = "tests.faults.naive_updates"


def said(words, **more):
    return {"rag": "green", "what_changed": words, "csrfmiddlewaretoken": TOKEN, **more}


def version_of(portal, cookies):
    """Open the page; returns the version that its form carries."""
    page = portal.knock("GET", PAGE, cookies).words
    return re.search(r'name="version" value="(\d+)"', page)[1]


def pairs(portal, olga, dina, count):
    """Let Olga and Dina save at the same moment, each having seen the same; returns both answers, pair by pair."""
    olgas, dinas = cookies_of(olga), cookies_of(dina)
    answers = []
    for number in range(count):
        version = version_of(portal, olgas)
        forms = [(who, said(f"{who} {number}", version=version, key=str(uuid4()))) for who in ("olga", "dina")]
        deeds = [
            lambda who=who, form=form: portal.knock("POST", PAGE, olgas if who == "olga" else dinas, form)
            for who, form in forms
        ]
        answers.append(at_once(deeds))
    return answers


def lost(answers):
    """Return the pairs in which somebody's words passed unseen: both were told that they were saved."""
    return [pair for pair in answers if [answer.status for answer in pair] == [302, 302]]


@pytest.mark.parametrize("count", [100, pytest.param(1000, marks=pytest.mark.soak)])
def test_of_each_simultaneous_pair_one_is_saved_and_one_is_told_with_both_texts(open_portal, olgas, olga, dina, count):
    answers = pairs(open_portal(), olga, dina, count)
    assert [sorted(answer.status for answer in pair) for pair in answers] == [[302, 409]] * count
    for number, pair in enumerate(answers):
        (told,) = [answer.words for answer in pair if answer.status == 409]
        assert f"olga {number}" in told
        assert f"dina {number}" in told
    assert Update.objects.count() == count


def test_canary_without_a_version_texts_pass_unseen(open_portal, olgas, olga, dina):
    assert len(lost(pairs(open_portal(NAIVE), olga, dina, 10))) == 10


def doubles(portal, olga, rounds, each):
    """Send each of some forms many times at the same moment; returns the answers."""
    cookies = cookies_of(olga)
    answers = []
    for number in range(rounds):
        form = said(f"round {number}", key=str(uuid4()))
        answers += at_once([lambda form=form: portal.knock("POST", PAGE, cookies, form)] * each)
    return answers


@pytest.mark.parametrize("rounds", [20, pytest.param(200, marks=pytest.mark.soak)])
def test_of_20_submits_of_one_form_at_once_none_makes_an_extra_update(open_portal, olgas, olga, rounds):
    answers = doubles(open_portal(), olga, rounds, each=20)
    assert {answer.status for answer in answers} == {302}
    assert len(answers) == 20 * rounds
    said = Update.objects.values_list("what_changed", flat=True)
    assert sorted(said) == sorted(f"round {number}" for number in range(rounds))


def test_canary_without_a_key_every_press_is_an_update(open_portal, olgas, olga):
    doubles(open_portal(NAIVE), olga, rounds=2, each=5)
    assert Update.objects.count() == 10


@pytest.mark.parametrize("lost_reply", ["once", "twice"])
def test_a_retry_after_a_lost_reply_is_taken_for_what_it_is(open_portal, olgas, olga, lost_reply):
    portal, cookies, form = open_portal(), cookies_of(olga), said("Tests passed.", key=str(uuid4()))
    for _ in range(2 if lost_reply == "once" else 3):
        assert portal.knock("POST", PAGE, cookies, form).status == 302
    assert Update.objects.count() == 1
