"""Which attempt's grade counts, where staff choose it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from attempts.models.base import Attributed, Kept
from attempts.models.contexts import AttemptContext, LearnerCourse
from attempts.models.operations import COMMENT_LENGTH


class GradeChoice(Attributed, Kept):
    """One time that somebody chose the attempt whose grade counts. The newest of a learner at a course holds.

    .. pii: The comment is free text about a learner, written by staff; the request id leads to the host's logs.
    .. pii_types: other
    .. pii_retirement: local_api
    """

    learner_course = models.ForeignKey(LearnerCourse, on_delete=models.PROTECT, related_name="+")
    context = models.ForeignKey(AttemptContext, on_delete=models.PROTECT, related_name="+")
    #: Null when no person did: a command run without an actor.
    chosen_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    comment = models.CharField(max_length=COMMENT_LENGTH, blank=True)
    created = models.DateTimeField(default=timezone.now, editable=False)

    def __str__(self) -> str:
        return f"{self.context} counts"
