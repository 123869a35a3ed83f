"""`manage.py import_initiatives`: brings a spreadsheet in. Without `--apply` it only says what it would do."""

from __future__ import annotations

from argparse import ArgumentParser
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from django.core.exceptions import BadRequest
from django.core.management.base import CommandError
from django.db import transaction

from accounts.models import User
from accounts.record.commands import RecordedCommand
from initiatives.filters import today
from initiatives.imports import actions
from initiatives.imports.files import read_file
from initiatives.imports.mapping import ANY_OTHER, MAKE, ORDERS, BadMapping, Mapping, from_json, from_text, guessed
from initiatives.imports.tables import Table, Unreadable
from initiatives.imports.telling import lines
from initiatives.models import NamedMapping
from initiatives.status import ImportKind


class Command(RecordedCommand):
    help = "Bring in a spreadsheet of initiatives or milestones. Without --apply it only says what it would do."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="A CSV, XLSX or ODS file.")
        parser.add_argument("--mapping", metavar="FILE", help="How the file is understood: JSON, or a mapping's name.")
        parser.add_argument("--kind", choices=ImportKind.values, help="What its rows are; guessed from its headings.")
        parser.add_argument("--as-of", metavar="DATE", help="YYYY-MM-DD: the past day that the file tells of.")
        parser.add_argument("--dates", choices=ORDERS, help="How dates are written that could be read in two ways.")
        parser.add_argument("--create-people", action="store_true", help="Make accounts for people not known here.")
        parser.add_argument("--by", metavar="USERNAME", help="Who brings it, for the record.")
        parser.add_argument("--apply", action="store_true", help="Do it: all of it, or nothing.")
        parser.add_argument("--save-mapping", metavar="NAME", help="Keep how it was understood under a name.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self._bring(**options)
        except (Unreadable, BadMapping, BadRequest) as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}") from error
        except actions.StillAsked as error:
            asked = "\n".join(f"  {question.words}" for question in error.questions)
            raise CommandError(f"Nothing was written: the mapping has to say first\n{asked}") from error

    def _bring(self, **options: Any) -> None:
        path: Path = options["file"]
        content = path.read_bytes()
        mapping, table = self._mapping(options, content, path.name)
        as_of = _past_day(options["as_of"]) if options["as_of"] else None
        by = self._person(options["by"])
        with transaction.atomic():
            draft = actions.bring(by=by, name=path.name, content=content, mapping=mapping, as_of=as_of, table=table)
            found = actions.plan_of(draft, today=today(), table=table)
            for line in lines(found, everything=options["verbosity"] > 1):
                self.stdout.write(line)
            if options["save_mapping"]:
                actions.keep_mapping(name=options["save_mapping"], mapping=mapping, by=by)
            if not options["apply"]:
                actions.discard(draft=draft)
                self.stdout.write("Nothing was written. --apply does it.")
                return
            for what, done, of in actions.applying(draft=draft, by=by, on=today(), table=table):
                if of > 2_000 and options["verbosity"] > 0:
                    self.stderr.write(f"{what}: {done:,} of {of:,}")
        self.stdout.write(f"Applied as import {draft.pk}.")

    # --- What was asked for -------------------------------------------------------------------------
    def _mapping(self, options: dict[str, Any], content: bytes, name: str) -> tuple[Mapping, Table]:
        given = options["mapping"]
        if given is None:
            table = read_file(content, name)
            mapping = guessed(table, options["kind"] or "")
        elif kept := NamedMapping.objects.filter(name=given).first():
            mapping = from_json(kept.mapping)
        else:
            mapping = from_text(Path(given).read_bytes())
        if given is not None:
            table = read_file(content, name, mapping.file)
        if options["kind"]:
            mapping = replace(mapping, kind=options["kind"])
        if options["create_people"]:
            mapping = replace(mapping, people={ANY_OTHER: MAKE} | dict(mapping.people))
        if options["dates"]:
            orders = {field: options["dates"] for field in mapping.columns if field.endswith("_on")}
            mapping = replace(mapping, dates=orders | dict(mapping.dates))
        return mapping, table

    def _person(self, username: str | None) -> User | None:
        if username is None:
            return None
        person: User | None = User.objects.filter(username=username).first()
        if person is None:
            raise CommandError(f"--by: nobody here has the username “{username}”.")
        return person


def _past_day(text: str) -> date:
    try:
        day = date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        day = None
    if day is None:
        raise CommandError("--as-of must be a date written as YYYY-MM-DD.")
    if not date(1900, 1, 1) <= day < today():
        raise CommandError(f"--as-of must be a day that is past, from 1900-01-01 to the day before {today():%Y-%m-%d}.")
    return day
