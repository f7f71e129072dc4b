"""Bookmarks, as the platform's ``bookmarks`` app stores them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from jsonfield.fields import JSONField
from model_utils.models import TimeStampedModel
from opaque_keys.edx.django.models import CourseKeyField, UsageKeyField


class XBlockCache(TimeStampedModel):
    """Where a block is in its course; shared by all who marked it.

    .. no_pii:
    """

    course_key = CourseKeyField(max_length=255, db_index=True)
    usage_key = UsageKeyField(max_length=255, db_index=True, unique=True)
    display_name = models.CharField(max_length=255, default="")
    _paths = JSONField(db_column="paths", default=[])

    def __str__(self) -> str:
        return str(self.usage_key)


class Bookmark(TimeStampedModel):
    """A unit that a learner marked.

    .. no_pii:
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    course_key = CourseKeyField(max_length=255, db_index=True)
    usage_key = UsageKeyField(max_length=255, db_index=True)
    _path = JSONField(db_column="path")
    xblock_cache = models.ForeignKey(XBlockCache, on_delete=models.CASCADE)

    class Meta:
        unique_together = (("user", "usage_key"),)

    def __str__(self) -> str:
        return f"{self.user_id}: {self.usage_key}"
