"""Custom attributes of requests and tasks in the host's monitoring, by the names that log records use."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from edx_django_utils.monitoring import set_custom_attribute

# .. custom_attribute_name: attempts_operation
# .. custom_attribute_description: The uuid of the operation that a request asked for, or a task works on.
# .. custom_attribute_name: attempts_kind
# .. custom_attribute_description: What the operation is: reset, undo or activate.
# .. custom_attribute_name: attempts_status
# .. custom_attribute_description: How far the operation is: enqueued, in_progress, complete or failed.
# .. custom_attribute_name: attempts_code
# .. custom_attribute_description: The code of the reason why a switch was refused or an operation failed.
# .. custom_attribute_name: attempts_rows
# .. custom_attribute_description: How many rows of the learner a completed operation rewrote, in all stores together.
# .. custom_attribute_name: attempts_duration
# .. custom_attribute_description: Seconds from the start of an operation, or of a follow-up, to its end.
# .. custom_attribute_name: attempts_retry
# .. custom_attribute_description: How often the operation was tried before; 0 at the first try.
# .. custom_attribute_name: attempts_follow_up
# .. custom_attribute_description: The name of the follow-up that a task carries out.
# .. custom_attribute_name: attempts_outcome
# .. custom_attribute_description: What became of the follow-up: done, skipped, retried or given_up.
ATTRIBUTES = ("operation", "kind", "status", "code", "rows", "duration", "retry", "follow_up", "outcome")


def set_attributes(words: Mapping[str, Any]) -> None:
    """Set those of ``words`` that are custom attributes; None is left out."""
    for name in ATTRIBUTES:
        value = words.get(name)
        if value is not None:
            set_custom_attribute(f"attempts_{name}", value)
