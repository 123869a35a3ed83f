"""`manage.py load_demo`: the Essex demonstration, or a synthetic portfolio of any size."""

import io
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError

from accounts.models import User
from accounts.record.commands import RecordedCommand
from initiatives import demonstration
from initiatives.demonstration import synthetic
from initiatives.demonstration.loader import Loader
from initiatives.filters import today
from initiatives.models import Initiative
from pillars.models import Pillar


class Command(RecordedCommand):
    help = "Load the demonstration into an empty database. Run twice, it changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--scale", type=int, metavar="N", help="N made-up initiatives with five years of history.")
        parser.add_argument("--seed", type=int, default=1, help="Another seed makes another synthetic portfolio.")

    def handle(self, *args: Any, **options: Any) -> None:
        count = options["scale"]
        if count is not None and not 1 <= count <= 20_000:
            raise CommandError("--scale takes a number from 1 to 20000")
        if Initiative.objects.filter(is_demonstration=True).exists():
            self.stdout.write("The demonstration is loaded already: nothing was changed.")
        elif Initiative.objects.exists() or Pillar.objects.exists():
            raise CommandError("The database holds a strategy of its own: the demonstration goes into an empty one.")
        else:
            self._load(count, options["seed"])
        self._open_the_door()

    def _load(self, count: int | None, seed: int) -> None:
        organisation, people = demonstration.read("organisation"), demonstration.read("people")
        if count is None:
            initiatives, first = demonstration.read("initiatives"), demonstration.FIRST
        else:
            initiatives, first = synthetic.portfolio(count, seed, organisation, people), synthetic.FIRST
        Loader(today()).load(organisation, people, initiatives, first)
        call_command("keep_figures", stdout=io.StringIO())  # of `reports`, which we may not import
        self.stdout.write(f"Loaded {len(initiatives)} initiatives. Their owners, dates and ratings are made up.")

    def _open_the_door(self) -> None:
        """Give the accounts that may sign in their password, when DEMO_PASSWORD names one."""
        if not settings.DEMO_PASSWORD:
            return
        names = [person["username"] for person in demonstration.read("people") if person["sign_in"]]
        users = list(User.objects.filter(is_demonstration=True, username__in=names))
        if users and users[0].check_password(settings.DEMO_PASSWORD):
            return  # they all have the same one, and hashing is slow on purpose
        for user in users:
            user.set_password(settings.DEMO_PASSWORD)
            user.save(update_fields=["password"])
