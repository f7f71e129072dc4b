"""What the database itself holds, and what the models refuse."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any
from uuid import NAMESPACE_DNS, UUID, uuid4

import pytest
from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.db import IntegrityError, models, transaction
from django.db.models import ProtectedError
from opaque_keys.edx.keys import CourseKey

from attempts import api
from attempts.exceptions import DeletionRefused
from attempts.models import AttemptContext, AttemptOperation, CourseSettingsReport, FollowUp, LearnerCourse, ResetPolicy
from attempts.uuids import attempt_uuid
from tests.factories import COURSE, PolicyFactory, UserFactory, enrolled

pytestmark = pytest.mark.django_db
OWN_MODELS = [LearnerCourse, AttemptContext, AttemptOperation, CourseSettingsReport, FollowUp, ResetPolicy]
HISTORIES = [model.history.model for model in (AttemptContext, CourseSettingsReport, ResetPolicy)]


def refused(make: Callable[[], Any]) -> bool:
    """Tell whether the database turns a row away."""
    try:
        with transaction.atomic():
            make()
    except IntegrityError:
        return True
    return False


@pytest.mark.parametrize("model", [AttemptContext, ResetPolicy])
def test_a_history_cannot_be_deleted_by_its_own_door(model: Any, learner: Any, reset: Any) -> None:
    """Of the model, filtered, and of an instance."""
    reset(learner)
    one = model.objects.first()
    for rows in (model.history.all(), model.history.filter(history_type="+"), one.history.all()):
        assert rows.exists()
        with pytest.raises(DeletionRefused):
            rows.delete()


@pytest.mark.parametrize("model", OWN_MODELS + HISTORIES)
def test_nothing_can_be_deleted(model: type[models.Model], learner: Any, reset: Any, settings: Any) -> None:
    """Neither rows, nor querysets, nor histories, nor by Django's shortcut for bulk deletes."""
    settings.ATTEMPTS_FOLLOW_UPS = ["tests.attempts.test_follow_ups.FIRST"]
    reset(learner)
    CourseSettingsReport.objects.create(course_key=str(COURSE))
    rows = model._default_manager.all()
    assert rows.exists()
    with pytest.raises(DeletionRefused):
        rows.first().delete()
    with pytest.raises(DeletionRefused):
        rows.delete()
    with pytest.raises(DeletionRefused):
        rows._raw_delete("default")
    assert rows.exists()


def test_a_learner_with_attempts_cannot_be_deleted(learner: Any, reset: Any) -> None:
    """The history would lose the one it is about."""
    reset(learner)
    with pytest.raises(ProtectedError):
        learner.delete()


def test_identity_is_one_per_learner_and_course() -> None:
    """Case tells courses apart, on every engine."""
    user = UserFactory()
    LearnerCourse.objects.create(user=user, course_key=COURSE)
    assert refused(lambda: LearnerCourse.objects.create(user=user, course_key=COURSE))
    LearnerCourse.objects.create(user=user, course_key=CourseKey.from_string(str(COURSE).replace("Run", "run")))
    assert LearnerCourse.objects.get(course_key=COURSE).course_key == COURSE


def test_numbers_are_unique_and_start_at_one() -> None:
    """The database says so, whoever writes."""
    identity = LearnerCourse.objects.create(user=UserFactory(), course_key=COURSE)
    AttemptContext.objects.create(learner_course=identity, number=1, uuid=uuid4())
    assert refused(lambda: AttemptContext.objects.create(learner_course=identity, number=1, uuid=uuid4()))
    assert refused(lambda: AttemptContext.objects.create(learner_course=identity, number=0, uuid=uuid4()))
    assert refused(lambda: LearnerCourse.objects.update(active_number=0))
    assert refused(lambda: LearnerCourse.objects.update(active_number=None))


def operation(user: Any, **values: Any) -> AttemptOperation:
    """Write an operation, sound or not."""
    return AttemptOperation.objects.create(**{"kind": "reset", "learner": user, "course_key": COURSE, **values})


def test_one_operation_in_flight_per_learner_and_course() -> None:
    """Any number that have ended, one that has not."""
    user = UserFactory()
    for _ in range(3):
        operation(user, status="failed", in_flight=None)
    operation(user)
    assert refused(lambda: operation(user))
    operation(UserFactory())


