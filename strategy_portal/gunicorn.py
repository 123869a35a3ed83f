"""How gunicorn serves the portal. On anything but loopback a proxy belongs in front: slow clients fill it."""

import os
from pathlib import Path

_host = os.environ.get("HOST", "127.0.0.1")
bind = f"{f'[{_host}]' if ':' in _host else _host}:{os.environ.get('PORT', '8000')}"

worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))

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
