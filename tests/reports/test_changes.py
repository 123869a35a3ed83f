"""What changed between the ends of two days: worked by hand, recomputed from the data sets, and made up at random."""

import csv
import re
from collections import Counter
from datetime import date, datetime, timedelta

import pytest
from django.core.management import call_command
from django.db import transaction
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from accounts.history import end_of
from initiatives import history, kept
from initiatives.models import DoneDate
from reports import changes
from reports.changes import Changes, changes_since
from tests.factories import (
    an_initiative,
    answers,
    asks,
    clock_at,
    corrects,
    day,
    enters,
    hands_over,
    milestone,
    moves,
    says,
    stands_in,
    ticks,
    undone,
    unticks,
    withdraws,
)
from tests.initiatives.test_history_always import SOME, START, events, record, two  # noqa: F401
from tests.reports.recomputed import overdue_from

pytestmark = pytest.mark.django_db

SINCE, TODAY = "2025-06-09", "2025-06-16"


def changed(since=SINCE, on=TODAY):
    return changes_since(day(since), history.portfolio(day(on)))


def told(found):
    """Return each change as its kind, its initiative, its words and what was said of it."""
    return [(c.kind.key, c.initiative.ref, c.what, *filter(None, [c.why])) for c in found.all]


def begun(ref="DS-001", said="green", milestones=("2025-12-31",), **more):
    """Make work that began on 1 April 2025, and was said to be so on 2 June."""
    found = an_initiative(ref, recorded="2025-04-01", milestones=milestones, **more)
    if said:
        says(found, said, on="2025-06-02")
    return found


# --- Each kind of change --------------------------------------------------------------------------
def test_nothing_changed_where_nothing_was_recorded_and_no_day_came(strategy):
    begun()
    assert told(changed()) == []
    assert changed().summary == "Nothing changed"


def test_a_new_rag_is_told_with_the_one_before(strategy):
    one, other, third = begun("DS-001"), begun("DS-002"), begun("DS-003", said=None)
    says(one, "red", on="2025-06-10")
    says(other, "green", on="2025-06-10")
    says(third, "amber", on="2025-06-10")
    assert told(changed()) == [
        ("re-rated", "DS-001", "green, now red"),
        ("re-rated", "DS-003", "never rated, now amber"),
    ]


def test_what_turned_and_turned_back_has_not_changed(strategy):
    work = begun()
    says(work, "red", on="2025-06-10")
    says(work, "green", on="2025-06-12")
    assert told(changed()) == []
    assert told(changed(on="2025-06-11")) == [("re-rated", "DS-001", "green, now red")]


def test_a_day_ends_in_london_and_what_is_recorded_on_the_first_day_is_no_change(strategy):
    work = begun()
    says(work, "amber", on=SINCE, recorded=datetime.fromisoformat("2025-06-09T22:59:59+00:00"))  # 23:59 in London
    says(work, "red", on=TODAY, recorded=datetime.fromisoformat("2025-06-16T22:59:59+00:00"))
    assert told(changed()) == [("re-rated", "DS-001", "amber, now red")]
    assert told(changed(since="2025-06-08", on=SINCE)) == [("re-rated", "DS-001", "green, now amber")]
    assert told(changed(since=TODAY, on="2025-06-17")) == []


def test_done_and_no_longer_done_are_told_apart(strategy):
    work = begun(milestones=["2025-05-30", "2025-06-30", "2025-12-31"])
    ticks(work, 1, on="2025-05-29")
    unticks(work, 1, recorded="2025-06-10")
    ticks(work, 2, on="2025-06-01", recorded="2025-06-11")  # done before, recorded since
    found = changed()
    assert told(found) == [
        ("undone", "DS-001", "“Step 1” is open again, not done after all"),
        ("late", "DS-001", "“Step 1” is late, due on 30 May 2025"),
        ("done", "DS-001", "“Step 2” was done on 1 June 2025"),
    ]
    assert found.summary == "3 things changed: 1 newly late, 1 done, 1 not done after all"


@pytest.mark.parametrize("is_touched", [False, True])
def test_a_milestone_is_newly_late_from_the_day_after_its_date(strategy, is_touched):
    work = begun(milestones=["2025-06-08", "2025-06-09", "2025-06-15", "2025-06-16"])
    if is_touched:
        says(work, "green", on="2025-06-10")
    assert told(changed()) == [
        ("late", "DS-001", "“Step 2” is late, due on 9 June 2025"),
        ("late", "DS-001", "“Step 3” is late, due on 15 June 2025"),
    ]


