"""Courses, and their learners with several attempts."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from opaque_keys.edx.keys import CourseKey

from attempts import searches
from attempts.api.contexts import PAGE_SIZE
from attempts.api.references import CourseRef
from attempts.data import EVERYWHERE, AttemptState, CourseData, CourseFigures, Page, Reach, RetakingLearner
from attempts.keys import checked_course_key


def course(course_key: CourseRef, /) -> CourseData:
    """Return a course of the host.

    Raises:
        CourseNotFound, InvalidCourseKey, DeprecatedCourseKey: see there.
    """
    return searches.find_course(checked_course_key(course_key))


def search_courses(
    text: str = "", /, *, within: Reach = EVERYWHERE, cursor: str | None = None, size: int = PAGE_SIZE
) -> Page[CourseData]:
    """Return a page of the host's courses that can have attempts, by key; a constant number of statements.

    Args:
        text: what the name or the key has in it; empty for all.
        within: where the caller may look.
        cursor: where to go on, from the page before; None for the first page.
        size: how many at most.

    Raises:
        InvalidCursor: the cursor is none of this list.
    """
    return searches.search_courses(text, within=within, cursor=cursor, size=size)


def course_figures(course_keys: Collection[CourseKey], /) -> Mapping[CourseKey, CourseFigures]:
    """Return how much there is at each of some courses; one statement, for however many courses."""
    return searches.course_figures(course_keys)


def search_retaking_learners(
    course_key: CourseRef,
    /,
    *,
    number: int | None = None,
    state: AttemptState | None = None,
    cursor: str | None = None,
    size: int = PAGE_SIZE,
) -> Page[RetakingLearner]:
    """Return a page of the learners who have several attempts at a course; a constant number of statements.

    Whose attempt of that number was recorded last comes first.

    Args:
        course_key: the course.
        number: those who have an attempt with this number; None for all.
        state: those whose attempt of that number, else whose newest one, is active or archived now; None for either.
        cursor: where to go on, from the page before; None for the first page.
        size: how many at most.

    Raises:
        InvalidCourseKey, DeprecatedCourseKey, InvalidCursor: see there.
    """
    return searches.search_retaking_learners(
        checked_course_key(course_key), number=number, state=state, cursor=cursor, size=size
    )
