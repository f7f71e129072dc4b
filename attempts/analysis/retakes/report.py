"""The report, counted."""

from __future__ import annotations

from itertools import groupby

from django.db import router
from django.utils import timezone
from opaque_keys.edx.keys import CourseKey

from attempts.analysis.retakes.counting import Counts
from attempts.analysis.retakes.reading import active_completions, active_grades, found_attempts
from attempts.analysis.retakes.subsections import subsection_changes
from attempts.data import AttemptQuery, GradesOfRecord, LearnersWithAttempts, Period, ResetsInPeriod, RetakeReport
from attempts.host.courses import completable_block_count, enrolment
from attempts.host.isolation import snapshot
from attempts.models import LearnerCourse
from attempts.policies import effective_policies
from attempts.records import chosen_numbers


def retake_report(course_key: CourseKey, query: AttemptQuery, period: Period, minimum: int = 0) -> RetakeReport:
    """Return the report of a course: eight statements at most, and those of a transaction.

    They are read in one snapshot, unless there is a transaction already: see :func:`attempts.host.isolation.snapshot`.

    Args:
        course_key: the plain key of the course.
        query: which attempts count; learner, course, organisation and order of it do not.
        period: by what resets are counted.
        minimum: quartiles are of whole groups of so many values, in the order in which they came about; 0 for all.

    Raises:
        CourseNotFound: see there.
    """
    # Nobody has the id 0: only whether there is such a course is asked.
    enrolment(0, course_key)
    # A host may write while it answers, and it answers for some time.
    completable = completable_block_count(course_key)
    with snapshot(router.db_for_read(LearnerCourse)):
        return _report(course_key, query, period, minimum, completable)


def _report(
    course_key: CourseKey, query: AttemptQuery, period: Period, minimum: int, completable: int | None
) -> RetakeReport:
    rule = effective_policies([course_key])[course_key].grade_of_record
    chosen = chosen_numbers(course_key) if rule == "chosen" else {}
    counts = Counts(period, active_grades(course_key), active_completions(course_key, completable), rule, chosen)
    for _user_id, attempts in groupby(found_attempts(course_key, query), key=lambda one: one.user_id):
        counts.add(list(attempts))
    return RetakeReport(
        course_key=course_key,
        made_at=timezone.now(),
        learners=sum(counts.learners.values()),
        retaking=sum(learners for attempts, learners in counts.learners.items() if attempts > 1),
        attempts=[LearnersWithAttempts(*one) for one in sorted(counts.learners.items())],
        period=period,
        resets=[
            ResetsInPeriod(begins, n, counts.reset_learners[begins]) for begins, n in sorted(counts.resets.items())
        ],
        numbers=[counts.of_number(number, minimum) for number in sorted(counts.attempts)],
        days_between=counts.days.spread(minimum),
        # The best of some attempts need not be the best of all.
        of_record=GradesOfRecord(rule, counts.passed_of_record, counts.of_record.spread(minimum))
        if query == AttemptQuery()
        else None,
        subsections=list(subsection_changes(course_key, counts, minimum)),
    )