@pytest.mark.parametrize(("stage", "expected"), [("paused", 1), ("proposed", 1), ("complete", 0), ("stopped", 0)])
def test_only_work_that_is_still_to_be_done_becomes_late(strategy, stage, expected):
    enters(begun(milestones=["2025-06-12"]), stage, on="2025-06-03")
    assert len(changed().all) == expected


def test_what_was_withdrawn_becomes_late_no_more(strategy):
    withdraws(begun(milestones=["2025-06-12"]), 1, on="2025-06-03")
    withdraws(begun("DS-002", milestones=["2025-06-12"]), 1, on="2025-06-11")
    assert told(changed()) == []


def test_every_move_is_told_with_its_days_and_its_reason(strategy):
    work = begun(milestones=["2025-07-31"])
    moves(work, 1, to="2025-08-31", recorded="2025-06-10")
    moves(work, 1, to="2025-08-30", recorded="2025-06-11")
    own = begun("DS-002", milestones=[], promised_end_on="2025-12-31")
    moves(own, None, to="2026-01-01", recorded="2025-06-12")
    assert told(changed()) == [
        ("moved", "DS-001", "“Step 1” moved to 31 August 2025, 31 days later", "It took longer."),
        ("moved", "DS-001", "“Step 1” moved to 30 August 2025, 1 day sooner", "It took longer."),
        ("moved", "DS-002", "the end moved to 1 January 2026, 1 day later", "It took longer."),
    ]


def test_a_move_names_its_milestone_as_it_was_called_on_the_day(strategy):
    work = begun(milestones=["2025-07-31"])
    moves(work, 1, to="2025-08-31", recorded="2025-06-10")
    corrects(milestone(work, 1), recorded="2025-06-20", number=7, title="Renamed")
    assert told(changed())[0][2] == "“Step 1” moved to 31 August 2025, 31 days later"
    assert told(changed(on="2025-06-20"))[0][2] == "“Renamed” moved to 31 August 2025, 31 days later"


def test_new_work_is_new_and_not_re_rated_or_late_besides(strategy, olga):
    work = an_initiative("DS-001", recorded="2025-06-10", owner=olga, milestones=["2025-06-11"])
    says(work, "red", on="2025-06-12")
    an_initiative("DS-002", recorded="2025-06-10", stage=None)
    assert told(changed()) == [
        ("new", "DS-001", "in progress, owned by Olga Owens"),
        ("new", "DS-002", "proposed, owned by nobody"),
    ]


@pytest.mark.parametrize("stage", ["paused", "complete", "stopped"])
def test_work_that_enters_a_stage_is_told_with_the_one_before(strategy, stage):
    enters(begun(), stage, on="2025-06-10")
    assert told(changed()) == [("stage", "DS-001", f"in progress, now {stage}")]


def test_work_that_begins_is_told(strategy):
    enters(an_initiative(recorded="2025-04-01", stage="proposed"), "in-progress", on="2025-06-10")
    assert told(changed()) == [("stage", "DS-001", "proposed, now in progress")]


def test_handing_over_is_told_by_part(strategy, olga, omar, sam):
    work = begun(owner=olga)
    hands_over(work, "owner", omar, on="2025-06-10")
    hands_over(work, "sponsor", sam, on="2025-06-10")
    assert told(changed()) == [
        ("re-owned", "DS-001", "owner Olga Owens, now Omar Odell"),
        ("re-owned", "DS-001", "sponsor nobody, now Sam Spencer"),
    ]


@pytest.mark.parametrize("recorded", ["2025-06-02", "2025-06-10"])
def test_standing_in_is_told_when_it_begins_and_when_it_ends_however_early_it_was_arranged(
    strategy, olga, dina, sam, recorded
):
    stands_in(begun(owner=olga, deputy=dina), sam, on="2025-06-12", until="2025-06-20", recorded=recorded)
    assert told(changed()) == [("re-owned", "DS-001", "deputy Dina Dean, now Sam Spencer")]
    assert told(changed(TODAY, "2025-06-20")) == []
    assert told(changed(TODAY, "2025-06-21")) == [("re-owned", "DS-001", "deputy Sam Spencer, now Dina Dean")]
    assert told(changed("2025-06-20", "2025-06-23")) == [("re-owned", "DS-001", "deputy Sam Spencer, now Dina Dean")]


