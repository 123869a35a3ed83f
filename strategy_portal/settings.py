"""The one settings file: everything that differs between places comes from the environment.

`manage.py settings_table > docs/settings.md` lists every variable, as `strategy_portal.environment` explains them.
"""

import os
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from django.core.management.utils import get_random_secret_key

from strategy_portal.environment import Environment

BASE_DIR = Path(__file__).resolve().parent.parent
env = Environment()


def first_run_secret_key(path: Path) -> str:
    """Return the secret key kept in `path`, making it (readable by its owner alone) when there is none."""
    made = get_random_secret_key() + get_random_secret_key()
    draft = path.with_name(f"{path.name}-{os.getpid()}")
    try:
        if not path.exists():
            draft.touch(mode=0o600, exist_ok=False)
            draft.write_text(made)
            with suppress(FileExistsError):  # another process was first: its key is the key
                path.hardlink_to(draft)
            draft.unlink()
        return path.read_text()
    except OSError:  # a place that cannot be written: a key for this process is better than none
        return made


# --- What differs between places ------------------------------------------------------------------
DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="") or first_run_secret_key(BASE_DIR / ".secret-key")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
PORTAL_HTTPS = env.bool("PORTAL_HTTPS", default=True)
PORTAL_ADDRESS = env.str("PORTAL_ADDRESS", default="http://127.0.0.1:8000").rstrip("/")
PORTAL_NAME = env.str("PORTAL_NAME", default="Data strategy portal")
ORGANISATION = env.str("ORGANISATION", default="Essex County Council")
OFFICE_CONTACT = env.str("OFFICE_CONTACT", default="")
DATABASE_URL = env.str("DATABASE_URL", default="") or f"sqlite:///{BASE_DIR / 'portal.sqlite3'}"
DATABASES = {"default": env.db_url_config(DATABASE_URL)}
EMAIL_URL = env.str("EMAIL_URL", default="consolemail://")
vars().update(env.email_url_config(EMAIL_URL))
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Data strategy portal <portal@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
EMAIL_TIMEOUT = 10
DEMO_PASSWORD = env.str("DEMO_PASSWORD", default="")
IMPORT_MAX_BYTES = env.int("IMPORT_MAX_BYTES", default=10_000_000)
IMPORT_MAX_ROWS = env.int("IMPORT_MAX_ROWS", default=20_000)
IMPORT_MAX_COLUMNS = env.int("IMPORT_MAX_COLUMNS", default=200)
IMPORT_MAX_CELL = env.int("IMPORT_MAX_CELL", default=20_000)
IMPORT_MAX_UNPACKED = env.int("IMPORT_MAX_UNPACKED", default=50 * 2**20)
IMPORT_MAX_RATIO = env.int("IMPORT_MAX_RATIO", default=100)
IMPORT_MAX_ENTRIES = env.int("IMPORT_MAX_ENTRIES", default=500)
IMPORT_CHILD_MEMORY = env.int("IMPORT_CHILD_MEMORY", default=512 * 2**20)
IMPORT_CHILD_SECONDS = env.int("IMPORT_CHILD_SECONDS", default=20)
EXPORTS_A_MINUTE = env.int("EXPORTS_A_MINUTE", default=300)
TOKEN_EXPORTS_A_MINUTE = env.int("TOKEN_EXPORTS_A_MINUTE", default=60)
RETENTION_DAYS = env.dict("RETENTION_DAYS", default={})
BEHIND_PROXY = env.bool("BEHIND_PROXY", default=False)
ENTRA_TENANT = env.str("ENTRA_TENANT", default="")
ENTRA_CLIENT_ID = env.str("ENTRA_CLIENT_ID", default="")
ENTRA_CLIENT_SECRET = env.str("ENTRA_CLIENT_SECRET", default="")
ENTRA_ISSUER = env.str("ENTRA_ISSUER", default="").rstrip("/")
ENTRA_ROLES = env.dict("ENTRA_ROLES", default={})
SECOND_FACTOR_REQUIRED = env.bool("SECOND_FACTOR_REQUIRED", default=False)
SESSION_IDLE_MINUTES = env.int("SESSION_IDLE_MINUTES", default=60)
SESSION_HOURS = env.int("SESSION_HOURS", default=12)
SIGN_IN_TRIES = env.int("SIGN_IN_TRIES", default=10)
SIGN_IN_TRIES_OF_AN_ADDRESS = env.int("SIGN_IN_TRIES_OF_AN_ADDRESS", default=200)
STATIC_ROOT = env.path("STATIC_ROOT", default=str(BASE_DIR / ".static"))
CONN_MAX_AGE = env.int("CONN_MAX_AGE", default=60)

# Running it.
MOST_AT_ONCE = env.int("MOST_AT_ONCE", default=8)
READ_ONLY = env.bool("READ_ONLY", default=False)
READ_ONLY_FILE = env.str("READ_ONLY_FILE", default="") or str(BASE_DIR / ".read-only")
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")

# --- What the product is made of ------------------------------------------------------------------
INSTALLED_APPS = [
    "strategy_portal",
    # First, so that `accounts.admin` can take its models out of the administration.
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.mfa",
    "reports",
    "initiatives",
    "pillars",
    "accounts",
    "simple_history",
    "django_htmx",
    "template_partials.apps.SimpleAppConfig",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
]

