"""Bringing a spreadsheet, and how it is understood, step by step. Each step turns its answers into a mapping."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.html import conditional_escape

from accounts.models import User
from accounts.words import PlainText
from initiatives.forms.fields import DayField, said
from initiatives.imports import mapping as mapped
from initiatives.imports.cells import COMPLETE, same_word
from initiatives.imports.delimited import DELIMITERS, UTF8, UTF16, WINDOWS
from initiatives.imports.fields import PREFIX, Cell, Field
from initiatives.imports.tables import Asked, Table
from initiatives.imports.understood import (
    DateColumn,
    Understood,
    WordColumn,
    for_another_kind,
    for_other_headings,
)
from initiatives.imports.uploads import most_bytes
from initiatives.models import NamedMapping
from initiatives.status import ImportKind

LEAVE = "-"  # what an answer says for "leave it empty": an empty one says nothing yet
ANY = "any"
SHOWN_WORDS, SHOWN_PEOPLE = 100, 200  # of one column; of the file
LONGEST_SHOWN = 80  # characters of a heading or a word
PEOPLE = "people-here"  # the id of the datalist that the page of people shows
ENCODINGS = (UTF8, UTF16, WINDOWS)
ORDER_WORDS = {"day-first": "Day first: 03/04 is 3 April", "month-first": "Month first: 03/04 is 4 March"}
QUARTER_WORDS = {"financial": "Financial: Q1 is April to June", "calendar": "Calendar: Q1 is January to March"}
DEFAULTED = (  # what a file may leave to one answer for every new row
    "pillar", "also_contributes_to", "focus", "stage", "directorate", "cadence", "weight", "commitments", "strength",
)  # fmt: skip
ALWAYS_SHOWN = ("ref", "external_ref", "title", "pillar", "initiative", "due_on")


def size(number: int) -> str:
    """Write a number of bytes as people read it."""
    return f"{number / 1_000_000:.3g} MB" if number >= 1_000_000 else f"{max(1, round(number / 1000))} kB"


def short(text: str, longest: int = LONGEST_SHOWN) -> str:
    """Return a text of a file on one line, cut where it is long."""
    line = " ".join(text.split())
    return line if len(line) <= longest else f"{line[: longest - 1]}…"


def key_of(text: str) -> str:
    """Return a name for the answer about a word, that is the same each time and may stand in an id."""
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:12]


class PastDayField(DayField):
    """The past day that a file tells of; None for today."""

    def __init__(self) -> None:
        super().__init__(
            label="The file tells of a past day",
            required=False,
            help_text="Only for an old return, like last year’s: its rows then count as recorded on that day, and are "
            "marked as brought in later. Leave it empty for how things stand today.",
        )


def check_past(form: forms.Form, today: date) -> date | None:
    """Return the past day that was said."""
    day: date | None = form.cleaned_data["as_of"]
    if day is not None and day >= today:
        raise forms.ValidationError(f"Choose a day before today, {said(today)}, or leave it empty.")
    return day


class BringForm(forms.Form):
    """A file, and what its bringer knows about it."""

    file = forms.FileField(
        label="The file",
        error_messages={
            "required": "Choose a file.",
            "empty": "This file is empty: choose another.",
            "invalid": "Choose a file.",
        },
    )
    kind = forms.ChoiceField(
        label="What are its rows?",
        required=False,
        choices=[("", "Let the portal say"), *ImportKind.choices],
        error_messages={"invalid_choice": "Choose one of the kinds in the list."},
    )
    mapping = forms.ModelChoiceField(
        NamedMapping.objects.all(),
        label="Understand it as an earlier file",
        required=False,
        empty_label="No, begin afresh",
        help_text="A mapping that was kept under a name. You can still change every answer.",
        error_messages={"invalid_choice": "That mapping is no longer here: choose one of the list."},
    )
    as_of = PastDayField()

    def __init__(self, data: Any = None, files: Any = None, *, today: date, was_too_large: bool = False) -> None:
        super().__init__(data, files, label_suffix="")
        self.today, self.was_too_large = today, was_too_large
        self.fields["file"].help_text = (
            f"CSV, XLSX or ODS, at most {size(most_bytes())}, {settings.IMPORT_MAX_ROWS:,} rows and "
            f"{settings.IMPORT_MAX_COLUMNS:,} columns."
        )
        if was_too_large:
            words = f"This file is larger than {size(most_bytes())}, which is the most that is taken. Split it."
            self.fields["file"].error_messages["required"] = words

    def clean_file(self) -> UploadedFile[Any]:
        """Refuse a file that is too large, should it have come in all the same."""
        found: UploadedFile[Any] = self.cleaned_data["file"]
        if found.size is not None and found.size > most_bytes():
            raise forms.ValidationError(f"This file is larger than {size(most_bytes())}. Split it.")
        return found

    def clean_as_of(self) -> date | None:
        """Return the past day that it tells of."""
        return check_past(self, self.today)

    def deed(self) -> dict[str, Any]:
        """Return what was said as the arguments of `actions.bring`."""
        cleaned = self.cleaned_data
        kept: NamedMapping | None = cleaned["mapping"]
        found = mapped.from_json(kept.mapping) if kept else None
        if found and cleaned["kind"] and found.kind != cleaned["kind"]:
            found = None  # what was said of other rows says nothing of these
        file = cleaned["file"]
        return {
            "name": file.name,
            "content": file.read(),
            "mapping": found,
            "as_of": cleaned["as_of"],
            "kind": cleaned["kind"],
        }


class StepForm(forms.Form):
    """One step: answers that become a mapping."""

    def __init__(self, data: Mapping[str, Any] | None = None, *, of: Understood) -> None:
        super().__init__(data, label_suffix="")
        self.of = of

    def mapping(self) -> mapped.Mapping:
        """Return the mapping with the answers of this step."""
        raise NotImplementedError


def _choice(label: str, choices: Iterable[tuple[str, str]], initial: Any = "", hint: str = "") -> forms.ChoiceField:
    found = forms.ChoiceField(
        label=label,
        choices=list(choices),
        required=False,
        initial=initial,
        help_text=hint,
        error_messages={"invalid_choice": f"{label}: choose one of the list."},
    )
    found.sometimes = True  # type: ignore[attr-defined]  # it has an answer for “none”: it is not called optional
    return found


class FileForm(StepForm):
    """How the file is read: its encoding, its columns' edges, its heading row, its days."""

    kind = forms.ChoiceField(label="What are its rows?", choices=ImportKind.choices)
    as_of = PastDayField()

    def __init__(self, data: Mapping[str, Any] | None = None, *, of: Understood, today: date) -> None:
        super().__init__(data, of=of)
        self.today, table, asked = today, of.table, of.mapping.file
        self.initial = {"kind": of.mapping.kind, "as_of": of.draft.as_of}
        if table.delimiter:
            known = [(word, word) for word in ENCODINGS]
            self.fields["encoding"] = _choice("Encoding", [("", f"As found: {table.encoding}"), *known], asked.encoding)
            found = DELIMITERS[table.delimiter]
            between = [("", f"As found: {found}"), *((word, word.capitalize()) for word in DELIMITERS.values())]
            self.fields["delimiter"] = _choice("Between columns", between, DELIMITERS.get(asked.delimiter, ""))
        if len(table.sheets) > 1:
            self.fields["sheet"] = _choice("Sheet", [(name, short(name)) for name in table.sheets], table.sheet)
        self.fields["header_row"] = forms.IntegerField(
            label="Row of the headings",
            required=False,
            initial=table.header_row,
            min_value=1,
            max_value=999_999,
            help_text="As the file counts its rows.",
            error_messages=dict.fromkeys(
                ("invalid", "min_value", "max_value"), "The row of the headings is a whole number from 1."
            ),
        )
        self.columns = of.date_columns()
        for column in self.columns:
            self._add_dates(column)

    def _add_dates(self, column: DateColumn) -> None:
        name, told = column.field.name, self.of.mapping
        for part, words, found, cells, given in (
            ("dates", ORDER_WORDS, column.found.day_order, column.found.day_samples, told.dates),
            ("quarters", QUARTER_WORDS, column.found.quarters, column.found.quarter_samples, told.quarters),
        ):
            if not found:
                continue
            unsaid = "Choose: both can be meant" if found == "ask" else f"As found: {words[found]}"
            samples = ", ".join(f"“{short(cell, 40)}”" for cell in cells or column.samples)
            label = f"{'Quarters' if part == 'quarters' else 'Dates'} of “{short(column.headings[0])}”"
            choices = [("", unsaid), *words.items()]
            hint = conditional_escape(f"It holds {samples}.") if samples else ""
            self.fields[f"{part}-{name}"] = _choice(label, choices, given.get(name, ""), hint)

    def of_the_file(self) -> list[Any]:
        """The questions about how it is read."""
        return [self[name] for name in ("encoding", "delimiter", "sheet", "header_row") if name in self.fields]

    def of_its_dates(self) -> list[Any]:
        """The questions about how its days are written."""
        return [self[name] for name in self.fields if name.startswith(("dates-", "quarters-"))]

    def clean_as_of(self) -> date | None:
        """Return the past day that it tells of."""
        return check_past(self, self.today)

    def asked(self) -> Asked:
        """Return how the file is to be read."""
        cleaned, table, before = self.cleaned_data, self.of.table, self.of.mapping.file
        sheet = cleaned.get("sheet") or table.sheet
        row = cleaned.get("header_row") or 0
        signs = {word: sign for sign, word in DELIMITERS.items()}
        stays = row == table.header_row and sheet == table.sheet
        return Asked(
            encoding=cleaned.get("encoding", ""),
            delimiter=signs.get(cleaned.get("delimiter", ""), ""),
            header_row=before.header_row if stays else 0 if sheet != table.sheet and row == table.header_row else row,
            sheet=before.sheet if sheet == table.sheet else sheet,
        )

    def mapping(self) -> mapped.Mapping:
        """Return the mapping with how the file is read."""
        before = self.of.mapping.but(file=self.asked())
        if self.cleaned_data["kind"] != before.kind:
            return for_another_kind(before, self.of.table, self.cleaned_data["kind"])
        found: dict[str, dict[str, str]] = {"dates": dict(before.dates), "quarters": dict(before.quarters)}
        for field in self.of_its_dates():
            part, _, name = field.name.partition("-")
            found[part].pop(name, None)
            if answer := self.cleaned_data[field.name]:
                found[part][name] = answer
        return before.but(**found)

    def reads_otherwise(self) -> bool:
        """Say whether the file has to be looked at again, because it is read in another way."""
        return self.asked() != self.of.mapping.file or self.cleaned_data["kind"] != self.of.mapping.kind

    def read_again(self, table: Table) -> mapped.Mapping:
        """Return the mapping with columns that a table read in that way has."""
        if self.cleaned_data["kind"] != self.of.mapping.kind:
            return for_another_kind(self.mapping(), table, self.cleaned_data["kind"])
        return for_other_headings(self.mapping(), table.headers)


