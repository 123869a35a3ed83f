"""Two people of the office hand the same work over at the same moment: both are on record, one after the other."""

from itertools import pairwise

from initiatives.models import Handover, Initiative
from tests.faults.conftest import TOKEN, at_once, cookies_of

ROUNDS = 10


def test_two_handovers_at_once_follow_one_another(open_portal, olgas, olga, omar, lea, dina, sam, oscar, ada):
    portal, office = open_portal(), [cookies_of(person) for person in (oscar, ada)]

    def hands_over(cookies, to):
        said = {"part": "owner", "to": to.pk, "reason": "A new post.", "csrfmiddlewaretoken": TOKEN}
        return portal.knock("POST", "/initiatives/DS-001/handover/", cookies, said).status

    for number in range(ROUNDS):
        heirs = (omar, lea) if number % 2 else (dina, sam)
        deeds = [lambda c=cookies, to=heir: hands_over(c, to) for cookies, heir in zip(office, heirs, strict=True)]
        assert at_once(deeds) == [302, 302]
    rows = list(Handover.objects.values_list("from_person", "to_person"))
    assert len(rows) == 2 * ROUNDS
    assert rows[0][0] == olga.pk
    assert all(before[1] == after[0] for before, after in pairwise(rows))
    owners = Initiative.history.filter(ref="DS-001").order_by("history_date").values_list("owner", flat=True)
    assert list(owners) == [olga.pk, *(to for _, to in rows)]
    assert Initiative.objects.get(ref="DS-001").owner_id == rows[-1][1]
