"""Proof that archived attempts can be brought back: by a trial that leaves nothing behind."""

from __future__ import annotations

import json
import random
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from attempts import api
from attempts.data import AttemptData
from attempts.exceptions import AttemptActive, AttemptNotFound, NotInStudio
from attempts.keys import attempt_course_key
from attempts.models import AttemptContext, AttemptProof, FollowUp, LearnerCourse
from attempts.operations import run_follow_up
from attempts.proofs import prove
from attempts.stores import RekeyedStore, installed_stores
from sandbox.courseware.models import StudentModule
from tests.attempts.stores import rows
from tests.factories import COURSE, LOOKALIKE, CompletionFactory, StateFactory, enrolled
from tests.snapshots import read_placed
from tests.work import foreign_state, work

pytestmark = pytest.mark.django_db
#: One row at least for each store whose rows are archived by their keys, and some whose values are put aside.
EVERY_KIND = (
    rows.state,
    rows.completion,
    rows.aggregator,
    rows.stale_completion,
    rows.subsection_grade,
    rows.course_grade,
    rows.computed_grade,
    rows.submission,
    rows.assessment_workflow,
    rows.peer_workflow,
    rows.training_workflow,
    rows.staff_workflow,
    rows.reminder,
    rows.field_override,
    rows.builder_answer,
    rows.course_tag,
    rows.schedule,
    rows.milestone,
)


def proof_of(learner: Any, number: int = 1) -> Any:
    """What is known of an attempt."""
    return api.attempts(learner, COURSE)[number - 1].proof


def leave_in_the_way(learner: Any) -> StudentModule:
    """Leave a row where one of the active attempt would be archived."""
    active = StudentModule.objects.filter(student=learner, course_id=COURSE, module_type="problem").order_by("pk")[0]
    key = attempt_course_key(COURSE, 2)
    block = key.make_usage_key("problem", active.module_state_key.block_id)
    row = StateFactory.build(student=learner, course_id=key, module_state_key=block)
    # Past the fence, which would see to it.
    return StudentModule.objects.bulk_create([row])[0]


@pytest.fixture
def worked(learner: Any, reset: Any) -> Any:
    """A learner with work in an archived attempt and in the active one."""
    work(learner, COURSE, random.Random(1))
    foreign_state(learner, COURSE, random.Random(1))
    reset(learner)
    work(learner, COURSE, random.Random(2))
    return learner


def test_a_trial_brings_everything_back_and_takes_it_back(worked: Any) -> None:
    """Nothing but the proof is left of it: no row moved, no attempt, no history, no operation."""
    before, histories = read_placed(), AttemptContext.history.count()
    (found,) = api.prove(worked, COURSE)
    assert found.proof is not None
    assert (found.number, found.proof.restorable, found.proof.problem, found.proof.changed) == (1, True, "", ())
    assert read_placed() == before
    assert (AttemptContext.history.count(), AttemptProof.objects.count()) == (histories, 1)
    assert LearnerCourse.objects.get().active_number == 2
    assert list(api.verify()) == []


def test_every_store_can_be_brought_back(learner: Any, reset: Any) -> None:
    """Rows in all of them, flags that are put aside and values that exist once included."""
    for make in EVERY_KIND:
        make(learner, COURSE, 1)
    reset(learner)
    filled = AttemptContext.objects.get(number=1).rows
    assert {store.name for store in installed_stores() if isinstance(store, RekeyedStore)} <= {
        table for table, count in filled.items() if count
    }
    reset(learner)
    assert [found.proof and found.proof.restorable for found in api.prove(learner, COURSE)] == [True, True]


@pytest.mark.parametrize(
    ("sql", "changed"),
    [
        ("UPDATE courseware_studentmodule SET state = '{}' WHERE id = %s", ["courseware_studentmodule"]),
        ("UPDATE courseware_studentmodule SET student_id = student_id + 1 WHERE id = %s", ["courseware_studentmodule"]),
        ("UPDATE courseware_studentmodule SET grade = 1.5 WHERE id = %s", ["courseware_studentmodule"]),
        ("UPDATE courseware_studentmodule SET module_type = module_type WHERE id = %s", []),
    ],
)
def test_what_was_written_since_is_told(worked: Any, sql: str, changed: list[str]) -> None:
    """By table; the checksums stay those of the first trial."""
    first = prove(AttemptContext.objects.get(number=1).pk)
    other = enrolled(username="other")
    row = StudentModule.objects.filter(course_id__startswith="attempt-v1").order_by("pk")[0]
    assert other.pk == worked.pk + 1
    with connection.cursor() as cursor:
        cursor.execute(sql, [row.pk])
    for _again in range(2):
        second = prove(AttemptContext.objects.get(number=1).pk)
        assert (second.changed, second.restorable, second.checksums) == (changed, True, first.checksums)
    assert proof_of(worked).changed == tuple(changed)


