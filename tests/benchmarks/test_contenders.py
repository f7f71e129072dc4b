"""Floor, switch and peers: each does to the rows what it is said to do."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from attempts import api
from attempts.operations import execute
from benchmarks import contenders, peers
from benchmarks.filling import TABLES, Work, fill, learners, rows_per_learner
from benchmarks.meter import counted
from sandbox.courseware.models import StudentModule, StudentModuleHistory
from sandbox.coursewarehistoryextended.models import StudentModuleHistoryExtended
from sandbox.grades.models import PersistentSubsectionGrade, PersistentSubsectionGradeOverride
from sandbox.support.models import CourseResetAudit
from sandbox.work.rows import submit
from tests.factories import COURSE, LOOKALIKE, StateFactory, UserFactory
from tests.fences import fence_down
from tests.snapshots import read_tables

pytestmark = pytest.mark.usefixtures("course")
BLOCKS = 25


def rows_of(learner: Any) -> Counter[tuple[Any, ...]]:
    """A learner's rows in the tables that are filled, by table and keys."""
    rows: Counter[tuple[Any, ...]] = Counter()
    with connection.cursor() as cursor:
        for table, (owner, course, usage) in TABLES.items():
            cursor.execute(f"SELECT {', '.join((course, *usage))} FROM {table} WHERE {owner} = %s", [learner.pk])
            rows.update((table, *row) for row in cursor.fetchall())
    return rows


def test_a_learner_has_the_rows_that_are_promised() -> None:
    for learner in learners(2, Work(BLOCKS)):
        assert rows_of(learner).total() == rows_per_learner(BLOCKS)


def test_floor_and_reset_move_the_same_rows_to_the_same_keys() -> None:
    by_hand, switched, other = learners(3, Work(BLOCKS))
    for learner in (by_hand, switched):
        fill([learner.pk], Work(3, LOOKALIKE))
    before, elsewhere = rows_of(by_hand), rows_of(other)
    assert rows_of(switched) == before
    peers.floor(by_hand.pk)
    operation = api.request_reset(switched, COURSE, requested_by=None)
    execute(operation.uuid)
    assert rows_of(by_hand) == rows_of(switched) != before
    assert rows_of(other) == elsewhere
    moved = sum(rows.archived for rows in api.operation(operation.uuid).rows.values())
    assert moved == rows_per_learner(BLOCKS)


def test_the_archive_takes_every_row_and_no_other() -> None:
    gone, other = learners(2, Work(BLOCKS))
    fill([gone.pk], Work(3, LOOKALIKE))
    before, elsewhere = rows_of(gone), rows_of(other)
    peers.make_archive()
    peers.archive(gone.pk)
    left = rows_of(gone)
    assert rows_of(other) == elsewhere
    assert {course for _table, course, *_keys in left} == {str(LOOKALIKE)}
    archived: Counter[tuple[Any, ...]] = Counter()
    with connection.cursor() as cursor:
        for table, (_owner, course, usage) in TABLES.items():
            cursor.execute(f"SELECT {', '.join((course, *usage))} FROM archived_{table}")
            archived.update((table, *row) for row in cursor.fetchall())
    assert archived + left == before


def _course_reset(learner: Any, blocks: list[Any]) -> Counter[str]:
    support = UserFactory()
    peers.enqueue_course_reset(learner.pk, support)
    with fence_down(), counted() as statements:
        peers.course_reset(learner.email, support.email, blocks)
    return statements.words


def test_the_loop_leaves_what_the_platform_leaves() -> None:
    """Behaviour 4.3, 4.5 and 4.7: blocks, completions and grades go; containers' state and submissions stay."""
    learner, other = learners(2, Work(BLOCKS))
    fill([learner.pk], Work(3, LOOKALIKE))
    container = StateFactory(student=learner, module_state_key=COURSE.make_usage_key("vertical", "v"))
    for row in StudentModule.objects.filter(student__in=[learner, other]):
        for history in (StudentModuleHistory, StudentModuleHistoryExtended):
            history.objects.create(student_module=row, created=timezone.now())
    override = PersistentSubsectionGradeOverride.objects.create(
        grade=PersistentSubsectionGrade.objects.filter(user_id=learner.pk, course_id=COURSE)[0]
    )
    blocks = contenders.blocks_of(BLOCKS)
    submit(f"{learner.pk:032x}", COURSE, blocks[0], {"answer": 1}, 1, 1)
    elsewhere = rows_of(other)
    in_lookalike = {row: number for row, number in rows_of(learner).items() if row[1] == str(LOOKALIKE)}

    _course_reset(learner, blocks)

    kept = (("courseware_studentmodule", str(COURSE), str(container.module_state_key)),)
    assert rows_of(learner) == Counter({**in_lookalike, **dict.fromkeys(kept, 1)})
    assert rows_of(other) == elsewhere
    rows = {row.pk for row in StudentModule.objects.all()}
    for history in (StudentModuleHistory, StudentModuleHistoryExtended):
        assert set(history.objects.values_list("student_module_id", flat=True)) == rows
    assert not PersistentSubsectionGradeOverride.objects.filter(pk=override.pk).exists()
    assert [score["reset"] for score in read_tables(["submissions_score"])["submissions_score"].values()] == [0, 1]
    assert len(read_tables(["submissions_submission"])["submissions_submission"]) == 1
    audit = CourseResetAudit.objects.get()
    assert (audit.status, audit.completed_at is not None) == ("complete", True)


def test_the_loop_issues_the_statements_that_are_counted() -> None:
    """Behaviour 4.7: two SELECT and three DELETE for a block with a row, two SELECT for one without."""
    few, many = learners(1, Work(5))[0], learners(1, Work(15))[0]
    blocks = contenders.blocks_of(15)
    for_few, for_many = _course_reset(few, blocks[:5]), _course_reset(many, blocks)
    assert for_many - for_few == Counter(SELECT=2 * 10, DELETE=3 * 10)
    assert for_few - for_many == Counter()
    without_rows = learners(1, Work(5))[0]
    assert _course_reset(without_rows, blocks) - for_few == Counter(SELECT=2 * 10)
    # Once for each reset: users, enrolment, audit, two names; subsection grades with overrides, course grade.
    assert for_few == Counter(SELECT=2 * 5 + 9, DELETE=3 * 5 + 3, UPDATE=2, INSERT=2)


def test_whoever_takes_a_turn_has_a_learner_of_its_own_and_the_first_does_not_count() -> None:
    floor, reset, undo = contenders.floor(), contenders.reset(), contenders.undo()
    crowds = [learners(3, Work(2)) for _ in range(2)]
    contenders.take_turns([contenders.Team([floor], crowds[0]), contenders.Team([reset, undo], crowds[1])])
    assert [len(one.figures) for one in (floor, reset, undo)] == [2, 2, 2]
    assert floor.statements == {"UPDATE": len(TABLES)}
    assert all(api.courses(learner)[0].last_operation.kind == "undo" for learner in crowds[1])
