"""Writes that cross a switch, at each point where the platform lets them: real threads, named after the facts.

§1.6 is a request that loaded a row before its keys were rewritten, §2.2 the tasks that compute grades, §3 completion.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from contextlib import nullcontext
from datetime import datetime, timedelta
from threading import Thread
from typing import Any

import pytest
from celery import shared_task
from completion.models import BlockCompletion
from django.contrib.auth import get_user_model
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import ProtectedError
from django.db.models.signals import post_save
from django.utils import timezone
from opaque_keys.edx.keys import CourseKey
from submissions import api as submissions
from submissions.models import StudentItem

from attempts import api
from attempts.fence import LateDelete, LateInsert, LateUpdate, unit_of_work
from attempts.host.isolation import keeps_snapshot
from attempts.operations import execute
from attempts.switching import lock_identity
from sandbox.content.olx import import_course
from sandbox.course_overviews.models import CourseOverview
from sandbox.courseware.models import StudentModule, StudentModuleHistory
from sandbox.grades.models import PersistentCourseGrade, PersistentSubsectionGrade
from sandbox.schedules.models import Schedule
from sandbox.student.models import anonymous_id_for_user
from sandbox.work import enable_completion_tracking, grade
from sandbox.work import grades as grading
from sandbox.work.rows import read_state, save_state, set_score
from tests.crossing import cross
from tests.factories import COURSE, PolicyFactory, StateFactory, enrolled
from tests.processes import ROOT
from tests.racing import Log, ask, carry_out, together

pytestmark = pytest.mark.django_db(transaction=True)
BLOCK = COURSE.make_usage_key("problem", "b")
IN_ATTEMPT_1 = "attempt-v1:Org+Course+Run+attempt@1"
#: As the platform works, one transaction for each request; SQLite has one lock for everything, so there each statement
#: is a transaction of its own.
EITHER_WAY = pytest.mark.parametrize("atomic", [False, pytest.param(True, marks=pytest.mark.services)])


@pytest.fixture
def learner(transactional_db: None) -> Any:
    """A learner whom the policy lets be reset; committed, so that other threads see her."""
    PolicyFactory()
    return enrolled()


@pytest.fixture
def state(learner: Any) -> StudentModule:
    """The learner's state of a problem, with a score."""
    return StateFactory(student=learner, module_state_key=BLOCK, state='{"attempts": 1}', grade=0.0, max_grade=2.0)


def places() -> dict[str, list[str]]:
    """The states of everybody, by the key they lie under."""
    found: dict[str, list[str]] = {}
    for key, text in StudentModule.objects.order_by("pk").values_list("course_id", "state"):
        found.setdefault(str(key), []).append(text)
    return found


def attempts_left(learner: Any) -> list[Any]:
    """What is wrong, for this learner."""
    return list(api.verify(learner, COURSE))


def begun(call: Callable[[], Any]) -> Thread:
    """Do something in another thread, on a connection of its own."""

    def run() -> None:
        try:
            call()
        finally:
            connection.close()

    thread = Thread(target=run)
    thread.start()
    return thread


def during(switch: Callable[[], Any], save: Callable[[], None]) -> None:
    """Have a request save while a switch is not committed yet; see that it waits, and let both end."""
    errors: list[BaseException] = []

    def request() -> None:
        try:
            with unit_of_work(), transaction.atomic():
                save()
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    saver = Thread(target=request)
    with transaction.atomic():
        switch()
        saver.start()
        saver.join(0.5)
        assert saver.is_alive(), "the save did not wait"
    saver.join(30)
    assert not errors


def schedule(learner: Any) -> tuple[datetime, int]:
    """Give a learner a schedule of a self-paced course; return its start and its primary key."""
    CourseOverview.objects.filter(id=COURSE).update(self_paced=True)
    began = timezone.now() - timedelta(days=90)
    return began, Schedule.objects.create(enrollment=learner.courseenrollment_set.get(), start_date=began).pk


