"""What holds for every store of a kind. A store's tests inherit it and name the table and how a row is made."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import pytest
from django.apps import apps
from django.db import connection
from opaque_keys.edx.keys import CourseKey

from attempts import api
from attempts.exceptions import NotEligible
from attempts.stores import installed_stores
from tests.factories import COURSE, LOOKALIKE, CourseFactory, EnrolmentFactory, enrolled
from tests.snapshots import Row, read_table

Maker = Callable[[Any, CourseKey, int], Any]
#: A course whose key begins as ours does.
NEIGHBOURS = (LOOKALIKE,)


class _Contract:
    """What the kinds have in common.

    Attributes:
        table: the store's name.
        make: makes a learner's row for a block of a course.
    """

    table: ClassVar[str]
    make: ClassVar[Maker]

    @property
    def store(self) -> Any:
        """The store."""
        return next(store for store in installed_stores() if store.name == self.table)

    def of(self, row: Any) -> Row:
        """What the table holds of a row now, by plain SQL."""
        return read_table(self.table)[self.key(row)]

    @staticmethod
    def key(row: Any) -> Any:
        """A row's primary key as plain SQL gives it."""
        return row.pk

    def made_for_others(self, learner: Any) -> list[Any]:
        """Rows of another learner in the course, and of this one in the neighbouring courses."""
        rows = [self.make(enrolled(COURSE), COURSE, 0)]
        for course_key in NEIGHBOURS:
            EnrolmentFactory(user=learner, course=CourseFactory(id=course_key))
            rows.append(self.make(learner, course_key, 0))
        return rows


class MovingContract(_Contract):
    """What holds for every store that moves something."""

    #: Whether one learner may have several rows for a course.
    many: ClassVar[bool] = True

    def test_reset_and_undo_touch_what_they_say_and_leave_every_column_as_it_was(
        self, learner: Any, reset: Any, undo: Any
    ) -> None:
        others = self.made_for_others(learner)
        rows = [self.make(learner, COURSE, number) for number in range(2 if self.many else 1)]
        as_first = [self.of(row) for row in rows]
        of_others = [self.of(row) for row in others]
        everything = set(read_table(self.table))
        for kind, step in (("reset", reset), ("undo", undo)):
            said = next(one for one in api.preview(learner, COURSE, kind=kind).stores if one.store == self.table)
            done = step(learner).rows[self.table]
            assert (said.archived, said.restored) == (done.archived, done.restored)
            assert (done.archived if kind == "reset" else done.restored) == len(rows)
            assert list(api.verify(learner, COURSE)) == []
            assert [self.of(row) for row in others] == of_others
            assert everything <= set(read_table(self.table))
        assert [self.of(row) for row in rows] == as_first


class RekeyedContract(MovingContract):
    """What holds for every table whose keys are rewritten: ``at_rest`` is what a row holds otherwise while archived."""

    at_rest: ClassVar[dict[str, Any]] = {}

    @property
    def course_column(self) -> str:
        """The column with the key of the course."""
        return self._column(self.store.course)

    @property
    def usage_columns(self) -> list[str]:
        """The columns with keys of blocks."""
        return [self._column(name) for name in self.store.usage]

    def _column(self, field: str) -> str:
        return apps.get_model(self.store.model)._meta.get_field(field).column

    def test_archived_rows_have_the_attempt_s_keys(self, learner: Any, reset: Any) -> None:
        before = self.of(row := self.make(learner, COURSE, 0))
        reset(learner)
        after = self.of(row)
        assert after[self.course_column] == "attempt-v1:Org+Course+Run+attempt@1"
        for column in self.usage_columns:
            assert before[column].startswith("block-v1:Org+Course+Run+type@")
            assert after[column] == before[column].replace(
                "block-v1:Org+Course+Run+", "attempt-block-v1:Org+Course+Run+attempt@1+"
            )
        moved = {self.course_column, *self.usage_columns}
        assert {name: after[name] for name in after if name not in moved} == {
            name: value for name, value in (before | self.at_rest).items() if name not in moved
        }

    def test_the_next_attempt_can_have_the_same_and_both_come_back(
        self, learner: Any, reset: Any, undo: Any, activate: Any
    ) -> None:
        first = self.make(learner, COURSE, 0)
        reset(learner)
        second = self.make(learner, COURSE, 0)
        as_active = [self.of(second)]
        undo(learner)
        assert self.of(first)[self.course_column] == str(COURSE)
        assert self.of(second)[self.course_column] == "attempt-v1:Org+Course+Run+attempt@2"
        activate(learner, 2)
        assert [self.of(second)] == as_active
        assert self.of(first)[self.course_column] == "attempt-v1:Org+Course+Run+attempt@1"


