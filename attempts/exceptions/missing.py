"""What a request names and is not there."""

from __future__ import annotations

from typing import Any

from attempts.exceptions.base import NotFound, gettext_noop


class LearnerNotFound(NotFound):
    """No account by that name."""

    code = "learner_not_found"

    def __init__(self, learner: Any) -> None:
        super().__init__(
            gettext_noop("There is no learner '%(learner)s'. Give a username or an e-mail address."), learner=learner
        )


class CourseNotFound(NotFound):
    """No course by that key."""

    code = "course_not_found"

    def __init__(self, course_key: Any) -> None:
        super().__init__(gettext_noop("There is no course %(course_key)s."), course_key=course_key)


class AttemptNotFound(NotFound):
    """No such attempt, or not one of this learner at this course."""

    code = "attempt_not_found"

    def __init__(self, attempt: Any, of: str = "") -> None:
        super().__init__(
            gettext_noop("There is no attempt %(attempt)s of %(of)s.")
            if of
            else gettext_noop("There is no attempt %(attempt)s."),
            attempt=attempt,
            of=of,
        )


class OperationNotFound(NotFound):
    """No such operation."""

    code = "operation_not_found"

    def __init__(self, uuid: Any) -> None:
        super().__init__(gettext_noop("There is no operation %(uuid)s."), uuid=uuid)


class FollowUpNotFound(NotFound):
    """No such follow-up of an operation."""

    code = "follow_up_not_found"

    def __init__(self, name: str, uuid: Any) -> None:
        super().__init__(gettext_noop("Operation %(uuid)s has no follow-up '%(name)s'."), uuid=uuid, name=name)
