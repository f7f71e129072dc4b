"""Course runs, as ``openedx_catalog`` of openedx-core stores them.

The package needs Python 3.12 from the release on that has learners' competencies, so the sandbox has the tables itself;
catalogue courses and the plain texts of a run are left out.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from opaque_keys.edx.django.models import CourseKeyField


class CourseRun(models.Model):
    """A run of a course.

    .. no_pii:
    """

    course_key = CourseKeyField(max_length=255, db_index=True)
    created = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return str(self.course_key)


class CatalogPathway(models.Model):
    """A way through several courses.

    .. no_pii:
    """

    title = models.CharField(max_length=255)

    def __str__(self) -> str:
        return self.title


class PathwayEnrollment(models.Model):
    """A learner on a pathway.

    .. no_pii:
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    pathway = models.ForeignKey(CatalogPathway, db_column="catalog_pathway_id", on_delete=models.PROTECT)
    is_active = models.BooleanField(default=True)
    created = models.DateTimeField(auto_now_add=True)
    modified = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "pathway"], name="sandbox_pathway_user")]

    def __str__(self) -> str:
        return f"{self.user_id} on {self.pathway_id}"
