"""The steps in which a file is understood, looked at and applied. Each shows, asks, keeps the answers and goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_http_methods

from accounts.access import Door, SignedInRequest, opens_to
from accounts.models import User
from initiatives import kept
from initiatives.filters import asked_page, today
from initiatives.forms.imports import ColumnsForm, FileForm, NameForm, PeopleForm, StepForm, WordsForm
from initiatives.imports import actions
from initiatives.imports.delimited import DELIMITERS
from initiatives.imports.files import read_file
from initiatives.imports.mapping import BadMapping, from_json
from initiatives.imports.planning import Plan
from initiatives.imports.tables import Unreadable
from initiatives.imports.understood import Understood
from initiatives.models import Import
from initiatives.status import ImportState
from initiatives.views.imports import (
    FORM,
    MARKS,
    ROWS_A_PAGE,
    Row,
    asked_outcome,
    found,
    labels,
    looked_up,
    outcomes,
)
from initiatives.views.people import posted

STEPS = (
    ("import_file", "The file"),
    ("import_columns", "Columns"),
    ("import_words", "Words"),
    ("import_people", "People"),
    ("import_check", "Check and apply"),
)
ASKED_AT = {"columns": "import_columns", "words": "import_words", "dates": "import_file", "quarters": "import_file"}
LONG = 2_000  # rows from which on progress is told while a file is applied
FIRST_ROWS = 5
MARK = "<!-- told -->"
APPLIED_ALREADY = "It was applied in the meantime: nothing was changed. Bring the file again to bring it in anew."

Step = Callable[[SignedInRequest, Import], HttpResponseBase]


def step(view: Step) -> Callable[..., HttpResponseBase]:
    """Let a view be a step of a file that was not applied yet and can be read."""

    @opens_to(Door.IMPORT)
    @require_http_methods(FORM)
    @wraps(view)
    def opened(request: SignedInRequest, import_id: str) -> HttpResponseBase:
        draft = found(import_id, content=True)
        try:
            if draft.state != ImportState.DRAFT:
                raise actions.AppliedAlready
            return view(request, draft)
        except actions.AppliedAlready:
            if request.method != "POST":
                return redirect(draft)
            messages.error(request, APPLIED_ALREADY)
            return looked_up(request, found(import_id), status=409)
        except Unreadable as unreadable:
            words = {"import": draft, "message": str(unreadable)}
            return render(request, "initiatives/imports/unreadable.html", words, status=422)

    return opened


def shown(request: SignedInRequest, here: str, form: Any, of: Understood, **words: Any) -> HttpResponse:
    """Show a step with its form."""
    template = f"initiatives/imports/{here.removeprefix('import_')}.html"
    words |= {"import": of.draft, "form": form, "wrong": of.wrong, "table": of.table, **ways(here)}
    return render(request, template, words, status=422 if form.is_bound else 200)


def ways(here: str) -> dict[str, Any]:
    """Return the steps, and which of them this is."""
    names = [name for name, _ in STEPS]
    return {"steps": STEPS, "here": here, "number": names.index(here) + 1}


def keep_and_go_on(of: Understood, form: StepForm, to: str) -> HttpResponse:
    """Keep the answers of a step and go on to another."""
    actions.understand(draft=of.draft, mapping=form.mapping(), as_of=of.draft.as_of)
    return redirect(f"initiatives:{to}", of.draft.pk)


# --- Understanding --------------------------------------------------------------------------------
@step
def file(request: SignedInRequest, draft: Import) -> HttpResponse:
    """Show how the file was read, and ask what cannot be seen from it: above all the order of its dates."""
    of = Understood(draft, today())
    form = FileForm(posted(request), of=of, today=today())
    if request.method == "POST" and form.is_valid():
        again, mapping, as_of = form.reads_otherwise(), form.mapping(), form.cleaned_data["as_of"]
        try:
            if again:
                mapping = form.read_again(read_file(bytes(draft.content), draft.name, form.asked()))
            actions.understand(draft=draft, mapping=mapping, as_of=as_of)
        except Unreadable as unreadable:
            form.add_error(None, str(unreadable))
        else:
            if again:
                messages.info(request, "Read again in that way: look at what it holds now.")
            return redirect(f"initiatives:import_{'file' if again else 'columns'}", draft.pk)
    rows = of.table.rows[:FIRST_ROWS]
    return shown(request, "import_file", form, of, first=rows, between=DELIMITERS.get(of.table.delimiter))


@step
def columns(request: SignedInRequest, draft: Import) -> HttpResponse:
    """Match the file's columns with what we keep."""
    of = Understood(draft, today())
    form = ColumnsForm(posted(request), of=of)
    if request.method == "POST" and form.is_valid():
        return keep_and_go_on(of, form, "import_words")
    told, others = form.groups()
    return shown(request, "import_columns", form, of, told=told, others=others, left_aside=of.cells.left_aside)


@step
def words(request: SignedInRequest, draft: Import) -> HttpResponse:
    """Match the file's words with ours."""
    of = Understood(draft, today())
    form = WordsForm(posted(request), of=of)
    if request.method == "POST" and form.is_valid():
        return keep_and_go_on(of, form, "import_people")
    return shown(request, "import_words", form, of)


@step
def people(request: SignedInRequest, draft: Import) -> HttpResponse:
    """Match the people whom the file names with those of the portal."""
    of = Understood(draft, today())
    form = PeopleForm(posted(request), of=of, people=User.objects.active())
    if request.method == "POST" and form.is_valid():
        return keep_and_go_on(of, form, "import_check")
    return shown(request, "import_people", form, of)


