"""The numbers as families of metrics. The only module that needs ``prometheus_client``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.db import connections, router
from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector
from prometheus_client.utils import floatToGoString

from attempts.models import AttemptOperation, OperationKind, OperationStatus
from attempts.monitoring import metrics
from attempts.monitoring.snapshot import Snapshot, snapshot
from attempts.monitoring.tally import BUCKETS, Histogram
from attempts.telemetry.events import Event
from attempts.telemetry.logs import EventLog

log = EventLog(__name__)
_FAMILIES: dict[str, Callable[..., Any]] = {
    "counter": CounterMetricFamily,
    "gauge": GaugeMetricFamily,
    "histogram": HistogramMetricFamily,
}
_BOUNDS = (*map(floatToGoString, BUCKETS), "+Inf")
_ENDS = (OperationStatus.COMPLETE.value, OperationStatus.FAILED.value)


class AttemptsCollector(Collector):
    """Reads the numbers when somebody asks for them. Nothing is kept in the process."""

    def describe(self) -> Iterator[Metric]:
        """Yield the families without numbers, so that a registry can be joined without a database."""
        return map(_family, metrics.METRICS)

    def collect(self) -> Iterator[Metric]:
        """Yield the families; only that they cannot be read, if they cannot: others are on the same page."""
        try:
            _forget_broken_connection()
            found = snapshot()
        except Exception as error:
            # Databases and caches raise what they like.
            log.warning(Event.METRICS_NOT_READ, error)
            yield _gauge(metrics.UP, 0)
            return
        yield _gauge(metrics.UP, 1)
        yield from _sums(found)
        yield from _gauges(found)


def text_for(accept: str) -> tuple[bytes, str]:
    """Return the page and its content type, in the format that fits an ``Accept`` header best."""
    registry = CollectorRegistry()
    registry.register(AttemptsCollector())
    encoder, content_type = choose_encoder(accept)
    return encoder(registry), content_type


def _forget_broken_connection() -> None:
    """A thread that serves nothing but metrics has a connection of its own, which nobody else looks after."""
    connection = connections[router.db_for_read(AttemptOperation)]
    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()


def _sums(found: Snapshot) -> Iterator[Metric]:
    tally = found.tally
    # From the beginning, so that the first failure is an increase.
    known: list[tuple[str, ...]] = [(kind.value, end) for kind in OperationKind for end in _ENDS]
    ended = {labels: tally.ended.get(labels, 0) for labels in known}
    yield _counter(metrics.ENDED, ended)
    yield _counter(metrics.FAILURES, tally.failures)
    yield _histogram(metrics.DURATION, tally.durations)
    yield _histogram(metrics.WAIT, tally.waits)
    yield _counter(metrics.ROWS, tally.rows)
    yield _counter(metrics.FOLLOW_UP_FAILURES, found.follow_up_failures)
    yield _counter(metrics.REFUSALS, found.refusals)
    yield _counter(metrics.RETRIES, found.retries)


def _gauges(found: Snapshot) -> Iterator[Metric]:
    state = found.state
    in_flight = _family(metrics.IN_FLIGHT)
    for status, number in state.in_flight.items():
        in_flight.add_metric([status], number)
    yield in_flight
    yield _gauge(metrics.OLDEST, state.oldest)
    yield _gauge(metrics.STUCK, state.stuck)
    yield _gauge(metrics.WAITING, state.waiting)
    yield _gauge(metrics.OVERDUE, state.overdue)
    yield _gauge(metrics.GIVEN_UP, state.failed)
    yield _gauge(metrics.RECOVERED, found.recovered_at)
    yield _gauge(metrics.SINCE, found.tally.since)
    yield _gauge(metrics.READ, found.read_at)


def _family(metric: metrics.Metric) -> Any:
    return _FAMILIES[metric.kind](metric.name, metric.help, labels=metric.labels)


def _gauge(metric: metrics.Metric, value: float) -> Metric:
    family = _family(metric)
    family.add_metric([], value)
    return family


def _counter(metric: metrics.Metric, values: Mapping[tuple[str, ...], int]) -> Metric:
    family = _family(metric)
    for labels, value in sorted(values.items()):
        family.add_metric(labels, value)
    return family


def _histogram(metric: metrics.Metric, values: Mapping[tuple[str, ...], Histogram]) -> Metric:
    family = _family(metric)
    for labels, found in sorted(values.items()):
        below = [sum(found.counts[: place + 1]) for place in range(len(found.counts))]
        family.add_metric(labels, list(zip(_BOUNDS, below, strict=True)), found.seconds)
    return family
