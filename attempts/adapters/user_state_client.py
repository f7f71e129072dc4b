"""The platform's interface to block state, for one attempt or for whichever is active.

State is kept as the platform's own client keeps it: JSON in ``courseware_studentmodule``; NULL if the block was
only opened, ``{}`` once it is deleted. Saving through the model leaves history as the host's receivers do.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

# As the platform: named tuples, such as the score of a problem, become objects.
import simplejson
from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import QuerySet
from edx_user_state_client.interface import XBlockUserState, XBlockUserStateClient
from opaque_keys.edx.keys import CourseKey, LearningContextKey, UsageKey
from opaque_keys.edx.locator import CourseLocator
from xblock.fields import Scope

from attempts.adapters.locate import CHUNK, is_active, storage_key
from attempts.data import AttemptData
from attempts.exceptions import AttemptArchived
from attempts.host.models import host_model
from attempts.keys import AttemptCourseLocator, attempt_usage_key, plain_usage_key

_KEYS_PER_QUERY = 500


class AttemptUserStateClient(XBlockUserStateClient):
    """Block state of an attempt, addressed by plain keys whether the attempt is active or archived.

    Args:
        attempt: the attempt to read, and to write while it is active; None for the active attempt of whatever
            learner and course a call names.
    """

    def __init__(self, attempt: AttemptData | None = None) -> None:
        self.attempt = attempt

    def get_many(
        self,
        username: str,
        block_keys: Iterable[UsageKey],
        scope: Scope = Scope.user_state,
        fields: Collection[str] | None = None,
    ) -> Iterator[XBlockUserState]:
        """Yield the state of each of the learner's blocks that has one.

        Raises:
            PermissionDenied: the client is bound to another learner's attempt, or a key is of another course.
        """
        _only_user_state(scope)
        for row in self._rows_of(username, block_keys):
            state = _loaded(row.state)
            if state:
                wanted = state if fields is None else {name: state[name] for name in fields if name in state}
                yield XBlockUserState(username, plain_usage_key(row.module_state_key), wanted, row.modified, scope)

    def set_many(
        self,
        username: str,
        block_keys_to_state: Mapping[UsageKey, Mapping[str, Any]],
        scope: Scope = Scope.user_state,
    ) -> None:
        """Lay fields over the stored state of blocks.

        Raises:
            AttemptArchived: the client is bound to an archived attempt.
            PermissionDenied: see :meth:`get_many`.
        """
        _only_user_state(scope)
        rows = host_model("courseware.StudentModule").objects.select_for_update()
        user = get_user_model()._default_manager.get(username=username)
        with self._writing(username, block_keys_to_state):
            for key, fields in block_keys_to_state.items():
                row, created = rows.get_or_create(
                    student=user,
                    course_id=key.context_key,
                    module_state_key=key,
                    defaults={"state": simplejson.dumps(dict(fields)), "module_type": key.block_type},
                )
                if not created:
                    row.state = simplejson.dumps({**_loaded(row.state), **fields})
                    row.save(force_update=True)

    def delete_many(
        self,
        username: str,
        block_keys: Iterable[UsageKey],
        scope: Scope = Scope.user_state,
        fields: Collection[str] | None = None,
    ) -> None:
        """Empty the state of blocks, or drop fields of it; the rows and their history stay.

        Raises:
            AttemptArchived, PermissionDenied: see :meth:`set_many`.
        """
        _only_user_state(scope)
        rows = host_model("courseware.StudentModule").objects.select_for_update()
        keys = list(block_keys)
        with self._writing(username, keys):
            for found in self._rows_of(username, keys):
                row = rows.get(pk=found.pk)
                state = {} if fields is None else _loaded(row.state)
                kept = {name: value for name, value in state.items() if name not in (fields or ())}
                row.state = simplejson.dumps(kept)
                row.save(force_update=True)

    def get_history(
        self, username: str, block_key: UsageKey, scope: Scope = Scope.user_state
    ) -> Iterator[XBlockUserState]:
        """Yield what the block's state was each time it was saved, newest first; None where it was empty.

        Raises:
            DoesNotExist: there is no history of the block.
        """
        _only_user_state(scope)
        rows = list(self._rows_of(username, [block_key]))
        history = host_model("courseware.StudentModuleHistory").objects.filter(
            student_module_id__in=[row.pk for row in rows]
        )
        found = False
        for entry in history.order_by("-pk").iterator(CHUNK):
            found = True
            yield XBlockUserState(username, block_key, _loaded(entry.state) or None, entry.created, scope)
        if not found:
            raise self.DoesNotExist()

    def iter_all_for_block(self, block_key: UsageKey, scope: Scope = Scope.user_state) -> Iterator[XBlockUserState]:
        """Yield the state of a block for every learner, or for the bound attempt's."""
        _only_user_state(scope)
        self._check_course(block_key.context_key)
        yield from self._iterate(self._bound(module_state_key=_stored(block_key, self._archived_key())), scope)

    def iter_all_for_course(
        self, course_key: CourseKey, block_type: str | None = None, scope: Scope = Scope.user_state
    ) -> Iterator[XBlockUserState]:
        """Yield the state of every block of a course for every learner, or for the bound attempt's."""
        _only_user_state(scope)
        self._check_course(course_key)
        rows = self._bound(course_id=self._archived_key() or course_key)
        yield from self._iterate(rows.filter(module_type=block_type) if block_type else rows, scope)

    def _iterate(self, rows: QuerySet, scope: Scope) -> Iterator[XBlockUserState]:
        for row in rows.select_related("student").order_by("pk").iterator(CHUNK):
            state = _loaded(row.state)
            if state:
                key = plain_usage_key(row.module_state_key)
                yield XBlockUserState(row.student.get_username(), key, state, row.modified, scope)

    def _rows_of(self, username: str, keys: Iterable[UsageKey]) -> Iterator[Any]:
        """The learner's rows for blocks, by plain keys; one statement per course and 500 keys."""
        archived = self._archived_key()
        by_course: dict[LearningContextKey, list[UsageKey]] = {}
        for key in keys:
            self._check_bounds(username, key)
            by_course.setdefault(archived or key.context_key, []).append(_stored(key, archived))
        rows = host_model("courseware.StudentModule").objects.filter(student__username=username)
        for course_key, stored in by_course.items():
            for start in range(0, len(stored), _KEYS_PER_QUERY):
                chunk = stored[start : start + _KEYS_PER_QUERY]
                yield from rows.filter(course_id=course_key, module_state_key__in=chunk)

    def _bound(self, **filters: Any) -> QuerySet:
        rows = host_model("courseware.StudentModule").objects.filter(**filters)
        return rows.filter(student_id=self.attempt.learner.id) if self.attempt else rows

    def _archived_key(self) -> AttemptCourseLocator | None:
        """The key under which the bound attempt is archived; None if it is active or none is bound."""
        key = storage_key(self.attempt) if self.attempt else None
        return key if isinstance(key, AttemptCourseLocator) else None

    @contextmanager
    def _writing(self, username: str, keys: Iterable[UsageKey]) -> Iterator[None]:
        """A transaction in which the bound attempt, if any, stays active; everything is checked before it is written.

        Raises:
            AttemptArchived: the bound attempt is archived, or a key is that of an archived one.
            PermissionDenied: see :meth:`get_many`.
        """
        for key in keys:
            self._check_bounds(username, key)
            if isinstance(key.context_key, AttemptCourseLocator):
                raise AttemptArchived(key.context_key.attempt)
        with transaction.atomic():
            self._refuse_if_archived(lock=True)
            yield
            # The first switch ever makes the row that there was nothing to lock of before.
            self._refuse_if_archived()

    def _refuse_if_archived(self, *, lock: bool = False) -> None:
        if self.attempt and not is_active(self.attempt, lock=lock):
            raise AttemptArchived(self.attempt.number)

    def _check_bounds(self, username: str, key: UsageKey) -> None:
        self._check_course(key.context_key)
        if self.attempt and username != self.attempt.learner.username:
            raise self.PermissionDenied(f"This client is bound to {self.attempt.learner.username}.")

    def _check_course(self, course_key: LearningContextKey) -> None:
        if self.attempt is None:
            return
        if isinstance(course_key, CourseLocator):
            course_key = course_key.for_branch(None).version_agnostic()
        if course_key != self.attempt.course_key:
            raise self.PermissionDenied(f"This client is bound to {self.attempt.course_key}.")


def _stored(key: UsageKey, archived: AttemptCourseLocator | None) -> UsageKey:
    return attempt_usage_key(key, archived) if archived else key


def _loaded(state: str | None) -> dict[str, Any]:
    return simplejson.loads(state) if state else {}


def _only_user_state(scope: Scope) -> None:
    if scope != Scope.user_state:
        raise ValueError(f"Only Scope.user_state is supported, not {scope}.")
