"""What stands in the way of a request for now, or until somebody else decides."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from attempts.exceptions.base import Conflict, gettext_noop


class OperationInFlight(Conflict):
    """A switch of this learner at this course has been asked for and is not finished."""

    code = "operation_in_flight"

    def __init__(self, uuid: Any) -> None:
        self.uuid = uuid
        super().__init__(
            gettext_noop("Operation %(uuid)s for this learner and course is not finished. Wait for it, then ask again.")
            if uuid
            else gettext_noop(
                "Another operation for this learner and course is not finished. Wait for it, then ask again."
            ),
            uuid=uuid,
        )


class IdempotencyMismatch(Conflict):
    """The idempotency key was used for a different request."""

    code = "idempotency_mismatch"

    def __init__(self, uuid: Any) -> None:
        super().__init__(
            gettext_noop(
                "This idempotency key belongs to operation %(uuid)s, which asked for something else. Use a new key."
            ),
            uuid=uuid,
        )


class PolicyLocked(Conflict):
    """A wider policy decides a field for all narrower ones."""

    code = "policy_locked"

    def __init__(self, fields: Sequence[str], scope: str) -> None:
        super().__init__(
            gettext_noop("The policy of the %(scope)s locks %(fields)s. It cannot be decided here."),
            scope=scope,
            fields=", ".join(sorted(fields)),
        )


class PolicyChanged(Conflict):
    """Somebody else has decided meanwhile what the caller is about to decide.

    Attributes:
        fields: the fields that are no longer as they were shown; ``locked`` among them for which ones are locked.
    """

    code = "policy_changed"

    def __init__(self, fields: Sequence[str]) -> None:
        self.fields = tuple(fields)
        super().__init__(
            gettext_noop(
                "Somebody else has changed %(fields)s meanwhile. Nothing was changed by this; look at the policy as "
                "it is now, and decide again."
            ),
            fields=", ".join(sorted(fields)),
        )


class GradeNotChosen(Conflict):
    """Somebody chooses the grade of record where the policy has another rule for it."""

    code = "grade_not_chosen"

    def __init__(self, course_key: Any, rule: str) -> None:
        super().__init__(
            gettext_noop(
                "The policy of %(course_key)s takes the grade of the %(rule)s attempt. Let it be chosen first: "
                "grade_of_record."
            ),
            course_key=course_key,
            rule=rule,
        )