@EITHER_WAY
def test_behaviour_1_6_row_read_then_keys_rewritten_then_saved(
    learner: Any, state: StudentModule, reset: Any, atomic: bool
) -> None:
    """The late change goes where the row lies now, all columns of it; the new attempt stays empty."""

    def answer(stop: Callable[[], None]) -> None:
        row = StudentModule.objects.get(student=learner, course_id=COURSE, module_state_key=BLOCK)
        stop()
        row.state, row.grade = '{"attempts": 2}', 2.0
        row.save(force_update=True)

    cross(answer, lambda: reset(learner), atomic=atomic)
    assert places() == {IN_ATTEMPT_1: ['{"attempts": 2}']}
    row = StudentModule.objects.get(pk=state.pk)
    assert (row.grade, str(row.module_state_key)) == (2.0, f"attempt-block-{IN_ATTEMPT_1[8:]}+type@problem+block@b")
    assert attempts_left(learner) == []


@EITHER_WAY
def test_behaviour_1_6_the_same_when_the_new_attempt_has_a_row_for_that_block(
    learner: Any, state: StudentModule, reset: Any, atomic: bool
) -> None:
    """No clash of keys: each attempt has its own row. The platform saves scores that way, too."""

    def answer(stop: Callable[[], None]) -> None:
        row = StudentModule.objects.get(pk=state.pk)
        stop()
        set_score(row, 2.0, 2.0)

    def reset_and_answer() -> None:
        reset(learner)
        save_state(learner, COURSE, BLOCK, {"attempts": 7})

    cross(answer, reset_and_answer, atomic=atomic)
    assert places() == {IN_ATTEMPT_1: ['{"attempts": 1}'], str(COURSE): ['{"attempts": 7}']}
    assert StudentModule.objects.get(pk=state.pk).grade == 2.0
    assert attempts_left(learner) == []


@EITHER_WAY
def test_behaviour_1_6_new_values_from_old_state_inserted_after_the_commit(
    learner: Any, state: StudentModule, reset: Any, atomic: bool
) -> None:
    """The insert is turned away with the error that the platform's client swallows; nothing of it is left.

    With a snapshot it is none: the writer still finds the row, and the change goes where that lies now.
    """

    def answer(stop: Callable[[], None]) -> None:
        old = read_state(learner, COURSE, BLOCK)
        stop()
        if keeps_snapshot("default"):
            save_state(learner, COURSE, BLOCK, {"attempts": old["attempts"] + 1})
            return
        with pytest.raises(IntegrityError, match="began before the learner's latest switch") as refused:
            save_state(learner, COURSE, BLOCK, {"attempts": old["attempts"] + 1})
        assert isinstance(refused.value, LateInsert)
        # The transaction is whole: the request can go on.
        assert StudentModule.objects.filter(student=learner).count() == 1

    cross(answer, lambda: reset(learner), atomic=atomic)
    snapshot = atomic and bool(os.environ.get("DATABASE_ISOLATION"))
    assert places() == {IN_ATTEMPT_1: ['{"attempts": 2}' if snapshot else '{"attempts": 1}']}


@pytest.mark.services
def test_behaviour_1_6_request_saved_first_and_is_still_open(learner: Any, state: StudentModule, reset: Any) -> None:
    """The switch waits for the row and takes the change along. SQLite has one lock for everything."""
    waiting: list[Thread] = []

    def answer(stop: Callable[[], None]) -> bool:
        row = StudentModule.objects.get(pk=state.pk)
        row.state = '{"attempts": 2}'
        row.save()
        stop()
        return waiting[0].is_alive()

    def reset_elsewhere() -> None:
        def run() -> None:
            try:
                reset(learner)
            finally:
                connection.close()

        waiting.append(Thread(target=run))
        waiting[0].start()
        waiting[0].join(0.5)

    assert cross(answer, reset_elsewhere, atomic=True), "the switch did not wait"
    waiting[0].join(30)
    assert places() == {IN_ATTEMPT_1: ['{"attempts": 2}']}


