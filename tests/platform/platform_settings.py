"""The test settings of an LMS, with our package loaded by its own plugin machinery, and a database of one's choice.

Read in the virtual environment of an LMS, in the folder of its code. What is set here is what such a run needs and the
platform's test settings lack.
"""

from __future__ import annotations

import os
from typing import Any
from urllib.parse import unquote, urlsplit

if "EDXAPP_TEST_MONGO_HOST" not in os.environ:
    # Courses live in memory then. Before the platform is imported, because it takes the client at import.
    import mongomock
    from mongomock.gridfs import enable_gridfs_integration

    mongomock.patch(on_new="create").start()
    enable_gridfs_integration()

from lms.envs.test import *  # noqa: F403
from lms.envs.test import CACHES, DATABASES


def _database(url: str, suffix: str = "") -> dict[str, Any]:
    """Return Django's description of ``mysql://user:password@host:port/name``."""
    parts = urlsplit(url)
    if parts.scheme not in ("mysql", "sqlite"):
        raise ValueError(f"DATABASE_URL is of {parts.scheme!r}; an LMS runs on mysql:// (or on sqlite:// in tests).")
    if parts.scheme == "sqlite":
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": f"{unquote(parts.path[1:])}{suffix}" or ":memory:"}
    return {
        "ENGINE": "django.db.backends.mysql",
        "NAME": f"{parts.path[1:]}{suffix}",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "127.0.0.1",
        "PORT": parts.port or 3306,
        "TEST": {"CHARSET": "utf8mb4", "COLLATION": "utf8mb4_unicode_ci"},
    }


if "DATABASE_URL" in os.environ:
    DATABASES["default"] = {**_database(os.environ["DATABASE_URL"]), "ATOMIC_REQUESTS": True}
    DATABASES["student_module_history"] = _database(os.environ["DATABASE_URL"], suffix="_history")


class OnlyOurMigrations(dict[str, None]):
    """Makes the platform's tables from its models, and ours by our migrations, which thereby meet the platform's."""

    def __contains__(self, app: object) -> bool:
        return app not in ("attempts", "attempts_api")

    def __getitem__(self, app: str) -> None:
        return None


if "PLATFORM_MIGRATIONS" not in os.environ:
    MIGRATION_MODULES = OnlyOurMigrations()

# What an LMS shares between its processes must be there to be found stale.
for _name in ("default", "general"):
    CACHES[_name] = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": _name}

# A test is one transaction: what follows a switch in it need not wait until the switch can have been committed.
ATTEMPTS_COMMIT_MARGIN = 0
