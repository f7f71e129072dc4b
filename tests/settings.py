"""The sandbox's settings, with what tests need: no broker but memory, cheap passwords, files out of the way."""
from __future__ import annotations

import os
import tempfile

os.environ.setdefault("SANDBOX_VAR", tempfile.mkdtemp(prefix="attempts-tests-"))
os.environ.setdefault("CELERY_BROKER_URL", "memory://")

from sandbox.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
