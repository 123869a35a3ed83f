"""The stage on which faults are tried stands: other processes see what the test sees."""

from initiatives.models import Update
from tests.faults.conftest import TOKEN, at_once, cookies_of


def test_what_a_person_posts_to_a_real_portal_is_in_the_tests_database(open_portal, olgas, olga):
    portal = open_portal()
    cookies = cookies_of(olga)
    said = {"rag": "green", "what_changed": "Tests passed.", "csrfmiddlewaretoken": TOKEN}
    answers = at_once(
        [lambda: portal.knock("POST", "/initiatives/DS-001/update/", cookies, said, {"Referer": "x"})] * 2
    )
    assert [answer.status for answer in answers] == [302, 302]
    assert Update.objects.count() == 2
