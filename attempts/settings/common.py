"""Defaults for what the operator left unset, in the LMS and in Studio."""

from types import ModuleType

from attempts.conf import DEFAULT_FOLLOW_UPS

#: The fence's, which notes when each request began.
MIDDLEWARE = "attempts.fence.middleware.unit_of_work_middleware"


def plugin_settings(settings: ModuleType) -> None:
    """Add the fence's middleware, and the settings of attempts that ``settings`` lacks.

    :mod:`attempts.conf` has the others.
    """
    values = vars(settings)
    middleware = values.get("MIDDLEWARE")
    if middleware and MIDDLEWARE not in middleware:
        # First, so that no middleware works outside of it.
        values["MIDDLEWARE"] = [MIDDLEWARE, *middleware]
    values.setdefault("ATTEMPTS_STORES", ["attempts.stores.platform.PLATFORM_STORES"])
    values.setdefault("ATTEMPTS_FOLLOW_UPS", list(DEFAULT_FOLLOW_UPS))
