"""Olga says how she wants to be reminded, and takes her calendar with her."""

import re
from datetime import date
from html import unescape

import pytest
from django.core.signing import Signer
from django.test import Client
from icalendar import Calendar

from initiatives.models import ReminderPreference
from initiatives.reminders.calendar import key_of
from tests.factories import an_initiative, corrects, day, enters, moves, says, ticks, withdraws

pytestmark = pytest.mark.usefixtures("monday")

PAGE, CALENDAR = "/my/reminders/", "/my/calendar.ics"


def wants(client, deed, **said):
    """Press a button of the page; returns the page that follows."""
    return client.post(PAGE, {"deed": deed, **said}, follow=True)


def words(response):
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", response.content.decode().split("<h1>")[1])).split())


def errors(response):
    assert response.status_code == 422
    assert "<title>Error: " in response.content.decode()
    assert "There is a problem" in response.content.decode()
    return {name: list(said) for name, said in response.context["form"].errors.items()}


# --- The day --------------------------------------------------------------------------------------
def test_olga_hears_five_working_days_before_unless_she_says_otherwise(olga_at_work):
    assert "The first reminder comes 5 working days before" in words(olga_at_work.get(PAGE))
    assert not ReminderPreference.objects.exists()


def test_olga_moves_her_day(olga_at_work, olga):
    page = wants(olga_at_work, "move", days_before="10")
    assert page.redirect_chain == [(PAGE, 302)]
    assert "Reminders now come 10 working days before an update is due." in page.content.decode()
    assert "The first reminder comes 10 working days before" in words(page)
    assert olga.reminder_preference.days_before == 10
    assert "Reminders now come 1 working day before" in wants(olga_at_work, "move", days_before="1").content.decode()


@pytest.mark.parametrize("value", ["", "0", "16", "-1", "2.5", "five", "9" * 5000, "<b>"])
def test_a_day_out_of_reach_is_refused_and_kept_on_the_page(olga_at_work, value):
    response = wants(olga_at_work, "move", days_before=value)
    assert errors(response) == {"days_before": ["Enter a whole number from 1 to 15."]}
    assert f'value="{value.replace("<", "&lt;").replace(">", "&gt;")}"' in response.content.decode() or not value
    assert not ReminderPreference.objects.exists()


# --- The pause ------------------------------------------------------------------------------------
def test_olga_pauses_with_a_reason_and_an_end_and_takes_it_back(olga_at_work, olga):
    page = wants(olga_at_work, "pause", until="2025-06-20", reason="On leave.")
    assert "You get no reminders until 20 June 2025 is over." in page.content.decode()
    assert "Paused until 20 June 2025: On leave." in words(page)
    preference = ReminderPreference.objects.get(person=olga)
    assert (preference.paused_until, preference.pause_reason) == (day("2025-06-20"), "On leave.")
    page = wants(olga_at_work, "resume")
    assert "Your pause is taken back" in page.content.decode()
    assert not ReminderPreference.objects.get(person=olga).is_paused_on(day("2025-06-02"))
    assert list(preference.history.order_by("history_id").values_list("pause_reason", flat=True)) == [
        "", "On leave.", "",
    ]  # fmt: skip
    assert preference.history.latest().history_user == olga


def test_a_pause_that_is_over_is_gone_from_the_page(olga_at_work, olga):
    ReminderPreference.objects.create(person=olga, paused_until=day("2025-06-01"), pause_reason="On leave.")
    page = words(olga_at_work.get(PAGE))
    assert "Paused until" not in page
    assert "Pause my reminders" in page


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ({"until": "", "reason": "Leave"}, {"until": ["Say until which day: a pause has an end."]}),
        ({"until": "2025-06-20", "reason": " "}, {"reason": ["Say why, in a few words."]}),
        ({"until": "soon", "reason": "Leave"}, {"until": ["Enter a real date, like 31/03/2026."]}),
        (
            {"until": "2025-06-01", "reason": "Leave"},
            {"until": ["The pause cannot end before today, 2 June 2025."]},
        ),
        (
            {"until": "2026-06-03", "reason": "Leave"},
            {"until": ["A pause lasts a year at most: end it by 2 June 2026, or hand your work over."]},
        ),
        (
            {"until": "2025-06-20", "reason": "x" * 301},
            {"reason": ["Use at most 300 characters: this has 301."]},
        ),
        (
            {"until": "", "reason": ""},
            {"until": ["Say until which day: a pause has an end."], "reason": ["Say why, in a few words."]},
        ),
    ],
)
def test_a_pause_without_a_reason_or_a_near_end_is_refused_with_the_text_kept(olga_at_work, said, wrong):
    response = wants(olga_at_work, "pause", **said)
    assert errors(response) == wrong
    if said["reason"].strip():
        assert said["reason"] in response.content.decode()
    assert not ReminderPreference.objects.exists()


