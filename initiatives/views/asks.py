"""What leaders do with what is asked of them: answer it, and have answers prepared."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.db import IntegrityError
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.access import Door, SignedInRequest, keeps_what_was_typed, may, opens_to
from accounts.middleware import HELD
from accounts.models import User
from accounts.rights import Deed
from initiatives import actions
from initiatives.access import can_answer, can_prepare
from initiatives.asks import delegations, leaders_of, may_be_delegates
from initiatives.filters import today
from initiatives.forms.asks import AnswerForm, DelegateForm
from initiatives.models import Answer, Ask
from initiatives.reminders.answers import tell
from initiatives.status import Outcome
from initiatives.views.attending import held, must_be_today, ours

NOT_YOURS_TO_ANSWER = "Only leaders, whoever the ask was put to, and the strategy office answer it."
NOT_YOURS_TO_PREPARE = "Only a leader's delegates and the strategy office prepare answers."
NOT_A_LEADER = "Only leaders name who prepares answers for them."
PAGE = "initiatives/answer.html"


def send_again(request: SignedInRequest, ask_id: str) -> HttpResponse:
    """Show what was typed in a form whose token is too old, in one that can be sent. Nothing has been recorded."""
    ask = open_to(request, ask_id)
    return one_ask(request, ask, AnswerForm(request.POST, ask=ask), status=403)


@opens_to(Door.READ)
@keeps_what_was_typed(send_again)
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: SignedInRequest, ask_id: str) -> HttpResponse:
    """Answer an ask, or decline it, in words; the owner is told."""
    ask = open_to(request, ask_id)
    if request.method != "POST":
        return one_ask(request, ask, AnswerForm(held(request), ask=ask, then=request.GET.get("then", "")))
    if not can_answer(request.user, ask):
        raise PermissionDenied(NOT_YOURS_TO_ANSWER)
    form = AnswerForm(request.POST, ask=ask)
    if said_before(ask):
        return answered_before(request, ask, form)
    if not form.is_valid():
        return one_ask(request, ask, form, status=422)
    try:
        said = actions.answer_ask(ask=ask, by=request.user, on=today(), **form.deed())
    except IntegrityError:  # somebody did so at this very moment
        ask = of_id(ask_id)
        if not said_before(ask):
            raise
        return answered_before(request, ask, form)
    forget_held(request)
    say_who_was_told(request, said)
    return HttpResponseRedirect(way_back(request.POST.get("then", "")))


def answered_before(request: SignedInRequest, ask: Ask, form: AnswerForm) -> HttpResponse:
    """Answer a form that came too late: sent twice it says no more than it did, and other words are kept to copy."""
    said = said_before(ask)
    sent_twice = (
        said is not None
        and said.recorded_by == request.user
        and form.is_valid()
        and form.deed() == {"outcome": said.outcome, "words": said.words}
    )
    if not sent_twice:
        return one_ask(request, ask, form, status=409)
    forget_held(request)
    messages.info(request, f"Your answer on {ask.initiative.ref} was on record already: nothing was recorded twice.")
    return HttpResponseRedirect(way_back(request.POST.get("then", "")))


@opens_to(Door.READ)
@keeps_what_was_typed(send_again)
@require_http_methods(["GET", "HEAD", "POST"])
def prepare(request: SignedInRequest, ask_id: str) -> HttpResponse:
    """Keep words for leaders to say. Only their own sending answers."""
    ask = open_to(request, ask_id)
    if not can_prepare(request.user, ask, leaders_of(request.user)):
        raise PermissionDenied(NOT_YOURS_TO_PREPARE)
    if request.method != "POST":
        return one_ask(request, ask, AnswerForm(held(request), ask=ask, then=request.GET.get("then", "")))
    form = AnswerForm(request.POST, ask=ask)
    if said_before(ask):
        return one_ask(request, ask, form, status=409)
    if not form.is_valid():
        return one_ask(request, ask, form, status=422)
    actions.prepare_answer(ask=ask, by=request.user, **form.deed())
    forget_held(request)
    messages.success(request, "Prepared. Leaders find these words in the answer to this ask; nothing is said yet.")
    return HttpResponseRedirect(way_back(request.POST.get("then", "")))


@opens_to(Door.READ)
@require_http_methods(["GET", "HEAD", "POST"])
def delegates(request: SignedInRequest) -> HttpResponse:
    """Show a leader who prepares answers for them; let them name somebody, or end it."""
    if not may(request.user, Deed.NAME_DELEGATES):
        raise PermissionDenied(NOT_A_LEADER)
    must_be_today(request)
    people, named = may_be_delegates(request.user), delegations(leader=request.user)
    form = DelegateForm(request.POST if request.POST.get("deed") == "name" else None, people=people)
    if request.method == "POST" and (words := _delegated(request, form, [row.delegate for row in named])):
        messages.success(request, words)
        return redirect("initiatives:delegates")
    status = 422 if request.method == "POST" else 200
    return render(request, "initiatives/delegates.html", {"form": form, "named": named}, status=status)


def _delegated(request: SignedInRequest, form: DelegateForm, named: list[User]) -> str:
    """Do what a leader asked for and say so; nothing when it was not asked rightly."""
    match request.POST.get("deed"):
        case "name":
            if not form.is_valid():
                return ""
            to = form.cleaned_data["delegate"]
            if to not in named:
                actions.delegate(leader=request.user, to=to, by=request.user)
            return f"{to.name} prepares answers for you."
        case "end":
            to = next((person for person in named if str(person.pk) == request.POST.get("delegate")), None)
            if to is None:
                return "That person prepares for you no longer."
            actions.delegate(leader=request.user, to=to, by=request.user, prepares=False)
            return f"{to.name} no longer prepares answers for you."
    raise BadRequest("deed must be name or end. Open the page again and use one of its buttons.")


# --- What they stand on ---------------------------------------------------------------------------
def open_to(request: SignedInRequest, ask_id: str) -> Ask:
    """Return the ask that the person may answer or prepare an answer to, today."""
    ask = of_id(ask_id)
    must_be_today(request)
    if not (can_answer(request.user, ask) or can_prepare(request.user, ask, leaders_of(request.user))):
        raise PermissionDenied(NOT_YOURS_TO_ANSWER)
    return ask


def of_id(ask_id: str) -> Ask:
    """Return the ask of that number, with its initiative and what was said or prepared."""
    rows = Ask.objects.select_related("initiative__owner", "asked_of", "recorded_by", "answer__recorded_by")
    ask: Ask | None = rows.select_related("prepared__prepared_by").filter(pk=int(ask_id)).first()
    if ask is None:
        raise Http404("There is no such ask.")
    return ask


def said_before(ask: Ask) -> Answer | None:
    """Return what was said to the ask already."""
    return getattr(ask, "answer", None)


def forget_held(request: SignedInRequest) -> None:
    """Forget what was held while the person was signed out: it is where it belongs now."""
    if held(request):
        del request.session[HELD]


def one_ask(request: SignedInRequest, ask: Ask, form: AnswerForm, status: int = 200) -> HttpResponse:
    """Show one ask with its form, and what is on record of it."""
    words: dict[str, Any] = {
        "ask": ask,
        "form": form,
        "said": said_before(ask),
        "typed": form.data.get("words", ""),
        "typed_outcome": dict(Outcome.choices).get(form.data.get("outcome", ""), ""),
        "can_answer": can_answer(request.user, ask),
        "can_prepare": can_prepare(request.user, ask, leaders_of(request.user)),
        "days_waited": (today() - ask.asked_on).days,
        "old_form": status == 403,
        "refused": status == 409,
        "back": way_back(form.data.get("then") or form.initial.get("then", "")),
    }
    return render(request, PAGE, words, status=status)


def say_who_was_told(request: SignedInRequest, said: Answer) -> None:
    """Tell the owner, and tell the leader whether that worked."""
    unreached = tell(said)
    words = f"Your answer on {said.ask.initiative.ref} is on record."
    if unreached:
        names = " and ".join(person.name for person in unreached)
        messages.warning(request, f"{words} {names} could not be written to, and will see it under What I owe.")
    else:
        messages.success(request, f"{words} The owner is told.")


def way_back(then: str) -> str:
    """Return the page of ours that a form says to go back to, or else the asks."""
    return ours(then, reverse("reports:asks"))
