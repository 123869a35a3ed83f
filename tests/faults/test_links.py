"""Ten send by one link at the same moment, to real workers: one update is recorded, and the others are told so."""

import pytest

from initiatives.links import make_link
from initiatives.models import LinkUse, Update
from tests.factories import an_initiative
from tests.faults.conftest import TOKEN, at_once, cookies_of

RACES, RUNNERS = 20, 10
SAID = {"rag": "green", "what_changed": "Tests passed.", "csrfmiddlewaretoken": TOKEN}


@pytest.fixture
def pollys(strategy, polly):
    """Polly's initiative, with a milestone that every one of the ten ticks."""
    return an_initiative("DS-001", recorded="2025-04-01", owner=polly, milestones=["2025-05-30"])


def race(portal, initiative):
    """Let ten send by one link at once while a scanner opens it; returns their answers."""
    _, path = make_link(initiative=initiative, person=initiative.owner, by=None)
    said = SAID | {"m01_done": "on"}
    scanning = [lambda: portal.knock("GET", path), lambda: portal.knock("HEAD", path)]
    sending = [lambda: portal.knock("POST", path, cookies_of(), said)] * RUNNERS
    return at_once([*scanning, *sending])[len(scanning) :]


def test_of_ten_who_use_a_link_at_once_one_does(open_portal, pollys):
    portal = open_portal()
    for number in range(1, RACES + 1):
        answers = race(portal, pollys)
        assert sorted(answer.status for answer in answers) == [200] + [410] * (RUNNERS - 1)
        assert {"Thank you" in answer.words for answer in answers if answer.status == 200} == {True}
        assert {"This link has been used" in answer.words for answer in answers if answer.status == 410} == {True}
        assert (Update.objects.count(), LinkUse.objects.count()) == (number, number)
    assert pollys.milestones.get().done_dates.count() == 1


def test_these_races_find_out_a_portal_that_looks_and_then_uses(open_portal, pollys):
    portal = open_portal("tests.faults.naive_links")
    for _ in range(RACES // 4):
        race(portal, pollys)
    assert Update.objects.count() > RACES // 4


def test_a_link_that_is_withdrawn_while_it_is_used_is_one_or_the_other(open_portal, pollys, oscar):
    portal, office = open_portal(), cookies_of(oscar)
    for _ in range(4):
        link, path = make_link(initiative=pollys, person=pollys.owner, by=None)
        withdrawal = {"withdraw": str(link.pk), "reason": "Not needed.", "csrfmiddlewaretoken": TOKEN}
        used, withdrawn = at_once(
            [
                lambda path=path: portal.knock("POST", path, cookies_of(), SAID),
                lambda said=withdrawal: portal.knock("POST", "/initiatives/DS-001/links/", office, said),
            ]
        )
        assert (used.status, withdrawn.status) in ((200, 302), (410, 302))
        link.refresh_from_db()
        assert hasattr(link, "use") != hasattr(link, "withdrawal")
        assert hasattr(link, "use") == (used.status == 200)
