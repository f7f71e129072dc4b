"""The fence: what it costs, what it knows, and what it does when it knows less."""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from celery import shared_task
from completion.models import BlockCompletion
from django.conf import settings as site
from django.core.cache import caches
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from opaque_keys.edx.keys import CourseKey
from submissions.models import StudentItem

from attempts import api
from attempts.fence import LateDelete, LateInsert, marks, unit_of_work
from attempts.fence.middleware import unit_of_work_middleware
from attempts.fence.work import Unit, current_unit
from attempts.models import LearnerCourse
from sandbox.courseware.models import StudentModule
from sandbox.student.models import anonymous_id_for_user
from sandbox.work.rows import save_state
from tests.caches import CountedCache
from tests.factories import COURSE, LOOKALIKE, CompletionFactory, CourseGradeFactory, StateFactory, enrolled
from tests.fences import fence_down

pytestmark = pytest.mark.django_db
ARCHIVED = "attempt-v1:Org+Course+Run+attempt@1"
BLOCK = COURSE.make_usage_key("problem", "b")


@pytest.fixture(autouse=True)
def counted(settings: Any, tmp_path: Any) -> list[str]:
    """A shared cache that holds nothing yet; what is asked of it."""
    settings.CACHES = {
        **settings.CACHES,
        "shared": {"BACKEND": "tests.caches.CountedCache", "LOCATION": tmp_path},
        "down": {"BACKEND": "tests.caches.DownCache"},
    }
    CountedCache.calls.clear()
    return CountedCache.calls


def statements(call: Callable[[], Any]) -> list[str]:
    """Run something; return the statements it took."""
    with CaptureQueriesContext(connection) as captured:
        call()
    return [query["sql"] for query in captured]


def without_fence(call: Callable[[], Any]) -> list[str]:
    """The same, with nobody listening to the stores' models."""
    with fence_down():
        return statements(call)


def shapes(found: list[str]) -> list[str]:
    """What kind of statements these are."""
    return [sql.split(" ", 1)[0] for sql in found]


WRITES: dict[str, Callable[[Any, StudentModule], Any]] = {
    "full save": lambda _learner, row: row.save(),
    "forced save": lambda _learner, row: row.save(force_update=True),
    "insert": lambda learner, _row: StateFactory(student=learner),
    "the client's save": lambda learner, row: save_state(learner, COURSE, row.module_state_key, {"n": time.time()}),
    "the client's insert": lambda learner, _row: save_state(learner, COURSE, BLOCK, {"n": 1}),
    "update_or_create": lambda learner, row: StudentModule.objects.update_or_create(
        student=learner, course_id=COURSE, module_state_key=row.module_state_key, defaults={"grade": 1.0}
    ),
}


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
def test_cost_with_no_switches_lately(learner: Any, counted: list[str], write: Callable[[Any, Any], Any]) -> None:
    """At most one look at the cache, and not one statement."""
    row = StateFactory(student=learner, module_type="html")
    before = without_fence(lambda: write(learner, row))
    StudentModule.objects.exclude(pk=row.pk).update(student=enrolled())
    counted.clear()
    with unit_of_work():
        after = statements(lambda: write(learner, row))
    assert shapes(after) == shapes(before)
    assert counted == ([] if write is WRITES["update_or_create"] else ["get"])


def test_the_comparison_is_one(learner: Any, reset: Any) -> None:
    """Without the fence the platform's save does take a row out of its archive."""
    with fence_down():
        assert late_save(learner, reset) == str(COURSE)
    assert late_save(learner, reset) == ARCHIVED.replace("@1", "@2")


def test_a_save_that_names_other_columns_costs_nothing(learner: Any, reset: Any, counted: list[str]) -> None:
    """Not even lately: it cannot put keys back."""
    row = StateFactory(student=learner, module_type="html")
    reset(learner)
    counted.clear()
    assert shapes(statements(lambda: row.save(update_fields=["grade"]))) == ["UPDATE"]
    assert counted == []


