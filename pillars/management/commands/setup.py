"""`manage.py setup`: a first run without the demonstration."""

from __future__ import annotations

import getpass
import os
import sys
from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import CommandError
from django.db import transaction

from accounts.models import Role, RoleGrant, User
from accounts.record.commands import RecordedCommand
from pillars.first import make_first_pillars
from pillars.models import Pillar


class Command(RecordedCommand):
    help = "Make an administrator, where there is none, and the four pillars. Run twice, it changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--username", help="How the first administrator signs in.")
        parser.add_argument("--name", help="The name that pages show.")
        parser.add_argument("--email", default="", help="For a new password when the old one is forgotten.")
        parser.epilog = "The password is read from SETUP_PASSWORD, or asked for."

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        if User.objects.administrators().exists():
            self.stdout.write("There is an administrator already: none was made.")
        else:
            self._administrator(options)
        if Pillar.objects.exists():
            self.stdout.write("There are pillars already: none was made.")
        else:
            make_first_pillars()
            self.stdout.write("Made the pillars Purpose, Process, People and Potential.")
        self.stdout.write("Next: sign in, open Administration, and add aims, commitments, people and initiatives.")

    def _administrator(self, options: dict[str, Any]) -> None:
        username = options["username"] or self._ask("Username: ")
        name = options["name"] or self._ask("Name that pages show: ")
        person = User(username=username, name=name, email=options["email"])
        password = os.environ.get("SETUP_PASSWORD") or self._ask("Password: ", getpass.getpass)
        try:
            person.full_clean(exclude=["password"])
            validate_password(password, person)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        person.set_password(password)
        person.save()
        RoleGrant.objects.create(user=person, role=Role.ADMINISTRATOR)
        self.stdout.write(f"Made {name}, who signs in as {username}, an administrator.")

    def _ask(self, question: str, ask: Any = input) -> str:
        if not sys.stdin.isatty():
            raise CommandError("Give --username and --name, and the password in SETUP_PASSWORD.")
        answer: str = ask(question)
        return answer
