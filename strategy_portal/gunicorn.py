"""How gunicorn serves the portal. On anything but loopback a proxy belongs in front: slow clients fill it."""

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

_host = os.environ.get("HOST", "127.0.0.1")
bind = f"{f'[{_host}]' if ':' in _host else _host}:{os.environ.get('PORT', '8000')}"

worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = int(os.environ.get("WEB_THREADS", "12"))  # more than MOST_AT_ONCE: what is left tells people to come back

# What comes in before Django sees it: an address and headers, in which links, tokens and cookies fit many times over.
limit_request_line = 8190
limit_request_fields = 60
limit_request_field_size = 8190

# A worker that hangs is replaced, and one that leaks is too, not all at the same moment.
timeout = 30
graceful_timeout = 30
keepalive = 5
max_requests = 5000
max_requests_jitter = 500

# A heartbeat on a slow disk reads as a hung worker; memory is never slow.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108
control_socket_disable = True
proc_name = "strategy-portal"

# The portal writes a line for each request itself; what gunicorn says of itself is written in the same way.
accesslog = None
logconfig_dict = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json_lines": {"()": "strategy_portal.logs.JsonLines"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json_lines"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"gunicorn.error": {"handlers": ["console"], "level": "INFO", "propagate": False}},
}

# Workers count together in files of this folder, before any of them loads the code that counts.
if os.environ.get("METRICS_TOKEN") and not os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix="portal-metrics-")


def child_exit(server: Any, worker: Any) -> None:
    """Forget the gauges of a worker that is gone; what it counted stays."""
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        from prometheus_client.multiprocess import mark_process_dead

        mark_process_dead(worker.pid)


def on_exit(server: Any) -> None:
    """Take the folder of the counts away."""
    folder = os.environ.get("PROMETHEUS_MULTIPROC_DIR", "")
    if Path(folder).name.startswith("portal-metrics-"):
        shutil.rmtree(folder, ignore_errors=True)