def test_cost_for_learners_never_reset_while_others_are(learner: Any, reset: Any, counted: list[str]) -> None:
    """A look at the row that is saved anyway, by primary key; a look for the learner's switches before an insert."""
    other = enrolled()
    row = StateFactory(student=other, module_type="html")
    with unit_of_work():
        reset(learner)
        counted.clear()
        assert shapes(statements(row.save)) == ["SELECT", "UPDATE"]
        assert shapes(statements(lambda: StateFactory(student=other, module_type="html"))) == ["SELECT", "INSERT"]
        assert counted == ["get", "get"]


def test_work_that_began_well_after_the_switch_asks_nothing(learner: Any, reset: Any, settings: Any) -> None:
    """The mark is older than the work, whatever the clocks."""
    settings.ATTEMPTS_CLOCK_SKEW = 0
    reset(learner)
    time.sleep(0.01)
    with unit_of_work():
        row = StateFactory.build(student=learner, module_type="html")
        assert shapes(statements(row.save)) == ["INSERT"]
        assert shapes(statements(row.save)) == ["UPDATE"]


def late_save(learner: Any, reset: Callable[..., Any]) -> str:
    """Save a row that was read before the switch; return the key it lies under then."""
    row = StateFactory(student=learner)
    reset(learner)
    row.state = '{"late": 1}'
    row.save()
    assert StudentModule.objects.get(pk=row.pk).state == '{"late": 1}'
    return str(StudentModule.objects.get(pk=row.pk).course_id)


def late_insert(learner: Any, reset: Callable[..., Any], course_key: CourseKey = COURSE) -> None:
    """Insert a row in work that began before the switch."""
    with unit_of_work():
        unit = current_unit()
        reset(learner)
        # Carrying out a switch makes the work new; here somebody else does.
        unit.__dict__.update(vars(Unit(None)))
        unit._ticks -= 5
        StateFactory(student=learner, course_id=course_key)


def test_a_cold_cache_asks_the_database_once(learner: Any, counted: list[str]) -> None:
    """And knows it then."""
    row = StateFactory.build(student=learner, module_type="html")
    assert shapes(statements(row.save)) == ["SELECT", "INSERT"]
    assert shapes(statements(row.save)) == ["UPDATE"]
    assert counted == ["get", "add", "get"]


def test_a_mark_that_was_evicted_is_found_in_the_database(learner: Any, reset: Any) -> None:
    """The operation has the time."""
    row = StateFactory(student=learner)
    reset(learner)
    caches["shared"].clear()
    row.save()
    assert str(StudentModule.objects.get(pk=row.pk).course_id) == ARCHIVED
    assert marks.latest_switch() == pytest.approx(time.time(), abs=30)


def test_what_the_database_said_does_not_hide_a_switch_marked_meanwhile(counted: list[str]) -> None:
    """Between the look in vain and its answer somebody marks a switch."""
    cache = caches["shared"]
    cache.set("attempts.latest_switch", 4711.0)
    marks._prime(cache, 0.0)
    assert marks.latest_switch() == 4711.0


@pytest.mark.parametrize("alias", ["down", "default"])
def test_without_a_shared_cache_the_database_is_asked(learner: Any, reset: Any, settings: Any, alias: str) -> None:
    """A cache that is away, or of one process only, makes saves dearer, not wrong; the switch goes on."""
    settings.ATTEMPTS_FENCE_CACHE = alias
    row = StateFactory(student=learner, module_type="html")
    with unit_of_work():
        assert shapes(statements(row.save)) == ["SELECT", "UPDATE"]
    assert late_save(learner, reset) == ARCHIVED
    with pytest.raises(LateInsert):
        late_insert(learner, reset)


def test_the_mark_is_made_before_the_first_rewrite_and_after_the_commit(
    learner: Any, reset: Any, counted: list[str], django_capture_on_commit_callbacks: Any
) -> None:
    """Whoever saves in between looks at the database."""
    StateFactory(student=learner)
    counted.clear()

    def note(execute: Any, sql: str, *rest: Any) -> Any:
        if sql.startswith("UPDATE") and "courseware_studentmodule" in sql:
            counted.append("rewrite")
        return execute(sql, *rest)

    with connection.execute_wrapper(note), django_capture_on_commit_callbacks(execute=True):
        reset(learner)
        assert counted == ["set", "rewrite"]
    assert counted == ["set", "rewrite", "set"]


