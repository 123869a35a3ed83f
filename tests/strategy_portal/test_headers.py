"""What every answer carries, whatever became of the request."""

import pytest
from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse
from django.test import Client
from django.urls import include, path

from accounts.access import Door, opens_to

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
    "font-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
    "report-uri /policy-reports/; report-to policy"
)
HTMX = {"HX-Request": "true"}


@opens_to(Door.EVERYONE)
def stumbles(request, how):
    if how in ("304", "401", "429", "503"):
        return HttpResponse(status=int(how))
    raise {"400": BadRequest("Say a date."), "404": Http404(), "500": ZeroDivisionError("SECRET")}[how]


urlpatterns = [path("stumbles/<how>/", stumbles), path("", include("strategy_portal.urls"))]
handler400 = "strategy_portal.errors.bad_request"
handler403 = "strategy_portal.errors.permission_denied"
handler404 = "strategy_portal.errors.page_not_found"
handler500 = "strategy_portal.errors.server_error"


@pytest.fixture
def client(settings, lea):
    settings.ROOT_URLCONF = __name__
    visitor = Client(raise_request_exception=False)
    visitor.force_login(lea)
    return visitor


ANSWERS = [
    ("/", 200),
    ("/healthz", 200),
    ("/readyz", 200),
    ("/accounts/login/", 302),
    ("/stumbles/304/", 304),
    ("/stumbles/400/", 400),
    ("/stumbles/401/", 401),
    ("/admin/", 403),
    ("/stumbles/404/", 404),
    ("/nowhere/", 404),
    ("/static/nothing.css", 404),
    ("/accounts/logout/", 405),
    ("/stumbles/429/", 429),
    ("/stumbles/500/", 500),
    ("/stumbles/503/", 503),
]


@pytest.mark.parametrize(("address", "status"), ANSWERS)
@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_every_answer_carries_the_policy_and_the_other_guards(client, address, status, headers, method):
    response = getattr(client, method)(address, headers=headers)
    assert response.status_code in ((status,) if method != "options" else (status, 405))
    assert {name: response.get(name) for name in GUARDS} == GUARDS


def test_what_is_posted_wrongly_is_answered_with_the_guards_too(client, settings):
    settings.IMPORT_MAX_BYTES = 10
    answers = {
        "no token": Client(enforce_csrf_checks=True).post("/accounts/login/", {"username": "x"}),
        "wrong kind": client.post("/policy-reports/", "x", content_type="text/plain"),
        "too long": client.post("/policy-reports/", "x" * 9000, content_type="application/csp-report"),
        "token": Client().get("/exports/updates.csv", headers={"authorization": "Bearer portal_x"}),
    }
    assert {what: answer.status_code for what, answer in answers.items()} == {
        "no token": 403, "wrong kind": 415, "too long": 413, "token": 401,
    }  # fmt: skip
    for answer in answers.values():
        assert {name: answer.get(name) for name in GUARDS} == GUARDS


def test_static_files_carry_the_guards_and_may_be_kept(client, settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    (tmp_path / "portal.css").write_text("body {}")
    visitor = Client()  # whose middleware reads the folder as it is now
    there = visitor.get("/static/portal.css")
    same = visitor.get("/static/portal.css", headers={"if-modified-since": there["Last-Modified"]})
    assert (there.status_code, same.status_code) == (200, 304)
    for response in (there, same):
        assert {name: response.get(name) for name in GUARDS} == GUARDS
        assert response["Cache-Control"] == "max-age=60, public"
        assert response.cookies == {}
        response.close()


@pytest.mark.parametrize("address", ["/", "/stumbles/500/", "/nowhere/", "/healthz"])
def test_over_https_browsers_are_told_to_stay_with_it(client, settings, address):
    settings.SECURE_HSTS_SECONDS, settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = 31_536_000, True
    settings.SECURE_HSTS_PRELOAD = settings.SECURE_SSL_REDIRECT = True
    visitor = Client(raise_request_exception=False)
    secure = visitor.get(address, secure=True)
    assert secure["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"
    plain = visitor.get(address)
    assert "Strict-Transport-Security" not in plain
    if address != "/healthz":
        assert (plain.status_code, plain["Location"]) == (301, f"https://testserver{address}")
        assert {name: plain.get(name) for name in GUARDS} == GUARDS


GUARDS = {
    "Content-Security-Policy": POLICY,
    "Reporting-Endpoints": 'policy="/policy-reports/"',
    "Permissions-Policy": (
        "accelerometer=(), autoplay=(), camera=(), display-capture=(), encrypted-media=(), fullscreen=(), "
        "geolocation=(), gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), picture-in-picture=(), "
        "publickey-credentials-get=(), screen-wake-lock=(), usb=(), xr-spatial-tracking=()"
    ),
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@pytest.mark.parametrize(("address", "status"), ANSWERS)
def test_no_page_may_be_kept_by_a_cache(client, address, status):
    response = client.get(address)
    assert "no-store" in response.get("Cache-Control", "")


@pytest.mark.parametrize(("address", "status"), [a for a in ANSWERS if a[1] in (400, 403, 404)])
def test_what_went_wrong_is_said_in_the_portals_look(client, address, status):
    page = client.get(address).content.decode()
    assert '<nav class="nav"' in page
    assert "Lea Lang" in page
    assert page.count("<h1>") == 1


@pytest.mark.parametrize(("address", "status"), [a for a in ANSWERS if a[1] in (400, 403, 404)])
def test_htmx_gets_the_words_alone_for_the_alert(client, address, status):
    response = client.get(address, headers=HTMX)
    assert (response["HX-Retarget"], response["HX-Reswap"]) == ("#page-alert", "innerHTML")
    assert "<html" not in response.content.decode()


def test_a_crash_tells_nothing_of_itself(client):
    for headers in ({}, HTMX):
        page = client.get("/stumbles/500/", headers=headers).content.decode()
        assert "Something went wrong" in page
        assert "SECRET" not in page
        assert "Traceback" not in page


def test_no_page_holds_a_style_a_script_or_a_handler_of_its_own(client, olgas):
    for address in (
        "/",
        "/initiatives/",
        "/initiatives/DS-001/",
        "/pillars/purpose/",
        "/aims/",
        "/exports/",
        "/nowhere/",
    ):
        page = client.get(address).content.decode().lower()
        for forbidden in (" style=", "<style", "<script>", " onclick=", " onload=", "javascript:", "hx-on"):
            assert forbidden not in page


def test_cookies_are_for_the_server_and_this_site_alone(olga, settings):
    response = Client().post("/accounts/login/", {"username": "olga", "password": "pop-up-book"})
    assert response.cookies[settings.SESSION_COOKIE_NAME]["httponly"]
    assert response.cookies[settings.SESSION_COOKIE_NAME]["samesite"] == "Lax"
    form = Client().get("/accounts/login/")
    assert form.cookies[settings.CSRF_COOKIE_NAME]["httponly"]
    assert form.cookies[settings.CSRF_COOKIE_NAME]["samesite"] == "Lax"


def test_a_borrowed_host_name_is_refused_in_words(db):
    response = Client().get("/accounts/login/", headers={"host": "example.org"})
    assert response.status_code == 400
    assert response["Content-Security-Policy"] == POLICY
    assert "That could not be read" in response.content.decode()
    assert "example.org" not in response.content.decode()