@EITHER_WAY
def test_behaviour_1_6_object_loaded_before_deleted_after(
    learner: Any, state: StudentModule, reset: Any, atomic: bool
) -> None:
    """The delete is refused as Django refuses to delete what is protected; row and history stay."""
    state.save()
    before = StudentModuleHistory.objects.count()

    def delete(stop: Callable[[], None]) -> None:
        row = StudentModule.objects.get(pk=state.pk)
        stop()
        with pytest.raises(ProtectedError, match="was not deleted") as refused:
            row.delete()
        assert isinstance(refused.value, LateDelete)
        assert refused.value.protected_objects == {row}

    cross(delete, lambda: reset(learner), atomic=atomic)
    assert places() == {IN_ATTEMPT_1: ['{"attempts": 1}']}
    assert StudentModuleHistory.objects.count() == before > 0


@EITHER_WAY
def test_behaviour_1_6_row_with_a_value_read_then_switched_then_saved(learner: Any, reset: Any, atomic: bool) -> None:
    """It is the new attempt's row too, so the old value stays out of it; what else was changed is written."""
    began, pk = schedule(learner)
    deadline = timezone.now() + timedelta(days=1)

    def change(stop: Callable[[], None]) -> None:
        row = Schedule.objects.get(pk=pk)
        stop()
        row.upgrade_deadline = deadline
        row.save()
        assert row.start_date > began

    cross(change, lambda: reset(learner), atomic=atomic)
    row = Schedule.objects.get(pk=pk)
    assert row.start_date > began
    assert row.upgrade_deadline == deadline


@pytest.mark.services
def test_behaviour_1_6_a_save_of_a_value_waits_for_the_switch_that_holds_its_row(learner: Any, reset: Any) -> None:
    """It sees what was committed, and that it is late. SQLite has no row locks."""
    began, pk = schedule(learner)

    def save() -> None:
        row = Schedule.objects.get(pk=pk)
        row.start_date = began
        row.save()

    during(lambda: reset(learner), save)
    assert Schedule.objects.get(pk=pk).start_date > began


@pytest.mark.services
def test_behaviour_1_5_a_submission_of_a_problem_and_a_reset_do_not_deadlock(
    learner: Any, state: StudentModule, reset: Any
) -> None:
    """Both take states before completions: the reset waits for the request, and neither is chosen as a victim.

    SQLite has one lock for everything.
    """
    enable_completion_tracking()
    BlockCompletion.objects.submit_completion(learner, BLOCK, 0.5)
    ended: list[str] = []

    def run() -> None:
        try:
            ended.append(reset(learner).status)
        except DatabaseError as error:
            ended.append(str(error))
        finally:
            connection.close()

    resetting = Thread(target=run)

    def submit(stop: Callable[[], None]) -> bool:
        row = StudentModule.objects.get(pk=state.pk)
        row.state = '{"attempts": 2}'
        row.save()
        stop()
        waits = resetting.is_alive()
        BlockCompletion.objects.submit_completion(learner, BLOCK, 1.0)
        return waits

    def reset_elsewhere() -> None:
        resetting.start()
        resetting.join(0.5)

    assert cross(submit, reset_elsewhere, atomic=True), "the reset did not wait"
    resetting.join(30)
    assert ended == ["complete"]
    assert places() == {IN_ATTEMPT_1: ['{"attempts": 2}']}
    (row,) = BlockCompletion.objects.all()
    assert (str(row.context_key), row.completion) == (IN_ATTEMPT_1, 1.0)
    assert attempts_left(learner) == []


@shared_task(name="tests.reset_attempts")
def reset_attempts(pks: list[int], stop: Callable[[], None]) -> None:
    """What the platform's instructor tasks do: load all rows once, save each, minutes later."""
    rows = list(StudentModule.objects.filter(pk__in=pks).order_by("pk"))
    stop()
    for row in rows:
        row.state = json.dumps({**json.loads(row.state), "attempts": 0})
        row.save()


