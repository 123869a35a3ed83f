"""Somebody is deputy for a fortnight: as long as it lasts, and not a day longer."""

import csv

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from initiatives import actions
from initiatives.access import can_update
from initiatives.models import StandIn
from initiatives.people import Cover, cover
from tests.factories import as_at, clock_at, corrects, day, hands_over, leaves, stands_in, told, undone
from tests.initiatives.test_handover import words_of

pytestmark = pytest.mark.usefixtures("monday")

PAGE = "/initiatives/DS-001/stand-in/"
TODAY = "2025-06-02"


@pytest.fixture
def refused(olga_at_work):
    """Post what the portal refuses; returns the errors by field, having seen that nothing was written or lost."""

    def errors(said):
        before = StandIn.objects.count()
        response = olga_at_work.post(PAGE, said)
        assert response.status_code == 422
        assert StandIn.objects.count() == before
        page = response.content.decode()
        assert "<title>Error: " in page
        assert said.get("reason", "") in page
        return {name: list(words) for name, words in response.context["form"].errors.items()}

    return errors


def says(person, **more):
    return {"person": str(getattr(person, "pk", person)), "reason": "Dina is on leave."} | more


def days(row):
    return str(row.starts_on), str(row.ends_on)


# --- Who may --------------------------------------------------------------------------------------
@pytest.mark.parametrize("who", ["olga", "sam", "oscar", "ada"])
def test_the_owner_the_sponsor_and_the_office_say_who_stands_in(olgas, omar, as_, request, who):
    person = request.getfixturevalue(who)
    client = as_(person)
    assert client.get(PAGE).status_code == 200
    response = client.post(PAGE, says(omar), follow=True)
    assert response.redirect_chain == [("/initiatives/DS-001/", 302)]
    words = words_of(response)
    assert "Omar Odell stands in as deputy of DS-001 from 2 June 2025 to 16 June 2025." in words
    assert "Deputy Omar Odell stands in until 16 June 2025" in words
    row = StandIn.objects.get()
    assert (row.person, row.reason, row.recorded_by, days(row)) == (
        omar, "Dina is on leave.", person, ("2025-06-02", "2025-06-16"),
    )  # fmt: skip


@pytest.mark.parametrize("who", ["dina", "omar", "lea", "ana", "nadia"])
def test_nobody_else_says_so(olgas, omars, omar, as_, request, who):
    stands_in(olgas, omar, on=TODAY, until="2025-06-16")
    client = as_(request.getfixturevalue(who))
    assert client.get(PAGE).status_code == 403
    assert client.post(PAGE, says(omar)).status_code == 403
    assert client.post(PAGE, {"end": "yes"}).status_code == 403
    assert StandIn.objects.count() == 1


def test_dina_is_told_whom_to_ask(olgas, dina, as_):
    page = as_(dina).get(PAGE).content.decode()
    assert "Only the initiative&#x27;s owner, its sponsor or the strategy office can say who stands in." in page


# --- While it lasts -------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("on", "omar_may"), [("2025-06-04", False), ("2025-06-05", True), ("2025-06-19", True), ("2025-06-20", False)]
)
def test_omar_may_update_while_he_stands_in_and_dina_before_and_after(olgas, omar, dina, as_, on, omar_may):
    stands_in(olgas, omar, on="2025-06-05", until="2025-06-19", recorded=TODAY)
    with clock_at(on):
        assert [can_update(person, olgas) for person in (omar, dina)] == [omar_may, not omar_may]
        update = "/initiatives/DS-001/update/"
        assert (as_(omar).get(update).status_code == 200) is omar_may
        assert (as_(dina).get(update).status_code == 200) is not omar_may


def test_the_deputy_of_each_day_is_whoever_stood_in_as_recorded_by_then(olgas, omar, lea, as_, ana):
    stands_in(olgas, omar, on="2025-05-05", until="2025-05-19", recorded="2025-05-07")
    stands_in(olgas, lea, on="2025-05-10", until="2025-05-12", recorded="2025-05-09")
    stands_in(olgas, None, on="2025-05-15", until="2025-05-19", recorded="2025-05-15")

    def deputy(on):
        text = as_(ana).get("/exports/initiatives.csv", {"as_at": on}).getvalue().decode("utf-8-sig")
        (row,) = csv.DictReader(text.splitlines())
        found = as_at(olgas, on)
        assert str(found.deputy) == row["deputy"]
        return row["deputy"], found.stands_in_until and str(found.stands_in_until)

    assert {on: deputy(f"2025-05-{on}") for on in ("06", "07", "09", "10", "12", "13", "14", "15", "20")} == {
        "06": ("Dina Dean", None),  # nobody had said so yet
        "07": ("Omar Odell", "2025-05-19"),
        "09": ("Omar Odell", "2025-05-19"),
        "10": ("Lea Lang", "2025-05-12"),
        "12": ("Lea Lang", "2025-05-12"),
        "13": ("Omar Odell", "2025-05-19"),
        "14": ("Omar Odell", "2025-05-19"),
        "15": ("Dina Dean", None),
        "20": ("Dina Dean", None),
    }


