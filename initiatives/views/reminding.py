"""How a person wants to be reminded, and the calendar of what they owe."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import Door, SignedInRequest, opens_to
from accounts.models import User
from initiatives.filters import today
from initiatives.forms.fields import said
from initiatives.forms.reminding import MoveDayForm, PauseForm
from initiatives.history import portfolio
from initiatives.models import ReminderPreference
from initiatives.reminders import preferences
from initiatives.reminders.calendar import calendar, key_of, whose

NO_CALENDAR = (
    "There is no calendar at this address. If it worked before, its owner made a new address: it is on their page "
    "of reminders."
)


@opens_to(Door.UPDATE)
@require_http_methods(["GET", "HEAD", "POST"])
def reminders(request: SignedInRequest) -> HttpResponse:
    """Let a person move their day, pause and resume, and give their calendar an address."""
    deed = request.POST.get("deed", "") if request.method == "POST" else None
    preference = preferences.preference_of(request.user)
    move = MoveDayForm(request.POST if deed == "move" else None, days_before=preference.days_before)
    pause = PauseForm(request.POST if deed == "pause" else None, today=today())
    if done := _done(request.user, deed, move, pause):
        messages.success(request, done)
        return redirect("initiatives:reminders")
    words = {
        "move": move,
        "pause": pause,
        "form": move if move.is_bound else pause,
        "preference": preference,
        "is_paused": preference.is_paused_on(today()),
        "calendar_address": _calendar_address(request, preference),
    }
    return render(request, "initiatives/reminders.html", words, status=422 if deed else 200)


def _done(person: User, deed: str | None, move: MoveDayForm, pause: PauseForm) -> str:
    """Do what the person asked for and say so; nothing when nothing was asked, or not rightly."""
    match deed:
        case "move" if move.is_valid():
            preferences.move_day(person, **move.cleaned_data)
            return f"Reminders now come {_working_days(**move.cleaned_data)} before an update is due."
        case "pause" if pause.is_valid():
            preferences.pause(person, **pause.cleaned_data)
            return f"You get no reminders until {said(pause.cleaned_data['until'])} is over."
        case "resume":
            preferences.resume(person)
            return "Your pause is taken back: reminders come again."
        case "new_calendar":
            preferences.new_calendar(person)
            return "Your calendar has a new address. An earlier one no longer works."
        case "move" | "pause" | None:
            return ""
    raise BadRequest("The form did not say what to do. Open the page again and use one of its buttons.")


@opens_to(Door.UPDATE)
@require_safe
def my_calendar(request: SignedInRequest) -> HttpResponse:
    """Give a person the calendar of what they owe today, to keep."""
    response = _calendar_of(request.user, request)
    response.headers["Content-Disposition"] = 'attachment; filename="updates-due.ics"'
    return response


@opens_to(Door.EVERYONE)
@require_safe
def subscribed_calendar(request: HttpRequest, key: str) -> HttpResponse:
    """Give a calendar program what the person who gave it the address owes. The key is all that it needs."""
    person = whose(key)
    if person is None:
        raise Http404(NO_CALENDAR)
    return _calendar_of(person, request)


def _calendar_of(person: User, request: HttpRequest) -> HttpResponse:
    found = calendar(
        person,
        portfolio(today()).initiatives,
        named=f"Updates due: {person.name}",
        made_at=timezone.now(),
        address=lambda ref: request.build_absolute_uri(reverse("initiatives:update", args=[ref])),
    )
    return HttpResponse(found, content_type="text/calendar; charset=utf-8")


def _calendar_address(request: HttpRequest, preference: ReminderPreference) -> str:
    """Return where a calendar program finds the person's calendar; nothing before they asked for an address."""
    if not preference.pk:
        return ""
    return request.build_absolute_uri(reverse("initiatives:calendar", args=[key_of(preference)]))


def _working_days(days_before: int) -> str:
    return "1 working day" if days_before == 1 else f"{days_before} working days"
