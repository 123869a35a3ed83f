"""What the environment may say: `manage.py settings_table > docs/settings.md` writes it down.

A variable and its default stand where it is read; what it means stands here.
"""

from __future__ import annotations

import re
from typing import Any

import environ

MEANINGS = {
    "DATABASE_URL": "`postgres://user:password@host/name` in production; `sqlite:////path/to/file` elsewhere",
    "SECRET_KEY": "signs sessions and links; give every web process the same",
    "SECRET_KEY_FALLBACKS": "former keys, joined with commas, for as long as what they signed should be taken",
    "ALLOWED_HOSTS": "the host names that the portal answers to",
    "CSRF_TRUSTED_ORIGINS": "origins with scheme, such as `https://strategy.example.gov.uk`, where a proxy changes the host",
    "PORTAL_HTTPS": "secure cookies, HSTS and redirects to https; `make run` turns it off on loopback",
    "BEHIND_PROXY": "trust `X-Forwarded-Proto` and the last address of `X-Forwarded-For`; only behind a proxy that sets both itself",
    "DEBUG": "Django's error pages and unhashed static files, for those who change the code",
    "PORTAL_ADDRESS": "where people find the portal, without a slash at the end, for the links in its mail",
    "PORTAL_NAME": "what the portal is called on every page",
    "ORGANISATION": "whose it is",
    "OFFICE_CONTACT": "how to reach the strategy office, such as an e-mail address or a telephone number; shown to partners whose link no longer works",
    "EMAIL_URL": "`smtp+tls://user:password@host:587`; by default mail is printed",
    "DEFAULT_FROM_EMAIL": "whom mail comes from",
    "EXPORTS_A_MINUTE": "how many files a person can take in a minute by browser",
    "TOKEN_EXPORTS_A_MINUTE": "how many files can be taken in a minute with one token",
    "RETENTION_DAYS": "how many days the nightly purge keeps what, where that is not as in [privacy.md](privacy.md): `downloads=200,leavers=never`",
    "DEMO_PASSWORD": "the password of the demonstration's people; without it they cannot sign in",
    "SETUP_PASSWORD": "the first administrator's password, for `manage.py setup` where nobody can type one",
    "ENTRA_TENANT": "the ID of the directory whose people may sign in; see [signing in](sign-in.md)",
    "ENTRA_CLIENT_ID": "the portal's application in it",
    "ENTRA_CLIENT_SECRET": "its secret",
    "ENTRA_ISSUER": "whose tokens are taken, where that is another cloud or a provider for tests",
    "ENTRA_ROLES": "app roles that are called otherwise than ours: `Portal.Office=office,Portal.Lead=leader`",
    "SECOND_FACTOR_REQUIRED": "demand a second factor of local office and administrator accounts",
    "SESSION_IDLE_MINUTES": "how long a session lasts without use",
    "SESSION_HOURS": "how long it lasts at all",
    "SIGN_IN_TRIES": "wrong passwords for one username in a quarter of an hour",
    "SIGN_IN_TRIES_OF_AN_ADDRESS": "and from one address",
    "CONN_MAX_AGE": "seconds for which a connection to PostgreSQL is kept",
    "MOST_AT_ONCE": "how many requests one process works on at once; whoever comes beyond hears to come back in a moment",
    "READ_ONLY": "everything can be read and nothing is saved, and pages say so",
    "READ_ONLY_FILE": "the same for as long as this file is there, without starting anything again",
    "METRICS_TOKEN": "turns `/metrics` on, for whoever shows it as a bearer token",
    "PROMETHEUS_MULTIPROC_DIR": "the folder in which workers count together for `/metrics`",
    "POLICY_REPORTS_A_DAY": "how many reports of browsers about the content security policy count in a day",
    "SECURITY_CONTACT": "whom to tell of a weakness, an e-mail address or an address of the web: makes `/.well-known/security.txt`",
    "IMPORT_MAX_BYTES": "how large a file somebody may bring",
    "IMPORT_MAX_ROWS": "how many rows it may have below its header",
    "IMPORT_MAX_COLUMNS": "how many columns",
    "IMPORT_MAX_CELL": "how many characters in a cell",
    "IMPORT_MAX_UNPACKED": "how many bytes a workbook may unpack to",
    "IMPORT_MAX_RATIO": "how many times its packed size that may be, once it is more than half of the above",
    "IMPORT_MAX_ENTRIES": "how many parts a workbook may have",
    "IMPORT_CHILD_MEMORY": "bytes of memory for the process that reads a file",
    "IMPORT_CHILD_SECONDS": "seconds for it",
    "STATIC_ROOT": "where `collectstatic` puts the static files",
    "HOST": "the address on which `make run` listens",
    "PORT": "its port",
    "WEB_CONCURRENCY": "worker processes",
    "WEB_THREADS": "threads in each; those beyond `MOST_AT_ONCE` say that the portal is busy",
}
IN_WORDS = {
    "PROMETHEUS_MULTIPROC_DIR": "made by gunicorn",
    "DATABASE_URL": "the file `portal.sqlite3`",
    "SECRET_KEY": "made on first run, kept in `.secret-key`",
    "READ_ONLY_FILE": "the file `.read-only`",
    "STATIC_ROOT": "the folder `.static`",
    "ENTRA_ISSUER": "Microsoft's, of that directory",
    "ENTRA_ROLES": "none",
    "RETENTION_DAYS": "none",
}
READ_ELSEWHERE = {
    "SETUP_PASSWORD": "",
    "HOST": "127.0.0.1",
    "PORT": "8000",
    "WEB_CONCURRENCY": "2",
    "WEB_THREADS": "12",
    "PROMETHEUS_MULTIPROC_DIR": "",
}

ROW = re.compile(r"^\| `([A-Z_]+)` \| .*? \| (.*) \|$", re.MULTILINE)
OPENING = """\
# Settings

Everything that differs between places comes from the environment. With none of these set, the portal runs on an SQLite
file of its own, for https. `manage.py settings_table > docs/settings.md` writes this page.

| variable | default | what it does |
|---|---|---|
"""


class Environment(environ.Env):
    """Reads variables, and remembers which were asked for and what they are by default."""

    def __init__(self) -> None:
        super().__init__()
        self.defaults: dict[str, Any] = {}

    def get_value(self, var: str, *args: Any, **more: Any) -> Any:
        """Return what a variable says."""
        self.defaults[var] = more.get("default")
        return super().get_value(var, *args, **more)


def settings_page(defaults: dict[str, Any], page: str = "") -> str:
    """Return the page of settings for variables with these defaults.

    A variable without a meaning here keeps the one that the page gave it; raises `LookupError` where there is neither.
    """
    means = MEANINGS | {name: words for name, words in ROW.findall(page) if name not in MEANINGS}
    defaults = defaults | READ_ELSEWHERE
    if silent := sorted(defaults.keys() - means.keys()):
        raise LookupError(f"say in strategy_portal.environment.MEANINGS what these do: {', '.join(silent)}")
    rows = (
        f"| `{name}` | {IN_WORDS.get(name) or written(defaults[name])} | {words} |\n"
        for name, words in means.items()
        if name in defaults
    )
    return OPENING + "".join(rows)


def written(default: Any) -> str:
    """Return a default as the page writes it."""
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    words = ",".join(default) if isinstance(default, list) else "" if default is None else str(default)
    return f"`{words}`" if words else "none"
