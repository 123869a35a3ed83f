"""What is held about people is declared, shown to everyone, told to each of themselves, and taken away in time."""

import json
import re
from datetime import date, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.core.management import CommandError, call_command
from django.db import connection, models
from django.test import Client
from django.utils import timezone

from accounts.models import AccessToken, Entry, Session, User
from initiatives.models import Draft, Import, PartnerLink, Reminder, ReminderPreference, Update
from reports.accessibility import LAST_TESTED_ON, PREPARED_ON
from reports.datasets import DATASETS
from reports.models import Download
from reports.privacy.declaration import HELD, NAMES_NOBODY
from reports.privacy.document import as_markdown
from reports.privacy.retention import RULES, purge
from tests.everything import everything
from tests.factories import a_person, clock_at, corrects, past_the_guard, says
from tests.initiatives.imports.files import a_file, brings

HOME = Path(__file__).parents[2]
TEXTS = (models.CharField, models.TextField, models.JSONField, models.BinaryField)
MADE_OF_WORDS = ("history_change_reason", "history_type")


def told(command, *arguments):
    out = StringIO()
    call_command(command, *arguments, stdout=out)
    return out.getvalue()


# --- The declaration ------------------------------------------------------------------------------
def fields():
    return [(model, field) for model in apps.get_models(include_auto_created=True) for field in model._meta.fields]


def test_every_field_that_points_to_a_person_is_declared():
    declared = {f"{source.model}.{path}" for held in HELD for source in held.sources for path in source.theirs}
    declared |= {"accounts.RoleGrant.user", "accounts.HistoricalUser.id", "accounts.User.pk"}
    points = {f"{model._meta.label}.{field.name}" for model, field in fields() if field.related_model is User}
    assert len(points) > 40
    assert sorted(points - declared) == [], "add it to reports/privacy/declaration.py"


def test_every_field_that_may_name_a_person_is_declared_or_known_to_name_nobody():
    words = {path for held in HELD for path in held.words}
    texts = {
        f"{model._meta.label}.{field.name}"
        for model, field in fields()
        if isinstance(field, TEXTS) and not field.choices and field.name not in MADE_OF_WORDS
    }
    assert sorted(texts - words - NAMES_NOBODY) == [], "say in reports/privacy/declaration.py whether it may name one"
    assert sorted((words | NAMES_NOBODY) - texts) == []
    assert words & NAMES_NOBODY == set()


def test_the_docs_are_made_of_the_declaration():
    assert (HOME / "docs/privacy.md").read_text() == as_markdown() == told("privacy")
    assert {held.rule for held in HELD if held.rule} <= {rule.name for rule in RULES}
    for path in re.findall(r"`([a-z]+\.[A-Z]\w+)\.", as_markdown()):
        apps.get_model(path)


@pytest.mark.django_db
def test_a_stranger_reads_the_notice_and_the_statement(settings):
    settings.OFFICE_CONTACT = "strategy@council.example"
    notice = Client().get("/privacy/").content.decode()
    for held in HELD:
        assert held.name in notice
    assert "strategy@council.example" in notice
    statement = Client().get("/accessibility/").content.decode()
    for words in (
        "partially compliant", "Web Content Accessibility Guidelines version 2.2", "strategy@council.example",
        "Equality and Human Rights Commission", "Equality Advisory and Support Service", "Non-accessible content",
        "Disproportionate burden", "Preparation of this accessibility statement",
        f'<time datetime="{LAST_TESTED_ON}">',
    ):  # fmt: skip
        assert words in statement
    foot = Client().get("/accounts/login/").content.decode().split("<footer")[1]
    assert '<a href="/accessibility/">' in foot
    assert '<a href="/privacy/">' in foot


def test_the_statement_is_dated_and_the_docs_have_the_same_date():
    assert PREPARED_ON <= LAST_TESTED_ON <= date.today()
    assert f"{LAST_TESTED_ON:%-d %B %Y}" in (HOME / "docs/accessibility.md").read_text()


# --- A person's own -------------------------------------------------------------------------------
@pytest.mark.django_db
def test_olga_finds_everything_about_herself_and_nothing_of_others(as_):
    olga = everything()
    held = as_(olga).get("/accounts/my-data.json").json()
    assert held["username"] == "olga"
    rows = {held["name"]: held["rows"] for held in held["held"]}
    assert [row["Email"] for row in rows["Account"]["Person"]] == ["olga@council.example"]
    assert [row["You are"] for row in rows["Responsibilities"]["Initiative"]] == ["owner"]
    assert len(rows["Updates, notes and acknowledgements"]["Update"]) == Update.objects.filter(recorded_by=olga).count()
    assert rows["Drafts"]["Draft"][0]["Said"] == "rag=green&what_changed=Half+a+sentence"
    assert len(rows["Reminders"]["Reminder line"]) == 1
    words = json.dumps(held)
    for secret in (olga.password, olga.reminder_preference.calendar_key, "polly@police.example"):
        assert secret not in words
    page = as_(olga).get("/accounts/my-data/").content.decode()
    for part in ("olga@council.example", "DS-001", "Half+a+sentence", "On leave."):
        assert part in page
    assert "polly@police.example" not in page


