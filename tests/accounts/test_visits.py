"""When people used the portal: the start of their previous session of use, in London, and nothing else."""

from datetime import datetime, timedelta

import pytest
from django.db import OperationalError, connection

from accounts.models import Visit
from accounts.visits import last_visit_on, note_visit
from tests.factories import clock_at, day

pytestmark = pytest.mark.django_db


def at(moment):
    return datetime.fromisoformat(f"{moment}+00:00")


def comes(person, *moments):
    for moment in moments:
        note_visit(person, at(moment))


def test_who_comes_for_the_first_time_has_no_last_visit(lea):
    assert last_visit_on(lea) is None
    comes(lea, "2025-06-10T09:00", "2025-06-10T09:20")
    assert last_visit_on(lea) is None


def test_the_last_visit_is_the_start_of_the_session_before(lea):
    comes(lea, "2025-06-09T22:30", "2025-06-09T22:55", "2025-06-09T23:20")  # from 23:30 in London on, past midnight
    comes(lea, "2025-06-12T09:00")
    assert last_visit_on(lea) == day("2025-06-09")
    comes(lea, "2025-06-12T09:10", "2025-06-12T09:39")
    assert last_visit_on(lea) == day("2025-06-09")
    comes(lea, "2025-06-12T15:00")
    assert last_visit_on(lea) == day("2025-06-12")


def test_days_are_those_of_london(lea):
    comes(lea, "2025-06-09T23:30", "2025-06-12T09:00")  # half past midnight in London, on the 10th
    assert last_visit_on(lea) == day("2025-06-10")


@pytest.mark.parametrize(("quiet", "ends"), [("29:59", False), ("30:00", True), ("45:00", True)])
def test_half_an_hour_of_quiet_ends_a_session(lea, quiet, ends):
    minutes, seconds = map(int, quiet.split(":"))
    came = at("2025-06-10T09:00")
    note_visit(lea, came)
    note_visit(lea, came + timedelta(minutes=20))
    again = came + timedelta(minutes=20 + minutes, seconds=seconds)
    note_visit(lea, again)
    visit = Visit.objects.get()
    assert (visit.started_at, visit.previous_started_at) == ((again, came) if ends else (came, None))


def test_a_long_session_stays_one_however_long_it_lasts(lea):
    came = at("2025-06-10T09:00")
    for quarters in range(40):
        note_visit(lea, came + timedelta(minutes=15 * quarters))
    assert Visit.objects.get().started_at == came


def test_most_requests_write_nothing(lea):
    comes(lea, "2025-06-10T09:00")
    comes(lea, "2025-06-10T09:00:59")
    assert Visit.objects.get().seen_at == at("2025-06-10T09:00")
    comes(lea, "2025-06-10T09:01")
    assert Visit.objects.get().seen_at == at("2025-06-10T09:01")


def test_two_requests_at_once_begin_one_session(lea):
    """Both found the old session quiet; the one that comes second changes nothing."""
    comes(lea, "2025-06-09T09:00", "2025-06-10T09:00", "2025-06-10T09:00")
    visit = Visit.objects.get()
    assert (visit.previous_started_at, visit.started_at) == (at("2025-06-09T09:00"), at("2025-06-10T09:00"))


def test_everybody_has_a_last_visit_of_their_own(lea, ana):
    comes(lea, "2025-06-09T09:00", "2025-06-12T09:00")
    comes(ana, "2025-06-12T09:00")
    assert (last_visit_on(lea), last_visit_on(ana)) == (day("2025-06-09"), None)


# --- By using the portal --------------------------------------------------------------------------
def looks(client, on, path="/accounts/"):
    with clock_at(on):
        return client.get(path)


def test_pages_are_what_makes_a_visit(lea, as_):
    client = as_(lea)
    looks(client, "2025-06-10")
    looks(client, "2025-06-12")
    assert last_visit_on(lea) == day("2025-06-10")


def test_who_is_refused_or_signed_out_visits_nothing(nadia, client, as_):
    looks(as_(nadia), "2025-06-10", "/")
    looks(client, "2025-06-10", "/accounts/login/")
    assert not Visit.objects.exists()


def test_a_visit_that_cannot_be_noted_is_no_refusal(lea, as_, caplog):
    client = as_(lea)

    def refuse(execute, sql, params, many, context):
        if "accounts_visit" in sql:
            raise OperationalError("the disk is full")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(refuse):
        assert looks(client, "2025-06-10").status_code == 200
    assert "a visit could not be noted" in caplog.text