@pytest.mark.parametrize("until", ["2025-06-02", "2026-06-02", "20/06/2025"])
def test_a_pause_may_end_today_or_in_a_year(olga_at_work, until):
    assert "You get no reminders until" in wants(olga_at_work, "pause", until=until, reason="Leave").content.decode()


def test_one_wish_leaves_the_others_as_they_were(olga_at_work, olga):
    wants(olga_at_work, "pause", until="2025-06-20", reason="On leave.")
    wants(olga_at_work, "new_calendar")
    key = ReminderPreference.objects.get(person=olga).calendar_key
    wants(olga_at_work, "move", days_before="3")
    preference = ReminderPreference.objects.get(person=olga)
    assert (preference.days_before, preference.pause_reason, preference.calendar_key) == (3, "On leave.", key)


@pytest.mark.parametrize("deed", ["", "dance", "Move"])
def test_a_form_that_does_not_say_what_to_do_is_refused_in_words(olga_at_work, deed):
    response = wants(olga_at_work, deed)
    assert response.status_code == 400
    assert "The form did not say what to do." in response.content.decode()


def test_nobody_moves_somebody_elses_day(olga_at_work, olga, omar, as_):
    as_(omar).post(PAGE, {"deed": "move", "days_before": "9", "person": olga.pk})
    assert ReminderPreference.objects.get().person == omar


# --- The calendar ---------------------------------------------------------------------------------
def events(response):
    """Return the entries of a calendar by their unchanging name, having read it as a calendar program would."""
    assert response.status_code == 200
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    calendar = Calendar.from_ical(response.content)
    assert (str(calendar["VERSION"]), bool(calendar["PRODID"])) == ("2.0", True)
    found = list(calendar.walk("VEVENT"))
    assert all(event["DTSTART"].params["VALUE"] == "DATE" and event["DTSTAMP"].dt for event in found)
    by_name = {str(event["UID"]).removesuffix("@strategy-portal"): event for event in found}
    assert len(by_name) == len(found)
    return by_name


def days(response):
    return {name: event["DTSTART"].dt.isoformat() for name, event in events(response).items()}


def test_olgas_calendar_holds_what_is_due_of_hers_each_on_its_whole_day(olga_at_work, olgas):
    ticks(olgas, 1, on="2025-05-29")
    withdraws(olgas, 3, on="2025-05-29")
    response = olga_at_work.get(CALENDAR)
    assert 'filename="updates-due.ics"' in response["Content-Disposition"]
    assert days(response) == {
        "DS-001-update-2025-04-30": "2025-04-30",
        "DS-001-M02": "2025-07-31",
        "DS-001-M04": "2026-03-31",
    }


def test_an_entry_says_what_it_is_and_leads_to_the_update_page(olga_at_work, olgas):
    says(olgas, on="2025-05-12")
    event = events(olga_at_work.get(CALENDAR))["DS-001-update-2025-06-30"]
    assert event["DTSTART"].dt == date(2025, 6, 30)
    assert "DTEND" not in event
    assert str(event["SUMMARY"]) == "Update due: DS-001 Title of DS-001"
    assert str(event["URL"]) == "http://testserver/initiatives/DS-001/update/"
    assert str(event["URL"]) in str(event["DESCRIPTION"])
    milestone = events(olga_at_work.get(CALENDAR))["DS-001-M02"]
    assert str(milestone["SUMMARY"]) == "Milestone due: Step 2 (DS-001-M02)"


def test_a_milestone_that_moves_is_the_same_entry_on_another_day(olga_at_work, olgas):
    moves(olgas, 2, to="2025-08-29", recorded="2025-06-01")
    assert days(olga_at_work.get(CALENDAR))["DS-001-M02"] == "2025-08-29"


