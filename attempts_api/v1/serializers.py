"""The shapes of requests and responses. Keys are texts, times ISO-8601 in UTC, learners named by username."""

from __future__ import annotations

from datetime import UTC
from typing import Any

from rest_framework import serializers

from attempts.data import OperationData


class UtcField(serializers.DateTimeField):
    """A time in UTC, whatever the host's time zone."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(default_timezone=UTC, **kwargs)


class KeyField(serializers.CharField):
    """An opaque key as text."""


class ReasonSerializer(serializers.Serializer):
    """Why something is refused."""

    code = serializers.CharField()
    detail = serializers.CharField()
    overridable = serializers.BooleanField()


class EligibilitySerializer(serializers.Serializer):
    """Whether a switch would be accepted."""

    kind = serializers.CharField()
    eligible = serializers.BooleanField()
    reasons = ReasonSerializer(many=True)
    resets_used = serializers.IntegerField()
    resets_left = serializers.IntegerField(allow_null=True)


class SummarySerializer(serializers.Serializer):
    """What an archived attempt came to."""

    percent_grade = serializers.FloatField(allow_null=True)
    letter_grade = serializers.CharField()
    passed = serializers.BooleanField(allow_null=True)
    completed_blocks = serializers.IntegerField()
    completion_ratio = serializers.FloatField(allow_null=True)
    rows = serializers.DictField(child=serializers.IntegerField())


class AttemptSerializer(serializers.Serializer):
    """One attempt."""

    uuid = serializers.UUIDField()
    learner = serializers.CharField(source="learner.username")
    course_id = KeyField(source="course_key")
    number = serializers.IntegerField()
    state = serializers.CharField()
    opened_at = UtcField(allow_null=True)
    archived_at = UtcField(allow_null=True)
    summary = SummarySerializer(allow_null=True)


class StoreRowsSerializer(serializers.Serializer):
    """Rows that a switch moved in one store."""

    store = serializers.CharField()
    archived = serializers.IntegerField()
    restored = serializers.IntegerField()
    foreign = serializers.IntegerField()


class OperationSerializer(serializers.Serializer):
    """One requested switch."""

    uuid = serializers.UUIDField()
    kind = serializers.CharField()
    learner = serializers.CharField(source="learner.username")
    course_id = KeyField(source="course_key")
    status = serializers.CharField()
    requested_by = serializers.CharField(allow_null=True)
    comment = serializers.CharField()
    overridden = serializers.ListField(child=serializers.CharField())
    created = UtcField()
    started_at = UtcField(allow_null=True)
    completed_at = UtcField(allow_null=True)
    from_number = serializers.IntegerField(allow_null=True)
    to_number = serializers.IntegerField(allow_null=True)
    from_attempt = serializers.UUIDField(source="from_uuid", allow_null=True)
    to_attempt = serializers.UUIDField(source="to_uuid", allow_null=True)
    undoes = serializers.UUIDField(allow_null=True)
    error = serializers.SerializerMethodField()
    stores = serializers.SerializerMethodField()

    def get_error(self, operation: OperationData) -> dict[str, str] | None:
        """Return what went wrong, None if nothing did."""
        return {"code": operation.error_code, "detail": operation.error} if operation.error_code else None

    def get_stores(self, operation: OperationData) -> list[dict[str, Any]]:
        """Return what was moved, by store; empty until the operation is complete."""
        moved = [{"store": table, **vars(rows)} for table, rows in operation.rows.items()]
        return list(StoreRowsSerializer(moved, many=True).data)


class StandingSerializer(serializers.Serializer):
    """Where a learner stands in one course."""

    course_id = KeyField(source="course_key")
    display_name = serializers.CharField()
    is_enrolled = serializers.BooleanField()
    attempts = serializers.IntegerField()
    active_attempt = AttemptSerializer()
    eligibility = EligibilitySerializer()
    undo_to = serializers.IntegerField(allow_null=True)
    last_operation = OperationSerializer(allow_null=True)


class LearnerSerializer(serializers.Serializer):
    """A learner and where she stands in her courses."""

    username = serializers.CharField()
    email = serializers.CharField()
    name = serializers.CharField()
    courses = StandingSerializer(many=True)


class StorePreviewSerializer(StoreRowsSerializer):
    """What a switch would move in one store."""

    label = serializers.CharField()  # type: ignore[assignment] # the stubs take it for the field's own label


class PreviewSerializer(serializers.Serializer):
    """What a switch would do."""

    kind = serializers.CharField()
    learner = serializers.CharField(source="learner.username")
    course_id = KeyField(source="course_key")
    from_number = serializers.IntegerField()
    to_number = serializers.IntegerField(allow_null=True)
    eligible = serializers.BooleanField(source="eligibility.eligible")
    reasons = ReasonSerializer(source="eligibility.reasons", many=True)
    resets_used = serializers.IntegerField(source="eligibility.resets_used")
    resets_left = serializers.IntegerField(source="eligibility.resets_left", allow_null=True)
    stores = StorePreviewSerializer(many=True)


class SwitchRequestSerializer(serializers.Serializer):
    """A switch that somebody asks for, or asks about.

    ``attempt`` goes with ``kind: activate`` and names learner and course too; they may be left out then.
    """

    kind = serializers.ChoiceField(choices=("reset", "undo", "activate"))
    learner = serializers.CharField(required=False, help_text="Username or e-mail address.")
    course_id = serializers.CharField(required=False, help_text="Plain course key.")
    attempt = serializers.UUIDField(required=False, help_text="The archived attempt to activate.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Check that what is named is enough and fits together."""
        if attrs["kind"] == "activate":
            if "attempt" not in attrs:
                raise serializers.ValidationError({"attempt": "Name the attempt to activate by its uuid."})
            return attrs
        if "attempt" in attrs:
            raise serializers.ValidationError({"attempt": f"A {attrs['kind']} takes no attempt."})
        missing = {name: "This field is required." for name in ("learner", "course_id") if name not in attrs}
        if missing:
            raise serializers.ValidationError(missing)
        return attrs


class OperationRequestSerializer(SwitchRequestSerializer):
    """A switch that somebody asks for."""

    comment = serializers.CharField(required=False, allow_blank=True, default="")
    override = serializers.ListField(child=serializers.CharField(), required=False, default=list, max_length=50)
