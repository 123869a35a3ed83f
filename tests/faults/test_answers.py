"""Two leaders answer at the same moment: one answer is on record, and the other leader sees both texts."""

from initiatives.models import Answer
from tests.factories import a_person, asks
from tests.faults.conftest import TOKEN, at_once, cookies_of

ROUNDS = 20


def test_two_answers_at_once_are_one_answer(open_portal, olgas, lea):
    leaders = [lea, a_person("liam", "Liam Lowe", "leader")]
    questions = [asks(olgas, on="2025-05-02", question=f"Question {number}?") for number in range(ROUNDS)]
    portal, cookies = open_portal(), [cookies_of(leader) for leader in leaders]

    def says(who, ask):
        said = {"outcome": "answered", "words": f"Words of {who}.", "csrfmiddlewaretoken": TOKEN}
        return portal.knock("POST", f"/asks/{ask.pk}/answer/", cookies[who], said)

    for ask in questions:
        replies = at_once([lambda who=who, ask=ask: says(who, ask) for who in (0, 1)])
        assert sorted(reply.status for reply in replies) == [302, 409]
        refused = next(reply for reply in replies if reply.status == 409)
        assert "Words of 0." in refused.words
        assert "Words of 1." in refused.words
    assert Answer.objects.count() == ROUNDS
