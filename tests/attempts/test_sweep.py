"""The sweep: what a late write has left in the wrong attempt goes back, and what cannot go back is said."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from celery import current_app
from completion.models import BlockCompletion
from django.core.cache import cache
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from freezegun import freeze_time
from opaque_keys.edx.keys import CourseKey
from openassessment.assessment.models import PeerWorkflow, StaffWorkflow, StudentTrainingWorkflow
from openassessment.workflow.models import AssessmentWorkflow
from submissions import api as submissions
from submissions.models import StudentItem, Submission

from attempts import api
from attempts.exceptions import LearnerNotFound, NotInStudio
from attempts.host.grading import recompute_by_platform
from attempts.models import AttemptContext, AttemptOperation
from attempts.operations import execute, execution, obstacles, run_follow_up
from attempts.stores import installed_stores
from sandbox.content.olx import import_course
from sandbox.courseware.models import StudentModule
from sandbox.grades.models import PersistentCourseGrade, PersistentSubsectionGrade
from sandbox.student.models import AnonymousUserId, anonymous_id_for_user
from sandbox.work import enable_completion_tracking, grade, override_grade
from sandbox.work.rows import save_state, set_score
from tests.attempts.stores import rows
from tests.factories import COURSE, LOOKALIKE, CompletionFactory, PolicyFactory, StateFactory, enrolled
from tests.fences import fence_down
from tests.processes import ROOT
from tests.snapshots import read_placed

pytestmark = pytest.mark.django_db
BLOCK = COURSE.make_usage_key("problem", "b")


@pytest.fixture
def crossing(learner: Any, reset: Any) -> Callable[..., StudentModule]:
    """Save a row as if there were no fence, after something that was done since it was read."""

    def save_late(row: Any, meanwhile: Callable[[], Any] | None = None) -> Any:
        (meanwhile or (lambda: reset(learner)))()
        with fence_down():
            row.save()
        return type(row).objects.get(pk=row.pk)

    return save_late


def attempt_of(row: Any) -> int | None:
    """The attempt that a row lies in, None for the active one."""
    return getattr(type(row).objects.get(pk=row.pk).course_id, "attempt", None)


def sweep(learner: Any, course_key: CourseKey = COURSE) -> tuple[dict[str, int], list[str]]:
    """Sweep a learner; return what was moved, and what was found."""
    reports = list(api.sweep(learner, course_key))
    assert len(reports) <= 1
    found = [finding.code for report in reports for finding in report.findings]
    return (dict(reports[0].moved) if reports else {}), found


def test_a_row_that_came_back_is_archived_again(learner: Any, crossing: Any) -> None:
    """With what the late save wrote; the second time there is nothing to do."""
    row = crossing(StateFactory(student=learner, state='{"late": 1}'))
    assert attempt_of(row) is None
    assert [found.code for found in api.verify(learner, COURSE)] == ["rows_missing"]
    assert sweep(learner) == ({"courseware_studentmodule": 1}, [])
    row = StudentModule.objects.get(pk=row.pk)
    assert (attempt_of(row), row.module_state_key.attempt, row.state) == (1, 1, '{"late": 1}')
    assert list(api.verify(learner, COURSE)) == []
    before = read_placed()
    assert sweep(learner) == ({}, [])
    assert read_placed() == before


#: What says when a row of each table was made, and a row.
MADE: dict[str, Callable[[Any, CourseKey, int], Any]] = {
    "courseware_studentmodule": rows.state,
    "completion_blockcompletion": rows.completion,
    "completion_aggregator_aggregator": rows.aggregator,
    "grades_persistentsubsectiongrade": rows.subsection_grade,
    "grades_persistentcoursegrade": rows.course_grade,
    "courseware_offlinecomputedgrade": rows.computed_grade,
    "submissions_studentitem": lambda *whose: rows.submission(*whose).student_item,
    "courseware_studentfieldoverride": rows.field_override,
    "problem_builder_answer": rows.builder_answer,
}


def test_behaviour_3_every_table_that_says_when_a_row_was_made(learner: Any, reset: Any, settings: Any) -> None:
    """The aggregator writes by SQL, so nobody hears of it. Its sums, like the others, go where they belong."""
    settings.ATTEMPTS_RECOMPUTE_GRADES = "tests.attempts.test_sweep.recompute_nothing"
    assert set(MADE) == {store.name for store in installed_stores() if getattr(store, "made", "")}
    late = [make(learner, COURSE, 0) for make in MADE.values()]
    reset(learner)
    with fence_down():
        for row in late:
            row.save()
    assert sweep(learner) == (dict.fromkeys(MADE, 1), [])
    assert list(api.verify(learner, COURSE)) == []
    assert sweep(learner) == ({}, [])


def recompute_badly(_user_id: int, _course_key: CourseKey) -> None:
    """Stand for a broker that is away."""
    raise RuntimeError("no broker")


def recompute_nothing(_user_id: int, _course_key: CourseKey) -> None:
    """What the platform does while grades are frozen."""


def test_rows_that_the_host_itself_has_made(learner: Any, reset: Any) -> None:
    """State, completion, both kinds of grades and submissions."""
    CompletionFactory(user=learner)
    enable_completion_tracking()
    tides = import_course(ROOT / "sandbox" / "content" / "courses" / "tides").key
    place = enrolled(tides)
    row = save_state(place, tides, tides.make_usage_key("problem", "quiz-half"), {"attempts": 1})
    set_score(row, 1.0, 1.0)
    BlockCompletion.objects.submit_completion(place, row.module_state_key, 1.0)
    grade(place, tides)
    item = {"student_id": anonymous_id_for_user(place, tides), "item_id": str(row.module_state_key), "item_type": "x"}
    submissions.create_submission({**item, "course_id": str(tides)}, {"text": "answer"})
    models = (StudentModule, BlockCompletion, PersistentSubsectionGrade, PersistentCourseGrade, StudentItem)
    course = {BlockCompletion: "context_key"}
    late = [found for model in models for found in model.objects.filter(**{course.get(model, "course_id"): str(tides)})]
    reset(place, tides)
    with fence_down():
        for one in late:
            one.save()
    moved, found = sweep(place, tides)
    assert moved == {model._meta.db_table: 1 for model in models}
    assert found == []
    assert list(api.verify(place, tides)) == []


def test_a_row_archived_with_the_wrong_attempt(learner: Any, crossing: Any, reset: Any) -> None:
    """Nobody swept before the next reset: it lies in attempt 2, and is older than that."""
    row = crossing(StateFactory(student=learner))
    StateFactory(student=learner)
    reset(learner)
    assert attempt_of(row) == 2
    assert sweep(learner) == ({"courseware_studentmodule": 1}, [])
    assert attempt_of(row) == 1
    rows = dict(AttemptContext.objects.values_list("number", "rows"))
    assert [rows[number]["courseware_studentmodule"] for number in (1, 2)] == [1, 1]
    assert list(api.verify(learner, COURSE)) == []


def test_a_row_whose_place_is_taken_is_left_and_said(learner: Any, reset: Any, capsys: Any) -> None:
    """Both rows stay, as they are; the command fails, so that somebody looks."""
    row = StateFactory(student=learner, module_state_key=BLOCK)
    reset(learner)
    stray = StateFactory(student=learner, module_state_key=BLOCK)
    StudentModule.objects.filter(pk=stray.pk).update(created=row.created)
    before = read_placed()
    assert sweep(learner) == ({}, ["late_row_left"])
    assert read_placed() == before
    with pytest.raises(CommandError, match="1 rows are left to look at") as refused:
        call_command("attempts", "sweep", learner.username)
    assert refused.value.returncode == 1
    assert f"Row {stray.pk} of courseware_studentmodule lies in attempt 2 and belongs to" in capsys.readouterr().out


def test_a_row_saved_late_across_an_undo(learner: Any, reset: Any, undo: Any, crossing: Any) -> None:
    """It was made while attempt 2 was active, and written after attempt 1 was again."""
    reset(learner)
    row = crossing(StateFactory(student=learner), lambda: undo(learner))
    assert attempt_of(row) is None
    assert sweep(learner) == ({"courseware_studentmodule": 1}, [])
    assert attempt_of(row) == 2


def test_a_row_added_to_an_archived_attempt_stays_after_the_undo(learner: Any, reset: Any, undo: Any) -> None:
    """Late graded work: made while attempt 2 was active, under the keys of attempt 1."""
    archived = StateFactory(student=learner)
    reset(learner)
    key = StudentModule.objects.get(pk=archived.pk).course_id
    added = StateFactory(
        student=learner, course_id=key, module_state_key=key.make_usage_key("problem", "x"), module_type="problem"
    )
    assert sweep(learner) == ({}, [])
    undo(learner)
    assert sweep(learner) == ({}, [])
    assert attempt_of(added) is None


@pytest.mark.parametrize(("hours", "attempt"), [(0.5, 2), (2, None)])
def test_a_row_added_to_an_archived_attempt_may_be_worked_on_later(
    learner: Any, reset: Any, undo: Any, hours: float, attempt: int | None
) -> None:
    """Nothing tells it from a row of attempt 2 that was saved late, but that nothing is late for hours."""
    archived = StateFactory(student=learner)
    reset(learner)
    key = StudentModule.objects.get(pk=archived.pk).course_id
    added = StateFactory(student=learner, course_id=key, module_state_key=key.make_usage_key("problem", "x"))
    undo(learner)
    StudentModule.objects.filter(pk=added.pk).update(modified=timezone.now() + timedelta(hours=hours))
    sweep(learner)
    assert attempt_of(added) == attempt


@pytest.fixture
def back(learner: Any, reset: Any, undo: Any) -> CourseKey:
    """The key that attempt 1 of the learner had while it was archived; it is active again."""
    CompletionFactory(user=learner, block_key=BLOCK)
    reset(learner)
    key = BlockCompletion.objects.get(user=learner).context_key
    undo(learner)
    return key


def completions() -> dict[str, list[float]]:
    """What is completed, by the key it lies under."""
    found: dict[str, list[float]] = {}
    for key, value in BlockCompletion.objects.order_by("pk").values_list("context_key", "completion"):
        found.setdefault(str(key), []).append(value)
    return found


def grade_late(learner: Any, key: CourseKey, block: str) -> BlockCompletion:
    """Complete a block of an attempt that was archived when its key was read, as grading does."""
    return CompletionFactory(user=learner, context_key=key, block_key=key.make_usage_key("problem", block))


def test_behaviour_10_a_row_added_under_the_key_of_an_attempt_that_is_back(learner: Any, back: CourseKey) -> None:
    """It is work of that attempt, which has the plain key now; in each kind of table."""
    with fence_down():
        added = grade_late(learner, back, "other")
        item = {"student_id": anonymous_id_for_user(learner, COURSE), "course_id": str(back), "item_type": "x"}
        submitted = submissions.create_submission({**item, "item_id": str(added.block_key)}, {"text": "answer"})
        keys = {"course_id": str(back), "item_id": str(added.block_key)}
        AssessmentWorkflow.objects.create(submission_uuid=submitted["uuid"], status="peer", **keys)
    assert [found.code for found in api.verify(learner, COURSE)] == ["wrong_key"] * 3
    moved = dict.fromkeys(("completion_blockcompletion", "submissions_studentitem", "workflow_assessmentworkflow"), 1)
    assert sweep(learner) == (moved, [])
    assert list(completions()) == [str(COURSE)]
    assert BlockCompletion.objects.get(pk=added.pk).block_key == COURSE.make_usage_key("problem", "other")
    assert list(api.verify(learner, COURSE)) == []
    assert sweep(learner) == ({}, [])


def test_behaviour_1_8_a_row_in_the_way_is_left_and_said(
    learner: Any, back: CourseKey, reset: Any, capsys: Any
) -> None:
    """Both rows are of one attempt and one block; which of them counts only a person can say."""
    with fence_down():
        stray = grade_late(learner, back, "b")
    before = read_placed()
    assert sweep(learner) == ({}, ["row_in_the_way"])
    assert read_placed() == before
    with pytest.raises(CommandError, match="1 rows are left to look at"):
        call_command("attempts", "sweep", learner.username)
    assert f"Row {stray.pk} of completion_blockcompletion lies under {back}" in capsys.readouterr().out
    failed = reset(learner)
    assert (failed.status, failed.error_code) == ("failed", "rows_in_the_way")
    assert f"Row {stray.pk} of completion_blockcompletion" in failed.error
    assert "before one of the two is removed" in failed.error
    assert read_placed() == before
    # The operator has looked, and made room.
    BlockCompletion.objects.filter(pk=stray.pk).update(block_key=back.make_usage_key("problem", "other"))
    assert reset(learner).status == "complete"
    assert list(completions()) == [str(back)]
    assert list(api.verify(learner, COURSE)) == []


def test_behaviour_10_a_reset_takes_such_rows_along_if_nobody_has_swept(
    learner: Any, back: CourseKey, reset: Any
) -> None:
    """Their key is that of the attempt once more."""
    with fence_down():
        grade_late(learner, back, "other")
    assert reset(learner).status == "complete"
    assert {key: len(values) for key, values in completions().items()} == {str(back): 2}
    assert list(api.verify(learner, COURSE)) == []


def test_many_rows_in_the_way_are_counted(learner: Any, back: CourseKey, reset: Any) -> None:
    """Three are named."""
    for number in range(4):
        CompletionFactory(user=learner, block_key=COURSE.make_usage_key("problem", f"p{number}"))
        with fence_down():
            grade_late(learner, back, f"p{number}")
    failed = reset(learner)
    assert failed.error.count("of completion_blockcompletion lies under") == 3
    assert failed.error.endswith("There are 4 such rows; `manage.py attempts sweep` names all.")


def test_behaviour_10_a_reset_that_meets_such_rows_is_swept_and_tried_again(
    learner: Any, back: CourseKey, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The row's own place was free; what clashed is what the learner saved in the meantime."""
    settings.ATTEMPTS_RETRY_BASE_SECONDS = 0
    with fence_down():
        stray = grade_late(learner, back, "other")
    asked = api.request_reset(learner, COURSE, requested_by=None)
    real = execution.switch

    def clash(*arguments: Any, **words: Any) -> Any:
        monkeypatch.setattr(execution, "switch", real)
        raise IntegrityError

    monkeypatch.setattr(execution, "switch", clash)
    with pytest.raises(IntegrityError):
        execute(asked.uuid)
    assert BlockCompletion.objects.get(pk=stray.pk).context_key == COURSE
    execute(asked.uuid)
    assert api.operation(asked.uuid).status == "complete"
    assert len(completions()[str(back)]) == 2


