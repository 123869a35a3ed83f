"""A meeting goes through initiatives one at a time, what is most pressing first."""

import re

import pytest

from initiatives.history import portfolio
from initiatives.models import Ask
from pillars.models import Pillar
from reports.meeting import on_screen, running_order
from tests.factories import (
    a_person,
    an_initiative,
    answers,
    as_at,
    asks,
    clock_at,
    corrects,
    day,
    enters,
    moves,
    notes,
    says,
    ticks,
    withdraws,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("strategy")]

TODAY = "2025-06-16"


def order(on=TODAY):
    """Return the refs in the order in which a meeting goes through them."""
    return [i.ref for i in running_order(portfolio(day(on)))]


def begun(ref, rag=None, milestones=("2026-03-31",), **more):
    """Make work that began on 1 April 2025 and was last said to be so on 2 June."""
    found = an_initiative(ref, recorded="2025-04-01", milestones=milestones, **more)
    if rag:
        says(found, rag, on="2025-06-02")
    return found


def waits(initiative, *, by):
    """Let an initiative wait since 3 June for an answer that it needs by a day."""
    with clock_at("2025-06-03"):
        return Ask.objects.create(initiative=initiative, question="Who pays?", needed_by=by)


@pytest.fixture
def all_kinds():
    """One initiative of every kind, made in the order in which a meeting does not go through them."""
    begun("DS-001", "green")
    begun("DS-002", "amber")
    begun("DS-003", "green", ["2025-05-30", *["2026-03-31"] * 9])  # 10 points behind, 17 days late: reads amber
    begun("DS-004")  # never updated, and overdue since 30 April
    begun("DS-005", "green", ["2025-05-01", "2026-03-31"])  # 46 days late: reads red
    begun("DS-006", "red")
    waits(begun("DS-007", "green"), by="2025-06-15")
    begun("DS-008", "red", stage="proposed")
    waits(begun("DS-009", "green", stage="paused"), by="2025-06-15")
    begun("DS-010", "green", stage="complete")
    begun("DS-011", "green", stage="stopped")
    begun("DS-012", "red")
    waits(begun("DS-013", "green"), by=TODAY)  # not beyond its day yet


# --- The order ------------------------------------------------------------------------------------
def test_what_is_most_pressing_comes_first_and_what_is_over_not_at_all(all_kinds):
    asked_beyond, red, watermelon, silent, late, amber, others = (
        ["DS-007"], ["DS-006", "DS-012"], ["DS-005"], ["DS-004"], ["DS-003"], ["DS-002"], ["DS-001", "DS-013"],
    )  # fmt: skip
    in_progress = [*asked_beyond, *red, *watermelon, *silent, *late, *amber, *others]
    assert order() == [*in_progress, "DS-009", "DS-008"]


def test_an_ask_that_was_answered_presses_no_longer_and_did_before(all_kinds):
    answers(Ask.objects.get(initiative__ref="DS-007"), on="2025-06-20")
    assert order("2025-06-19")[0] == "DS-007"
    assert order("2025-06-20")[0] == "DS-013"  # whose day came and went meanwhile
    assert order("2025-06-20").index("DS-007") > order("2025-06-20").index("DS-002")


def test_an_ask_without_a_day_does_not_press():
    asks(begun("DS-002", "green"), on="2025-05-01")
    begun("DS-001", "green")
    assert order() == ["DS-001", "DS-002"]


def test_the_order_of_a_past_day_is_that_of_the_day(all_kinds):
    assert order("2025-06-01")[:3] == ["DS-001", "DS-002", "DS-003"]  # silent all, for nobody had said a word


# --- Going through --------------------------------------------------------------------------------
@pytest.fixture
def opened(as_, lea):
    """Open the meeting as Lea does, on 16 June 2025 unless told otherwise; returns the page's HTML."""

    def opens(path="/meeting/", on=TODAY, person=lea, status=200):
        with clock_at(on):
            response = as_(person).get(path)
        assert response.status_code == status
        return response.content.decode()

    return opens


def links(page):
    """Return the ways that the page offers, by their rel."""
    found = re.findall(r'<a class="[\w-]+" rel="(\w+)" href="([^"]+)"', page)
    return {rel: address.replace("&amp;", "&") for rel, address in found}


