"""The tests' settings, for a site whose processes meet faults: short waits for locks, quick tries, clocks apart."""

from __future__ import annotations

import os
import secrets

# As a site has one, since the web processes run without DEBUG.
os.environ.setdefault("SANDBOX_SECRET_KEY", secrets.token_hex(32))

from tests.settings import *  # noqa: F403
from tests.settings import DATABASES, MIDDLEWARE

#: Seconds for which a statement waits for a lock.
LOCK_SECONDS = {"mysql": 1.0, "postgresql": 0.7}

_OPTIONS = DATABASES["default"].setdefault("OPTIONS", {})
if DATABASES["default"]["ENGINE"].endswith("mysql"):
    _OPTIONS["init_command"] = "SET sql_mode='STRICT_TRANS_TABLES', innodb_lock_wait_timeout=1"
else:
    # A process of ours finds a deadlock before the rival that waits for a second does, and so is the one that fails.
    _OPTIONS["options"] = "-c lock_timeout=700ms -c deadlock_timeout=100ms"
# Celery closes them after each task all the same; web workers keep them.
DATABASES["default"]["CONN_MAX_AGE"] = None

DEBUG = False
AUTHENTICATION_BACKENDS = ["sandbox.user_authn.backends.OwnPasswordsOnly"]
MIDDLEWARE = ["tests.faults.web.FaultyRequests", *MIDDLEWARE]
ATTEMPTS_API_THROTTLE_RATES = {"switch": None, "preview": None}
#: What follows a switch is not what is tried here, but for what runs in the same process at once.
ATTEMPTS_FOLLOW_UPS = ("attempts.caches.CLEAR_CACHES",)
ATTEMPTS_RETRY_BASE_SECONDS = 0.1
ATTEMPTS_COMMIT_MARGIN = 0.3
#: What learners write carries tokens and no scores; a host that computed grades from them would write over the tokens.
ATTEMPTS_RECOMPUTE_GRADES = "tests.faults.work.leave_grades"
#: The clocks of the campaign's processes differ by five minutes at most, either way.
ATTEMPTS_CLOCK_SKEW = 900

CELERY_WORKER_LOST_WAIT = 0.1
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_timeout": 3, "socket_connect_timeout": 1, "max_retries": 2}
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0.05, "interval_step": 0.05}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "loggers": {"attempts": {"handlers": ["console"], "level": "WARNING"}},
}