@pytest.mark.django_db
def test_every_declared_row_is_told_to_whose_it_is(as_):
    everything()
    for held in HELD:
        for source in held.sources:
            model = apps.get_model(source.model)
            for path in source.theirs:
                row = model._base_manager.exclude(**{path: None}).values_list(path, flat=True).first()
                if row is None:
                    continue
                found = as_(User.objects.get(pk=row)).get("/accounts/my-data.json").json()["held"]
                assert next(one for one in found if one["name"] == held.name)["rows"], (source.model, path)


@pytest.mark.django_db
def test_a_page_of_ones_data_is_short_and_the_file_is_whole(as_, olgas, olga):
    for number in range(12):
        says(olgas, on=date(2025, 5, 1) + timedelta(days=number), by=olga, what_changed=f"Part {number} was done.")
    page = as_(olga).get("/accounts/my-data/").content.decode()
    assert ("Part 11 was" in page, "Part 2 was" in page, "Part 1 was" in page) == (True, True, False)
    assert "Older rows are in the file." in page
    assert b"Part 0 was" in as_(olga).get("/accounts/my-data.json").content


def test_who_has_no_role_still_reads_what_is_held_about_them(as_, nadia):
    assert "Nadia Nash" in as_(nadia).get("/accounts/my-data/").content.decode()