class BlockKeyedContract(RekeyedContract):
    """What holds for tables with keys of blocks, beside that."""

    def set_key(self, row: Any, text: str) -> None:
        """Give a row another usage key, past the host's models."""
        with connection.cursor() as cursor:
            cursor.execute(f"UPDATE {self.table} SET {self.usage_columns[0]} = %s WHERE id = %s", [text, self.key(row)])

    def test_a_key_too_long_is_refused_and_named(self, learner: Any, reset: Any) -> None:
        row = self.make(learner, COURSE, 0)
        prefix = "block-v1:Org+Course+Run+type@problem+block@"
        self.set_key(row, prefix + "x" * (255 - len(prefix)))
        before = self.of(row)
        with pytest.raises(NotEligible) as refused:
            reset(learner)
        assert f"Row {self.key(row)} of {self.table}: the key in {self.usage_columns[0]}" in str(
            refused.value.reasons[0].detail
        )
        assert [reason.code for reason in refused.value.reasons] == ["key_too_long"]
        assert self.of(row) == before

    def test_a_foreign_block_travels(self, learner: Any, reset: Any, undo: Any) -> None:
        row = self.make(learner, COURSE, 0)
        foreign = "block-v1:Other+Course+Run+type@problem+block@x"
        self.set_key(row, foreign)
        before = self.of(row)
        moved = reset(learner).rows[self.table]
        assert (moved.archived, moved.foreign) == (1, 1)
        assert self.of(row)[self.usage_columns[0]] == foreign
        assert self.of(row)[self.course_column] == "attempt-v1:Org+Course+Run+attempt@1"
        undo(learner)
        assert self.of(row) == before


class ValuedContract(MovingContract):
    """What holds for every store of values: ``fresh`` is what a row holds in a new attempt, by field.

    ``stamped`` are the fields that say when that was; all others stay as they are.
    """

    fresh: ClassVar[dict[str, Any]]
    stamped: ClassVar[frozenset[str]] = frozenset()

    def held(self, row: Any) -> dict[str, Any]:
        """What a row holds now of what a new attempt starts with."""
        model = apps.get_model(self.store.model)
        found = model._base_manager.filter(pk=row.pk).values(*self.fresh).get()
        return dict(found)

    def test_a_new_attempt_starts_afresh_and_each_has_its_own(
        self, learner: Any, reset: Any, undo: Any, activate: Any
    ) -> None:
        row = self.make(learner, COURSE, 0)
        first = self.of(row)
        assert self.held(row) != self.fresh
        reset(learner)
        assert self.held(row) == self.fresh
        undo(learner)
        assert self.of(row) == first
        activate(learner, 2)
        assert self.held(row) == self.fresh
        undo(learner)
        assert self.of(row) == first

    def test_behaviour_10_a_new_attempt_changes_nothing_else(self, learner: Any, reset: Any) -> None:
        before = self.of(row := self.make(learner, COURSE, 0))
        reset(learner)
        meta = apps.get_model(self.store.model)._meta
        changed = {column for column, value in self.of(row).items() if value != before[column]}
        assert changed <= {meta.get_field(name).column for name in {*self.fresh, *self.stamped}}

    def test_a_row_of_a_later_attempt_is_fresh_in_an_earlier_one(
        self, learner: Any, reset: Any, undo: Any, activate: Any
    ) -> None:
        reset(learner)
        row = self.make(learner, COURSE, 0)
        second = self.of(row)
        undo(learner)
        assert self.held(row) == self.fresh
        activate(learner, 2)
        assert self.of(row) == second

    def test_what_was_never_put_aside_stays(self, learner: Any, reset: Any, undo: Any, settings: Any) -> None:
        """The store is younger than the reset."""
        row = self.make(learner, COURSE, 0)
        before = self.of(row)
        stores = settings.ATTEMPTS_STORES
        settings.ATTEMPTS_STORES = []
        reset(learner)
        settings.ATTEMPTS_STORES = stores
        undo(learner)
        assert self.of(row) == before


class GuardingContract(_Contract):
    """What holds for every store that guards: ``code`` is its reason."""

    code: ClassVar[str]
    overridable: ClassVar[bool] = False

    def test_it_is_a_reason_against_a_reset_in_lists_and_previews_too(self, learner: Any, reset: Any) -> None:
        before = self.of(row := self.make(learner, COURSE, 0))
        with pytest.raises(NotEligible) as refused:
            reset(learner)
        assert [(reason.code, reason.overridable) for reason in refused.value.reasons] == [
            (self.code, self.overridable)
        ]
        assert self.of(row) == before
        [standing] = api.courses(learner)
        preview = api.preview(learner, COURSE)
        assert [reason.code for reason in standing.eligibility.reasons] == [self.code]
        assert [reason.code for reason in preview.eligibility.reasons] == [self.code]
        assert [one.store for one in preview.stores if one.reasons] == [self.table]

    def test_rows_of_others_are_no_reason(self, learner: Any, reset: Any) -> None:
        self.made_for_others(learner)
        assert reset(learner).status == "complete"


class OverridableContract(GuardingContract):
    """What holds for guarding stores that an operator may override, beside that."""

    overridable: ClassVar[bool] = True

    def test_an_operator_may_go_on_and_the_row_stays(self, learner: Any, reset: Any, undo: Any) -> None:
        before = self.of(row := self.make(learner, COURSE, 0))
        assert self.table not in reset(learner, override=[self.code]).rows
        assert self.of(row) == before
        undo(learner, override=[self.code, "worked_since"])
        assert self.of(row) == before
