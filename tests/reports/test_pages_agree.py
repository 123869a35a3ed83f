"""What Lea reads on the dashboard and the pillar pages is what Ana finds in pillars.csv, today and at past dates."""

import csv
import html
import io
import re
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

pytestmark = pytest.mark.django_db


def words_of(page):
    """Return a page's text without its markup."""
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]*>", " ", page)))


def gap_in_words(points):
    if points == 0:
        return "on plan"
    return f"{abs(points)} point{'' if abs(points) == 1 else 's'} {'behind' if points < 0 else 'ahead of'} plan"


@pytest.mark.parametrize("days_ago", [0, 45, 200, 400])
def test_lea_reads_what_ana_takes_away(days_ago, as_, lea):
    call_command("load_demo", verbosity=0)
    client, on = as_(lea), timezone.localdate() - timedelta(days=days_ago)
    asked = {"as_at": on.isoformat()}
    file = client.get("/exports/pillars.csv", asked).getvalue().decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(file, newline="")))
    assert len(rows) == 4
    dashboard = client.get("/", asked).content.decode()
    for row in rows:
        progress = f"{row['progress_percent']}% done , {row['planned_percent']}% planned: "
        progress += gap_in_words(int(row["gap_points"]))
        card = dashboard.split(f'href="/pillars/{row["pillar"]}/')[1].split("</li>")[0]
        assert progress in words_of(card)
        page = words_of(client.get(f"/pillars/{row['pillar']}/", asked).content.decode())
        assert progress in page
        done, total, late = row["milestones_done"], row["milestones_total"], row["milestones_late"]
        assert f"{done} of {total} milestones are done and {late} {'is' if late == '1' else 'are'} late." in page
        for status in ("proposed", "green", "amber", "red", "no_current_update", "never_updated", "paused", "stopped"):
            label = status.replace("_", " ").capitalize()
            assert (f" {row[status]} {label} " in page) == (row[status] != "0")