# --- Retention ------------------------------------------------------------------------------------
def dumped():
    """Return every row of every table as text."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            rows = ([bytes(c) if isinstance(c, memoryview) else c for c in row] for row in cursor.fetchall())
            found[table] = sorted(map(str, rows))
    return found


def counts(now):
    return {rule.name: count for rule, count in purge(now, dry_run=True) if count}


@pytest.mark.django_db
def test_what_is_past_its_time_goes_and_nothing_else(as_):
    olga = everything()
    with clock_at("2025-06-20") as now:
        as_(olga)  # a session of twelve hours
        token = AccessToken.objects.get()
        brings(None, a_file("Id | Name", "P9 | Never applied"), on="2025-06-20")
        unused = PartnerLink.objects.filter(use=None).count()
        Reminder.objects.update(trouble="550 no such user olga@council.example")
        Reminder.objects.update(made_at=now)
        Draft.objects.update(saved_at=now)
        with past_the_guard():
            ReminderPreference.history.update(history_date=now)
        Download.objects.update(started_at=now)
        LogEntry.objects.update(action_time=now)
    corrects(User.objects.get(username="dina"), is_active=False, recorded="2025-06-20")
    everything_there = dumped()
    ends = {}  # the rule, and the days after which it finds its rows
    for days in (0, 29, 30, 89, 90, 329, 330, 364, 365, 399, 400, 719, 720, 729, 730, 3000):
        for name, count in counts(now + timedelta(days=days, hours=13)).items():
            ends.setdefault(name, (days, count))
    assert dumped() == everything_there
    assert ends == {
        "sessions": (0, 1), "sign_ins": (90, 1), "unapplied": (30, 1), "trouble": (30, 1), "drafts": (90, 1),
        "visits": (365, 1), "links": (330, 2 * unused), "leavers": (365, 1), "reminders": (400, 4),
        "downloads": (400, 1), "files": (720, 1), "administration": (730, 1),
    }  # fmt: skip
    assert token.until < date(2026, 1, 1)


@pytest.mark.django_db
def test_the_nightly_purge_leaves_no_row_past_its_time_and_keeps_the_history_of_the_strategy(as_):
    everything()
    kept = {
        label: apps.get_model(label)._base_manager.count()
        for label in ("initiatives.Update", "initiatives.Note", "initiatives.Ask", "initiatives.HistoricalInitiative",
                      "initiatives.LinkUse", "accounts.User", "accounts.HistoricalUser", "initiatives.ImportedRow")
    }  # fmt: skip
    far = timezone.now() + timedelta(days=3000)
    assert purge(far, dry_run=True) != []
    before = dumped()
    first = {rule.name: count for rule, count in purge(far) if count}
    assert first.keys() >= {"drafts", "visits", "links", "downloads", "tokens", "files", "administration", "reminders"}
    assert sum(count for _, count in purge(far)) == 0
    assert dumped() != before
    assert {label: apps.get_model(label)._base_manager.count() for label in kept} == kept
    assert (Session.objects.count(), Draft.objects.count(), Download.objects.count()) == (0, 0, 0)
    assert {bytes(row.content) for row in Import.objects.all()} == {b""}


def test_the_command_counts_first_and_takes_what_the_setting_says(db, settings):
    settings.RETENTION_DAYS = {"visits": "never", "downloads": "7"}
    assert "visits: 0" in told("purge", "--dry-run")
    assert told("purge", "--dry-run").endswith("Nothing was changed.\n")
    assert told("purge").endswith("Done.\n")
    for wrong in ({"visit": "7"}, {"visits": "soon"}, {"visits": "-1"}, {"visits": "٥"}):
        settings.RETENTION_DAYS = wrong
        with pytest.raises(CommandError, match="is not one of sessions, sign_ins"):
            told("purge")


def test_a_file_that_is_no_longer_held_is_answered_in_words(as_, oscar):
    row = brings(oscar, a_file("Id | Name", "P9 | Something"))
    assert as_(oscar).get(f"/imports/{row.pk}/content/").status_code == 200
    Import.objects.update(content=b"")
    answer = as_(oscar).get(f"/imports/{row.pk}/content/")
    assert answer.status_code == 404
    assert "The file itself is no longer kept" in answer.content.decode()


# --- Forgetting -----------------------------------------------------------------------------------
PLANTED = ("Ottilie Zwetschge", "o.zwetschge@council.example", "Ottilie%20Zwetschge", "Ottilie+Zwetschge")


def is_planted(as_):
    """Have somebody leave whose name and address are in every place that can hold one."""
    name, address = PLANTED[:2]
    everything()
    person = a_person("ozwetschge", name, "contributor", email=address, job_title=f"{name}, clerk")
    corrects(person, name=f"Dr {name}", recorded="2025-05-01")
    corrects(person, name=name, recorded="2025-05-02")
    for held in HELD:
        for path in held.words:
            label, _, field = path.rpartition(".")
            model = apps.get_model(label)
            if model in (User, User.history.model, Entry):
                continue
            words = f"{name} <{address}>"
            shape = model._meta.get_field(field)
            if isinstance(shape, models.JSONField):
                words = {"people": {name: person.username}, "told": [words]}
            elif isinstance(shape, models.BinaryField):
                words = a_file("Id | Owner", f"P1 | {name}")
            elif field in ("query", "filters"):
                words = "owner=ozwetschge&q=Ottilie+Zwetschge&owner=Ottilie%20Zwetschge"
            with past_the_guard():
                models.QuerySet(model).update(**{field: words})
    as_(person).get("/")
    corrects(person, is_active=False, recorded="2025-06-01")
    return person


def hits(text, words=(*PLANTED, "ozwetschge")):
    return [word for word in words if word.casefold() in text.casefold()]


@pytest.mark.django_db
def test_nothing_names_somebody_who_was_forgotten(as_):
    person = is_planted(as_)
    dump = json.dumps(dumped(), ensure_ascii=False)
    assert hits(dump) == [*PLANTED, "ozwetschge"]
    assert "Forgotten:" in told("forget", "ozwetschge")
    dump = json.dumps(dumped(), ensure_ascii=False)
    assert hits(dump) == hits(json.dumps(dumped())) == []
    assert bytes(Import.objects.get().content) == b""
    client = as_(User.objects.get(username="oscar"))
    for name in DATASETS:
        for day in ("", "?as_at=2025-05-20"):
            assert hits(client.get(f"/exports/{name}.csv{day}").getvalue().decode()) == []
    for path in ("/", "/initiatives/DS-001/", "/exports/downloads/", "/imports/", "/my/", "/admin/accounts/user/"):
        assert hits(client.get(path).content.decode()) == []
    assert User.objects.get(pk=person.pk).name == "Former officer (contributor)"
    assert not Client().login(username="ozwetschge", password="pop-up-book")
    assert " 0 texts" in told("forget", f"former-officer-{person.pk}")


def test_a_name_that_somebody_else_bears_or_that_is_a_word_stays_in_texts(olgas, olga):
    twin, plain = a_person("twin", "Olga Owens"), a_person("plain", "Green")
    says(olgas, on="2025-05-01", by=olga, what_changed="Olga Owens saw Green grass.")
    for person in (twin, plain):
        corrects(person, is_active=False, recorded="2025-06-01")
        told("forget", person.username)
    assert Update.objects.get().what_changed == "Olga Owens saw Green grass."
    assert (
        list(User.objects.filter(pk__in=[twin.pk, plain.pk]).values_list("name", flat=True))
        == ["Former officer (no role)"] * 2
    )


def test_somebody_who_is_here_is_not_forgotten(olga):
    with pytest.raises(CommandError, match=r"olga has an open account\. Close it first"):
        told("forget", "olga")
    with pytest.raises(CommandError, match="Nobody here has that username"):
        told("forget", "nobody")
    olga.refresh_from_db()
    assert olga.name == "Olga Owens"


def test_moments_are_told_in_london(as_, olga):
    olga.last_login = datetime.fromisoformat("2025-07-01T11:30:00+00:00")
    olga.save()
    User.objects.filter(pk=olga.pk).update(date_joined=datetime.fromisoformat("2025-07-01T11:30:00+00:00"))
    assert "1 Jul 2025, 12:30" in as_(olga).get("/accounts/my-data/").content.decode()
