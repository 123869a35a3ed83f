"""Whoever finds a weakness is told whom to tell."""

import re
from datetime import date

from django.test import Client

from tests.factories import clock_at

PATH = "/.well-known/security.txt"


def fields(answer):
    return dict(line.split(": ", 1) for line in answer.content.decode().splitlines())


def test_a_stranger_reads_whom_to_tell_for_less_than_a_year(db, settings):
    settings.SECURITY_CONTACT, settings.PORTAL_ADDRESS = "security@example.gov.uk", "https://portal.example.gov.uk"
    with clock_at("2026-07-12"):
        answer = Client().get(PATH)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert fields(answer) == {
        "Contact": "mailto:security@example.gov.uk",
        "Expires": "2027-01-08T00:00:00Z",
        "Preferred-Languages": "en",
        "Canonical": "https://portal.example.gov.uk/.well-known/security.txt",
    }
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT00:00:00Z", fields(answer)["Expires"])
    assert 0 < (date(2027, 1, 8) - date(2026, 7, 12)).days < 365


def test_a_page_to_report_on_is_named_as_it_is(db, settings):
    settings.SECURITY_CONTACT = "https://example.gov.uk/tell-us\r\nContact: mailto:mallory@example.org"
    assert fields(Client().get(PATH))["Contact"].startswith("https://example.gov.uk/tell-usContact:mailto:")
    assert len(Client().get(PATH).content.splitlines()) == 4


def test_without_a_contact_there_is_no_such_file(db):
    assert Client().get(PATH).status_code == 404
