"""One attempt, for whoever may see it."""

from __future__ import annotations

from typing import Any

from attempts import api
from attempts.data import AttemptData, Permission, Reach
from attempts.exceptions import AttemptNotFound, LearnerNotFound
from attempts_api.access import required_reach, required_role
from attempts_api.audit import log_read
from attempts_api.provenance import AnyRequest


def visible_attempt(
    request: AnyRequest, uuid: str, permission: Permission, words: dict[str, Any], resource: str
) -> AttemptData:
    """Return an attempt that the caller may see, and log that she looked.

    Args:
        request: the request.
        uuid: the attempt's uuid.
        permission: what the caller needs beside ``view_attempts``.
        words: ``learner`` and ``course_id``, if they were given.
        resource: what is looked at, for the log.

    Raises:
        AttemptNotFound: there is none, or none whose course the caller may look into.
        LearnerNotFound: there is no such learner, or none whom the caller may see.
        PermissionDenied: the caller may see the attempt, but not so much of it.
    """
    learner, course_key = words.get("learner"), words.get("course_id")
    reach = required_reach(request, "view_attempts")
    if learner is not None and course_key is not None:
        if not reach.covers(course_key):
            raise AttemptNotFound(uuid)
        if not reach.everywhere:
            api.learner(learner, within=Reach(courses=frozenset({course_key})))
    try:
        attempt = api.attempt(uuid, learner=learner, course_key=course_key)
    except LearnerNotFound as error:
        if reach.everywhere:
            raise
        # Else an attempt of somebody's own course would tell which names there are on the whole site.
        raise AttemptNotFound(uuid) from error
    if not reach.covers(attempt.course_key):
        raise AttemptNotFound(uuid)
    role = required_role(request, permission, course_key=attempt.course_key)
    about = {"learner": attempt.learner.id, "course_id": attempt.course_key, "attempt": attempt.number}
    log_read(request, resource, role, **about)
    return attempt
