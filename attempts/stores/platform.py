"""The stores of the platform itself, in the order in which the platform locks its tables.

State, then completion, then grades, then the rest: a switch that takes them in the order of a problem submission
and of the grade tasks cannot run into a cycle of locks with them. What hangs on these rows by foreign key or
submission uuid (state history, grade overrides, submissions, scores) travels along.
"""

from __future__ import annotations

from attempts.stores.base import LearnerKind
from attempts.stores.rekeyed import RekeyedStore

PLATFORM_STORES = (
    RekeyedStore(
        model="courseware.StudentModule",
        label="Block states",
        learner="student_id",
        course="course_id",
        usage=("module_state_key",),
        seek_by_course=False,
    ),
    RekeyedStore(
        model="completion.BlockCompletion",
        label="Block completions",
        learner="user_id",
        course="context_key",
        usage=("block_key",),
        seek_by_course=False,
    ),
    RekeyedStore(
        model="grades.PersistentSubsectionGrade",
        label="Subsection grades",
        learner="user_id",
        course="course_id",
        usage=("usage_key",),
    ),
    RekeyedStore(
        model="grades.PersistentCourseGrade",
        label="Course grade",
        learner="user_id",
        course="course_id",
    ),
    RekeyedStore(
        model="submissions.StudentItem",
        label="Submissions",
        learner="student_id",
        learner_kind=LearnerKind.ANONYMOUS_ID,
        course="course_id",
        usage=("item_id",),
    ),
)
