"""Operations: asked for once, carried out once, never half."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import kombu.exceptions
import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from attempts import api, exceptions, tasks
from attempts.models import AttemptContext, AttemptOperation, LearnerCourse
from attempts.operations import execute
from attempts.operations.requests import refuse_if_in_flight
from tests.factories import COURSE, CourseGradeFactory, StateFactory, UserFactory, enrolled
from tests.snapshots import OWN, read_placed, read_tables

pytestmark = pytest.mark.django_db
NO_TIME = timedelta(0)


class Broken:
    """An execute wrapper that fails the first ``times`` statements that contain ``text``."""

    def __init__(self, text: str, error: Exception, times: int = 1) -> None:
        self.text, self.error, self.left = text, error, times

    def __call__(self, run: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        """Pass the statement on, or fail it."""
        if self.text in sql.replace("`", '"') and self.left:
            self.left -= 1
            raise self.error
        return run(sql, params, many, context)


def test_a_learner_never_reset_has_no_row_of_ours(learner: Any) -> None:
    """Whatever is read."""
    api.attempts(learner, COURSE)
    api.active_attempt(learner, COURSE)
    api.preview(learner, COURSE)
    api.courses(learner)
    list(api.states(api.active_attempt(learner, COURSE)))
    list(api.verify(learner, COURSE))
    found = read_tables(OWN)
    assert {table for table, rows in found.items() if rows} == {"attempts_resetpolicy"}


def test_an_operation_from_start_to_end(learner: Any, run: Any) -> None:
    """Enqueued when asked for, complete when run, with all that is known of it."""
    row = StateFactory(student=learner)
    support = UserFactory()
    asked = api.request_reset(learner.email, str(COURSE), requested_by=support, comment="Fell ill.")
    assert (asked.status, asked.kind, asked.comment) == ("enqueued", "reset", "Fell ill.")
    assert (asked.requested_by, asked.learner.id) == (support.username, learner.pk)
    assert (asked.from_number, asked.started_at) == (None, None)
    done = run(asked)
    assert (done.status, done.from_number, done.to_number, done.error) == ("complete", 1, 2, "")
    assert done.created <= done.started_at <= done.completed_at
    assert (done.from_uuid, done.to_uuid) == tuple(attempt.uuid for attempt in api.attempts(learner, COURSE))
    assert done.rows["courseware_studentmodule"].archived == 1
    row.refresh_from_db()
    assert str(row.module_state_key).startswith("attempt-block-v1:")


def test_the_summary_is_frozen(learner: Any, reset: Any) -> None:
    """Grade, completion and rows, as they were when the attempt was archived."""
    StateFactory.create_batch(3, student=learner)
    CourseGradeFactory(user_id=learner.pk, percent_grade=0.42)
    reset(learner)
    first, second = api.attempts(learner, COURSE)
    assert (first.state, second.state) == ("archived", "active")
    assert first.summary is not None
    assert (first.summary.percent_grade, first.summary.passed, first.summary.letter_grade) == (0.42, False, "")
    assert first.summary.rows["courseware_studentmodule"] == 3
    assert (second.summary, second.archived_at) == (None, None)
    assert first.archived_at == second.opened_at


def test_running_twice_is_harmless(learner: Any, reset: Any) -> None:
    """A message may be delivered twice."""
    done = reset(learner)
    before = read_tables(OWN)
    execute(done.uuid)
    execute(uuid4())
    assert read_tables(OWN) == before


def test_the_same_request_is_carried_out_once(learner: Any, run: Any) -> None:
    """The same key returns the same operation, in flight or ended."""
    support = UserFactory()
    words = {"requested_by": support, "comment": "x", "idempotency_key": "key"}
    first = api.request_reset(learner, COURSE, **words)
    assert api.request_reset(learner, COURSE, **words).uuid == first.uuid
    run(first)
    again = api.request_reset(learner, COURSE, **words)
    assert (again.uuid, again.status) == (first.uuid, "complete")
    assert AttemptOperation.objects.count() == 1


@pytest.mark.parametrize("change", [{"comment": "y"}, {"override": ["learner_passing"]}])
def test_a_key_is_good_for_one_request(learner: Any, change: dict[str, Any]) -> None:
    """Another one under the same key is refused, whoever's learner it is."""
    support = UserFactory()
    words = {"requested_by": support, "comment": "x", "idempotency_key": "key"}
    api.request_reset(learner, COURSE, **words)
    with pytest.raises(exceptions.IdempotencyMismatch):
        api.request_reset(learner, COURSE, **{**words, **change})
    with pytest.raises(exceptions.IdempotencyMismatch):
        api.request_reset(enrolled(), COURSE, **words)
    with pytest.raises(exceptions.IdempotencyMismatch):
        api.request_undo(learner, COURSE, **words)


