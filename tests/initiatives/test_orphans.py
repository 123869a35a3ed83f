"""When somebody leaves, their work waits on one page until somebody else takes it over."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from initiatives.models import Handover
from tests.factories import a_person, an_initiative, as_at, corrects, day, enters, hands_over, leaves, told
from tests.initiatives.test_handover import just_after, words_of

pytestmark = pytest.mark.usefixtures("monday")

PAGE = "/initiatives/orphans/"
TODAY = "2025-06-02"


@pytest.fixture
def oscar_at_work(strategy, oscar, as_):
    return as_(oscar)


def listed(response):
    """Return what waits, by heading: the refs that are ticked at first, each with the parts."""
    found = {}
    for section in response.content.decode().split('<section class="section"')[1:]:
        heading = re.sub(r"<[^>]*>", "", re.search(r"<h2.*?</h2>", section)[0])
        labels = re.findall(r"__label\"[^>]*>(.*?)</label>", section, re.S)
        hints = re.findall(r'__hint"[^>]*>(.*?)</div>', section, re.S)
        assert section.count(" checked") == len(labels)
        found[heading] = [
            (label.split()[0], hint) for label, hint in zip(labels, hints or [""] * len(labels), strict=True)
        ]
    return found


def gives(leaver, to, *initiatives, reason="Olga has left us."):
    chosen = [str(initiative.pk) for initiative in initiatives]
    return {
        "leaver": str(getattr(leaver, "pk", leaver)), "chosen": chosen, "to": str(getattr(to, "pk", to)),
        "reason": reason,
    }  # fmt: skip


# --- Who may --------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("who", "status"), [("oscar", 200), ("ada", 200), *((p, 403) for p in ("olga", "lea", "nadia"))]
)
def test_the_office_and_administrators_look_after_orphans(olgas, omar, as_, request, who, status):
    leaves(omar, on=TODAY)
    client = as_(request.getfixturevalue(who))
    assert client.get(PAGE).status_code == status
    assert client.post(PAGE, gives(omar, "1")).status_code == (302 if status == 200 else 403)
    assert not Handover.objects.exists()


# --- What waits -----------------------------------------------------------------------------------
def test_nobodys_work_is_orphaned(olgas, omars, oscar_at_work):
    words = words_of(oscar_at_work.get(PAGE))
    assert "Nobody’s work is orphaned Every open initiative has an owner" in words
    assert "Hand over what is ticked" not in words


def test_work_waits_under_whoever_left_and_as_what(olgas, omars, olga, dina, omar, oscar_at_work):
    corrects(omars, deputy=olga, sponsor=dina, recorded=TODAY)
    corrects(olgas, sponsor=olga, recorded=TODAY)
    an_initiative("DS-1000", recorded="2025-04-01", owner=olga)
    an_initiative("DS-010", recorded="2025-04-01", deputy=dina)
    leaves(olga, on=TODAY)
    leaves(dina, on=TODAY)
    assert listed(oscar_at_work.get(PAGE)) == {
        "Dina Dean has left": [("DS-001", "Deputy"), ("DS-002", "Sponsor"), ("DS-010", "Deputy")],
        "Olga Owens has left": [("DS-001", "Owner and sponsor"), ("DS-002", "Deputy"), ("DS-1000", "Owner")],
        "Without an owner": [("DS-010", "")],
    }


@pytest.mark.parametrize(
    ("stage", "waits"),
    [("proposed", True), ("in-progress", True), ("paused", True), ("complete", False), ("stopped", False)],
)
def test_work_that_is_over_waits_for_nobody(olgas, omars, olga, omar, oscar_at_work, stage, waits):
    enters(olgas, stage, on="2025-05-01")
    corrects(omars, owner=None, recorded=TODAY)
    enters(omars, stage, on="2025-05-01")
    leaves(olga, on=TODAY)
    assert bool(listed(oscar_at_work.get(PAGE))) is waits


def test_who_comes_back_is_no_leaver(olgas, olga, oscar_at_work):
    leaves(olga, on=TODAY)
    corrects(olga, is_active=True, recorded=TODAY)
    assert listed(oscar_at_work.get(PAGE)) == {}


def test_the_list_of_initiatives_says_how_much_waits_to_those_who_may_and_today_alone(
    olgas, olga, oscar_at_work, lea, as_
):
    def words(client, query=""):
        return words_of(client.get(f"/initiatives/{query}"))

    assert "Initiatives whose people have left" in words(oscar_at_work)
    leaves(olga, on=TODAY)
    assert "1 initiative whose people have left" in words(oscar_at_work)
    assert "whose people have left" not in words(oscar_at_work, "?as_at=2025-05-01")
    assert "whose people have left" not in words(as_(lea))


def test_ada_hears_how_much_waits_when_somebody_leaves(olgas, omars, olga, dina, ada, as_):
    corrects(omars, sponsor=olga, recorded=TODAY)
    client = as_(ada)

    def deactivates(person, **more):
        said = {"username": person.username, "name": person.name} | more
        said |= {"grants-TOTAL_FORMS": "0", "grants-INITIAL_FORMS": "0"}
        page = client.post(f"/admin/accounts/user/{person.pk}/change/", said, follow=True)
        assert page.status_code == 200
        return page.content.decode()

    page = deactivates(olga)
    assert f'Olga Owens has left. 2 initiatives wait for new people: <a href="{PAGE}#left-{olga.pk}">' in page
    assert "has left" not in deactivates(olga, job_title="Once here")
    assert f'Dina Dean has left. 1 initiative waits for new people: <a href="{PAGE}#left-{dina.pk}">' in deactivates(
        dina
    )
    assert "wait" not in deactivates(a_person("una", "<b>Una"))


# --- One step -------------------------------------------------------------------------------------
@pytest.fixture
def left(olgas, omars, olga, omar):
    """Olga owned DS-001 and DS-003, deputised in DS-002, and left."""
    corrects(omars, deputy=olga, recorded="2025-05-01")
    ds3 = an_initiative("DS-003", recorded="2025-04-01", owner=olga, sponsor=olga)
    leaves(olga, on=TODAY)
    return olgas, omars, ds3


def test_oscar_gives_all_of_it_to_omar_in_one_step(left, olga, omar, lea, oscar, oscar_at_work):
    ds1, ds2, ds3 = left
    before = [told(as_at(initiative, "2025-06-01")) for initiative in left]
    response = oscar_at_work.post(PAGE, gives(olga, lea, ds1, ds2, ds3), follow=True)
    assert response.redirect_chain == [(PAGE, 302)]
    words = words_of(response)
    assert "3 initiatives handed over to Lea Lang." in words
    assert "Nobody’s work is orphaned" in words
    rows = Handover.objects.values_list(
        "initiative__ref", "part", "from_person__username", "to_person__username", "handed_on", "reason", "recorded_by"
    )
    same = ("olga", "lea", day(TODAY), "Olga has left us.", oscar.pk)
    assert set(rows) == {
        ("DS-001", "owner", *same),
        ("DS-002", "deputy", *same),
        ("DS-003", "owner", *same),
        ("DS-003", "sponsor", *same),
    }
    assert [str(as_at(initiative, TODAY).owner) for initiative in left] == ["Lea Lang", "Omar Odell", "Lea Lang"]
    assert [told(as_at(initiative, "2025-06-01")) for initiative in left] == before


def test_what_is_not_ticked_goes_on_waiting(left, olga, omar, oscar_at_work):
    words = words_of(oscar_at_work.post(PAGE, gives(olga, omar, left[2]), follow=True))
    assert "1 initiative handed over to Omar Odell." in words
    assert listed(oscar_at_work.get(PAGE)) == {"Olga Owens has left": [("DS-001", "Owner"), ("DS-002", "Deputy")]}


def test_work_without_an_owner_gets_one(olgas, dina, omar, oscar_at_work):
    corrects(olgas, owner=None, recorded=TODAY)
    leaves(dina, on=TODAY)
    assert oscar_at_work.post(PAGE, gives("nobody", omar, olgas)).status_code == 302
    row = Handover.objects.get()
    assert (row.part, row.from_person, row.to_person) == ("owner", None, omar)
    assert (str(as_at(olgas, TODAY).owner), str(as_at(olgas, TODAY).deputy)) == ("Omar Odell", "Dina Dean")


def test_sent_twice_it_is_done_once(left, olga, omar, oscar_at_work):
    ds1, ds2, ds3 = left
    assert oscar_at_work.post(PAGE, gives(olga, omar, ds1, ds2, ds3)).status_code == 302
    words = words_of(oscar_at_work.post(PAGE, gives(olga, omar, ds1, ds2, ds3), follow=True))
    assert "All of that has new people already: nothing was changed." in words
    assert Handover.objects.count() == 4


def test_one_that_cannot_be_written_leaves_all_as_it_was(left, olga, omar, oscar_at_work):
    def broken(execute, sql, params, many, context):
        if sql.startswith("INSERT") and "initiatives_handover" in sql and Handover.objects.count() == 2:
            raise RuntimeError("the database is gone")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(broken), pytest.raises(RuntimeError):
        oscar_at_work.post(PAGE, gives(olga, omar, *left))
    assert not Handover.objects.exists()
    assert str(as_at(left[0], TODAY).owner) == "Olga Owens"


def test_what_changed_hands_meanwhile_is_left_as_it_is(left, olga, omar, lea, oscar_at_work):
    with just_after('LEFT OUTER JOIN "accounts_user"', lambda: hands_over(left[0], "owner", lea, on=TODAY)):
        page = oscar_at_work.post(PAGE, gives(olga, omar, *left), follow=True)
    words = words_of(page)
    assert "2 initiatives handed over to Omar Odell." in words
    assert str(as_at(left[0], TODAY).owner) == "Lea Lang"


# --- What is refused ------------------------------------------------------------------------------
@pytest.fixture
def refused(left, olga, oscar_at_work):
    """Post what the portal refuses; returns the errors by field, having seen that nothing was written or lost."""

    def errors(said):
        response = oscar_at_work.post(PAGE, said)
        assert response.status_code == 422
        assert not Handover.objects.exists()
        page = response.content.decode()
        assert "<title>Error: " in page
        assert "There is a problem" in page
        assert said.get("reason", "") in page
        for field in response.context["form"].errors:
            assert f'href="#id_{olga.pk}_{field}' in page
        return {name: list(words) for name, words in response.context["form"].errors.items()}

    return errors


def test_an_empty_form_is_refused(refused, olga):
    assert refused({"leaver": str(olga.pk)}) == {
        "chosen": ["Tick the initiatives that change hands."],
        "to": ["Choose one of the people in the list."],
        "reason": ["Say why."],
    }


def test_work_that_is_not_the_leavers_is_refused(refused, left, olga, omar):
    other = an_initiative("DS-004", recorded="2025-04-01", owner=omar)
    words = {"chosen": ["One of these has new people already: look at the list again."]}
    assert refused(gives(olga, omar, left[0], other)) == words
    for odd in ("x", "9" * 5000, "a\x00b"):
        assert list(refused(gives(olga, omar) | {"chosen": odd})) == ["chosen"]


def test_the_leaver_and_who_has_no_role_cannot_take_over(refused, left, olga, nadia):
    for person in (olga, nadia, "nobody", ""):
        assert refused(gives(olga, person, left[0])) == {"to": ["Choose one of the people in the list."]}


@pytest.mark.parametrize("leaver", ["", "nobody", "0", "9" * 5000, "a\x00b", "<script>"])
def test_somebody_of_whom_nothing_waits_changes_nothing(left, omar, oscar_at_work, leaver):
    words = words_of(oscar_at_work.post(PAGE, gives(leaver, omar, *left), follow=True))
    assert "All of that has new people already: nothing was changed." in words
    assert not Handover.objects.exists()


def test_a_past_day_has_no_such_page(olgas, oscar_at_work):
    assert oscar_at_work.get(f"{PAGE}?as_at=2025-05-01").status_code == 400


# --- One and three --------------------------------------------------------------------------------
@pytest.mark.parametrize("count", [1, 3])
def test_the_page_takes_as_many_queries_for_three_leavers_as_for_one(oscar_at_work, count):
    for number in range(1, count + 1):
        leaver, deputy = a_person(f"gone{number}"), a_person(f"gone-too{number}")
        for ref in (f"DS-{number}", f"DS-{number}0"):
            an_initiative(ref, recorded="2025-04-01", owner=leaver, deputy=deputy, milestones=["2025-12-31"])
        an_initiative(f"XX-{number}", recorded="2025-04-01")
        leaves(leaver, on=TODAY)
        leaves(deputy, on=TODAY)
    oscar_at_work.get(PAGE)  # his visit is noted
    with CaptureQueriesContext(connection) as queries:
        assert len(listed(oscar_at_work.get(PAGE))) == 2 * count + 1
    assert len(queries) == 22
