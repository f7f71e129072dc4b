"""A process that measures: Django set up, and a database that is gone afterwards."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

#: For every process that measures: the sandbox as a site would have it, without debugging and with a secret of its own.
ENVIRONMENT = {
    "DJANGO_SETTINGS_MODULE": "benchmarks.settings",
    "SANDBOX_DEBUG": "false",
    "SANDBOX_SECRET_KEY": "benchmarks keep nothing that a secret would guard",  # nosec B105  # which is what it says
}


@contextmanager
def database() -> Iterator[None]:
    """Make the database that ``DATABASE_URL`` names with ``_benchmarks`` added, and remove it in the end."""
    os.environ.update(ENVIRONMENT)
    import django

    django.setup()
    from django.test.utils import setup_databases, teardown_databases

    made = setup_databases(verbosity=0, interactive=False, serialized_aliases=[])
    try:
        yield
    finally:
        teardown_databases(made, verbosity=0)


def environment() -> dict[str, str]:
    """Return the environment of another process on the database that is measured now."""
    from django.conf import settings

    from tests.processes import database_url

    return {**os.environ, **ENVIRONMENT, "SANDBOX_VAR": str(settings.VAR_DIR), "DATABASE_URL": database_url()}