# --- Looking and applying -------------------------------------------------------------------------
@step
def check(request: SignedInRequest, draft: Import) -> HttpResponseBase:
    """Show what the file would do, row by row; keep its mapping under a name, or apply it."""
    form = NameForm(posted(request))
    if request.method == "POST" and form.is_valid():
        return keep(request, draft, form) if request.POST.get("deed") == "keep" else apply(request, draft, form)
    return checked(request, draft, form, status=422 if form.is_bound else 200)


def checked(
    request: SignedInRequest, draft: Import, form: NameForm, *, plan: Plan | None = None, status: int = 200
) -> HttpResponse:
    """Show a plan: worked out anew, unless one was just refused."""
    told: dict[str, Any] = {"import": draft, "form": form, **ways("import_check")}
    try:
        plan = plan or actions.plan_of(draft, today=today())
    except BadMapping as bad:
        return render(request, "initiatives/imports/check.html", told | {"wrong": str(bad)}, status=422)
    outcome = asked_outcome(request)
    rows = [row for row in plan.rows if not outcome or row.outcome == outcome]
    told |= {
        "plan": plan,
        "outcome": outcome,
        "outcomes": outcomes(plan.counts, outcome),
        "marks": MARKS,
        "labels": labels(draft.kind) | {"ref_prefix": "Refs"},
        "ratings": [(word, rows, meaning(plan, word)) for word, rows in plan.ratings.items()],
        "questions": [(question, ASKED_AT.get(question.about, "import_columns")) for question in plan.questions],
        "page": (page := asked_page(rows, request.GET, ROWS_A_PAGE)),
        "rows": [Row.planned(row) for row in page.object_list],
    }
    return render(request, "initiatives/imports/check.html", told, status=status)


def meaning(plan: Plan, word: str) -> str:
    """Say what a rating of the file means here."""
    if any(question.field == "rag" and word in question.cells for question in plan.questions):
        return "asked above"
    ours = plan.words.get("rag", {}).get(word, (0, ""))[1]
    return f"taken as {ours}" if ours else "no rating"


def keep(request: SignedInRequest, draft: Import, form: NameForm) -> HttpResponse:
    """Keep the mapping under a name."""
    if not form.cleaned_data["name"]:
        form.add_error("name", "Give the mapping a name.")
        return checked(request, draft, form, status=422)
    kept_mapping(request, draft, form)
    return redirect("initiatives:import_check", draft.pk)


def kept_mapping(request: SignedInRequest, draft: Import, form: NameForm) -> None:
    """Keep the mapping under its name, if one was given."""
    if name := form.cleaned_data["name"]:
        actions.keep_mapping(name=name, mapping=from_json(draft.mapping), by=request.user)
        messages.success(request, f"The mapping “{name}” is kept.")


def apply(request: SignedInRequest, draft: Import, form: NameForm) -> HttpResponseBase:
    """Apply what was looked at: a long file tells how far it is meanwhile."""
    fingerprint = request.POST.get("fingerprint", "")
    progress = actions.applying(draft=draft, by=request.user, on=today(), fingerprint=fingerprint)
    _, _, rows = next(progress)
    if rows >= LONG:
        kept_mapping(request, draft, form)
        before, _, after = render_to_string(
            "initiatives/imports/applying.html", {"import": draft, "mark": MARK}, request
        ).partition(MARK)
        return StreamingHttpResponse(told_line_by_line(before, progress, after, draft))
    try:
        for _ in progress:
            pass
    except actions.ChangedSince as changed:
        words = (
            "Nothing was written: the portal or the mapping has changed since you looked. This is what it would do now."
        )
        messages.error(request, words)
        return checked(request, draft, form, plan=changed.plan, status=409)
    except actions.StillAsked:
        messages.error(request, "Nothing was written: something has to be answered first.")
        return checked(request, draft, form, status=422)
    except BadMapping:
        return checked(request, draft, form, status=422)
    kept_mapping(request, draft, form)
    messages.success(request, f"{draft.name} is applied.")
    return redirect(draft)


def told_line_by_line(
    before: str, progress: Iterator[tuple[str, int, int]], after: str, draft: Import
) -> Iterator[str]:
    """Yield the page, with a line whenever something is done. Closed before its end it leaves nothing written."""
    yield before
    check_address = reverse("initiatives:import_check", args=[draft.pk])
    try:
        with closing(progress):  # type: ignore[type-var]
            for what, done, of in progress:
                yield format_html("<li>{}: {} of {} rows</li>\n", what, f"{done:,}", f"{of:,}")
    except actions.ChangedSince:
        yield ended(False, "The portal has changed since you looked.", check_address, "See what the file would do now")
    except actions.StillAsked:
        yield ended(False, "Something has to be answered first.", check_address, "See what is asked")
    except actions.AppliedAlready:
        yield ended(False, "It was applied in the meantime.", draft.get_absolute_url(), "See the import")
    except BadMapping as bad:
        yield ended(False, str(bad), check_address, "Back to the check")
    except Exception:
        yield ended(False, "Something went wrong here.", check_address, "Back to the check")
        raise
    else:
        yield ended(True, f"{draft.name} is applied.", draft.get_absolute_url(), "See the import")
        kept.keep(today())
    yield after


def ended(well: bool, words: str, address: str, link: str) -> str:
    """Return how it ended, as the last line of the page."""
    return format_html(
        '<li><div class="notice notice--{}" role="{}" tabindex="-1" data-focus-on-load>'
        '<h2 class="notice__title">{}</h2><p class="notice__words">{} <a href="{}">{}</a></p></div></li>\n',
        "success" if well else "error",
        "status" if well else "alert",
        "Done" if well else "Nothing was written",
        words,
        address,
        link,
    )
