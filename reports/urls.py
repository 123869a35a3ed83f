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
    privacy,
    record,
    saved,
    thread,
    tokens,
)

app_name = "reports"

urlpatterns = [
    path("", pillars.dashboard, name="dashboard"),
    path("pillars/", pillars.pillars, name="pillars"),
    path("pillars/<slug:slug>/", pillars.pillar, name="pillar"),
    path("pillars/<slug:slug>/record/", record.of_pillar, name="pillar_record"),
    path("calendar/", calendar.calendar, name="calendar"),
    path("meeting/", meeting.meeting, name="meeting"),
    path("aims/", thread.aims, name="aims"),
    re_path(r"^aims/(?P<code>[AE][0-9]{1,4})/$", thread.aim, name="aim"),
    re_path(r"^aims/(?P<code>[AE][0-9]{1,4})/record/$", record.of_aim, name="aim_record"),
    path("record/", record.record, name="record"),
    path("asks/", asks.asks, name="asks"),
    path("changes/", changes.changes, name="changes"),
    path("dependencies/", dependencies.dependencies, name="dependencies"),
    path("privacy/", privacy.notice, name="privacy"),
    path("accessibility/", privacy.statement, name="accessibility"),
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
of_initiatives = [
    re_path(rf"^initiatives/{REF}/$", initiative.initiative, name="initiative"),
    re_path(rf"^initiatives/{REF}/record/$", record.of_initiative, name="record"),
]

# A person's tokens, their data and the record of them stand among the addresses of accounts, and name what is above.
of_accounts = [
    path("tokens/", tokens.tokens, name="tokens"),
    path("my-data/", privacy.my_data, name="my_data"),
    path("my-data.json", privacy.my_data_file, name="my_data_file"),
    re_path(r"^people/(?P<person_id>[0-9]{1,18})/record/$", record.of_person, name="person_record"),
]