@pytest.mark.parametrize("behind", [-50, 50])
def test_clocks_of_hosts_that_differ(learner: Any, reset: Any, behind: int) -> None:
    """By less than ATTEMPTS_CLOCK_SKEW: what is late is still found, by the clock of the database."""
    row = StateFactory(student=learner)
    with unit_of_work():
        unit = current_unit()
        unit.began += behind
        reset(learner)
        row.save()
        assert str(StudentModule.objects.get(pk=row.pk).course_id) == ARCHIVED
        unit._ticks -= 5
        with pytest.raises(LateInsert):
            StateFactory(student=learner)


def test_the_margin_for_a_commit(learner: Any, reset: Any, settings: Any) -> None:
    """Work that began within it may have read what was not committed yet."""
    reset(learner)
    with unit_of_work(), pytest.raises(LateInsert):
        StateFactory(student=learner)
    settings.ATTEMPTS_COMMIT_MARGIN = 0
    with unit_of_work():
        assert StateFactory(student=learner).course_id == COURSE


def test_the_time_of_a_switch_is_the_time_of_the_database(learner: Any, reset: Any) -> None:
    """In UTC, whatever the time zone of its session; this machine has one clock."""
    reset(learner)
    assert LearnerCourse.objects.get().switched_at.timestamp() == pytest.approx(time.time(), abs=30)


def test_work_of_unknown_age(learner: Any, reset: Any, settings: Any) -> None:
    """Commands and threads: rows that moved are found for an hour, and what is inserted is let through."""
    assert late_save(learner, reset) == ARCHIVED
    assert StateFactory(student=learner).course_id == COURSE
    caches["shared"].set("attempts.latest_switch", time.time() - 3700)
    row = StateFactory(student=learner, module_type="html")
    assert shapes(statements(row.save)) == ["UPDATE"]
    settings.ATTEMPTS_LONGEST_WORK = 4000
    assert shapes(statements(row.save)) == ["SELECT", "UPDATE"]


