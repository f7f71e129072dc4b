"""What all attempts at a course say together."""

from __future__ import annotations

from attempts import analysis, conf
from attempts.api.references import CourseRef
from attempts.data import AttemptQuery, Period, RetakeReport
from attempts.keys import checked_course_key

_ALL = AttemptQuery()


def retake_report(course_key: CourseRef, /, *, query: AttemptQuery = _ALL, period: Period = "month") -> RetakeReport:
    """Return who takes a course again, and how they fare; eight statements at most, in one snapshot.

    In a transaction of the caller's it is read in that one: at READ COMMITTED, who is switched meanwhile may be counted
    as before in one part and as after in another.

    It is about learners who were ever reset, and for those who may see what is in their attempts: groups of few
    learners are in it. See :func:`public_retake_report`.

    Args:
        course_key: the course.
        query: which attempts count; its learner, course, organisation and order do not.
        period: by what resets are counted.

    Raises:
        CourseNotFound, InvalidCourseKey, DeprecatedCourseKey: see there.
    """
    return analysis.retake_report(checked_course_key(course_key), query, period)


def public_retake_report(course_key: CourseRef, /) -> RetakeReport:
    """Return the report of a course for a wide audience: groups of less than ``ATTEMPTS_MINIMUM_GROUP`` are left out.

    There are no filters, counts are multiples of that number, and quartiles are of whole groups of so many in the order
    in which they came: one more learner shows nothing until a whole group has come.

    Raises:
        CourseNotFound, InvalidCourseKey, DeprecatedCourseKey: see there.
    """
    minimum = conf.minimum_group()
    report = analysis.retake_report(checked_course_key(course_key), _ALL, "month", minimum)
    return analysis.suppressed(report, minimum)
