"""Stores: what is moved, what is not, and what it costs."""

from __future__ import annotations

import json
import random
from types import SimpleNamespace
from typing import Any

import pytest
from completion.models import BlockCompletion
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.test.utils import CaptureQueriesContext
from opaque_keys.edx.keys import CourseKey, UsageKey
from submissions import api as submissions

from attempts import api
from attempts.adapters.user_state_client import AttemptUserStateClient
from attempts.exceptions import KeyTooLong, NotEligible
from attempts.operations import execute
from attempts.stores import in_store_order, installed_stores, learner_names, registry, survey_stores
from attempts.stores.platform import PLATFORM_STORES
from sandbox.courseware.models import StudentModule
from sandbox.student.models import AnonymousUserId, anonymous_id_for_user
from tests.factories import (
    COURSE,
    CertificateFactory,
    CompletionFactory,
    CourseGradeFactory,
    StateFactory,
    SubsectionGradeFactory,
    enrolled,
)
from tests.moves import move_of
from tests.snapshots import KEYED, OTHERS, read_placed, read_tables
from tests.work import foreign_state, work

pytestmark = pytest.mark.django_db


def test_the_platform_s_stores_come_in_its_lock_order() -> None:
    """State, completion, grades, then the rest."""
    assert [store.name for store in installed_stores() if store.name in KEYED] == list(KEYED)


def test_what_is_known_of_stores_comes_in_their_order() -> None:
    """Whatever order a database keeps JSON in."""
    tables = ["a_store_that_is_gone", *sorted(KEYED, reverse=True)]
    assert list(in_store_order(dict.fromkeys(tables, 1))) == [*KEYED, "a_store_that_is_gone"]


def test_a_store_surveyed_alone_says_what_it_says_among_others(learner: Any) -> None:
    """The one statement for all stores is a shortcut, not another answer."""
    work(learner, COURSE, random.Random(1))
    foreign_state(learner, COURSE, random.Random(1))
    names = learner_names(learner, (anonymous_id_for_user(learner, COURSE),), installed_stores())
    move = move_of(learner)
    together = survey_stores(installed_stores(), names, move)
    assert {store.name: store.survey(names, move) for store in installed_stores()} == together
    assert together["courseware_studentmodule"].foreign == 1


def test_a_store_whose_table_the_host_lacks_is_left_out(settings: Any) -> None:
    """Not every host has every app."""
    settings.ATTEMPTS_STORES = ["tests.attempts.test_stores.NOWHERE", "attempts.stores.platform.PLATFORM_STORES"]
    assert {store.name for store in installed_stores()} == {
        store.name for store in PLATFORM_STORES if store.is_installed()
    }


def test_two_stores_for_one_table_are_refused(settings: Any) -> None:
    """It would be rewritten twice."""
    settings.ATTEMPTS_STORES = ["attempts.stores.platform.PLATFORM_STORES"] * 2
    with pytest.raises(ImproperlyConfigured, match="courseware_studentmodule"):
        installed_stores()