def test_whoever_carried_out_the_switch_knows_of_it(
    learner: Any, reset: Any, settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    """What a worker inserts after the commit is not late."""
    settings.ATTEMPTS_COMMIT_MARGIN = 0
    with unit_of_work():
        with django_capture_on_commit_callbacks(execute=True):
            reset(learner)
        assert StateFactory(student=learner).course_id == COURSE


def test_an_insert_for_another_course_or_learner_is_let_through(learner: Any, reset: Any) -> None:
    """Only the learner's own switch in that course counts; a library or an archived attempt has none."""
    library = CourseKey.from_string("library-v1:Org+Lib")
    with pytest.raises(LateInsert):
        late_insert(learner, reset)
    for key in (LOOKALIKE, library, CourseKey.from_string(ARCHIVED)):
        late_insert(learner, reset, key)
    with unit_of_work():
        reset(learner)
        assert StateFactory(student=enrolled()).course_id == COURSE


def test_keys_that_are_texts(learner: Any, reset: Any) -> None:
    """Submissions keep both as plain text, and name the learner by an anonymous id."""
    item = StudentItem.objects.create(
        student_id=anonymous_id_for_user(learner, COURSE), course_id=str(COURSE), item_id=str(BLOCK), item_type="ora"
    )
    reset(learner)
    item.save()
    item = StudentItem.objects.get(pk=item.pk)
    assert (item.course_id, item.item_id) == (ARCHIVED, f"attempt-block-{ARCHIVED[8:]}+type@problem+block@b")


def test_a_usage_key_of_another_course_stays(learner: Any, reset: Any) -> None:
    """As the switch left it."""
    foreign = LOOKALIKE.make_usage_key("problem", "b")
    row = StateFactory(student=learner, module_state_key=foreign)
    reset(learner)
    row.save()
    row = StudentModule.objects.get(pk=row.pk)
    assert (str(row.course_id), row.module_state_key) == (ARCHIVED, foreign)


def test_an_instance_made_anew_for_a_row_that_moved(learner: Any, reset: Any) -> None:
    """Django updates the row by its primary key; so it has to stay where it is."""
    row = StateFactory(student=learner)
    reset(learner)
    StudentModule(
        pk=row.pk, student=learner, course_id=COURSE, module_state_key=row.module_state_key, created=row.created
    ).save()
    assert str(StudentModule.objects.get(pk=row.pk).course_id) == ARCHIVED


def test_a_row_that_is_given_to_another_course_on_purpose(learner: Any, reset: Any) -> None:
    """Is not our business."""
    row = StateFactory(student=learner)
    reset(enrolled())
    row.course_id = LOOKALIKE
    row.save()
    assert StudentModule.objects.get(pk=row.pk).course_id == LOOKALIKE


def test_fixtures_are_loaded_as_they_are(learner: Any, reset: Any) -> None:
    """A dump that is read back says where each row lies."""
    row = StateFactory(student=learner)
    reset(learner)
    row.save_base(raw=True)
    assert StudentModule.objects.get(pk=row.pk).course_id == COURSE


def test_a_delete_of_a_row_that_has_not_moved(learner: Any, reset: Any, no_sql_delete: Any) -> None:
    """The platform deletes what it will."""
    reset(learner)
    row = StateFactory(student=learner)
    row.delete()
    assert not StudentModule.objects.exists()
    no_sql_delete.seen.clear()


def test_a_grade_read_before_and_deleted_after(learner: Any, reset: Any) -> None:
    """``clear_user_course_grades`` reads the course grade and deletes it."""
    row = CourseGradeFactory(user_id=learner.pk)
    reset(learner)
    with pytest.raises(LateDelete, match=f"row {row.pk} of grades_persistentcoursegrade"):
        row.delete()


def test_behaviour_3_completions_are_still_deleted_by_key_in_one_statement(learner: Any, no_sql_delete: Any) -> None:
    """As the package does it; found first and deleted one by one, they could be deleted out of an archive."""
    CompletionFactory.create_batch(2, user=learner)
    found = statements(lambda: BlockCompletion.objects.clear_learning_context_completion(learner, COURSE))
    assert [shape for shape in shapes(found) if shape not in ("SAVEPOINT", "RELEASE")] == ["DELETE"]
    no_sql_delete.seen.clear()


def test_the_middleware_is_the_first(learner: Any, client: Any) -> None:
    """The plugin's settings put it there, once."""
    name = "attempts.fence.middleware.unit_of_work_middleware"
    assert site.MIDDLEWARE[0] == name
    assert site.MIDDLEWARE.count(name) == 1


def test_a_request_is_a_unit_of_work() -> None:
    """From its beginning to its end, however it ends."""
    seen = unit_of_work_middleware(lambda _request: current_unit())(None)
    assert 0 <= seen.seconds() < 5
    assert current_unit() is None
    with pytest.raises(ZeroDivisionError):
        unit_of_work_middleware(lambda _request: 1 / 0)(None)
    assert current_unit() is None


def test_an_asynchronous_request_is_one_too() -> None:
    """The middleware is as asynchronous as what it calls."""

    async def answer(_request: Any) -> Any:
        return current_unit()

    assert async_to_sync(unit_of_work_middleware(answer))(None).seconds() < 5
    assert current_unit() is None


@shared_task(name="tests.units")
def units(depth: int, *, fails: bool = False) -> list[Any]:
    """Note the unit of this run and of those it runs itself."""
    inner = units.apply(args=(depth - 1,), kwargs={"fails": fails}).result if depth else []
    if fails and not depth:
        raise ValueError
    return [current_unit(), *(inner if isinstance(inner, list) else [])]


@pytest.mark.parametrize("fails", [False, True])
def test_a_run_of_a_task_is_a_unit_of_work(fails: bool) -> None:
    """One that is run inside another has its own, and the other goes on as it was."""
    with unit_of_work():
        request = current_unit()
        found = units.apply(args=(1,), kwargs={"fails": fails}).result
        assert current_unit() is request
    assert len(found) == (1 if fails else 2)
    assert found[0].outer is request
    assert all(inner.outer is outer for outer, inner in pairwise(found))
    assert current_unit() is None


@pytest.mark.django_db(transaction=True)
def test_a_late_save_in_a_transaction_leaves_nothing_wrong(learner: Any, reset: Any) -> None:
    """Verify finds all rows of the learner where they belong."""
    row = StateFactory(student=learner)
    reset(learner)
    with transaction.atomic():
        row.save()
        row.save()
    assert list(api.verify(learner, COURSE)) == []
