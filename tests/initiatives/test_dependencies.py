"""What waits for what, what that puts at risk, and that nothing ever comes to wait for itself.

Most of it is a chain across three pillars, as at 2 June 2025:

    DS-003-M01 (people, due 20 May: late) <- DS-002-M01 (process, due 28 May) <- DS-001-M02 (purpose, due 30 May)
"""

from collections import defaultdict
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from initiatives.as_at import InitiativeAt, Records
from initiatives.dependencies.actions import WouldWaitForItself, add_dependency, remove_dependency
from initiatives.dependencies.reading import dependencies_as_at
from initiatives.dependencies.risk import Dependencies, Edge, Promise, needed_first, way
from initiatives.models import Dependency
from initiatives.progress import MilestoneAt
from tests.exports import taken
from tests.factories import (
    an_initiative,
    clock_at,
    corrects,
    day,
    enters,
    milestone,
    moves,
    needs,
    ticks,
    undone,
    withdraws,
)
from tests.initiatives.test_handover import words_of

TODAY = "2025-06-02"
PAGE = "/initiatives/DS-001/dependencies/"


@pytest.fixture
def works(strategy, olga, dina, sam, omar):
    """DS-001 of Olga (purpose), DS-002 of Omar (process) and DS-003 (people)."""
    return {
        1: an_initiative(
            "DS-001", recorded="2025-04-01", owner=olga, deputy=dina, sponsor=sam,
            milestones=["2025-05-30", "2025-05-30"],
        ),
        2: an_initiative("DS-002", recorded="2025-04-01", pillar="process", owner=omar, milestones=["2025-05-28"]),
        3: an_initiative(
            "DS-003", recorded="2025-04-01", pillar="people", milestones=["2025-05-20", "2025-07-31", "2025-09-30"]
        ),
    }  # fmt: skip


@pytest.fixture
def chain(works):
    needs((works[1], 2), (works[2], 1), recorded="2025-04-10", why="The same records.")
    needs((works[2], 1), (works[3], 1), recorded="2025-04-11")
    return works


def risks(on=TODAY):
    """Return by ref what is at risk on a day, by how many days, and the refs of the chain that does it."""
    return {
        found.waiting.milestone.ref: (found.days, [promise.milestone.ref for promise in found.because])
        for found in dependencies_as_at(day(on)).risks()
    }


def downstream(initiative, number, on=TODAY):
    found = dependencies_as_at(day(on)).downstream(milestone(initiative, number).pk)
    return [(reached.dependency.waiting.milestone.ref, reached.days) for reached in found]


def verdicts(on=TODAY):
    return {found.waiting.milestone.ref: found.verdict for found in dependencies_as_at(day(on)).all}


# --- The arithmetic, worked by hand ---------------------------------------------------------------
def test_a_late_milestone_puts_the_chain_behind_it_at_risk_across_pillars(chain):
    # DS-003-M01 was due on 20 May and is done on 2 June at the earliest: 5 days after 28 May, 3 days after 30 May.
    assert risks() == {
        "DS-001-M02": (3, ["DS-002-M01", "DS-003-M01"]),
        "DS-002-M01": (5, ["DS-003-M01"]),
    }
    assert downstream(chain[3], 1) == [("DS-002-M01", 5), ("DS-001-M02", 3)]
    (cause,) = dependencies_as_at(day(TODAY)).causes()
    assert (str(cause.promise), cause.worst, cause.milestones, cause.pillars) == (
        "DS-003-M01 Step 1", 5, 2, ["Purpose", "Process"],
    )  # fmt: skip


def test_the_risk_says_why_in_words(chain):
    told = {found.waiting.milestone.ref: (found.verdict, found.reason) for found in dependencies_as_at(day(TODAY)).all}
    assert told == {
        "DS-001-M02": (
            "At risk by 3 days",
            "DS-002-M01 Step 1 waits for DS-003-M01 Step 1, which is 13 days late",
        ),
        "DS-002-M01": ("At risk by 5 days", "DS-003-M01 Step 1 is 13 days late"),
    }


