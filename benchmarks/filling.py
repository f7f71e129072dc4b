"""Learners with work in a course, made by set-based SQL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection
from opaque_keys.edx.keys import CourseKey

from attempts import api
from benchmarks.scratch import BLOBS, Block, Filled, make_blocks, make_tables
from sandbox.grades.models import PersistentCourseGrade, VisibleBlocks
from sandbox.student.models import CourseEnrollment
from tests.factories import COURSE, CourseFactory, PolicyFactory

#: Rows that one statement makes, about.
CHUNK = 50_000
#: Blocks of a subsection, which has a grade.
SUBSECTION = 20
#: The tables that are filled, each with the columns of learner and course and those with keys of blocks.
TABLES = {
    "courseware_studentmodule": ("student_id", "course_id", ("module_id",)),
    "completion_blockcompletion": ("user_id", "course_key", ("block_key",)),
    "grades_persistentsubsectiongrade": ("user_id", "course_id", ("usage_key",)),
    "grades_persistentcoursegrade": ("user_id", "course_id", ()),
}
_HASH = "the blocks of all benchmarks"
_batches, _names = count(1), count(1)

# Learners come to a block in an order of its own, so that the rows of one of them lie far apart.
_ORDER = "ORDER BY b.n, (l.n * 7919 + b.n * 104729) %% 99991, l.n"
_FROM = """FROM benchmarks_block b CROSS JOIN benchmarks_filled l {blobs}
    WHERE l.batch = %s AND b.course_key = %s AND b.n >= %s AND b.n < %s"""
_WITH_BLOB = f"JOIN benchmarks_blob s ON s.block_type = b.block_type AND s.n = (b.n * 31 + l.n * 17) %% {BLOBS}"
_STATES = f"""INSERT INTO courseware_studentmodule
    (module_type, module_id, student_id, course_id, state, grade, max_grade, done, created, modified)
    SELECT b.block_type, b.usage_key, l.user_id, b.course_key, s.state,
        CASE WHEN b.block_type = 'problem' THEN (b.n + l.n) %% 2 END, CASE WHEN b.block_type = 'problem' THEN 1 END,
        'na', b.moment, b.moment
    {_FROM.format(blobs=_WITH_BLOB)}
    {_ORDER}"""
_COMPLETIONS = f"""INSERT INTO completion_blockcompletion
    (created, modified, user_id, course_key, block_key, block_type, completion)
    SELECT b.moment, b.moment, l.user_id, b.course_key, b.usage_key, b.block_type, 1.0
    {_FROM.format(blobs="")} {_ORDER}"""
_SUBSECTIONS = f"""INSERT INTO grades_persistentsubsectiongrade
    (created, modified, user_id, course_id, usage_key, course_version, earned_all, possible_all, earned_graded,
     possible_graded, first_attempted, visible_blocks_hash)
    SELECT b.moment, b.moment, l.user_id, b.course_key, REPLACE(b.usage_key, 'type@problem', 'type@sequential'), '',
        5, 20, 5, 20, b.moment, '{_HASH}'
    {_FROM.format(blobs="")} AND b.n %% {SUBSECTION} = 0 {_ORDER}"""


@dataclass(frozen=True)
class Work:
    """How much a learner has done in a course.

    Attributes:
        blocks: blocks with a state and a completion each; a subsection grade for every twenty, one at least.
        course_key: the course.
    """

    blocks: int
    course_key: CourseKey = COURSE


def open_course(*course_keys: CourseKey) -> None:
    """Make courses, and a policy that allows every reset."""
    for key in course_keys:
        CourseFactory(id=key)
        VisibleBlocks.objects.get_or_create(hashed=_HASH, defaults={"course_id": key, "blocks_json": "[]"})
    if not api.effective_policy(course_keys[0]).active:
        PolicyFactory()
    make_tables()


def learners(number: int, work: Work, *, chunk: int = CHUNK) -> list[Any]:
    """Return new learners, enrolled and with rows in a course.

    Args:
        number: how many.
        work: what each has done.
        chunk: rows to insert in one statement and commit, about.
    """
    users = enrolled(number, work.course_key)
    fill([user.pk for user in users], work, chunk=chunk)
    return users


def enrolled(number: int, *course_keys: CourseKey) -> list[Any]:
    """Return new learners who are enrolled in some courses and have done nothing yet."""
    users = _users(number)
    for key in course_keys:
        CourseEnrollment.objects.bulk_create(
            (CourseEnrollment(user=user, course_id=key) for user in users), batch_size=1000
        )
    return users


def fill(user_ids: Sequence[int], work: Work, *, chunk: int = CHUNK) -> None:
    """Give learners states, completions and grades under the plain keys of a course."""
    batch = next(_batches)
    Filled.objects.bulk_create(
        (Filled(batch=batch, n=n, user_id=user_id) for n, user_id in enumerate(user_ids)), batch_size=1000
    )
    make_blocks(work.course_key, work.blocks)
    step = max(1, chunk // len(user_ids))
    with connection.cursor() as cursor:
        for statement in (_STATES, _COMPLETIONS, _SUBSECTIONS):
            for first in range(0, work.blocks, step):
                last = min(first + step, work.blocks)
                cursor.execute(statement, [batch, str(work.course_key), first, last])
    PersistentCourseGrade.objects.bulk_create(
        (
            PersistentCourseGrade(
                user_id=user_id, course_id=work.course_key, percent_grade=0.3, grading_policy_hash="hash"
            )
            for user_id in user_ids
        ),
        batch_size=1000,
    )


def settle() -> None:
    """Let the server do what it would do sooner or later: learn how the tables are, and write them out."""
    tables = [Block._meta.db_table, *TABLES]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"VACUUM (ANALYZE) {', '.join(tables)}")
            cursor.execute("CHECKPOINT")
        elif connection.vendor == "mysql":
            cursor.execute(f"ANALYZE TABLE {', '.join(tables)}")
            cursor.fetchall()
        else:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def rows_per_learner(blocks: int) -> int:
    """Return how many rows a learner has who worked through so many blocks."""
    return 2 * blocks + -(-blocks // SUBSECTION) + 1


def touch(user_id: int) -> None:
    """Read all rows of a learner, so that whoever is measured next finds them as near as the others do."""
    with connection.cursor() as cursor:
        for table, (learner, _course, keys) in TABLES.items():
            longest = " + ".join(f"LENGTH({name})" for name in (*keys, *(("state",) if "module" in table else ())))
            cursor.execute(f"SELECT COUNT(*), SUM({longest or 1}) FROM {table} WHERE {learner} = %s", [user_id])
            cursor.fetchall()


def _users(number: int) -> list[Any]:
    model = get_user_model()
    names = [f"measured{next(_names)}" for _ in range(number)]
    model.objects.bulk_create(
        # Nobody can log in by it.
        (model(username=name, email=f"{name}@example.com", password="!") for name in names),  # nosec B106
        batch_size=1000,
    )
    found = model.objects.filter(username__startswith="measured").order_by("-pk")[:number]
    return sorted(found, key=lambda user: user.pk)
