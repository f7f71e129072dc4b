"""When a learner started a self-paced course, as the platform's ``schedules`` app stores it."""

from __future__ import annotations

from django.db import models
from model_utils.models import TimeStampedModel
from simple_history.models import HistoricalRecords


class Schedule(TimeStampedModel):
    """When an enrolment starts to count: due dates of a self-paced course are so many weeks later.

    .. no_pii:
    """

    enrollment = models.OneToOneField("student.CourseEnrollment", on_delete=models.CASCADE)
    active = models.BooleanField(default=True)
    start_date = models.DateTimeField(db_index=True, null=True, default=None)
    upgrade_deadline = models.DateTimeField(db_index=True, null=True, blank=True)
    history = HistoricalRecords()

    def __str__(self) -> str:
        return f"{self.enrollment_id} from {self.start_date}"


class ScheduleExperience(models.Model):
    """Which kind of mails goes with a schedule.

    .. no_pii:
    """

    schedule = models.OneToOneField(Schedule, related_name="experience", on_delete=models.CASCADE)
    experience_type = models.PositiveSmallIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.schedule_id}: {self.experience_type}"