class ColumnsForm(StepForm):
    """Which columns tell what, and what it is where none does."""

    def __init__(self, data: Mapping[str, Any] | None = None, *, of: Understood) -> None:
        super().__init__(data, of=of)
        self.headers = of.table.headers
        places = {heading: str(place) for place, heading in enumerate(self.headers)}
        columns = [(str(place), short(heading)) for place, heading in enumerate(self.headers)]
        for name, field in of.fields.items():
            told = [places[heading] for heading in of.mapping.columns.get(name, ()) if heading in places]
            first, second = [*told, "", ""][:2]
            which, other = f"Column of {field.label}", f"Or else, for {field.label}"
            self.fields[name] = _choice(which, [("", "No column"), *columns], first)
            self.fields[f"{name}-else"] = _choice(other, [("", "No other"), *columns], second)
            if name in DEFAULTED:
                self.fields[f"{name}-default"] = self._default(field)
        if of.mapping.kind == ImportKind.INITIATIVES:
            self.fields["ref_prefix-default"] = forms.RegexField(
                "^[A-Z]{1,6}$",
                label="Refs of new initiatives begin with",
                required=False,
                initial=of.mapping.defaults.get("ref_prefix", PREFIX),
                help_text=f"One to six capital letters; {PREFIX} gives refs like {PREFIX}-001.",
                error_messages={"invalid": "Refs begin with one to six capital letters."},
            )

    def _default(self, field: Field) -> forms.Field:
        given = self.of.mapping.defaults.get(field.name, "")
        label = f"{field.label}, where the file does not say"
        choices = self.of.cells.choices(field.name)
        if field.cell is Cell.WORD:
            usual = dict(choices).get(field.default, "")
            unsaid = f"{usual} (as usual)" if usual else "Not said"
            return _choice(label, [("", unsaid), *choices], given)
        hint = ""
        if field.cell is Cell.WORDS and choices:
            hint = f"For example {choices[0][0]}; several with semicolons between them."
        found = PlainText(label=label, required=False, initial=given, max_length=150, help_text=hint)
        found.widget.attrs.pop("maxlength", None)
        if field.default:
            found.widget.attrs["placeholder"] = field.default
        return found

    def groups(self) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """Return the fields that a column tells or has to tell, and the others, each with its questions and samples."""
        samples = self.of.samples()
        told: list[dict[str, Any]] = []
        others: list[dict[str, Any]] = []
        for name, field in self.of.fields.items():
            headings = self.of.mapping.columns.get(name, ())
            row: dict[str, Any] = {
                "field": field,
                "questions": [self[key] for key in (name, f"{name}-else", f"{name}-default") if key in self.fields],
                "samples": [cell for heading in headings for cell in samples.get(heading, ())][:3],
            }
            is_open = headings or name in ALWAYS_SHOWN or name in self.of.mapping.defaults
            wrong = any(question.errors for question in row["questions"])
            (told if is_open or wrong else others).append(row)
        return told, others

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors:
            try:
                self.of.checked(self.mapping())
            except mapped.BadMapping as bad:
                self.add_error(_named(str(bad), self.fields), str(bad))
        return cleaned

    def mapping(self) -> mapped.Mapping:
        """Return the mapping with its columns and defaults."""
        columns: dict[str, tuple[str, ...]] = {}
        defaults: dict[str, str] = {}
        for name in self.of.fields:
            places = [self.cleaned_data[key] for key in (name, f"{name}-else")]
            headings = tuple(dict.fromkeys(self.headers[int(place)] for place in places if place))
            before = self.of.mapping.columns.get(name, ())
            if headings:
                columns[name] = headings + (before[2:] if headings == tuple(before[:2]) else ())
        for key, value in self.cleaned_data.items():
            if key.endswith("-default") and value:
                defaults[key.removesuffix("-default")] = value
        if defaults.get("ref_prefix") == PREFIX:
            del defaults["ref_prefix"]
        return self.of.mapping.but(columns=columns, defaults=defaults)


