"""The platform's words for where a learner stands (``lms/djangoapps/support/views/course_reset.py``)."""

from __future__ import annotations

from attempts.data import CourseStanding, OperationData

#: Reasons that the platform has a status for, in the order in which it looks.
_KNOWN_REASONS = {
    "course_not_started": "Course Not Started",
    "course_ended": "Course Ended",
    "learner_passing": "Learner Has Passing Grade",
}


def status_of(standing: CourseStanding) -> tuple[bool, str]:
    """Return whether a reset may be asked for, and the status to show.

    Unlike the platform's, a completed reset does not block for ever: the policy says how many there may be.
    """
    reasons = {reason.code: reason.detail for reason in standing.eligibility.reasons}
    for code, status in _KNOWN_REASONS.items():
        if code in reasons:
            return False, status
    last = standing.last_operation
    if last is not None and last.in_flight:
        return False, operation_status(last)
    if last is not None:
        unknown = [detail for code, detail in reasons.items() if code != "reset_limit_reached"]
        return not reasons, " - ".join([operation_status(last), *unknown])
    if reasons:
        return False, f"Not Available - {' '.join(reasons.values())}"
    return True, "Available"


def operation_status(operation: OperationData) -> str:
    """Return the status that an operation stands for. Times are Python's own text of them, as the platform's are."""
    by = operation.requested_by or "the system"
    if operation.status == "enqueued":
        return f"Enqueued - Created {operation.created} by {by}"
    if operation.status == "in_progress":
        return f"In progress - Started on {operation.started_at} by {by}"
    if operation.status == "failed":
        return f"Failed on {operation.completed_at}"
    completed = f"ompleted on {operation.completed_at} by {by}"
    # The platform knows resets only; after anything else the word alone would say that the learner was reset.
    words = {"reset": "C", "undo": "Undo c", "activate": "Activation c"}
    return f"{words[operation.kind]}{completed}"
