"""What the faces need of the host's settings."""

from types import ModuleType

_COURSE_RESET = "attempts_api.support_tools.middleware.CourseResetMiddleware"


def plugin_settings(settings: ModuleType) -> None:
    """Add the middleware that can take the address of Course Reset; it leaves at once unless a setting says so."""
    middleware = vars(settings)["MIDDLEWARE"]
    if _COURSE_RESET not in middleware:
        vars(settings)["MIDDLEWARE"] = [*middleware, _COURSE_RESET]