def test_a_done_date_that_was_recorded_ahead_is_told_when_its_day_comes(strategy):
    step = milestone(begun(), 1)
    with clock_at("2025-06-02"):
        DoneDate.objects.create(milestone=step, done_on=day("2025-06-12"))
    assert told(changed()) == [("done", "DS-001", "“Step 1” was done on 12 June 2025")]
    assert told(changed("2025-06-12")) == told(changed(on="2025-06-11")) == []


def test_asks_and_answers_are_told_in_their_words(strategy, lea):
    work = begun()
    ask = asks(work, on="2025-06-01", question="Who signs?")
    answers(ask, on="2025-06-11", outcome="declined")
    asks(work, on="2025-06-12")
    assert told(changed()) == [
        ("asked", "DS-001", "asked on 12 June 2025", "Who pays?"),
        ("answered", "DS-001", "declined after 10 days", "The board agreed."),
    ]


@pytest.mark.parametrize("is_touched", [False, True])
def test_silence_is_told_from_the_day_on_which_it_begins(strategy, is_touched):
    """Said in April, so due on Friday 30 May; the fifth working day after is 6 June, so silent from 7 June."""
    work = begun(said=None)
    says(work, "amber", on="2025-04-10")
    if is_touched:
        corrects(work, recorded="2025-06-07", title="Touched")
    assert told(changed("2025-06-01", "2025-06-06")) == []
    assert told(changed("2025-06-06", "2025-06-07")) == [
        ("silent", "DS-001", "no current update, last said amber on 10 April 2025")
    ]
    assert told(changed("2025-06-07", TODAY)) == []


def test_work_that_was_asked_for_by_nobody_goes_silent_by_being_taken_up_again(strategy):
    work = begun(said=None)
    says(work, "amber", on="2025-04-10")
    enters(work, "paused", on="2025-05-01")
    enters(work, "in-progress", on="2025-06-10")
    assert told(changed()) == [
        ("silent", "DS-001", "no current update, last said amber on 10 April 2025"),
        ("stage", "DS-001", "paused, now in progress"),
    ]


# --- Together -------------------------------------------------------------------------------------
def test_changes_are_counted_in_one_line_and_gathered_by_pillar_and_kind(strategy):
    one, other = begun("DS-001", milestones=["2025-06-30"] * 2), begun("DS-002", pillar="people")
    ticks(one, 1, on="2025-06-10")
    ticks(one, 2, on="2025-06-10")
    says(one, "amber", on="2025-06-10")
    says(other, "red", on="2025-06-10")
    found = changed()
    assert found.summary == "4 things changed: 2 re-rated, 2 done"
    gathered = [
        (pillar.slug, [(kind.title, len(of)) for kind, of in kinds])
        for pillar, kinds in found.by_pillar(history.portfolio(day(TODAY)).pillars)
    ]
    assert gathered == [("purpose", [("Re-rated", 1), ("Done", 2)]), ("people", [("Re-rated", 1)])]


def test_one_thing_is_one_thing(strategy):
    says(begun(), "amber", on="2025-06-10")
    assert changed().summary == "1 thing changed: 1 re-rated"


def test_only_what_is_kept_is_told(strategy):
    for work in (begun("DS-001"), begun("DS-002")):
        says(work, "amber", on="2025-06-10")
    found = changes_since(day(SINCE), history.portfolio(day(TODAY)), keep=lambda i: i.ref == "DS-002")
    assert told(found) == [("re-rated", "DS-002", "green, now amber")]


def test_what_is_recorded_later_never_alters_what_had_changed(strategy):
    work = begun(milestones=["2025-06-12"])
    before = told(changed())
    ticks(work, 1, on="2025-06-11", recorded="2025-06-20")
    says(work, "red", on="2025-06-11", recorded="2025-06-20")
    assert told(changed()) == before == [("late", "DS-001", "“Step 1” is late, due on 12 June 2025")]


# --- The page -------------------------------------------------------------------------------------
@pytest.fixture
def read(as_, lea):
    client = as_(lea)

    def words(query="", on=TODAY, status=200, path="/changes/"):
        with clock_at(on):
            response = client.get(f"{path}{query}")
        assert response.status_code == status
        return plain(response.content.decode().split("<main")[1].split("</main>")[0])

    return words


def plain(html):
    return " ".join(re.sub(r"<[^>]*>", " ", html).split()).replace("&#x27;", "'")


