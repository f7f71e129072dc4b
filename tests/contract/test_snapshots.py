"""What is read in several statements is of one moment, whoever is switched between two of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection, transaction
from opaque_keys.edx.keys import CourseKey

from attempts import api
from attempts.host.isolation import snapshot
from attempts.operations import execute
from tests.factories import COURSE, CourseGradeFactory, PolicyFactory, StateFactory, enrolled

# SQLite lets nobody write while a transaction is open.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.services]
#: More than any of these takes.
MANY = 40


def switch(learner: Any, course_key: Any) -> None:
    """Reset a learner, start to end."""
    execute(api.request_reset(learner, course_key, requested_by=None).uuid)


@contextmanager
def switched_before(statement: int, learner: Any, course_key: Any) -> Iterator[list[int]]:
    """Reset a learner, on another connection, before the query of that number; yield how many queries there were."""
    seen = [0]

    def switch_elsewhere() -> None:
        try:
            switch(learner, course_key)
        finally:
            connection.close()

    def look(run: Callable[..., Any], sql: str, *words: Any) -> Any:
        if sql.startswith("SELECT"):
            seen[0] += 1
            if seen[0] == statement:
                with ThreadPoolExecutor(1) as pool:
                    pool.submit(switch_elsewhere).result()
        return run(sql, *words)

    with connection.execute_wrapper(look):
        yield seen


def report(_learner: Any, course_key: Any) -> Any:
    """The retake report of a course, without the time."""
    return replace(api.retake_report(course_key), made_at=None)  # type: ignore[arg-type]


def standing(learner: Any, course_key: Any) -> Any:
    """What is told of a learner at a course that a switch changes."""
    found = api.course_standing(learner, course_key)
    return found.attempts, found.grade, found.grade_of_record, found.undo_to


def record(learner: Any, course_key: Any) -> Any:
    """The grade that counts."""
    return api.grade_of_record(learner, course_key)


@pytest.mark.parametrize("read", [report, standing, record])
def test_a_switch_between_two_statements(read: Callable[[Any, Any], Any]) -> None:
    """What is read is as it was before the switch, or as it is after it; at whatever statement the switch comes."""
    PolicyFactory(grade_of_record="best")
    for statement in range(1, MANY):
        course_key = CourseKey.from_string(f"course-v1:Org+Course+Run{statement}")
        learner = enrolled(course_key)
        for grade in (0.2, 0.4):
            CourseGradeFactory(user_id=learner.pk, course_id=course_key, percent_grade=grade)
            if grade < 0.4:
                switch(learner, course_key)
        before = read(learner, course_key)
        with switched_before(statement, learner, course_key) as seen:
            found = read(learner, course_key)
        after = read(learner, course_key)
        assert found in (before, after), f"statement {statement} of {seen[0]}"
        if seen[0] < statement:
            break
        assert len(api.attempts(learner, course_key)) == 3
    assert MANY > statement > 5


def test_in_a_transaction_of_somebody_else() -> None:
    """It is read in that one, which can still be written in."""
    PolicyFactory()
    learner = enrolled(COURSE)
    with transaction.atomic():
        StateFactory(student=learner)
        api.retake_report(COURSE)
        api.course_standing(learner, COURSE)
        StateFactory(student=learner)
    connection.set_autocommit(False)
    try:
        StateFactory(student=learner)
        api.retake_report(COURSE)
        StateFactory(student=learner)
        connection.commit()
    finally:
        connection.rollback()
        connection.set_autocommit(True)


class Stopped(Exception):
    """Whatever ends a snapshot early."""


def test_a_snapshot_leaves_nothing_behind() -> None:
    """What comes next on the connection may write, and sees what others commit; also where nothing was read."""
    learner = enrolled(COURSE)
    for _ in range(2):
        with pytest.raises(Stopped), snapshot("default"):
            raise Stopped
        with snapshot("default"):
            pass
        with transaction.atomic():
            StateFactory(student=learner)
            if connection.vendor == "mysql":
                assert isolation_of_this() == "READ COMMITTED"


def isolation_of_this() -> str:
    """The isolation level of the transaction that is open, as the server has it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT trx_isolation_level FROM information_schema.innodb_trx WHERE trx_mysql_thread_id = CONNECTION_ID()"
        )
        return str(cursor.fetchone()[0])


def test_nothing_is_written_in_a_snapshot() -> None:
    """The server keeps a plugin's mistake from being half a write."""
    learner = enrolled(COURSE)
    with pytest.raises(Exception, match=r"(?i)read.only"), snapshot("default"):
        StateFactory(student=learner)
