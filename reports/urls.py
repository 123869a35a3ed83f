"""The addresses that leaders look at and analysts take from."""

from django.urls import path, re_path

from reports import views

app_name = "reports"

urlpatterns = [
    path("", views.dashboard, name="dashboard"),
    path("pillars/", views.pillars, name="pillars"),
    path("pillars/<slug:slug>/", views.pillar, name="pillar"),
    path("meeting/", views.meeting, name="meeting"),
    path("aims/", views.aims, name="aims"),
    re_path(r"^aims/(?P<code>[AE][0-9]{1,4})/$", views.aim, name="aim"),
    path("exports/", views.exports, name="exports"),
    re_path(r"^exports/(?P<name>[a-z_]{1,30})\.(?P<format>[a-z]{3,4})$", views.export, name="export"),
]
