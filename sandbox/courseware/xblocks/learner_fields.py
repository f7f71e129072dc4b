"""What a learner's blocks remember, in the platform's tables."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

import simplejson
from django.contrib.auth.models import AbstractBaseUser
from django.db import models
from opaque_keys.edx.keys import CourseKey, UsageKey
from xblock.fields import Scope
from xblock.runtime import KeyValueStore

from sandbox.courseware.models import (
    StudentModule,
    XModuleStudentInfoField,
    XModuleStudentPrefsField,
    XModuleUserStateSummaryField,
)
from sandbox.work.rows import drop_from_state, save_state

#: What of a key names the rows that hold its field: scope, and the block, type of block or nothing.
_Place = tuple[Scope, Any]


class LearnerStore(KeyValueStore):
    """The fields of one learner in one course; reads each place once.

    Args:
        user: The learner.
        course_key: Plain key of the course.
        keeps: Whether what blocks save is kept; somebody who only looks leaves nothing behind.
    """

    def __init__(self, user: AbstractBaseUser, course_key: CourseKey, *, keeps: bool) -> None:
        self._user = user
        self._course_key = course_key
        self._keeps = keeps
        self._read: dict[_Place, dict[str, Any]] = {}

    def read_ahead(self, usage_keys: Iterable[UsageKey]) -> None:
        """Read the states of several blocks, and what learners share of them, in two statements."""
        keys = list(usage_keys)
        for key in keys:
            self._read[Scope.user_state, key] = {}
            self._read[Scope.user_state_summary, key] = {}
        rows = StudentModule.objects.filter(
            student=self._user, course_id=self._course_key, module_state_key__in=keys
        ).values_list("module_state_key", "state")
        for key, state in rows:
            self._read[Scope.user_state, key] = json.loads(state or "{}")
        shared = XModuleUserStateSummaryField.objects.filter(usage_id__in=keys)
        for key, name, value in shared.values_list("usage_id", "field_name", "value"):
            self._read[Scope.user_state_summary, key][name] = json.loads(value)

    def get(self, key: KeyValueStore.Key) -> Any:
        """Return a value, as JSON."""
        return self._values(_place(key))[key.field_name]

    def has(self, key: KeyValueStore.Key) -> bool:
        """Tell whether there is a value."""
        return key.field_name in self._values(_place(key))

    def set(self, key: KeyValueStore.Key, value: Any) -> None:
        """Save a value."""
        self.set_many({key: value})

    def set_many(self, update_dict: Mapping[KeyValueStore.Key, Any]) -> None:
        """Save values, all of one block at once."""
        changes: dict[_Place, dict[str, Any]] = defaultdict(dict)
        for key, value in update_dict.items():
            # Scores are tuples with names, which the platform's JSON has as objects.
            changes[_place(key)][key.field_name] = simplejson.loads(simplejson.dumps(value))
        for place, values in changes.items():
            self._values(place).update(values)
            if self._keeps:
                self._save(place, values)

    def delete(self, key: KeyValueStore.Key) -> None:
        """Forget a value."""
        place = _place(key)
        del self._values(place)[key.field_name]
        if self._keeps and place[0] == Scope.user_state:
            drop_from_state(self._user, self._course_key, place[1], key.field_name)
        elif self._keeps:
            self._save(place, {key.field_name: None})

    def _values(self, place: _Place) -> dict[str, Any]:
        if place not in self._read:
            scope, scope_id = place
            if scope in {Scope.user_state, Scope.user_state_summary}:
                self.read_ahead([scope_id])
            else:
                rows = self._rows(place).values_list("field_name", "value")
                self._read[place] = {name: json.loads(value) for name, value in rows}
        return self._read[place]

    def _rows(self, place: _Place) -> models.QuerySet:
        model, columns = self._table(place)
        return model.objects.filter(**columns)

    def _table(self, place: _Place) -> tuple[type[models.Model], dict[str, Any]]:
        scope, scope_id = place
        if scope == Scope.user_state_summary:
            return XModuleUserStateSummaryField, {"usage_id": scope_id}
        if scope == Scope.preferences:
            return XModuleStudentPrefsField, {"student": self._user, "module_type": scope_id}
        return XModuleStudentInfoField, {"student": self._user}

    def _save(self, place: _Place, values: dict[str, Any]) -> None:
        scope, scope_id = place
        if scope == Scope.user_state:
            save_state(self._user, self._course_key, scope_id, values)
            return
        model, columns = self._table(place)
        for name, value in values.items():
            model.objects.update_or_create(**columns, field_name=name, defaults={"value": json.dumps(value)})


def _place(key: KeyValueStore.Key) -> _Place:
    return key.scope, key.block_scope_id
