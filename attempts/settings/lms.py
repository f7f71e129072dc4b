"""Defaults for what the operator left unset, in the LMS, and what learners' events pass through there."""

from types import ModuleType

from attempts.settings import common

#: Names the attempt in the context of a learner's events.
PROCESSOR = "attempts.streams.processor.AttemptProcessor"


def plugin_settings(settings: ModuleType) -> None:
    """Fill in, and add our processor of events after those of the operator."""
    common.plugin_settings(settings)
    values = vars(settings)
    processors = values.get("EVENT_TRACKING_PROCESSORS") or []
    if not any(processor.get("ENGINE") == PROCESSOR for processor in processors):
        values["EVENT_TRACKING_PROCESSORS"] = [*processors, {"ENGINE": PROCESSOR}]
