"""Owner, deputy and sponsor change with a date and a reason, and the days before keep whom they had."""

import csv
import re
from contextlib import contextmanager

import pytest
from django.db import connection

from initiatives import actions
from initiatives.models import Handover, Initiative
from tests.factories import a_person, an_initiative, as_at, clock_at, corrects, day, hands_over, leaves, stands_in, told

pytestmark = pytest.mark.usefixtures("monday")

PAGE = "/initiatives/DS-001/handover/"
TODAY = "2025-06-02"


@pytest.fixture
def refused(oscar_at_work, olgas):
    """Post what the portal refuses; returns the errors by field, having seen that nothing was written or lost."""

    def errors(said):
        versions = olgas.history.count(), Handover.objects.count()
        response = oscar_at_work.post(PAGE, said)
        assert response.status_code == 422
        assert (olgas.history.count(), Handover.objects.count()) == versions
        page = response.content.decode()
        assert "There is a problem" in page
        assert "<title>Error: " in page
        assert said.get("reason", "") in page
        return {name: list(words) for name, words in response.context["form"].errors.items()}

    return errors


def says(part, to, **more):
    return {"part": part, "to": str(getattr(to, "pk", to)), "reason": "A new post."} | more


def named(initiative):
    initiative.refresh_from_db()
    return [str(person) for person in (initiative.owner, initiative.deputy, initiative.sponsor)]


def words_of(response):
    words = " ".join(re.sub(r"<[^>]*>", " ", response.content.decode().split('id="main"')[1]).split())
    return re.sub(r" ([,.;])", r"\1", words)


@contextmanager
def just_after(words, deed):
    """Do the deed when the first query that holds these words has been answered, as somebody else might."""
    done = []

    def meanwhile(execute, sql, params, many, context):
        result = execute(sql, params, many, context)
        if words in sql and sql.startswith("SELECT") and not done:
            done.append(True)
            deed()
        return result

    with connection.execute_wrapper(meanwhile):
        yield
    assert done


# --- Who may --------------------------------------------------------------------------------------
@pytest.mark.parametrize("who", ["oscar", "ada"])
def test_the_office_hands_olgas_work_over_to_omar(olgas, omar, as_, request, who):
    person = request.getfixturevalue(who)
    client = as_(person)
    assert client.get(PAGE).status_code == 200
    response = client.post(PAGE, says("owner", omar), follow=True)
    assert response.redirect_chain == [("/initiatives/DS-001/", 302)]
    assert "Owner of DS-001 from 2 June 2025: Omar Odell." in words_of(response)
    assert named(olgas) == ["Omar Odell", "Dina Dean", "Sam Spencer"]
    row = Handover.objects.values_list(
        "part", "from_person__username", "to_person__username", "handed_on", "reason", "recorded_by"
    )
    assert row.get() == ("owner", "olga", "omar", day(TODAY), "A new post.", person.pk)
    assert olgas.history.latest().history_user == person


@pytest.mark.parametrize("who", ["olga", "dina", "sam", "omar", "lea", "ana", "nadia"])
def test_nobody_else_hands_it_over(olgas, omars, omar, as_, request, who):
    client = as_(request.getfixturevalue(who))
    assert client.get(PAGE).status_code == 403
    assert client.post(PAGE, says("owner", omar)).status_code == 403
    assert named(olgas)[0] == "Olga Owens"
    assert not Handover.objects.exists()


def test_olga_is_told_whom_to_ask(olgas, olga, as_):
    page = as_(olga).get(PAGE).content.decode()
    assert "Only the strategy office changes an initiative&#x27;s owner, deputy or sponsor." in page


def test_who_hands_over_may_update_no_longer_and_who_takes_over_may(olgas, olga, omar, as_, oscar_at_work):
    assert as_(omar).get("/initiatives/DS-001/update/").status_code == 403
    oscar_at_work.post(PAGE, says("owner", omar))
    assert as_(omar).get("/initiatives/DS-001/update/").status_code == 200
    assert as_(olga).get("/initiatives/DS-001/update/").status_code == 403


# --- What it changes ------------------------------------------------------------------------------
@pytest.mark.parametrize(("part", "expected"), [("deputy", "Omar Odell"), ("sponsor", "Omar Odell")])
def test_a_deputy_and_a_sponsor_change_in_the_same_way(olgas, omar, oscar_at_work, part, expected):
    assert oscar_at_work.post(PAGE, says(part, omar)).status_code == 302
    assert str(getattr(as_at(olgas, TODAY), part)) == expected


@pytest.mark.parametrize("part", ["deputy", "sponsor"])
def test_a_deputy_or_a_sponsor_may_be_nobody(olgas, oscar_at_work, part):
    response = oscar_at_work.post(PAGE, says(part, "nobody"), follow=True)
    assert f"{part.capitalize()} of DS-001 from 2 June 2025: nobody." in words_of(response)
    assert getattr(as_at(olgas, TODAY), part) is None
    assert Handover.objects.get().to_person is None