def _named(words: str, fields: Mapping[str, Any]) -> str | None:
    """Return the field that a refusal speaks of (“defaults: weight is …”), if it is one of the form's."""
    name = words.removeprefix("defaults: ").split(" ", 1)[0]
    return f"{name}-default" if words.startswith("defaults: ") and f"{name}-default" in fields else None


class WordsForm(StepForm):
    """What the words of a file mean here. Nothing is guessed: what was not answered is asked again before applying."""

    def __init__(self, data: Mapping[str, Any] | None = None, *, of: Understood) -> None:
        super().__init__(data, of=of)
        self.columns = of.word_columns()
        for column in self.columns:
            self._add(column)

    def _add(self, column: WordColumn) -> None:
        name = column.field.name
        given = self.of.mapping.words.get(name, {})
        same = {same_word(word): ours for word, ours in given.items()}
        complete = [(COMPLETE, "The work is complete")] if name == "rag" else []
        nothing = "No rating" if name == "rag" else "Leave it empty"
        meanings = [*column.choices, *complete, (LEAVE, nothing)]
        for word in column.others[:SHOWN_WORDS]:
            rows = f"{word.rows:,} row{'' if word.rows == 1 else 's'}"
            label = f"“{short(word.word)}” in {rows}"
            answer = same.get(same_word(word.word))
            initial = "" if answer is None else answer or LEAVE
            self.fields[f"{name}-{key_of(word.word)}"] = _choice(
                label, [("", "Choose what it means"), *meanings], initial
            )
        if column.others:
            answer = given.get(mapped.ANY_OTHER)
            initial = "" if answer is None else answer or LEAVE
            choices = [("", "Ask me about it"), *meanings]
            self.fields[f"{name}-{ANY}"] = _choice("Any other word, now and in later files", choices, initial)

    def groups(self) -> list[dict[str, Any]]:
        """Return the columns with their questions."""
        return [
            {
                "column": column,
                "questions": [self[f"{column.field.name}-{key_of(w.word)}"] for w in column.others[:SHOWN_WORDS]],
                "any": self[f"{column.field.name}-{ANY}"] if column.others else None,
                "more": len(column.others) - SHOWN_WORDS,
            }
            for column in self.columns
        ]

    def mapping(self) -> mapped.Mapping:
        """Return the mapping with what was answered; what it says of words that this file has not stays."""
        words = {name: dict(told) for name, told in self.of.mapping.words.items()}
        for column in self.columns:
            name = column.field.name
            asked = {same_word(word.word): word.word for word in column.others[:SHOWN_WORDS]}
            told = {word: ours for word, ours in words.get(name, {}).items() if same_word(word) not in asked}
            for word in asked.values():
                if answer := self.cleaned_data[f"{name}-{key_of(word)}"]:
                    told[word] = "" if answer == LEAVE else answer
            if column.others:
                told.pop(mapped.ANY_OTHER, None)
                if answer := self.cleaned_data[f"{name}-{ANY}"]:
                    told[mapped.ANY_OTHER] = "" if answer == LEAVE else answer
            words[name] = told
        return self.of.mapping.but(words={name: told for name, told in words.items() if told})


