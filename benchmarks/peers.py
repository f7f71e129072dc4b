"""What others do in place of a switch, and the least that any switch must do; each in tables of the benchmarks only."""

from __future__ import annotations

from typing import Any

from completion.models import BlockCompletion
from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.utils import timezone
from submissions import api as submissions_api

from attempts.keys import attempt_course_key, usage_prefix
from benchmarks.filling import TABLES
from sandbox.courseware.models import StudentModule, StudentModuleHistory
from sandbox.coursewarehistoryextended.models import StudentModuleHistoryExtended
from sandbox.grades.models import PersistentCourseGrade, PersistentSubsectionGrade
from sandbox.student.models import AnonymousUserId, CourseEnrollment
from sandbox.support.models import CourseResetAudit, CourseResetCourseOptIn
from tests.factories import COURSE


def floor(user_id: int) -> None:
    """Rewrite the keys of a learner's rows by hand: a bare UPDATE for each table, in one transaction.

    It knows what a switch has to find out: which tables have rows, that no key is foreign, an aside's or too long.
    """
    new_course = attempt_course_key(COURSE, 1)
    old, new = (usage_prefix(key, "").partition("type@")[0] for key in (COURSE, new_course))
    text = "CONCAT(%s, SUBSTR({0}, %s))" if connection.vendor != "sqlite" else "%s || SUBSTR({0}, %s)"
    with transaction.atomic(), connection.cursor() as cursor:
        for table, (owner, course, usage) in TABLES.items():
            keys = "".join(f", {column} = {text.format(column)}" for column in usage)
            parameters = [
                str(new_course),
                *(value for _ in usage for value in (new, len(old) + 1)),
                user_id,
                str(COURSE),
            ]
            cursor.execute(f"UPDATE {table} SET {course} = %s{keys} WHERE {owner} = %s AND {course} = %s", parameters)


def make_archive() -> None:
    """Make tables that rows can be copied to, with as few indexes as a reader could do with."""
    present = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for table, (owner, course, _usage) in TABLES.items():
            if f"archived_{table}" in present:
                continue
            cursor.execute(f"CREATE TABLE archived_{table} AS SELECT * FROM {table} WHERE 1 = 0")
            cursor.execute(f"CREATE UNIQUE INDEX archived_{table}_id ON archived_{table} (id)")
            cursor.execute(f"CREATE INDEX archived_{table}_learner ON archived_{table} ({owner}, {course})")


def archive(user_id: int) -> None:
    """Copy a learner's rows to archive tables and delete them where they were, in one transaction."""
    with transaction.atomic(), connection.cursor() as cursor:
        for table, (owner, course, _usage) in TABLES.items():
            where = f"FROM {table} WHERE {owner} = %s AND {course} = %s"
            cursor.execute(f"INSERT INTO archived_{table} SELECT * {where}", [user_id, str(COURSE)])
            cursor.execute(f"DELETE {where}", [user_id, str(COURSE)])


def enqueue_course_reset(user_id: int, reset_by: Any) -> None:
    """Write what the platform's view has written when its task begins; not measured."""
    opt_in, _ = CourseResetCourseOptIn.objects.get_or_create(course_id=COURSE, defaults={"active": True})
    enrolment = CourseEnrollment.objects.get(user_id=user_id, course_id=COURSE)
    CourseResetAudit.objects.create(course=opt_in, course_enrollment=enrolment, reset_by=reset_by)


def course_reset(email: str, reset_by_email: str, blocks: list[Any]) -> None:
    """Do to the database what the platform's Course Reset does, block by block.

    Left out in its favour: every read of the content store, the mail, history rows and submissions to clear, signals of
    the rows that go, and the statement that edx-bulk-grades adds to each. Meant to run where the fence is down.

    Args:
        email: the learner's.
        reset_by_email: the requester's.
        blocks: keys of the blocks that the content store would have named.
    """
    users = get_user_model().objects
    learner, requester = users.get(email=email), users.get(email=reset_by_email)
    enrolment = CourseEnrollment.objects.get(course=COURSE, user=learner, is_active=True)
    audit = CourseResetAudit.objects.get(course_enrollment=enrolment, status="enqueued")
    audit.status = "in_progress"
    audit.save()
    anonymous_id, _ = (_anonymous_id(user) for user in (learner, requester))
    for block in blocks:
        _reset_block(learner, anonymous_id, block)
    BlockCompletion.objects.clear_learning_context_completion(learner, COURSE)
    _clear_grades(learner.pk)
    audit.status, audit.completed_at = "complete", timezone.now()
    audit.save()


def _anonymous_id(user: Any) -> str:
    found = AnonymousUserId.objects.filter(user=user, course_id=COURSE).order_by("-id").first()
    return (found or _new_anonymous_id(user)).anonymous_user_id


def _new_anonymous_id(user: Any) -> AnonymousUserId:
    return AnonymousUserId.objects.create(user=user, course_id=COURSE, anonymous_user_id=f"{user.pk:032x}")


def _reset_block(learner: Any, anonymous_id: str, block: Any) -> None:
    submissions_api.reset_score(anonymous_id, str(COURSE), str(block), clear_state=False, emit_signal=False)
    try:
        row = StudentModule.objects.get(student_id=learner.pk, course_id=COURSE, module_state_key=block)
    except StudentModule.DoesNotExist:
        return
    with transaction.atomic():
        for table in (
            StudentModuleHistory.objects.filter(student_module_id=row.pk),
            StudentModule.objects.filter(pk=row.pk),
            StudentModuleHistoryExtended.objects.filter(student_module_id=row.pk),
        ):
            # Without the cascades of the model, which depend on the packages that are installed.
            table._raw_delete(table.db)


def _clear_grades(user_id: int) -> None:
    with transaction.atomic():
        PersistentSubsectionGrade.objects.filter(user_id=user_id, course_id=COURSE).delete()
        try:
            PersistentCourseGrade.objects.get(user_id=user_id, course_id=COURSE).delete()
        except PersistentCourseGrade.DoesNotExist:
            return
