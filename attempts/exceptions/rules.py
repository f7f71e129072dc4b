"""Reasons against a switch: what the policy, the course and earlier switches say."""

from __future__ import annotations

from typing import Any

from attempts.exceptions.base import NotEligible, gettext_noop


class NotEnrolled(NotEligible):
    """The learner has no active enrolment."""

    code = "not_enrolled"
    overridable = False

    def __init__(self) -> None:
        super().__init__(gettext_noop("The learner is not enrolled in the course. Enrol the learner first."))


class CourseNotOptedIn(NotEligible):
    """No policy switches resets on for the course."""

    code = "course_not_opted_in"
    overridable = False

    def __init__(self) -> None:
        super().__init__(gettext_noop("Resets are not switched on for this course. Switch them on in its policy."))


class CourseNotStarted(NotEligible):
    """The course's start lies ahead."""

    code = "course_not_started"

    def __init__(self, start: Any) -> None:
        super().__init__(
            gettext_noop("The course has not started; it starts on %(start)s UTC."), start=f"{start:%Y-%m-%d %H:%M}"
        )


class CourseEnded(NotEligible):
    """The course's end is past."""

    code = "course_ended"

    def __init__(self, end: Any) -> None:
        super().__init__(gettext_noop("The course ended on %(end)s UTC."), end=f"{end:%Y-%m-%d %H:%M}")


class WrongPacing(NotEligible):
    """The policy is for courses of another pacing."""

    code = "wrong_pacing"

    def __init__(self, pacing: str) -> None:
        super().__init__(
            gettext_noop("The policy lets learners be reset in self-paced courses only.")
            if pacing == "self_paced"
            else gettext_noop("The policy lets learners be reset in instructor-paced courses only.")
        )


class LearnerPassing(NotEligible):
    """The attempt to be put away has a passing grade."""

    code = "learner_passing"

    def __init__(self, number: int) -> None:
        super().__init__(gettext_noop("The learner has a passing grade in attempt %(number)s."), number=number)


class ResetLimitReached(NotEligible):
    """The policy's number of resets is used up."""

    code = "reset_limit_reached"

    def __init__(self, used: int, limit: int) -> None:
        super().__init__(
            gettext_noop("The learner was reset %(used)s of %(limit)s times allowed."), used=used, limit=limit
        )


class WorkedSince(NotEligible):
    """There is work in the attempt that would be put away."""

    code = "worked_since"

    def __init__(self, number: int, rows: int) -> None:
        super().__init__(
            gettext_noop(
                "The learner has worked in attempt %(number)s (%(rows)s records). It would be archived, not lost; "
                "override this reason to go on."
            ),
            number=number,
            rows=rows,
        )


class NothingToUndo(NotEligible):
    """No completed operation to take back."""

    code = "nothing_to_undo"
    overridable = False

    def __init__(self) -> None:
        super().__init__(gettext_noop("There is nothing to undo: no reset, undo or activation was completed."))


class RequestedByOthers(NotEligible):
    """A learner wants to take back what somebody else did."""

    code = "requested_by_others"
    overridable = False

    def __init__(self) -> None:
        super().__init__(gettext_noop("The last operation was not asked for by the learner. Only staff can undo it."))


class AlreadyActive(NotEligible):
    """The attempt to be activated is the active one."""

    code = "already_active"
    overridable = False

    def __init__(self, number: int) -> None:
        super().__init__(gettext_noop("Attempt %(number)s is the active one already."), number=number)