@pytest.mark.parametrize(
    "values",
    [
        {"status": "enqueued", "in_flight": None},
        {"status": "in_progress", "in_flight": False},
        {"status": "failed", "in_flight": True},
        {"status": "complete", "in_flight": None},
        {"status": "unknown"},
        {"kind": "destroy"},
    ],
)
def test_operations_that_contradict_themselves_are_turned_away(values: dict[str, Any]) -> None:
    """The flag is the status; a complete operation knows its attempts; kinds and statuses are a closed list."""
    user = UserFactory()
    assert refused(lambda: operation(user, **values))


def test_idempotency_keys_are_unique() -> None:
    """But none is none."""
    operation(UserFactory(), idempotency_key="1:a")
    operation(UserFactory(), idempotency_key="1:A")
    operation(UserFactory())
    operation(UserFactory())
    assert refused(lambda: operation(UserFactory(), idempotency_key="1:a"))


@pytest.mark.parametrize(
    "values",
    [
        {"org": "Org", "course_key": str(COURSE)},
        {"resets_limited": True, "max_resets": None},
        {"resets_limited": False, "max_resets": 3},
        {"resets_limited": None, "max_resets": 3},
    ],
)
def test_policies_that_contradict_themselves_are_turned_away(values: dict[str, Any]) -> None:
    """One scope; a limit and its number together or not at all."""
    assert refused(lambda: PolicyFactory(**values))


def test_one_policy_per_scope() -> None:
    """And organisations that differ in case are two."""
    PolicyFactory(org="Org")
    PolicyFactory(org="org")
    assert refused(lambda: PolicyFactory(org="Org"))


def test_the_uuid_is_the_same_before_and_after_the_row_exists(learner: Any, reset: Any) -> None:
    """The implicit first attempt has the uuid that its row gets."""
    before = api.active_attempt(learner, COURSE).uuid
    reset(learner)
    assert api.attempts(learner, COURSE)[0].uuid == before
    assert api.attempt(before).number == 1
    assert before.version == 5


def test_uuids_differ_by_learner_course_number_and_site(settings: Any) -> None:
    """Two sites with the same ids share none."""
    settings.LMS_ROOT_URL = "https://one.example.com"
    other = CourseKey.from_string(f"{COURSE}2")
    ours = [
        attempt_uuid(1, COURSE, 1),
        attempt_uuid(2, COURSE, 1),
        attempt_uuid(1, COURSE, 2),
        attempt_uuid(1, other, 1),
    ]
    settings.LMS_ROOT_URL = "https://two.example.com"
    theirs = attempt_uuid(1, COURSE, 1)
    settings.ATTEMPTS_UUID_NAMESPACE = str(NAMESPACE_DNS)
    configured = attempt_uuid(1, COURSE, 1)
    assert len({*ours, theirs, configured}) == 6
    assert isinstance(configured, UUID)


def test_a_site_without_a_name_is_told_to_give_one(settings: Any) -> None:
    """A guess would change the uuids later."""
    del settings.LMS_ROOT_URL
    with pytest.raises(ImproperlyConfigured, match="ATTEMPTS_UUID_NAMESPACE"):
        attempt_uuid(1, COURSE, 1)


def test_history_says_who_and_why(policy: Any, run: Any) -> None:
    """The actor is passed in, not taken from a request."""
    learner, support = enrolled(), UserFactory()
    done = run(api.request_reset(learner, COURSE, requested_by=support))
    records = AttemptContext.history.order_by("history_id")
    assert [(record.number, record.history_user, record.history_type) for record in records] == [
        (1, support, "+"),
        (2, support, "+"),
    ]
    assert {record.history_change_reason for record in records} == {f"reset {done.uuid}"}


def test_the_columns_for_lists_are_filled_for_rows_that_were_there_before(learner: Any, reset: Any) -> None:
    """The migration copies what identity rows and keys say."""
    reset(learner)
    ccx = CourseKey.from_string("ccx-v1:Other+Course+Run+ccx@1")
    identity = LearnerCourse.objects.create(user=learner, course_key=ccx)
    AttemptContext.objects.create(learner_course=identity, course_key=COURSE, number=1, uuid=uuid4())
    AttemptContext.objects.update(course_key=CourseKey.from_string("course-v1:x+x+x"), org="")
    AttemptOperation.objects.update(org="")
    import_module("attempts.migrations.0002_lists_roles_and_locks").fill(apps, None)
    rows = AttemptContext.objects.order_by("pk").values_list("course_key", "org")
    assert list(rows) == [(COURSE, "Org"), (COURSE, "Org"), (ccx, "Other")]
    assert AttemptOperation.objects.get().org == "Org"
