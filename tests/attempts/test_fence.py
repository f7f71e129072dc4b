"""The fence: what it costs, what it knows, and what it does when it knows less."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID, uuid4

import pytest
from asgiref.sync import async_to_sync
from celery import shared_task
from completion.models import BlockCompletion
from django.conf import settings as site
from django.core.cache import caches
from django.db import connection, transaction
from django.db.models.deletion import Collector
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from milestones import api as milestones
from milestones.models import UserMilestone
from opaque_keys.edx.asides import AsideUsageKeyV2
from opaque_keys.edx.keys import CourseKey
from submissions.models import StudentItem

from attempts import api
from attempts.fence import LateDelete, LateInsert, marks, unit_of_work
from attempts.fence.middleware import unit_of_work_middleware
from attempts.fence.values import before_save
from attempts.fence.work import Unit, current_unit
from attempts.host.isolation import can_hold, keeps_snapshot
from attempts.models import LearnerCourse
from attempts.stores import LearnerKind, ValuedStore
from attempts.stores.names import user_id_by_name
from attempts.stores.platform.valued import VALUED_STORES
from attempts.tasks import run_follow_up, run_operation
from sandbox.course_overviews.models import CourseOverview
from sandbox.courseware.models import StudentModule
from sandbox.grades.models import PersistentSubsectionGrade, PersistentSubsectionGradeOverride
from sandbox.schedules.models import Schedule
from sandbox.student.models import anonymous_id_for_user
from sandbox.work.rows import save_state
from tests.attempts.stores import rows
from tests.caches import CountedCache
from tests.factories import (
    COURSE,
    LOOKALIKE,
    CompletionFactory,
    CourseFactory,
    CourseGradeFactory,
    EnrolmentFactory,
    StateFactory,
    SubsectionGradeFactory,
    enrolled,
)
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
    """Behaviour 4.7. At most one look at the cache, and not one statement."""
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


def look_for_switches() -> list[str]:
    """One statement; under a snapshot one that looks past it, and one for what is locked just then."""
    return ["SELECT", "SELECT"] if keeps_snapshot("default") else ["SELECT"]


def look_before_insert() -> list[str]:
    """One more for a switch to come, where it can be held off."""
    return ["SELECT", *look_for_switches()] if can_hold("default") else look_for_switches()


def test_cost_for_learners_never_reset_while_others_are(learner: Any, reset: Any, counted: list[str]) -> None:
    """A look at the row that is saved anyway, by primary key; a look for the learner's switches before an insert."""
    other = enrolled()
    row = StateFactory(student=other, module_type="html")
    with unit_of_work():
        reset(learner)
        counted.clear()
        assert shapes(statements(row.save)) == ["SELECT", "UPDATE"]
        insert = shapes(statements(lambda: StateFactory(student=other, module_type="html")))
        assert insert == [*look_before_insert(), "INSERT"]
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


@contextmanager
def late(learner: Any, reset: Callable[..., Any]) -> Iterator[None]:
    """What runs inside is work that began before the learner was reset."""
    with unit_of_work():
        unit = current_unit()
        reset(learner)
        # Carrying out a switch makes the work new; here somebody else does.
        unit.__dict__.update(vars(Unit(None)))
        unit._ticks -= 5
        yield


def late_insert(learner: Any, reset: Callable[..., Any], course_key: CourseKey = COURSE) -> None:
    """Insert a row in work that began before the switch."""
    with late(learner, reset):
        StateFactory(student=learner, course_id=course_key)


def test_a_cold_cache_asks_the_database_once(learner: Any, counted: list[str]) -> None:
    """And knows it then."""
    row = StateFactory.build(student=learner, module_type="html")
    assert shapes(statements(row.save)) == ["SELECT", "INSERT"]
    assert shapes(statements(row.save)) == ["UPDATE"]
    assert counted == ["get", "add", "get"]


def test_a_mark_that_was_evicted_is_found_in_the_database(learner: Any, reset: Any) -> None:
    """Behaviour 1.6. The operation has the time."""
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
        assert counted == ["set", "set", "rewrite"]
    # Of the request and of the switch, which are one transaction here; and of which attempt is active.
    assert counted == ["set", "set", "rewrite", "set", "set", "set"]


@pytest.mark.parametrize("behind", [-50, 50])
def test_clocks_of_hosts_that_differ(learner: Any, reset: Any, behind: int) -> None:
    """Behaviour 1.6. By less than ATTEMPTS_CLOCK_SKEW: what is late is still found, by the clock of the database."""
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
    settings.ATTEMPTS_COMMIT_MARGIN = 60
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
    """Behaviour 1.6.

    Commands and threads: rows that moved are found for an hour, and what is inserted is let through.
    """
    assert late_save(learner, reset) == ARCHIVED
    assert StateFactory(student=learner).course_id == COURSE
    caches["shared"].set("attempts.latest_switch", time.time() - 3700)
    row = StateFactory(student=learner, module_type="html")
    assert shapes(statements(row.save)) == ["UPDATE"]
    settings.ATTEMPTS_LONGEST_WORK = 4000
    assert shapes(statements(row.save)) == ["SELECT", "UPDATE"]