def test_lea_reads_what_changed_by_pillar_and_is_led_to_each(strategy, as_, lea, read):
    work = begun(title="Shared records", milestones=["2025-07-31"])
    says(work, "amber", on="2025-06-10")
    moves(work, 1, to="2025-08-31", recorded="2025-06-11")
    words = read(f"?since={SINCE}")
    assert "2 things changed: 1 re-rated, 1 moved, in the last 7 days." in words
    assert "how things stood at the end of 9 Jun 2025 against the end of 16 Jun 2025" in words
    assert "Re-rated 1 Shared records green, now amber" in words
    assert "“Step 1” moved to 31 August 2025, 31 days later It took longer." in words
    with clock_at(TODAY):
        page = as_(lea).get(f"/changes/?since={SINCE}&as_at=2025-06-15").content.decode()
    assert 'href="/initiatives/DS-001/?as_at=2025-06-15"' in page


def test_a_time_without_changes_says_so(strategy, read):
    begun()
    assert "Nothing changed, in the last 7 days. " in read()
    assert "Nothing was re-rated, done, moved" in read()


def test_on_the_first_day_there_is_nothing_to_compare_with(strategy, read):
    assert "Nothing to compare with yet" in read("?as_at=2025-04-01")
    assert "since the records began, on 1 April 2025" in read("?as_at=2025-04-03")


def test_lea_reads_one_line_on_the_dashboard_that_leads_to_the_page(strategy, as_, lea):
    says(begun(), "amber", on="2025-06-10")
    with clock_at(TODAY):
        page = as_(lea).get("/").content.decode()
    line = re.search(r'<p class="lede">(.*?)</p>', page)[1]
    assert plain(line).startswith("1 thing changed: 1 re-rated, in the last 7 days .")
    assert f'href="/changes/?since={SINCE}"' in line


# --- Recomputed from the data sets ----------------------------------------------------------------
DEMO_DAY = "2026-03-18"
PAIRS = [
    ("2026-03-11", DEMO_DAY),
    ("2026-02-28", DEMO_DAY),
    ("2025-12-31", "2026-02-28"),
    ("2025-10-25", "2025-10-26"),
    ("2025-01-03", "2025-06-30"),
    ("2025-01-03", DEMO_DAY),
]


@pytest.fixture(scope="module")
def export(tmp_path_factory, django_db_setup, django_db_blocker):
    """Take the demonstration's data sets away as at all the days, and return a reader of them."""
    folder, taken, found = tmp_path_factory.mktemp("exports"), {}, {}
    names = ("initiatives", "milestones", "date_moves", "updates")
    with django_db_blocker.unblock(), clock_at(DEMO_DAY), transaction.atomic():
        call_command("load_demo", verbosity=0)
        for on in sorted({on for pair in PAIRS for on in pair}):
            for name in names:
                file = folder / f"{name}-{on}.csv"
                call_command("export", name, "--as-at", on, "-o", str(file))
                with file.open(encoding="utf-8-sig", newline="") as text:
                    taken[name, on] = list(csv.DictReader(text))
        for since, on in PAIRS:
            both = [changes_since(day(since), of(day(on))) for of in (kept.portfolio, history.portfolio)]
            assert told(both[0]) == told(both[1])
            found[since, on] = both[0]
        transaction.set_rollback(True)
    return taken, found


def long(text):
    on = date.fromisoformat(text)
    return f"{on.day} {on:%B %Y}"


def spread(days):
    return f"{abs(days)} day{'' if abs(days) == 1 else 's'} {'later' if days > 0 else 'sooner'}"


