"""Bringing spreadsheets: the list of imports, one import looked up, undone or forgotten, and mappings with names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.db.models.functions import Length
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import Door, SignedInRequest, opens_to
from accounts.models import User
from initiatives.filters import asked_page, today
from initiatives.forms.imports import BringForm, MappingFileForm, size
from initiatives.imports import actions
from initiatives.imports.fields import fields_of
from initiatives.imports.mapping import ANY_OTHER, MAKE, Mapping, from_json
from initiatives.imports.planning import PlannedRow
from initiatives.imports.tables import Unreadable
from initiatives.imports.uploads import was_too_large
from initiatives.models import Import, ImportedRow, Initiative, NamedMapping
from initiatives.status import ImportState, RowOutcome
from initiatives.views.found import is_number

FORM = ("GET", "HEAD", "POST")
ROWS_A_PAGE = 50
MARKS = {  # shapes of the portal, so that no outcome is told by colour alone
    RowOutcome.NEW.value: "new",
    RowOutcome.CHANGED.value: "moved",
    RowOutcome.UNCHANGED.value: "unchanged",
    RowOutcome.REFUSED.value: "refused",
}


@dataclass(frozen=True)
class Row:
    """What becomes, or became, of one row of a file, as a page shows it."""

    number: int
    ref: str
    title: str
    outcome: str
    initiative_id: int | None
    rating_word: str
    changes: Sequence[tuple[str, str, str]]
    reasons: Sequence[str]
    notes: Sequence[str]

    @classmethod
    def planned(cls, row: PlannedRow) -> Row:
        """Return what a row would do."""
        changes = [(change.field, change.before, change.after) for change in row.changes]
        told = (row.initiative_id, row.rating_word, changes, row.reasons, row.notes)
        return cls(row.number, row.ref, row.title, row.outcome, *told)

    @classmethod
    def kept(cls, row: ImportedRow) -> Row:
        """Return what a row did."""
        told = [row.told.get(part, []) for part in ("changes", "reasons", "notes")]
        title = row.told.get("title", "")
        return cls(row.number, row.ref, title, row.outcome, row.initiative_id, row.rating_word, *told)


# --- The list -------------------------------------------------------------------------------------
@opens_to(Door.IMPORT)
@require_http_methods(FORM)
def imports(request: SignedInRequest) -> HttpResponse:
    """List what was brought in, and bring a file; what cannot be read is refused in words and nothing is written."""
    if request.method != "POST":
        return listed(request, BringForm(today=today()))
    form = BringForm(request.POST, request.FILES, today=today(), was_too_large=was_too_large(request))
    if form.is_valid():
        try:
            draft = actions.bring(by=request.user, **form.deed())
        except Unreadable as unreadable:
            form.add_error("file", str(unreadable))
        else:
            return redirect("initiatives:import_file", draft.pk)
    return listed(request, form, status=422)


def listed(request: SignedInRequest, form: BringForm, status: int = 200) -> HttpResponse:
    """Show the form, and the imports so far."""
    rows = Import.objects.defer("content", "mapping").select_related("brought_by", "applied_by")
    words = {"form": form, "page": asked_page(rows, request.GET)}  # type: ignore[arg-type]
    return render(request, "initiatives/imports/imports.html", words, status=status)


# --- One import -----------------------------------------------------------------------------------
@opens_to(Door.IMPORT)
@require_safe
def imported(request: SignedInRequest, import_id: str) -> HttpResponse:
    """Look an import up: the file, who brought it and when, how it was understood, what became of its rows."""
    return looked_up(request, found(import_id))


def looked_up(request: SignedInRequest, row: Import, status: int = 200) -> HttpResponse:
    """Show an import."""
    outcome = asked_outcome(request)
    rows = row.rows.filter(outcome=outcome) if outcome else row.rows.all()
    page = asked_page(rows, request.GET, ROWS_A_PAGE)  # type: ignore[arg-type]
    there = dict(
        Initiative.objects.filter(pk__in={told.initiative_id for told in page.object_list}).values_list("pk", "ref")
    )
    words = {
        "import": row,
        "size": size(content_size(row)),
        "outcomes": outcomes(row.counts.get("rows", {}), outcome),
        "outcome": outcome,
        "marks": MARKS,
        "ratings": row.counts.get("ratings", {}),
        "page": page,
        "rows": [Row.kept(told) for told in page.object_list],
        "there": there,
        "labels": labels(row.kind),
        "understood": in_words(mapping := from_json(row.mapping), named(mapping)),
    }
    return render(request, "initiatives/imports/import.html", words, status=status)


@opens_to(Door.IMPORT)
@require_safe
def content(request: SignedInRequest, import_id: str) -> HttpResponse:
    """Give the file back as it came."""
    row = found(import_id, content=True)
    if not row.content:
        raise Http404("The file itself is no longer kept. What became of each of its rows is.")
    response = HttpResponse(bytes(row.content), content_type="application/octet-stream")
    response.headers["Content-Disposition"] = content_disposition_header(True, row.name) or "attachment"
    return response


@opens_to(Door.IMPORT)
@require_http_methods(FORM)
def undo(request: SignedInRequest, import_id: str) -> HttpResponse:
    """Show what undoing an import would take away, or why it cannot be undone; and do it."""
    row, reasons, status = found(import_id), [], 200
    if row.state != ImportState.APPLIED:
        messages.info(request, f"This import is {row.get_state_display().lower()}: there is nothing to undo.")
        return redirect(row)
    if request.method == "POST":
        try:
            undone = actions.undo(applied=row, by=request.user)
        except actions.BuiltOn as built:
            reasons, status = built.reasons, 409
        else:
            stay = undone.counts.get("people_who_stay", [])
            kept = f" The accounts of {', '.join(stay)} stay: they are used." if stay else ""
            messages.success(request, f"Undone: everything that {row.name} brought in is gone.{kept}")
            return redirect(row)
    words = {
        "import": row,
        "reasons": reasons or actions.built_on(row),
        "outcomes": outcomes(row.counts.get("rows", {}), ""),
    }
    return render(request, "initiatives/imports/undo.html", words, status=status)


@opens_to(Door.IMPORT)
@require_POST
def discard(request: SignedInRequest, import_id: str) -> HttpResponse:
    """Forget a file that was not applied."""
    row = found(import_id)
    try:
        actions.discard(draft=row)
    except actions.AppliedAlready:
        messages.error(request, "It was applied in the meantime: nothing was discarded. You can undo it.")
        return looked_up(request, found(import_id), status=409)
    messages.success(request, f"{row.name} is forgotten. Nothing of it was written.")
    return redirect("initiatives:imports")


# --- Mappings with names --------------------------------------------------------------------------
@opens_to(Door.IMPORT)
@require_http_methods(FORM)
def mappings(request: SignedInRequest) -> HttpResponse:
    """List the mappings that were kept under a name; take one from a file, or delete one."""
    if "delete" in request.POST:
        return delete_mapping(request)
    form = MappingFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST":
        form = MappingFileForm(request.POST, request.FILES)
        if form.is_valid():
            said = form.cleaned_data
            kept = actions.keep_mapping(name=said["name"], mapping=said["file"], by=request.user)
            messages.success(request, f"The mapping “{kept}” is kept.")
            return redirect("initiatives:mappings")
    told = [(row, from_json(row.mapping)) for row in NamedMapping.objects.select_related("saved_by")]
    names = named(*(mapping for _, mapping in told))
    rows = [(row, in_words(mapping, names)) for row, mapping in told]
    words = {"form": form, "page": asked_page(rows, request.GET)}
    return render(request, "initiatives/imports/mappings.html", words, status=422 if form.is_bound else 200)


def delete_mapping(request: SignedInRequest) -> HttpResponse:
    """Delete the mapping that the form names."""
    asked = request.POST["delete"]
    row = NamedMapping.objects.filter(pk=asked).first() if is_number(asked) else None
    if row:
        row.delete()
        messages.success(request, f"The mapping “{row.name}” is deleted. Imports that used it stay as they are.")
    else:
        messages.info(request, "That mapping was deleted already.")
    return redirect("initiatives:mappings")


@opens_to(Door.IMPORT)
@require_safe
def mapping(request: SignedInRequest, mapping_id: str) -> HttpResponse:
    """Give a mapping as `import_initiatives --mapping` reads it."""
    row = NamedMapping.objects.filter(pk=mapping_id).first()
    if row is None:
        raise Http404("There is no such mapping.")
    response = JsonResponse(row.mapping, json_dumps_params={"ensure_ascii": False, "indent": 2})
    response.headers["Content-Disposition"] = content_disposition_header(True, f"{row.name}.json") or "attachment"
    return response


# --- Finding and wording --------------------------------------------------------------------------
def found(import_id: str, *, content: bool = False) -> Import:
    """Return the import of a number; its file only where that is asked for."""
    rows = Import.objects.select_related("brought_by", "applied_by", "undone_by")
    row = (rows if content else rows.defer("content")).filter(pk=import_id).first()
    if row is None:
        raise Http404(f"There is no import {import_id}.")
    return row


def content_size(row: Import) -> int:
    """Return how many bytes a file has, without reading it."""
    size_: int = Import.objects.filter(pk=row.pk).values_list(Length("content"), flat=True).get()
    return size_


def asked_outcome(request: SignedInRequest) -> str:
    """Return the outcome that the address asks for; one that there is not is a 400."""
    asked = request.GET.get("outcome", "")
    if asked and asked not in RowOutcome.values:
        raise BadRequest(f"outcome must be one of {', '.join(RowOutcome.values)}, or left out.")
    return asked


def outcomes(counts: dict[str, int], chosen: str) -> list[dict[str, Any]]:
    """Return each outcome with its word, its shape and how many rows have it."""
    return [
        {"word": o.value, "label": o.label, "mark": MARKS[o.value], "count": counts.get(o.value, 0)}
        | {"chosen": o.value == chosen}
        for o in RowOutcome
    ]


def labels(kind: str) -> dict[str, str]:
    """Return what people call each field."""
    return {name: field.label for name, field in fields_of(kind).items()} | {"promised_end_on": "Ends on"}


def named(*told: Mapping) -> dict[str, str]:
    """Return the names of the people of whom mappings speak, by username."""
    usernames = {username for mapping in told for username in mapping.people.values()}
    return dict(User.objects.filter(username__in=usernames).values_list("username", "name"))


def in_words(told: Mapping, names: dict[str, str]) -> list[tuple[str, list[str]]]:
    """Return a mapping as people read it: what each part is called, and its lines."""
    called = labels(told.kind) | {"ref_prefix": "Refs of new ones begin with"}

    def means(ours: str) -> str:
        return ours or "nothing"

    def who(username: str) -> str:
        return "a new account" if username == MAKE else names.get(username, username) or "nobody"

    def theirs(word: str) -> str:
        return "any other" if word == ANY_OTHER else f"“{word}”"

    parts = [
        (
            "Columns",
            [f"{called.get(n, n)}: {' or else '.join(f'“{h}”' for h in hs)}" for n, hs in told.columns.items()],
        ),
        *(
            (
                f"Words of {called.get(name, name)}",
                [f"{theirs(word)} means {means(ours)}" for word, ours in words.items()],
            )
            for name, words in told.words.items()
        ),
        ("People", [f"{theirs(name)} is {who(username)}" for name, username in told.people.items()]),
        ("Where the file does not say", [f"{called.get(n, n)}: {value}" for n, value in told.defaults.items()]),
        ("Dates", [f"{called.get(n, n)}: {order.replace('-', ' ')}" for n, order in told.dates.items()]),
        ("Quarters", [f"{called.get(n, n)}: {year}" for n, year in told.quarters.items()]),
    ]
    return [(part, lines) for part, lines in parts if lines]