def test_what_has_days_to_spare_is_not_at_risk_and_takes_the_wait_up(works):
    # DS-003-M02 waits until 31 July: DS-001-M01, late, is done by then.
    needs((works[3], 2), (works[1], 1), recorded="2025-04-10")
    assert verdicts() == {"DS-003-M02": "59 days to spare"}
    (found,) = dependencies_as_at(day(TODAY)).all
    assert found.reason == "DS-001-M01 Step 1 is 3 days late"
    assert found.forecast_on == date(2025, 6, 2)
    assert downstream(works[1], 1) == []


def test_a_date_that_moved_far_enough_puts_what_waits_at_risk_before_anything_is_late(works):
    needs((works[3], 2), (works[2], 1), recorded="2025-04-10")
    needs((works[3], 3), (works[1], 1), recorded="2025-04-10")
    moves(works[2], 1, to="2025-08-10", recorded="2025-05-01")  # 10 days after 31 July
    moves(works[1], 1, to="2025-09-30", recorded="2025-05-01")  # on the very day
    assert risks("2025-04-30") == {}
    assert risks("2025-05-01") == {"DS-003-M02": (10, ["DS-002-M01"])}
    (risk,) = dependencies_as_at(day("2025-05-01")).risks()
    assert risk.reason == "DS-002-M01 Step 1 is due on 10 August 2025"
    assert verdicts("2025-05-01")["DS-003-M03"] == "No day to spare"


def test_what_is_done_drops_out_of_the_chain(chain):
    ticks(chain[3], 1, on="2025-06-02")
    # DS-002-M01 is late by itself now: done on 2 June at the earliest.
    assert risks() == {"DS-001-M02": (3, ["DS-002-M01"])}
    assert verdicts()["DS-002-M01"] == "No risk: what it needs is done"
    ticks(chain[1], 2, on="2025-06-02")
    assert risks() == {}
    assert verdicts()["DS-001-M02"] == "Waits no longer: done"


def test_what_was_withdrawn_is_at_risk_to_those_who_still_need_it(chain):
    withdraws(chain[3], 1, on="2025-06-01")
    assert risks()["DS-002-M01"] == (None, ["DS-003-M01"])
    assert risks()["DS-001-M02"] == (3, ["DS-002-M01"])
    assert downstream(chain[3], 1) == [("DS-002-M01", None)]
    (found,) = [f for f in dependencies_as_at(day(TODAY)).risks() if f.waiting.milestone.ref == "DS-002-M01"]
    assert (found.verdict, found.reason, found.forecast_on) == ("At risk", "DS-003-M01 Step 1 was withdrawn", None)
    withdraws(chain[2], 1, on="2025-06-01")
    assert risks() == {"DS-001-M02": (None, ["DS-002-M01"])}
    assert verdicts()["DS-002-M01"] == "Waits no longer: given up"


def test_work_that_stopped_takes_its_open_milestones_with_it(chain):
    enters(chain[3], "stopped", on="2025-06-01")
    assert risks()["DS-002-M01"] == (None, ["DS-003-M01"])
    (found,) = [f for f in dependencies_as_at(day(TODAY)).risks() if f.waiting.milestone.ref == "DS-002-M01"]
    assert found.reason == "DS-003-M01 Step 1 stopped with its initiative"
    enters(chain[2], "stopped", on="2025-06-01")
    assert list(risks()) == ["DS-001-M02"]


def test_of_two_needs_the_one_that_is_done_last_names_the_risk(works):
    needs((works[1], 2), (works[3], 1), recorded="2025-04-10")  # done on 2 June at the earliest
    needs((works[1], 2), (works[3], 2), recorded="2025-04-10")  # due on 31 July, 62 days after 30 May
    assert risks() == {"DS-001-M02": (62, ["DS-003-M02"])}
    assert downstream(works[3], 1) == [("DS-001-M02", 3)]
    assert downstream(works[3], 2) == [("DS-001-M02", 62)]


