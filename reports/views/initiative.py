"""One initiative."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import Door, SignedInRequest, opens_to
from initiatives.access import can_acknowledge, can_answer, can_hand_over, can_note, can_set_stand_in, can_update
from initiatives.as_at import InitiativeAt
from initiatives.comparison import compared_initiative
from initiatives.dependencies.reading import dependencies_as_at, has_dependencies
from initiatives.filters import asked_day, compared_day
from initiatives.following import follows
from initiatives.forecast import ends_known
from initiatives.history import Event, initiative_as_at, story
from initiatives.models import Ask
from initiatives.views.found import of_ref
from reports import charts


@opens_to(Door.READ)
@require_safe
def initiative(request: SignedInRequest, ref: str) -> HttpResponse:
    """Show one initiative: the owner's word beside the machine's reading, milestones, asks and its story."""
    day = asked_day(request)
    row = of_ref(ref)
    found = initiative_as_at(row, day)
    if found is None:
        raise Http404(f"{ref} was not on record yet by the end of {day.day} {day:%B %Y}.")
    last_id = found.last_update.id if found.last_update else None
    events, other = story(row, day), compared_day(request)
    words = {
        "initiative": found,
        "milestones": [
            {"milestone": m, "status": m.status(day), "missed": m.missed_its_first_promise(day)}
            for m in found.milestones
        ],
        "chart": end_chart(found),
        "dependencies": dependencies_as_at(day).of(row.pk) if has_dependencies(row, day) else None,
        "comparison": compared_initiative(initiative_as_at(row, other), found) if other else None,
        "events": events,
        "explanation": next((e.row.explanation for e in events if e.kind == "update" and e.row.pk == last_id), ""),
        "can_update": can_update(request.user, row),
        "can_acknowledge": can_acknowledge(request.user, row),
        "can_note": can_note(request.user, found),
        "answerable": {ask.pk for event in events if (ask := open_ask(event)) and can_answer(request.user, ask)},
        "follows": follows(request.user, row),
        "can_hand_over": can_hand_over(request.user),
        "can_set_stand_in": can_set_stand_in(request.user, row),
        "last_update_id": last_id,
    }
    return render(request, "initiatives/initiative.html", words)


def open_ask(event: Event) -> Ask | None:
    """Return the ask of an update in the story, while it waits for an answer."""
    return event.row.ask if event.ask_is_open else None


def end_chart(initiative: InitiativeAt) -> charts.Chart | None:
    """Return the chart of how an initiative's end moved; none when it has no end."""
    ends = [(end.known_on, end.ends_on, end.cause.value) for end in ends_known(initiative)]
    return charts.end_chart(ends, initiative.first_ends_on, initiative.day) if ends and initiative.ends_on else None