MIDDLEWARE = [
    "strategy_portal.request_log.RequestLogMiddleware",
    # Outside of all others, so that static files, redirects and crashes carry the same.
    "strategy_portal.middleware.GuardsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "strategy_portal.middleware.HealthMiddleware",
    "strategy_portal.metrics.MetricsMiddleware",
    "strategy_portal.middleware.ShedsLoadMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    # Before anything is written or anybody is asked who they are, which may write too.
    "strategy_portal.middleware.ReadOnlyMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    # Before anything reads what was sent.
    "strategy_portal.middleware.LimitsMiddleware",
    # Before anything else asks who it is: a program has no session.
    "accounts.bearer.BearerMiddleware",
    # Around everything that writes: who is at work is asked when something is written, and what was is sealed after.
    "accounts.record.middleware.TellsWhoMiddleware",
    # Before the form's token is asked for: who is signed out hears that, not that the form is old.
    "accounts.middleware.ClosedUnlessOpenedMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "strategy_portal.middleware.NullCharacterMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "initiatives.middleware.KeepsStandingsMiddleware",
]

ROOT_URLCONF = "strategy_portal.urls"
WSGI_APPLICATION = "strategy_portal.wsgi.application"
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.access.RoleBackend"]
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "reports:dashboard"
LOGOUT_REDIRECT_URL = "accounts:login"
PASSWORD_RESET_TIMEOUT = 3 * 24 * 3600
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

_LOADERS = [
    "django.template.loaders.filesystem.Loader",
    "django.template.loaders.app_directories.Loader",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    _LOADERS if DEBUG else [("django.template.loaders.cached.Loader", _LOADERS)],
                )
            ],
            "builtins": ["template_partials.templatetags.partials", "accounts.templatetags.words"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "accounts.context.portal",
            ],
        },
    }
]
FORM_RENDERER = "strategy_portal.forms.GovukRenderer"

# --- Signing in: docs/sign-in.md ------------------------------------------------------------------
SESSION_ENGINE = "accounts.sessions"
SESSION_IDLE = timedelta(minutes=SESSION_IDLE_MINUTES)
SESSION_LONGEST = timedelta(hours=SESSION_HOURS)
SESSION_WARNING = timedelta(minutes=2)
SESSION_COOKIE_AGE = SESSION_HOURS * 3600
MFA_ADAPTER = "accounts.second_factor.Adapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = PORTAL_NAME
MFA_TOTP_TOLERANCE = 1  # half a minute either way, for telephones whose clock is off
SOCIALACCOUNT_ADAPTER = "accounts.views.entra.SocialAdapter"
SOCIALACCOUNT_REQUESTS_TIMEOUT = 3  # seconds, so that a slow provider is told within five
ACCOUNT_EMAIL_VERIFICATION = "none"  # of allauth's own accounts nothing is used

# --- Databases ------------------------------------------------------------------------------------
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # Without these, concurrent read-then-write transactions fail with "database is locked".
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = CONN_MAX_AGE
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    # A database that does not answer is told of in words, not waited for: seconds to connect, milliseconds on the line.
    DATABASES["default"]["OPTIONS"] = {
        "connect_timeout": 2,
        "tcp_user_timeout": 5000,
        **DATABASES["default"].get("OPTIONS", {}),
    }

SIMPLE_HISTORY_DATE_INDEX = "Composite"
SIMPLE_HISTORY_REVERT_DISABLED = True

# --- Language and time ----------------------------------------------------------------------------
LANGUAGE_CODE = "en-gb"
USE_I18N = False
TIME_ZONE = "Europe/London"
USE_TZ = True

# --- Static files ---------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_MANIFEST_STRICT = False  # a page without a picture is better than no page
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# --- Hardening ------------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data: blob:",
    "connect-src": "'self'",
    "font-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "report-uri": "/policy-reports/",
    "report-to": "policy",  # what browsers that know it use instead of the line above
}
SECURITY_CONTACT = env.str("SECURITY_CONTACT", default="")
REPORTING_ENDPOINTS = 'policy="/policy-reports/"'
POLICY_REPORTS_A_DAY = env.int("POLICY_REPORTS_A_DAY", default=10_000)
PERMISSIONS_POLICY = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer", "autoplay", "camera", "display-capture", "encrypted-media", "fullscreen", "geolocation",
        "gyroscope", "magnetometer", "microphone", "midi", "payment", "picture-in-picture", "publickey-credentials-get",
        "screen-wake-lock", "usb", "xr-spatial-tracking",
    )
)  # fmt: skip
CROSS_ORIGIN_RESOURCE_POLICY = "same-origin"
SECURE_SSL_REDIRECT = PORTAL_HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
SECURE_HSTS_SECONDS = 31_536_000 if PORTAL_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = PORTAL_HTTPS
SECURE_HSTS_PRELOAD = PORTAL_HTTPS
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PORTAL_HTTPS
SESSION_COOKIE_NAME = "__Host-sessionid" if PORTAL_HTTPS else "sessionid"
CSRF_COOKIE_NAME = "__Host-csrftoken" if PORTAL_HTTPS else "csrftoken"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "strategy_portal.errors.csrf_failure"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000
LONGEST_QUERY = 8_000  # characters of an address after its question mark; gunicorn's own limit is a little wider
LARGEST_BODY = 2_500_000  # bytes, announced before they are read
LARGEST_UPLOAD = LARGEST_BODY + 2 * IMPORT_MAX_BYTES  # a file a little too large is told so beside the form's answers
FILE_UPLOAD_HANDLERS = [
    "initiatives.imports.uploads.PassesOverLargeFiles",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        # Lines of JSON for machines; plain ones for those who change the code.
        "without_secrets": {"()": f"strategy_portal.logs.{'WithoutSecrets' if DEBUG else 'JsonLines'}"}
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "without_secrets"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    # What people ask wrongly is answered in words; only our own faults are worth a line.
    "loggers": {
        "django.server": {"level": "INFO"},
        "django.request": {"level": "ERROR"},
        "portal": {"level": "INFO"},  # what the portal did that leaves no page behind
    },
}
