"""Persistent grades, as the platform's ``grades`` app stores them."""

from __future__ import annotations

from django.db import models
from model_utils.models import TimeStampedModel
from opaque_keys.edx.django.models import CourseKeyField, UsageKeyField
from simple_history.models import HistoricalRecords

from sandbox.fields import UnsignedBigIntAutoField


class VisibleBlocks(models.Model):
    """A list of blocks that some learners can see; shared by all learners who see the same.

    .. no_pii:
    """

    blocks_json = models.TextField()
    hashed = models.CharField(max_length=100, unique=True)
    course_id = CourseKeyField(max_length=255, db_index=True)

    def __str__(self) -> str:
        return self.hashed


class PersistentSubsectionGrade(TimeStampedModel):
    """A learner's grade in one subsection.

    .. no_pii:
    """

    id = UnsignedBigIntAutoField(primary_key=True)
    user_id = models.IntegerField()
    course_id = CourseKeyField(max_length=255)
    usage_key = UsageKeyField(max_length=255)
    subtree_edited_timestamp = models.DateTimeField(blank=True, null=True)
    course_version = models.CharField(blank=True, max_length=255)
    earned_all = models.FloatField()
    possible_all = models.FloatField()
    earned_graded = models.FloatField()
    possible_graded = models.FloatField()
    first_attempted = models.DateTimeField(null=True, blank=True)
    visible_blocks = models.ForeignKey(
        VisibleBlocks, db_column="visible_blocks_hash", to_field="hashed", on_delete=models.CASCADE
    )

    class Meta:
        unique_together = [("course_id", "user_id", "usage_key")]
        indexes = [
            models.Index(fields=["modified", "course_id", "usage_key"], name="grades_subsection_modified"),
            models.Index(fields=["first_attempted", "course_id", "user_id"], name="grades_subsection_attempted"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.usage_key}"


class PersistentCourseGrade(TimeStampedModel):
    """A learner's grade in a course.

    .. no_pii:
    """

    id = UnsignedBigIntAutoField(primary_key=True)
    user_id = models.IntegerField(db_index=True)
    course_id = CourseKeyField(max_length=255)
    course_edited_timestamp = models.DateTimeField(blank=True, null=True)
    course_version = models.CharField(blank=True, max_length=255)
    grading_policy_hash = models.CharField(max_length=255)
    percent_grade = models.FloatField()
    letter_grade = models.CharField(blank=True, max_length=255)
    passed_timestamp = models.DateTimeField(blank=True, null=True)

    class Meta:
        unique_together = [("course_id", "user_id")]
        indexes = [
            models.Index(fields=["passed_timestamp", "course_id"], name="grades_course_passed"),
            models.Index(fields=["modified", "course_id"], name="grades_course_modified"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.course_id}"


class PersistentSubsectionGradeOverride(models.Model):
    """A grade that staff set by hand over a subsection grade.

    .. no_pii:
    """

    grade = models.OneToOneField(PersistentSubsectionGrade, related_name="override", on_delete=models.CASCADE)
    created = models.DateTimeField(auto_now_add=True, db_index=True)
    modified = models.DateTimeField(auto_now=True, db_index=True)
    earned_all_override = models.FloatField(null=True, blank=True)
    possible_all_override = models.FloatField(null=True, blank=True)
    earned_graded_override = models.FloatField(null=True, blank=True)
    possible_graded_override = models.FloatField(null=True, blank=True)
    system = models.CharField(max_length=100, blank=True, null=True)
    override_reason = models.CharField(max_length=300, blank=True, null=True)
    history = HistoricalRecords()

    def __str__(self) -> str:
        return f"override of {self.grade_id}"
