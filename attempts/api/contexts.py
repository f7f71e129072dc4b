"""Attempts: one, those of a learner, those of everybody, and what is in them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import IO, Any
from uuid import UUID

from opaque_keys.edx.keys import UsageKey

from attempts import adapters, analysis, appeals, contexts, searches
from attempts.api.references import CourseRef, learner_at, places_of
from attempts.data import (
    EVERYWHERE,
    AttemptData,
    AttemptOutline,
    AttemptQuery,
    BlockCompletion,
    BlockQuery,
    BlockState,
    BlockVersion,
    BlockWork,
    Comparison,
    CourseGrade,
    Grades,
    OutlineBlock,
    Page,
    Reach,
    SubsectionGrade,
)
from attempts.exceptions import AttemptNotFound
from attempts.host import outlines
from attempts.host.learners import LearnerRef, find_learner
from attempts.keys import checked_course_key
from attempts.outlines import outline_of

PAGE_SIZE = 50


def active_attempt(who: LearnerRef, course_key: CourseRef, /) -> AttemptData:
    """Return the active attempt of a learner at a course; attempt 1 if the learner was never reset.

    Raises:
        LearnerNotFound, CourseNotFound, InvalidCourseKey, DeprecatedCourseKey: see there.
    """
    return next(found for found in attempts(who, course_key) if found.is_active)


def active_since(user_id: int, course_key: CourseRef, /) -> tuple[int, datetime | None] | None:
    """Return the number of a learner's active attempt and when it began (UTC); None for a learner never reset.

    One statement, for pages of the host that are shown often. When attempt 1 began may be unknown.

    Args:
        user_id: the host's user id of the learner.
        course_key: the course; it need not exist.

    Raises:
        InvalidCourseKey, DeprecatedCourseKey: see there.
    """
    return contexts.active_since(user_id, checked_course_key(course_key))


def attempts(who: LearnerRef, course_key: CourseRef, /) -> tuple[AttemptData, ...]:
    """Return all attempts of a learner at a course, by number; a constant number of statements.

    Raises:
        LearnerNotFound, CourseNotFound, InvalidCourseKey, DeprecatedCourseKey: see there.
    """
    user, place = learner_at(who, course_key)
    return contexts.attempts_of(user, [place])[place.course_key]


def attempt(
    uuid: UUID | str, /, *, learner: LearnerRef | None = None, course_key: CourseRef | None = None
) -> AttemptData:
    """Return an attempt.

    Args:
        uuid: its uuid.
        learner, course_key: whose it is, and where. The only attempt of a learner never reset has a uuid but no row,
            and is found only if both are named.

    Raises:
        AttemptNotFound: there is none by that uuid, or none of this learner at this course.
        LearnerNotFound, CourseNotFound, InvalidCourseKey, DeprecatedCourseKey: see there.
    """
    if learner is None or course_key is None:
        one = contexts.attempt_by_uuid(uuid)
        of_another = learner is not None and find_learner(learner).pk != one.learner.id
        if of_another or (course_key is not None and checked_course_key(course_key) != one.course_key):
            raise AttemptNotFound(uuid)
        return one
    found = [one for one in attempts(learner, course_key) if str(one.uuid) == str(uuid).lower()]
    if not found:
        raise AttemptNotFound(uuid)
    return found[0]


def search_attempts(
    query: AttemptQuery, /, *, within: Reach = EVERYWHERE, cursor: str | None = None, size: int = PAGE_SIZE
) -> Page[AttemptData]:
    """Return a page of the attempts of learners who were ever reset; a constant number of statements.

    The one attempt of everybody else is implicit: it has no row and is not listed; see :func:`attempts`.

    Args:
        query: which ones, and in which order.
        within: where the caller may look.
        cursor: where to go on, from the page before; None for the first page.
        size: how many at most.

    Raises:
        LearnerNotFound: the query names nobody, or nobody whom the caller may see.
        InvalidCursor: the cursor is none of this list in this order.
    """
    user = learner_to_look_for(query.learner, within)
    return searches.search_attempts(query, user, within=within, cursor=cursor, size=size)


def states(attempt: AttemptData, /) -> Iterator[BlockState]:
    """Yield the block states of an attempt, active or archived, by plain keys; streamed."""
    return adapters.states(attempt)


def grades(attempt: AttemptData, /) -> Grades:
    """Return the course grade and the subsection grades of an attempt, active or archived, by plain keys."""
    return adapters.grades(attempt)


def completion(attempt: AttemptData, /) -> Iterator[BlockCompletion]:
    """Yield how far each block was completed in an attempt, active or archived, by plain keys; streamed."""
    return adapters.completion(attempt)


def compare(first: AttemptData, second: AttemptData, /) -> Comparison:
    """Return what changed from one attempt of a learner to another, course grade, subsections and blocks.

    A constant number of statements, whatever the learner did.

    Raises:
        NotComparable: they are not two attempts of one learner at one course.
        OperationInFlight: the learner is being switched.
    """
    return analysis.compare(first, second)


def outline(attempt: AttemptData, /) -> AttemptOutline:
    """Return what a learner did in an attempt, laid out as the course is now: scores and completion, no answers.

    A constant number of statements.

    Raises:
        OperationInFlight: the learner is being switched.
    """
    return outline_of(attempt)


def course_outline(course_key: CourseRef, /) -> Sequence[OutlineBlock]:
    """Return the blocks of a course, parents before their children and these in the order of the course.

    Empty if the host has none, or cannot tell.

    Raises:
        InvalidCourseKey, DeprecatedCourseKey: see there.
    """
    return outlines.course_outline(checked_course_key(course_key))


def block_work(attempt: AttemptData, block_key: UsageKey, /) -> BlockWork | None:
    """Return what was done and answered in one block of an attempt, by plain key; None if nothing is kept of it.

    Raises:
        OperationInFlight: the learner is being switched.
    """
    return adapters.read_steadily((attempt,), lambda now: adapters.block_work(now, block_key))


def block_versions(
    attempt: AttemptData, block_key: UsageKey, /, *, number: int = 1, size: int = 10
) -> Page[BlockVersion]:
    """Return a page of what the state of a block was each time it was saved, newest first.

    Args:
        attempt, block_key: which block.
        number: which page, from 1; the cursors of neighbouring pages are their numbers.
        size: how many at most.

    Raises:
        OperationInFlight: the learner is being switched.
    """
    return adapters.read_steadily(
        (attempt,), lambda now: adapters.block_versions(now, block_key, number=number, size=size)
    )


def block_version(attempt: AttemptData, block_key: UsageKey, name: str, /) -> BlockVersion | None:
    """Return one of those versions by its name, None if there is none.

    Raises:
        OperationInFlight: the learner is being switched.
    """
    return adapters.read_steadily((attempt,), lambda now: adapters.block_version(now, block_key, name))


def write_appeal_pack(attempt: AttemptData, file: IO[bytes], /, *, language: str | None = None) -> None:
    """Write a zip with everything that is known of an attempt: JSON for programs, HTML to read and print.

    Grades, scores, answers and states of all blocks, times; who reset the learner or chose a grade, when and why.
    Memory does not grow with the blocks.

    Args:
        attempt: the attempt, active or archived.
        file: what it is written to; it can be sought and truncated.
        language: the code of the language of the HTML, one of the site's; None for the active one. If attempts has no
            texts in it, the one that stands in for it is taken.

    Raises:
        OperationInFlight: the learner is being switched.
    """
    appeals.write_pack(attempt, file, language=language)


def state_page(
    attempt: AttemptData, query: BlockQuery, /, *, cursor: str | None = None, size: int = PAGE_SIZE
) -> Page[BlockState]:
    """Return a page of what :func:`states` yields; a constant number of statements.

    Raises:
        InvalidBlockKey: the block asked for is none of the attempt's course.
        InvalidCursor: the cursor is none of this list.
    """
    return adapters.state_page(attempt, query, cursor=cursor, size=size)


def grade_page(
    attempt: AttemptData, query: BlockQuery, /, *, cursor: str | None = None, size: int = PAGE_SIZE
) -> tuple[CourseGrade | None, Page[SubsectionGrade]]:
    """Return the course grade of an attempt and a page of its subsection grades.

    Errors are those of :func:`state_page`.
    """
    return adapters.grade_page(attempt, query, cursor=cursor, size=size)


def completion_page(
    attempt: AttemptData, query: BlockQuery, /, *, cursor: str | None = None, size: int = PAGE_SIZE
) -> Page[BlockCompletion]:
    """Return a page of what :func:`completion` yields.

    Errors are those of :func:`state_page`.
    """
    return adapters.completion_page(attempt, query, cursor=cursor, size=size)


def learner_to_look_for(who: LearnerRef | None, within: Reach) -> Any:
    """Return the host's user whom a query names, None if it names nobody.

    Raises:
        LearnerNotFound: nobody goes by that name, or nobody whom the caller may see.
    """
    if who is None:
        return None
    return find_learner(who) if within.everywhere else places_of(who, within)[0]
