"""The public events of attempts, in the form of openedx-events."""

from __future__ import annotations

from openedx_events.tooling import OpenEdxPublicSignal

from attempts.events.data import AttemptSwitchData

# .. event_type: org.openedx.learning.attempt.archived.v1
# .. event_name: ATTEMPT_ARCHIVED
# .. event_key_field: switch.course.course_key
# .. event_description: Emitted after every switch: the attempt that was active is archived.
# .. event_data: AttemptSwitchData
# .. event_trigger_repository: openedx-attempts
ATTEMPT_ARCHIVED = OpenEdxPublicSignal(
    event_type="org.openedx.learning.attempt.archived.v1", data={"switch": AttemptSwitchData}
)

# .. event_type: org.openedx.learning.attempt.opened.v1
# .. event_name: ATTEMPT_OPENED
# .. event_key_field: switch.course.course_key
# .. event_description: Emitted after a reset: a new attempt is active, with nothing in it.
# .. event_data: AttemptSwitchData
# .. event_trigger_repository: openedx-attempts
ATTEMPT_OPENED = OpenEdxPublicSignal(
    event_type="org.openedx.learning.attempt.opened.v1", data={"switch": AttemptSwitchData}
)

# .. event_type: org.openedx.learning.attempt.restored.v1
# .. event_name: ATTEMPT_RESTORED
# .. event_key_field: switch.course.course_key
# .. event_description: Emitted after an undo or an activation: an archived attempt is active again, with all its work.
# .. event_data: AttemptSwitchData
# .. event_trigger_repository: openedx-attempts
ATTEMPT_RESTORED = OpenEdxPublicSignal(
    event_type="org.openedx.learning.attempt.restored.v1", data={"switch": AttemptSwitchData}
)

SIGNALS = (ATTEMPT_ARCHIVED, ATTEMPT_OPENED, ATTEMPT_RESTORED)
