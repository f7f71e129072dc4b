"""Tables of the platform's ``student`` app that attempts depend on.

Column names, types, uniqueness and indexes follow the platform (``common/djangoapps/student/models``).
"""

from __future__ import annotations

import hashlib

from django.conf import settings
from django.db import models
from opaque_keys.edx.django.models import CourseKeyField, LearningContextKeyField
from opaque_keys.edx.keys import LearningContextKey


class CourseEnrollment(models.Model):
    """A learner's enrolment in a course.

    .. no_pii:
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    course = models.ForeignKey("course_overviews.CourseOverview", db_constraint=False, on_delete=models.DO_NOTHING)
    created = models.DateTimeField(auto_now_add=True, null=True, db_index=True)
    is_active = models.BooleanField(default=True)
    mode = models.CharField(max_length=100, default="audit")

    class Meta:
        unique_together = (("user", "course"),)
        indexes = [models.Index(fields=["user", "-created"], name="student_cou_user_id_b19dcd_idx")]
        ordering = ("user", "course")

    def __str__(self) -> str:
        return f"{self.user_id} in {self.course_id}"


class AnonymousUserId(models.Model):
    """The name a learner goes by in one learning context.

    .. no_pii:
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    anonymous_user_id = models.CharField(unique=True, max_length=32)
    course_id = LearningContextKeyField(db_index=True, max_length=255, blank=True)

    def __str__(self) -> str:
        return self.anonymous_user_id


def anonymous_id_for_user(user, course_id: LearningContextKey | None) -> str:
    """Return the learner's newest anonymous id in a course, or outside of any, making one if there is none.

    The platform derives it from the secret key, the user's id and the text of the course key.
    """
    newest = AnonymousUserId.objects.filter(user=user, course_id=course_id).order_by("-id").first()
    if newest is not None:
        return newest.anonymous_user_id
    digest = hashlib.shake_128(settings.SECRET_KEY.encode())
    digest.update(f"{user.id}{course_id or ''}".encode())
    made, _ = AnonymousUserId.objects.get_or_create(
        anonymous_user_id=digest.hexdigest(16), defaults={"user": user, "course_id": course_id}
    )
    return made.anonymous_user_id


class CourseAccessRole(models.Model):
    """A role somebody holds in a course, an organisation or everywhere.

    .. no_pii:
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    org = models.CharField(max_length=64, db_index=True, blank=True)
    course_id = CourseKeyField(max_length=255, db_index=True, blank=True)
    role = models.CharField(max_length=64, db_index=True)

    class Meta:
        unique_together = ("user", "org", "course_id", "role")

    def __str__(self) -> str:
        return f"{self.user_id}: {self.role} in {self.course_id or self.org or 'everything'}"
