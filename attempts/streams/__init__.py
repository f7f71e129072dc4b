"""Attempts in the streams of others: the tracking log, xAPI and Caliper statements, the tables of Aspects.

Every part goes by the extension points of the package that it is for, and adds nothing where that is not installed.
"""

from __future__ import annotations

import logging
from importlib import import_module

from django.apps import apps

log = logging.getLogger(__name__)

#: What joins which app.
_PARTS = {
    "event_routing_backends": "attempts.streams.statements",
    "platform_plugin_aspects": "attempts.streams.aspects.sinks",
}


def connect_streams() -> None:
    """Join those of the packages that this process has. Called once all apps are loaded.

    A release of them that is built otherwise must not keep the host from starting.
    """
    for app, module in _PARTS.items():
        if not apps.is_installed(app):
            continue
        try:
            import_module(module).connect()
        except (ImportError, AttributeError) as error:
            log.error("attempts: nothing is added to %s, which is built otherwise than is known: %s", app, error)
