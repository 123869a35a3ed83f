"""`manage.py forget`: takes the name of somebody who left away."""

from typing import Any

from django.core.management.base import CommandError

from accounts.models import User
from accounts.record.commands import RecordedCommand
from reports.privacy.forgetting import StillHere, forget


class Command(RecordedCommand):
    help = (
        "Put “Former officer (role)” in the place of the name and e-mail address of somebody whose account is closed."
    )

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("username")

    def handle(self, *args: Any, **options: Any) -> None:
        person = User.objects.filter(username=options["username"]).first()
        if person is None:
            raise CommandError("Nobody here has that username.")
        try:
            count = forget(person)
        except StillHere as error:
            raise CommandError(str(error)) from error
        person.refresh_from_db()
        self.stdout.write(
            f"Forgotten: the account is now called {person.name}, number {person.pk}. "
            f"{count} texts and files named them. Backups still do."
        )
