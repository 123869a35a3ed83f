"""The files of docs/deploy say what they must, and what the portal itself says. A test of faults runs nginx's."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from configparser import ConfigParser
from pathlib import Path

import pytest
import yaml

from strategy_portal.environment import MEANINGS

HOME = Path(__file__).parents[2]
DEPLOY = HOME / "docs/deploy"
SERVES = "-m gunicorn --config strategy_portal/gunicorn.py strategy_portal.wsgi"
UNITS = sorted(path.name for pattern in ("*.service", "*.timer") for path in DEPLOY.glob(pattern))


def unit(name):
    """Return the sections of a systemd unit; of a word that is said twice, all that it says."""
    read = ConfigParser(strict=False, interpolation=None, delimiters="=")
    read.optionxform = str
    read.read_string((DEPLOY / name).read_text())
    return read


def test_every_file_is_looked_at_by_a_test_and_named_in_the_docs():
    files = {path.name for path in DEPLOY.iterdir()}
    known = {"nginx.conf", "environment.example", "Dockerfile", "Dockerfile.dockerignore", "compose.yaml", *UNITS}
    assert files == known
    page = (HOME / "docs/deploying.md").read_text()
    assert [name for name in files - {"Dockerfile.dockerignore"} if name not in page] == []


# --- systemd --------------------------------------------------------------------------------------
@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="there is no systemd-analyze")
def test_systemd_takes_the_units(tmp_path):
    for name in UNITS:
        words = (DEPLOY / name).read_text().replace("/srv/portal/.venv/bin/python", sys.executable)
        (tmp_path / name).write_text(words)
    told = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *(tmp_path / name for name in UNITS)],
        capture_output=True,
        text=True,
        env=os.environ | {"SYSTEMD_UNIT_PATH": f"{tmp_path}:"},
    )
    assert [line for line in told.stderr.splitlines() if "portal" in line] == []


@pytest.mark.parametrize("name", [name for name in UNITS if name.endswith(".service")])
def test_a_service_runs_as_nobody_in_particular_and_can_change_nothing_of_the_machine(name):
    service = unit(name)["Service"]
    assert (service["User"], service["WorkingDirectory"]) == ("portal", "/srv/portal")
    assert service["EnvironmentFile"] == "/etc/portal/environment"
    assert (service["NoNewPrivileges"], service["ProtectSystem"], service["PrivateTmp"]) == ("yes", "strict", "yes")


def test_systemd_the_image_and_make_run_serve_by_the_same_command():
    assert unit("portal.service")["Service"]["ExecStart"] == f"/srv/portal/.venv/bin/python {SERVES}"
    assert (HOME / "strategy_portal/run.sh").read_text().rstrip().endswith(f"exec .venv/bin/python {SERVES}")
    image = (DEPLOY / "Dockerfile").read_text()
    assert f"CMD {['python', *shlex.split(SERVES)]}".replace("'", '"') in image


def test_what_runs_at_its_hour_is_a_command_that_there_is_and_has_a_timer():
    for name in UNITS:
        if name in ("portal.service",) or name.endswith(".timer"):
            continue
        told = (DEPLOY / name).read_text()
        runs = re.findall(r"^ExecStart=/srv/portal/\.venv/bin/python manage\.py (\w+)", told, re.MULTILINE)
        assert runs
        for command in runs:
            assert list(HOME.glob(f"*/management/commands/{command}.py")), command
        timer = unit(name.replace(".service", ".timer"))
        assert timer["Timer"]["OnCalendar"].endswith(" Europe/London")
        assert (timer["Timer"]["Persistent"], timer["Install"]["WantedBy"]) == ("true", "timers.target")


def test_stopping_waits_for_what_is_being_answered():
    told = (HOME / "strategy_portal/gunicorn.py").read_text()
    graceful = int(re.search(r"graceful_timeout = (\d+)", told)[1])
    assert int(unit("portal.service")["Service"]["TimeoutStopSec"]) > graceful


# --- The environment ------------------------------------------------------------------------------
def example():
    lines = (DEPLOY / "environment.example").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def test_the_example_names_variables_that_there_are_and_passes_djangos_own_check():
    words = example()
    assert set(words) <= set(MEANINGS)
    told = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=HOME,
        env={"PATH": os.environ["PATH"], **words},
        capture_output=True,
        text=True,
    )
    assert (told.returncode, told.stderr) == (0, "")


def test_some_threads_are_left_to_say_that_the_portal_is_busy():
    assert int(example()["WEB_THREADS"]) > int(example()["MOST_AT_ONCE"])


# --- Images ---------------------------------------------------------------------------------------
def test_the_image_is_built_of_locked_packages_by_the_rules_of_the_docs_and_not_run_by_root():
    image = (DEPLOY / "Dockerfile").read_text()
    steps = [line for line in image.splitlines() if re.match(r"[A-Z]+ ", line)]
    assert "RUN pip install --no-cache-dir --require-hashes -r requirements.txt" in steps
    assert steps.index("USER portal") < next(i for i, step in enumerate(steps) if step.startswith("CMD "))
    version = re.search(r"^FROM python:(\d+)\.(\d+)-slim$", image, re.MULTILINE)
    assert (int(version[1]), int(version[2])) >= (3, 11)
    left_out = (DEPLOY / "Dockerfile.dockerignore").read_text().split()
    assert {".git", ".secret-key", "portal.sqlite3*"} <= set(left_out)
    assert all((HOME / word.split()[1]).exists() for word in steps if word.startswith("COPY r"))


def test_compose_opens_nginx_alone_to_the_network_and_migrates_before_it_serves():
    services = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]
    assert {name for name, service in services.items() if "ports" in service} == {"portal"}
    assert services["portal"]["ports"] == ["80:80", "443:443"]  # nginx's, in the portal's own network
    assert services["nginx"]["network_mode"] == "service:portal"
    assert services["portal"]["depends_on"] == {"migrate": {"condition": "service_completed_successfully"}}
    assert services["migrate"]["command"] == ["python", "manage.py", "migrate", "--no-input"]
    assert services["portal"]["build"] == services["migrate"]["build"]
    assert (DEPLOY / services["portal"]["build"]["context"] / services["portal"]["build"]["dockerfile"]).exists()
    assert "./nginx.conf:/etc/nginx/conf.d/default.conf:ro" in services["nginx"]["volumes"]
    assert all(re.search(r":\d", service["image"]) for service in services.values() if "image" in service)
    served = re.search(r"server (127\.0\.0\.1:\d+) ", (DEPLOY / "nginx.conf").read_text())[1]
    assert served == "127.0.0.1:8000"
