"""Queues of the host that no course narrows: archived work is out of their sight, and comes back to them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from completion_aggregator import batch
from completion_aggregator.models import StaleCompletion
from completion_aggregator.tasks import aggregation_tasks
from django.apps import apps
from openassessment.workflow.models import ORAReminder
from openassessment.xblock.utils import ora_reminders
from openedx_events.learning.signals import USER_NOTIFICATION_REQUESTED

from attempts import api
from attempts.stores import RekeyedStore, installed_stores, learner_names
from tests.attempts.stores import rows
from tests.factories import COURSE
from tests.moves import move_of
from tests.recorder import DeleteRecorder
from tests.snapshots import read_table

pytestmark = pytest.mark.django_db


@pytest.fixture
def reminded(settings: Any) -> Iterator[Callable[[], list[str]]]:
    """Sweep as ora2 does; return the keys of the courses that somebody was reminded of."""
    settings.ENABLE_ORA_REMINDERS = True
    sent: list[str] = []

    def receive(notification_data: Any, **_kwargs: Any) -> None:
        sent.append(str(notification_data.course_key))

    def sweep() -> list[str]:
        sent.clear()
        ora_reminders._do_sweep()
        return list(sent)

    USER_NOTIFICATION_REQUESTED.connect(receive)
    yield sweep
    USER_NOTIFICATION_REQUESTED.disconnect(receive)


def handed_in(learner: Any, number: int, step: str, **values: Any) -> Any:
    """Hand in an open response that waits for a step of the learner's; return its reminder."""
    workflow = rows.assessment_workflow(learner, COURSE, number)
    apps.get_model("workflow.AssessmentWorkflowStep").objects.create(workflow=workflow, name=step, order_num=0)
    values = {"submission_uuid": workflow.submission_uuid, "last_known_step": step, **values}
    return rows.reminder(learner, COURSE, number, **values)


def test_behaviour_10_nobody_is_reminded_of_archived_work(
    learner: Any, reset: Any, undo: Any, reminded: Callable[[], list[str]]
) -> None:
    """The sweeper of ora2 asks for rows that are active and due, of all courses; undo leaves each column as it was."""
    handed_in(learner, 0, "self")
    handed_in(learner, 1, "peer")
    ended = handed_in(learner, 2, "self", is_active=False)
    before = read_table("workflow_orareminder")
    reset(learner)
    archived = read_table("workflow_orareminder")
    assert reminded() == []
    assert read_table("workflow_orareminder") == archived
    undo(learner)
    assert read_table("workflow_orareminder") == before
    assert reminded() == [str(COURSE)] * 2
    assert ORAReminder.objects.get(pk=ended.pk).reminder_sent_count == 0


def test_behaviour_10_each_attempt_has_its_own_reminders(
    learner: Any, reset: Any, undo: Any, activate: Any, reminded: Callable[[], list[str]]
) -> None:
    """One that is over while its attempt is active stays over in later switches."""
    first = handed_in(learner, 0, "self", reminder_sent_count=2)
    reset(learner)
    second = handed_in(learner, 1, "self")
    undo(learner)
    assert reminded() == [str(COURSE)]
    activate(learner, 2)
    assert ORAReminder.objects.get(pk=second.pk).is_active
    undo(learner)
    over = ORAReminder.objects.get(pk=first.pk)
    assert (over.is_active, over.reminder_sent_count) == (False, 3)
    assert reminded() == []


def test_behaviour_10_a_reminder_that_the_sweep_archives_is_not_sent(
    learner: Any, reset: Any, reminded: Callable[[], list[str]]
) -> None:
    """One that was made while the switch was under way, for an answer that is archived."""
    archived = handed_in(learner, 0, "self")
    reset(learner)
    late = rows.reminder(learner, COURSE, 1, submission_uuid=UUID(archived.submission_uuid).hex)
    [report] = api.sweep(learner, COURSE)
    assert report.moved == {"workflow_orareminder": 1}
    late.refresh_from_db()
    assert (str(late.course_id), late.is_active) == ("attempt-v1:Org+Course+Run+attempt@1", False)
    assert reminded() == []


#: The table of reminders, without a queue.
WITHOUT_QUEUE = RekeyedStore(
    model="workflow.ORAReminder", label="", learner="user_id", course="course_id", usage=("ora_usage_key",)
)


