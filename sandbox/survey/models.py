"""Surveys, as the platform's ``survey`` app stores them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from model_utils.models import TimeStampedModel
from opaque_keys.edx.django.models import CourseKeyField


class SurveyForm(TimeStampedModel):
    """The questions, which several courses may ask.

    .. no_pii:
    """

    name = models.CharField(max_length=255, db_index=True, unique=True)
    form = models.TextField()

    def __str__(self) -> str:
        return self.name


class SurveyAnswer(TimeStampedModel):
    """A learner's answer to one question.

    .. pii: Whatever the survey asks for
    .. pii_types: other
    .. pii_retirement: local_api
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    form = models.ForeignKey(SurveyForm, on_delete=models.CASCADE)
    field_name = models.CharField(max_length=255, db_index=True)
    field_value = models.CharField(max_length=1024)
    course_key = CourseKeyField(max_length=255, db_index=True, null=True)

    def __str__(self) -> str:
        return f"{self.user_id}: {self.field_name}"