def test_what_lands_on_the_very_due_date_is_no_risk_so_the_chain_starts_after_it(works):
    needs((works[1], 2), (works[2], 1), recorded="2025-04-10")
    needs((works[2], 1), (works[3], 2), recorded="2025-04-10")
    moves(works[2], 1, to="2025-07-31", recorded="2025-05-01")  # the day on which DS-003-M02 is due
    assert risks() == {"DS-001-M02": (62, ["DS-002-M01"])}


# --- As at a past day -----------------------------------------------------------------------------
def test_what_is_recorded_later_never_changes_an_earlier_day(chain):
    assert risks("2025-04-09") == {}
    assert dependencies_as_at(day("2025-04-10")).all[0].waiting.milestone.ref == "DS-001-M02"
    assert risks("2025-05-20") == {}  # due that day, so not late yet; forecast on it
    assert risks("2025-05-29") == {"DS-002-M01": (1, ["DS-003-M01"])}
    before = risks("2025-06-01")
    with clock_at("2025-06-02"):
        remove_dependency(dependency=Dependency.objects.get(milestone__initiative=chain[2]), by=None, on=day(TODAY))
    ticks(chain[3], 1, on="2025-05-20", recorded="2025-06-02")
    assert risks("2025-06-01") == before
    assert risks() == {"DS-001-M02": (3, ["DS-002-M01"])}


def test_a_milestone_is_called_what_it_was_called_on_the_day(chain):
    corrects(milestone(chain[3], 1), title="Go live", recorded="2025-06-02")
    assert dependencies_as_at(day("2025-06-01")).risks()[-1].reason == "DS-003-M01 Step 1 is 12 days late"
    assert dependencies_as_at(day("2025-06-02")).risks()[-1].reason == "DS-003-M01 Go live is 13 days late"


def test_every_version_says_who_and_on_which_day(works, olga):
    made = needs((works[1], 2), (works[2], 1), recorded="2025-04-10", by=olga)
    with clock_at("2025-05-01"):
        assert remove_dependency(dependency=made, by=olga, on=day("2025-05-01")) is True
        assert remove_dependency(dependency=made, by=olga, on=day("2025-05-01")) is False
    told = Dependency.history.order_by("history_id").values_list("history_type", "history_user", "said_on")
    assert list(told) == [("+", olga.pk, date(2025, 4, 10)), ("-", olga.pk, date(2025, 5, 1))]


# --- Nothing waits for itself ---------------------------------------------------------------------
def test_a_ring_is_refused_and_named(chain):
    with pytest.raises(WouldWaitForItself) as refused:
        needs((chain[3], 1), (chain[1], 2), recorded=TODAY)
    assert str(refused.value) == (
        "DS-003-M01 Step 1 needs DS-001-M02 Step 2, which needs DS-002-M01 Step 1, which needs DS-003-M01 Step 1"
    )
    assert Dependency.objects.count() == 2


@pytest.mark.parametrize("gone", [ticks, withdraws])
def test_what_is_done_or_withdrawn_closes_a_ring_too_for_that_can_be_taken_back(chain, gone):
    gone(chain[2], 1, on="2025-05-20")
    with pytest.raises(WouldWaitForItself):
        needs((chain[3], 1), (chain[1], 2), recorded=TODAY)


def test_two_initiatives_may_need_each_other_in_different_milestones(chain):
    needs((chain[3], 2), (chain[1], 2), recorded=TODAY)
    assert Dependency.objects.count() == 3


def test_said_again_it_stays_as_it_was_said(chain):
    again = needs((chain[1], 2), (chain[2], 1), recorded=TODAY, why="Another reason.")
    assert (again.why, Dependency.objects.count(), Dependency.history.count()) == ("The same records.", 2, 2)


