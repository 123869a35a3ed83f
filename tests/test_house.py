"""The house: every address of the portal, who may knock there, and what they get.

An address without a line in `HOUSE` or a model without one in `tests/house/office.py` fails the suite; `tests/house`
goes through them all. Who may do what is not written here: the table of rights says that.
"""

from datetime import date, timedelta

from django.http import HttpResponse
from django.urls import get_resolver, include, path

from accounts.rights import Deed
from tests.house.lines import FORM, GONE, ON, PAGE, Line
from tests.house.office import OFFICE_LINES
from tests.house.sweeping import digest, patterns
from tests.house.who import (
    ANOTHERS,
    COVERED,
    EVERYBODY,
    IMPORTERS,
    OFFICE,
    PARTNERS,
    READERS,
    SIGNED_IN,
    TOKEN_MAKERS,
)

__all__ = ["HOUSE", "READERS", "digest"]

READ_NOTHING = {"GET": 404, "HEAD": 404}
OTHER_STATES = (ANOTHERS, PARTNERS, "proposed", "stopped", "complete", COVERED)

HOUSE = {
    # reports
    "": Line("/"),
    "pillars/": Line("/pillars/"),
    "pillars/<slug:slug>/": Line("/pillars/purpose/"),
    "calendar/": Line("/calendar/"),
    "changes/": Line("/changes/"),
    "meeting/": Line("/meeting/"),
    "pillars/<slug:slug>/record/": Line("/pillars/purpose/record/", OFFICE),
    "^aims/(?P<code>[AE][0-9]{1,4})/record/$": Line("/aims/E1/record/", OFFICE),
    "record/": Line("/record/", OFFICE),
    "aims/": Line("/aims/"),
    "^aims/(?P<code>[AE][0-9]{1,4})/$": Line("/aims/E1/"),
    "dependencies/": Line("/dependencies/"),
    "privacy/": Line("/privacy/", EVERYBODY),
    "accessibility/": Line("/accessibility/", EVERYBODY),
    "exports/": Line("/exports/"),
    "^exports/(?P<file>workbook\\.xlsx|datapackage\\.json|datapackage\\.zip)$": Line("/exports/datapackage.zip"),
    "exports/downloads/": Line("/exports/downloads/", OFFICE),
    "exports/views/": Line("/exports/views/"),
    "exports/views/new/": Line(
        "/exports/views/new/?dataset=initiatives",
        answers=PAGE | {"POST": 302},
        sends={"name": "A view", "columns": "ref", "rule": "today"},
        writes=True,
    ),
    "^exports/views/(?P<view_id>[0-9]{1,18})/$": Line(
        "/exports/views/{view}/",
        answers=PAGE | {"POST": 302},
        let_in=(Deed.CHANGE_VIEW,),
        seen_by={ANOTHERS: Deed.CHANGE_VIEW},
        sends={"deed": "delete"},
        writes=True,
    ),
    "^exports/views/(?P<view_id>[0-9]{1,18})\\.(?P<format>[a-z]{3,4})$": Line(
        "/exports/views/{view}.csv", seen_by={ANOTHERS: Deed.CHANGE_VIEW}
    ),
    "^exports/(?P<name>[a-z_]{1,30})\\.(?P<format>[a-z]{3,4})$": Line("/exports/updates.csv"),
    # initiatives
    "initiatives/": Line("/initiatives/"),
    "^initiatives/(?P<ref>[A-Z]{1,6}-[0-9]{1,5})/$": Line("/initiatives/DS-001/"),
    "^initiatives/(?P<ref>[A-Z]{1,6}-[0-9]{1,5})/record/$": Line("/initiatives/DS-001/record/", OFFICE),
    "^initiatives/(?P<ref>[A-Z]{1,6}-[0-9]{1,5})/update/$": Line(
        "/initiatives/DS-001/update/",
        answers=PAGE | {"POST": 302},
        let_in=(Deed.SAY,),
        sends={"rag": "green", "what_changed": "Tests passed."},
        writes=True,
        htmx_post=200,
    ),
    "^initiatives/(?P<ref>[A-Z]{1,6}-[0-9]{1,5})/draft/$": Line(
        "/initiatives/DS-001/draft/",
        answers={"POST": 200},
        let_in=(Deed.SAY,),
        sends={"rag": "green", "what_changed": "Tests pass"},
        writes=True,
    ),
    "^initiatives/(?P<ref>[A-Z]{1,6}-[0-9]{1,5})/updates/(?P<update_id>[0-9]{1,18})/acknowledge/$": Line(
        "/initiatives/DS-001/updates/{said}/acknowledge/",
        answers={"POST": 302},
        let_in=(Deed.ACKNOWLEDGE,),
        states={state: {"POST": 404} for state in OTHER_STATES},  # the update is another initiative's
        writes=True,
    ),
    "asks/": Line("/asks/"),
    "^asks/(?P<ask_id>[0-9]{1,18})/answer/$": Line(
        "/asks/{ask}/answer/",
        answers=PAGE | {"POST": 302},
        let_in=(Deed.ANSWER, Deed.PREPARE),
        may_post=(Deed.ANSWER,),
        sends={"outcome": "answered", "words": "Agreed."},
        writes=True,
    ),
    "^asks/(?P<ask_id>[0-9]{1,18})/prepare/$": Line(
        "/asks/{ask}/prepare/",
        answers=PAGE | {"POST": 302},
        let_in=(Deed.PREPARE,),
        sends={"outcome": "answered", "words": "Agreed."},
        writes=True,
    ),
    "my/delegates/": Line(
        "/my/delegates/",
        answers=PAGE | {"POST": 302},
        let_in=(Deed.NAME_DELEGATES,),
        sends={"deed": "name", "delegate": "{heir}"},
        writes=True,
    ),
    "my/": Line("/my/"),
    "^initiatives/(?P<ref>[A-Z]{1,6}-[0-9]{1,5})/handover/$": Line(
        "/initiatives/DS-001/handover/",
        answers=PAGE | {"POST": 302},
        let_in=(Deed.HAND_OVER,),
        sends={"part": "owner", "to": "{heir}", "reason": "A new post."},
        writes=True,
    ),
    "^initiatives/(?P<ref>[A-Z]{1,6}-[0-9]{1,5})/stand-in/$": Line(
        "/initiatives/DS-001/stand-in/",
        answers=PAGE | {"POST": 302},
        let_in=(Deed.COVER,),
        sends={"person": "{heir}", "reason": "On leave."},
        writes=True,
    ),
    "^initiatives/(?P<ref>[A-Z]{1,6}-[0-9]{1,5})/notes/$": Line(
        "/initiatives/DS-001/notes/",
        answers=PAGE | {"POST": 302},
        let_in=(Deed.NOTE,),
        sends={"words": "The board wants to see it again."},
        writes=True,
    ),
    "^initiatives/(?P<ref>[A-Z]{1,6}-[0-9]{1,5})/follow/$": Line(
        "/initiatives/DS-001/follow/", answers={"POST": 302}, sends={"deed": "follow"}, writes=True
    ),
    "^initiatives/(?P<ref>[A-Z]{1,6}-[0-9]{1,5})/links/$": Line(
        "/initiatives/DS-001/links/",
        OFFICE,
        PAGE | {"POST": 302},
        states={state: {"POST": 404} for state in OTHER_STATES},  # the link is another initiative's
        sends={"withdraw": "{partnerlink}", "reason": "Not needed."},
        writes=True,
    ),
    "^initiatives/(?P<ref>[A-Z]{1,6}-[0-9]{1,5})/dependencies/$": Line(
        "/initiatives/DS-001/dependencies/",
        answers=PAGE | {"POST": 302},
        may_post=(Deed.SAY,),
        states={state: {"POST": 422} for state in OTHER_STATES},  # the milestone is another initiative's
        sends={"milestone": "{milestone}", "needs": "DS-002-M01"},
        writes=True,
    ),
    # A good link: whoever opens it changes nothing, and sent empty the form comes back.
    "^link/(?P<token>(?s:.+))/\\Z": Line("/link/{token}/", EVERYBODY, PAGE | {"POST": 422}),
    "initiatives/orphans/": Line(
        "/initiatives/orphans/",
        OFFICE,
        PAGE | {"POST": 302},
        sends={"leaver": "nobody", "chosen": "{orphan}", "to": "{heir}", "reason": "A new post."},
        writes=True,
    ),
    "imports/": Line("/imports/", IMPORTERS, PAGE | {"POST": 422}),
    "imports/mappings/": Line(
        "/imports/mappings/", IMPORTERS, PAGE | {"POST": 302}, sends={"delete": "{mapping}"}, writes=True
    ),
    "^imports/mappings/(?P<mapping_id>[0-9]{1,18})\\.json$": Line("/imports/mappings/{mapping}.json", IMPORTERS),
    "^imports/(?P<import_id>[0-9]{1,18})/$": Line("/imports/{applied}/", IMPORTERS),
    "^imports/(?P<import_id>[0-9]{1,18})/file/$": Line(
        "/imports/{brought}/file/", IMPORTERS, PAGE | {"POST": 302}, sends={"kind": "initiatives"}, writes=True
    ),
    "^imports/(?P<import_id>[0-9]{1,18})/columns/$": Line(
        "/imports/{brought}/columns/", IMPORTERS, PAGE | {"POST": 302}, writes=True
    ),
    "^imports/(?P<import_id>[0-9]{1,18})/words/$": Line(
        "/imports/{brought}/words/", IMPORTERS, PAGE | {"POST": 302}, writes=True
    ),
    "^imports/(?P<import_id>[0-9]{1,18})/people/$": Line(
        "/imports/{brought}/people/", IMPORTERS, PAGE | {"POST": 302}, writes=True
    ),
    "^imports/(?P<import_id>[0-9]{1,18})/check/$": Line(
        "/imports/{brought}/check/",
        IMPORTERS,
        PAGE | {"POST": 302},
        sends={"deed": "keep", "name": "Annual return"},
        writes=True,
    ),
    "^imports/(?P<import_id>[0-9]{1,18})/content/$": Line("/imports/{applied}/content/", IMPORTERS),
    "^imports/(?P<import_id>[0-9]{1,18})/undo/$": Line(
        "/imports/{applied}/undo/", IMPORTERS, PAGE | {"POST": 302}, writes=True
    ),
    "^imports/(?P<import_id>[0-9]{1,18})/discard/$": Line(
        "/imports/{brought}/discard/", IMPORTERS, {"POST": 302}, writes=True
    ),
    "my/reminders/": Line(
        "/my/reminders/", answers=PAGE | {"POST": 302}, sends={"deed": "move", "days_before": "7"}, writes=True
    ),
    "my/calendar.ics": Line("/my/calendar.ics"),
    "calendar/<str:key>.ics": Line("/calendar/{calendar}.ics", EVERYBODY),  # Olga's key, which is all that it takes
    # accounts
    "accounts/": Line("/accounts/", SIGNED_IN),
    "accounts/my-data/": Line("/accounts/my-data/", SIGNED_IN),
    "accounts/my-data.json": Line("/accounts/my-data.json", SIGNED_IN),
    "accounts/^people/(?P<person_id>[0-9]{1,18})/record/$": Line("/accounts/people/{user}/record/", OFFICE),
    "accounts/tokens/": Line(
        "/accounts/tokens/",
        TOKEN_MAKERS,
        FORM,
        sends={"name": "Power BI", "datasets": "all", "until": f"{date.today() + timedelta(days=30)}", "key": "k"},
        writes=True,
    ),
    "accounts/login/": Line("/accounts/login/", EVERYBODY, FORM, to_the_signed_in=ON),
    "accounts/login/code/": Line("/accounts/login/code/", EVERYBODY, ON),  # nobody here has just given a password
    "accounts/entra/": Line("/accounts/entra/", EVERYBODY, READ_NOTHING),  # not set up
    "accounts/entra/callback/": Line("/accounts/entra/callback/", EVERYBODY, READ_NOTHING),
    "accounts/second_factor/": Line("/accounts/second_factor/", EVERYBODY, ON, to_the_signed_in=FORM),
    "accounts/session/": Line("/accounts/session/", SIGNED_IN, FORM),
    "accounts/sessions/end/": Line(
        "/accounts/sessions/end/", SIGNED_IN, {"POST": 302}, sends={"session": "all"}, writes=True
    ),
    "accounts/logout/": Line("/accounts/logout/", EVERYBODY, {"POST": 302}, writes=True),
    "accounts/password_reset/": Line("/accounts/password_reset/", EVERYBODY, FORM),
    "accounts/password_reset/done/": Line("/accounts/password_reset/done/", EVERYBODY, PAGE),
    "accounts/set_password/<uidb64>/<token>/": Line("/accounts/set_password/MQ/old-link/", EVERYBODY, FORM),
    "accounts/set_password/done/": Line("/accounts/set_password/done/", EVERYBODY, PAGE),
    # the portal itself
    "policy-reports/": Line("/policy-reports/", EVERYBODY, {"POST": 415}),  # a kind of their own
    ".well-known/security.txt": Line("/.well-known/security.txt", EVERYBODY, READ_NOTHING),  # nobody is named
    # administration
    "admin/": Line("/admin/", OFFICE, FORM),
    "admin/login/": Line("/admin/login/", OFFICE, ON),  # leads to the one sign-in
    "admin/logout/": Line("/admin/logout/", OFFICE, {"POST": 302}, writes=True),
    "admin/password_change/": Line("/admin/password_change/", OFFICE, FORM),
    "admin/password_change/done/": Line("/admin/password_change/done/", OFFICE, PAGE),
    "admin/autocomplete/": Line(
        "/admin/autocomplete/?app_label=initiatives&model_name=initiative&field_name=owner", OFFICE, PAGE
    ),
    "admin/jsi18n/": Line("/admin/jsi18n/", OFFICE, PAGE),
    "admin/r/<path:content_type_id>/<path:object_id>/": Line("/admin/r/{content_type}/{initiative}/", OFFICE, ON),
    "admin/^(?P<app_label>any)/$": Line("/admin/pillars/", OFFICE, FORM),
    "admin/(?P<url>.*)$": Line("/admin/no-such-page/", OFFICE, GONE),
}

HOUSE |= OFFICE_LINES


def undeclared():
    """Return the addresses that have no line, and the lines that have no address."""
    return sorted(set(patterns(get_resolver())) ^ set(HOUSE))


def test_every_address_has_its_line_in_the_house():
    assert undeclared() == []
    assert len(list(patterns(get_resolver()))) == len(HOUSE)


def forgotten(request):
    return HttpResponse("SECRET-INITIATIVE")


urlpatterns = [path("forgotten/", forgotten), path("", include("strategy_portal.urls"))]


def test_a_new_address_without_a_line_is_told(settings):
    settings.ROOT_URLCONF = __name__
    assert undeclared() == ["forgotten/"]
