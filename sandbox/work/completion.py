"""The switch that completion tracking needs."""

from __future__ import annotations

from completion.waffle import ENABLE_COMPLETION_TRACKING_SWITCH
from edx_django_utils.cache import RequestCache
from waffle.models import Switch


def enable_completion_tracking() -> None:
    """Turn on ``completion.enable_completion_tracking``, without which no completion is accepted."""
    name = ENABLE_COMPLETION_TRACKING_SWITCH.name
    switch, _ = Switch.objects.update_or_create(name=name, defaults={"active": True})
    # waffle forgets what it has cached on commit only, and the toggles package remembers for the whole request.
    switch.flush()
    RequestCache.clear_all_namespaces()