def test_behaviour_1_6_instructor_task_that_loaded_all_rows(learner: Any, state: StudentModule, reset: Any) -> None:
    """A run of a Celery task is a unit of work; the other learner's row is saved where it was."""
    other = StateFactory(student=enrolled(), module_state_key=BLOCK)

    def run(stop: Callable[[], None]) -> None:
        reset_attempts.apply(args=([state.pk, other.pk], stop), throw=True)

    cross(run, lambda: reset(learner), unit=nullcontext)
    assert places() == {IN_ATTEMPT_1: ['{"attempts": 0}'], str(COURSE): ['{"attempts": 0}']}


def test_behaviour_1_6_late_answer_of_a_queue_is_work_of_the_new_attempt(
    learner: Any, state: StudentModule, reset: Any, settings: Any
) -> None:
    """It comes with a request of its own, which began after the switch; nothing tells it from the learner's own."""
    settings.ATTEMPTS_COMMIT_MARGIN = 0
    reset(learner)
    with unit_of_work():
        save_state(learner, COURSE, BLOCK, {"queuestate": {}})
    assert places()[str(COURSE)] == ['{"queuestate": {}}']


def test_a_row_read_in_the_second_attempt_and_saved_after_the_undo(learner: Any, reset: Any, undo: Any) -> None:
    """It belongs to the second, which is archived now; the first has no row for that block."""
    reset(learner)
    state = StateFactory(student=learner, module_state_key=BLOCK)

    def answer(stop: Callable[[], None]) -> None:
        row = StudentModule.objects.get(pk=state.pk)
        stop()
        row.state = '{"attempts": 9}'
        row.save()

    cross(answer, lambda: undo(learner))
    assert places() == {IN_ATTEMPT_1.replace("@1", "@2"): ['{"attempts": 9}']}
    assert attempts_left(learner) == []


def test_an_archived_row_read_before_the_undo_and_saved_after(
    learner: Any, state: StudentModule, reset: Any, undo: Any
) -> None:
    """As when staff grade archived work: the row is active again, and stays so."""
    reset(learner)

    def change(stop: Callable[[], None]) -> None:
        row = StudentModule.objects.get(pk=state.pk)
        assert str(row.course_id) == IN_ATTEMPT_1
        stop()
        row.grade = 1.0
        row.save()

    cross(change, lambda: undo(learner))
    row = StudentModule.objects.get(pk=state.pk)
    assert (row.course_id, row.module_state_key, row.grade) == (COURSE, BLOCK, 1.0)


@pytest.fixture
def tides(transactional_db: None) -> CourseKey:
    """The course that comes with the sandbox, which knows how to grade it."""
    enable_completion_tracking()
    return import_course(ROOT / "sandbox" / "content" / "courses" / "tides").key


@pytest.fixture
def graded(tides: CourseKey) -> Any:
    """A learner with the full score of one problem of a graded subsection, and no grade yet."""
    PolicyFactory()
    learner = enrolled(tides)
    row = save_state(learner, tides, tides.make_usage_key("problem", "quiz-half"), {"attempts": 1})
    set_score(row, 1.0, 1.0)
    return learner


def grade_rows() -> dict[str, int]:
    """How many grades there are, by the key they lie under."""
    found: dict[str, int] = {}
    for model in (PersistentSubsectionGrade, PersistentCourseGrade):
        for key in model.objects.values_list("course_id", flat=True):
            found[str(key)] = found.get(str(key), 0) + 1
    return found


def compute(learner: Any, course_key: CourseKey, *, atomic: bool) -> None:
    """What a grade task does once it runs; the platform's writes each row in a transaction of its own."""
    (grade if atomic else grade.__wrapped__)(get_user_model().objects.get(pk=learner.pk), course_key)


