"""The addresses of initiatives, and of what people owe them."""

from django.urls import path, re_path

from initiatives.views import reading, updating

app_name = "initiatives"

REF = r"(?P<ref>[A-Z]{1,6}-[0-9]{1,5})"

urlpatterns = [
    path("initiatives/", reading.initiatives, name="initiatives"),
    re_path(rf"^initiatives/{REF}/$", reading.initiative, name="initiative"),
    re_path(rf"^initiatives/{REF}/update/$", updating.update, name="update"),
]
