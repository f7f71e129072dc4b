"""From an operation to what its events carry."""

from __future__ import annotations

from datetime import UTC

from openedx_events.learning.data import CourseData, UserData, UserPersonalData

from attempts.data import OperationData
from attempts.events.data import AttemptData, AttemptSwitchData
from attempts.exceptions import CourseNotFound
from attempts.host.courses import enrolment
from attempts.host.learners import find_learner, full_name
from attempts.models import AttemptOperation


def switch_payload(operation: OperationData) -> AttemptSwitchData:
    """Return what the events of a completed operation carry, with the learner and the course as they are now."""
    row = AttemptOperation.objects.select_related("from_attempt", "to_attempt").get(uuid=operation.uuid)
    ends = [
        AttemptData(uuid=end.uuid, number=end.number, opened_at=end.opened_at and end.opened_at.astimezone(UTC))
        for end in (row.from_attempt, row.to_attempt)
        if end is not None
    ]
    archived, active = ends
    return AttemptSwitchData(
        user=_user(operation),
        course=_course(operation),
        operation=operation.uuid,
        kind=operation.kind,
        switched_at=row.completed_at.astimezone(UTC),
        archived=archived,
        active=active,
        requested_by_id=row.requested_by_id,
        undoes=operation.undoes,  # type: ignore[arg-type] # the plugin for attrs does not see that None is its default
    )


def _user(operation: OperationData) -> UserData:
    user = find_learner(operation.learner.id)
    pii = UserPersonalData(username=user.get_username(), email=user.email, name=full_name(user))
    return UserData(id=user.pk, is_active=user.is_active, pii=pii)


def _course(operation: OperationData) -> CourseData:
    """The course, without its name if the host has it no more."""
    try:
        place = enrolment(operation.learner.id, operation.course_key)
    except CourseNotFound:
        return CourseData(course_key=operation.course_key)
    return CourseData(
        course_key=operation.course_key, display_name=place.display_name, start=place.start, end=place.end
    )
