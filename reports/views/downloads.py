"""Who took what away, and when: for the strategy office."""

from __future__ import annotations

from datetime import timedelta

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import Door, opens_to
from accounts.models import User
from initiatives.views.found import is_number
from reports.datasets import DATASETS, FOR_THE_OFFICE
from reports.models import Download
from reports.views.shared import in_words

PAGE_SIZE = 50
TOTALLED = timedelta(days=30)
WHOLE = ("workbook", "datapackage", *FOR_THE_OFFICE)  # what is taken beside them: all in one, and the office's own


@opens_to(Door.ADMINISTRATION)
@require_safe
def downloads(request: HttpRequest) -> HttpResponse:
    """List the downloads, newest first, of one person or data set when asked, and total the last 30 days."""
    who, dataset, before = (request.GET.get(name, "") for name in ("person", "dataset", "before"))
    people = list(User.objects.filter(downloads__isnull=False).distinct())
    if who and who not in {person.username for person in people}:
        raise BadRequest(f"person: “{who[:60]}” has taken nothing away. Choose a person from the list.")
    if dataset and dataset not in (*DATASETS, *WHOLE):
        raise BadRequest(f"dataset must be one of {', '.join((*DATASETS, *WHOLE))}.")
    if before and not is_number(before):
        raise BadRequest("before must be the number of a download.")
    found = Download.objects.newest_first()
    if who:
        found = found.filter(person__username=who)
    if dataset:
        found = found.filter(dataset=dataset)
    if before:
        found = found.filter(pk__lt=int(before))
    rows = list(found[: PAGE_SIZE + 1])
    shown = rows[:PAGE_SIZE]
    words = {
        "rows": [(row, in_words(QueryDict(row.query))) for row in shown],
        "older": shown[-1].pk if len(rows) > PAGE_SIZE else None,
        "before": before,
        "people": people,
        "datasets": (*DATASETS, *WHOLE),
        "who": who,
        "dataset": dataset,
        "totals": Download.objects.totals(timezone.now() - TOTALLED),
    }
    return render(request, "reports/downloads.html", words)