def test_two_people_can_use_the_same_key(learner: Any) -> None:
    """And the system a third time."""
    for requested_by in (UserFactory(), UserFactory(), None):
        api.request_reset(enrolled(), COURSE, requested_by=requested_by, idempotency_key="1")
    assert AttemptOperation.objects.count() == 3


def test_a_second_request_in_flight_is_refused(learner: Any, run: Any) -> None:
    """Of any kind, for this learner and course; then it is possible."""
    first = api.request_reset(learner, COURSE, requested_by=None)
    with pytest.raises(exceptions.OperationInFlight, match=str(first.uuid)):
        api.request_reset(learner, COURSE, requested_by=None)
    with pytest.raises(exceptions.OperationInFlight):
        api.request_undo(learner, COURSE, requested_by=None)
    api.request_reset(enrolled(), COURSE, requested_by=None)
    run(first)
    assert api.request_reset(learner, COURSE, requested_by=None).status == "enqueued"


class Blind:
    """A look that sees nothing the first time, and then what there is."""

    def __init__(self, look: Any) -> None:
        self.look, self.calls = look, 0

    def __call__(self, *args: Any, **words: Any) -> Any:
        """Look, but not the first time."""
        self.calls += 1
        return self.look(*args, **words) if self.calls > 1 else None


@pytest.mark.parametrize("blind", [True, False])
def test_a_race_of_two_requests_is_decided_by_the_database(
    learner: Any, monkeypatch: pytest.MonkeyPatch, blind: bool
) -> None:
    """Even if neither saw the other: the same request is the same operation, another is refused."""
    first = api.request_reset(learner, COURSE, requested_by=None, idempotency_key="key")

    def look_away() -> None:
        monkeypatch.setattr("attempts.api.switches.operations.earlier_operation", lambda _request: None)
        if blind:
            monkeypatch.setattr("attempts.operations.requests.refuse_if_in_flight", Blind(refuse_if_in_flight))

    look_away()
    assert api.request_reset(learner, COURSE, requested_by=None, idempotency_key="key").uuid == first.uuid
    look_away()
    with pytest.raises(exceptions.OperationInFlight):
        api.request_reset(learner, COURSE, requested_by=None, idempotency_key="other")
    assert AttemptOperation.objects.count() == 1


BAD_WORDS = [
    ({"comment": "x" * 256}, exceptions.CommentTooLong),
    ({"idempotency_key": ""}, exceptions.InvalidIdempotencyKey),
    ({"idempotency_key": "x" * 256}, exceptions.InvalidIdempotencyKey),
    ({"idempotency_key": "x "}, exceptions.InvalidIdempotencyKey),
    ({"override": ["nonsense"]}, exceptions.UnknownOverride),
]


@pytest.mark.parametrize(("words", "error"), BAD_WORDS)
def test_bad_words_are_refused(learner: Any, words: dict[str, Any], error: type[Exception]) -> None:
    """Nothing is written."""
    with pytest.raises(error):
        api.request_reset(learner, COURSE, requested_by=None, **words)
    assert not AttemptOperation.objects.exists()