def test_behaviour_2_2_waiting_and_the_learner_has_not_answered_again(
    graded: Any, tides: CourseKey, reset: Any
) -> None:
    """The task begins after the switch and finds no score: no grade."""
    reset(graded, tides)
    with unit_of_work():
        compute(graded, tides, atomic=True)
    assert grade_rows() == {}


def test_behaviour_2_2_waiting_and_the_learner_answered_again(
    graded: Any, tides: CourseKey, reset: Any, settings: Any
) -> None:
    """The task computes from the new attempt's scores, and nothing stands in its way."""
    settings.ATTEMPTS_COMMIT_MARGIN = 0
    reset(graded, tides)
    with unit_of_work():
        row = save_state(graded, tides, tides.make_usage_key("problem", "quiz-half"), {"attempts": 1})
        set_score(row, 0.0, 1.0)
        compute(graded, tides, atomic=True)
    assert grade_rows() == {str(tides): 2}
    assert PersistentSubsectionGrade.objects.get().earned_all == 0.0


@EITHER_WAY
def test_behaviour_2_2_past_the_check_and_computing(
    graded: Any, tides: CourseKey, reset: Any, monkeypatch: pytest.MonkeyPatch, atomic: bool
) -> None:
    """Old grades are not inserted into the new attempt; the task's own retry finds no score and writes nothing."""
    store = grading._store_subsection

    def task(stop: Callable[[], None]) -> None:
        def paused(*arguments: Any) -> Any:
            stop()
            return store(*arguments)

        monkeypatch.setattr(grading, "_store_subsection", paused)
        with pytest.raises(LateInsert):
            compute(graded, tides, atomic=atomic)

    cross(task, lambda: reset(graded, tides))
    assert grade_rows() == {}
    with unit_of_work():
        compute(graded, tides, atomic=atomic)
    assert grade_rows() == {}


@EITHER_WAY
def test_behaviour_2_2_past_the_check_and_the_new_attempt_is_graded_meanwhile(
    graded: Any, tides: CourseKey, reset: Any, monkeypatch: pytest.MonkeyPatch, settings: Any, atomic: bool
) -> None:
    """Old grades do not overwrite the new attempt's; the task's own retry computes from its scores."""
    settings.ATTEMPTS_COMMIT_MARGIN = 0
    # Both tasks would insert it, and the second would wait for the first.
    anonymous_id_for_user(graded, tides)
    store = grading._store_subsection

    def task(stop: Callable[[], None]) -> None:
        def paused(*arguments: Any) -> Any:
            monkeypatch.setattr(grading, "_store_subsection", store)
            stop()
            return store(*arguments)

        monkeypatch.setattr(grading, "_store_subsection", paused)
        with pytest.raises(IntegrityError) as refused:
            compute(graded, tides, atomic=atomic)
        # A snapshot does not show what the other task has inserted, and what is inserted clashes with that.
        assert isinstance(refused.value, LateUpdate) or (atomic and os.environ.get("DATABASE_ISOLATION"))

    def reset_answer_and_grade() -> None:
        reset(graded, tides)
        with unit_of_work():
            row = save_state(graded, tides, tides.make_usage_key("problem", "quiz-half"), {"attempts": 1})
            set_score(row, 0.0, 1.0)
            compute(graded, tides, atomic=False)

    cross(task, reset_answer_and_grade)
    assert PersistentSubsectionGrade.objects.get().earned_all == 0.0
    assert PersistentCourseGrade.objects.get().percent_grade == 0.0
    with unit_of_work():
        compute(graded, tides, atomic=atomic)
    assert PersistentSubsectionGrade.objects.get().earned_all == 0.0
    assert list(api.verify(graded, tides)) == []


