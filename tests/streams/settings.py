"""The tests' settings, with event-routing-backends and Aspects, whose own plugin settings come after ours."""

from __future__ import annotations

import sys
from typing import Any

from event_routing_backends.settings import common as routing
from platform_plugin_aspects.settings import common as aspects

from tests.settings import *  # noqa: F403
from tests.settings import INSTALLED_APPS

# The sandbox leaves the two out, for they call the platform's code; here it is stood in for, see ``conftest``.
INSTALLED_APPS.extend(["celery_utils", "config_models", "event_routing_backends", "platform_plugin_aspects"])
MAKO_TEMPLATE_DIRS_BASE: list[Any] = []
EVENT_TRACKING_BACKENDS: dict[str, Any] = {}
routing.plugin_settings(sys.modules[__name__])
aspects.plugin_settings(sys.modules[__name__])
#: Actors of statements are addresses: the platform's external ids are not here.
XAPI_AGENT_IFI_TYPE = "mbox"
CALIPER_EVENTS_ENABLED = True
CALIPER_EVENT_LOGGING_ENABLED = True
#: What the backends hand to workers is done at once.
CELERY_TASK_ALWAYS_EAGER = True
FEATURES: dict[str, bool] = {}