@pytest.mark.parametrize(
    ("who", "course", "error"),
    [
        ("nobody", COURSE, exceptions.LearnerNotFound),
        ("", COURSE, exceptions.LearnerNotFound),
        ("x\x00y", COURSE, exceptions.LearnerNotFound),
        ("x" * 10_000, COURSE, exceptions.LearnerNotFound),
        (2**70, COURSE, exceptions.LearnerNotFound),
        (None, COURSE, exceptions.LearnerNotFound),
        ("known", "course-v1:Org+Course+Other", exceptions.CourseNotFound),
        ("known", "Org/Course/Run", exceptions.DeprecatedCourseKey),
        ("known", "nonsense", exceptions.InvalidCourseKey),
        ("known", "attempt-v1:Org+Course+Run+attempt@1", exceptions.InvalidCourseKey),
    ],
)
def test_bad_names_are_refused(policy: Any, who: Any, course: Any, error: type[Exception]) -> None:
    """Each by its own class, for every switch and every question."""
    enrolled(username="known")
    for ask in (api.request_reset, api.request_undo):
        with pytest.raises(error):
            ask(who, course, requested_by=None)
    with pytest.raises(error):
        api.request_activate(who, course, 1, requested_by=None)
    for question in (api.attempts, api.eligibility, api.preview):
        with pytest.raises(error):
            question(who, course)
    assert not AttemptOperation.objects.exists()
    assert not LearnerCourse.objects.exists()


def test_names_that_fit_two_accounts_are_nobody_s(policy: Any) -> None:
    """A username wins over an e-mail; two equal e-mails are refused rather than guessed."""
    one = enrolled(username="one", email="same@example.com")
    enrolled(username="two", email="same@example.com")
    named_so = enrolled(username="three@example.com", email="")
    enrolled(username="four", email="three@example.com")
    upper = enrolled(username="five", email="Five@Example.com")
    assert api.learner("one").id == one.pk
    assert api.learner("three@example.com").id == named_so.pk
    assert api.learner("five@example.com").id == upper.pk
    with pytest.raises(exceptions.LearnerNotFound):
        api.learner("same@example.com")


def test_an_attempt_of_somebody_else_is_not_found(learner: Any, reset: Any) -> None:
    """By number, by uuid, by value."""
    other = enrolled()
    reset(other)
    theirs = api.attempts(other, COURSE)[0]
    for to in (1, theirs.uuid, str(theirs.uuid), theirs, 7, "nonsense", uuid4()):
        expected = exceptions.AlreadyActive if to == 1 else exceptions.AttemptNotFound
        with pytest.raises(expected):
            api.request_activate(learner, COURSE, to, requested_by=None)
    with pytest.raises(exceptions.AttemptNotFound):
        api.attempt("nonsense")
    with pytest.raises(exceptions.OperationNotFound):
        api.operation("nonsense")


def test_the_only_attempt_of_a_learner_is_active_already(learner: Any) -> None:
    """By number or uuid, in any form; a preview lists it as a reason."""
    uuid = api.active_attempt(learner, COURSE).uuid
    for to in (1, uuid, str(uuid), api.active_attempt(learner, COURSE)):
        with pytest.raises(exceptions.AlreadyActive):
            api.request_activate(learner, COURSE, to, requested_by=None)
        reasons = api.preview(learner, COURSE, kind="activate", to=to).eligibility.reasons
        assert [reason.code for reason in reasons] == ["already_active"]


def test_activate_goes_to_any_archived_attempt(learner: Any, reset: Any, activate: Any) -> None:
    """Work of each comes and goes with it."""
    keys = {}
    for number in (1, 2, 3):
        keys[number] = StateFactory(student=learner).pk
        if number < 3:
            reset(learner)
    for number in (1, 3, 2, 1):
        done = activate(learner, api.attempts(learner, COURSE)[number - 1].uuid)
        assert done.to_number == number
        active = {row for (table, row), placed in read_placed().items() if placed.attempt is None}
        assert active == {keys[number]}
    with pytest.raises(exceptions.AlreadyActive):
        activate(learner, 1)


