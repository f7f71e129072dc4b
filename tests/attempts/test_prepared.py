"""Queries that are put into SQL once: what they ask and find is what Django would, whatever their values."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime
from inspect import unwrap
from typing import Any, ClassVar
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.db.models import F, QuerySet, Value
from django.db.models.functions import Left
from django.db.models.lookups import Exact
from django.test.utils import CaptureQueriesContext

from attempts.keys import KeyRewrite, attempt_course_key
from attempts.models import AttemptContext, AttemptOperation, LearnerCourse
from attempts.prepared import PreparedQuery, PreparedUpdate
from attempts.stores import LearnerNames, RekeyedStore, installed_stores
from sandbox.courseware.models import StudentModule
from tests.factories import COURSE, LOOKALIKE, StateFactory, enrolled

pytestmark = pytest.mark.django_db

STORES = [store for store in installed_stores() if isinstance(store, RekeyedStore)]
NAMES = (
    LearnerNames(1, "learner", ()),
    LearnerNames(2, "o'learner %s", ("a" * 32,), (UUID(int=7),), (str(UUID(int=8)),)),
    LearnerNames(3, "Lärner", ("a" * 32, "b" * 32), (UUID(int=7), UUID(int=9)), ("x", "y")),
)
REWRITES = (
    KeyRewrite(COURSE, attempt_course_key(COURSE, 1)),
    KeyRewrite(attempt_course_key(LOOKALIKE, 12), LOOKALIKE),
)


def asked(call: Any, *values: Any, **changes: Any) -> list[str]:
    """The statements of a call, with their values."""
    with CaptureQueriesContext(connection) as captured:
        call(*values, **changes)
    return [query["sql"] for query in captured]


@pytest.mark.parametrize("store", STORES, ids=lambda store: store.name)
def test_keys_are_rewritten_by_the_statement_that_django_makes(store: RekeyedStore) -> None:
    """For one name and several, in both directions: prepared once, asked with other values each time."""
    for names in NAMES:
        for rewrite in REWRITES:
            for pk in (None, 7):
                values = names.as_values(), rewrite.source, str(rewrite.target), rewrite.usage_prefixes, pk
                rows, changes = unwrap(RekeyedStore._rewrite)(store, *values)
                assert asked(store._rewrite, *values) == asked(rows.update, **changes)


@pytest.mark.parametrize(("number", "padded"), [(0, 0), (1, 1), (2, 2), (3, 4), (4, 4), (5, 8), (33, 64)])
def test_few_texts_serve_learners_with_many_names(number: int, padded: int) -> None:
    """The last name is repeated: it finds the same rows."""
    uuids = tuple(uuid4() for _ in range(number))
    *_, values, _external = LearnerNames(1, "learner", (), uuids).as_values()
    assert len(values) == padded
    assert values[:number] == uuids
    assert set(values) == set(uuids)


@pytest.mark.parametrize("store", [store for store in STORES if store.is_busy], ids=lambda store: store.name)
def test_rows_are_exchanged_by_the_statement_that_django_makes(store: RekeyedStore) -> None:
    """Both halves of an undo in one."""
    for names in NAMES:
        for one, other in (REWRITES, REWRITES[::-1]):
            sides = [(each.source, str(each.target), each.usage_prefixes) for each in (one, other)]
            rows, changes = unwrap(RekeyedStore._exchange_keys)(store, names.as_values(), *sides)
            assert asked(store._exchange_keys, names.as_values(), *sides) == asked(rows.update, **changes)


class PickyStore(RekeyedStore):
    """A store of another app, which looks at more than names and keys."""

    wanted: ClassVar[str] = ""

    def rows(self, learner: LearnerNames, course_key: Any) -> QuerySet:
        """Only blocks of the type that is wanted now."""
        return super().rows(learner, course_key).filter(module_type=self.wanted)


def test_stores_of_other_apps_are_asked_afresh() -> None:
    """What they look at may have changed."""
    learner = enrolled()
    problem, video = (StateFactory(student=learner, module_type=word) for word in ("problem", "video"))
    ours = next(store for store in STORES if store.name == "courseware_studentmodule")
    store = PickyStore(**{field.name: getattr(ours, field.name) for field in fields(ours)})
    for row in (problem, video, problem):
        PickyStore.wanted = row.module_type
        assert store.row_keys(LearnerNames(learner.pk, learner.username, ()), COURSE) == [row.pk]


def _operations(uuids: tuple[UUID, ...], key: Any, before: datetime | None, open_ones: bool | None) -> QuerySet:
    rows = AttemptOperation.objects.filter(uuid__in=uuids, course_key=key, in_flight=open_ones, completed_at=before)
    return rows.select_related("learner", "requested_by").order_by("pk")


@pytest.mark.parametrize("before", [None, datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=UTC)])
@pytest.mark.parametrize("open_ones", [None, True, False])
def test_values_of_every_kind_take_their_places(before: datetime | None, open_ones: bool | None) -> None:
    """None, yes and no are part of the text; numbers of values too."""
    query = PreparedQuery(_operations)
    for many in (1, 3, 1):
        values = tuple(uuid4() for _ in range(many)), COURSE, before, open_ones
        assert asked(query, *values) == asked(list, _operations(*values))


def test_rows_are_made_as_django_makes_them(policy: Any, reset: Any) -> None:
    """With what is related to them, and each call with its own."""
    query = PreparedQuery(_operations)
    for learner in (enrolled(), enrolled()):
        operation = reset(learner)
        row = AttemptOperation.objects.get(uuid=operation.uuid)
        values = (operation.uuid, uuid4()), COURSE, row.completed_at, None
        [found] = query(*values)
        assert (found, found.rows, found.course_key, found.learner) == (row, row.rows, COURSE, learner)
        assert asked(getattr, found, "learner") == []


def test_nothing_is_asked_if_nothing_can_be_found() -> None:
    """As with any queryset."""
    assert asked(PreparedQuery(_operations), (), COURSE, None, None) == []


def test_json_and_fractions_are_written(policy: Any, reset: Any) -> None:
    """Columns that an engine has types of its own for."""
    reset(enrolled())
    context = AttemptContext.objects.get(number=1)
    write = PreparedUpdate(
        lambda pk, rows, part: (AttemptContext.objects.filter(pk=pk), {"rows": rows, "percent_grade": part})
    )
    for rows, part in (({"a": 1}, 0.25), ({"b": [2, "'"]}, 0.1)):
        assert write(context.pk, rows, part) == 1
        context.refresh_from_db()
        assert (context.rows, context.percent_grade) == (rows, part)


def test_what_depends_on_a_value_in_another_way_is_refused() -> None:
    """The length of a text would be that of the stand-in's for ever."""
    query = PreparedQuery(
        lambda prefix: StudentModule.objects.filter(Exact(Left(F("state"), len(prefix)), Value(prefix)))
    )
    with pytest.raises(TypeError, match="as they are"):
        query("abc")
    with pytest.raises(TypeError, match="as they are"):
        PreparedQuery(lambda prefix: StudentModule.objects.filter(state__startswith=prefix))("abc")


