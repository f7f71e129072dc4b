"""One function per setting of the faces: its name, default and meaning."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

_DEFAULT_AUTHENTICATION = (
    "edx_rest_framework_extensions.auth.jwt.authentication.JwtAuthentication",
    "rest_framework.authentication.SessionAuthentication",
)
#: Writes by one user, by what is written.
_DEFAULT_RATES = {"switch": "120/min", "preview": "120/min", "policy": "60/min", "export": "20/hour", "own": "10/hour"}


def authentication_classes() -> list[Any]:
    """``ATTEMPTS_API_AUTHENTICATION``: dotted paths of the classes that say who is calling; JWT and session if unset.

    The first one decides how a caller who is nobody is answered: 401 with JWT first.
    """
    paths = getattr(settings, "ATTEMPTS_API_AUTHENTICATION", _DEFAULT_AUTHENTICATION)
    return [import_string(path) for path in paths]


def throttle_rates() -> Mapping[str, str | None]:
    """``ATTEMPTS_API_THROTTLE_RATES``: such as ``120/min``, by scope: switch, preview, policy, export, own.

    None for no limit. A scope that is left out has its default.
    """
    return {**_DEFAULT_RATES, **getattr(settings, "ATTEMPTS_API_THROTTLE_RATES", {})}


def export_link_seconds() -> int:
    """``ATTEMPTS_EXPORT_LINK_SECONDS``: seconds for which the address of an export's file is good; an hour if unset."""
    return getattr(settings, "ATTEMPTS_EXPORT_LINK_SECONDS", 3600)


def max_body_bytes() -> int:
    """``ATTEMPTS_API_MAX_BODY_BYTES``: the longest request body that is read; 64 kB if unset."""
    return getattr(settings, "ATTEMPTS_API_MAX_BODY_BYTES", 64 * 1024)


def metrics_token() -> str | None:
    """``ATTEMPTS_METRICS_TOKEN``: a secret of at least 16 characters by which a monitor may read metrics and health."""
    return getattr(settings, "ATTEMPTS_METRICS_TOKEN", None)


def replaces_course_reset() -> bool:
    """``ATTEMPTS_REPLACE_COURSE_RESET``: answer the platform's ``/support/course_reset/`` ourselves; off if unset."""
    return getattr(settings, "ATTEMPTS_REPLACE_COURSE_RESET", False)