def test_whoever_carried_out_the_switch_knows_of_it(
    learner: Any, reset: Any, django_capture_on_commit_callbacks: Any
) -> None:
    """What a worker inserts after the commit is not late, be it at once: it has no doubt when that ended."""
    with unit_of_work():
        with django_capture_on_commit_callbacks(execute=True):
            reset(learner)
        assert StateFactory(student=learner).course_id == COURSE


def test_behaviour_5_3_a_request_that_runs_the_switch_itself_knows_of_it(
    learner: Any, django_capture_on_commit_callbacks: Any
) -> None:
    """Where Celery is eager, as on a developer's machine: the run of the task is a unit inside that of the request."""
    asked = api.request_reset(learner, COURSE, requested_by=None)
    with unit_of_work():
        current_unit()._ticks -= 5
        with django_capture_on_commit_callbacks(execute=True):
            run_operation.apply(args=[str(asked.uuid)])
        assert api.operation(asked.uuid).status == "complete"
        assert StateFactory(student=learner).course_id == COURSE


class Preparation:
    """A site's own follow-up: it gives the new attempt a schedule and a first state."""

    name = "preparation"
    delay = 0.0
    immediate = False
    starts = timezone.now() + timedelta(days=30)

    def run(self, operation: Any) -> None:
        """Write both, as the platform would."""
        row = Schedule.objects.get(enrollment__user_id=operation.learner.id)
        row.start_date = self.starts
        row.save()
        save_state(row.enrollment.user, operation.course_key, BLOCK, {"prepared": True})


PREPARATION = Preparation()


def test_a_follow_up_writes_into_the_new_attempt_at_once(
    learner: Any, self_paced: None, reset: Any, settings: Any
) -> None:
    """A worker begins it within moments of the commit, which it comes after all the same."""
    row = rows.schedule(learner, COURSE, 0)
    settings.ATTEMPTS_FOLLOW_UPS = ["tests.attempts.test_fence.PREPARATION"]
    done = reset(learner)
    run_follow_up.apply(args=[str(done.uuid), "preparation"])
    [found] = api.operation(done.uuid).follow_ups
    assert (found.status, found.error) == ("done", "")
    assert Schedule.objects.get(pk=row.pk).start_date == Preparation.starts
    assert StudentModule.objects.get(student=learner).state == '{"prepared": true}'


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


def test_behaviour_10_rows_for_an_attempt_that_is_back_take_the_plain_keys(learner: Any, reset: Any, undo: Any) -> None:
    """Whoever grades archived work has read its keys. Of an attempt that is still archived they stay as they are."""
    first, second = (CourseKey.from_string(ARCHIVED.replace("@1", f"@{number}")) for number in (1, 2))
    reset(learner)
    undo(learner)
    added = CompletionFactory(user=learner, context_key=first, block_key=first.make_usage_key("problem", "b"))
    aside = AsideUsageKeyV2(first.make_usage_key("problem", "b"), "notes")
    StateFactory(student=learner, course_id=first, module_state_key=aside)
    name = anonymous_id_for_user(learner, COURSE)
    for key in (first, second):
        for block in (str(key.make_usage_key("problem", "b")), "no key"):
            StudentItem.objects.create(student_id=name, course_id=str(key), item_id=block, item_type="ora")
    assert BlockCompletion.objects.filter(pk=added.pk, context_key=COURSE, block_key=BLOCK).exists()
    state = StudentModule.objects.get(student=learner)
    assert (state.course_id, state.module_state_key) == (COURSE, AsideUsageKeyV2(BLOCK, "notes"))
    assert list(StudentItem.objects.order_by("pk").values_list("course_id", "item_id")) == [
        (str(COURSE), str(BLOCK)),
        (str(COURSE), "no key"),
        (str(second), str(second.make_usage_key("problem", "b"))),
        (str(second), "no key"),
    ]
    assert list(api.verify(learner, COURSE)) == []


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


