"""A switch and whatever else may happen to the learner at the same moment, many times over on connections of their own.

Nothing is lost, nobody has two active attempts, and no deadlock gets past who tries again. What was counted is printed:
``pytest -rP`` shows it.
"""

from __future__ import annotations

import os
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator
from threading import Event
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import connection, transaction
from opaque_keys.edx.keys import CourseKey

from attempts import api
from attempts.exceptions import AttemptsError
from attempts.fence import LateInsert, unit_of_work
from attempts.models import AttemptOperation
from sandbox.content.olx import import_course
from sandbox.courseware.models import StudentModule
from sandbox.grades.models import PersistentSubsectionGrade
from sandbox.student.models import AnonymousUserId
from sandbox.work import enable_completion_tracking, grade
from sandbox.work.grades import regrade
from sandbox.work.rows import save_state, set_score
from tests.factories import PolicyFactory, StateFactory, enrolled
from tests.processes import ROOT
from tests.racing import Log, Writer, ask, carry_out, together
from tests.snapshots import read_placed

# SQLite has one lock for everything: there is no race on it.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.services]
SEEDS = (1, 2)
TURNS = 8
#: How requests and tasks of the host may end; those of a switch that the database refused once.
OF_A_WRITER: tuple[str, ...] = ("turned away by the fence", "deadlock of a writer")
if os.environ.get("DATABASE_ISOLATION"):
    # The host's get_or_create does not see, in its snapshot, the row that its insert ran into.
    OF_A_WRITER += ("clash of keys of a writer",)
TRIED_AGAIN = ("deadlock of a switch, tried again", "clash of keys in a switch, tried again")


@pytest.fixture
def tides(transactional_db: None, settings: Any) -> CourseKey:
    """The course that comes with the sandbox, and a fence that lets in who came after a commit."""
    settings.ATTEMPTS_COMMIT_MARGIN = 0
    PolicyFactory()
    enable_completion_tracking()
    return import_course(ROOT / "sandbox" / "content" / "courses" / "tides").key


@pytest.fixture
def learner(tides: CourseKey) -> Any:
    """A learner with some work in the course."""
    learner = enrolled(tides)
    StateFactory.create_batch(3, student=learner, course_id=tides, state="{}")
    return learner


@pytest.fixture
def log(request: pytest.FixtureRequest) -> Iterator[Log]:
    """What is counted; printed at the end."""
    log = Log()
    yield log
    sys.stdout.write(f"{request.node.name}: {len(log.written)} writes; {dict(log.outcomes)}\n")


def is_sound(course_key: CourseKey) -> None:
    """Once what crossed a switch is brought home, every invariant holds, and each learner has one active attempt."""
    findings = [finding.code for report in api.sweep() for finding in report.findings]
    assert set(findings) <= {"grade_without_score", "late_row_left"}
    assert list(api.verify()) == []
    for user in get_user_model().objects.filter(courseenrollment__course=str(course_key)):
        found = api.attempts(user, course_key)
        done = AttemptOperation.objects.filter(learner=user, status="complete", kind="reset").count()
        assert [attempt.number for attempt in found] == list(range(1, done + 2))
        assert sum(attempt.is_active for attempt in found) == 1


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("in_order", [True, False], ids=["in order", "in any order"])
def test_a_learner_works_while_she_is_switched(
    learner: Any, tides: CourseKey, log: Log, seed: int, in_order: bool
) -> None:
    """In two windows. On MariaDB at READ COMMITTED saving rows in the order they were made in meets no deadlock.

    PostgreSQL finds rows where their newest versions happen to lie.
    """
    stop, chance = Event(), random.Random(seed)

    def switch() -> None:
        try:
            for turn in range(TURNS):
                time.sleep(chance.uniform(0, 0.1))
                kind = chance.choice(["reset", "undo"]) if turn else "reset"
                log.outcomes[carry_out(ask(kind, learner, tides).uuid, log)] += 1
        finally:
            stop.set()

    windows = [Writer(learner, tides, log, seed, number, in_order=in_order) for number in range(2)]
    together(switch, *(lambda window=window: window.work(stop) for window in windows))
    if in_order and connection.vendor == "mysql" and not os.environ.get("DATABASE_ISOLATION"):
        assert log.outcomes["deadlock of a writer"] == 0
    assert log.outcomes["complete"] == TURNS
    assert {outcome for outcome, many in log.outcomes.items() if many} <= {"complete", *OF_A_WRITER, *TRIED_AGAIN}
    assert log.written
    misplaced = set(log.lost())
    is_sound(tides)
    assert misplaced.isdisjoint(log.lost())
    assert log.lost(anywhere=True) == []


