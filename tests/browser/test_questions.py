"""The ten questions of docs/questions.md: Lea finds each answer within two clicks, the one that the files give."""

import csv
import io
import re
from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from tests.browser.conftest import size

pytestmark = pytest.mark.browser


@pytest.fixture
def rows(essex):
    """Return the rows of a data set, as at today or a day before."""
    client = Client()
    client.force_login(User.objects.get(username="analyst"))

    def of(name, on=None):
        asked = {"as_at": on.isoformat()} if on else {}
        file = b"".join(client.get(f"/exports/{name}.csv", asked)).decode("utf-8-sig")
        return list(csv.DictReader(io.StringIO(file, newline="")))

    return of


@pytest.fixture
def lea_looks(page, sign_in, essex):
    """Open the dashboard as a leader; returns a way to click that counts, and allows two clicks."""
    sign_in(page, "leader")
    page.goto("/")
    clicks = []

    def click(name):
        clicks.append(name)
        assert len(clicks) <= 2, clicks
        page.get_by_role("link", name=name).first.click()
        page.wait_for_load_state()

    return click


def words(place):
    return re.sub(r"\s+", " ", place.inner_text()).strip()


def in_words(day):
    return f"{day.day} {day:%B %Y}"


def titles(rows):
    return {row["ref"]: row["title"] for row in rows("initiatives")}


def last_quarter_end():
    today = timezone.localdate()
    return date(today.year, today.month - (today.month - 1) % 3, 1) - timedelta(days=1)


def test_1_which_pillar_is_furthest_behind_its_plan(page, lea_looks, rows):
    worst = min(rows("pillars"), key=lambda row: int(row["gap_points"]))
    answer = f"{worst['name']} is furthest behind the first plan: {worst['gap_points'].removeprefix('-')} points."
    assert words(page.locator("#chart-progress .chart__sentence")) == answer


def test_2_what_has_been_red_for_longest(page, lea_looks, rows):
    red = {row["ref"]: row for row in rows("initiatives") if row["status"] == "red"}
    since = {}
    for row in sorted(rows("updates"), key=lambda u: (u["said_on"], u["submitted_at"], int(u["id"]))):
        ref = row["initiative"]
        if row["rag"] == "red":
            since.setdefault(ref, date.fromisoformat(row["said_on"]))
        else:
            since.pop(ref, None)
    longest = min(red, key=since.get)
    days = (timezone.localdate() - since[longest]).days
    first = words(page.locator("#red .attention__cases li").first)
    assert first.startswith(f"{red[longest]['title']} red for {days} days")


def test_3_who_waits_for_an_answer_from_us_and_since_when(page, lea_looks, rows):
    open_ = [row for row in rows("asks") if row["status"] == "open"]
    group = words(page.locator("#ask"))
    assert len(open_) >= 2
    for row in open_:
        assert titles(rows)[row["initiative"]] in group
        assert f"asked by {row['asked_by']} {row['days_waited']} days ago" in group


def test_4_where_the_dates_contradict_what_the_owner_says(page, lea_looks, rows):
    melons = {row["title"] for row in rows("initiatives") if row["watermelon"] == "true"}
    shown = page.locator("#watermelon .watermelon > a").all_inner_texts()
    assert set(shown) == melons
    assert melons


def test_5_what_has_changed_since_she_last_looked(page, lea_looks, rows):
    lede = words(page.locator(".page-header .lede"))
    said = re.match(r"(\d+) things? changed", lede)
    lea_looks(re.compile(r"^(since your last visit|in the last 7 days)"))
    assert page.get_by_role("heading", name="What changed", exact=True).is_visible()
    assert page.locator(".attention__cases > li").count() == int(said[1])


def test_6_what_moved_since_the_last_quarter_ended(page, lea_looks, rows):
    lea_looks("What changed")
    lea_looks(re.compile("^Since the end of the quarter"))
    ended = last_quarter_end()
    moved = [row for row in rows("date_moves") if date.fromisoformat(row["moved_at"][:10]) > ended]
    shown = words(page.locator("#main"))
    assert moved
    for row in moved:
        assert f"moved to {in_words(date.fromisoformat(row['to']))}, {row['days'].removeprefix('-')} day" in shown
        assert re.sub(r"\s+", " ", row["reason"])[:200] in shown


def test_7_which_commitments_have_nothing_main_behind_them(page, lea_looks, rows):
    lea_looks("Golden thread")
    gaps = [f"{row['commitment']} {row['name']}" for row in rows("commitments") if row["gap"] == "true"]
    listed = page.locator("section[aria-labelledby=gaps] li").all_inner_texts()
    assert listed == gaps
    assert gaps


def test_8_what_is_due_and_what_is_late_already(page, lea_looks, rows):
    lea_looks("Calendar")
    stages = {row["ref"]: row["stage"] for row in rows("initiatives")}
    live = [row for row in rows("milestones") if stages[row["initiative"]] in ("in-progress", "paused", "proposed")]
    late = [row["ref"] for row in live if row["status"] == "late"]
    assert f"{len(late)} late already" in words(page.locator("#due"))
    shown = words(page.locator("#main table").last)
    assert all(ref in shown for ref in late)


def test_9_what_late_milestones_put_at_risk_elsewhere(page, lea_looks, rows):
    lea_looks("Dependencies")
    risks = [row for row in rows("dependencies") if row["at_risk"] == "true"]
    shown = words(page.locator("section[aria-labelledby=at-risk]"))
    assert risks
    for row in risks:
        assert row["milestone"] in shown
        assert row["root"] in shown


def test_10_how_we_stand_against_the_end_of_the_last_quarter(page, lea_looks, rows):
    lea_looks("Compare with the end of the last quarter")
    table = page.locator("table.comparison")
    then, now = ([sum(int(row[name]) for row in rows("pillars", on)) for name in ("milestones_done", "milestones_late")]
                 for on in (last_quarter_end(), None))  # fmt: skip
    done, late = (words(table.get_by_role("row", name=name)) for name in ("Milestones done", "Milestones late"))
    assert done.startswith(f"Milestones done {then[0]} {now[0]} ")
    assert late.startswith(f"Milestones late {then[1]} {now[1]} ")


def test_the_questions_are_answered_on_a_phone_too(page, lea_looks, rows):
    size(page, (375, 800))
    assert page.locator("#red .attention__cases li").first.is_visible()
    lea_looks("Golden thread")
    assert page.locator("section[aria-labelledby=gaps] li").first.is_visible()
