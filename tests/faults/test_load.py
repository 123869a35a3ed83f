"""More people than the portal can serve: some are told at once to come back, and it goes on."""

import re
import time
from collections import Counter

from tests.faults.conftest import at_once, cookies_of

AT_ONCE = 40


def everybody(portal, cookies):
    """Let everybody ask for the dashboard together; returns what each was told, with how long that took."""

    def asks():
        began = time.monotonic()
        answer = portal.knock("GET", "/", cookies)
        return answer, time.monotonic() - began

    return at_once([asks] * AT_ONCE)


def test_beyond_its_limit_the_portal_says_so_quickly_and_goes_on(db, olgas, olga, open_on):
    portal = open_on(db, WEB_CONCURRENCY="1", WEB_THREADS="8", MOST_AT_ONCE="2")
    cookies = cookies_of(olga)
    assert portal.knock("GET", "/", cookies).status == 200
    told = everybody(portal, cookies)
    count = Counter(answer.status for answer, _ in told)
    assert set(count) == {200, 503}
    busy = [answer for answer, _ in told if answer.status == 503]
    assert all("The portal is very busy just now." in answer.words for answer in busy)
    assert {answer.headers["Retry-After"] for answer in busy} == {"5"}
    assert portal.knock("GET", "/", cookies).status == 200


def test_canary_without_a_limit_everybody_waits_for_everybody(db, olgas, olga, open_on):
    portal = open_on(db, WEB_CONCURRENCY="1", WEB_THREADS="8", MOST_AT_ONCE="1000")
    cookies = cookies_of(olga)
    assert {answer.status for answer, _ in everybody(portal, cookies)} == {200}


def test_all_workers_count_together_for_whoever_monitors(db, olgas, open_on):
    portal, asked = open_on(db, METRICS_TOKEN="m" * 40), 'method="GET",status="2xx",view="accounts:login"'
    for _ in range(20):
        assert portal.knock("GET", "/accounts/login/").status == 200
    shown = {"Authorization": f"Bearer {'m' * 40}"}
    told = [portal.knock("GET", "/metrics", headers=shown).words for _ in range(8)]
    assert {re.search(rf"portal_requests_total\{{{asked}\}} (\S+)", words)[1] for words in told} == {"20.0"}
    assert portal.knock("GET", "/metrics").status == 404
