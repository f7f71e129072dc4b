"""The settings of the faces that are in force, without secrets."""

from __future__ import annotations

from attempts_api import conf


def settings_in_force() -> dict[str, str]:
    """Return them by name; of a secret only whether it is set."""
    classes = (f"{one.__module__}.{one.__name__}" for one in conf.authentication_classes())
    return {
        "ATTEMPTS_API_AUTHENTICATION": ", ".join(classes),
        "ATTEMPTS_API_MAX_BODY_BYTES": str(conf.max_body_bytes()),
        "ATTEMPTS_API_THROTTLE_RATES": ", ".join(f"{scope} {rate}" for scope, rate in conf.throttle_rates().items()),
        "ATTEMPTS_EXPORT_LINK_SECONDS": str(conf.export_link_seconds()),
        "ATTEMPTS_METRICS_TOKEN": "set" if conf.metrics_token() else "not set",
        "ATTEMPTS_REPLACE_COURSE_RESET": str(conf.replaces_course_reset()),
    }
