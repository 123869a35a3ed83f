"""Two administrators end each other at the same moment: one is left, whoever came first."""

import pytest

from accounts.models import User
from tests.accounts.test_roles import form_of
from tests.factories import a_person
from tests.faults.conftest import TOKEN, at_once, cookies_of

ROUNDS = 5


@pytest.mark.parametrize("how", ["role", "account"])
def test_of_two_administrators_who_end_each_other_one_is_left(open_portal, ada, how):
    aldo = a_person("aldo", "Aldo Amis", "administrator")
    portal = open_portal()

    def ends(by, whom):
        said = form_of(whom, "leader") if how == "role" else form_of(whom, "administrator", is_active=None)
        path, cookies = f"/admin/accounts/user/{whom.pk}/change/", cookies_of(by)
        return lambda: portal.knock("POST", path, cookies, said | {"csrfmiddlewaretoken": TOKEN}).status

    for _ in range(ROUNDS):
        for person in (ada, aldo):
            person.grants.exclude(role="administrator").delete()
            person.grants.get_or_create(role="administrator")
            person.is_active = True
            person.save()
        answers = at_once([ends(ada, aldo), ends(aldo, ada)])
        assert 302 in answers
        assert User.objects.administrators().count() == 1