def test_a_milestone_waits_for_none_of_its_own_initiative(works):
    with pytest.raises(ValidationError, match="not one of its own"):
        needs((works[1], 2), (works[1], 1), recorded=TODAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        same = milestone(works[1], 1)
        Dependency.objects.create(milestone=same, needs=same, said_on=day(TODAY))
    assert not Dependency.objects.exists()


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pairs=st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=25))
def test_no_sequence_of_additions_ever_stores_a_ring(six, pairs):
    with undone():
        for waiting, needed in pairs:
            if waiting != needed:
                try:
                    add_dependency(milestone=six[waiting], needs=six[needed], by=None, on=day(TODAY))
                except WouldWaitForItself as refused:
                    assert len(set(refused.ring)) == len(refused.ring) >= 2
        edges = list(Dependency.objects.values_list("milestone_id", "needs_id"))
    while edges:  # whatever needs nothing falls away, until nothing is left
        waiting = {edge[0] for edge in edges}
        left = [edge for edge in edges if edge[1] in waiting]
        assert len(left) < len(edges), "a ring is stored"
        edges = left


@pytest.fixture
def six(strategy):
    made = [an_initiative(f"DS-{n:03d}", recorded="2025-04-01", milestones=["2025-06-30"]) for n in range(1, 7)]
    return [milestone(initiative, 1) for initiative in made]


# --- The arithmetic against a naive one -----------------------------------------------------------
DAY = date(2025, 6, 2)


def promised(id_, due, done, withdrawn):
    nothing = dict.fromkeys(
        ("summary", "focus", "directorate", "partners", "sources", "external_ref", "owner", "deputy", "sponsor",
         "pillar", "strategy", "stands_in_until", "starts_on", "promised_end_on", "cadence")
    )  # fmt: skip
    ref = f"DS-{id_:03d}"
    initiative = InitiativeAt(day=DAY, id=id_, ref=ref, title=ref, weight=1, records=Records([]), **nothing)
    due_on, gone = DAY + timedelta(days=due), DAY if withdrawn else None
    return Promise(
        initiative, MilestoneAt(id_, f"{ref}-M01", "Step", 1, due_on, due_on, DAY if done else None, 0, gone)
    )


@st.composite
def networks(draw, rings=False):
    size = draw(st.integers(1, 9))
    kinds = st.tuples(st.integers(-20, 20), *[st.sampled_from([False, False, False, True])] * 2)
    promises = {id_: promised(id_, *draw(kinds)) for id_ in range(1, size + 1)}
    ends = st.integers(1, size)
    pairs = {p for p in draw(st.lists(st.tuples(ends, ends), max_size=20)) if p[0] != p[1] and (rings or p[0] > p[1])}
    edges = [Edge(number, *pair, "") for number, pair in enumerate(sorted(pairs), start=1)]
    return Dependencies(promises, draw(st.permutations(edges)), DAY)


def longest(stood, id_):
    """Return the forecast of an open milestone, by every way through what it needs."""
    own = max(stood.promises[id_].milestone.due_on, DAY)
    open_ones = [e.needs_id for e in stood.edges if e.milestone_id == id_ and stood.promises[e.needs_id].is_open]
    return max([own, *(longest(stood, need) for need in open_ones)])


@given(networks())
def test_each_forecast_is_the_latest_date_on_any_way_to_it(stood):
    ends = {end for edge in stood.edges for end in edge[1:3] if stood.promises[end].is_open}
    assert {id_: found.on for id_, found in stood.forecasts.items()} == {id_: longest(stood, id_) for id_ in ends}


@given(networks())
def test_risk_upstream_and_downstream_are_one_and_the_same(stood):
    by_cause = defaultdict(list)
    for cause in stood.causes():
        for reached in cause.at_risk:
            by_cause[reached.dependency.id].append(reached.days)
            assert cause.promise.is_given_up or not cause.promise.is_done
    for found in stood.all:
        assert found.at_risk == (found.id in by_cause)
        if found.at_risk:
            assert (found.because[0], found.because[-1]) == (found.needed, found.root)
            worst = [days for days in by_cause[found.id] if days is not None]
            assert found.days == max(worst, default=None)


@given(networks(rings=True))
def test_a_ring_in_stored_data_never_hangs_a_page(stood):
    for found in stood.all:
        assert len(found.because) <= len(stood.promises)
        assert found.verdict
    for cause in stood.causes():
        assert len(cause.at_risk) <= len(stood.edges)
    assert len(needed_first({e.milestone_id: [] for e in stood.edges})) <= len(stood.promises)