def test_behaviour_2_2_between_update_or_create_and_its_second_save(graded: Any, tides: CourseKey, reset: Any) -> None:
    """The second save, of the whole row, goes to the archived grade; the course grade is not inserted."""

    def task(stop: Callable[[], None]) -> None:
        def between(created: bool, **_kwargs: Any) -> None:
            if created:
                transaction.on_commit(stop)

        post_save.connect(between, sender=PersistentSubsectionGrade)
        try:
            with pytest.raises(LateInsert):
                compute(graded, tides, atomic=False)
        finally:
            post_save.disconnect(between, sender=PersistentSubsectionGrade)

    cross(task, lambda: reset(graded, tides))
    (row,) = PersistentSubsectionGrade.objects.all()
    assert str(row.course_id).endswith("+attempt@1")
    assert row.first_attempted is not None
    assert not PersistentCourseGrade.objects.exists()
    assert list(api.verify(graded, tides)) == []


def test_behaviour_2_2_after_undo_the_restored_scores_are_graded(
    graded: Any, tides: CourseKey, reset: Any, undo: Any, settings: Any
) -> None:
    """A task that runs then grades what is active: the restored attempt."""
    settings.ATTEMPTS_COMMIT_MARGIN = 0
    reset(graded, tides)
    undo(graded, tides)
    with unit_of_work():
        compute(graded, tides, atomic=True)
    assert grade_rows() == {str(tides): 2}


@EITHER_WAY
def test_behaviour_3_late_save_of_a_completion(learner: Any, reset: Any, atomic: bool) -> None:
    """It names its columns, keys not among them, so it changes the archived row, which is right."""
    enable_completion_tracking()
    BlockCompletion.objects.submit_completion(learner, BLOCK, 0.5)

    def complete(stop: Callable[[], None]) -> None:
        row = BlockCompletion.objects.get(user=learner)
        stop()
        row.completion = 1.0
        row.save(update_fields={"completion", "modified"})

    cross(complete, lambda: reset(learner), atomic=atomic)
    (row,) = BlockCompletion.objects.all()
    assert (str(row.context_key), row.completion) == (IN_ATTEMPT_1, 1.0)


@EITHER_WAY
def test_behaviour_3_late_insert_of_a_completion(learner: Any, reset: Any, atomic: bool) -> None:
    """The package swallows the error and looks for the row of whoever was faster, which is not there."""
    enable_completion_tracking()

    def complete(stop: Callable[[], None]) -> None:
        stop()
        with pytest.raises(BlockCompletion.DoesNotExist):
            BlockCompletion.objects.submit_completion(learner, BLOCK, 1.0)

    cross(complete, lambda: reset(learner), atomic=atomic)
    assert not BlockCompletion.objects.exists()


@EITHER_WAY
def test_behaviour_10_late_submission(learner: Any, reset: Any, atomic: bool) -> None:
    """The learner is named by an anonymous id there; the package tells block code of an internal error."""
    item = {
        "student_id": anonymous_id_for_user(learner, COURSE),
        "course_id": str(COURSE),
        "item_id": str(BLOCK),
        "item_type": "openassessment",
    }

    def submit(stop: Callable[[], None]) -> None:
        stop()
        with pytest.raises(submissions.SubmissionInternalError):
            submissions.create_submission(item, {"text": "late"})

    cross(submit, lambda: reset(learner), atomic=atomic)
    assert not StudentItem.objects.exists()


@pytest.mark.services
def test_a_save_waits_for_the_switch_that_holds_its_row(learner: Any, state: StudentModule, reset: Any) -> None:
    """A save between a switch's UPDATE and its commit sees what was committed. SQLite has no row locks."""

    def save() -> None:
        row = StudentModule.objects.get(pk=state.pk)
        assert row.course_id == COURSE
        row.state = '{"attempts": 2}'
        row.save()

    during(lambda: reset(learner), save)
    assert places() == {IN_ATTEMPT_1: ['{"attempts": 2}']}


