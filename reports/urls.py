"""The addresses that leaders look at and analysts take from."""

from django.urls import path, re_path

from initiatives.urls import REF
from reports.views import (
    asks,
    calendar,
    changes,
    dependencies,
    downloads,
    exports,
    initiative,
    meeting,
    pillars,
    saved,
    thread,
    tokens,
)

app_name = "reports"

urlpatterns = [
    path("", pillars.dashboard, name="dashboard"),
    path("pillars/", pillars.pillars, name="pillars"),
    path("pillars/<slug:slug>/", pillars.pillar, name="pillar"),
    path("calendar/", calendar.calendar, name="calendar"),
    path("meeting/", meeting.meeting, name="meeting"),
    path("aims/", thread.aims, name="aims"),
    re_path(r"^aims/(?P<code>[AE][0-9]{1,4})/$", thread.aim, name="aim"),
    path("asks/", asks.asks, name="asks"),
    path("changes/", changes.changes, name="changes"),
    path("dependencies/", dependencies.dependencies, name="dependencies"),
    path("exports/", exports.exports, name="exports"),
    re_path(
        r"^exports/(?P<file>workbook\.xlsx|datapackage\.json|datapackage\.zip)$", exports.everything, name="everything"
    ),
    re_path(r"^exports/(?P<name>[a-z_]{1,30})\.(?P<format>[a-z]{3,4})$", exports.export, name="export"),
    path("exports/downloads/", downloads.downloads, name="downloads"),
    path("exports/views/", saved.views, name="views"),
    path("exports/views/new/", saved.new_view, name="new_view"),
    re_path(r"^exports/views/(?P<view_id>[0-9]{1,18})/$", saved.view, name="view"),
    re_path(r"^exports/views/(?P<view_id>[0-9]{1,18})\.(?P<format>[a-z]{3,4})$", saved.view_file, name="view_file"),
]

# The page of one initiative stands among the addresses of initiatives, and shows charts.
of_initiatives = [re_path(rf"^initiatives/{REF}/$", initiative.initiative, name="initiative")]

# A person's tokens stand among the addresses of their account, and name data sets.
of_accounts = [path("tokens/", tokens.tokens, name="tokens")]
