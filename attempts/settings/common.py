"""Defaults for what the operator left unset, in the LMS and in Studio."""

from types import ModuleType

from attempts.conf import DEFAULT_FOLLOW_UPS


def plugin_settings(settings: ModuleType) -> None:
    """Fill in the settings of attempts that ``settings`` lacks; :mod:`attempts.conf` has the others."""
    vars(settings).setdefault("ATTEMPTS_STORES", ["attempts.stores.platform.PLATFORM_STORES"])
    vars(settings).setdefault("ATTEMPTS_FOLLOW_UPS", list(DEFAULT_FOLLOW_UPS))