def words(page, part="main"):
    """Return the words of the page, or of one section of it."""
    begin, end = ("<main", "</main>") if part == "main" else (f'aria-labelledby="{part}"', "</section>")
    inside = page.split(begin)[1].split(">", 1)[1].split(end)[0]
    return " ".join(re.sub(r"<[^>]*>", " ", inside).split())


def test_lea_goes_on_and_back_and_leaves(opened, all_kinds):
    page = opened()
    assert "Title of DS-007" in page
    assert "1 of 11" in words(page)
    assert links(page) == {"up": "/", "next": "?at=DS-006#initiative"}
    page = opened("/meeting/?at=DS-006")
    assert "2 of 11" in words(page)
    assert links(page) == {
        "up": "/",
        "first": "?at=DS-007#initiative",
        "prev": "?at=DS-007#initiative",
        "next": "?at=DS-012#initiative",
    }
    page = opened("/meeting/?at=DS-008")
    assert "11 of 11" in words(page)
    assert links(page) == {"up": "/", "first": "?at=DS-007#initiative", "prev": "?at=DS-009#initiative"}


def test_every_initiative_is_reached_once_by_going_on(opened, all_kinds):
    refs, address = [], "?"
    while address:
        page = opened(f"/meeting/{address.split('#')[0]}")
        refs.append(re.search(r"<title>(DS-\d+)", page)[1])
        address = links(page).get("next")
    assert refs == order()


def test_the_meeting_of_a_pillar_keeps_to_it_and_leads_back_to_it(opened, all_kinds):
    begun("DS-021", "red", pillar="people")
    begun("DS-022", "green", pillar="people")
    page = opened("/meeting/?pillar=people&since=2025-06-01")
    assert "Meeting: People" in page
    assert "1 of 2" in words(page)
    assert links(page) == {
        "up": "/pillars/people/",
        "next": "?at=DS-022&pillar=people&since=2025-06-01#initiative",
    }
    assert "Meeting: a selection of initiatives" in opened("/meeting/?pillar=people&rag=red")
    assert "Meeting: the whole strategy" in opened("/meeting/")


@pytest.mark.parametrize("ref", ["DS-999", "DS-010", "DS-011", "DS-007", "x" * 5000, "<b>"])
def test_what_the_meeting_does_not_go_through_is_not_found(opened, all_kinds, ref):
    path = "/meeting/?pillar=purpose" if ref != "DS-007" else "/meeting/?pillar=people"
    begun("DS-021", "red", pillar="people")
    assert "The meeting does not go through an initiative of that ref." in opened(f"{path}&at={ref}", status=404)


def test_a_pillar_that_is_none_is_refused_and_one_without_work_says_so(opened, all_kinds):
    assert "pillar: “profit” is not one of the values allowed" in opened("/meeting/?pillar=profit", status=400)
    assert "Nothing to go through" in opened("/meeting/?pillar=people")


def test_as_at_a_past_day_nothing_can_be_recorded_and_the_links_keep_the_day(opened, all_kinds):
    page = opened("/meeting/?as_at=2025-06-10")
    assert "Record this note" not in page
    assert links(page)["next"].endswith("&as_at=2025-06-10#initiative")
    assert links(page)["up"] == "/?as_at=2025-06-10"
    assert "Record this note" in opened()


def test_only_those_who_may_record_a_note_are_offered_to(opened, olgas, olga, dina, sam, omar, ana, oscar, ada):
    offered = {p.username: "Record this note" in opened(person=p) for p in (olga, dina, sam, omar, ana, oscar, ada)}
    assert offered == {
        "olga": True, "dina": True, "sam": True, "omar": False, "ana": False, "oscar": True, "ada": True,
    }  # fmt: skip


# --- What is shown of one -------------------------------------------------------------------------
def test_the_owners_word_stands_with_its_age_and_the_explanation(opened, olgas, olga):
    says(
        olgas, "green", on="2025-06-05", by=olga, what_changed="Half is built.", what_next="The other half.",
        explanation="Late on paper alone.",
    )  # fmt: skip
    page = opened()
    assert words(page, "said") == (
        "What the owner says 5 Jun 2025, 11 days ago Half is built. Why better than the dates: Late on paper alone. "
        "Next: The other half."
    )
    assert "Said green, reads red" in words(page, "standing")  # one step of four is missed: 25 points behind


