"""What the product is made of is listed, and what has grown old is said."""

import json
import os
import re
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import django
import pytest

HOME = Path(__file__).parents[2]


def locked(file):
    return dict(re.findall(r"^([\w.-]+)==([^\s;\\]+)", (HOME / file).read_text(), re.MULTILINE))


# --- What it is made of ---------------------------------------------------------------------------
def test_the_bill_of_materials_names_every_locked_package_and_every_vendored_file(tmp_path):
    target = tmp_path / "sbom.json"
    subprocess.run([sys.executable, HOME / ".ci/sbom.py", target], check=True, capture_output=True)
    told = json.loads(target.read_text())
    assert told["bomFormat"] == "CycloneDX"
    named = {part["name"]: part.get("version") for part in told["components"]}
    assert locked("requirements.txt").items() <= named.items()
    assert {"plotly.js", "govuk-frontend"} <= named.keys()
    files = [file["name"] for part in told["components"] for file in part.get("components", ())]
    vendored = {f"static/vendor/{path.name}" for path in (HOME / "static/vendor").iterdir()}
    assert set(files) == vendored - {"static/vendor/MANIFEST.json", "static/vendor/build.sh"}


def test_the_bill_of_materials_is_no_part_of_the_repository():
    assert "sbom.cdx.json" in (HOME / ".gitignore").read_text().splitlines()


def test_every_locked_package_has_a_sum_and_no_address():
    for file in ("requirements.txt", "requirements-dev.txt"):
        text = (HOME / file).read_text()
        assert "://" not in text
        assert not re.search(r"^-", text, re.MULTILINE)
        for name in locked(file):
            assert re.search(rf"^{re.escape(name)}==\S+[^\n]*\\\n    --hash=sha256:[0-9a-f]{{64}}", text, re.MULTILINE)


def test_the_portal_runs_on_the_locked_django():
    assert django.__version__ == locked("requirements.txt")["django"]
    assert django.VERSION[:2] == (5, 2)


# --- What has grown old ---------------------------------------------------------------------------
class Registry(BaseHTTPRequestHandler):
    """A registry on loopback that has one version of everything, and a newer patch and a newer line of Django."""

    def do_GET(self):
        name = self.path.rstrip("/").rpartition("/")[2]
        pins = {k.lower(): v for k, v in (locked("requirements-dev.txt") | locked("requirements.txt")).items()}
        versions = [pins.get(name, "1")] + (["5.2.999", "6.0.1"] if name == "django" and self.server.is_newer else [])
        files = [f"{name.replace('-', '_')}-{version}-py3-none-any.whl" for version in versions]
        page = "".join(f'<a href="{file}">{file}</a>' for file in files).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(page)

    def log_message(self, *_):
        pass


@pytest.fixture
def registry():
    with ThreadingHTTPServer(("127.0.0.1", 0), Registry) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        server.is_newer = False
        yield server
        server.shutdown()


def fresh(port):
    """Ask how fresh everything is of a registry at a port; returns the code and the lines."""
    only = {
        "PIP_INDEX_URL": f"http://127.0.0.1:{port}/simple/",
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_EXTRA_INDEX_URL": "",
    }
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "http_", "https_"))}
    run = subprocess.run([sys.executable, HOME / ".ci/fresh.py"], env=kept | only, capture_output=True, text=True)
    return run.returncode, run.stdout.splitlines()


def test_a_newer_patch_of_django_is_said_and_a_newer_line_of_it_is_not(registry):
    assert fresh(registry.server_port) == (0, ["Every package is the newest that pyproject.toml allows."])
    registry.is_newer = True
    assert fresh(registry.server_port) == (1, [f"django {django.__version__} is behind 5.2.999"])


def test_where_no_registry_answers_nothing_is_said():
    assert fresh(9) == (0, [])


def test_ci_only_warns_of_it():
    *_, last = (HOME / ".ci/run").read_text().strip().splitlines()
    assert last.startswith("timeout 60 .venv/bin/python .ci/fresh.py || [ $? = 124 ] || echo")