def test_a_chain_of_ten_thousand_is_no_trouble():
    size = 10_000
    promises = {id_: promised(id_, -1, False, False) for id_ in range(1, size + 1)}
    stood = Dependencies(promises, [Edge(id_, id_, id_ - 1, "") for id_ in range(2, size + 1)], DAY)
    assert len(stood.risks()) == len(stood.downstream(1)) == size - 1
    assert stood.all[-1].root.id == 1
    assert len(way(((e.milestone_id, e.needs_id) for e in stood.edges), size, 1)) == size
    reason = stood.all[-1].reason
    assert reason == "DS-9999-M01 Step waits, through 9997 others, for DS-001-M01 Step, which is 1 day late"


# --- The page of one initiative's dependencies ----------------------------------------------------
@pytest.fixture
def today():
    with clock_at(TODAY):
        yield


def says(works, number=2, needs="DS-002-M01", **more):
    return {"milestone": milestone(works[1], number).pk, "needs": needs, "why": "The same records."} | more


@pytest.mark.usefixtures("today")
@pytest.mark.parametrize("who", ["olga", "dina", "sam", "oscar", "ada"])
def test_those_who_say_how_it_goes_and_the_office_say_what_it_needs(works, as_, request, who):
    person = request.getfixturevalue(who)
    client = as_(person)
    for typed in ("ds-002-m01", "DS-002-M01 Step 1"):
        response = client.post(PAGE, says(works, needs=typed), follow=True)
        assert response.redirect_chain == [(PAGE, 302)]
        assert "DS-001-M02 Step 2 needs DS-002-M01 Step 1." in words_of(response)
        found = Dependency.objects.get()
        assert (str(found), found.why, found.said_on) == (
            "DS-001-M02 Step 2 needs DS-002-M01 Step 1", "The same records.", day(TODAY),
        )  # fmt: skip
        assert found.history.get().history_user == person
        response = client.post(PAGE, {"remove": found.pk}, follow=True)
        assert "DS-001-M02 Step 2 no longer needs DS-002-M01 Step 1." in words_of(response)
        assert not Dependency.objects.exists()
    assert "there was nothing to remove" in words_of(client.post(PAGE, {"remove": found.pk}, follow=True))


@pytest.mark.usefixtures("today")
@pytest.mark.parametrize("who", ["omar", "lea", "ana"])
def test_everybody_else_reads(chain, as_, request, who):
    client = as_(request.getfixturevalue(who))
    response = client.get(PAGE)
    words = words_of(response)
    assert "At risk by 3 days DS-002-M01 Step 1 waits for DS-003-M01 Step 1, which is 13 days late" in words
    assert "Add what a milestone needs" not in words
    assert b'name="remove"' not in response.content
    for sent in (says(chain, 1), {"remove": Dependency.objects.first().pk}):
        response = client.post(PAGE, sent)
        assert response.status_code == 403
    assert "Only those who say how this initiative goes, or the strategy office" in words_of(response)
    assert Dependency.objects.count() == 2


@pytest.mark.usefixtures("today")
def test_olga_removes_only_what_waits_in_her_own_work(chain, olga, as_):
    others = Dependency.objects.get(milestone__initiative=chain[2])
    for asked in (others.pk, "x", "", "9" * 30, "٥", "-1"):
        assert as_(olga).post(PAGE, {"remove": asked}).status_code == 302
    assert Dependency.objects.count() == 2


