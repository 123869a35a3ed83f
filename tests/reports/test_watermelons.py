"""Said green, reads red: wherever the demonstration shows such an initiative, it shows both words.

Which ones they are is worked out from the files alone, by `recomputed`.
"""

import csv
import io
import re
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from tests.factories import clock_at
from tests.reports.recomputed import Work

DAYS_AGO = [0, 30, 90, 200]


@pytest.fixture
def read(db, as_, lea):
    """Return what Lea reads at an address as at some days ago; today is a day whose holidays `recomputed` knows."""

    def words(path, days_ago):
        response = client.get(path, {"as_at": (timezone.localdate() - timedelta(days=days_ago)).isoformat()})
        return b"".join(response).decode("utf-8-sig")

    with clock_at("2026-03-18"):
        call_command("load_demo", verbosity=0)
        client = as_(lea)
        yield words


def rows(read, name, days_ago):
    return list(csv.DictReader(io.StringIO(read(f"/exports/{name}.csv", days_ago), newline="")))


def recomputed(read, days_ago):
    """Return every initiative of the day, its reading worked out again."""
    files = {name: rows(read, name, days_ago) for name in ("milestones", "updates", "date_moves")}
    return [
        Work(row, *([r for r in files[name] if r["initiative"] == row["ref"]] for name in files))
        for row in rows(read, "initiatives", days_ago)
    ]


@pytest.mark.parametrize("days_ago", DAYS_AGO)
def test_every_watermelon_shows_both_words_on_its_page_on_the_dashboard_and_in_the_file(read, days_ago):
    work = recomputed(read, days_ago)
    melons = [w for w in work if w.watermelon]
    dashboard = read("/", days_ago)
    shown = re.findall(r'<li class="watermelon" data-ref="([^"]+)">(.*?)</li>', dashboard, re.S)
    assert sorted(ref for ref, _ in shown) == sorted(w.row["ref"] for w in melons)
    for ref, words in shown:
        assert re.search(r"status--green.*Green.*status--reading status--red.*Reads red", words, re.S), ref
    for w in melons:
        assert (w.row["rag"], w.row["machine_reading"], w.row["watermelon"]) == ("green", "red", "true")
        page = read(f"/initiatives/{w.row['ref']}/", days_ago)
        facts = page.split('<dl class="facts">')[1].split("</dl>")[0]
        assert re.search(r"The owner last said</dt>.*Green.*The dates say</dt>.*Reads red", facts, re.S)
        assert "Said green, reads red" in facts
    assert {w.row["ref"] for w in work if w.row["watermelon"] == "true"} == {w.row["ref"] for w in melons}


def test_there_are_watermelons_to_show_today_and_one_owner_says_why(read):
    melons = [w for w in recomputed(read, 0) if w.watermelon]
    assert len(melons) >= 2
    dashboard = read("/", 0)
    assert "The owner explains: The dates first promised left out the staff consultation." in dashboard
    assert "The owner has not said why." in dashboard
    page = read("/initiatives/DS-027/", 0)
    assert "The owner explains:</strong> The dates first promised left out the staff consultation." in page


def test_a_large_portfolio_shows_six_and_leads_to_all_of_them(db, as_, lea):
    call_command("load_demo", scale=400, verbosity=0)
    page = as_(lea).get("/").content.decode()
    of = int(re.search(r"The next 3 of (\d+)", page)[1])
    assert of > 30
    assert page.count('<li class="watermelon"') == 6
    assert f">{of} initiatives<" in page