def test_yesterday_keeps_olga_however_the_handover_is_dated(olgas, omar, oscar_at_work, as_, ana):
    before = told(as_at(olgas, "2025-06-01"))
    assert oscar_at_work.post(PAGE, says("owner", omar, handed_on="01/05/2025")).status_code == 302
    assert told(as_at(olgas, "2025-06-01")) == before
    assert str(as_at(olgas, "2025-06-01").owner) == "Olga Owens"
    assert str(as_at(olgas, TODAY).owner) == "Omar Odell"

    def owner(on):
        text = as_(ana).get("/exports/initiatives.csv", {"as_at": on}).getvalue().decode("utf-8-sig")
        return [row["owner"] for row in csv.DictReader(text.splitlines())]

    assert [owner(on) for on in ("2025-06-01", TODAY)] == [["Olga Owens"], ["Omar Odell"]]


def test_nothing_else_of_the_initiative_changes(olgas, omar, oscar_at_work):
    before = told(as_at(olgas, TODAY))
    oscar_at_work.post(PAGE, says("owner", omar))
    after = told(as_at(olgas, TODAY))
    assert {name for name in before if before[name] != after[name]} == {"owner"}


def test_a_change_made_from_an_old_copy_of_the_initiative_keeps_what_came_between(olgas, omar, lea):
    old = Initiative.objects.get(pk=olgas.pk)
    corrects(olgas, title="Every home", recorded=TODAY)
    actions.hand_over(initiative=old, by=None, on=day(TODAY), part="owner", to=omar, reason="x")
    actions.hand_over(initiative=old, by=None, on=day(TODAY), part="owner", to=lea, reason="x")
    olgas.refresh_from_db()
    assert (olgas.title, olgas.owner) == ("Every home", lea)
    people = Handover.objects.values_list("from_person__username", "to_person__username")
    assert list(people) == [("olga", "omar"), ("omar", "lea")]


def test_the_same_change_sent_twice_is_one_handover(olgas, omar, oscar_at_work):
    assert oscar_at_work.post(PAGE, says("owner", omar)).status_code == 302
    assert oscar_at_work.post(PAGE, says("owner", omar)).status_code == 422
    assert hands_over(olgas, "owner", omar, on=TODAY) is None
    assert Handover.objects.count() == 1
    assert olgas.history.count() == 2


# --- What is refused ------------------------------------------------------------------------------
def test_an_empty_form_is_refused(refused):
    assert refused({}) == {
        "part": ["Choose the owner, the deputy or the sponsor."],
        "to": ["Choose one of the people in the list."],
        "reason": ["Say why."],
    }


def test_work_needs_an_owner(refused):
    assert refused(says("owner", "nobody")) == {"to": ["Work needs an owner: choose who takes over."]}


def test_a_handover_to_the_same_person_is_refused(refused, olga, dina):
    assert refused(says("owner", olga)) == {"to": ["Olga Owens is the owner already."]}
    assert refused(says("deputy", dina)) == {"to": ["Dina Dean is the deputy already."]}


def test_nobody_after_nobody_is_refused(olgas, refused):
    corrects(olgas, deputy=None, recorded=TODAY)
    assert refused(says("deputy", "nobody")) == {"to": ["There is no deputy already."]}


def test_a_day_that_cannot_be_is_refused(refused, omar, olgas):
    def told(on):
        return refused(says("owner", omar, handed_on=on)).get("handed_on")

    assert told("2025-06-03") == ["The day of the handover cannot be after today, 2 June 2025."]
    assert told("2025-03-31") == ["The day of the handover cannot be before the work’s start, 1 April 2025."]
    for value in ("soon", "31/02/2025", "1999-12-31", "9" * 5000, "a\x00b"):
        assert told(value)
    hands_over(olgas, "owner", None, on="2025-05-20")
    assert told("2025-05-19") == ["The owner changed on 20 May 2025: choose that day or a later one."]


@pytest.mark.parametrize("to", ["", "999999", "9" * 5000, "-1", "None", "a\x00b", "٥"])
def test_a_person_who_is_not_in_the_list_is_refused(refused, to):
    assert refused(says("owner", to)) == {"to": ["Choose one of the people in the list."]}


def test_a_part_that_is_none_is_refused(refused, omar):
    for part in ("", "author", "a\x00b"):
        assert refused(says(part, omar)) == {"part": ["Choose the owner, the deputy or the sponsor."]}


def test_a_reason_of_more_than_2000_characters_is_refused(refused, omar):
    assert refused(says("owner", omar, reason="å" * 2001)) == {
        "reason": ["Use at most 2000 characters: this has 2001."]
    }


def test_who_has_left_and_who_has_no_role_cannot_take_over(refused, omar, nadia):
    leaves(omar, on=TODAY)
    assert "to" in refused(says("owner", omar))
    assert "to" in refused(says("owner", nadia))


def test_a_partner_can_take_over_and_two_of_one_name_are_told_apart(olgas, oscar_at_work):
    for username in ("pat1", "pat2"):
        a_person(username, "Pat Price", is_partner=True, directorate="Essex Police")
    page = oscar_at_work.get(PAGE).content.decode()
    assert "Pat Price, Essex Police (pat1)" in page
    assert "Pat Price, Essex Police (pat2)" in page


