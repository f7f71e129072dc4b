"""What all attempts at a course say together."""

from __future__ import annotations

from rest_framework import serializers

from attempts_api.v1.serializers.attempts import AttemptFilters
from attempts_api.v1.serializers.fields import KeyField, UtcField
from attempts_api.v1.serializers.records import RULES

PERIODS = ("day", "week", "month")


class RetakeReportQuery(AttemptFilters):
    """Which attempts count, and how they are told."""

    period = serializers.ChoiceField(required=False, choices=PERIODS, help_text="By what resets are counted: `month`.")


class SpreadSerializer(serializers.Serializer):
    """How values are spread."""

    count = serializers.IntegerField()
    lower = serializers.FloatField(help_text="The lower quartile.")
    median = serializers.FloatField()
    upper = serializers.FloatField(help_text="The upper quartile.")


class LearnersWithAttemptsSerializer(serializers.Serializer):
    """How many learners have so many attempts."""

    attempts = serializers.IntegerField()
    learners = serializers.IntegerField()


class ResetsInPeriodSerializer(serializers.Serializer):
    """Resets in a period, and of how many learners."""

    begins = serializers.DateField(help_text="The first day of the period, in UTC.")
    resets = serializers.IntegerField()
    learners = serializers.IntegerField()


class AttemptsOfNumberSerializer(serializers.Serializer):
    """All attempts with one number: of archived ones as frozen, of active ones as they are now."""

    number = serializers.IntegerField()
    attempts = serializers.IntegerField()
    passed = serializers.IntegerField()
    grade = SpreadSerializer(allow_null=True, help_text="Course grades, 0.0 to 1.0; null if there is none.")
    completion = SpreadSerializer(allow_null=True, help_text="0.0 to 1.0; null if the host cannot tell.")


class GradesOfRecordSerializer(serializers.Serializer):
    """The grades that count, one of each learner."""

    rule = serializers.ChoiceField(choices=RULES)
    passed = serializers.IntegerField()
    grade = SpreadSerializer(allow_null=True, help_text="0.0 to 1.0; null if there is none.")


class SubsectionChangeSerializer(serializers.Serializer):
    """One subsection, of learners who came to it in several attempts: parts of the possible points."""

    block_id = KeyField(source="block_key")
    first = SpreadSerializer(help_text="In the first of these attempts.")
    latest = SpreadSerializer(help_text="In the latest.")
    change = SpreadSerializer(help_text="The one less the other, each learner's own.")


class RetakeReportSerializer(serializers.Serializer):
    """Learners who take a course again, and how they fare."""

    course_id = KeyField(source="course_key")
    made_at = UtcField()
    minimum = serializers.IntegerField(
        help_text="The least number of learners in a group that is shown; counts are multiples of it, quartiles are "
        "rounded. 0 if everything is shown, which needs the permission `view_attempt_data`."
    )
    learners = serializers.IntegerField(
        help_text="Learners who were ever reset, or have an attempt that was asked for."
    )
    retaking = serializers.IntegerField(help_text="Those with more than one attempt.")
    attempts = LearnersWithAttemptsSerializer(many=True)
    period = serializers.ChoiceField(choices=PERIODS)
    resets = ResetsInPeriodSerializer(many=True)
    numbers = AttemptsOfNumberSerializer(many=True)
    days_between = SpreadSerializer(
        allow_null=True, help_text="From the begin of one attempt to the next; each learner's median."
    )
    of_record = GradesOfRecordSerializer(allow_null=True, help_text="Null if only some attempts were asked for.")
    subsections = SubsectionChangeSerializer(many=True)
