"""The history of learner state with wider keys, as ``coursewarehistoryextended`` stores it."""

from __future__ import annotations

from django.db import models

from sandbox.fields import UnsignedBigIntAutoField


class StudentModuleHistoryExtended(models.Model):
    """What a learner's state of a problem was each time it was saved.

    The platform can keep this table in a database of its own; the sandbox has it beside the others.

    .. no_pii:
    """

    id = UnsignedBigIntAutoField(primary_key=True)
    version = models.CharField(max_length=255, null=True, blank=True, db_index=True)
    created = models.DateTimeField(db_index=True)
    state = models.TextField(null=True, blank=True)
    grade = models.FloatField(null=True, blank=True)
    max_grade = models.FloatField(null=True, blank=True)
    student_module = models.ForeignKey(
        "courseware.StudentModule", db_index=False, db_constraint=False, on_delete=models.DO_NOTHING
    )

    class Meta:
        get_latest_by = "created"
        indexes = [models.Index(fields=["student_module"], name="csmhe_student_module")]

    def __str__(self) -> str:
        return f"{self.student_module_id} at {self.created}"
