"""Defaults for what the operator left unset, in Studio."""

from types import ModuleType

from attempts.settings import common


def plugin_settings(settings: ModuleType) -> None:
    """Fill in as in the LMS, and say that this is Studio."""
    common.plugin_settings(settings)
    vars(settings).setdefault("ATTEMPTS_SERVICE", "studio")
