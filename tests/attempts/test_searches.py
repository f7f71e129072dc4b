"""Lists of attempts and operations: each filter selects what it says, and nothing else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from opaque_keys.edx.keys import CourseKey

from attempts import api
from attempts.data import AttemptData, AttemptQuery, OperationQuery, Page, Reach
from attempts.exceptions import LearnerNotFound
from attempts.models import AttemptContext, AttemptOperation, LearnerCourse
from tests.factories import (
    COURSE,
    LOOKALIKE,
    CourseFactory,
    CourseGradeFactory,
    EnrolmentFactory,
    UserFactory,
    enrolled,
)

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
HOUR, MOMENT = timedelta(hours=1), timedelta(microseconds=1)
LOWER = CourseKey.from_string("course-v1:Org+Course+run")
LOWER_ORG = CourseKey.from_string("course-v1:org+Course+Run")
LONGER_ORG = CourseKey.from_string("course-v1:Org2+Course+Run")
#: Courses that an engine might mix up, and what attempts at them are called here.
COURSES = {"Run": COURSE, "run": LOWER, "Run2": LOOKALIKE, "org": LOWER_ORG, "Org2": LONGER_ORG}
#: Names of what was made, by uuid.
Names = dict[UUID, str]
#: Whatever is asked for is asked for anywhere, and where it is.
PLACES: list[dict[str, Any]] = [{}, {"course_key": COURSE}, {"org": "Org"}, {"within": Reach(orgs=frozenset({"Org"}))}]


def everywhere(cases: list[tuple[dict[str, Any], list[str]]]) -> list[tuple[dict[str, Any], list[str]]]:
    """The same in all places; learners within reach have tests of their own."""
    return [
        ({**words, **place}, expected)
        for words, expected in cases
        for place in PLACES
        if not ("within" in place and "learner" in words)
    ]


def attempt(user: Any = None, course_key: CourseKey = COURSE, **columns: Any) -> UUID:
    """An archived attempt, unless ``active`` says otherwise; of a learner of its own, unless one is named."""
    number, active = columns.setdefault("number", 1), columns.pop("active", False)
    identity, _ = LearnerCourse.objects.get_or_create(
        user=user or UserFactory(),
        course_key=course_key,
        defaults={"active_number": number if active else number + 1},
    )
    row = AttemptContext.objects.create(
        learner_course=identity, course_key=course_key, org=course_key.org, uuid=uuid4(), **columns
    )
    return row.uuid


def operation(course_key: CourseKey = COURSE, **columns: Any) -> UUID:
    """A failed operation, unless ``status`` says otherwise, on a learner of its own."""
    values = {"kind": "reset", "status": "failed", "in_flight": None, **columns}
    values.setdefault("learner", None)
    values["learner"] = values["learner"] or UserFactory()
    return AttemptOperation.objects.create(course_key=course_key, org=course_key.org, **values).uuid


def all_pages(search: Any, query: Any, **words: Any) -> list[Any]:
    """Everything that a search finds, in its order, page by page."""
    found: list[Any] = []
    cursor = None
    while True:
        page: Page[Any] = search(query, cursor=cursor, size=2, **words)
        found += page.items
        cursor = page.next
        if cursor is None:
            return found


def attempts(names: Names, within: Reach | None = None, **words: Any) -> list[str]:
    """The names of the attempts found, in the order of making unless another is asked for."""
    words.setdefault("order", "created")
    reach = {} if within is None else {"within": within}
    return [names[found.uuid] for found in all_pages(api.search_attempts, AttemptQuery(**words), **reach)]


def operations(names: Names, within: Reach | None = None, **words: Any) -> list[str]:
    """The names of the operations found, in the order of asking unless another is asked for."""
    words.setdefault("order", "created")
    reach = {} if within is None else {"within": within}
    return [names[found.uuid] for found in all_pages(api.search_operations, OperationQuery(**words), **reach)]


# ---------------------------------------------------------------------------------------------------------------------
# Where


@pytest.fixture
def at_each() -> Names:
    """An attempt at each course."""
    return {attempt(course_key=key): name for name, key in COURSES.items()}


@pytest.fixture
def on_each() -> Names:
    """An operation at each course."""
    return {operation(key): name for name, key in COURSES.items()}


WHERE = [
    ({}, list(COURSES)),
    *(({"course_key": key}, [name]) for name, key in COURSES.items()),
    ({"course_key": CourseKey.from_string("course-v1:Org+Course+Other")}, []),
    ({"org": "Org"}, ["Run", "run", "Run2"]),
    ({"org": "org"}, ["org"]),
    ({"org": "Org2"}, ["Org2"]),
    ({"org": "ORG"}, []),
    ({"org": "Or%"}, []),
    ({"course_key": COURSE, "org": "Org"}, ["Run"]),
    ({"course_key": COURSE, "org": "org"}, []),
    ({"within": Reach(everywhere=True)}, list(COURSES)),
    ({"within": Reach()}, []),
    ({"within": Reach(courses=frozenset({COURSE}))}, ["Run"]),
    ({"within": Reach(courses=frozenset({LOWER, LOWER_ORG}))}, ["run", "org"]),
    ({"within": Reach(orgs=frozenset({"Org"}))}, ["Run", "run", "Run2"]),
    ({"within": Reach(orgs=frozenset({"org", "Org2"}))}, ["org", "Org2"]),
    ({"within": Reach(courses=frozenset({LOWER_ORG}), orgs=frozenset({"Org"}))}, ["Run", "run", "Run2", "org"]),
    ({"within": Reach(courses=frozenset({COURSE}), orgs=frozenset({"Org"}))}, ["Run", "run", "Run2"]),
    ({"within": Reach(courses=frozenset({COURSE})), "course_key": COURSE}, ["Run"]),
    ({"within": Reach(courses=frozenset({COURSE})), "course_key": LOWER}, []),
    ({"within": Reach(orgs=frozenset({"Org"})), "course_key": LOWER}, ["run"]),
    ({"within": Reach(orgs=frozenset({"Org"})), "course_key": LOWER_ORG}, []),
    ({"within": Reach(courses=frozenset({COURSE, LOWER_ORG})), "org": "Org"}, ["Run"]),
    ({"within": Reach(orgs=frozenset({"Org"})), "org": "org"}, []),
    ({"within": Reach(orgs=frozenset({"Org", "org"})), "org": "org"}, ["org"]),
]


@pytest.mark.parametrize(("words", "expected"), WHERE)
def test_places(at_each: Names, on_each: Names, words: dict[str, Any], expected: list[str]) -> None:
    """To the letter, and never outside of where the caller may look."""
    assert attempts(at_each, **words) == expected
    assert operations(on_each, **words) == expected


def test_a_reach_of_many_courses(at_each: Names, on_each: Names) -> None:
    """More than are looked into one by one."""
    many = [CourseKey.from_string(f"course-v1:A{number:04}+B+C") for number in range(1500)]
    reach = Reach(courses=frozenset({COURSE, LOWER_ORG, *many}), orgs=frozenset({"Org2"}))
    for words in ({}, {"number": 1}):
        assert attempts(at_each, reach, **words) == ["Run", "org", "Org2"]
    assert attempts(at_each, reach, passed=True) == []
    assert attempts(at_each, reach, learner=enrolled(COURSE)) == []
    assert operations(on_each, reach, kind="reset") == ["Run", "org", "Org2"]


# ---------------------------------------------------------------------------------------------------------------------
# Whose


@pytest.fixture
def known() -> Any:
    """A learner with attempts and operations at two courses, enrolled in both; there are others there."""
    known = UserFactory(username="known", email="known@example.com")
    for key in (COURSE, LONGER_ORG):
        EnrolmentFactory(user=known, course=CourseFactory(id=key))
    return known


@pytest.fixture
def of_known(known: Any) -> Names:
    made = {attempt(known, key): name for name, key in (("Run", COURSE), ("Org2", LONGER_ORG))}
    return {**made, attempt(): "somebody else's"}


@pytest.fixture
def on_known(known: Any) -> Names:
    made = {operation(key, learner=known): name for name, key in (("Run", COURSE), ("Org2", LONGER_ORG))}
    return {**made, operation(requested_by=known): "somebody else's"}


def test_a_learner(known: Any, of_known: Names, on_known: Names) -> None:
    """By whatever she is called."""
    for who in (known, known.pk, "known", "known@example.com"):
        assert attempts(of_known, learner=who) == operations(on_known, learner=who) == ["Run", "Org2"]
        assert attempts(of_known, learner=who, course_key=COURSE) == ["Run"]
        assert operations(on_known, learner=who, org="Org2") == ["Org2"]
        assert attempts(of_known, learner=who, order="-created") == ["Org2", "Run"]
    never_reset = UserFactory()
    assert attempts(of_known, learner=never_reset) == operations(on_known, learner=never_reset) == []


def test_a_learner_in_part_of_her_courses(known: Any, of_known: Names, on_known: Names) -> None:
    """Only those that the caller may look into."""
    for reach in (Reach(courses=frozenset({COURSE})), Reach(orgs=frozenset({"Org"}))):
        assert attempts(of_known, reach, learner="known") == operations(on_known, reach, learner="known") == ["Run"]
        assert attempts(of_known, reach, learner="known", course_key=LONGER_ORG) == []


NOBODY = ["nobody", "nobody@example.com", 0, -1, "", "\x00", "x" * 300]


@pytest.mark.parametrize("who", NOBODY)
def test_nobody(of_known: Names, who: Any) -> None:
    """Not found, rather than an empty list."""
    for search, query in ((api.search_attempts, AttemptQuery), (api.search_operations, OperationQuery)):
        for words in ({}, {"within": Reach(courses=frozenset({COURSE}))}):
            with pytest.raises(LearnerNotFound):
                search(query(learner=who), **words)


@pytest.mark.parametrize("reach", [Reach(), Reach(courses=frozenset({LOWER})), Reach(orgs=frozenset({"org"}))])
def test_a_learner_out_of_reach(of_known: Names, reach: Reach) -> None:
    """As if there were none."""
    for search, query in ((api.search_attempts, AttemptQuery), (api.search_operations, OperationQuery)):
        with pytest.raises(LearnerNotFound):
            search(query(learner="known"), within=reach)


# ---------------------------------------------------------------------------------------------------------------------
# What attempts are like


@pytest.fixture
def several() -> Names:
    """Attempts of one learner: two archived, one active again, the last archived without a grade; and one implicit."""
    learner = UserFactory(username="several")
    archived = {"opened_at": NOON, "archived_at": NOON + HOUR, "percent_grade": 0.75, "passed": True}
    stale = {"opened_at": NOON + HOUR, "archived_at": NOON + 2 * HOUR, "percent_grade": 0.9, "passed": True}
    failed = {"opened_at": NOON + 2 * HOUR, "archived_at": NOON + 3 * HOUR, "percent_grade": 0.25, "passed": False}
    ungraded = {"opened_at": None, "archived_at": NOON + 4 * HOUR}
    names = {
        attempt(learner, number=2, active=True, **stale): "again",
        attempt(learner, number=1, **archived): "passed",
        attempt(learner, number=3, **failed): "failed",
        attempt(learner, number=4, **ungraded): "ungraded",
        attempt(number=2, active=True, opened_at=NOON + 5 * HOUR): "fresh",
    }
    UserFactory(username="never reset")
    return names


WHAT = [
    ({}, ["again", "passed", "failed", "ungraded", "fresh"]),
    ({"state": "active"}, ["again", "fresh"]),
    ({"state": "archived"}, ["passed", "failed", "ungraded"]),
    ({"number": 2}, ["again", "fresh"]),
    ({"number": 4}, ["ungraded"]),
    ({"number": 9}, []),
    ({"passed": True}, ["passed"]),
    ({"passed": False}, ["failed"]),
    ({"passed": True, "state": "archived"}, ["passed"]),
    ({"passed": True, "state": "active"}, []),
    ({"passed": True, "number": 1}, ["passed"]),
    ({"passed": True, "number": 2}, []),
    ({"minimum_grade": 0.0}, ["passed", "failed"]),
    ({"minimum_grade": 0.25}, ["passed", "failed"]),
    ({"minimum_grade": 0.26}, ["passed"]),
    ({"minimum_grade": 0.75}, ["passed"]),
    ({"minimum_grade": 0.76}, []),
    ({"minimum_grade": 0.0, "state": "active"}, []),
    ({"minimum_grade": 0.5, "passed": False}, []),
    ({"opened_after": NOON + HOUR}, ["again", "failed", "fresh"]),
    ({"opened_after": NOON + HOUR + MOMENT}, ["failed", "fresh"]),
    ({"opened_before": NOON + HOUR}, ["again", "passed"]),
    ({"opened_before": NOON + HOUR - MOMENT}, ["passed"]),
    ({"opened_after": NOON + HOUR, "opened_before": NOON + 2 * HOUR}, ["again", "failed"]),
    ({"opened_after": NOON + HOUR, "state": "active"}, ["again", "fresh"]),
    ({"archived_after": NOON}, ["passed", "failed", "ungraded"]),
    ({"archived_after": NOON + 3 * HOUR}, ["failed", "ungraded"]),
    ({"archived_after": NOON + 3 * HOUR + MOMENT}, ["ungraded"]),
    ({"archived_before": NOON + 3 * HOUR}, ["passed", "failed"]),
    ({"archived_before": NOON + 3 * HOUR - MOMENT}, ["passed"]),
    ({"archived_after": NOON + 2 * HOUR, "archived_before": NOON + 3 * HOUR}, ["failed"]),
    ({"archived_after": NOON, "state": "active"}, []),
    ({"order": "-created"}, ["fresh", "ungraded", "failed", "passed", "again"]),
    ({"order": "opened_at"}, ["passed", "again", "failed", "fresh"]),
    ({"order": "-opened_at"}, ["fresh", "failed", "again", "passed"]),
    ({"order": "archived_at"}, ["passed", "failed", "ungraded"]),
    ({"order": "-archived_at"}, ["ungraded", "failed", "passed"]),
    ({"order": "grade"}, ["failed", "passed"]),
    ({"order": "-grade"}, ["passed", "failed"]),
    ({"order": "-grade", "state": "active"}, []),
    ({"order": "-opened_at", "passed": True}, ["passed"]),
    ({"order": "-archived_at", "number": 3}, ["failed"]),
    ({"learner": "several", "passed": True}, ["passed"]),
    ({"learner": "several", "state": "active"}, ["again"]),
    ({"learner": "several", "number": 3, "order": "-grade"}, ["failed"]),
]


@pytest.mark.parametrize(("words", "expected"), everywhere(WHAT))
def test_attempts(several: Names, words: dict[str, Any], expected: list[str]) -> None:
    """A filter on what was frozen in an archived attempt never selects one that is active again."""
    assert attempts(several, **words) == expected


def test_a_learner_who_passed_and_is_back_in_that_attempt(learner: Any, reset: Any, undo: Any) -> None:
    """What was frozen is still in the row; the lists go by which attempt is active."""

    def found(**words: Any) -> list[int]:
        return [one.number for one in all_pages(api.search_attempts, AttemptQuery(**words))]

    CourseGradeFactory(user_id=learner.pk, passing=True)
    reset(learner, override=["learner_passing"])
    assert found(passed=True) == found(minimum_grade=0.5) == found(order="-grade") == [1]
    undo(learner)
    assert AttemptContext.objects.get(number=1).passed
    assert found(passed=True) == found(minimum_grade=0.5) == found(order="-grade") == []
    assert found(state="active") == [1]
    assert found(state="archived") == found(order="-archived_at") == [2]
    back: AttemptData = all_pages(api.search_attempts, AttemptQuery(number=1))[0]
    assert (back.state, back.archived_at, back.summary) == ("active", None, None)
    assert found(archived_before=AttemptContext.objects.get(number=1).archived_at) == []


# ---------------------------------------------------------------------------------------------------------------------
# What operations are like


@pytest.fixture
def asked() -> Names:
    """Operations of several kinds, from several requesters, of one learner's attempts and others."""
    support, other = UserFactory(username="support"), UserFactory(username="other")
    learner = UserFactory(username="several")
    ends = [attempt(learner, number=number) for number in (1, 2)]
    rows = {row.uuid: row for row in AttemptContext.objects.all()}
    first, second = (rows[end] for end in ends)
    done = {"status": "complete", "learner": learner, "requested_by": support}
    return {
        operation(from_attempt=first, to_attempt=second, created=NOON, completed_at=NOON + 3 * HOUR, **done): "reset",
        operation(
            kind="undo", from_attempt=second, to_attempt=first, created=NOON + HOUR, completed_at=NOON + HOUR, **done
        ): "undo",
        operation(kind="activate", requested_by=other, created=NOON + 2 * HOUR, completed_at=NOON + 2 * HOUR): "failed",
        operation(status="enqueued", in_flight=True, created=NOON + 3 * HOUR): "waiting",
    }


