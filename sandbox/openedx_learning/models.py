"""Learners' competencies, as ``openedx_learning`` of openedx-core stores them.

The package needs Python 3.12 from the release on that has these, so the sandbox has the tables itself. Tags, rules and
histories of what authors changed are left out: a tag is only its id here.
"""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone


class CompetencyMasteryStatus(models.Model):
    """What a status may be.

    .. no_pii:
    """

    id = models.SmallAutoField(primary_key=True)
    status = models.CharField(max_length=64, unique=True)

    def __str__(self) -> str:
        return self.status


class CompetencyCriteriaGroup(models.Model):
    """Criteria that are judged together, in a course or everywhere.

    .. no_pii:
    """

    uuid = models.UUIDField(default=uuid.uuid4, editable=False, unique=True)
    name = models.CharField(max_length=255, blank=True, default="")
    tag_id = models.BigIntegerField(db_column="oel_tagging_tag_id", db_index=True)
    course = models.ForeignKey("openedx_catalog.CourseRun", null=True, blank=True, on_delete=models.CASCADE)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.CASCADE)
    ordering = models.PositiveIntegerField(default=0)
    logic_operator = models.CharField(max_length=3, null=True, blank=True)
    archived = models.BooleanField(default=False)

    def __str__(self) -> str:
        return str(self.uuid)


class CompetencyCriterion(models.Model):
    """One thing a learner has to show.

    .. no_pii:
    """

    uuid = models.UUIDField(default=uuid.uuid4, editable=False, unique=True)
    group = models.ForeignKey(
        CompetencyCriteriaGroup,
        db_column="competency_criteria_group_id",
        related_name="criteria",
        on_delete=models.CASCADE,
    )
    object_tag_id = models.BigIntegerField(db_column="oel_tagging_objecttag_id", db_index=True)
    archived = models.BooleanField(default=False)

    def __str__(self) -> str:
        return str(self.uuid)


class _LearnerStatus(models.Model):
    """How a learner stands with something."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, related_name="+", on_delete=models.CASCADE)
    status = models.ForeignKey(CompetencyMasteryStatus, related_name="+", on_delete=models.PROTECT)
    created = models.DateTimeField(default=timezone.now)
    modified = models.DateTimeField(default=timezone.now)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.user_id}: {self.status_id}"


class StudentCompetencyStatus(_LearnerStatus):
    """How a learner stands with a competency, whatever the course.

    .. no_pii:
    """

    tag_id = models.BigIntegerField(db_column="oel_tagging_tag_id", db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "tag_id"], name="sandbox_competency_user")]


class StudentCompetencyCriterionStatus(_LearnerStatus):
    """How a learner stands with one criterion.

    .. no_pii:
    """

    criterion = models.ForeignKey(
        CompetencyCriterion, db_column="competency_criteria_id", related_name="+", on_delete=models.PROTECT
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "criterion"], name="sandbox_criterion_user")]


class StudentCompetencyCriteriaGroupStatus(_LearnerStatus):
    """How a learner stands with a group of criteria.

    .. no_pii:
    """

    group = models.ForeignKey(
        CompetencyCriteriaGroup, db_column="competency_criteria_group_id", related_name="+", on_delete=models.PROTECT
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "group"], name="sandbox_criteria_group_user")]