def test_a_watermelon_without_a_reason_says_so(opened, olgas):
    says(olgas, "green", on="2025-06-05")
    assert "The owner has not said why it is green while the dates read red." in words(opened(), "said")


def test_silence_is_told_with_its_days(opened, olgas, olga):
    assert "Nothing has been said since work began on 1 Apr 2025." in words(opened(), "said")
    says(olgas, "green", on="2025-04-10", by=olga)  # so the next was due on Friday 30 May
    assert "The next update was due 30 May 2025, 17 days ago." in words(opened(), "said")


def test_an_ask_stands_with_its_days_and_whether_its_day_has_passed(opened, olgas):
    waits(olgas, by="2025-06-15")
    assert "Who pays? Asked of leaders 13 days ago, needed by 15 Jun 2025 The day it was needed by has passed" in words(
        opened(), "asks"
    )
    assert "passed" not in words(opened("/meeting/?as_at=2025-06-15"), "asks")
    answers(Ask.objects.get(), on="2025-06-17")
    assert "Nothing waits for an answer." in words(opened(on="2025-06-17"), "asks")
    assert "Asked of leaders 13 days ago" in words(opened("/meeting/?as_at=2025-06-16", on="2025-06-17"), "asks")


def test_milestones_show_what_is_late_what_is_next_and_what_moved(opened, olgas):
    moves(olgas, 2, to="2025-08-31", recorded="2025-05-01")
    moves(olgas, 2, to="2025-09-30", recorded="2025-05-02")
    moves(olgas, 4, to="2026-04-30", recorded="2025-05-03")
    found = on_screen(as_at(olgas, TODAY), day("2025-05-31"))
    assert [(m.title, days) for m, days in found.late] == [("Step 1", 17)]
    assert found.next_milestone.title == "Step 2"
    assert [(m.title, m.moves, days) for m, days in found.slipped] == [("Step 2", 2, 61), ("Step 4", 1, 30)]
    assert found.end_slipped == 30
    shown = words(opened(), "dates")
    assert "Step 1: due 30 May 2025, 17 days late" in shown
    assert "Next: Step 2, due 30 Sep 2025" in shown
    assert "Step 2: first promised 31 Jul 2025, moved to 30 Sep 2025, 61 days later, in 2 moves" in shown
    assert "The end : first promised 31 Mar 2026, now 30 Apr 2026, 30 days later" in shown


# --- What changed since ---------------------------------------------------------------------------
def test_what_changed_since_a_day_is_all_that_was_recorded_after_it(opened, olgas, olga, lea):
    says(olgas, "green", on="2025-05-12", by=olga)
    waiting = asks(olgas, on="2025-05-13", question="Who signs?")
    notes(olgas, "Before the day.", on="2025-05-31", by=lea)
    ticks(olgas, 1, on="2025-05-30", recorded="2025-06-02")
    says(olgas, "amber", on="2025-06-03", by=olga)
    moves(olgas, 2, to="2025-06-10", recorded="2025-06-04")
    withdraws(olgas, 3, on="2025-06-05")
    asks(olgas, on="2025-06-06", question="Who pays?")
    answers(waiting, on="2025-06-07")
    notes(olgas, "After the day.", on="2025-06-08", by=lea)
    page = opened()
    assert words(page, "changed") == (
        "What changed since 31 May 2025 Now said amber; then green Done: Step 1 Now late: Step 2 Withdrawn: Step 3 "
        "Moved: Step 2, from 31 Jul 2025 to 10 Jun 2025. It took longer. Asked: Who pays? Answered: The board agreed."
    )
    assert "After the day. 8 Jun 2025, Lea Lang" in words(page, "notes")
    assert "Before the day." not in words(page, "notes")