def test_a_reset_after_an_undo_opens_the_next_number(learner: Any, reset: Any, undo: Any) -> None:
    """Numbers are never used twice."""
    reset(learner)
    undo(learner)
    assert reset(learner).to_number == 3
    assert [attempt.number for attempt in api.attempts(learner, COURSE)] == [1, 2, 3]


def test_what_has_become_ineligible_meanwhile_fails_with_the_reason(learner: Any, run: Any) -> None:
    """The learner passes while the operation waits in the queue."""
    asked = api.request_reset(learner, COURSE, requested_by=None)
    CourseGradeFactory(user_id=learner.pk, passing=True)
    before = read_placed()
    done = run(asked)
    assert (done.status, done.error_code, done.in_flight) == ("failed", "learner_passing", False)
    assert "passing grade in attempt 1" in done.error
    assert read_placed() == before
    assert not LearnerCourse.objects.exists()
    assert not AttemptContext.objects.exists()


def test_what_nobody_foresaw_is_recorded_and_raised(learner: Any) -> None:
    """The operation ends as failed; nothing else is written."""
    asked = api.request_reset(learner, COURSE, requested_by=None)
    before = read_placed()
    with (
        connection.execute_wrapper(Broken('UPDATE "grades_p', ZeroDivisionError("secret"))),
        pytest.raises(ZeroDivisionError),
    ):
        execute(asked.uuid)
    done = api.operation(asked.uuid)
    assert (done.status, done.error_code) == ("failed", "internal_error")
    assert "ZeroDivisionError" in done.error
    assert "secret" not in done.error
    assert read_placed() == before


def test_a_deadlock_is_retried(learner: Any, settings: Any) -> None:
    """Behaviour 1.5. With back-off, by the task; the caller never knows."""
    settings.ATTEMPTS_RETRY_BASE_SECONDS = 0
    StateFactory(student=learner)
    asked = api.request_reset(learner, COURSE, requested_by=None)
    with connection.execute_wrapper(Broken('UPDATE "courseware_s', OperationalError("deadlock"), times=3)):
        tasks.run_operation.apply(args=[str(asked.uuid)])
    done = api.operation(asked.uuid)
    assert (done.status, done.rows["courseware_studentmodule"].archived) == ("complete", 1)


def test_a_database_that_never_yields_fails_the_operation(learner: Any, settings: Any) -> None:
    """After a bounded number of tries, saying so."""
    settings.ATTEMPTS_RETRY_BASE_SECONDS = 0
    settings.ATTEMPTS_MAX_RETRIES = 2
    asked = api.request_reset(learner, COURSE, requested_by=None)
    broken = Broken('UPDATE "courseware_s', OperationalError("lock wait timeout"), times=99)
    with connection.execute_wrapper(broken):
        tasks.run_operation.apply(args=[str(asked.uuid)])
    assert 99 - broken.left == 3
    done = api.operation(asked.uuid)
    assert (done.status, done.error_code) == ("failed", "database_unavailable")
    assert "lock wait timeout" not in done.error


def test_recover_takes_up_what_is_stuck_and_nothing_else(learner: Any, run: Any) -> None:
    """Behaviour 4.5. What was enqueued or started too long ago; not what is fresh, not what has ended."""
    ended = api.request_reset(enrolled(), COURSE, requested_by=None)
    run(ended)
    lost = api.request_reset(learner, COURSE, requested_by=None)
    started = api.request_reset(enrolled(), COURSE, requested_by=None)
    fresh = api.request_reset(enrolled(), COURSE, requested_by=None)
    long_ago = timezone.now() - timedelta(hours=1)
    AttemptOperation.objects.filter(uuid=lost.uuid).update(created=long_ago)
    AttemptOperation.objects.filter(uuid=started.uuid).update(
        created=long_ago, started_at=long_ago, status="in_progress"
    )
    AttemptOperation.objects.filter(uuid=fresh.uuid).update(
        created=long_ago, started_at=timezone.now(), status="in_progress"
    )
    assert api.recover() == [lost.uuid, started.uuid]
    assert [api.operation(one.uuid).status for one in (lost, started)] == ["complete", "complete"]
    assert api.operation(fresh.uuid).status == "in_progress"
    assert tasks.recover_operations() == []
    assert api.recover(older_than=NO_TIME) == [fresh.uuid]


