"""The rows of the tables of Aspects: ids, numbers, times and words of closed lists; nothing that people wrote."""

from __future__ import annotations

from typing import Any

from platform_plugin_aspects.sinks.serializers import BaseSinkSerializer
from rest_framework import serializers

from attempts.models import AttemptContext, AttemptOperation

#: What the base class adds to every row.
_OF_DUMP = ["dump_id", "time_last_dumped"]
#: What is known of an attempt only while it is archived.
_OF_ARCHIVED = ["archived_at", "percent_grade", "letter_grade", "passed", "completed_blocks", "completion_ratio"]


class AttemptSerializer(BaseSinkSerializer, serializers.ModelSerializer):
    """An attempt that has a row, as the API shows it."""

    user_id = serializers.IntegerField(source="learner_course.user_id")
    course_key = serializers.CharField()
    state = serializers.SerializerMethodField()

    class Meta:
        model = AttemptContext
        fields = ["id", "uuid", "user_id", "course_key", "number", "state", "opened_at", *_OF_ARCHIVED, *_OF_DUMP]

    def get_state(self, row: AttemptContext) -> str:
        """Return ``active`` or ``archived``."""
        return "active" if row.number == row.learner_course.active_number else "archived"

    def to_representation(self, row: AttemptContext) -> dict[str, Any]:
        """Return the row; of an active attempt without what it came to when it was archived before."""
        told: dict[str, Any] = super().to_representation(row)
        return told if told["state"] == "archived" else {**told, **dict.fromkeys(_OF_ARCHIVED)}


class OperationSerializer(BaseSinkSerializer, serializers.ModelSerializer):
    """An operation, without comment, and without the sentence of an error."""

    user_id = serializers.IntegerField(source="learner_id")
    course_key = serializers.CharField()
    from_attempt = serializers.UUIDField(source="from_attempt.uuid", default=None)
    to_attempt = serializers.UUIDField(source="to_attempt.uuid", default=None)
    undoes = serializers.UUIDField(source="undoes.uuid", default=None)
    requested_by_id = serializers.IntegerField()

    class Meta:
        model = AttemptOperation
        fields = [
            *("id", "uuid", "kind", "status", "user_id", "course_key", "from_attempt", "to_attempt", "undoes"),
            *("requested_by_id", "created", "started_at", "completed_at", "error_code"),
            *_OF_DUMP,
        ]
