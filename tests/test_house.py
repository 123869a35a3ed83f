"""The sweep: every address, for everybody, by every method, with and without htmx.

An address without a line in `HOUSE` fails the suite. Whoever is refused learns nothing, and nothing is written unless
the line says so.
"""

from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from urllib.parse import urlencode

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.urls import URLResolver, get_resolver

from accounts.models import User
from initiatives.models import Answer, Ask, DateMove, DoneDate, Initiative, Milestone, Withdrawal
from pillars.models import Aim, Commitment, Pillar
from tests.factories import a_person, aligns, answers, asks, clock_at, moves, says, ticks, undone, withdraws

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")

OUTSIDE = frozenset({"signed out", "deactivated"})
WITHOUT_A_ROLE = frozenset({"nobody"})
OFFICE = frozenset({"office", "administrator"})
READERS = OFFICE | {"leader", "owner", "owner of something else", "analyst"}
EVERYBODY = READERS | WITHOUT_A_ROLE | OUTSIDE

PAGE = {"GET": 200, "HEAD": 200}
PAGE_AND_OPTIONS = PAGE | {"OPTIONS": 200}
FORM = PAGE_AND_OPTIONS | {"POST": 200, "PUT": 200}  # sent empty, Django's own forms come back with their errors
ANY = dict.fromkeys(METHODS, 200)  # Django's administration takes for GET whatever is no POST
ON = dict.fromkeys(METHODS, 302)
GONE = dict.fromkeys(METHODS, 404)


@dataclass(frozen=True)
class Line:
    """One address: an example, whose key opens its door, what it answers them, and whether a POST is a write.

    A method that is not named answers 405. `let_in` is narrower than the door where the view asks again.
    """

    path: str
    door: frozenset = READERS
    answers: dict = field(default_factory=lambda: PAGE)
    let_in: frozenset = EVERYBODY
    to_the_signed_in: dict | None = None
    sends: dict = field(default_factory=dict)
    writes: bool = False
    htmx_post: int | None = None

    def expected(self, who, method, htmx):
        if who not in self.door:
            if who not in OUTSIDE:
                return 403
            return 302 if not htmx else 200 if method in ("GET", "HEAD") else 401
        answers = self.answers
        if self.to_the_signed_in is not None and who not in OUTSIDE:
            answers = self.to_the_signed_in
        if method not in answers:
            return 405
        if who not in self.let_in:
            return 403
        return self.htmx_post if htmx and method == "POST" and self.htmx_post else answers[method]

    def is_a_write(self, who, method):
        return self.writes and method == "POST" and who in self.door & self.let_in - OUTSIDE


SAID = {"rag": "green", "what_changed": "Tests passed."}
HOUSE = {
    # reports
    "": Line("/"),
    "pillars/": Line("/pillars/"),
    "pillars/<slug:slug>/": Line("/pillars/purpose/"),
    "aims/": Line("/aims/"),
    "^aims/(?P<code>[AE][0-9]{1,4})/$": Line("/aims/E1/"),
    "exports/": Line("/exports/"),
    "^exports/(?P<name>[a-z_]{1,30})\\.(?P<format>[a-z]{3,4})$": Line("/exports/updates.csv"),
    # initiatives
    "initiatives/": Line("/initiatives/"),
    "initiatives/^(?P<ref>[A-Z]{1,6}-[0-9]{1,5})/$": Line("/initiatives/DS-001/"),
    "initiatives/^(?P<ref>[A-Z]{1,6}-[0-9]{1,5})/update/$": Line(
        "/initiatives/DS-001/update/",
        answers=PAGE | {"POST": 302},
        let_in=OFFICE | {"owner"},
        sends=SAID,
        writes=True,
        htmx_post=200,
    ),
    # accounts
    "accounts/": Line("/accounts/", READERS | WITHOUT_A_ROLE),
    "accounts/login/": Line("/accounts/login/", EVERYBODY, FORM, to_the_signed_in=ON),
    "accounts/logout/": Line("/accounts/logout/", EVERYBODY, {"POST": 302, "OPTIONS": 200}, writes=True),
    "accounts/password_reset/": Line("/accounts/password_reset/", EVERYBODY, FORM),
    "accounts/password_reset/done/": Line("/accounts/password_reset/done/", EVERYBODY, PAGE_AND_OPTIONS),
    "accounts/set_password/<uidb64>/<token>/": Line("/accounts/set_password/MQ/old-link/", EVERYBODY, ANY),
    "accounts/set_password/done/": Line("/accounts/set_password/done/", EVERYBODY, PAGE_AND_OPTIONS),
    # the administration
    "admin/": Line("/admin/", OFFICE, ANY),
    "admin/login/": Line("/admin/login/", OFFICE, FORM | {"GET": 302}),
    "admin/logout/": Line("/admin/logout/", OFFICE, {"POST": 302, "OPTIONS": 200}, writes=True),
    "admin/password_change/": Line("/admin/password_change/", OFFICE, FORM),
    "admin/password_change/done/": Line("/admin/password_change/done/", OFFICE, PAGE_AND_OPTIONS),
    "admin/autocomplete/": Line(
        "/admin/autocomplete/?app_label=initiatives&model_name=initiative&field_name=owner", OFFICE, PAGE_AND_OPTIONS
    ),
    "admin/jsi18n/": Line("/admin/jsi18n/", OFFICE, PAGE_AND_OPTIONS),
    "admin/r/<path:content_type_id>/<path:object_id>/": Line("/admin/r/0/0/", OFFICE, GONE),
    "admin/^(?P<app_label>initiatives|pillars|accounts|auth)/$": Line("/admin/pillars/", OFFICE, ANY),
    "admin/(?P<url>.*)$": Line("/admin/no-such-page/", OFFICE, GONE),
}
