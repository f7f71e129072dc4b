"""Rows of a learner in a course for any model of the host, made from what its fields say."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib.auth import get_user_model
from django.db import models
from django.utils import timezone
from opaque_keys.edx.django.models import BlockTypeKeyField, OpaqueKeyField, UsageKeyField
from opaque_keys.edx.keys import CourseKey

from sandbox.student.models import AnonymousUserId, CourseEnrollment, anonymous_id_for_user

#: Plain texts that name a learner or a block, by column.
_ANONYMOUS = {"owner_id", "anonymous_user_id", "submission_uid", "student_id"}
_BLOCKS = {"item_id", "content_id", "block_id"}


class Filler:
    """Makes one row of a model, and of what it points at, for a learner in a course.

    Past ``save`` and without signals: a row is what the columns say, and nothing else comes to be.

    Args:
        learner: the learner, who is enrolled.
        course_key: the course.
    """

    def __init__(self, learner: Any, course_key: CourseKey) -> None:
        enrolment = CourseEnrollment.objects.get(user=learner, course_id=course_key)
        hidden = AnonymousUserId.objects.get(anonymous_user_id=anonymous_id_for_user(learner, course_key))
        self._learner, self._hidden, self._course_key = learner, hidden, course_key
        self._block = course_key.make_usage_key("problem", "b0")
        self._rows: dict[Any, Any] = {
            get_user_model(): learner,
            AnonymousUserId: hidden,
            CourseEnrollment: enrolment,
            type(enrolment.course): enrolment.course,
        }

    def row(self, model: Any) -> Any:
        """Return the row of a model; there is one for each."""
        if model not in self._rows:
            fields = [field for field in model._meta.local_concrete_fields if self._is_filled(field)]
            row = model(**{field.name: self._value(field) for field in fields})
            model._base_manager.bulk_create([row])
            self._rows[model] = row
        return self._rows[model]

    def _is_filled(self, field: Any) -> bool:
        """Whatever must have a value, and whatever names the learner, the enrolment or the course."""
        if field.is_relation:
            return not field.null or field.remote_field.model in self._rows
        if isinstance(field, OpaqueKeyField):
            return True
        return not (isinstance(field, models.AutoField) or field.has_default() or field.null)

    def _value(self, field: Any) -> Any:
        if field.is_relation:
            return self.row(field.remote_field.model)
        if isinstance(field, OpaqueKeyField):
            return self._key(field)
        if field.choices:
            return field.choices[0][0]
        if isinstance(field, models.CharField | models.TextField):
            return self._text(field)
        return next(make() for kind, make in _OTHERS.items() if isinstance(field, kind))

    def _key(self, field: OpaqueKeyField) -> Any:
        if isinstance(field, UsageKeyField):
            return self._block
        return "problem" if isinstance(field, BlockTypeKeyField) else self._course_key

    def _text(self, field: Any) -> str:
        """A name of the learner, or a key: any text that has one in it would show that it was rewritten."""
        if field.name in _ANONYMOUS:
            return self._hidden.anonymous_user_id
        if "email" in field.name:
            return self._learner.email
        return str(self._block if field.name in _BLOCKS else self._course_key)[: field.max_length]


_OTHERS: dict[type, Callable[[], Any]] = {
    models.DateTimeField: timezone.now,
    models.DateField: lambda: timezone.now().date(),
    models.UUIDField: uuid.uuid4,
    models.JSONField: dict,
    models.BooleanField: lambda: False,
    models.IntegerField: lambda: 1,
}
