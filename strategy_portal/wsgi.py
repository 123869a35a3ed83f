"""The WSGI door that gunicorn opens."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "strategy_portal.settings")
application = get_wsgi_application()

# What is loaded by now stays for good, and a large portfolio is thousands of things that are soon forgotten together:
# looking through all of it again and again took a third of the time of such a page.
gc.collect()
gc.freeze()
gc.set_threshold(50_000, 20, 20)
