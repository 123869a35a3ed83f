"""Setting up what we promised."""

from django.contrib import admin
from django.http import HttpRequest

from accounts.admin import VersionedAdmin
from accounts.rights import writable, written_once
from pillars.models import Aim, Commitment, Pillar


class KeepsItsCode(VersionedAdmin):
    """Addresses and other people's scripts rely on slugs and codes: they are chosen once."""

    def get_readonly_fields(self, request: HttpRequest, obj: object = None) -> tuple[str, ...]:
        return written_once(self.opts.label_lower) if obj else ()


@admin.register(Pillar)
class PillarAdmin(KeepsItsCode):
    fields = writable("pillars.pillar")
    list_display = ("name", "slug", "order", "shape", "colour")


@admin.register(Aim)
class AimAdmin(KeepsItsCode):
    fields = writable("pillars.aim")
    list_display = ("code", "name")


@admin.register(Commitment)
class CommitmentAdmin(KeepsItsCode):
    fields = writable("pillars.commitment")
    list_display = ("code", "name", "aim")
    list_filter = ("aim",)
    search_fields = ("code", "name")