def test_behaviour_10_reminders_archived_without_their_queue_come_back_as_they_are(
    learner: Any, reset: Any, undo: Any, settings: Any
) -> None:
    """The queue is younger than the reset: nothing says which of them waited, and nothing has changed them."""
    handed_in(learner, 0, "self")
    handed_in(learner, 1, "self", is_active=False)
    before = read_table("workflow_orareminder")
    stores = settings.ATTEMPTS_STORES
    settings.ATTEMPTS_STORES = ["tests.attempts.stores.test_queues.WITHOUT_QUEUE"]
    reset(learner)
    settings.ATTEMPTS_STORES = stores
    undo(learner)
    assert read_table("workflow_orareminder") == before


@pytest.fixture
def aggregated(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[dict[str, Any]]]:
    """Look through the aggregator's queue as its service does; return the tasks that it sends."""
    for name in ("AGGREGATION", "CLEANUP"):
        setattr(settings, f"COMPLETION_AGGREGATOR_{name}_LOCK", f"lock.{name}")
        setattr(settings, f"COMPLETION_AGGREGATOR_{name}_LOCK_TIMEOUT_SECONDS", 60)
    sent: list[dict[str, Any]] = []
    monkeypatch.setattr(
        aggregation_tasks.update_aggregators, "apply_async", lambda kwargs, **_options: sent.append(kwargs)
    )

    def look() -> list[dict[str, Any]]:
        sent.clear()
        batch.perform_aggregation()
        return list(sent)

    return look


def test_behaviour_3_the_aggregator_leaves_archived_work_alone(
    learner: Any, reset: Any, undo: Any, aggregated: Callable[[], list[dict[str, Any]]]
) -> None:
    """Its queue is every row that is not resolved, of all courses; after undo each column is as it was."""
    rows.stale_completion(learner, COURSE, 0)
    rows.stale_completion(learner, COURSE, 1, resolved=True)
    rows.stale_completion(learner, COURSE, 2, block_key=None, force=True)
    before = read_table("completion_aggregator_stalecompletion")
    reset(learner)
    assert aggregated() == []
    undo(learner)
    assert read_table("completion_aggregator_stalecompletion") == before
    [task] = aggregated()
    assert (task["course_key"], task["block_keys"], task["force"]) == (str(COURSE), [], True)


def test_behaviour_3_sums_that_were_due_are_due_again_after_the_aggregators_cleanup(
    learner: Any,
    reset: Any,
    undo: Any,
    aggregated: Callable[[], list[dict[str, Any]]],
    no_sql_delete: DeleteRecorder,
) -> None:
    """It deletes whatever is resolved; one row for the whole course, as it makes them itself, stands for those gone."""
    rows.stale_completion(learner, COURSE, 0)
    rows.stale_completion(learner, COURSE, 1)
    reset(learner)
    later = rows.stale_completion(learner, COURSE, 2)
    aggregated()
    batch.perform_cleanup()
    assert no_sql_delete.seen
    no_sql_delete.seen.clear()
    assert [row.pk for row in StaleCompletion.objects.all()] == [later.pk]
    assert list(api.verify(learner, COURSE)) == []
    undo(learner)
    assert list(api.verify(learner, COURSE)) == []
    [due] = StaleCompletion.objects.filter(resolved=False)
    assert (due.username, due.course_key, due.block_key, due.force) == (learner.username, COURSE, None, True)
    [task] = aggregated()
    assert (task["username"], task["course_key"], task["force"]) == (learner.username, str(COURSE), True)


def test_behaviour_3_nothing_is_due_where_nothing_was(learner: Any, reset: Any, undo: Any) -> None:
    """All sums of the attempt had been made when it was archived."""
    rows.stale_completion(learner, COURSE, 0, resolved=True)
    reset(learner)
    undo(learner)
    assert [row.resolved for row in StaleCompletion.objects.all()] == [True]


def test_behaviour_3_a_row_that_comes_after_the_survey_waits_again_too(learner: Any) -> None:
    """Completion is reported at any moment; what the switch has rewritten is what it puts aside."""
    store = next(one for one in installed_stores() if one.name == "completion_aggregator_stalecompletion")
    aside: dict[str, Any] = {}
    ledger: Any = SimpleNamespace(put_aside=aside.__setitem__, found=lambda _store: None)
    move = dataclasses.replace(move_of(learner), ledger=ledger)
    names = learner_names(learner, (), [store])
    early = rows.stale_completion(learner, COURSE, 0)
    survey = store.survey(names, move)
    late = rows.stale_completion(learner, COURSE, 1)
    assert store.switch(names, move, survey).archived == 2
    assert aside == {store.name: {str(early.pk): {}, str(late.pk): {}}}
    assert not StaleCompletion.objects.filter(resolved=False).exists()
