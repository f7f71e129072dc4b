"""Switches: asked about, asked for, followed."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.reverse import reverse

from attempts.data import OperationData
from attempts_api.v1.serializers.fields import CourseKeyInput, KeyField, StrictSerializer, UtcField
from attempts_api.v1.serializers.pages import PageQuery, page_serializer

KINDS = ("reset", "undo", "activate")
STATUSES = ("enqueued", "in_progress", "complete", "failed")
ORDERS = ("created", "-created", "completed_at", "-completed_at")
COMMENT_LENGTH = 255


class ReasonSerializer(serializers.Serializer):
    """Why something is refused."""

    code = serializers.CharField()
    detail = serializers.CharField()
    overridable = serializers.BooleanField(help_text="Somebody with the right may go on in spite of it.")


class EligibilitySerializer(serializers.Serializer):
    """Whether a switch would be accepted."""

    kind = serializers.ChoiceField(choices=KINDS)
    eligible = serializers.BooleanField()
    reasons = ReasonSerializer(many=True, help_text="Every reason against it.")
    resets_used = serializers.IntegerField(help_text="Completed resets that were not undone.")
    resets_left = serializers.IntegerField(allow_null=True, help_text="Null if unlimited.")


class StoreRowsSerializer(serializers.Serializer):
    """Rows of one store, by what becomes of them."""

    archived = serializers.IntegerField()
    restored = serializers.IntegerField()
    foreign = serializers.IntegerField(help_text="Archived rows whose block is of another course or a library.")


class StoreProgressSerializer(serializers.Serializer):
    """How far one store is."""

    store = serializers.CharField(help_text="The table.")
    label = serializers.CharField()  # type: ignore[assignment] # the stubs take it for the field's own label
    status = serializers.ChoiceField(
        choices=("waiting", "done", "unchanged"),
        help_text="Stores of one database are done together; after a failure they are unchanged.",
    )
    moved = StoreRowsSerializer(allow_null=True, help_text="Null unless done.")


class OperationErrorSerializer(serializers.Serializer):
    """What went wrong in an operation."""

    code = serializers.CharField()
    detail = serializers.CharField()


class OwnOperationSerializer(serializers.Serializer):
    """A switch of one's own attempts, as the learner sees it."""

    uuid = serializers.UUIDField()
    url = serializers.SerializerMethodField()
    kind = serializers.ChoiceField(choices=KINDS)
    course_id = KeyField(source="course_key")
    status = serializers.ChoiceField(choices=STATUSES)
    created = UtcField()
    started_at = UtcField(allow_null=True)
    completed_at = UtcField(allow_null=True, help_text="Also set if it failed.")
    from_number = serializers.IntegerField(allow_null=True, help_text="The attempt archived; null if not yet known.")
    to_number = serializers.IntegerField(allow_null=True, help_text="The attempt then active; null if not yet known.")

    _view = "attempts_api:own-operation"

    @extend_schema_field(OpenApiTypes.URI)
    def get_url(self, operation: OperationData) -> str:
        """Return the address of the operation."""
        return reverse(self._view, kwargs={"uuid": operation.uuid}, request=self.context.get("request"))


class OperationSerializer(OwnOperationSerializer):
    """One requested switch, and how far it is."""

    _view = "attempts_api:operation"

    learner = serializers.CharField(source="learner.username")
    requested_by = serializers.CharField(allow_null=True, help_text="Username; null for the system.")
    role = serializers.CharField(source="provenance.role", allow_blank=True, help_text="What gave the right.")
    client = serializers.CharField(source="provenance.client", allow_blank=True, help_text="What it came through.")
    request_id = serializers.CharField(source="provenance.request_id", allow_blank=True)
    comment = serializers.CharField(allow_blank=True)
    overridden = serializers.ListField(child=serializers.CharField(), help_text="Reasons the requester overrode.")
    from_attempt = serializers.UUIDField(source="from_uuid", allow_null=True)
    to_attempt = serializers.UUIDField(source="to_uuid", allow_null=True)
    undoes = serializers.UUIDField(allow_null=True, help_text="The operation it took back.")
    error = serializers.SerializerMethodField()
    stores = StoreProgressSerializer(source="progress", many=True)

    @extend_schema_field(OperationErrorSerializer(allow_null=True))
    def get_error(self, operation: OperationData) -> dict[str, str] | None:
        """Return what went wrong, None if nothing did."""
        return {"code": operation.error_code, "detail": operation.error} if operation.error_code else None