OPERATIONS = [
    ({}, ["reset", "undo", "failed", "waiting"]),
    ({"kind": "reset"}, ["reset", "waiting"]),
    ({"kind": "undo"}, ["undo"]),
    ({"kind": "activate"}, ["failed"]),
    ({"status": "complete"}, ["reset", "undo"]),
    ({"status": "failed"}, ["failed"]),
    ({"status": "enqueued"}, ["waiting"]),
    ({"status": "in_progress"}, []),
    ({"kind": "reset", "status": "complete"}, ["reset"]),
    ({"requested_by": "support"}, ["reset", "undo"]),
    ({"requested_by": "other"}, ["failed"]),
    ({"requested_by": "other", "kind": "reset"}, []),
    ({"requested_by": "several"}, []),
    ({"requested_by": "nobody"}, []),
    ({"requested_by": ""}, []),
    ({"learner": "several"}, ["reset", "undo"]),
    ({"learner": "several", "kind": "undo", "requested_by": "support"}, ["undo"]),
    ({"created_after": NOON + HOUR}, ["undo", "failed", "waiting"]),
    ({"created_after": NOON + HOUR + MOMENT}, ["failed", "waiting"]),
    ({"created_before": NOON + HOUR}, ["reset", "undo"]),
    ({"created_before": NOON + HOUR - MOMENT}, ["reset"]),
    ({"created_after": NOON + HOUR, "created_before": NOON + 2 * HOUR}, ["undo", "failed"]),
    ({"completed_after": NOON + 2 * HOUR}, ["reset", "failed"]),
    ({"completed_before": NOON + 2 * HOUR}, ["undo", "failed"]),
    ({"completed_after": NOON + 2 * HOUR, "completed_before": NOON + 2 * HOUR}, ["failed"]),
    ({"order": "-created"}, ["waiting", "failed", "undo", "reset"]),
    ({"order": "completed_at"}, ["undo", "failed", "reset"]),
    ({"order": "-completed_at"}, ["reset", "failed", "undo"]),
    ({"order": "-completed_at", "status": "complete"}, ["reset", "undo"]),
]


@pytest.mark.parametrize(("words", "expected"), everywhere(OPERATIONS))
def test_operations(asked: Names, words: dict[str, Any], expected: list[str]) -> None:
    """By themselves and in a place."""
    assert operations(asked, **words) == expected


def test_operations_of_an_attempt(asked: Names) -> None:
    """Those that led to it and those that led away from it, each once."""
    first = AttemptContext.objects.get(number=1)
    assert operations(asked, attempt=first.uuid) == ["reset", "undo"]
    assert operations(asked, attempt=first.uuid, kind="undo") == ["undo"]
    assert operations(asked, attempt=first.uuid, learner="several") == ["reset", "undo"]
    assert operations(asked, attempt=first.uuid, learner="other") == []
    assert operations(asked, attempt=first.uuid, order="-completed_at") == ["reset", "undo"]
    assert operations(asked, attempt=first.uuid, course_key=LOOKALIKE) == []
    assert operations(asked, Reach(orgs=frozenset({"Org"})), attempt=first.uuid) == ["reset", "undo"]
    assert operations(asked, Reach(orgs=frozenset({"org"})), attempt=first.uuid) == []
    assert operations(asked, attempt=uuid4()) == []