def test_an_attempt_that_was_active_meanwhile_has_new_checksums(worked: Any, activate: Any) -> None:
    """What it holds then is what was archived then; until the next trial it has no proof."""
    api.prove(worked, COURSE)
    old = AttemptProof.objects.get().checksums
    activate(worked, 1)
    assert proof_of(worked) is None
    StudentModule.objects.filter(course_id=COURSE).update(state='{"more": 1}')
    activate(worked, 2)
    assert proof_of(worked) is None
    api.prove(worked, COURSE, 1)
    assert proof_of(worked).changed == ()
    assert AttemptProof.objects.get(context__number=1).checksums != old


def test_a_clash_of_rows_is_told(worked: Any) -> None:
    """As late writers leave them; once it is out of the way, all is well."""
    row = leave_in_the_way(worked)
    (found,) = api.prove(worked, COURSE)
    assert found.proof is not None
    assert not found.proof.restorable
    assert "sweep the learner" in found.proof.problem
    StudentModule.objects.filter(pk=row.pk).update(student=enrolled())
    assert api.prove(worked, COURSE)[0].proof.restorable  # type: ignore[union-attr]


def test_an_attempt_that_comes_back_otherwise_is_told(worked: Any, monkeypatch: Any) -> None:
    """A switch that writes more than keys: no store does, so one is made to."""

    def rewrite_and_more(store: RekeyedStore, learner: Any, rewrite: Any, **words: Any) -> int:
        if store.name == "courseware_studentmodule":
            store.rows(learner, rewrite.source).update(max_grade=3)
        return original(store, learner, rewrite, **words)

    original = RekeyedStore.rewrite
    monkeypatch.setattr(RekeyedStore, "rewrite", rewrite_and_more)
    (found,) = api.prove(worked, COURSE)
    assert found.proof is not None
    assert found.proof.problem == "Brought back, rows differ in courseware_studentmodule."


def test_a_key_that_would_be_too_long_is_told(worked: Any) -> None:
    """What keeps the active attempt from being archived keeps the other from coming back."""
    limit = StudentModule._meta.get_field("module_state_key").max_length
    long = COURSE.make_usage_key("problem", "x")
    long = long.replace(block_id="x" * (limit - len(str(long)) + 1))
    StateFactory(student=worked, module_state_key=long)
    (found,) = api.prove(worked, COURSE)
    assert found.proof is not None
    assert "too long" in found.proof.problem or str(limit) in found.proof.problem
    assert AttemptProof.objects.get().problem_code == "key_too_long"


def test_a_lookalike_course_and_other_learners_do_not_count(worked: Any) -> None:
    """What they do changes nothing."""
    api.prove(worked, COURSE)
    StateFactory(student=enrolled(), course_id=COURSE)
    StateFactory(student=worked, course_id=LOOKALIKE)
    CompletionFactory(user=worked)
    (found,) = api.prove(worked, COURSE)
    assert found.proof is not None
    assert (found.proof.restorable, found.proof.changed) == (True, ())


def test_statements_do_not_grow_with_rows(learner: Any, reset: Any) -> None:
    """Those of a switch, and one for each store, twice."""
    counts = []
    for number in range(2):
        for block in range(20 * number + 1):
            StateFactory(student=learner, module_state_key=COURSE.make_usage_key("problem", f"p{block}"))
        reset(learner)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            api.prove(learner, COURSE, number + 1)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_only_archived_attempts_are_tried(worked: Any) -> None:
    """Whoever names another one is told so."""
    with pytest.raises(AttemptActive):
        api.prove(worked, COURSE, 2)
    with pytest.raises(AttemptNotFound):
        api.prove(worked, COURSE, 3)
    with pytest.raises(AttemptNotFound):
        prove(2**31)
    assert api.prove(enrolled(), COURSE) == []


