"""The tests' settings, with what measuring needs: no debugging, a database of its own name, Redis where there is one.

Environment variables, beside those of the sandbox: ``REDIS_URL`` (the shared cache; without it a directory).
"""

from __future__ import annotations

import os

from tests.settings import *  # noqa: F403
from tests.settings import CACHES, DATABASES, LOGGING

#: With it every statement would be kept, and its text made.
DEBUG = False
SECRET_KEY = "benchmarks have no secrets"

_TEST = DATABASES["default"].setdefault("TEST", {})
# A name that no run of the tests uses, so that the two do not remove one another's.
_TEST.setdefault("NAME", f"{DATABASES['default']['NAME']}_benchmarks")

if os.environ.get("REDIS_URL"):
    CACHES["shared"] = {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": os.environ["REDIS_URL"],
        "KEY_PREFIX": "benchmarks",
    }

#: Workers of the benchmarks listen to it once they are told to.
ATTEMPTS_QUEUE = "attempts-benchmarks"
#: Both sweeps and the proof are due at once, so that their work can be measured without waiting for them.
ATTEMPTS_SWEEP_DELAYS = (0, 0)
ATTEMPTS_PROOF_DELAY = 0

LOGGING["loggers"]["attempts"]["level"] = "ERROR"
