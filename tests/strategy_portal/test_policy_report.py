"""Browsers say what the policy refused; anybody can pretend to be one."""

import json

import pytest
from django.db import DatabaseError, connection
from django.test import Client

from strategy_portal.models import PolicyReport
from tests.factories import clock_at

OLD, NEW = "application/csp-report", "application/reports+json"


def old(directive="img-src", page="https://portal.example/initiatives/DS-001/?q=secret"):
    """What Firefox and Safari send."""
    return {"csp-report": {"effective-directive": directive, "document-uri": page, "blocked-uri": "https://a.example"}}


def new(directive="img-src", page="https://portal.example/initiatives/DS-001/?q=secret"):
    """What Chromium sends."""
    return {"type": "csp-violation", "body": {"effectiveDirective": directive, "documentURL": page, "sample": "secret"}}


def reports(sent, kind=OLD, client=None, **headers):
    body = sent if isinstance(sent, bytes | str) else json.dumps(sent)
    return (client or Client()).post("/policy-reports/", body, content_type=kind, headers=headers).status_code


def counted():
    return list(PolicyReport.objects.values_list("day", "directive", "page", "times"))


@pytest.mark.django_db
def test_what_two_browsers_report_is_counted_by_directive_page_and_day():
    with clock_at("2025-06-11") as now:
        assert reports(old("style-src-attr 'self'")) == 204
        assert reports([new("style-src-attr"), new("img-src", "https://portal.example/")], NEW) == 204
    ref = "^initiatives/(?P<ref>[A-Z]{1,6}-[0-9]{1,5})/$"
    assert counted() == [(now.date(), "style-src-attr", ref, 2), (now.date(), "img-src", "/", 1)]


@pytest.mark.django_db
def test_nothing_of_a_person_is_kept():
    key = "K3y" * 10
    reports(old(page=f"https://portal.example/calendar/{key}.ics"))
    reports(old(page=f"https://portal.example/link/{key}/?x={key}"))
    reports(old(page=f"https://olga:{key}@elsewhere.example/{key}"), client=Client(headers={"user-agent": key}))
    reports(old(f"script-{key}"))
    assert PolicyReport.objects.count() == 4
    assert key not in repr(list(PolicyReport.objects.values()))


NONSENSE = [
    b"{", b"[]x", b"null", b"1", b'"x"', b"\xff", b"[1]", b"{}", b'{"csp-report": 1}', b'{"csp-report": []}',
    b"[" * 8000, b'{"a":' * 1500, b"9" * 5000, b'[{"body": null}]', b'{"body": "x"}', b"\0",
]  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("kind", [OLD, NEW])
@pytest.mark.parametrize("body", NONSENSE, ids=lambda body: repr(body[:12]))
def test_nonsense_is_refused_and_counts_for_nothing(body, kind):
    assert reports(body, kind) == 400
    assert counted() == []


ODD = [None, 1, [], {}, "", "\0", "\ud800", "x" * 3000, "http://[", "//", "\u202e", "/initiatives/DS-" + "9" * 99]


@pytest.mark.django_db
@pytest.mark.parametrize("odd", ODD, ids=lambda odd: repr(odd)[:12])
def test_what_no_browser_says_counts_as_elsewhere(odd):
    assert reports(old(odd, odd)) == 204
    assert [(directive, page) for _, directive, page, _ in counted()] == [("elsewhere", "elsewhere")]


@pytest.mark.django_db
def test_another_kind_of_content_and_a_long_one_are_not_read():
    for kind in ("application/json", "text/plain", "multipart/form-data; boundary=x", "", "x" * 9000):
        assert reports(old(), kind) == 415
    assert reports(json.dumps(old(page="x" * 9000))) == 413
    assert {Client().generic(method, "/policy-reports/").status_code for method in ("GET", "PUT", "DELETE")} == {405}


@pytest.mark.django_db
def test_a_flood_stops_counting_until_the_next_day(settings):
    settings.POLICY_REPORTS_A_DAY = 3
    with clock_at("2025-06-11"):
        assert [reports(old()) for _ in range(5)] == [204, 204, 204, 429, 429]
        assert reports([new(page=f"https://x/{n}") for n in range(400)][:20], NEW) == 429
    with clock_at("2025-06-12"):
        assert reports(old()) == 204
    assert [times for *_, times in counted()] == [1, 3]


@pytest.mark.django_db
def test_one_letter_full_of_reports_is_read_up_to_twenty():
    assert reports([{"body": {}}] * 500, NEW) == 204
    assert [times for *_, times in counted()] == [20]


def test_without_the_database_a_report_is_no_crash(db):
    def falls(execute, sql, params, many, context):
        raise DatabaseError("server closed the connection unexpectedly")

    with connection.execute_wrapper(falls):
        assert reports(old()) == 503


def test_administrators_see_the_counts_and_the_office_does_not(as_, ada, oscar):
    reports(old("frame-src"))
    address = "/admin/strategy_portal/policyreport/"
    page = as_(ada).get(address).content.decode()
    assert "frame-src" in page
    assert as_(oscar).get(address).status_code == 403
    assert as_(ada).get(f"{address}add/").status_code == 403
