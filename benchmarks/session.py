"""A process that measures: Django set up, and a database that is gone afterwards."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

SETTINGS = "benchmarks.settings"


@contextmanager
def database() -> Iterator[None]:
    """Make the database that ``DATABASE_URL`` names with ``_benchmarks`` added, and remove it in the end."""
    os.environ["DJANGO_SETTINGS_MODULE"] = SETTINGS
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

    of_django = {"DJANGO_SETTINGS_MODULE": SETTINGS, "SANDBOX_VAR": str(settings.VAR_DIR)}
    return {**os.environ, **of_django, "DATABASE_URL": database_url()}