def test_an_update_by_way_of_another_table_is_refused() -> None:
    """MySQL would be asked for keys first, and these would be part of the text."""
    update = PreparedUpdate(lambda name: (LearnerCourse.objects.filter(user__username=name), {"active_number": 1}))
    with pytest.raises(TypeError, match="more than one table"):
        update("learner")


def test_a_lookalike_is_not_moved() -> None:
    """The same statement, prepared for one learner and course, for the next."""
    first, second = StateFactory(), StateFactory(course_id=LOOKALIKE)
    [store] = [store for store in STORES if store.name == "courseware_studentmodule"]
    for state, rewrite in ((first, REWRITES[0]), (second, KeyRewrite(LOOKALIKE, attempt_course_key(LOOKALIKE, 1)))):
        names = LearnerNames(state.student_id, state.student.username, ())
        assert store.rewrite(names, rewrite) == 1
        state.refresh_from_db()
        assert state.course_id == rewrite.target
        assert state.module_state_key.course_key == rewrite.target


@pytest.mark.parametrize(
    ("setting", "forgotten"), [("DATABASE_ROUTERS", True), ("ATTEMPTS_STORES", True), ("ATTEMPTS_MAX_RETRIES", False)]
)
def test_a_setting_that_queries_depend_on_has_them_forgotten(settings: Any, setting: str, forgotten: bool) -> None:
    """And no other: a process would put them into SQL again for nothing."""
    query = PreparedQuery(lambda number: LearnerCourse.objects.filter(active_number=number))
    query(1)
    texts = dict(query._texts)
    assert texts
    setattr(settings, setting, getattr(settings, setting, ()))
    assert query._texts == ({} if forgotten else texts)
