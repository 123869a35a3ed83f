"""Real worker processes count downloads together: the limit of a minute is one for all of them."""

from collections import Counter

from reports.models import Answered, Download
from tests.accounts.test_tokens import a_token
from tests.faults.conftest import at_once, cookies_of


def test_all_workers_keep_one_limit_for_a_token_and_for_a_browser(olgas, ana, open_portal, monkeypatch):
    monkeypatch.setenv("TOKEN_EXPORTS_A_MINUTE", "5")
    monkeypatch.setenv("EXPORTS_A_MINUTE", "7")
    portal = open_portal()
    token, secret = a_token(ana)
    asked = {"headers": {"Authorization": f"Bearer {secret}"}}, {"cookies": cookies_of(ana)}
    for how, limit in zip(asked, (5, 7), strict=True):
        answers = at_once([lambda how=how: portal.knock("GET", "/exports/initiatives.csv", **how)] * 12)
        assert Counter(answer.status for answer in answers) == {200: limit, 429: 12 - limit}
        assert all("DS-001" in answer.words for answer in answers if answer.status == 200)
        assert {1 <= int(answer.headers["Retry-After"]) <= 60 for answer in answers if answer.status == 429} == {True}
    told = Counter(Download.objects.values_list("token", "rows", "answered"))
    assert told == {(token.pk, 1, Answered.SENT): 5, (None, 1, Answered.SENT): 7}
