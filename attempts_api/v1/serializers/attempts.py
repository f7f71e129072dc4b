"""Attempts, and what is in them."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.reverse import reverse

from attempts.data import AttemptData, BlockState
from attempts.sendable import sendable
from attempts_api.v1.serializers.fields import (
    LEARNER_LENGTH,
    ORG_LENGTH,
    BlockKeyInput,
    CourseKeyInput,
    FilterSwitch,
    GradeInput,
    KeyField,
    NameInput,
    StrictSerializer,
    UtcField,
)
from attempts_api.v1.serializers.pages import PageQuery, page_serializer

STATES = ("active", "archived")
ORDERS = tuple(f"{sign}{name}" for name in ("created", "opened_at", "archived_at", "grade") for sign in ("", "-"))
_MOST = 2**31 - 1


class SummarySerializer(serializers.Serializer):
    """What an attempt came to when it was archived."""

    percent_grade = serializers.FloatField(allow_null=True, help_text="Course grade, 0.0 to 1.0; null if none.")
    letter_grade = serializers.CharField(allow_blank=True, help_text="Empty if failing or none.")
    passed = serializers.BooleanField(allow_null=True, help_text="Null if there was no grade.")
    completed_blocks = serializers.IntegerField()
    completion_ratio = serializers.FloatField(allow_null=True, help_text="0.0 to 1.0; null if the host cannot tell.")
    rows = serializers.DictField(child=serializers.IntegerField(), help_text="Rows archived, by table.")


class OwnAttemptSerializer(serializers.Serializer):
    """One attempt of one's own at a course."""

    uuid = serializers.UUIDField(help_text="Serves as xAPI registration.")
    number = serializers.IntegerField(help_text="From 1.")
    state = serializers.ChoiceField(choices=STATES)
    opened_at = UtcField(allow_null=True, help_text="Of attempt 1 the time of enrolment; null if unknown.")
    archived_at = UtcField(allow_null=True, help_text="Null while it is active.")
    summary = SummarySerializer(allow_null=True, help_text="Null while it is active.")


class ProofSerializer(serializers.Serializer):
    """What the last trial of bringing an archived attempt back has shown; the trial itself was taken back."""

    checked_at = UtcField()
    restorable = serializers.BooleanField(help_text="Whether every row came back as it is archived.")
    problem = serializers.CharField(allow_blank=True, help_text="What stands against it; empty if nothing does.")
    made_at = UtcField(help_text="When the checksums were made that rows are compared with.")
    changed = serializers.ListField(
        child=serializers.CharField(), help_text="Tables whose rows were written since then, by late work say."
    )


class AttemptSerializer(OwnAttemptSerializer):
    """One attempt of a learner at a course."""

    url = serializers.SerializerMethodField(help_text="Address of the attempt, with a query if it needs one.")
    learner = serializers.CharField(source="learner.username")
    course_id = KeyField(source="course_key")
    proof = ProofSerializer(allow_null=True, help_text="Null while it is active, and until it was first tried.")

    @extend_schema_field(OpenApiTypes.URI)
    def get_url(self, attempt: AttemptData) -> str:
        """Return the address of the attempt; one without a row is found by learner and course."""
        path = reverse("attempts_api:attempt", kwargs={"uuid": attempt.uuid}, request=self.context.get("request"))
        if attempt.is_recorded:
            return path
        return f"{path}?{urlencode({'learner': attempt.learner.username, 'course_id': str(attempt.course_key)})}"


class AttemptFilters(StrictSerializer):
    """Which attempts, wherever and whoever's."""

    state = serializers.ChoiceField(required=False, choices=STATES)
    number = serializers.IntegerField(required=False, min_value=1, max_value=_MOST)
    opened_after = UtcField(required=False, help_text="Included.")
    opened_before = UtcField(required=False, help_text="Included.")
    archived_after = UtcField(required=False, help_text="Included; archived attempts only.")
    archived_before = UtcField(required=False, help_text="Included; archived attempts only.")
    passed = FilterSwitch(required=False, help_text="When it was archived; archived attempts only.")
    minimum_grade = GradeInput(
        required=False, min_value=0.0, max_value=1.0, help_text="When it was archived; archived attempts only."
    )


