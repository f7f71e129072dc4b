"""Learners, and where they stand in their courses."""

from __future__ import annotations

from rest_framework import serializers

from attempts.data import CourseStanding
from attempts_api.v1.serializers.attempts import AttemptSerializer, OwnAttemptSerializer
from attempts_api.v1.serializers.fields import KeyField
from attempts_api.v1.serializers.records import (
    GradeSerializer,
    OwnRecordedGradeSerializer,
    RecordedGradeSerializer,
)
from attempts_api.v1.serializers.switches import EligibilitySerializer, OperationSerializer, OwnOperationSerializer


class StandingSerializer(serializers.Serializer):
    """Where a learner stands in one course."""

    course_id = KeyField(source="course_key")
    display_name = serializers.CharField()
    is_enrolled = serializers.BooleanField(help_text="The enrolment is active now.")
    attempts = serializers.SerializerMethodField(help_text="How many there are.")
    active_attempt = AttemptSerializer()
    eligibility = EligibilitySerializer(help_text="For a reset.")
    undo_to = serializers.IntegerField(allow_null=True, help_text="The attempt an undo would go back to.")
    last_operation = OperationSerializer(allow_null=True)
    grade = GradeSerializer(allow_null=True, help_text="The host's own, of the active attempt; null if there is none.")
    grade_of_record = RecordedGradeSerializer()

    def get_attempts(self, standing: CourseStanding) -> int:
        """Return how many there are."""
        return len(standing.attempts)


class LearnerSerializer(serializers.Serializer):
    """A learner, and where she stands in her courses."""

    username = serializers.CharField()
    email = serializers.CharField(
        allow_null=True, allow_blank=True, help_text="Null unless the caller is staff of the whole site."
    )
    name = serializers.CharField(allow_blank=True)
    courses = StandingSerializer(many=True, help_text="Those the caller may look into.")


class OwnStandingSerializer(serializers.Serializer):
    """Where a learner herself stands in one course."""

    course_id = KeyField(source="course_key")
    display_name = serializers.CharField()
    is_enrolled = serializers.BooleanField(help_text="The enrolment is active now.")
    attempts = OwnAttemptSerializer(many=True)
    may_reset = serializers.SerializerMethodField(
        help_text="The policy lets learners reset themselves, and nothing stands against it now."
    )
    may_undo = serializers.SerializerMethodField(
        help_text="The policy lets learners reset themselves, and what was done last was done by the learner."
    )
    eligibility = EligibilitySerializer(help_text="For a reset.")
    last_operation = OwnOperationSerializer(allow_null=True)
    grade = GradeSerializer(allow_null=True, help_text="Of the active attempt; null if there is none.")
    grade_of_record = OwnRecordedGradeSerializer(help_text="The grade that counts.")

    def get_may_reset(self, standing: CourseStanding) -> bool:
        """Tell whether a reset of one's own would be accepted."""
        return "reset" in standing.learner_may

    def get_may_undo(self, standing: CourseStanding) -> bool:
        """Tell whether one may take back what was done last."""
        return "undo" in standing.learner_may


class OwnAttemptsSerializer(serializers.Serializer):
    """One's own attempts, by course."""

    courses = OwnStandingSerializer(many=True)
