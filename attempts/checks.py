"""System checks: what would go wrong later is said at start."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Error, register
from django.core.exceptions import ImproperlyConfigured
from django.db import router

from attempts import conf
from attempts.models import LearnerCourse
from attempts.stores import installed_stores


@register("attempts")
def check_uuid_namespace(**_kwargs: Any) -> list[CheckMessage]:
    """Report a site that has no name for the uuids of its attempts."""
    try:
        conf.uuid_namespace()
    except (ImproperlyConfigured, ValueError) as error:
        return [Error(f"Attempts cannot have uuids: {error}", id="attempts.E001")]
    return []


@register("attempts")
def check_stores(**_kwargs: Any) -> list[CheckMessage]:
    """Report stores that cannot be loaded, and those a switch cannot reach in its one transaction."""
    try:
        stores = installed_stores()
    except (ImproperlyConfigured, ImportError) as error:
        return [Error(f"The stores of attempts cannot be loaded: {error}", id="attempts.E002")]
    own = router.db_for_write(LearnerCourse)
    return [
        Error(
            f"The store {store.name} is written to the database '{store.database()}', attempts to '{own}'.",
            hint="A switch is one transaction. Leave the store out of ATTEMPTS_STORES, or keep both in one database.",
            id="attempts.E003",
        )
        for store in stores
        if store.database() != own
    ]