def test_an_unknown_initiative_and_a_past_day_have_no_such_page(oscar_at_work):
    assert oscar_at_work.get("/initiatives/DS-999/handover/").status_code == 404
    assert oscar_at_work.get(f"{PAGE}?as_at=2025-05-01").status_code == 400


# --- What people read of it -----------------------------------------------------------------------
def test_the_page_shows_who_is_what_and_how_it_came_to_be(olgas, omar, dina, oscar_at_work):
    hands_over(olgas, "owner", omar, on="2025-05-01")
    stands_in(olgas, omar, on=TODAY, until="2025-06-16")
    leaves(dina, on=TODAY)
    words = words_of(oscar_at_work.get(PAGE))
    assert "Owner Omar Odell" in words
    assert "Deputy Dina Dean has left" in words
    assert "Stands in as deputy Omar Odell, until 16 Jun 2025" in words
    assert "Owner from Olga Owens to Omar Odell on 1 May 2025 A new post." in words


def test_the_story_tells_it_as_at_its_day(olgas, omar, oscar_at_work, as_, lea):
    oscar_at_work.post(PAGE, says("owner", omar, handed_on="2025-05-01"))
    oscar_at_work.post(PAGE, says("deputy", "nobody"))
    corrects(omar, name="Omar Owens", recorded="2025-06-03")
    client = as_(lea)
    words = words_of(client.get(f"/initiatives/DS-001/?as_at={TODAY}"))
    assert "1 May 2025, Oscar Orme Owner: from Olga Owens to Omar Odell A new post." in words
    assert "2 Jun 2025, Oscar Orme Deputy: from Dina Dean to nobody A new post." in words
    assert "from Olga Owens to" not in words_of(client.get("/initiatives/DS-001/?as_at=2025-06-01"))
    with clock_at("2025-06-04"):
        assert "Owner: from Olga Owens to Omar Owens" in words_of(as_(lea).get("/initiatives/DS-001/"))


def test_the_way_there_is_shown_to_those_who_may_and_today_alone(olgas, olga, oscar_at_work, as_):
    way = f'href="{PAGE}"'
    assert way in oscar_at_work.get("/initiatives/DS-001/").content.decode()
    assert way not in oscar_at_work.get("/initiatives/DS-001/?as_at=2025-05-01").content.decode()
    assert way not in as_(olga).get("/initiatives/DS-001/").content.decode()


def test_words_typed_as_a_reason_are_shown_as_the_words_that_they_are(olgas, omar, oscar_at_work):
    oscar_at_work.post(PAGE, says("owner", omar, reason="<script>alert(1)</script>"))
    for path in (PAGE, "/initiatives/DS-001/"):
        page = oscar_at_work.get(path).content.decode()
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
        assert "<script>alert" not in page


# --- In the administration ------------------------------------------------------------------------
def test_the_administration_names_people_once_and_then_shows_the_way_to_hand_over(strategy, olga, omar, oscar, as_):
    client = as_(oscar)
    fields = {"title": "Address matching", "cadence": "monthly", "weight": "1"}
    for rows in ("milestones", "stage_changes", "alignments", "contributions"):
        fields |= {f"{rows}-TOTAL_FORMS": "0", f"{rows}-INITIAL_FORMS": "0"}
    home = an_initiative("DS-009", recorded=TODAY, stage=None).pillar_id
    new = fields | {"ref": "DS-001", "pillar": home, "owner": olga.pk}
    assert client.post("/admin/initiatives/initiative/add/", new).status_code == 302
    ds1 = Initiative.objects.get(ref="DS-001")
    assert ds1.owner == olga
    path = f"/admin/initiatives/initiative/{ds1.pk}/change/"
    changed = fields | {"pillar": home, "title": "Every home", "owner": omar.pk, "deputy": omar.pk, "sponsor": omar.pk}
    assert client.post(path, changed).status_code == 302
    ds1.refresh_from_db()
    assert (ds1.title, named(ds1)) == ("Every home", ["Olga Owens", "None", "None"])
    words = words_of(client.get(path))
    assert "Every change of owner, deputy or sponsor has a date and a reason: hand DS-001 over." in words
    assert f'href="{PAGE}"' in client.get(path).content.decode()


def test_a_form_of_the_administration_read_before_a_handover_does_not_undo_it(olgas, omar, oscar, as_):
    fields = {"title": "Every home", "cadence": "monthly", "weight": "1", "pillar": olgas.pillar_id}
    for rows in ("milestones", "stage_changes", "alignments", "contributions"):
        fields |= {f"{rows}-TOTAL_FORMS": "0", f"{rows}-INITIAL_FORMS": "0"}
    client = as_(oscar)
    with just_after('FROM "initiatives_initiative"', lambda: hands_over(olgas, "owner", omar, on=TODAY)):
        assert client.post(f"/admin/initiatives/initiative/{olgas.pk}/change/", fields).status_code == 302
    olgas.refresh_from_db()
    assert (olgas.title, olgas.owner) == ("Every home", omar)
    assert str(as_at(olgas, TODAY).owner) == "Omar Odell"