def test_other_apps_bring_stores_by_entry_point(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    """One line in their packaging."""
    brought = SimpleNamespace(load=lambda: PLATFORM_STORES[:1])
    monkeypatch.setattr(registry, "entry_points", lambda group: [brought] if group == "attempts.stores" else [])
    settings.ATTEMPTS_STORES = []
    assert [store.name for store in installed_stores()] == ["courseware_studentmodule"]


NOWHERE = PLATFORM_STORES[0].__class__(model="nowhere.Model", label="", learner="user_id", course="course_id")


def test_rows_of_others_are_not_touched(learner: Any, reset: Any) -> None:
    """Other learners, other courses, longer runs, other case, keys with the wildcards of SQL."""
    neighbours = [
        "course-v1:Org+Course+Run2",
        "course-v1:Org+Course+run",
        "course-v1:Org+Cour_e+Run",
        "course-v1:Org+Course+Ru~",
    ]
    for text in neighbours:
        key = CourseKey.from_string(text)
        StateFactory(
            student=learner, course_id=key, module_state_key=key.make_usage_key("problem", text[-4:].strip("+"))
        )
    other = enrolled()
    for who in (learner, other):
        work(who, COURSE, random.Random(1))
    before = {key: row for key, row in read_placed().items() if row.course != str(COURSE) or row.learner == other.pk}
    reset(learner)
    after = read_placed()
    assert {key: after[key] for key in before} == before
    moved = {row.attempt for key, row in after.items() if row.course == str(COURSE) and row.learner == learner.pk}
    assert moved == {1}


def test_a_run_named_with_wildcards_moves_alone(policy: Any, reset: Any) -> None:
    """`_` and `%` in a key mean themselves."""
    wild = CourseKey.from_string("course-v1:O_g+C.u~se+R_n")
    learner = enrolled(wild)
    for text in (str(wild), "course-v1:Org+C.u~se+Run"):
        key = CourseKey.from_string(text)
        StateFactory(student=learner, course_id=key, module_state_key=key.make_usage_key("problem", "x"))
    reset(learner, wild)
    assert {(row.course, row.attempt) for row in read_placed().values()} == {
        (str(wild), 1),
        ("course-v1:Org+C.u~se+Run", None),
    }


def test_old_texts_that_no_key_class_parses_come_back_as_they_were(learner: Any, reset: Any, undo: Any) -> None:
    """Percent signs, blanks and line ends: a rewrite of text does not look further than the prefix."""
    texts = ["100%_done", "a b", "x\n", "'; DROP TABLE x; --", "é" * 40]
    rows = [StateFactory(student=learner) for _ in texts]
    for row, text in zip(rows, texts, strict=True):
        key = f"block-v1:Org+Course+Run+type@problem+block@{text}"
        with connection.cursor() as cursor:
            cursor.execute("UPDATE courseware_studentmodule SET module_id = %s WHERE id = %s", [key, row.pk])
    before = read_tables(["courseware_studentmodule"])
    assert reset(learner).rows["courseware_studentmodule"].foreign == 0
    archived = {
        row["module_id"] for row in read_tables(["courseware_studentmodule"])["courseware_studentmodule"].values()
    }
    assert archived == {f"attempt-block-v1:Org+Course+Run+attempt@1+type@problem+block@{text}" for text in texts}
    undo(learner)
    assert read_tables(["courseware_studentmodule"]) == before


FOREIGN = (
    "block-v1:Other+Course+Run+type@problem+block@x",
    "block-v1:Org+Course+Run2+type@problem+block@x",
    "lib-block-v1:Org+Lib+type@problem+block@x",
    "lb:Org:Lib:problem:x",
    "i4x://Org/Course/problem/x",
)


@pytest.mark.parametrize("usage_key", FOREIGN)
def test_a_usage_key_of_another_course_is_kept(learner: Any, reset: Any, undo: Any, usage_key: str) -> None:
    """Its course column is rewritten, the operation says so, undo brings it back."""
    row = StateFactory(student=learner, module_state_key=UsageKey.from_string(usage_key))
    before = read_tables(["courseware_studentmodule"])
    assert api.preview(learner, COURSE).stores[0].foreign == 1
    done = reset(learner)
    assert (done.rows["courseware_studentmodule"].archived, done.rows["courseware_studentmodule"].foreign) == (1, 1)
    with connection.cursor() as cursor:
        cursor.execute("SELECT course_id, module_id FROM courseware_studentmodule WHERE id = %s", [row.pk])
        assert cursor.fetchone() == ("attempt-v1:Org+Course+Run+attempt@1", usage_key)
    assert list(api.verify()) == []
    undo(learner)
    assert read_tables(["courseware_studentmodule"]) == before


#: What holds other blocks, what learners see in turn or by chance, and a type that nobody has installed.
NESTING = (
    "course",
    "chapter",
    "vertical",
    "split_test",
    "library_content",
    "itembank",
    "conditional",
    "wrapper",
    "gone",
)


def test_blocks_are_found_by_their_rows_however_they_nest(learner: Any, reset: Any, undo: Any) -> None:
    """Nobody asks the course which blocks it has, so none is missed, not even a deleted one."""
    rows = [StateFactory(student=learner, module_type=block_type) for block_type in NESTING]
    keys = [row.module_state_key for row in rows]
    before = read_tables(["courseware_studentmodule"])
    archived = reset(learner).from_uuid
    assert not StudentModule.objects.filter(student=learner, course_id=COURSE).exists()
    assert [state.block_key for state in api.states(api.attempt(archived))] == keys
    undo(learner)
    assert read_tables(["courseware_studentmodule"]) == before


def test_behaviour_1_7_a_block_without_a_course(learner: Any, reset: Any, undo: Any) -> None:
    """Whoever asks by student and key alone finds the row of the active attempt, and no other."""
    first = StateFactory(student=learner)
    by_key = StudentModule.objects.filter(student=learner, module_state_key=first.module_state_key)
    reset(learner)
    assert not by_key.exists()
    second = StateFactory(student=learner, module_state_key=first.module_state_key)
    assert by_key.get() == second
    undo(learner)
    assert by_key.get() == first


def test_behaviour_1_8_all_rows_of_a_learner(learner: Any, reset: Any) -> None:
    """Their keys are parsed and say that they are of no course, so none is the course that was visited last."""
    StateFactory(student=learner)
    block = CompletionFactory(user=learner).block_key
    assert list(BlockCompletion.latest_blocks_completed_all_courses(learner)) == [COURSE]
    reset(learner)
    assert [row.course_id.is_course for row in StudentModule.objects.filter(student=learner)] == [False]
    assert [row.context_key.is_course for row in BlockCompletion.objects.filter(user=learner)] == [False]
    assert BlockCompletion.latest_blocks_completed_all_courses(learner) == {}
    CompletionFactory(user=learner, block_key=block)
    assert list(BlockCompletion.latest_blocks_completed_all_courses(learner)) == [COURSE]


def test_behaviour_1_7_a_foreign_key_in_two_attempts(learner: Any, reset: Any, undo: Any) -> None:
    """Whoever asks by student and key alone, without a course, sees the archived row and then meets two."""
    foreign_state(learner, COURSE, random.Random(1))
    [row] = StudentModule.objects.filter(student=learner)
    before = read_tables(["courseware_studentmodule"])["courseware_studentmodule"]
    reset(learner)
    by_key = StudentModule.objects.filter(student=learner, module_state_key=row.module_state_key)
    assert by_key.get() == row
    foreign_state(learner, COURSE, random.Random(2))
    with pytest.raises(StudentModule.MultipleObjectsReturned):
        by_key.get()
    again = by_key.get(course_id=COURSE)
    assert again != row
    undo(learner)
    assert by_key.get(course_id=COURSE) == row
    now = read_tables(["courseware_studentmodule"])["courseware_studentmodule"]
    assert {pk: now[pk] for pk in before} == before
    assert now[again.pk]["course_id"] == "attempt-v1:Org+Course+Run+attempt@2"


@pytest.mark.parametrize("usage_key", FOREIGN)
def test_behaviour_1_8_state_of_a_foreign_block_is_read_like_any_other(
    learner: Any, reset: Any, usage_key: str
) -> None:
    """Its key is not the attempt's, and no reader of ours maps it into the attempt's course."""
    row = StateFactory(student=learner, module_state_key=UsageKey.from_string(usage_key), state='{"old": 1}')
    reset(learner)
    archived = api.attempts(learner, COURSE)[0]
    client = AttemptUserStateClient(archived)
    for found in (list(api.states(archived)), list(client.iter_all_for_course(COURSE))):
        assert [(one.block_key, one.state) for one in found] == [(row.module_state_key, {"old": 1})]
    assert list(AttemptUserStateClient().iter_all_for_course(COURSE)) == []


@pytest.mark.parametrize("factory", [StateFactory, CompletionFactory, SubsectionGradeFactory])
def test_a_key_that_would_outgrow_its_column_is_refused(learner: Any, factory: Any) -> None:
    """Behaviour 1.8. Before anything is written, with the row named; one character less is moved."""
    room = 255 - len("attempt-") - len("+attempt@1")
    stem = len("block-v1:Org+Course+Run+type@problem+block@")
    owner = {"student": learner} if factory is StateFactory else {"user": learner}
    owner = {"user_id": learner.pk} if factory is SubsectionGradeFactory else owner
    field = {StateFactory: "module_state_key", CompletionFactory: "block_key", SubsectionGradeFactory: "usage_key"}[
        factory
    ]
    factory(**owner, **{field: COURSE.make_usage_key("problem", "a" * (room - stem))})
    assert api.eligibility(learner, COURSE).eligible
    row = factory(**owner, **{field: COURSE.make_usage_key("problem", "b" * (room - stem + 1))})
    before = read_placed()
    with pytest.raises(KeyTooLong, match=f"Row {row.pk} of {row._meta.db_table}"):
        api.request_reset(learner, COURSE, requested_by=None, override=["learner_passing"])
    assert read_placed() == before
    assert api.preview(learner, COURSE).eligibility.reasons[0].code == "key_too_long"


def test_a_course_key_that_would_outgrow_its_column_is_refused(policy: Any) -> None:
    """The attempt's own key has to fit too."""
    long = CourseKey.from_string(f"course-v1:Org+Course+{'R' * 233}")
    learner = enrolled(long)
    assert len(str(long)) == 254
    assert api.eligibility(learner, long).eligible
    row = StateFactory(student=learner, course_id=long, module_state_key=COURSE.make_usage_key("problem", "x"))
    reasons = api.eligibility(learner, long).reasons
    assert [reason.code for reason in reasons] == ["key_too_long"]
    assert f"Row {row.pk} of courseware_studentmodule: the key in course_id" in reasons[0].detail


def test_a_course_that_differs_in_case_is_another_course(learner: Any, reset: Any) -> None:
    """Behaviour 1.8. For the rules, the summary and the adapters too, where the host's columns cannot tell."""
    lower = CourseKey.from_string(str(COURSE).replace("Run", "run"))
    CourseGradeFactory(user_id=learner.pk, course_id=lower, passing=True)
    CertificateFactory(user=learner, course_id=lower)
    for factory, field in ((StateFactory, "module_state_key"), (CompletionFactory, "block_key")):
        owner = (
            {"student": learner, "course_id": lower}
            if factory is StateFactory
            else {"user": learner, "context_key": lower}
        )
        factory(**owner, **{field: lower.make_usage_key("problem", "x")})
    attempt = api.active_attempt(learner, COURSE)
    assert api.eligibility(learner, COURSE).reasons == ()
    assert (list(api.states(attempt)), list(api.completion(attempt)), api.grades(attempt).course) == ([], [], None)
    reset(learner)
    summary = api.attempts(learner, COURSE)[0].summary
    assert summary is not None
    assert (summary.completed_blocks, summary.passed, sum(summary.rows.values())) == (0, None, 0)


def test_a_ccx_course_has_attempts_like_any_other(policy: Any, reset: Any, undo: Any) -> None:
    """Behaviour 1.8. And the course it was made from is not touched."""
    ccx = CourseKey.from_string("ccx-v1:Org+Course+Run+ccx@7")
    learner = enrolled(ccx)
    anonymous_id_for_user(learner, ccx)
    for key in (ccx, COURSE):
        work(learner, key, random.Random(1))
    before = read_tables(KEYED)
    attempt = api.active_attempt(learner, ccx)
    states = list(api.states(attempt))
    reset(learner, ccx)
    assert {(row.course, row.attempt) for row in read_placed().values()} == {(str(ccx), 1), (str(COURSE), None)}
    assert list(api.states(attempt)) == states
    assert {state.block_key.course_key for state in states} == {ccx}
    assert list(api.verify()) == []
    undo(learner, ccx)
    assert read_tables(KEYED) == before


def test_older_anonymous_ids_are_found_too(learner: Any, reset: Any) -> None:
    """A learner may have had several; submissions carry the one of their day."""
    AnonymousUserId.objects.create(user=learner, course_id=COURSE, anonymous_user_id="older")
    for student_id in ("older", anonymous_id_for_user(learner, COURSE), "somebody else"):
        item = {"student_id": student_id, "course_id": str(COURSE), "item_id": "any text", "item_type": "x"}
        submissions.create_submission(item, {})
    AnonymousUserId.objects.create(user=learner, course_id=COURSE, anonymous_user_id="newer")
    assert reset(learner).rows["submissions_studentitem"].archived == 1


def test_what_hangs_on_the_rows_travels_unchanged(learner: Any, reset: Any, undo: Any) -> None:
    """Behaviour 1.4 and 2.1.

    History, overrides, submissions and scores point at the same rows as before; reset, then undo, is nothing.
    """
    anonymous_id_for_user(learner, COURSE)
    for seed in range(6):
        work(learner, COURSE, random.Random(seed))
    before, others = read_tables(KEYED), read_tables(OTHERS)
    assert all(before[table] for table in KEYED)
    assert others["courseware_studentmodulehistory"]
    assert others["grades_persistentsubsectiongradeoverride"]
    assert others["submissions_score"]
    reset(learner)
    assert read_tables(OTHERS) == others
    assert StudentModule.objects.filter(student=learner, course_id=COURSE).count() == 0
    undo(learner)
    assert read_tables(KEYED) == before
    assert read_tables(OTHERS) == others


#: Statements of a learner's first reset, and of its undo, up to the commit.
RESET_AND_UNDO = [25, 25]


def _learner_with(rows: int) -> Any:
    learner = enrolled()
    anonymous_id_for_user(learner, COURSE)
    blocks = [COURSE.make_usage_key("problem", f"x{number}") for number in range(rows)]
    states = [StateFactory.build(student=learner, module_state_key=key) for key in blocks]
    StudentModule.objects.bulk_create(states)
    completions = [CompletionFactory.build(user=learner, block_key=key) for key in blocks]
    type(completions[0]).objects.bulk_create(completions)
    for number in range(rows // 10):
        SubsectionGradeFactory(user_id=learner.pk, usage_key=COURSE.make_usage_key("sequential", f"x{number}"))
    return learner


def test_the_cost_of_a_switch_does_not_depend_on_the_rows(policy: Any, reset: Any) -> None:
    """Behaviour 4.7. For 1,000 states, 1,000 completions and 100 grades as many statements as for 10."""
    counts = []
    for rows in (10, 10, 1000):
        learner = _learner_with(rows)
        switches = []
        for request in (api.request_reset, api.request_undo):
            operation = request(learner, COURSE, requested_by=learner)
            with CaptureQueriesContext(connection) as captured:
                execute(operation.uuid)
            switches.append(len([query for query in captured if "SAVEPOINT" not in query["sql"]]))
            moved = api.operation(operation.uuid).rows["courseware_studentmodule"]
            assert max(moved.archived, moved.restored) == rows
        counts.append(switches)
    # The first one also asks how many blocks the course has, in two statements, and prepares its queries.
    assert counts[1] == counts[2] == RESET_AND_UNDO
    assert counts[0] == [RESET_AND_UNDO[0] + 2, RESET_AND_UNDO[1]]


def test_reading_the_active_attempt_costs_nothing_extra(learner: Any, reset: Any) -> None:
    """The host's own reads issue the same statements after a reset as before."""
    work(learner, COURSE, random.Random(1))
    key = COURSE.make_usage_key("problem", "b0")

    def read() -> list[str]:
        with CaptureQueriesContext(connection) as captured:
            list(StudentModule.objects.filter(student=learner, course_id=COURSE))
            list(StudentModule.objects.filter(student=learner, module_state_key=key))
            BlockCompletion.get_learning_context_completions(learner, COURSE)
        return [query["sql"] for query in captured]

    before = read()
    reset(learner)
    work(learner, COURSE, random.Random(2))
    assert read() == before


def hand_in(learner: Any, answer: Any, course_key: CourseKey = COURSE) -> None:
    """Hand in an answer to an open response."""
    item = {
        "student_id": anonymous_id_for_user(learner, course_key),
        "course_id": str(course_key),
        "item_id": str(course_key.make_usage_key("openassessment", "essay")),
        "item_type": "openassessment",
    }
    submissions.create_submission(item, answer)


FILE = "abc/course-v1:Org+Course+Run/block-v1:Org+Course+Run+type@openassessment+block@essay"


@pytest.mark.parametrize("answer", [{"file_keys": [FILE], "parts": []}, {"file_key": FILE}])
def test_uploaded_files_are_not_put_in_danger(learner: Any, reset: Any, answer: Any) -> None:
    """The next upload would take the same name; nobody may override that."""
    hand_in(learner, answer)
    with pytest.raises(NotEligible) as refused:
        reset(learner)
    assert [(reason.code, reason.overridable) for reason in refused.value.reasons] == [("files_uploaded", False)]
    [standing] = api.courses(learner)
    assert [reason.code for reason in standing.eligibility.reasons] == ["files_uploaded"]


def test_files_not_yet_handed_in_are_in_danger_too(learner: Any, reset: Any) -> None:
    """They lie under the same names."""
    state = json.dumps({"saved_files_descriptions": json.dumps(["my photo"]), "saved_response": "{}"})
    key = COURSE.make_usage_key("openassessment", "essay")
    StateFactory(student=learner, module_type="openassessment", module_state_key=key, state=state)
    with pytest.raises(NotEligible, match="files"):
        reset(learner)


@pytest.mark.parametrize("answer", [{"parts": [{"text": '"file_keys": none'}], "file_keys": []}, {"file_key": ""}, "x"])
def test_answers_without_files_are_archived(learner: Any, reset: Any, answer: Any) -> None:
    """Lists of files are empty in most of them."""
    hand_in(learner, answer)
    state = json.dumps({"saved_files_descriptions": "[]", "saved_files_names": "[]"})
    key = COURSE.make_usage_key("openassessment", "essay")
    StateFactory(student=learner, module_type="openassessment", module_state_key=key, state=state)
    assert reset(learner).rows["submissions_studentitem"].archived == 1
