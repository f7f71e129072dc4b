"""The sinks of Aspects for attempts and operations.

Aspects finds sinks among the subclasses of its own, by the name of their model. The tables are in
``contrib/aspects/attempts.sql``.
"""

from __future__ import annotations

import json
from typing import Any, ClassVar

import requests
from django.conf import settings
from django.db.models import Model, QuerySet
from platform_plugin_aspects.sinks import ModelBaseSink
from rest_framework.utils.encoders import JSONEncoder

from attempts.models import AttemptContext, AttemptOperation
from attempts.streams.aspects.serializers import AttemptSerializer, OperationSerializer


class SendsJson:
    """A sink that names its columns.

    In CSV, as Aspects writes it, a value that is missing cannot be told from an empty text. A table that lacks a column
    which a later release has goes on without it; any other row that the table does not take is an error.
    """

    PARAMETERS: ClassVar[dict[str, str | int]] = {
        "date_time_input_format": "best_effort",
        "input_format_skip_unknown_fields": 1,
    }

    def send_item(self, serialized_item: Any, many: bool = False) -> None:
        """Insert one row, or many; requests' errors if ClickHouse is away or refuses them."""
        sink: Any = self
        rows = serialized_item if many else [serialized_item]
        query = f"INSERT INTO {sink.ch_database}.{sink.clickhouse_table_name} FORMAT JSONEachRow"
        lines = "\n".join(json.dumps(row, cls=JSONEncoder) for row in rows)
        parameters = {**self.PARAMETERS, "query": query}
        request = requests.Request("POST", sink.ch_url, data=lines.encode(), params=parameters, auth=sink.ch_auth)
        sink._send_clickhouse_request(request)


class AttemptSink(SendsJson, ModelBaseSink):
    """Attempts that have a row: those of learners who were ever reset."""

    model = "attempt"
    unique_key = "id"
    clickhouse_table_name = "attempt"
    timestamp_field = "time_last_dumped"
    name = "Attempt"
    serializer_class = AttemptSerializer

    def get_queryset(self, start_pk: int | None = None) -> QuerySet:
        """Return the rows, with what tells which of them are active."""
        return super().get_queryset(start_pk).select_related("learner_course")


class OperationSink(SendsJson, ModelBaseSink):
    """Operations: one for each switch, and those that failed."""

    model = "attempt_operation"
    unique_key = "id"
    clickhouse_table_name = "attempt_operation"
    timestamp_field = "time_last_dumped"
    name = "Attempt operation"
    serializer_class = OperationSerializer

    def get_queryset(self, start_pk: int | None = None) -> QuerySet:
        """Return the rows, with the uuids of what they name."""
        return super().get_queryset(start_pk).select_related("from_attempt", "to_attempt", "undoes")


_MODELS: dict[str, type[Model]] = {AttemptSink.model: AttemptContext, OperationSink.model: AttemptOperation}


def connect() -> None:
    """Tell Aspects where the models of the sinks are, unless the operator has.

    Its own settings plugin may have run after ours and made the table anew, so that is done once all apps are loaded.
    """
    known: dict[str, dict[str, str]] = getattr(settings, "EVENT_SINK_CLICKHOUSE_MODEL_CONFIG", {})
    for name, model in _MODELS.items():
        known.setdefault(name, {"module": model.__module__, "model": model.__name__})
