"""What is done after a switch: both attempts, and the operation, are sent to Aspects."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

from django.apps import apps

from attempts.data import OperationData
from attempts.followups import FollowUpNotNeeded

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class SendToAspects:
    """Sends what the sinks of Aspects that are switched on have of a switch.

    It goes by the sinks and not by the package's own task, which is not tried again when ClickHouse is away.
    """

    name: str = "aspects"
    delay: float = 0.0
    immediate: bool = False

    def run(self, operation: OperationData) -> None:
        """Send the rows as they are now.

        Raises:
            FollowUpNotNeeded: no sink is switched on.
            Exception: ClickHouse is away, or refuses a row.
        """
        from attempts.streams.aspects.sinks import AttemptSink, OperationSink

        wanted: dict[Any, dict[str, Any]] = {
            AttemptSink: {"uuid__in": [operation.from_uuid, operation.to_uuid]},
            OperationSink: {"uuid": operation.uuid},
        }
        enabled = {sink: rows for sink, rows in wanted.items() if sink.is_enabled()}
        if not enabled:
            raise FollowUpNotNeeded("aspects_off", "The sinks of Aspects for attempts are switched off.")
        for sink_class, rows in enabled.items():
            sink = sink_class(None, log)
            sink.dump(list(sink.get_queryset().filter(**rows)), many=True)


#: None where Aspects is not installed.
FOLLOW_UPS = [SendToAspects()] if apps.is_installed("platform_plugin_aspects") else []