REFUSED = [
    ({"needs": ""}, "needs", "Say which milestone it needs, like DS-002-M01."),
    ({"needs": "Go live"}, "needs", "There is no such milestone. Type its ref, like DS-002-M01."),
    ({"needs": "DS-002-M99"}, "needs", "There is no such milestone. Type its ref, like DS-002-M01."),
    ({"needs": "DS-001-M01"}, "needs",
     "DS-001-M01 Step 1 is one of its own. Choose a milestone of another initiative."),
    ({"needs": "DS-003-M02"}, "needs", "DS-003-M02 Step 2 is done already: nothing has to wait for it."),
    ({"needs": "DS-003-M03"}, "needs", "DS-003-M03 Step 3 was withdrawn: nothing can wait for it."),
    ({"needs": "DS-002-M01"}, "needs", "DS-001-M02 Step 2 needs DS-002-M01 Step 1 already."),
    ({"milestone": ""}, "milestone", "Choose one of the open milestones."),
    ({"milestone": "٥"}, "milestone", "Choose one of the open milestones."),
    ({"why": "x" * 301}, "why", "Ensure this value has at most 300 characters (it has 301)."),
]  # fmt: skip


@pytest.mark.usefixtures("today")
@pytest.mark.parametrize(("sent", "field", "words"), REFUSED)
def test_what_cannot_be_is_refused_in_words_and_what_was_typed_is_kept(chain, olga, as_, sent, field, words):
    ticks(chain[3], 2, on=TODAY)
    withdraws(chain[3], 3, on=TODAY)
    typed = says(chain, needs="DS-003-M01") | sent
    response = as_(olga).post(PAGE, typed)
    assert response.status_code == 422
    assert response.context["form"].errors == {field: [words]}
    page = response.content.decode()
    assert "<title>Error: " in page
    assert typed["needs"] in page
    assert typed["why"] in page
    assert Dependency.objects.count() == 2


@pytest.mark.usefixtures("today")
def test_a_ring_keeps_what_was_typed_and_is_named(works, olga, as_):
    needs((works[2], 1), (works[3], 1), recorded="2025-04-11")
    needs((works[3], 1), (works[1], 2), recorded="2025-04-11")
    response = as_(olga).post(PAGE, says(works))
    assert response.status_code == 422
    assert response.context["form"].errors == {
        "needs": [
            "It would wait for itself: DS-001-M02 Step 2 needs DS-002-M01 Step 1, which needs DS-003-M01 Step 1, "
            "which needs DS-001-M02 Step 2."
        ]
    }
    assert 'value="The same records."' in response.content.decode()
    assert Dependency.objects.count() == 2


@pytest.mark.usefixtures("today")
def test_the_page_offers_open_milestones_of_others_alone(works, olga, as_):
    ticks(works[3], 1, on=TODAY)
    withdraws(works[3], 3, on=TODAY)
    page = as_(olga).get(PAGE).content.decode()
    assert page.count("<option ") == 3 + 2  # a choice, two of its own; one of DS-002, one of DS-003
    assert '<option value="DS-002-M01">DS-002-M01 Step 1</option>' in page
    assert '<option value="DS-003-M02">DS-003-M02 Step 2</option>' in page


@pytest.mark.usefixtures("today")
def test_a_past_day_shows_what_stood_and_takes_no_deed(chain, olga, as_):
    client = as_(olga)
    assert "Nothing of it waits for another initiative" in words_of(client.get(f"{PAGE}?as_at=2025-04-09"))
    response = client.get(f"{PAGE}?as_at=2025-05-29")
    assert "At risk" not in words_of(client.get(f"{PAGE}?as_at=2025-05-20"))
    assert "Remove" not in words_of(response)
    main = response.content.decode().split('id="now"')[1].partition("</main>")[0]
    assert "<form method" not in main
    assert client.post(f"{PAGE}?as_at=2025-05-29", says(chain, 1)).status_code == 400
    assert Dependency.objects.count() == 2


# --- On the initiative's page ---------------------------------------------------------------------
@pytest.mark.usefixtures("today")
def test_an_initiatives_page_says_what_it_needs_what_needs_it_and_what_it_puts_at_risk(chain, lea, olga, as_):
    words = words_of(as_(lea).get("/initiatives/DS-001/"))
    assert "Depends on and is needed by" in words
    assert "At risk by 3 days DS-002-M01 Step 1 waits for DS-003-M01 Step 1, which is 13 days late" in words
    words = words_of(as_(lea).get("/initiatives/DS-003/"))
    assert (
        "DS-003-M01 Step 1 is 13 days late. Puts at risk: DS-002-M01 Step 1 by 5 days, DS-001-M02 Step 2 by 3 days."
        in words
    )
    assert "Depends on and is needed by" not in words_of(as_(lea).get("/initiatives/DS-003/?as_at=2025-04-09"))
    assert PAGE in as_(olga).get("/initiatives/DS-001/").content.decode()
    assert PAGE not in as_(lea).get("/initiatives/DS-001/").content.decode()


