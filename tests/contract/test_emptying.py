"""What a test that commits leaves behind is gone before the next, whoever wrote it, and what all need stays."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connection

from sandbox.student.models import CourseEnrollment
from tests.emptying import empty_written_tables, written_tables
from tests.factories import COURSE, EnrolmentFactory, StateFactory, enrolled
from tests.recorder import DeleteRecorder


@pytest.mark.django_db(transaction=True)
def test_tables_that_anybody_has_written_are_emptied(no_sql_delete: DeleteRecorder) -> None:
    """Tables that point at one another, and rows that came by another connection."""

    def elsewhere() -> None:
        try:
            StateFactory(student=enrolled())
        finally:
            connection.close()

    permissions = Permission.objects.count()
    with ThreadPoolExecutor(1) as pool:
        pool.submit(elsewhere).result()
    EnrolmentFactory(course_id=COURSE)
    assert {"auth_user", "courseware_studentmodule", "student_courseenrollment"} <= set(written_tables())
    assert "auth_user" in empty_written_tables()
    no_sql_delete.seen.clear()  # these were the tests' own
    assert written_tables() == []
    assert not CourseEnrollment.objects.exists()
    assert Permission.objects.count() == permissions > 0
    assert ContentType.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_next_test_finds_nothing() -> None:
    """The test above, and every test before this one that committed, has left no row."""
    assert written_tables() == []
