"""`manage.py keep_figures`: keeps what today's pages would otherwise work out from history each time."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from initiatives import kept, triggers
from initiatives.filters import today
from initiatives.models import KeptMonth, KeptStanding
from reports import months


class Command(BaseCommand):
    help = (
        "Keep how every initiative stands and what past months added up to. Run it nightly, just after midnight: pages "
        "say the same without it, but a large portfolio takes longer."
    )

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--afresh", action="store_true", help="Throw away what is kept, and work it all out again.")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["afresh"]:
            KeptStanding.objects.update(kept_on=None)
            KeptMonth.objects.all().delete()
        try:
            standings, ends = kept.keep(today()), months.keep_months(today())
        except triggers.Busy as busy:
            raise CommandError(str(busy)) from busy
        self.stdout.write(f"Kept {standings} initiatives and {ends} months.")