# --- Every dependency -----------------------------------------------------------------------------
@pytest.fixture
def all_of_them(chain):
    needs((chain[3], 3), (chain[1], 1), recorded="2025-04-12")


@pytest.mark.usefixtures("today", "all_of_them")
def test_leaders_see_first_what_late_milestones_put_at_risk(lea, as_):
    response = as_(lea).get("/dependencies/")
    words = words_of(response)
    assert "At risk now 2 milestones" in words
    assert "Step 1 is 13 days late People DS-003-M01, Title of DS-003" in words
    assert "Puts 2 milestones at risk, in Purpose and Process, by up to 5 days." in words
    rows = [[r.dependency.waiting.milestone.ref, r.days] for c in response.context["causes"] for r in c.at_risk]
    assert rows == [["DS-002-M01", 5], ["DS-001-M02", 3]]
    assert "Not at risk 1 dependency, the tightest first" in words
    assert "120 days to spare DS-001-M01 Step 1 is 3 days late" in words


@pytest.mark.usefixtures("today", "all_of_them")
@pytest.mark.parametrize(
    ("pillar", "at_risk", "others"),
    [
        ("purpose", ["DS-001-M02"], ["DS-003-M03"]),
        ("process", ["DS-002-M01", "DS-001-M02"], []),
        ("people", ["DS-002-M01"], ["DS-003-M03"]),
        ("potential", [], []),
    ],
)
def test_a_pillar_keeps_what_waits_in_it_and_what_is_needed_of_it(lea, as_, pillar, at_risk, others):
    context = as_(lea).get(f"/dependencies/?pillar={pillar}").context
    found = [r.dependency.waiting.milestone.ref for c in context["causes"] for r in c.at_risk]
    assert (found, [d.waiting.milestone.ref for d in context["page"]]) == (at_risk, others)


@pytest.mark.usefixtures("today")
def test_without_any_the_page_says_what_to_do(works, lea, as_):
    assert "Nothing waits for anything yet" in words_of(as_(lea).get("/dependencies/"))


# --- As data --------------------------------------------------------------------------------------
@pytest.mark.usefixtures("all_of_them")
def test_each_dependency_is_a_row_that_says_what_the_page_says(chain):
    first, second, third = taken("dependencies", TODAY)
    assert first == {
        "milestone": "DS-001-M02", "initiative": "DS-001", "needs": "DS-002-M01", "needs_initiative": "DS-002",
        "why": "The same records.", "due_on": "2025-05-30", "needs_due_on": "2025-05-28", "needs_status": "late",
        "needs_forecast_on": "2025-06-02", "at_risk": "true", "days_at_risk": "3", "root": "DS-003-M01",
        "as_at": TODAY,
    }  # fmt: skip
    assert (second["milestone"], second["days_at_risk"], second["root"]) == ("DS-002-M01", "5", "DS-003-M01")
    told = ("milestone", "needs_forecast_on", "at_risk", "days_at_risk", "root")
    assert [third[name] for name in told] == ["DS-003-M03", TODAY, "false", "", ""]
    withdraws(chain[3], 1, on=TODAY)
    row = taken("dependencies", TODAY)[1]
    assert [row[name] for name in told] == ["DS-002-M01", "", "true", "", "DS-003-M01"]
    assert taken("dependencies", "2025-04-09") == []


def test_filters_choose_by_what_waits_and_the_forecast_still_looks_at_everything(chain):
    rows = taken("dependencies", TODAY, "pillar=purpose")
    assert [(row["milestone"], row["root"], row["days_at_risk"]) for row in rows] == [("DS-001-M02", "DS-003-M01", "3")]
