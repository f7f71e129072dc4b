"""What attempts tell of themselves while they work: log lines, custom attributes, counts of what no table has.

The words are the same everywhere: a log line says ``kind=reset``, its record has ``attempts_kind``, and so has the
transaction in the host's monitoring. Nothing here asks the database; see ``docs/monitoring.rst``.
"""

from attempts.telemetry.context import about_operation, facts_of, learn
from attempts.telemetry.errors import described, without_text
from attempts.telemetry.events import Event
from attempts.telemetry.logs import EventLog

__all__ = ["Event", "EventLog", "about_operation", "described", "facts_of", "learn", "without_text"]
