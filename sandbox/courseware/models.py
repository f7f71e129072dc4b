"""Learner state and its history, as the platform's ``courseware`` app stores them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from model_utils.models import TimeStampedModel
from opaque_keys.edx.django.models import BlockTypeKeyField, CourseKeyField, LearningContextKeyField, UsageKeyField

from sandbox.fields import UnsignedBigIntAutoField

#: Only these block types leave a history, as on the platform.
HISTORY_SAVING_TYPES = frozenset({"problem"})


class StudentModule(models.Model):
    """One learner's saved state and raw score for one block.

    .. no_pii:
    """

    id = UnsignedBigIntAutoField(primary_key=True)
    module_type = models.CharField(max_length=32, db_index=True)
    module_state_key = UsageKeyField(max_length=255, db_column="module_id")
    student = models.ForeignKey(settings.AUTH_USER_MODEL, db_constraint=False, on_delete=models.CASCADE)
    course_id = LearningContextKeyField(max_length=255, db_index=True)
    state = models.TextField(null=True, blank=True)
    grade = models.FloatField(null=True, blank=True, db_index=True)
    max_grade = models.FloatField(null=True, blank=True)
    done = models.CharField(
        max_length=8,
        choices=(("na", "NOT_APPLICABLE"), ("f", "FINISHED"), ("i", "INCOMPLETE")),
        default="na",
    )
    created = models.DateTimeField(auto_now_add=True, db_index=True)
    modified = models.DateTimeField(auto_now=True, db_index=True)

    class Meta:
        unique_together = (("student", "module_state_key", "course_id"),)
        indexes = [models.Index(fields=["module_state_key", "grade", "student"], name="courseware_stats")]

    def __str__(self) -> str:
        return f"{self.student_id}: {self.module_state_key}"


class StudentModuleHistory(models.Model):
    """What a learner's state of a problem was each time it was saved.

    .. no_pii:
    """

    version = models.CharField(max_length=255, null=True, blank=True, db_index=True)
    created = models.DateTimeField(db_index=True)
    state = models.TextField(null=True, blank=True)
    grade = models.FloatField(null=True, blank=True)
    max_grade = models.FloatField(null=True, blank=True)
    student_module = models.ForeignKey(StudentModule, db_constraint=False, on_delete=models.CASCADE)

    class Meta:
        get_latest_by = "created"

    def __str__(self) -> str:
        return f"{self.student_module_id} at {self.created}"


class StudentFieldOverride(TimeStampedModel):
    """A setting of one block that holds for one learner, such as a due date of their own.

    .. no_pii:
    """

    course_id = CourseKeyField(max_length=255, db_index=True)
    location = UsageKeyField(max_length=255, db_index=True)
    student = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    field = models.CharField(max_length=255)
    value = models.TextField(default="null")

    class Meta:
        unique_together = (("course_id", "field", "location", "student"),)

    def __str__(self) -> str:
        return f"{self.student_id}: {self.field} of {self.location}"


class OfflineComputedGrade(models.Model):
    """A grade in a course that was computed outside.

    .. no_pii:
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    course_id = CourseKeyField(max_length=255, db_index=True)
    created = models.DateTimeField(auto_now_add=True, null=True, db_index=True)
    updated = models.DateTimeField(auto_now=True, db_index=True)
    gradeset = models.TextField(null=True, blank=True)

    class Meta:
        unique_together = (("user", "course_id"),)

    def __str__(self) -> str:
        return f"{self.user_id}: {self.course_id}"


class XBlockFieldBase(models.Model):
    """The value of one field that blocks share."""

    field_name = models.CharField(max_length=64, db_index=True)
    value = models.TextField(default="null")
    created = models.DateTimeField(auto_now_add=True, db_index=True)
    modified = models.DateTimeField(auto_now=True, db_index=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.field_name


class XModuleUserStateSummaryField(XBlockFieldBase):
    """A value that all learners of a block share, such as the tally of a poll.

    .. no_pii:
    """

    usage_id = UsageKeyField(max_length=255, db_index=True)

    class Meta:
        unique_together = (("usage_id", "field_name"),)


class XModuleStudentPrefsField(XBlockFieldBase):
    """What a learner set for every block of one type.

    .. no_pii:
    """

    module_type = BlockTypeKeyField(max_length=64, db_index=True)
    student = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)

    class Meta:
        unique_together = (("student", "module_type", "field_name"),)


class XModuleStudentInfoField(XBlockFieldBase):
    """What a learner set for every block.

    .. no_pii:
    """

    student = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)

    class Meta:
        unique_together = (("student", "field_name"),)


@receiver(post_save, sender=StudentModule, dispatch_uid="sandbox.courseware.save_history")
def save_history(instance: StudentModule, **_kwargs) -> None:
    """Keep a history row of each save of a problem's state."""
    if instance.module_type in HISTORY_SAVING_TYPES:
        StudentModuleHistory.objects.create(
            student_module=instance,
            created=instance.modified,
            state=instance.state,
            grade=instance.grade,
            max_grade=instance.max_grade,
        )


@receiver(post_delete, sender=StudentModule, dispatch_uid="sandbox.courseware.delete_history")
def delete_history(instance: StudentModule, **_kwargs) -> None:
    """Remove the history of a deleted row, as the platform does."""
    StudentModuleHistory.objects.filter(student_module_id=instance.pk).delete()
