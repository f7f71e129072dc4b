"""The vocabulary of events: every word that a log line of attempts may begin with."""

from __future__ import annotations

from enum import StrEnum


class Event(StrEnum):
    """What happened. The words are part of the public contract: operators search their logs for them."""

    #: Somebody asked for a switch, and it is written down.
    OPERATION_REQUESTED = "operation_requested"
    #: Somebody asked for a switch and was refused; nothing is written, so there is no operation.
    OPERATION_REFUSED = "operation_refused"
    #: It could not be handed to a worker; `recover` takes it up.
    OPERATION_NOT_ENQUEUED = "operation_not_enqueued"
    #: A worker has it.
    OPERATION_STARTED = "operation_started"
    #: The switch is committed.
    OPERATION_COMPLETED = "operation_completed"
    #: It ended without a switch.
    OPERATION_FAILED = "operation_failed"
    #: The database was in the way; it will be tried again.
    OPERATION_RETRIED = "operation_retried"
    #: The database was in the way every time; it has failed.
    OPERATION_GIVEN_UP = "operation_given_up"
    #: A message came for one that has ended, or never was.
    OPERATION_SKIPPED = "operation_skipped"
    #: `recover` could not carry it out this time.
    OPERATION_NOT_RECOVERED = "operation_not_recovered"
    FOLLOW_UP_DONE = "follow_up_done"
    #: There was nothing to do.
    FOLLOW_UP_SKIPPED = "follow_up_skipped"
    #: It failed and will be tried again.
    FOLLOW_UP_RETRIED = "follow_up_retried"
    #: It failed too often.
    FOLLOW_UP_GIVEN_UP = "follow_up_given_up"
    #: What became of it could not be written down; `recover` takes it up.
    FOLLOW_UP_NOT_RECORDED = "follow_up_not_recorded"
    #: It could not be handed to a worker; `recover` takes it up.
    FOLLOW_UP_NOT_ENQUEUED = "follow_up_not_enqueued"
    #: `recover` could not carry it out this time.
    FOLLOW_UP_NOT_RECOVERED = "follow_up_not_recovered"
    #: Somebody asked for an export, and it is written down.
    EXPORT_REQUESTED = "export_requested"
    #: It could not be handed to a worker; `recover` takes it up.
    EXPORT_NOT_ENQUEUED = "export_not_enqueued"
    #: Another worker has it: a broker delivers again what takes long.
    EXPORT_SKIPPED = "export_skipped"
    EXPORT_COMPLETED = "export_completed"
    EXPORT_FAILED = "export_failed"
    EXPORT_CANCELED = "export_canceled"
    #: Its file was removed, being as old as files may be, or nobody's.
    EXPORT_EXPIRED = "export_expired"
    #: It could not be removed this time.
    EXPORT_NOT_EXPIRED = "export_not_expired"
    #: What was left behind has been looked for, and taken up.
    RECOVER_ENDED = "recover_ended"
    #: A row that a late write had left in the wrong attempt is in its own.
    SWEEP_ROW_MOVED = "sweep_row_moved"
    #: Something that somebody has to look at.
    SWEEP_FINDING = "sweep_finding"
    #: A learner could not be swept.
    SWEEP_FAILED = "sweep_failed"
    #: A step of the site's own filter failed, and the switch is refused.
    FILTER_STEP_FAILED = "filter_step_failed"
    #: Somebody asked for metrics, and database or cache are away.
    METRICS_NOT_READ = "metrics_not_read"
    #: Somebody asked whether all is well, and it is not.
    HEALTH_CHECK_FAILED = "health_check_failed"
    #: An event of a learner, or a statement made of one, goes on without her attempt.
    EVENT_WITHOUT_ATTEMPT = "event_without_attempt"
