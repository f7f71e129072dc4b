"""The uuids of attempts, derived so that an attempt has the same one before and after it has a row."""

from __future__ import annotations

from uuid import UUID, uuid5

from opaque_keys.edx.keys import CourseKey

from attempts import conf


def attempt_uuid(user_id: int, course_key: CourseKey, number: int) -> UUID:
    """Return the uuid of a learner's attempt.

    Version 5, in the namespace of this site: two sites with the same learner ids and courses do not share uuids.

    Args:
        user_id: the host's user id, which account retirement does not change.
        course_key: the plain key of the course.
        number: the attempt's number, from 1.
    """
    return uuid5(conf.uuid_namespace(), f"{user_id}:{course_key}:{number}")