def test_it_is_for_the_lms(worked: Any, settings: Any) -> None:
    """Studio has not all tables."""
    settings.ATTEMPTS_SERVICE = "studio"
    with pytest.raises(NotInStudio):
        api.prove(worked, COURSE)
    with pytest.raises(NotInStudio):
        list(api.prove_all())


def test_everybody_is_tried_once(worked: Any, reset: Any) -> None:
    """And again when the last trial is old."""
    other = enrolled()
    reset(other)
    reset(other)

    def tried(**words: Any) -> list[tuple[str, int]]:
        found: list[AttemptData] = list(api.prove_all(**words))
        return sorted((one.learner.username, one.number) for one in found)

    everything = sorted([(worked.username, 1), (other.username, 1), (other.username, 2)])
    assert tried() == everything
    assert tried() == []
    assert tried(older_than=timedelta(days=1)) == []
    assert tried(older_than=timedelta(0)) == everything


def test_it_follows_each_switch(learner: Any, reset: Any, undo: Any, settings: Any) -> None:
    """Ten minutes later by default, for the attempt that was archived; one that is active again is passed over."""
    settings.ATTEMPTS_PROOF_DELAY = 0
    StateFactory(student=learner)
    first = reset(learner)
    run_follow_up(first.uuid, "proof")
    assert proof_of(learner).restorable
    second = undo(learner)
    third = reset(learner)
    run_follow_up(second.uuid, "proof")
    run_follow_up(third.uuid, "proof")
    statuses = FollowUp.objects.filter(name="proof").order_by("pk").values_list("status", "error_code")
    assert list(statuses) == [("done", ""), ("done", ""), ("done", "")]
    fourth = undo(learner)
    again = {"status": "waiting", "ended_at": None, "due": fourth.completed_at}
    FollowUp.objects.filter(operation__uuid=first.uuid, name="proof").update(**again)
    run_follow_up(first.uuid, "proof")
    assert FollowUp.objects.get(operation__uuid=first.uuid, name="proof").error_code == "overtaken"


def test_the_follow_up_of_one_that_cannot_come_back_fails_at_once(worked: Any, settings: Any) -> None:
    """Trying again by itself would change nothing; it shows among what has not worked."""
    FollowUp.objects.filter(name="proof").update(due="2026-01-01T00:00:00Z")
    leave_in_the_way(worked)
    run_follow_up(FollowUp.objects.get(name="proof").operation.uuid, "proof")
    row = FollowUp.objects.get(name="proof")
    assert (row.status, row.error_code, row.tries) == ("failed", "rows_in_the_way", 1)


def test_the_command_tells_it(worked: Any, attempts_command: Any) -> None:
    """Text and JSON; the exit code says whether all can be brought back."""
    code, out, _error = attempts_command("prove", worked.username, COURSE)
    assert (code, out.startswith(f"attempt 1 of {worked.username} in {COURSE}: yes, tried 20")) == (0, True)
    assert "yes, tried 20" in attempts_command("show", worked.username, COURSE)[1]
    StudentModule.objects.filter(course_id__startswith="attempt-v1").update(state="{}")
    code, out, _error = attempts_command("prove", worked.username, COURSE, "--attempt", 1, "--format", "json")
    (found,) = json.loads(out)
    assert (code, found["proof"]["restorable"], found["proof"]["changed"]) == (0, True, ["courseware_studentmodule"])
    assert attempts_command("prove")[:2] == (0, "There is no archived attempt to be tried.\n")
    leave_in_the_way(worked)
    code, out, error = attempts_command("prove", "--older-than", 0)
    assert (code, "no, tried 20" in out, error) == (1, True, "1 of 1 attempts cannot be brought back as things are.")


@pytest.mark.parametrize(
    "words", [("prove", "somebody"), ("prove", "--attempt", "1"), ("prove", "a", str(COURSE), "--older-than", "1")]
)
def test_the_command_says_what_goes_together(words: tuple[str, ...], attempts_command: Any, db: None) -> None:
    """Half a learner is none."""
    code, out, error = attempts_command(*words)
    assert (code, out) == (2, "")
    assert "LEARNER" in error
