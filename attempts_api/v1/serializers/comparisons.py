"""Two attempts of one learner beside one another."""

from __future__ import annotations

from rest_framework import serializers

from attempts_api.v1.serializers.attempts import AttemptSerializer, CourseGradeSerializer, SubsectionGradeSerializer
from attempts_api.v1.serializers.fields import FilterSwitch, KeyField, StrictSerializer, UtcField

_CHANGE = "How much of the possible points the second attempt has more, -1.0 to 1.0; null unless both have some."


class ComparisonQuery(StrictSerializer):
    """How much of a comparison."""

    changed_only = FilterSwitch(
        required=False,
        default=False,
        help_text="Leave out blocks of both attempts in which nothing but the times differs.",
    )


class BlockRecordSerializer(serializers.Serializer):
    """What a learner did in one block in one attempt."""

    score = serializers.FloatField(allow_null=True, help_text="Raw points; null if the block has none.")
    max_score = serializers.FloatField(allow_null=True)
    tries = serializers.IntegerField(allow_null=True, help_text="How often it was graded; null if nothing says so.")
    completion = serializers.FloatField(allow_null=True, help_text="0.0 to 1.0; null if nothing was recorded.")
    first_activity = UtcField()
    last_activity = UtcField()


class BlockComparisonSerializer(serializers.Serializer):
    """One block in two attempts."""

    block_id = KeyField(source="block_key")
    block_type = serializers.CharField()
    first = BlockRecordSerializer(allow_null=True, help_text="Null if the first attempt has nothing of the block.")
    second = BlockRecordSerializer(allow_null=True, help_text="Null if the second attempt has nothing of the block.")
    change = serializers.FloatField(allow_null=True, help_text=_CHANGE)
    answer_changed = serializers.BooleanField(
        allow_null=True, help_text="Null unless both attempts have an answer that can be read."
    )


class SubsectionComparisonSerializer(serializers.Serializer):
    """The grade of one subsection in two attempts."""

    block_id = KeyField(source="block_key")
    first = SubsectionGradeSerializer(allow_null=True)
    second = SubsectionGradeSerializer(allow_null=True)
    change = serializers.FloatField(allow_null=True, help_text=_CHANGE)


class ComparisonSerializer(serializers.Serializer):
    """Two attempts of one learner at one course."""

    first = AttemptSerializer()
    second = AttemptSerializer()
    first_grade = CourseGradeSerializer(allow_null=True)
    second_grade = CourseGradeSerializer(allow_null=True)
    change = serializers.FloatField(
        allow_null=True, help_text="How much higher the second course grade is, -1.0 to 1.0; null unless both have one."
    )
    subsections = SubsectionComparisonSerializer(many=True)
    blocks = BlockComparisonSerializer(many=True)
