"""What is measured: the name of each metric, its kind, its labels and its meaning. The guide says the same."""

from __future__ import annotations

from typing import Literal, NamedTuple


class Metric(NamedTuple):
    """A metric as Prometheus knows it.

    Attributes:
        name: without the ``_total`` that the samples of a counter have.
        kind: what may be done with its numbers.
        help: what it says.
        labels: the names of its labels.
    """

    name: str
    kind: Literal["counter", "gauge", "histogram"]
    help: str
    labels: tuple[str, ...] = ()


UP = Metric("attempts_up", "gauge", "1 if the numbers could be read, else 0 and nothing else is told.")
ENDED = Metric("attempts_operations", "counter", "Operations that have ended.", ("kind", "status"))
FAILURES = Metric("attempts_operation_failures", "counter", "Operations that failed, by reason.", ("kind", "code"))
DURATION = Metric(
    "attempts_operation_duration_seconds",
    "histogram",
    "From the moment a worker began an operation to its end, retries included.",
    ("kind", "status"),
)
WAIT = Metric(
    "attempts_operation_wait_seconds", "histogram", "From the request of an operation to its beginning.", ("kind",)
)
ROWS = Metric("attempts_rows_moved", "counter", "Rows rewritten by switches.", ("store", "direction"))
IN_FLIGHT = Metric("attempts_operations_in_flight", "gauge", "Operations that have not ended.", ("status",))
OLDEST = Metric("attempts_operation_oldest_seconds", "gauge", "Age of the oldest operation in flight, 0 if none is.")
STUCK = Metric("attempts_operations_stuck", "gauge", "Operations in flight for too long; 1000 at most are counted.")
WAITING = Metric("attempts_follow_ups_waiting", "gauge", "Follow-ups to be run, or run again.")
OVERDUE = Metric("attempts_follow_ups_overdue", "gauge", "Follow-ups that should have been run a minute ago.")
GIVEN_UP = Metric("attempts_follow_ups_failed", "gauge", "Follow-ups given up that nobody has repeated.")
FOLLOW_UP_FAILURES = Metric(
    "attempts_follow_up_failures", "counter", "Tries of follow-ups that did not work.", ("follow_up", "outcome")
)
REFUSALS = Metric("attempts_refusals", "counter", "Reasons for which requests were refused.", ("kind", "code"))
RETRIES = Metric("attempts_operation_retries", "counter", "Tries at which the database was in the way.", ("code",))
RECOVERED = Metric(
    "attempts_recover_last_run_timestamp_seconds",
    "gauge",
    "When attempts.recover ran last; where no run is known, since when one is awaited.",
)
SINCE = Metric(
    "attempts_counted_since_timestamp_seconds", "gauge", "When the counters of operations that have ended were begun."
)
READ = Metric("attempts_read_timestamp_seconds", "gauge", "When these numbers were read.")

#: In the order in which they are exposed.
METRICS: tuple[Metric, ...] = (
    UP,
    ENDED,
    FAILURES,
    DURATION,
    WAIT,
    ROWS,
    FOLLOW_UP_FAILURES,
    REFUSALS,
    RETRIES,
    IN_FLIGHT,
    OLDEST,
    STUCK,
    WAITING,
    OVERDUE,
    GIVEN_UP,
    RECOVERED,
    SINCE,
    READ,
)
