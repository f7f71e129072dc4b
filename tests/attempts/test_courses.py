"""Lists of courses, what there is at them, and their learners with several attempts."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from opaque_keys.edx.keys import CourseKey

from attempts import api
from attempts.data import OperationQuery, Page, Reach
from attempts.exceptions import CourseNotFound, InvalidCursor
from attempts.models import AttemptOperation
from attempts.searches import courses as searching
from sandbox.course_overviews.models import CourseOverview
from tests.factories import COURSE, LOOKALIKE, CourseFactory, enrolled

pytestmark = pytest.mark.django_db


def key(org: str, run: str = "Run") -> CourseKey:
    return CourseKey.from_string(f"course-v1:{org}+Course+{run}")


def keys(page: Page[Any]) -> list[str]:
    return [str(one.course_key) for one in page.items]


@pytest.fixture
def courses() -> None:
    """Courses that an engine might mix up, one that cannot have attempts, and one without a name."""
    for course_key in (COURSE, LOOKALIKE, key("org2", "a"), key("Org2"), key("Or")):
        CourseFactory(id=course_key)
    CourseFactory(id=CourseKey.from_string("Org/Course/Old"), org="Org")
    CourseOverview.objects.filter(pk=key("Or")).update(display_name=None)


@pytest.mark.parametrize(
    ("within", "expected"),
    [
        (
            Reach(everywhere=True),
            ["Or+Course+Run", "Org+Course+Run", "Org+Course+Run2", "Org2+Course+Run", "org2+Course+a"],
        ),
        (Reach(orgs=frozenset({"Org"})), ["Org+Course+Run", "Org+Course+Run2"]),
        (Reach(orgs=frozenset({"O_g", "O%"})), []),
        (Reach(courses=frozenset({LOOKALIKE})), ["Org+Course+Run2"]),
        (Reach(courses=frozenset({COURSE}), orgs=frozenset({"Org2"})), ["Org+Course+Run", "Org2+Course+Run"]),
        (Reach(), []),
    ],
)
def test_courses_within_reach(courses: None, within: Reach, expected: list[str]) -> None:
    """Exactly these, in whatever order the engine has for keys."""
    assert sorted(keys(api.search_courses(within=within))) == sorted(f"course-v1:{one}" for one in expected)


@pytest.mark.parametrize(
    ("text", "found"),
    [("About run2", 1), ("ORG2+", 2), ("%", 0), ("_", 0), ("course-v1:Or+", 1), ("nothing", 0), ("\\", 0), ("'", 0)],
)
def test_courses_by_name_and_key(courses: None, text: str, found: int) -> None:
    """Whatever the case; marks of SQL are none."""
    assert len(api.search_courses(text).items) == found


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_columns_of_two_collations() -> None:
    """As on MySQL and MariaDB where the key's is not the one of the database."""
    CourseFactory(id=COURSE, display_name="Tides")
    alter = "ALTER TABLE course_overviews_courseoverview MODIFY display_name longtext COLLATE {}"
    with connection.cursor() as cursor:
        if connection.vendor == "mysql":
            cursor.execute(alter.format("utf8mb4_general_ci"))
        try:
            assert [keys(api.search_courses(text)) for text in ("tide", "course+run")] == [[str(COURSE)]] * 2
        finally:
            if connection.vendor == "mysql":
                cursor.execute(alter.format("utf8mb4_unicode_ci"))


def test_pages_of_courses() -> None:
    """Each once, there and back, whatever is added meanwhile; a cursor of another list is none."""
    for number in range(7):
        CourseFactory(id=key("Org", f"Run{number}"))
    first = api.search_courses(size=3)
    second = api.search_courses(cursor=first.next, size=3)
    CourseFactory(id=key("Org", "Run00"))
    last = api.search_courses(cursor=second.next, size=3)
    assert [one[-4:] for page in (first, second, last) for one in keys(page)] == [f"Run{one}" for one in range(7)]
    assert (first.previous, last.next) == (None, None)
    assert keys(api.search_courses(cursor=last.previous, size=3)) == keys(second)
    with pytest.raises(InvalidCursor):
        api.search_operations(OperationQuery(), cursor=first.next)