@pytest.mark.parametrize(
    "kinds", [("reset", "reset"), ("reset", "undo"), ("undo", "undo"), ("reset", "activate"), ("undo", "activate")]
)
def test_two_operators_want_something_of_one_learner(
    learner: Any, tides: CourseKey, log: Log, kinds: tuple[str, str]
) -> None:
    """One of them is told that an operation is in flight, or what else stands against it, or comes after the other."""

    def want(kind: str) -> str:
        try:
            return carry_out(ask(kind, learner, tides).uuid, log)
        except AttemptsError as error:
            return error.code

    want("reset")
    for _turn in range(TURNS // 2):
        log.outcomes.update(together(*(lambda kind=kind: want(kind) for kind in kinds)))
    assert log.outcomes.keys() <= {"complete", "failed", "operation_in_flight", "already_active", *TRIED_AGAIN}
    # Accepted while the other one ran, and overtaken by it: both wanted the same attempt.
    failed = AttemptOperation.objects.filter(status="failed").values_list("error_code", flat=True)
    assert set(failed) <= {"already_active", "nothing_to_undo"}
    assert AttemptOperation.objects.filter(in_flight=True).count() == 0
    # The first was before the race.
    assert AttemptOperation.objects.filter(status="complete").count() == log.outcomes["complete"] + 1
    is_sound(tides)


@pytest.mark.parametrize("atomic", [True, False], ids=["one transaction", "one for each row"])
def test_grades_are_computed_while_the_learner_is_switched(
    learner: Any, tides: CourseKey, log: Log, atomic: bool
) -> None:
    """Whenever a task reads and writes, the grades of an attempt are those of its own scores."""
    stop, key = Event(), tides.make_usage_key("problem", "quiz-half")

    def answer(points: float) -> None:
        with unit_of_work():
            set_score(save_state(learner, tides, key, {"points": points}), points, 1.0)

    def compute() -> None:
        task = grade if atomic else grade.__wrapped__
        while not stop.is_set():
            try:
                with unit_of_work():
                    log.outcomes["nothing to grade" if task(learner, tides) is None else "graded"] += 1
            except Exception as error:
                log.note(error)

    def switch() -> None:
        try:
            for turn in range(TURNS):
                time.sleep(0.1)
                assert carry_out(ask("reset", learner, tides).uuid, log) == "complete"
                answer((turn + 2) / 20)
            time.sleep(0.2)
        finally:
            stop.set()

    answer(1 / 20)
    together(switch, compute, compute)
    assert log.outcomes["graded"]
    assert log.outcomes.keys() <= {"graded", "nothing to grade", *OF_A_WRITER, *TRIED_AGAIN}
    is_sound(tides)
    scores, grades = {}, {}
    for (table, pk), row in read_placed().items():
        values = dict(row.values)
        if table == "courseware_studentmodule" and values["grade"] is not None:
            scores[row.attempt] = values["grade"]
        if table == "grades_persistentsubsectiongrade" and PersistentSubsectionGrade.objects.get(pk=pk).earned_all:
            grades[row.attempt] = values["earned_all"]
    assert len(scores) == TURNS + 1
    assert grades == {attempt: scores[attempt] for attempt in grades}


def late_save(row: StudentModule) -> None:
    """The whole row."""
    row.state = "late"
    row.save()


def late_update_of_columns(row: StudentModule) -> None:
    """A list of rows, one column."""
    row.state = "late"
    StudentModule.objects.bulk_update([row], ["state"])


def late_update_of_keys(row: StudentModule) -> None:
    """A list of rows, with their keys as they were read."""
    row.state = "late"
    StudentModule.objects.bulk_update([row], ["state", "course_id", "module_state_key"])


def late_update_by_id(row: StudentModule) -> None:
    """One column, found by primary key."""
    StudentModule.objects.filter(pk=row.pk).update(state="late")


def late_update_by_keys(row: StudentModule) -> None:
    """One column, found as the learner's row of the block."""
    keys = {"course_id": row.course_id, "module_state_key": row.module_state_key}
    StudentModule.objects.filter(student=row.student, **keys).update(state="late")


def late_get_or_create(row: StudentModule) -> None:
    """A row for a block that has none any more."""
    keys = {"course_id": row.course_id, "module_state_key": row.module_state_key}
    with pytest.raises(LateInsert):
        StudentModule.objects.get_or_create(student=row.student, **keys, defaults={"state": "late"})


def late_bulk_create(row: StudentModule) -> None:
    """The same without a signal."""
    keys = {"course_id": row.course_id, "module_state_key": row.module_state_key, "module_type": "problem"}
    StudentModule.objects.bulk_create([StudentModule(student=row.student, **keys, state="late")])


#: From how a task writes to the states of attempt 1 and of the new one, before the sweep and after it.
LATE_WRITES = {
    late_save: ((["late"], []), (["late"], [])),
    late_update_of_columns: ((["late"], []), (["late"], [])),
    late_update_of_keys: (([], ["late"]), (["late"], [])),
    late_update_by_id: ((["late"], []), (["late"], [])),
    late_update_by_keys: ((["{}"], []), (["{}"], [])),
    late_get_or_create: ((["{}"], []), (["{}"], [])),
    late_bulk_create: ((["{}"], ["late"]), (["{}"], ["late"])),
}


@pytest.mark.parametrize("write", LATE_WRITES, ids=lambda write: write.__name__)
def test_an_instructor_task_writes_what_it_loaded_before_the_switch(tides: CourseKey, log: Log, write: Any) -> None:
    """What fence and sweep see, and what they cannot, as ``docs/fence.rst`` has it; each row in a transaction."""
    learner = enrolled(tides)
    StateFactory(student=learner, course_id=tides, state="{}")

    def places() -> tuple[list[str], list[str]]:
        found: tuple[list[str], list[str]] = ([], [])
        for row in read_placed().values():
            found[row.attempt is None].append(dict(row.values)["state"])
        return found

    with unit_of_work():
        (row,) = StudentModule.objects.all()
        together(lambda: carry_out(ask("reset", learner, tides).uuid, log))
        with transaction.atomic():
            write(row)
    before, after = LATE_WRITES[write]
    assert places() == before
    list(api.sweep())
    assert places() == after
    assert list(api.verify()) == []


@pytest.mark.parametrize("seed", SEEDS)
def test_an_instructor_task_rescores_everybody_while_operators_reset_them(
    tides: CourseKey, log: Log, seed: int
) -> None:
    """All rows are loaded once and saved one after the other; each finds its row, wherever it lies by then."""
    learners = [enrolled(tides) for _ in range(8)]
    rows = [StateFactory(student=one, course_id=tides, state="{}", grade=0.0, max_grade=1.0) for one in learners]
    chance = random.Random(seed)
    shuffled = chance.sample(learners, len(learners))

    def rescore() -> None:
        with unit_of_work():
            for row in list(StudentModule.objects.filter(pk__in=[one.pk for one in rows])):
                time.sleep(chance.uniform(0, 0.1))
                with transaction.atomic():
                    set_score(row, 1.0, 1.0)

    def reset(some: list[Any]) -> None:
        for one in some:
            log.outcomes[carry_out(ask("reset", one, tides).uuid, log)] += 1

    together(rescore, lambda: reset(shuffled[::2]), lambda: reset(shuffled[1::2]))
    assert log.outcomes["complete"] == 8
    found = {pk: (row.attempt, dict(row.values)["grade"]) for (_table, pk), row in read_placed().items()}
    assert found == {row.pk: (1, 1.0) for row in rows}
    is_sound(tides)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_learner_is_retired_while_she_is_reset(tides: CourseKey, log: Log, seed: int) -> None:
    """The reset is done and the words are gone, whichever came first."""
    chance, secret = random.Random(seed), "What the learner told support"
    for _turn in range(TURNS // 2):
        learner = enrolled(tides)
        state = StateFactory(student=learner, course_id=tides)
        operation = api.request_reset(learner, tides, requested_by=None, comment=secret)
        pauses = chance.uniform(0, 0.1), chance.uniform(0, 0.1)

        def forget(who: Any = learner, pause: float = pauses[0]) -> None:
            time.sleep(pause)
            api.retire(who)

        def reset(uuid: Any = operation.uuid, pause: float = pauses[1]) -> str:
            time.sleep(pause)
            return carry_out(uuid, log)

        assert together(forget, reset)[1] == "complete"
        assert AttemptOperation.objects.get(uuid=operation.uuid).comment == ""
        assert str(StudentModule.objects.get(pk=state.pk).course_id).endswith("+attempt@1")
        # Nothing that comes after brings them back.
        assert api.retire(learner) == {}
    is_sound(tides)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_policy_changes_between_request_and_switch(tides: CourseKey, log: Log, seed: int) -> None:
    """The switch is judged by the policy that it finds: done, or refused with the reason and nothing moved."""
    chance = random.Random(seed)
    for _turn in range(TURNS):
        api.change_policy({"active": True}, changed_by=None, course_key=tides)
        learner = enrolled(tides)
        state = StateFactory(student=learner, course_id=tides)
        operation = api.request_reset(learner, tides, requested_by=None)
        pauses = chance.uniform(0, 0.2), chance.uniform(0, 0.05)

        def forbid(pause: float = pauses[0]) -> None:
            time.sleep(pause)
            api.change_policy({"active": False}, changed_by=None, course_key=tides)

        def reset(uuid: Any = operation.uuid, pause: float = pauses[1]) -> str:
            time.sleep(pause)
            return carry_out(uuid, log)

        status = together(forbid, reset)[1]
        done = api.operation(operation.uuid)
        assert (status, done.error_code) in {("complete", ""), ("failed", "course_not_opted_in")}
        log.outcomes[status] += 1
        moved = StudentModule.objects.get(pk=state.pk).course_id != tides
        assert moved == (status == "complete")
    is_sound(tides)


def test_first_switches_of_neighbours_do_not_lock_one_another_out(tides: CourseKey, log: Log) -> None:
    """A class is reset by several workers at once; with REPEATABLE READ gaps are locked, and some are tried again."""
    learners = [enrolled(tides) for _ in range(16)]
    for one in learners:
        StateFactory(student=one, course_id=tides)
    operations = [ask("reset", one, tides) for one in learners]

    def work(some: list[Any]) -> Counter[str]:
        return Counter(carry_out(one.uuid, log) for one in some)

    done = sum(together(*(lambda part=part: work(operations[part::4]) for part in range(4))), Counter())
    assert done == {"complete": 16}
    assert log.outcomes.keys() <= (set(TRIED_AGAIN) if os.environ.get("DATABASE_ISOLATION") else set())
    is_sound(tides)


def test_two_sweeps_compute_the_grades_of_one_learner(tides: CourseKey) -> None:
    """What both find missing both write, and the second one's snapshot is older than what the first has written."""
    user = enrolled(tides)
    set_score(save_state(user, tides, tides.make_usage_key("problem", "quiz-half"), {"attempts": 1}), 1.0, 1.0)
    with transaction.atomic():
        assert list(PersistentSubsectionGrade.objects.all()) == []
        together(lambda: regrade(user.pk, tides))
        regrade(user.pk, tides)
    assert PersistentSubsectionGrade.objects.count() == 1
    assert AnonymousUserId.objects.filter(user=user).count() == 1