class AttemptQuerySerializer(PageQuery, AttemptFilters):
    """Which attempts."""

    learner = NameInput(required=False, max_length=LEARNER_LENGTH, help_text="Username or e-mail address.")
    course_id = CourseKeyInput(required=False)
    org = NameInput(required=False, max_length=ORG_LENGTH, help_text="Organisation of the course.")
    ordering = serializers.ChoiceField(
        required=False,
        choices=ORDERS,
        help_text="`created` is the order in which they were recorded; any other order leaves out attempts without "
        "such a value. Unless given: `-opened_at`, `-archived_at` or `-grade` where such a range is asked for, "
        "else `-created`.",
    )


class AttemptHint(StrictSerializer):
    """Whose attempt it is, and where: needed for the only attempt of a learner never reset."""

    learner = NameInput(required=False, max_length=LEARNER_LENGTH, help_text="Username or e-mail address.")
    course_id = CourseKeyInput(required=False)


class BlockQuerySerializer(PageQuery, AttemptHint):
    """Which blocks of an attempt."""

    block_type = NameInput(required=False, max_length=32, help_text="Such as problem or video.")
    block_id = BlockKeyInput(required=False)


class BlockStateSerializer(serializers.Serializer):
    """A learner's state of one block in one attempt."""

    block_id = KeyField(source="block_key", help_text="The plain key, so that attempts can be compared.")
    block_type = serializers.CharField()
    state = serializers.SerializerMethodField(
        help_text="The saved fields; null if the block was only opened. `NaN` and `Infinity` come as texts."
    )
    unreadable = serializers.SerializerMethodField(
        help_text="What is stored, if it is not the JSON of fields; null otherwise."
    )
    score = serializers.FloatField(allow_null=True, help_text="Raw points; null if the block has none.")
    max_score = serializers.FloatField(allow_null=True)
    created = UtcField()
    modified = UtcField()

    @extend_schema_field({"type": "object", "additionalProperties": {}, "nullable": True})
    def get_state(self, block: BlockState) -> Any:
        """Return the saved fields as JSON can hold them."""
        return sendable(block.state)

    @extend_schema_field({"type": "string", "nullable": True})
    def get_unreadable(self, block: BlockState) -> str | None:
        """Return what is stored and cannot be read."""
        return sendable(block.unreadable)


class GradeOverrideSerializer(serializers.Serializer):
    """A grade that staff set by hand; points, null where not overridden."""

    earned_all = serializers.FloatField(allow_null=True)
    possible_all = serializers.FloatField(allow_null=True)
    earned_graded = serializers.FloatField(allow_null=True)
    possible_graded = serializers.FloatField(allow_null=True)
    reason = serializers.CharField(allow_null=True, allow_blank=True)


class SubsectionGradeSerializer(serializers.Serializer):
    """A learner's grade in one subsection, in points."""

    block_id = KeyField(source="block_key")
    earned_all = serializers.FloatField()
    possible_all = serializers.FloatField()
    earned_graded = serializers.FloatField()
    possible_graded = serializers.FloatField()
    first_attempted = UtcField(allow_null=True)
    modified = UtcField()
    override = GradeOverrideSerializer(allow_null=True)


class CourseGradeSerializer(serializers.Serializer):
    """A learner's grade in the course."""

    percent_grade = serializers.FloatField(help_text="0.0 to 1.0.")
    letter_grade = serializers.CharField(allow_blank=True, help_text="Empty if failing.")
    passed = serializers.BooleanField()
    passed_timestamp = UtcField(allow_null=True)
    modified = UtcField()


class CompletionSerializer(serializers.Serializer):
    """How far a learner completed one block."""

    block_id = KeyField(source="block_key")
    block_type = serializers.CharField()
    completion = serializers.FloatField(help_text="0.0 to 1.0.")
    modified = UtcField()


AttemptPage: Any = page_serializer("AttemptPage", AttemptSerializer)
BlockStatePage: Any = page_serializer("BlockStatePage", BlockStateSerializer)
CompletionPage: Any = page_serializer("CompletionPage", CompletionSerializer)
GradePage: Any = page_serializer(
    "GradePage",
    SubsectionGradeSerializer,
    course=CourseGradeSerializer(allow_null=True, help_text="The course grade; null if there is none."),
)
