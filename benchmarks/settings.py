"""The tests' settings, with what measuring needs: a database of its own name, and Redis where there is one.

Environment variables, beside those of the sandbox: ``REDIS_URL`` (the shared cache; without it a directory).
:mod:`benchmarks.session` sets those of the sandbox: without debugging, which would keep every statement.
"""

from __future__ import annotations

import copy
import os

from tests import settings as _tests
from tests.settings import *  # noqa: F403

DATABASES = copy.deepcopy(_tests.DATABASES)
# What a site has is measured: its commits are on the disk when they are said to be.
DATABASES["default"].get("OPTIONS", {}).pop("options", None)
_TEST = DATABASES["default"].setdefault("TEST", {})
# A name that no run of the tests uses, so that the two do not remove one another's.
if not DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    _TEST["NAME"] = f"{DATABASES['default']['NAME']}_benchmarks"

CACHES = dict(_tests.CACHES)
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

LOGGING = copy.deepcopy(_tests.LOGGING)
LOGGING["loggers"]["attempts"]["level"] = "ERROR"
