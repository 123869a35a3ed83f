"""docs/settings.md lists what the environment may say, no more and no less; and what https switches on."""

import json
import re
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from strategy_portal.environment import settings_page

HOME = Path(__file__).parents[2]
READS = {
    "strategy_portal/settings.py": r"env\.\w+\(\s*\"([A-Z_]+)\"",
    "strategy_portal/gunicorn.py": r"environ(?:\.get\(|\[)\"([A-Z_]+)\"",
    "pillars/management/commands/setup.py": r"environ(?:\.get\(|\[)\"([A-Z_]+)\"",
    "strategy_portal/run.sh": r"\$\{([A-Z_]+):-",
}


def test_the_docs_list_exactly_the_variables_that_are_read():
    read = {name for file, pattern in READS.items() for name in re.findall(pattern, (HOME / file).read_text())}
    listed = re.findall(r"^\| `([A-Z_]+)` \|", (HOME / "docs/settings.md").read_text(), re.MULTILINE)
    assert len(read) > 15
    assert sorted(listed) == sorted(read)


def test_the_docs_are_as_the_code_makes_them():
    said, page = StringIO(), (HOME / "docs/settings.md").read_text()
    call_command("settings_table", stdout=said)
    assert sorted(page.splitlines()) == sorted(said.getvalue().splitlines())
    assert "| `MOST_AT_ONCE` | `8` | how many requests one process works on at once;" in page


def test_a_variable_that_nobody_explains_is_refused_by_name():
    with pytest.raises(LookupError, match=r"what these do: NEW_ONE$"):
        settings_page({"NEW_ONE": 3})
    kept = settings_page({"NEW_ONE": 4}, "| `NEW_ONE` | `3` | is on the page |")
    assert kept.endswith("| `NEW_ONE` | `4` | is on the page |\n")


def settings_with(**environment):
    """Return what the settings are in a process of its own with this environment alone."""
    names = "SECURE_SSL_REDIRECT SECURE_HSTS_SECONDS SESSION_COOKIE_SECURE SESSION_COOKIE_NAME DEBUG DEMO_PASSWORD"
    code = (
        "import json, strategy_portal.settings as s;"
        f"found = {{name: getattr(s, name) for name in '{names}'.split()}};"
        "print(json.dumps(found | {'engine': s.DATABASES['default']['ENGINE']}))"
    )
    environment = {"SECRET_KEY": "x" * 60} | environment
    run = subprocess.run([sys.executable, "-c", code], cwd=HOME, env=environment, capture_output=True, check=True)
    return json.loads(run.stdout)


def test_without_a_word_the_portal_is_as_strict_as_it_can_be():
    assert settings_with() == {
        "SECURE_SSL_REDIRECT": True,
        "SECURE_HSTS_SECONDS": 31_536_000,
        "SESSION_COOKIE_SECURE": True,
        "SESSION_COOKIE_NAME": "__Host-sessionid",
        "DEBUG": False,
        "DEMO_PASSWORD": "",
        "engine": "django.db.backends.sqlite3",
    }


def test_plain_http_sets_neither_secure_cookies_nor_https():
    found = settings_with(PORTAL_HTTPS="false", DATABASE_URL="postgres://a:b@127.0.0.1/c")
    assert found == {
        "SECURE_SSL_REDIRECT": False,
        "SECURE_HSTS_SECONDS": 0,
        "SESSION_COOKIE_SECURE": False,
        "SESSION_COOKIE_NAME": "sessionid",
        "DEBUG": False,
        "DEMO_PASSWORD": "",
        "engine": "django.db.backends.postgresql",
    }