def test_yesterday_keeps_its_deputy_however_a_stand_in_is_dated(olga_at_work, olgas, omar):
    before = told(as_at(olgas, "2025-06-01"))
    said = says(omar, starts_on="2025-05-20", ends_on="2025-06-10")
    assert olga_at_work.post(PAGE, said).status_code == 302
    assert told(as_at(olgas, "2025-06-01")) == before
    assert str(as_at(olgas, TODAY).deputy) == "Omar Odell"


def test_a_new_deputy_waits_until_the_stand_in_is_over(olgas, omar, lea):
    stands_in(olgas, omar, on=TODAY, until="2025-06-16")
    hands_over(olgas, "deputy", lea, on="2025-06-03")
    assert [str(as_at(olgas, on).deputy) for on in ("2025-06-03", "2025-06-17")] == ["Omar Odell", "Lea Lang"]


# --- Ending it ------------------------------------------------------------------------------------
def test_olga_ends_it_early_and_dina_is_deputy_again(olga_at_work, olgas, omar, dina):
    stands_in(olgas, omar, on="2025-05-26", until="2025-06-30")
    stands_in(olgas, omar, on="2025-07-10", until="2025-07-20", recorded="2025-05-26")
    page = olga_at_work.post(PAGE, {"end": "yes"}, follow=True)
    assert "Nobody stands in as deputy of DS-001 any longer." in words_of(page)
    assert (StandIn.objects.last().person, days(StandIn.objects.last())) == (None, (TODAY, "2025-07-20"))
    assert [can_update(person, olgas) for person in (omar, dina)] == [False, True]
    assert [str(as_at(olgas, on).deputy) for on in ("2025-06-01", TODAY, "2025-07-10")] == [
        "Omar Odell", "Dina Dean", "Dina Dean",
    ]  # fmt: skip


def test_there_is_nothing_to_end_when_nobody_stands_in(olga_at_work):
    page = olga_at_work.post(PAGE, {"end": "yes"}, follow=True)
    assert "Nobody stands in as deputy of DS-001: there was nothing to end." in words_of(page)
    assert not StandIn.objects.exists()
    assert "Nobody stands in any longer" not in words_of(olga_at_work.get(PAGE))


# --- What is refused ------------------------------------------------------------------------------
def test_an_empty_form_is_refused(refused):
    assert refused({}) == {"person": ["Choose one of the people in the list."], "reason": ["Say why."]}


def test_the_deputy_and_the_owner_cannot_stand_in_for_the_deputy(refused, olga, dina):
    assert refused(says(dina)) == {"person": ["Dina Dean is the deputy already: choose somebody else."]}
    assert refused(says(olga)) == {"person": ["Olga Owens is the owner already: choose somebody else."]}


@pytest.mark.parametrize(
    ("said", "field", "words"),
    [
        ({"starts_on": "2025-06-10", "ends_on": "2025-06-09"}, "ends_on", "The last day cannot be before the first."),
        (
            {"starts_on": "2025-05-10", "ends_on": "2025-06-01"},
            "ends_on",
            "That is over already: choose a last day from today, 2 June 2025, on.",
        ),
        (
            {"starts_on": "2025-05-10"},
            "ends_on",
            "That is over already: choose a last day from today, 2 June 2025, on.",
        ),
        (
            {"ends_on": "2026-06-04"},
            "ends_on",
            "Somebody stands in for a year at most. For longer, hand the part over.",
        ),
        ({"starts_on": "2026-06-04"}, "starts_on", "The first day cannot be more than a year away."),
        ({"starts_on": "2100-12-31"}, "starts_on", "The first day cannot be more than a year away."),
        ({"starts_on": "soon"}, "starts_on", "Enter a real date, like 31/03/2026."),
        ({"ends_on": "a\x00b"}, "ends_on", "Enter a real date, like 31/03/2026."),
    ],
)
def test_days_that_cannot_be_are_refused(refused, omar, said, field, words):
    assert refused(says(omar, **said)) == {field: [words]}


