"""Defaults for what the operator left unset, in the LMS and in Studio."""

from types import ModuleType


def plugin_settings(settings: ModuleType) -> None:
    """Fill in the settings of attempts that ``settings`` lacks; :mod:`attempts.conf` has the others."""
    vars(settings).setdefault("ATTEMPTS_STORES", ["attempts.stores.platform.PLATFORM_STORES"])
