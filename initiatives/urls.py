"""The addresses of initiatives."""

from django.urls import path, re_path

from initiatives import views

app_name = "initiatives"

REF = r"(?P<ref>[A-Z]{1,6}-[0-9]{1,5})"

urlpatterns = [
    path("", views.initiatives, name="initiatives"),
    re_path(rf"^{REF}/$", views.initiative, name="initiative"),
    re_path(rf"^{REF}/update/$", views.update, name="update"),
]