def test_a_year_and_a_single_day_are_taken(olga_at_work, omar):
    for ends_on in ("2026-06-02", TODAY):
        assert olga_at_work.post(PAGE, says(omar, ends_on=ends_on)).status_code == 302
    assert [days(row) for row in StandIn.objects.all()] == [(TODAY, "2026-06-02"), (TODAY, TODAY)]


@pytest.mark.parametrize("person", ["", "nobody", "999999", "9" * 5000, "a\x00b"])
def test_a_person_who_is_not_in_the_list_is_refused(refused, person):
    assert refused(says(person)) == {"person": ["Choose one of the people in the list."]}


def test_who_has_left_and_who_has_no_role_cannot_stand_in(refused, omar, nadia):
    leaves(omar, on=TODAY)
    assert "person" in refused(says(omar))
    assert "person" in refused(says(nadia))


def test_a_past_day_has_no_such_page(olga_at_work):
    assert olga_at_work.get(f"{PAGE}?as_at=2025-05-01").status_code == 400


# --- What people read of it -----------------------------------------------------------------------
def test_the_story_tells_who_stood_in_and_who_no_longer_does(olgas, omar, olga_at_work, as_, lea):
    olga_at_work.post(PAGE, says(omar))
    olga_at_work.post(PAGE, {"end": "yes"})
    corrects(omar, name="Omar Owens", recorded="2025-06-03")
    words = words_of(as_(lea).get(f"/initiatives/DS-001/?as_at={TODAY}"))
    told = "2 Jun 2025, Olga Owens Omar Odell stands in as deputy, 2 Jun 2025 to 16 Jun 2025 Dina is on leave."
    assert told in words
    assert "2 Jun 2025, Olga Owens Nobody stands in as deputy from 2 Jun 2025 Ended early." in words
    assert "stands in as deputy" not in words_of(as_(lea).get("/initiatives/DS-001/?as_at=2025-06-01"))


def test_the_page_shows_who_stands_in_now_and_later(olgas, omar, lea, olga_at_work):
    stands_in(olgas, omar, on=TODAY, until="2025-06-16")
    stands_in(olgas, lea, on="2025-07-01", until="2025-07-10", recorded=TODAY)
    words = words_of(olga_at_work.get(PAGE))
    assert "Stands in as deputy Omar Odell, until 16 Jun 2025" in words
    assert "Stands in as deputy Lea Lang, from 1 Jul 2025 to 10 Jul 2025" in words


def test_the_way_there_is_shown_to_those_who_may_and_today_alone(olgas, olga_at_work, omar, as_):
    way = f'href="{PAGE}"'
    assert way in olga_at_work.get("/initiatives/DS-001/").content.decode()
    assert way not in olga_at_work.get("/initiatives/DS-001/?as_at=2025-05-01").content.decode()
    assert way not in as_(omar).get("/initiatives/DS-001/").content.decode()


# --- Whose day is it? -----------------------------------------------------------------------------
SPANS = st.lists(
    st.tuples(st.sampled_from(["omar", "lea", None]), st.integers(-20, 20), st.integers(0, 15)), max_size=6
)


@settings(
    max_examples=40, phases=[Phase.reuse, Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(SPANS)
def test_the_days_shown_are_the_days_on_which_it_is_so(olgas, omar, lea, spans):
    people = {"omar": omar, "lea": lea, None: None}
    with undone():
        for name, start, length in spans:
            first = day(TODAY).toordinal() + start
            actions.set_stand_in(
                initiative=olgas, by=None, person=people[name], reason="x",
                starts_on=day(TODAY).fromordinal(first), ends_on=day(TODAY).fromordinal(first + length),
            )  # fmt: skip
        rows = list(StandIn.objects.select_related("person"))
        shown = cover(rows, day(TODAY))
        for number in range(45):
            on = day(TODAY).fromordinal(day(TODAY).toordinal() + number)
            said = [c.person for c in shown if c.starts_on <= on <= c.ends_on]
            last = StandIn.objects.filter(initiative=olgas).covering(on).last()
            assert said == ([last.person] if last and last.person else [])


def test_days_that_follow_one_another_are_shown_as_one(olgas, omar):
    rows = [
        StandIn(person=omar, starts_on=day(TODAY), ends_on=day("2025-06-10")),
        StandIn(person=omar, starts_on=day("2025-06-05"), ends_on=day("2025-06-20")),
    ]
    assert cover(rows, day(TODAY)) == [Cover(omar, day(TODAY), day("2025-06-20"))]
    assert cover([], day(TODAY)) == []