VALUED: dict[str, Callable[[Any, CourseKey, int], Any]] = {
    "schedules_schedule": rows.schedule,
    "student_courseenrollmentcelebration": rows.celebration,
    "milestones_usermilestone": rows.milestone,
    "credit_creditrequirementstatus": rows.credit_status,
    "lti_consumer_ltiagsscore": rows.lti_score,
    "openedx_learning_studentcompetencycriterionstatus": rows.criterion_status,
    "openedx_learning_studentcompetencycriteriagroupstatus": rows.criteria_group_status,
}
STORES = {store.name: store for store in VALUED_STORES if isinstance(store, ValuedStore)}
OF_EACH = pytest.mark.parametrize("table", VALUED)


def test_these_are_all_stores_of_values() -> None:
    """One that comes later is tried as well."""
    assert set(VALUED) == set(STORES)


def values(row: Any) -> dict[str, Any]:
    """What a row holds of the active attempt; the time of a save is the save's own."""
    names = [name for name in STORES[row._meta.db_table].fields if name != "modified"]
    return type(row)._base_manager.values(*names).get(pk=row.pk)


@pytest.fixture
def self_paced(learner: Any) -> None:
    """A course whose schedule begins anew with each attempt."""
    CourseOverview.objects.filter(id=COURSE).update(self_paced=True)


@OF_EACH
def test_behaviour_1_6_late_save_of_a_value(learner: Any, self_paced: None, reset: Any, undo: Any, table: str) -> None:
    """The old value does not come back into the new attempt, nor is it lost; the host goes on."""
    row = VALUED[table](learner, COURSE, 0)
    before = values(row)
    with late(learner, reset):
        anew = values(row)
        assert anew != before
        row.save()
        assert values(row) == anew
        type(row)._base_manager.get(pk=row.pk).save()
    undo(learner)
    assert values(row) == before


def test_behaviour_1_6_late_save_of_a_value_across_an_undo(
    learner: Any, self_paced: None, reset: Any, undo: Any, activate: Any
) -> None:
    """The restored attempt has its own, and what the second had when it was put away comes back with it."""
    row = rows.schedule(learner, COURSE, 0)
    of_first = values(row)
    reset(learner)
    of_second = values(row)
    row.refresh_from_db()
    with late(learner, undo):
        row.start_date += timedelta(days=5)
        row.save()
        assert values(row) == of_first
    activate(learner, 2)
    assert values(row) == of_second


@OF_EACH
def test_behaviour_1_6_without_the_fence_it_would_come_back(
    learner: Any, self_paced: None, reset: Any, table: str
) -> None:
    """The test above tests something."""
    row = VALUED[table](learner, COURSE, 0)
    before = values(row)
    reset(learner)
    with fence_down():
        row.save()
    assert values(row) == before


@OF_EACH
def test_behaviour_1_6_late_insert_of_a_value(learner: Any, self_paced: None, reset: Any, table: str) -> None:
    """The row holds what a switch would have given it."""
    with late(learner, reset):
        row = VALUED[table](learner, COURSE, 0)
    made = values(row)
    reset(learner)
    now = values(row)
    if table == "schedules_schedule":
        made, now = ({"day": found["start_date"].date()} for found in (made, now))
    assert made == now


def test_behaviour_1_6_a_late_save_writes_what_is_no_value(learner: Any, self_paced: None, reset: Any) -> None:
    """The other columns of the row are not the attempt's."""
    row = rows.schedule(learner, COURSE, 0)
    deadline = timezone.now()
    with late(learner, reset):
        row.upgrade_deadline = deadline
        row.save()
        row.refresh_from_db()
        assert row.upgrade_deadline == deadline
        assert row.start_date.date() == deadline.date()
        row.start_date = deadline - timedelta(days=90)
        with transaction.atomic():
            row.save(update_fields=["start_date"])
    assert Schedule.objects.get(pk=row.pk).start_date.date() == deadline.date()


def test_behaviour_10_gates_are_not_opened_by_late_work(learner: Any, reset: Any) -> None:
    """By the milestones app's own calls: of a milestone the learner had, and of one she had not."""
    had, new = rows.milestone(learner, COURSE, 0), rows.milestone(enrolled(), COURSE, 1)
    with late(learner, reset):
        for row in (had, new):
            milestones.add_user_milestone({"id": learner.pk}, {"id": row.milestone_id, "namespace": "x", "name": "y"})
    assert list(UserMilestone.objects.filter(user_id=learner.pk).values_list("active", flat=True)) == [False, False]
    assert UserMilestone.objects.get(pk=new.pk).active
    milestones.add_user_milestone({"id": learner.pk}, {"id": had.milestone_id, "namespace": "x", "name": "y"})
    assert UserMilestone.objects.get(pk=had.pk).active


