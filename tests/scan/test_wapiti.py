"""wapiti looks for weaknesses over https as a stranger, as an owner and as the office, and finds none."""

import json
import signal
import socket
import subprocess
import sys
import time

import pytest

from tests import services
from tests.faults.conftest import (  # noqa: F401  (fixtures)
    ROOT,
    cookies_of,
    db,
    environment,
    free_port,
    migrated,
    static_root,
)
from tests.scan.canary import SEEDED

pytestmark = pytest.mark.soak
MODULES = (
    "backup,cookieflags,crlf,csp,csrf,exec,file,http_headers,htaccess,methods,permanentxss,redirect,sql,upload,xss,xxe"
)
MINUTES = 10


@pytest.fixture
def wapiti():
    try:
        return services.wapiti()
    except services.Missing as missing:
        pytest.skip(str(missing))


def scans(wapiti, address, folder, *more):
    """Let wapiti look at a site; returns its findings above informational: kind -> how many."""
    told = folder / "found.json"
    subprocess.run(
        [
            *(wapiti, "-u", address, "--scope", "domain", "-m", MODULES, "-f", "json", "-o", told, "-d", "6"),
            *("--flush-session", "--store-session", folder / "session", "--store-config", folder / "config"),
            *(
                "--max-links-per-page",
                "60",
                "--max-scan-time",
                str(MINUTES * 60),
                "--no-bugreport",
                "--verify-ssl",
                "0",
            ),
            *more,
        ],
        check=True,
        capture_output=True,
        cwd=folder,
    )
    found = json.loads(told.read_text())["vulnerabilities"]
    return {kind: len(above) for kind, each in found.items() if (above := [one for one in each if one["level"] > 0])}


def waits_for(process, port):
    for _ in range(600):
        assert process.poll() is None
        with socket.socket() as line:
            if line.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError("the site did not start")


def ends(process):
    process.send_signal(signal.SIGTERM)
    process.wait(timeout=60)


def test_the_scanner_sees_at_least_six_of_nine_weaknesses_that_are_there(wapiti, tmp_path):
    port = free_port()
    process = subprocess.Popen([sys.executable, "-m", "tests.scan.canary", str(port)], cwd=ROOT)
    try:
        waits_for(process, port)
        found = scans(wapiti, f"http://127.0.0.1:{port}/", tmp_path)
    finally:
        ends(process)
    seen = [what for what, name in SEEDED.items() if any(name.casefold() in kind.casefold() for kind in found)]
    assert len(seen) >= 6, (seen, found)


@pytest.fixture
def https_portal(db, olgas, omars, tmp_path):  # noqa: F811
    """The portal as production serves it, over https by a certificate of its own; yields its port and its log."""
    pair = [tmp_path / "key.pem", tmp_path / "certificate.pem"]
    makes = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1"]
    subprocess.run([*makes, "-keyout", pair[0], "-out", pair[1]], check=True, capture_output=True)
    port, log = free_port(), tmp_path / "log"
    serve = ("-m", "gunicorn", "--config", "strategy_portal/gunicorn.py", "--keyfile", pair[0], "--certfile", pair[1])
    more = {
        "PORT": str(port),
        "HOST": "127.0.0.1",
        "PORTAL_HTTPS": "true",
        "PORTAL_ADDRESS": f"https://127.0.0.1:{port}",
    }
    with log.open("w") as lines:
        process = subprocess.Popen(
            [sys.executable, *map(str, serve), "strategy_portal.wsgi"],
            cwd=ROOT,
            env=environment(db, **more),
            stdout=lines,
            stderr=lines,
        )
    waits_for(process, port)
    yield port, log
    ends(process)


@pytest.mark.parametrize("who", ["stranger", "owner", "office"])
def test_the_scanner_finds_nothing_and_nothing_crashes_meanwhile(wapiti, https_portal, who, olga, oscar, tmp_path):
    port, log = https_portal
    person = {"stranger": None, "owner": olga, "office": oscar}[who]
    cookies = cookies_of(person).replace("csrftoken=", "__Host-csrftoken=").replace("sessionid=", "__Host-sessionid=")
    away = [f"https://127.0.0.1:{port}/{path}" for path in ("accounts/logout/", "admin/logout/")]
    more = [part for address in away for part in ("-x", address)]
    found = scans(wapiti, f"https://127.0.0.1:{port}/", tmp_path, "-H", f"Cookie: {cookies}", *more)
    lines = [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]
    asked = [line["status"] for line in lines if line["from"] == "portal.requests"]
    assert len(asked) > 100
    assert [line for line in lines if line.get("status", 0) >= 500] == []
    assert found == {}
