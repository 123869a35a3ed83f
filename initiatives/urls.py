"""The addresses of initiatives, and of what people owe them. `reports.urls` adds the page of one initiative."""

from django.urls import path, re_path

from initiatives.views import (
    asks,
    attending,
    dependencies,
    import_steps,
    imports,
    links,
    my,
    people,
    reading,
    reminding,
    updating,
)

app_name = "initiatives"

REF = r"(?P<ref>[A-Z]{1,6}-[0-9]{1,5})"
IMPORT = r"imports/(?P<import_id>[0-9]{1,18})"

urlpatterns = [
    path("initiatives/", reading.initiatives, name="initiatives"),
    path("initiatives/orphans/", people.orphans, name="orphans"),
    re_path(rf"^initiatives/{REF}/update/$", updating.update, name="update"),
    re_path(rf"^initiatives/{REF}/draft/$", updating.draft, name="draft"),
    re_path(
        rf"^initiatives/{REF}/updates/(?P<update_id>[0-9]{{1,18}})/acknowledge/$",
        updating.acknowledge,
        name="acknowledge",
    ),
    re_path(rf"^initiatives/{REF}/handover/$", people.handover, name="handover"),
    re_path(rf"^initiatives/{REF}/stand-in/$", people.stand_in, name="stand_in"),
    re_path(rf"^initiatives/{REF}/dependencies/$", dependencies.dependencies, name="dependencies"),
    re_path(rf"^initiatives/{REF}/notes/$", attending.note, name="note"),
    re_path(rf"^initiatives/{REF}/follow/$", attending.follow, name="follow"),
    re_path(rf"^initiatives/{REF}/links/$", links.links, name="links"),
    re_path(r"^link/(?P<token>(?s:.+))/\Z", links.link, name="link"),  # whatever it holds: a bad one is told so
    re_path(r"^asks/(?P<ask_id>[0-9]{1,18})/answer/$", asks.answer, name="answer"),
    re_path(r"^asks/(?P<ask_id>[0-9]{1,18})/prepare/$", asks.prepare, name="prepare"),
    path("imports/", imports.imports, name="imports"),
    path("imports/mappings/", imports.mappings, name="mappings"),
    re_path(r"^imports/mappings/(?P<mapping_id>[0-9]{1,18})\.json$", imports.mapping, name="mapping"),
    re_path(rf"^{IMPORT}/$", imports.imported, name="import"),
    re_path(rf"^{IMPORT}/file/$", import_steps.file, name="import_file"),
    re_path(rf"^{IMPORT}/columns/$", import_steps.columns, name="import_columns"),
    re_path(rf"^{IMPORT}/words/$", import_steps.words, name="import_words"),
    re_path(rf"^{IMPORT}/people/$", import_steps.people, name="import_people"),
    re_path(rf"^{IMPORT}/check/$", import_steps.check, name="import_check"),
    re_path(rf"^{IMPORT}/content/$", imports.content, name="import_content"),
    re_path(rf"^{IMPORT}/undo/$", imports.undo, name="import_undo"),
    re_path(rf"^{IMPORT}/discard/$", imports.discard, name="import_discard"),
    path("my/", my.my, name="my"),
    path("my/delegates/", asks.delegates, name="delegates"),
    path("my/reminders/", reminding.reminders, name="reminders"),
    path("my/calendar.ics", reminding.my_calendar, name="my_calendar"),
    path("calendar/<str:key>.ics", reminding.subscribed_calendar, name="calendar"),
]