def test_values_of_others_are_written_as_ever(learner: Any, self_paced: None, reset: Any) -> None:
    """Of another learner, of this one in another course, and by work whose age nobody knows."""
    elsewhere = EnrolmentFactory(user=learner, course=CourseFactory(id=LOOKALIKE)).user
    others = [rows.schedule(enrolled(), COURSE, 0), rows.schedule(elsewhere, LOOKALIKE, 0)]
    own = rows.schedule(learner, COURSE, 0)
    long_ago = timezone.now() - timedelta(days=900)
    with late(learner, reset):
        for row in others:
            row.start_date = long_ago
            row.save()
            assert Schedule.objects.get(pk=row.pk).start_date == long_ago
    own.save()
    assert Schedule.objects.get(pk=own.pk).start_date == own.start_date


def test_a_column_that_the_host_lacks_is_no_matter_of_its_saves(learner: Any, self_paced: None, reset: Any) -> None:
    """A store may be written for another release. Nobody was reset lately, or somebody was."""
    row = rows.schedule(learner, COURSE, 0)
    store = dataclasses.replace(STORES["schedules_schedule"], fields=("start_date", "of_another_release"))
    before_save(store, row, "default", None)
    with late(learner, reset):
        before_save(store, row, "default", None)
    assert row.start_date == Schedule.objects.get(pk=row.pk).start_date


def test_names_that_are_no_texts(learner: Any, reset: Any) -> None:
    """A host may name a learner by a uuid itself, which its columns would take as a text."""
    reset(learner)
    score, workflow = rows.lti_score(learner, COURSE, 0), rows.assessment_workflow(learner, COURSE, 0)
    for row, field, kind in (
        (score, "user_id", LearnerKind.EXTERNAL_ID),
        (workflow, "submission_uuid", LearnerKind.SUBMISSION_UUID),
    ):
        for name in (getattr(row, field), UUID(str(getattr(row, field)))):
            assert user_id_by_name(kind, name) == learner.pk
        assert user_id_by_name(kind, None) is None


def test_a_value_of_nobody_is_let_through(learner: Any, reset: Any) -> None:
    """A tool may send scores of somebody who has no account here."""
    row = rows.lti_score(learner, COURSE, 0)
    with late(learner, reset):
        row.user_id = str(uuid4())
        row.score_given = 1.0
        row.save()
    assert values(row)["score_given"] == 1.0


def test_cost_of_values_with_no_switches_lately(learner: Any, counted: list[str]) -> None:
    """One look at the cache, and not one statement; none for other columns."""
    row, other = rows.celebration(learner, COURSE, 0), enrolled()
    marks.latest_switch()
    counted.clear()
    with unit_of_work():
        assert shapes(statements(row.save)) == ["UPDATE"]
        assert counted == ["get"]
        assert shapes(statements(lambda: row.save(update_fields=["modified"]))) == ["UPDATE"]
        assert counted == ["get"]
        # The row is made by a look for the enrolment.
        assert shapes(statements(lambda: rows.celebration(other, COURSE, 0))) == ["SELECT", "INSERT"]
    assert counted == ["get", "get"]


def test_cost_of_values_while_another_learner_was_reset(learner: Any, reset: Any) -> None:
    """A look at the row that is saved anyway, and for the learner's switches if its value changes."""
    other = rows.celebration(enrolled(), COURSE, 0)
    with unit_of_work():
        reset(learner)
        assert shapes(statements(other.save)) == ["SELECT", "UPDATE"]
        other.celebrate_weekly_goal = True
        assert shapes(statements(other.save)) == ["SELECT", *look_for_switches(), "UPDATE"]


def test_behaviour_2_3_a_grade_read_before_and_deleted_after(learner: Any, reset: Any) -> None:
    """``clear_user_course_grades`` reads the course grade and deletes it."""
    row = CourseGradeFactory(user_id=learner.pk)
    reset(learner)
    with pytest.raises(LateDelete, match=f"row {row.pk} of grades_persistentcoursegrade"):
        row.delete()


def test_behaviour_2_3_subsection_grades_found_before_and_deleted_after(learner: Any, reset: Any) -> None:
    """It finds them by query, and Django deletes what was found by primary key, with the overrides."""
    grades = SubsectionGradeFactory.create_batch(2, user_id=learner.pk)
    override = PersistentSubsectionGradeOverride.objects.create(grade=grades[0], earned_all_override=1)
    found = PersistentSubsectionGrade.objects.filter(user_id=learner.pk, course_id=COURSE)
    assert len(found) == 2
    reset(learner)
    collector = Collector(using="default", origin=found)
    collector.collect(found)
    for delete in (collector.delete, grades[1].delete):
        with (
            pytest.raises(LateDelete, match="of grades_persistentsubsectiongrade was not deleted"),
            transaction.atomic(),
        ):
            delete()
    assert PersistentSubsectionGrade.objects.count() == 2
    assert PersistentSubsectionGradeOverride.objects.get() == override


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
