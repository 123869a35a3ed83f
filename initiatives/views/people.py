"""The people behind an initiative: handing over, standing in, and work whose people have left."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.access import Door, SignedInRequest, opens_to
from accounts.models import User
from initiatives import actions
from initiatives.access import can_hand_over, can_set_stand_in
from initiatives.filters import asked_day, today
from initiatives.forms.fields import said
from initiatives.forms.people import HandoverForm, ReassignForm, StandInForm
from initiatives.history import portfolio
from initiatives.models import Initiative
from initiatives.people import Leaver, cover, leavers, orphaned
from initiatives.status import Part
from initiatives.views.found import of_ref, standing_today

NOT_YOURS_TO_HAND_OVER = (
    "Only the strategy office changes an initiative's owner, deputy or sponsor. Tell it who takes over, and from when."
)
NOT_YOURS_TO_COVER = "Only the initiative's owner, its sponsor or the strategy office can say who stands in."
FORM = ("GET", "HEAD", "POST")


@opens_to(Door.UPDATE)
@require_http_methods(FORM)
def handover(request: SignedInRequest, ref: str) -> HttpResponse:
    """Change an initiative's owner, deputy or sponsor from a day, with the reason."""
    row = of_ref(ref)
    if not can_hand_over(request.user):
        raise PermissionDenied(NOT_YOURS_TO_HAND_OVER)
    must_be_today(request)
    found, people = standing_today(row), User.objects.able_to_act()
    form = HandoverForm(posted(request), initiative=row, standing=found, people=people, today=today())
    if request.method != "POST" or not form.is_valid():
        words = {"initiative": found, "form": form, **people_of(row)}
        return render(request, "initiatives/handover.html", words, status=422 if form.is_bound else 200)
    deed = form.deed()
    actions.hand_over(initiative=row, by=request.user, **deed)
    messages.success(request, f"{Part(deed['part']).label} of {ref} from {said(deed['on'])}: {deed['to'] or 'nobody'}.")
    return redirect(row)


@opens_to(Door.UPDATE)
@require_http_methods(FORM)
def stand_in(request: SignedInRequest, ref: str) -> HttpResponse:
    """Say who is deputy for some days, or that nobody is any longer."""
    row = of_ref(ref)
    if not can_set_stand_in(request.user, row):
        raise PermissionDenied(NOT_YOURS_TO_COVER)
    must_be_today(request)
    if "end" in request.POST:
        return end_stand_in(request, row)
    form = StandInForm(posted(request), initiative=row, people=User.objects.able_to_act(), today=today())
    if request.method != "POST" or not form.is_valid():
        words = {"initiative": standing_today(row), "form": form, **people_of(row)}
        return render(request, "initiatives/stand_in.html", words, status=422 if form.is_bound else 200)
    deed = form.deed()
    actions.set_stand_in(initiative=row, by=request.user, **deed)
    days = f"from {said(deed['starts_on'])} to {said(deed['ends_on'])}"
    messages.success(request, f"{deed['person']} stands in as deputy of {ref} {days}.")
    return redirect(row)


def end_stand_in(request: SignedInRequest, row: Initiative) -> HttpResponse:
    """Let the deputy be the deputy again from today, whatever had been set for the days to come."""
    if covered := people_of(row)["cover"]:
        ended = {"starts_on": today(), "ends_on": covered[-1].ends_on, "reason": "Ended early."}
        actions.set_stand_in(initiative=row, by=request.user, person=None, **ended)
        messages.success(request, f"Nobody stands in as deputy of {row.ref} any longer.")
    else:
        messages.info(request, f"Nobody stands in as deputy of {row.ref}: there was nothing to end.")
    return redirect(row)


@opens_to(Door.ADMINISTRATION)
@require_http_methods(FORM)
def orphans(request: SignedInRequest) -> HttpResponse:
    """List open work whose people have left, and give what is ticked to somebody in one step."""
    must_be_today(request)
    people = list(User.objects.able_to_act())
    found = leavers(orphaned(portfolio(today())))
    forms = [reassign_form(request, leaver, people) for leaver in found]
    sent = next((form for form in forms if form.is_bound), None)
    if sent and sent.is_valid():
        made = actions.reassign(by=request.user, on=today(), **sent.deed())
        taken = len({handover.initiative_id for handover in made})
        handed = f"{taken} initiative{'' if taken == 1 else 's'} handed over"
        messages.success(request, f"{handed} to {sent.cleaned_data['to']}.")
        return redirect("initiatives:orphans")
    if request.method == "POST" and not sent:
        messages.info(request, "All of that has new people already: nothing was changed.")
        return redirect("initiatives:orphans")
    words = {"forms": forms, "form": sent}
    return render(request, "initiatives/orphans.html", words, status=422 if sent else 200)


def reassign_form(request: SignedInRequest, leaver: Leaver, people: list[User]) -> ReassignForm:
    """Return the form of one leaver's work, bound when it is the one that was sent."""
    was_sent = request.method == "POST" and request.POST.get("leaver") == leaver.key
    return ReassignForm(request.POST if was_sent else None, leaver=leaver, people=people)


def must_be_today(request: SignedInRequest) -> None:
    """Refuse a past day: people change today."""
    if asked_day(request) != today():
        raise BadRequest("People change today: open this page without as_at.")


def posted(request: SignedInRequest) -> Any:
    """Return the form that was sent, if any."""
    return request.POST if request.method == "POST" else None


def people_of(row: Initiative) -> dict[str, Any]:
    """Return who is what today, who stands in from today on, and how people changed before."""
    changes = row.handovers.select_related("from_person", "to_person", "recorded_by").order_by("-recorded_at", "-id")
    stand_ins = list(row.stand_ins.select_related("person").order_by("recorded_at", "id"))
    return {
        "named": [(part.label, getattr(row, part)) for part in Part],
        "handovers": changes,
        "cover": cover(stand_ins, today()),
    }
