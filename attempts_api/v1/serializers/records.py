"""Grades, and which of them counts."""

from __future__ import annotations

from rest_framework import serializers

from attempts_api.v1.serializers.fields import ReasonInput, StrictSerializer, UtcField

RULES = ("latest", "best", "first", "chosen")
_ORIGINS = ("default", "instance", "org", "course", "course_settings")


class GradeSerializer(serializers.Serializer):
    """A course grade."""

    percent_grade = serializers.FloatField(help_text="0.0 to 1.0.")
    letter_grade = serializers.CharField(allow_blank=True, help_text="Empty if failing.")
    passed = serializers.BooleanField()


class OwnRecordedGradeSerializer(serializers.Serializer):
    """The grade that counts for oneself."""

    rule = serializers.ChoiceField(
        choices=RULES,
        help_text="`latest` is the active attempt, whose grade is the host's own; `chosen` is the same until one is.",
    )
    number = serializers.IntegerField(allow_null=True, help_text="The attempt; null if no attempt has a grade.")
    grade = GradeSerializer(allow_null=True, help_text="Of an archived attempt as it was frozen; null if it has none.")


class GradeChoiceSerializer(serializers.Serializer):
    """One time that somebody chose."""

    number = serializers.IntegerField()
    uuid = serializers.UUIDField()
    chosen_by = serializers.CharField(allow_null=True, help_text="Username; null for the system.")
    chosen_at = UtcField()
    comment = serializers.CharField(allow_blank=True)


class RecordedGradeSerializer(OwnRecordedGradeSerializer):
    """The grade that counts for a learner at a course. It is never written over the host's own."""

    origin = serializers.ChoiceField(choices=_ORIGINS, help_text="Where the rule comes from.")
    uuid = serializers.UUIDField(allow_null=True)
    choice = GradeChoiceSerializer(allow_null=True, help_text="Null unless the rule is `chosen` and somebody has.")


class RecordedGradeWithChoices(RecordedGradeSerializer):
    """The grade that counts, and everybody who has chosen."""

    choices = GradeChoiceSerializer(many=True, help_text="Newest first; kept whatever the rule is.")


class GradeChoiceRequest(StrictSerializer):
    """Why this attempt's grade is to count."""

    comment = ReasonInput()
