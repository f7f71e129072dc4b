"""Switches: asked about, asked for, followed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.reverse import reverse

from attempts.data import FollowUpData, OperationData
from attempts_api.v1.serializers.fields import (
    LEARNER_LENGTH,
    ORG_LENGTH,
    CommentInput,
    CourseKeyInput,
    KeyField,
    NameInput,
    StrictSerializer,
    UtcField,
    UuidInput,
)
from attempts_api.v1.serializers.pages import PageQuery, page_serializer

#: What a learner may ask for.
LEARNER_KINDS = ("reset", "undo")
KINDS = (*LEARNER_KINDS, "activate")
STATUSES = ("enqueued", "in_progress", "complete", "failed")
STORE_STATUSES = ("waiting", "done", "unchanged")
FOLLOW_UP_STATUSES = ("waiting", "done", "skipped", "failed")
ORDERS = ("created", "-created", "completed_at", "-completed_at")


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
        choices=STORE_STATUSES,
        help_text="Stores of one database are done together; after a failure they are unchanged.",
    )
    moved = StoreRowsSerializer(allow_null=True, help_text="Null unless done.")


class OperationErrorSerializer(serializers.Serializer):
    """What went wrong in an operation."""

    code = serializers.CharField()
    detail = serializers.CharField()


class FollowUpSerializer(serializers.Serializer):
    """Something that is done after a completed operation; whether it works does not change the operation."""

    name = serializers.CharField()
    status = serializers.ChoiceField(
        choices=FOLLOW_UP_STATUSES,
        help_text="Also `waiting` between two tries; `skipped`: there was nothing to do; `failed`: given up.",
    )
    tries = serializers.IntegerField(help_text="How often it was begun.")
    due = UtcField(help_text="When it is to be begun.")
    ended_at = UtcField(allow_null=True, help_text="When it was done, skipped or given up.")
    error = serializers.SerializerMethodField(help_text="Why it was skipped, or what went wrong; else null.")

    @extend_schema_field(OperationErrorSerializer(allow_null=True))
    def get_error(self, found: FollowUpData) -> dict[str, str] | None:
        """Return why it was skipped or what went wrong, None if nothing did."""
        return {"code": found.error_code, "detail": found.error} if found.error_code else None


class OwnOperationSerializer(serializers.Serializer):
    """A switch of one's own attempts, as the learner sees it."""

    uuid = serializers.UUIDField()
    url = serializers.SerializerMethodField(help_text="Address of the operation.")
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
    error = serializers.SerializerMethodField(help_text="What went wrong; null if nothing did.")
    stores = StoreProgressSerializer(source="progress", many=True)
    follow_ups = FollowUpSerializer(many=True, help_text="What comes after it; empty unless complete.")

    @extend_schema_field(OperationErrorSerializer(allow_null=True))
    def get_error(self, operation: OperationData) -> dict[str, str] | None:
        """Return what went wrong, None if nothing did."""
        return {"code": operation.error_code, "detail": operation.error} if operation.error_code else None


class OperationQuerySerializer(PageQuery):
    """Which operations."""

    learner = NameInput(required=False, max_length=LEARNER_LENGTH, help_text="Username or e-mail address.")
    course_id = CourseKeyInput(required=False)
    org = NameInput(required=False, max_length=ORG_LENGTH, help_text="Organisation of the course.")
    kind = serializers.ChoiceField(required=False, choices=KINDS)
    status = serializers.ChoiceField(required=False, choices=STATUSES)
    requested_by = NameInput(required=False, max_length=150, help_text="Username of the requester.")
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


class KindSerializer(serializers.Serializer):
    """Which switch; what else is to be said depends on it."""

    kind = serializers.ChoiceField(choices=KINDS)


class ResetOrUndoQuestionSerializer(StrictSerializer):
    """A reset or an undo that somebody asks about."""

    kind = serializers.ChoiceField(choices=LEARNER_KINDS)
    learner = NameInput(max_length=LEARNER_LENGTH, help_text="Username or e-mail address.")
    course_id = CourseKeyInput()


class ActivationQuestionSerializer(StrictSerializer):
    """An activation that somebody asks about. The attempt says whose it is, and where."""

    kind = serializers.ChoiceField(choices=("activate",))
    attempt = UuidInput(help_text="The archived attempt to activate.")
    learner = NameInput(required=False, max_length=LEARNER_LENGTH, help_text="Username or e-mail address.")
    course_id = CourseKeyInput(required=False)


def _override() -> serializers.ListField:
    return serializers.ListField(
        child=NameInput(max_length=64),
        required=False,
        default=list,
        max_length=50,
        help_text="Codes of reasons to go on in spite of.",
    )


class ResetOrUndoRequestSerializer(ResetOrUndoQuestionSerializer):
    """A reset or an undo that somebody asks for."""

    comment = CommentInput()
    override = _override()


class ActivationRequestSerializer(ActivationQuestionSerializer):
    """An activation that somebody asks for. The attempt says whose it is, and where."""

    comment = CommentInput()
    override = _override()


#: What goes with each kind of switch, to be asked about and to be asked for.
QUESTIONS: Mapping[str, type[StrictSerializer]] = {
    **dict.fromkeys(LEARNER_KINDS, ResetOrUndoQuestionSerializer),
    "activate": ActivationQuestionSerializer,
}
REQUESTS: Mapping[str, type[StrictSerializer]] = {
    **dict.fromkeys(LEARNER_KINDS, ResetOrUndoRequestSerializer),
    "activate": ActivationRequestSerializer,
}


class OwnOperationRequestSerializer(StrictSerializer):
    """A switch of one's own attempts."""

    kind = serializers.ChoiceField(choices=LEARNER_KINDS)
    course_id = CourseKeyInput()
    comment = CommentInput()


OperationPage: Any = page_serializer("OperationPage", OperationSerializer)