def diffed(taken, since, on):
    """Return what changed from the files of one day to those of another: as many of each line as there are."""

    def of(name, when, key="ref"):
        return {row[key]: row for row in taken[name, when]}

    def late(row, when):
        return row["status"] == "late"

    found = Counter()
    then, now = of("initiatives", since), of("initiatives", on)
    for ref, row in now.items():
        if ref not in then:
            found["new", ref] += 1
            continue
        was = then[ref]
        if row["rag"] != was["rag"]:
            found["re-rated", ref, f"{was['rag'] or 'never rated'}, now {row['rag']}"] += 1
        silent = ("no-current-update", "never-updated")
        if row["status"] == "no-current-update" and was["status"] not in silent:
            found["silent", ref, f"no current update, last said {row['rag']} on {long(row['rag_said_on'])}"] += 1
            assert overdue_from(date.fromisoformat(row["update_due_on"])) <= date.fromisoformat(on)
        if row["stage"] != was["stage"]:
            words = [stage.replace("-", " ") for stage in (was["stage"], row["stage"])]
            found["stage", ref, "{}, now {}".format(*words)] += 1
        for part in ("owner", "deputy", "sponsor"):
            if row[part] != was[part]:
                found["re-owned", ref, f"{part} {was[part] or 'nobody'}, now {row[part] or 'nobody'}"] += 1
    before, titles = of("milestones", since), {}
    for ref, row in of("milestones", on).items():
        titles[ref] = row["title"]
        if row["initiative"] not in then:
            continue
        was = before.get(ref, {"status": "open"})
        if row["status"] == "done" and was["status"] != "done":
            found["done", row["initiative"], f"“{row['title']}” was done on {long(row['done_on'])}"] += 1
        if row["status"] != "done" and was["status"] == "done":
            found["undone", row["initiative"], f"“{row['title']}” is open again, not done after all"] += 1
        live = now[row["initiative"]]["stage"] not in ("complete", "stopped")
        if live and late(row, on) and not late(was, since):
            found["late", row["initiative"], f"“{row['title']}” is late, due on {long(row['due_on'])}"] += 1
    known = {(row["milestone"], row["initiative"], row["moved_at"]) for row in taken["date_moves", since]}
    for row in taken["date_moves", on]:
        if (row["milestone"], row["initiative"], row["moved_at"]) not in known:
            what = f"“{titles[row['milestone']]}”" if row["milestone"] else "the end"
            found["moved", row["initiative"], f"{what} moved to {long(row['to'])}, {spread(int(row['days']))}"] += 1
    return found


@pytest.mark.parametrize(("since", "on"), PAIRS)
def test_every_change_is_found_again_in_the_data_sets_of_the_two_days(export, since, on):
    taken, found = export
    told_of = Counter(
        (c.kind.key, c.initiative.ref, *([] if c.kind.key == "new" else [c.what]))
        for c in found[since, on].all
        if c.kind.key not in ("asked", "answered")
    )
    assert told_of == diffed(taken, since, on)


@pytest.mark.parametrize(("since", "on"), PAIRS)
def test_asks_that_came_less_those_that_were_answered_make_the_difference_of_the_open_ones(export, since, on):
    taken, found = export
    kinds = Counter((c.kind.key, c.initiative.ref) for c in found[since, on].all)
    before = {row["ref"]: int(row["asks_open"]) for row in taken["initiatives", since]}
    for row in taken["initiatives", on]:
        came = kinds["asked", row["ref"]] - kinds["answered", row["ref"]]
        assert (row["ref"], int(row["asks_open"])) == (row["ref"], before.get(row["ref"], 0) + came)


def test_the_demonstration_holds_changes_of_every_kind_but_one(export):
    _, found = export
    kinds = {c.kind.key for of in found.values() for c in of.all}
    assert set(changes.KINDS) - kinds <= {"undone"}


# --- Whatever happens -----------------------------------------------------------------------------
def all_touched(since, on):
    """Return the changes as they are when every initiative is read on both days."""
    timeline = history.Timeline(on, days=[since, on])
    then = {i.id: i for i in timeline.at(since).initiatives}
    now, rows, found = timeline.at(on), changes._recorded(end_of(since), end_of(on)), []
    for i in now.initiatives:
        found += changes._of_touched(then.get(i.id), i)
        found += (changes._of_row(i, row, now.people) for row in rows.get(i.id, []))
    return Changes(since, on, tuple(found))


stand_ins = st.lists(st.tuples(st.integers(0, 1), st.integers(1, 300), st.integers(0, 60), st.integers(0, 30)))


@settings(SOME, phases=[Phase.explicit, *SOME.phases])
@given(events, stand_ins, st.integers(0, 320), st.integers(1, 90))
@example([("done", 0, 1, 20, 0)], [], 10, 20)  # a done date whose day comes later
@example([], [(0, 1, 20, 5)], 10, 20)  # a stand-in who begins later
def test_the_calendar_alone_tells_what_reading_both_days_tells(two, sam, happened, arranged, first, days):  # noqa: F811
    since, on = START + timedelta(days=first), START + timedelta(days=first + days)
    with undone():
        record(two, happened)
        for which, recorded, away, length in arranged:
            starts = START + timedelta(days=recorded + away)
            stands_in(
                two[which],
                sam,
                on=starts,
                until=starts + timedelta(days=length),
                recorded=START + timedelta(days=recorded),
            )
        expected = told(all_touched(since, on))
        assert told(changes_since(since, history.portfolio(on))) == expected
        with clock_at(on):
            kept.forget()  # what was undone may have counted as far on the same day
            kept.keep(on)
            assert told(changes_since(since, kept.portfolio(on))) == expected
