"""The platform's table of course overviews, with the columns that attempts and the sandbox use."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from opaque_keys.edx.django.models import CourseKeyField, UsageKeyField
from opaque_keys.edx.keys import CourseKey


class CourseOverview(models.Model):
    """What the platform keeps about a course outside the content store.

    .. no_pii:
    """

    id = CourseKeyField(db_index=True, primary_key=True, max_length=255)
    _location = UsageKeyField(max_length=255)
    org = models.TextField(max_length=255, default="outdated_entry")
    display_name = models.TextField(null=True)
    display_number_with_default = models.TextField()
    display_org_with_default = models.TextField()
    start = models.DateTimeField(null=True)
    end = models.DateTimeField(null=True)
    lowest_passing_grade = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    self_paced = models.BooleanField(default=False)
    language = models.TextField(null=True)

    def __str__(self) -> str:
        return str(self.id)

    @classmethod
    def get_from_id(cls, course_id: CourseKey) -> CourseOverview:
        """Return the overview of a course."""
        return cls.objects.get(id=course_id)

    def has_started(self) -> bool:
        """Tell whether the course's start is now or in the past (a course without a start has started)."""
        return self.start is None or self.start <= timezone.now()

    def has_ended(self) -> bool:
        """Tell whether the course's end is in the past (a course without an end never ends)."""
        return self.end is not None and self.end < timezone.now()