def test_the_end_of_the_day_divides_what_changed_from_what_stood(olgas, olga):
    says(olgas, "green", on="2025-05-12", by=olga)
    says(olgas, "amber", on="2025-06-03", by=olga)
    ticks(olgas, 1, on="2025-06-03")
    told = {}
    for since in ("2025-06-02", "2025-06-03"):
        changes = on_screen(as_at(olgas, TODAY), day(since)).changes
        told[since] = (changes.rag_turned, [m.title for m in changes.milestones.done], changes.anything)
    assert told == {"2025-06-02": (True, ["Step 1"], True), "2025-06-03": (False, [], False)}


def test_an_update_that_changed_no_colour_is_still_news(opened, olgas, olga):
    says(olgas, "green", on="2025-05-12", by=olga)
    assert "Nothing changed on record." in words(opened("/meeting/?since=2025-06-01"), "changed")
    says(olgas, "green", on="2025-06-03", by=olga)
    assert "Said green again on 3 Jun 2025" in words(opened("/meeting/?since=2025-06-01"), "changed")


def test_silence_a_stage_and_coming_on_record_are_told(opened, olgas, olga):
    says(olgas, "green", on="2025-04-10", by=olga)
    assert "Now no current update; then green" in words(opened("/meeting/?since=2025-06-01"), "changed")
    enters(olgas, "paused", on="2025-06-12")
    assert "Now paused; then green" in words(opened("/meeting/?since=2025-06-01"), "changed")
    an_initiative("DS-002", recorded="2025-06-13")
    assert "It was not on record then." in words(opened("/meeting/?at=DS-002"), "changed")


def test_since_is_the_end_of_last_month_unless_it_is_asked_for(opened, olgas):
    assert "What changed since 31 May 2025" in opened(on="2025-06-30")
    assert "What changed since 30 Jun 2025" in opened(on="2025-07-01")
    assert "What changed since 30 Apr 2025" in opened("/meeting/?as_at=2025-05-31")
    assert "What changed since 2 Apr 2025" in opened("/meeting/?since=2025-04-02")
    assert "It was not on record then." in opened("/meeting/?as_at=2025-04-02")


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("since=yesterday", "since must be a date written as YYYY-MM-DD"),
        ("since=2025-02-30", "since must be a date written as YYYY-MM-DD"),
        ("since=2025-03-31", "since must be from 2025-04-01, when this portal&#x27;s history begins"),
        ("since=2025-06-17", "since must be from 2025-04-01"),
        ("since=2025-06-16", "since must be before 2025-06-16, the day that the page speaks of."),
        ("since=2025-06-10&as_at=2025-06-10", "since must be before 2025-06-10, the day that the page speaks of."),
    ],
)
def test_since_is_a_day_of_history_before_the_page_s_own(opened, olgas, query, reason):
    assert reason in opened(f"/meeting/?{query}", status=400)


def test_people_and_titles_are_those_of_the_day(opened):
    with clock_at("2025-04-01"):
        olga = a_person("olga", "Olga Owens", "contributor")
    olgas = begun("DS-001", owner=olga)
    says(olgas, "green", on="2025-05-12", by=olga)
    corrects(olgas, title="A newer title", recorded="2025-06-10")
    corrects(olga, name="Olga Odell", recorded="2025-06-10")
    page = opened("/meeting/?as_at=2025-06-09")
    assert "Title of DS-001" in page
    assert "Olga Owens" in page
    assert "Olga Odell" not in words(page)


# --- Queries --------------------------------------------------------------------------------------
def test_a_long_story_takes_as_many_queries_as_a_short_one(as_, lea, olga, olgas, django_assert_num_queries):
    client = as_(lea)
    with clock_at(TODAY):
        client.get("/meeting/")  # her first visit is noted
    for number in range(1, 4):
        says(olgas, "amber", on=f"2025-06-0{number}", by=olga)
        answers(asks(olgas, on=f"2025-06-0{number}"), on="2025-06-05")
        asks(olgas, on=f"2025-06-0{number}")
        moves(olgas, 2, to=f"2025-09-0{number}", recorded=f"2025-06-0{number}")
        notes(olgas, on="2025-06-06", by=lea)
        an_initiative(f"DS-10{number}", recorded="2025-04-01", pillar=Pillar.objects.all()[number].slug)
        with clock_at(TODAY), django_assert_num_queries(42):
            assert client.get("/meeting/").status_code == 200
