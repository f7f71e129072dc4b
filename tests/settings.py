"""The sandbox's settings, with what tests need: no broker but memory, cheap passwords, files out of the way."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile

if "SANDBOX_VAR" not in os.environ:
    os.environ["SANDBOX_VAR"] = tempfile.mkdtemp(prefix="attempts-tests-")
    atexit.register(shutil.rmtree, os.environ["SANDBOX_VAR"], ignore_errors=True)
os.environ.setdefault("CELERY_BROKER_URL", "memory://")

from sandbox.settings import *  # noqa: F403
from sandbox.settings import DATABASES, VAR_DIR

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, not memory: threads and worker processes of the tests have to see it.
    DATABASES["default"]["TEST"] = {"NAME": str(VAR_DIR / "test.sqlite3")}
elif DATABASES["default"]["ENGINE"].endswith("postgresql"):
    # Nothing is read after the server has lost its power. What others see of a commit, and when, stays as it is.
    DATABASES["default"]["OPTIONS"].setdefault("options", "-c synchronous_commit=off")
if os.environ.get("DATABASE_ISOLATION") and not DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # So that two runs on one server, each with a level of its own, do not share a database.
    _SUFFIX = os.environ["DATABASE_ISOLATION"].replace(" ", "_")
    DATABASES["default"].setdefault("TEST", {})["NAME"] = f"test_{DATABASES['default']['NAME']}_{_SUFFIX}"


class _MadeFromModels:
    """Says of every application but ours that it has no migrations: its tables are then made as its models describe.

    The host's applications and their two hundred models would take half a minute to migrate, in each process of the
    tests. Ours are migrated, as on a site.
    """

    def __contains__(self, app_label: str) -> bool:
        return app_label != "attempts"

    def __getitem__(self, app_label: str) -> None:
        return None


MIGRATION_MODULES = _MadeFromModels()