class PeopleForm(StepForm):
    """Who the people are whom a file names and the portal does not know."""

    def __init__(self, data: Mapping[str, Any] | None = None, *, of: Understood, people: Iterable[User]) -> None:
        super().__init__(data, of=of)
        self.people = list(people)
        self.unknown = of.unknown_people()
        self.shown = list(self.unknown)[:SHOWN_PEOPLE]
        self._found: dict[str, str] = {}
        for person in self.people:
            for known_as in filter(None, (person.email, person.name, person.username, self.offer(person))):
                self._found[known_as.casefold()] = person.username
        names = {person.username: self.offer(person) for person in self.people}
        attrs = {"list": PEOPLE, "autocomplete": "off", "spellcheck": "false"}
        for name in self.shown:
            cells, given = self.unknown[name], of.mapping.people.get(name, "")
            self.fields[f"who-{key_of(name)}"] = PlainText(
                label=f"“{short(name)}” in {cells:,} cell{'' if cells == 1 else 's'}",
                required=False,
                max_length=400,
                initial=names.get(given, ""),
                widget=forms.TextInput(attrs=attrs),
            )
            self.fields[f"make-{key_of(name)}"] = forms.BooleanField(
                label=f"Make an account for {short(name)}, without a role", required=False, initial=given == mapped.MAKE
            )
        self.fields["everybody"] = forms.BooleanField(
            label="Make an account for everybody else whom the file names, without a role",
            required=False,
            initial=of.mapping.people.get(mapped.ANY_OTHER) == mapped.MAKE,
        )

    @staticmethod
    def offer(person: User) -> str:
        """Return a person as the list offers them."""
        return f"{person.name} ({person.username})"

    def offers(self) -> list[str]:
        """Return everybody whom the list offers."""
        return [self.offer(person) for person in self.people]

    def groups(self) -> list[tuple[Any, Any]]:
        """Return the questions: who is it, or is an account to be made?"""
        return [(self[f"who-{key_of(name)}"], self[f"make-{key_of(name)}"]) for name in self.shown]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for name in self.shown:
            who, make = f"who-{key_of(name)}", f"make-{key_of(name)}"
            typed = " ".join(cleaned.get(who, "").split())
            if typed and cleaned.get(make):
                self.add_error(who, f"{short(name)}: either say who it is, or have an account made.")
            elif typed and typed.casefold() not in self._found:
                self.add_error(who, f"{short(name)}: nobody here is called “{short(typed)}”. Choose from the list.")
            elif typed:
                cleaned[who] = self._found[typed.casefold()]
        return cleaned

    def mapping(self) -> mapped.Mapping:
        """Return the mapping with who they are; whoever was left empty stays unknown."""
        people = {name: who for name, who in self.of.mapping.people.items() if name not in self.shown}
        people.pop(mapped.ANY_OTHER, None)
        for name in self.shown:
            if self.cleaned_data[f"make-{key_of(name)}"]:
                people[name] = mapped.MAKE
            elif who := self.cleaned_data[f"who-{key_of(name)}"]:
                people[name] = who
        if self.cleaned_data["everybody"]:
            people[mapped.ANY_OTHER] = mapped.MAKE
        return self.of.mapping.but(people=people)