def test_a_sweep_that_fails_does_not_hide_the_clash(
    learner: Any, back: CourseKey, reset: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The operation is in flight, and is tried again."""
    with fence_down():
        grade_late(learner, back, "b")
    monkeypatch.setattr(obstacles, "sweep", lambda *_arguments: 1 / 0)
    with pytest.raises(IntegrityError):
        reset(learner)
    assert AttemptOperation.objects.order_by("pk").last().status == "in_progress"


def test_new_work_stays_where_it_is(learner: Any, reset: Any, undo: Any, activate: Any) -> None:
    """In every attempt, whatever was switched."""
    for number in range(3):
        StateFactory.create_batch(2, student=learner)
        CompletionFactory(user=learner)
        reset(learner)
        assert sweep(learner) == ({}, []), number
    activate(learner, 2)
    StateFactory(student=learner)
    undo(learner)
    StateFactory(student=learner)
    before = read_placed()
    assert sweep(learner) == ({}, [])
    assert read_placed() == before


def test_its_cost_depends_neither_on_attempts_nor_on_rows(learner: Any, reset: Any) -> None:
    """A statement for each store, however often the learner was reset."""

    def statements() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert list(api.sweep(learner, COURSE)) == []
        return len(asked)

    costs = []
    for number in (1, 4, 16):
        StateFactory.create_batch(number, student=learner)
        CompletionFactory.create_batch(number, user=learner)
        reset(learner)
        costs.append(statements())
    assert len(set(costs)) == 1


def test_others_are_left_alone(learner: Any, crossing: Any) -> None:
    """A learner who was never reset, and the lookalike of the course, have old rows too."""
    row = StateFactory(student=learner)
    old = timezone.now() - timedelta(days=1)
    others = [StateFactory(student=enrolled()), StateFactory(student=learner, course_id=LOOKALIKE)]
    StudentModule.objects.update(created=old)
    row.refresh_from_db()
    crossing(row)
    assert {report.learner_id for report in api.sweep()} == {learner.pk}
    assert [attempt_of(one) for one in others] == [None, None]
    assert list(api.sweep(others[0].student, COURSE)) == []


def submit(learner: Any, text: str) -> StudentItem:
    """Hand something in for the block; return the item."""
    item = {"student_id": anonymous_id_for_user(learner, COURSE), "course_id": str(COURSE), "item_type": "x"}
    found = submissions.create_submission({**item, "item_id": str(BLOCK)}, {"text": text})
    return StudentItem.objects.get(pk=found["student_item"])


def test_behaviour_10_an_item_is_as_old_as_its_newest_submission(learner: Any, crossing: Any, reset: Any) -> None:
    """It has no time of its own. One that the learner has used in the new attempt cannot go back."""
    item = crossing(submit(learner, "old"))
    submit(learner, "new")
    assert sweep(learner) == ({}, [])
    Submission.objects.filter(student_item=item).update(created_at=timezone.now() - timedelta(hours=1))
    cached = f"submissions.student_item.{item.pk}"
    cache.set(cached, {"course_id": str(COURSE)})
    assert sweep(learner) == ({"submissions_studentitem": 1}, [])
    assert StudentItem.objects.get(pk=item.pk).course_id == f"attempt-{str(COURSE)[7:]}+attempt@1"
    assert cache.get(cached) is None


def test_behaviour_10_a_workflow_lies_where_its_submission_does(learner: Any, reset: Any) -> None:
    """Open responses repeat the keys of their submission; old rows have its uuid without hyphens."""
    name = anonymous_id_for_user(learner, COURSE)
    old = Submission.objects.get(student_item=submit(learner, "old"))
    keys = {"course_id": str(COURSE), "item_id": str(BLOCK)}
    late = [
        AssessmentWorkflow.objects.create(submission_uuid=str(old.uuid), status="peer", **keys),
        StaffWorkflow.objects.create(submission_uuid=old.uuid.hex, **keys),
        PeerWorkflow.objects.create(submission_uuid=str(old.uuid), student_id=name, **keys),
        StudentTrainingWorkflow.objects.create(submission_uuid=str(old.uuid), student_id=name, **keys),
    ]
    reset(learner)
    new = Submission.objects.get(student_item=submit(learner, "new"))
    stays = AssessmentWorkflow.objects.create(submission_uuid=str(new.uuid), status="peer", **keys)
    with fence_down():
        for row in late:
            row.save()
    assert sweep(learner) == ({row._meta.db_table: 1 for row in late}, [])
    archived = f"attempt-{str(COURSE)[7:]}+attempt@1"
    assert {type(row).objects.get(pk=row.pk).course_id for row in late} == {archived}
    assert AssessmentWorkflow.objects.get(pk=stays.pk).course_id == str(COURSE)
    assert list(api.verify(learner, COURSE)) == []


def test_behaviour_6_and_10_late_grading_of_an_archived_submission(learner: Any, reset: Any, undo: Any) -> None:
    """It is found by its uuid, and its score is the archived attempt's; nobody gets another anonymous id."""
    item = submit(learner, "old")
    uuid, known = str(item.submission_set.get().uuid), AnonymousUserId.objects.count()
    keys = {"student_id": item.student_id, "item_id": str(BLOCK), "course_id": str(COURSE), "item_type": "x"}
    reset(learner)
    submissions.set_score(uuid, 3, 4)
    assert submissions.get_score(keys) is None
    assert sweep(learner) == ({}, [])
    assert list(api.verify(learner, COURSE)) == []
    undo(learner)
    assert submissions.get_score(keys)["points_earned"] == 3
    assert AnonymousUserId.objects.count() == known


@pytest.fixture
def tides() -> CourseKey:
    """The course that comes with the sandbox, which knows how to grade it."""
    enable_completion_tracking()
    return import_course(ROOT / "sandbox" / "content" / "courses" / "tides").key


@pytest.fixture
def graded(tides: CourseKey) -> Any:
    """A learner with the full score of one problem of a graded subsection, and her grades."""
    PolicyFactory()
    learner = enrolled(tides)
    row = save_state(learner, tides, tides.make_usage_key("problem", "quiz-half"), {"attempts": 1})
    set_score(row, 1.0, 1.0)
    grade(learner, tides)
    return learner


def insert_old_grades(learner: Any, course_key: CourseKey) -> list[Any]:
    """What a task past its check does without a fence: compute from the old scores, insert into the new attempt."""
    rows = []
    for model in (PersistentSubsectionGrade, PersistentCourseGrade):
        for row in model.objects.filter(user_id=learner.pk):
            row.pk, row.course_id, row.created, row._state.adding = None, course_key, timezone.now(), True
            if model is PersistentSubsectionGrade:
                row.usage_key = row.usage_key.map_into_course(course_key)
            row.save()
            rows.append(row)
    return rows


def test_behaviour_2_2_grades_with_no_score_behind_them(graded: Any, tides: CourseKey, reset: Any) -> None:
    """They are said, computed anew by the host and never deleted; then there is nothing to say."""
    reset(graded, tides)
    subsection, course = insert_old_grades(graded, tides)
    assert (subsection.earned_all, course.percent_grade > 0) == (1.0, True)
    (report,) = api.sweep(graded, tides)
    assert [found.code for found in report.findings] == ["grade_without_score"] * 2
    assert {(found.table, found.row) for found in report.findings} == {
        ("grades_persistentsubsectiongrade", str(subsection.pk)),
        ("grades_persistentcoursegrade", str(course.pk)),
    }
    assert report.recomputed
    subsection.refresh_from_db()
    course.refresh_from_db()
    assert (subsection.earned_all, course.percent_grade, course.letter_grade) == (0.0, 0.0, "")
    assert sweep(graded, tides) == ({}, [])


def test_behaviour_2_2_grades_that_are_frozen(
    graded: Any, tides: CourseKey, reset: Any, settings: Any, attempts_command: Any
) -> None:
    """The host is asked and does nothing: the finding comes again, so that somebody looks."""
    settings.ATTEMPTS_RECOMPUTE_GRADES = "tests.attempts.test_sweep.recompute_nothing"
    reset(graded, tides)
    insert_old_grades(graded, tides)
    before = read_placed()
    for _ in range(2):
        assert sweep(graded, tides) == ({}, ["grade_without_score"] * 2)
        assert attempts_command("sweep", graded.username)[0] == 1
    assert read_placed() == before


def test_an_error_of_the_host_keeps_nobody_else_from_being_swept(
    graded: Any, tides: CourseKey, reset: Any, settings: Any, attempts_command: Any
) -> None:
    """It is a finding of that learner, the first of the site; the row of the second goes home."""
    settings.ATTEMPTS_RECOMPUTE_GRADES = "tests.attempts.test_sweep.recompute_badly"
    other = enrolled(tides)
    for learner in (graded, other):
        reset(learner, tides)
    insert_old_grades(graded, tides)
    late = CompletionFactory(user=other, context_key=tides, block_key=tides.make_usage_key("html", "h"))
    BlockCompletion.objects.filter(pk=late.pk).update(created=timezone.now() - timedelta(days=1))
    failed, swept = api.sweep()
    assert [(found.code, found.learner_id) for found in failed.findings] == [("sweep_failed", graded.pk)]
    assert (swept.learner_id, swept.moved) == (other.pk, {"completion_blockcompletion": 1})
    code, out, _error = attempts_command("sweep")
    assert (code, "sweep_failed: The sweep ended in RuntimeError" in out) == (1, True)


def test_behaviour_2_2_waiting_with_score_deleted(graded: Any, tides: CourseKey, reset: Any) -> None:
    """A zero subsection row in the new attempt says what is true; the platform makes such rows for everybody."""
    reset(graded, tides)
    subsection, _course = insert_old_grades(graded, tides)
    PersistentSubsectionGrade.objects.filter(pk=subsection.pk).update(earned_all=0, earned_graded=0)
    PersistentCourseGrade.objects.filter(user_id=graded.pk).update(percent_grade=0, letter_grade="")
    assert sweep(graded, tides) == ({}, [])


def test_grades_that_something_stands_behind(graded: Any, tides: CourseKey, reset: Any) -> None:
    """A score of the new attempt, a score of a submission, what staff set by hand."""
    reset(graded, tides)
    row = save_state(graded, tides, tides.make_usage_key("problem", "quiz-half"), {"attempts": 1})
    set_score(row, 1.0, 1.0)
    grade(graded, tides)
    assert sweep(graded, tides) == ({}, [])
    reset(graded, tides)
    override_grade(graded, tides, tides.make_usage_key("sequential", "quiz-rhythm"), 1.0)
    PersistentSubsectionGrade.objects.filter(user_id=graded.pk, course_id=tides).update(earned_all=1.0)
    assert sweep(graded, tides) == ({}, [])
    reset(graded, tides)
    item = {"student_id": anonymous_id_for_user(graded, tides), "course_id": str(tides), "item_type": "x"}
    key = str(tides.make_usage_key("problem", "quiz-half"))
    uuid = submissions.create_submission({**item, "item_id": key}, {"text": "answer"})["uuid"]
    submissions.set_score(uuid, 1, 1)
    grade(graded, tides)
    assert PersistentSubsectionGrade.objects.get(user_id=graded.pk, course_id=tides).earned_all > 0
    assert sweep(graded, tides) == ({}, [])


GRADE_TASKS = "lms.djangoapps.grades.tasks"


@pytest.fixture
def asked_of_the_platform() -> Iterator[Callable[[], tuple[str, dict[str, Any]]]]:
    """Return what reads the next message to the platform's grade tasks: its task, and what that is told."""
    queue = f"sweep-{uuid4()}"
    before = current_app.conf.task_default_queue, current_app.conf.task_routes
    with current_app.connection_or_acquire() as connection:

        def receive() -> tuple[str, dict[str, Any]]:
            message = connection.SimpleQueue(queue).get(timeout=5)
            message.ack()
            return message.headers["task"], json.loads(message.body)[1]

        current_app.conf.task_routes = {"lms.djangoapps.grades.*": {"queue": queue}}
        current_app.amqp.flush_routes()
        vars(current_app.amqp).pop("router", None)
        try:
            yield receive
        finally:
            current_app.conf.task_default_queue, current_app.conf.task_routes = before
            current_app.amqp.flush_routes()
            vars(current_app.amqp).pop("router", None)


def test_the_platform_is_asked_by_its_own_task(asked_of_the_platform: Any) -> None:
    """By name: nothing of the platform is imported."""
    recompute_by_platform(7, COURSE)
    task = f"{GRADE_TASKS}.recalculate_course_and_subsection_grades_for_user"
    assert asked_of_the_platform() == (task, {"user_id": 7, "course_key": str(COURSE)})


def test_behaviour_2_2_a_section_is_named_to_the_platform(
    graded: Any, tides: CourseKey, reset: Any, asked_of_the_platform: Any
) -> None:
    """Its task for all sections does nothing where no course grade is stored."""
    reset(graded, tides)
    subsection, _course = insert_old_grades(graded, tides)
    recompute_by_platform(graded.pk, tides)
    task, told = asked_of_the_platform()
    assert task == f"{GRADE_TASKS}.recalculate_subsection_grade_v3"
    assert (told["usage_id"], told["score_deleted"]) == (str(subsection.usage_key), True)
    assert asked_of_the_platform()[0] == f"{GRADE_TASKS}.recalculate_course_and_subsection_grades_for_user"


def test_two_sweeps_follow_every_switch(learner: Any, settings: Any) -> None:
    """Seconds after it, and once the platform's grade tasks have run out."""
    row = StateFactory(student=learner)
    operation = api.request_reset(learner, COURSE, requested_by=None)
    execute(operation.uuid)
    done = AttemptOperation.objects.get()
    due = {one.name: (one.due - done.completed_at).total_seconds() for one in api.operation(operation.uuid).follow_ups}
    assert due["sweep"] == pytest.approx(5, abs=1)
    assert due["sweep_late"] == pytest.approx(330, abs=1)
    with fence_down():
        row.save()
    done.follow_ups.filter(name="sweep").update(due=timezone.now())
    run_follow_up(operation.uuid, "sweep")
    assert attempt_of(row) == 1
    assert {one.name: one.status for one in api.operation(operation.uuid).follow_ups}["sweep"] == "done"


def test_the_delays_can_be_set(learner: Any, reset: Any, settings: Any) -> None:
    """In seconds."""
    settings.ATTEMPTS_SWEEP_DELAYS = (1, 2)
    operation = reset(learner)
    completed = AttemptOperation.objects.get().completed_at
    due = {one.name: round((one.due - completed).total_seconds()) for one in operation.follow_ups}
    assert (due["sweep"], due["sweep_late"]) == (1, 2)


def test_the_command(learner: Any, crossing: Any, capsys: Any) -> None:
    """What was moved, as text and as JSON; then nothing."""
    row = crossing(StateFactory(student=learner))
    call_command("attempts", "sweep", learner.username, str(COURSE), "--format", "json")
    (report,) = json.loads(capsys.readouterr().out)
    assert report == {
        "learner_id": learner.pk,
        "course_key": str(COURSE),
        "moved": {"courseware_studentmodule": 1},
        "findings": [],
        "recomputed": False,
    }
    with fence_down():
        row.save()
    call_command("attempts", "sweep")
    assert "moved: 1 of courseware_studentmodule" in capsys.readouterr().out
    call_command("attempts", "sweep", learner.username)
    assert capsys.readouterr().out == "Everything lies where it belongs.\n"
    with pytest.raises(CommandError) as refused:
        call_command("attempts", "sweep", "nobody")
    assert refused.value.returncode == 2


def test_what_a_sweep_refuses(learner: Any, settings: Any) -> None:
    """Somebody who is nobody; Studio, which has not all the tables."""
    with pytest.raises(LearnerNotFound):
        api.sweep("nobody")
    settings.ATTEMPTS_SERVICE = "studio"
    with pytest.raises(NotInStudio):
        api.sweep(learner)


def test_a_worker_whose_clock_is_ahead_takes_no_work_out_of_the_new_attempt(learner: Any, run: Any) -> None:
    """The database says when a switch has ended; on SQLite there is one clock for all."""
    operation = api.request_reset(learner, COURSE, requested_by=None)
    if connection.vendor == "sqlite":
        run(operation)
    else:
        with freeze_time(timezone.now() + timedelta(minutes=5), tick=True):
            run(operation)
    row = StateFactory(student=learner)
    assert sweep(learner) == ({}, [])
    assert attempt_of(row) is None
    assert abs(api.operation(operation.uuid).completed_at - timezone.now()) < timedelta(minutes=1)
