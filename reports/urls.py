"""The addresses that leaders look at and analysts take from."""

from django.urls import path, re_path

from initiatives.urls import REF
from reports.views import asks, calendar, changes, dependencies, exports, initiative, meeting, pillars, thread

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
]

# The page of one initiative stands among the addresses of initiatives, and shows charts.
of_initiatives = [re_path(rf"^initiatives/{REF}/$", initiative.initiative, name="initiative")]