def test_one_course(courses: None) -> None:
    """With its name, or its key in place of one."""
    assert api.course(str(COURSE)).display_name == "About Run"
    assert api.course(key("Or")).display_name == str(key("Or"))
    with pytest.raises(CourseNotFound):
        api.course("course-v1:org+course+run")


def test_figures_of_courses(reset: Any, learner: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """In one statement, however many courses; no further than somebody reads."""
    reset(learner)
    reset(learner)
    other = enrolled(COURSE)
    reset(other)
    api.request_reset(other, COURSE, requested_by=other)
    failed = api.request_reset(learner, COURSE, requested_by=learner)
    AttemptOperation.objects.filter(uuid=failed.uuid).update(status="failed", in_flight=None)
    with CaptureQueriesContext(connection) as captured:
        found = api.course_figures([COURSE, LOOKALIKE])
    assert len(captured) == 1
    assert [(one.attempts, one.in_flight, one.failed) for one in found.values()] == [(5, 1, 1), (0, 0, 0)]
    monkeypatch.setattr(searching, "MOST_COUNTED", 2)
    assert api.course_figures([COURSE])[COURSE].attempts == 3
    assert api.course_figures([]) == {}


def test_operations_in_flight(reset: Any, learner: Any) -> None:
    """Whichever of the two they are, and only there."""
    reset(learner)
    waiting = api.request_reset(learner, COURSE, requested_by=learner)
    other = enrolled(LOOKALIKE)
    elsewhere = api.request_reset(other, LOOKALIKE, requested_by=other)
    AttemptOperation.objects.filter(uuid=elsewhere.uuid).update(status="in_progress")

    def found(**words: Any) -> set[Any]:
        return {one.uuid for one in api.search_operations(OperationQuery(**words)).items}

    assert found(in_flight=True) == {waiting.uuid, elsewhere.uuid}
    assert found(in_flight=True, course_key=COURSE) == {waiting.uuid}
    assert found(in_flight=True, status="in_progress") == {elsewhere.uuid}
    assert found(in_flight=True, org="Org") == {waiting.uuid, elsewhere.uuid}
    assert found(in_flight=True, learner=learner) == {waiting.uuid}
    assert len(found(in_flight=False, course_key=COURSE)) == 1
    assert found(in_flight=False, status="enqueued") == set()


def test_learners_with_several_attempts(reset: Any, undo: Any, run: Any, learner: Any) -> None:
    """One line each, with how many there are and which is active."""
    reset(learner)
    second, waiting, undone, elsewhere = enrolled(COURSE), enrolled(COURSE), enrolled(COURSE), enrolled(LOOKALIKE)
    reset(second)
    last = reset(second)
    reset(undone)
    undo(undone)
    reset(elsewhere, LOOKALIKE)
    api.request_reset(waiting, COURSE, requested_by=waiting)

    def found(**words: Any) -> list[tuple[str, int, int]]:
        page = api.search_retaking_learners(COURSE, **words)
        return [(one.learner.username, one.attempts, one.active_number) for one in page.items]

    one, two, gone = (learner.username, 2, 2), (second.username, 3, 3), (undone.username, 2, 1)
    assert found() == [gone, two, one]
    assert found(number=1) == [gone, two, one]
    assert found(number=3) == [two]
    assert found(number=3, state="archived") == []
    assert found(number=1, state="active") == [gone]
    assert found(number=2, state="archived") == [gone, two]
    assert found(state="active") == [two, one]
    assert found(state="archived") == [gone]
    assert found(number=9) == []
    shown = api.search_retaking_learners(COURSE).items[1]
    assert shown.last_opened_at == api.attempts(second, COURSE)[-1].opened_at
    assert last.to_number == 3
    first = api.search_retaking_learners(COURSE, size=2)
    rest = api.search_retaking_learners(COURSE, size=2, cursor=first.next)
    assert [len(first.items), len(rest.items)] == [2, 1]