class OperationQuerySerializer(PageQuery):
    """Which operations."""

    learner = serializers.CharField(required=False, max_length=254, help_text="Username or e-mail address.")
    course_id = CourseKeyInput(required=False)
    org = serializers.CharField(required=False, max_length=255, help_text="Organisation of the course.")
    kind = serializers.ChoiceField(required=False, choices=KINDS)
    status = serializers.ChoiceField(required=False, choices=STATUSES)
    requested_by = serializers.CharField(required=False, max_length=150, help_text="Username of the requester.")
    attempt = serializers.UUIDField(required=False, help_text="An attempt it switched from or to.")
    created_after = UtcField(required=False, help_text="Included.")
    created_before = UtcField(required=False, help_text="Included.")
    completed_after = UtcField(required=False, help_text="Included.")
    completed_before = UtcField(required=False, help_text="Included.")
    ordering = serializers.ChoiceField(
        required=False,
        choices=ORDERS,
        help_text="`completed_at` leaves out operations that have not ended. Unless given: `-completed_at` where such "
        "a range is asked for, else `-created`.",
    )


class StorePreviewSerializer(StoreRowsSerializer):
    """What a switch would do in one store."""

    store = serializers.CharField(help_text="The table.")
    label = serializers.CharField()  # type: ignore[assignment] # the stubs take it for the field's own label
    reasons = ReasonSerializer(many=True, help_text="What in this store stands against the switch.")


class StaysSerializer(serializers.Serializer):
    """What a switch does not touch."""

    table = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment] # the stubs take it for the field's own label
    rows = serializers.IntegerField()
    detail = serializers.CharField(help_text="Why it stays.")


class PreviewSerializer(serializers.Serializer):
    """What a switch would do; nothing was written to find out."""

    kind = serializers.ChoiceField(choices=KINDS)
    learner = serializers.CharField(source="learner.username")
    course_id = KeyField(source="course_key")
    from_number = serializers.IntegerField(help_text="The attempt that would be archived.")
    to_number = serializers.IntegerField(allow_null=True, help_text="The attempt then active; null if there is none.")
    eligible = serializers.BooleanField(source="eligibility.eligible")
    reasons = ReasonSerializer(source="eligibility.reasons", many=True, help_text="Every reason against it.")
    resets_used = serializers.IntegerField(source="eligibility.resets_used")
    resets_left = serializers.IntegerField(source="eligibility.resets_left", allow_null=True)
    stores = StorePreviewSerializer(many=True, help_text="What would move.")
    stays = StaysSerializer(many=True, help_text="What would not.")


class SwitchRequestSerializer(StrictSerializer):
    """A switch that somebody asks about.

    ``attempt`` goes with ``kind: activate`` and names learner and course too; they may be left out then.
    """

    kind = serializers.ChoiceField(choices=KINDS)
    learner = serializers.CharField(required=False, max_length=254, help_text="Username or e-mail address.")
    course_id = CourseKeyInput(required=False)
    attempt = serializers.UUIDField(required=False, help_text="The archived attempt to activate, for that kind.")

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


def _comment() -> serializers.CharField:
    # Its length is checked further in, where all faces meet, with a code of its own.
    return serializers.CharField(
        required=False, allow_blank=True, default="", help_text=f"Why; at most {COMMENT_LENGTH} characters."
    )


class OperationRequestSerializer(SwitchRequestSerializer):
    """A switch that somebody asks for."""

    comment = _comment()
    override = serializers.ListField(
        child=serializers.CharField(max_length=64),
        required=False,
        default=list,
        max_length=50,
        help_text="Codes of reasons to go on in spite of.",
    )


class OwnOperationRequestSerializer(StrictSerializer):
    """A switch of one's own attempts."""

    kind = serializers.ChoiceField(choices=("reset", "undo"))
    course_id = CourseKeyInput()
    comment = _comment()


OperationPage: Any = page_serializer("OperationPage", OperationSerializer)