class NameForm(forms.Form):
    """The name under which a mapping is kept."""

    name = PlainText(
        label="Keep this mapping under a name",
        max_length=100,
        required=False,
        help_text="For the next file of this sort, like “Annual return”. A mapping of the same name is replaced.",
    )

    def __init__(self, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, label_suffix="")
        self.fields["name"].widget.attrs.pop("maxlength", None)


class MappingFileForm(forms.Form):
    """A mapping as a JSON file, and the name under which it is kept."""

    file = forms.FileField(
        label="The mapping, as a JSON file",
        max_length=255,
        error_messages={"required": "Choose a file.", "empty": "This file is empty: choose another."},
    )
    name = PlainText(label="Its name", max_length=100, error_messages={"required": "Give it a name."})

    MOST = 1_000_000  # bytes

    def __init__(self, data: Any = None, files: Any = None) -> None:
        super().__init__(data, files, label_suffix="")
        self.fields["name"].widget.attrs.pop("maxlength", None)

    def clean_file(self) -> mapped.Mapping:
        """Return the mapping that the file holds."""
        found: UploadedFile[Any] = self.cleaned_data["file"]
        if (found.size or 0) > self.MOST:
            raise forms.ValidationError("A mapping is at most 1 MB: this is another file.")
        try:
            return mapped.from_text(found.read())
        except mapped.BadMapping as bad:
            raise forms.ValidationError(str(bad)) from bad
