"""The host's models, by name: attempts imports nothing of the platform."""

from __future__ import annotations

from typing import Any

from django.apps import apps


def host_model(label: str) -> Any:
    """Return the host's model ``app_label.Model``.

    Raises:
        LookupError: the host does not have it.
    """
    return apps.get_model(label)


def is_installed(label: str) -> bool:
    """Tell whether the host has the model ``app_label.Model``."""
    try:
        apps.get_model(label)
    except LookupError:
        return False
    return True