def test_a_learner_who_saves_between_the_halves_of_an_undo_only_delays_it(
    learner: Any, reset: Any, settings: Any
) -> None:
    """A row for a block that both attempts have: nothing is half done, and the next try finds it."""
    settings.ATTEMPTS_RETRY_BASE_SECONDS = 0
    settings.ATTEMPTS_MAX_RETRIES = 2
    state = StateFactory(student=learner)
    key = state.module_state_key
    reset(learner)
    asked = api.request_undo(learner, COURSE, requested_by=None)
    before = read_placed()

    class Saves:
        """Inserts the row just before block states are brought back, every time or once."""

        def __init__(self, times: int) -> None:
            self.updates, self.times = 0, times

        def __call__(self, run: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            self.updates += 'UPDATE "courseware_studentmodule"' in sql.replace("`", '"')
            if self.updates == 1 and self.times:
                self.updates, self.times = 0, self.times - 1
                StateFactory(student=learner, module_state_key=key)
            return run(sql, params, many, context)

    with connection.execute_wrapper(Saves(1)):
        tasks.run_operation.apply(args=[str(asked.uuid)])
    assert api.operation(asked.uuid).status == "complete"
    assert {row.attempt for row in before.values()} == {1}
    reset(learner)
    asked = api.request_undo(learner, COURSE, requested_by=None)
    before = read_placed()
    with connection.execute_wrapper(Saves(9)):
        tasks.run_operation.apply(args=[str(asked.uuid)])
    assert api.operation(asked.uuid).error_code == "write_conflict"
    assert read_placed() == before


def test_one_bad_operation_does_not_keep_the_others_waiting(learner: Any) -> None:
    """What nobody foresaw is recorded with the operation it happened to."""
    first = api.request_reset(learner, COURSE, requested_by=None)
    second = api.request_reset(enrolled(), COURSE, requested_by=None)
    with connection.execute_wrapper(Broken('UPDATE "courseware_s', ZeroDivisionError("secret"))):
        assert api.recover(older_than=NO_TIME) == [first.uuid, second.uuid]
    assert api.operation(first.uuid).error_code == "internal_error"
    assert api.operation(second.uuid).status == "complete"


def test_one_that_cannot_be_recovered_does_not_stop_the_others(learner: Any) -> None:
    """It stays in flight, for the next time."""
    first = api.request_reset(learner, COURSE, requested_by=None)
    second = api.request_reset(enrolled(), COURSE, requested_by=None)
    with connection.execute_wrapper(Broken('UPDATE "courseware_s', OperationalError("deadlock"))):
        api.recover(older_than=NO_TIME)
    assert api.operation(first.uuid).in_flight
    assert api.operation(second.uuid).status == "complete"


def test_a_broker_that_is_away_does_not_undo_the_request(
    learner: Any, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    """The operation stays enqueued, for `recover`."""

    def away(*args: Any, **kwargs: Any) -> None:
        raise kombu.exceptions.OperationalError("no broker")

    monkeypatch.setattr(tasks.run_operation, "apply_async", away)
    with django_capture_on_commit_callbacks(execute=True):
        asked = api.request_reset(learner, COURSE, requested_by=None)
    assert api.operation(asked.uuid).status == "enqueued"


def test_an_operation_is_sent_on_commit_to_the_queue_of_attempts(
    learner: Any, settings: Any, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    """Behaviour 1.5 and 4.5. Not before, and by name: the platform's routes do not know it."""
    sent: list[Any] = []
    monkeypatch.setattr(tasks.run_operation, "apply_async", lambda **words: sent.append(words))
    settings.ATTEMPTS_QUEUE = "slow"
    with django_capture_on_commit_callbacks(execute=True):
        asked = api.request_reset(learner, COURSE, requested_by=None)
        assert sent == []
    assert sent == [{"args": (str(asked.uuid),), "queue": "slow"}]