def test_a_calendar_is_the_same_until_something_changes(olga_at_work):
    assert olga_at_work.get(CALENDAR).content == olga_at_work.get(CALENDAR).content


def test_a_deputy_has_it_in_her_calendar_and_a_sponsor_or_another_owner_has_not(olgas, dina, sam, omar, as_):
    assert "DS-001-M02" in events(as_(dina).get(CALENDAR))
    assert events(as_(sam).get(CALENDAR)) == events(as_(omar).get(CALENDAR)) == {}


@pytest.mark.parametrize("stage", ["proposed", "paused", "complete", "stopped"])
def test_work_that_is_not_in_progress_is_in_no_calendar(olga_at_work, olgas, stage):
    enters(olgas, stage, on="2025-06-01")
    assert events(olga_at_work.get(CALENDAR)) == {}


def test_words_with_line_breaks_stay_words(olga_at_work, olgas):
    corrects(olgas, title="Data\r\nEND:VCALENDAR, again; \\n", recorded="2025-06-01")
    found = [event for name, event in events(olga_at_work.get(CALENDAR)).items() if "update" in name]
    assert len(found) == 1
    assert "END:VCALENDAR, again;" in str(found[0]["SUMMARY"])


# --- Its address ----------------------------------------------------------------------------------
def address(client):
    """Make an address for the calendar; returns its path as the page shows it."""
    page = wants(client, "new_calendar").content.decode()
    return re.search(r'value="http://testserver(/calendar/[^"]+\.ics)"', page)[1]


def test_a_calendar_program_reads_olgas_calendar_without_signing_in(olga_at_work, olga):
    path = address(olga_at_work)
    assert "DS-001-M02" in events(Client().get(path))
    assert path in olga_at_work.get(PAGE).content.decode()


def test_looking_makes_no_address(olga_at_work):
    assert not re.search(r"/calendar/[^/]+\.ics", olga_at_work.get(PAGE).content.decode())
    assert not ReminderPreference.objects.exists()


def test_a_new_address_withdraws_the_old_one(olga_at_work):
    old = address(olga_at_work)
    new = address(olga_at_work)
    assert old != new
    assert Client().get(new).status_code == 200
    response = Client().get(old)
    assert response.status_code == 404
    assert "There is no calendar at this address." in response.content.decode()


def test_an_altered_address_is_none(olga_at_work):
    path = address(olga_at_work)
    key = path.removeprefix("/calendar/").removesuffix(".ics")
    altered = [key[:n] + ("A" if key[n] != "A" else "B") + key[n + 1 :] for n in range(len(key))]
    odd = ["x", ":", "a:b", "x" * 100_000, "é", key + "x", key.partition(":")[0], "%00", key.upper(), "null:null"]
    for other in [*altered, *odd]:
        response = Client().get(f"/calendar/{other}.ics")
        assert (other[:80], response.status_code) == (other[:80], 404)


def test_an_address_signed_for_something_else_is_none(olga_at_work, olga):
    address(olga_at_work)
    said = [olga.pk, ReminderPreference.objects.get().calendar_key]
    assert Client().get(f"/calendar/{Signer(salt='other').sign_object(said)}.ics").status_code == 404


def test_whoever_left_or_holds_no_role_has_no_calendar(olga_at_work, olga, nadia):
    path = address(olga_at_work)
    olga.grants.all().delete()
    assert Client().get(path).status_code == 404
    olga.grants.create(role="contributor")
    assert Client().get(path).status_code == 200
    olga.is_active = False
    olga.save()
    assert Client().get(path).status_code == 404
    preference = ReminderPreference.objects.create(person=nadia)
    assert Client().get(f"/calendar/{key_of(preference)}.ics").status_code == 404


def test_reading_a_calendar_changes_nothing(olga_at_work):
    path = address(olga_at_work)
    before = ReminderPreference.history.count()
    for client, where in ((olga_at_work, CALENDAR), (Client(), path), (olga_at_work, PAGE)):
        client.get(where)
        client.head(where)
        assert client.post(where, {}).status_code in (400, 405)
    assert ReminderPreference.history.count() == before


def test_somebody_who_owes_nothing_has_an_empty_calendar(lea, as_):
    an_initiative("DS-009", recorded="2025-05-01")
    assert events(as_(lea).get(CALENDAR)) == {}