@pytest.mark.services
def test_behaviour_1_6_row_inserted_by_a_transaction_still_open(learner: Any, state: StudentModule, reset: Any) -> None:
    """The switch waits for it or misses it, as the engine has it; after the sweep it lies in its own attempt.

    SQLite has one lock for everything.
    """
    resetting: list[Thread] = []

    def answer(stop: Callable[[], None]) -> None:
        StateFactory(student=learner)
        stop()

    def reset_elsewhere() -> None:
        resetting.append(begun(lambda: reset(learner)))
        resetting[0].join(2)

    cross(answer, reset_elsewhere, atomic=True)
    resetting[0].join(30)
    missed = places().get(str(COURSE), [])
    moved = [report.moved for report in api.sweep(learner, COURSE)]
    assert moved == ([{"courseware_studentmodule": 1}] if missed else [])
    assert list(places()) == [IN_ATTEMPT_1]
    assert attempts_left(learner) == []


@pytest.mark.services
def test_a_switch_that_was_asked_for_waits_for_rows_that_cannot_be_seen_yet(learner: Any, state: StudentModule) -> None:
    """It does not miss what a transaction inserts that began after the request. SQLite has one lock for everything."""
    operation = ask("reset", learner, COURSE)
    resetting: list[Thread] = []

    def answer(stop: Callable[[], None]) -> None:
        StateFactory(student=learner)
        stop()

    def reset_elsewhere() -> None:
        resetting.append(begun(lambda: execute(operation.uuid)))
        resetting[0].join(0.5)
        assert resetting[0].is_alive(), "the switch did not wait"

    cross(answer, reset_elsewhere, atomic=True)
    resetting[0].join(30)
    assert {key: len(states) for key, states in places().items()} == {IN_ATTEMPT_1: 2}
    assert list(api.sweep(learner, COURSE)) == []
    assert attempts_left(learner) == []


@pytest.mark.services
@pytest.mark.parametrize("archived_before", [False, True], ids=["first switch", "later switch"])
def test_nothing_is_inserted_while_the_switch_runs(
    learner: Any, state: StudentModule, reset: Any, archived_before: bool
) -> None:
    """Who comes then neither waits, for fear of a deadlock, nor leaves a row that the switch has not seen."""
    if archived_before:
        reset(learner)
    operation = ask("reset", learner, COURSE)

    def insert() -> None:
        with unit_of_work(), transaction.atomic(), pytest.raises(LateInsert):
            save_state(learner, COURSE, COURSE.make_usage_key("problem", "new"), {"attempts": 1})

    with transaction.atomic():
        execute(operation.uuid)
        before = time.monotonic()
        together(insert)
        assert time.monotonic() - before < 5
    assert list(api.sweep(learner, COURSE)) == []
    assert attempts_left(learner) == []


@pytest.mark.services
def test_windows_of_a_learner_insert_side_by_side_while_a_switch_is_asked_for(learner: Any) -> None:
    """Both hold it off, and neither the other."""
    operation = ask("reset", learner, COURSE)
    second: list[Any] = []

    def answer(stop: Callable[[], None]) -> None:
        StateFactory(student=learner)
        stop()

    def answer_too() -> None:
        def insert() -> Any:
            with unit_of_work(), transaction.atomic():
                return StateFactory(student=learner)

        second.extend(together(insert))

    cross(answer, answer_too, atomic=True)
    assert carry_out(operation.uuid, Log()) == "complete"
    assert len(second) == 1
    assert {key: len(states) for key, states in places().items()} == {IN_ATTEMPT_1: 2}


@pytest.mark.services
def test_a_sweep_waits_for_a_switch(learner: Any, reset: Any) -> None:
    """Both want the learner's identity row. SQLite has one lock for everything."""
    reset(learner)
    reports: list[Any] = [None]
    with transaction.atomic():
        lock_identity(learner.pk, COURSE)
        sweeping = begun(lambda: reports.__setitem__(slice(None), api.sweep(learner, COURSE)))
        sweeping.join(0.5)
        assert sweeping.is_alive(), "the sweep did not wait"
    sweeping.join(30)
    assert not sweeping.is_alive()
    assert reports == []
