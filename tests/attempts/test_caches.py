"""Shared caches after a switch: nothing old is served of this learner, and nothing is lost of others."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone
from edx_django_utils.cache import RequestCache
from edx_when.api import get_date_for_block
from submissions import api as submissions
from submissions.models import StudentItem

from attempts import api, tasks
from attempts.caches import CLEAR_CACHES, outline
from attempts.models import FollowUp
from attempts.operations import run_follow_up
from sandbox.student.models import CourseEnrollment, anonymous_id_for_user
from tests.attempts.stores import rows
from tests.factories import COURSE, enrolled

pytestmark = pytest.mark.django_db
PROBLEM = "block-v1:Org+Course+Run+type@openassessment+block@essay"


@pytest.fixture(autouse=True)
def _fresh_cache() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def switch(django_capture_on_commit_callbacks: Any) -> Callable[..., Any]:
    """Reset a learner as a worker does, with what comes after the commit."""

    def carry_out(learner: Any) -> Any:
        asked = api.request_reset(learner, COURSE, requested_by=None)
        with django_capture_on_commit_callbacks(execute=True):
            tasks.run_operation.apply(args=[str(asked.uuid)])
        return api.operation(asked.uuid)

    return carry_out


def handed_in(learner: Any) -> str:
    """Hand something in, and have it read and so cached; return its uuid."""
    item = {
        "student_id": anonymous_id_for_user(learner, COURSE),
        "course_id": str(COURSE),
        "item_id": PROBLEM,
        "item_type": "openassessment",
    }
    uuid = submissions.create_submission(item, {"text": "an essay"})["uuid"]
    submissions.get_submission_and_student(uuid)
    return uuid


def test_behaviour_10_a_cached_item_is_not_served_with_its_old_keys(learner: Any, switch: Any) -> None:
    """Late grading reads the keys from there, and writes to the attempt that they name."""
    uuid = handed_in(learner)
    operation = switch(learner)
    assert operation.status == "complete"
    assert {one.name: one.status for one in operation.follow_ups}["caches"] == "done"
    item = submissions.get_submission_and_student(uuid)["student_item"]
    assert item["course_id"] == "attempt-v1:Org+Course+Run+attempt@1"


def test_without_clearing_it_would_be(learner: Any, run: Any) -> None:
    """The test above tests something."""
    uuid = handed_in(learner)
    run(api.request_reset(learner, COURSE, requested_by=None))
    assert submissions.get_submission_and_student(uuid)["student_item"]["course_id"] == str(COURSE)


def test_what_is_cached_of_others_stays(learner: Any, switch: Any) -> None:
    """Their pages would be slow for nothing."""
    other = enrolled(COURSE)
    uuid = handed_in(other)
    sidebar = f"course_sidebar_blocks_{COURSE}_7_{other.pk}__audit_False_False_False"
    cache.set(sidebar, "a tree")
    handed_in(learner)
    switch(learner)
    assert cache.get(f"submissions.submission.{uuid}")
    assert cache.get(sidebar) == "a tree"


@pytest.mark.parametrize("flags", ["False_False_False", "True_True_True"])
def test_behaviour_3_the_sidebar_is_built_anew(
    flags: str, learner: Any, switch: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has the place to resume. The sandbox has no such page, so the key is written here as the platform does."""
    monkeypatch.setattr(outline, "published_version", lambda _key: "7")
    CourseEnrollment.objects.filter(user=learner).update(mode="audit")
    key = f"course_sidebar_blocks_{COURSE}_7_{learner.pk}__audit_{flags}"
    cache.set(key, "a tree")
    switch(learner)
    assert cache.get(key) is None


@pytest.mark.parametrize("name", ["sweep", "sweep_late"])
def test_behaviour_3_and_10_what_a_late_request_has_cached_is_cleared_by_the_sweeps(
    name: str, learner: Any, switch: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It read before the switch, and filled the caches after they had been cleared; no row was written."""
    monkeypatch.setattr(outline, "published_version", lambda _key: "7")
    uuid = handed_in(learner)
    late = {
        f"course_sidebar_blocks_{COURSE}_7_{learner.pk}___False_False_False": "a tree",
        f"submissions.student_item.{StudentItem.objects.get().pk}": {"course_id": str(COURSE)},
        f"submissions.submission.{uuid}": {"uuid": uuid},
    }
    operation = switch(learner)
    cache.set_many(late)
    FollowUp.objects.filter(name=name).update(due=timezone.now())
    run_follow_up(operation.uuid, name)
    assert cache.get_many(late) == {}


def test_behaviour_10_dates_are_computed_anew(learner: Any, switch: Any, undo: Any) -> None:
    """edx-when keeps a learner's dates of a course in a cache of its own."""
    extended = rows.user_date(learner, COURSE, 1).abs_date
    common, block = datetime(2030, 1, 1, 1, tzinfo=UTC), str(rows.block(COURSE, 1))

    def due() -> Any:
        # Each request has a first tier of its own.
        RequestCache.clear_all_namespaces()
        return get_date_for_block(COURSE, block, user=learner)

    assert due() == due() == extended
    undone = switch(learner)
    assert due() == common
    undo(learner)
    assert due() == common, "nothing was cached"
    CLEAR_CACHES.run(undone)
    assert due() == extended


def test_behaviour_2_4_the_process_that_switched_forgets_what_it_had_read(learner: Any, switch: Any) -> None:
    """The platform keeps grades for as long as a request or task lasts. Without a switch nothing is forgotten."""
    kept = RequestCache("grades")
    kept.set("percent", 1.0)
    asked = api.request_reset(enrolled(COURSE), COURSE, requested_by=None)
    assert kept.get_cached_response("percent").is_found
    tasks.run_operation.apply(args=[str(asked.uuid)])
    assert kept.get_cached_response("percent").is_found, "nothing is committed yet"
    switch(learner)
    assert not kept.get_cached_response("percent").is_found


def test_a_host_without_versions_has_no_sidebar_to_clear(learner: Any) -> None:
    """Nothing to name the entries by."""
    assert list(outline.keys(learner.pk, COURSE)) == []


def test_clearing_twice_is_harmless(learner: Any, switch: Any) -> None:
    """Follow-ups may be repeated."""
    handed_in(learner)
    operation = switch(learner)
    CLEAR_CACHES.run(operation)
    assert cache.get(f"submissions.submission.{handed_in(enrolled(COURSE))}") is not None
