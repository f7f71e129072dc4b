"""Switches of one's own attempts, whatever face they are asked through: where the policy lets, and in spite of what."""

from __future__ import annotations

from typing import Any

from rest_framework.exceptions import PermissionDenied

from attempts import api
from attempts.data import LEARNER_ROLE, Kind, OperationData
from attempts.exceptions import OperationNotFound
from attempts_api.provenance import AnyRequest, provenance_of
from attempts_api.switches import ask_for

#: Whoever takes back her own reset knows what she has done since, and it is kept.
_OVERRIDES: dict[Kind, tuple[str, ...]] = {"undo": ("worked_since",)}


def check_learners_may(course_key: Any) -> None:
    """Check that the policy of a course lets learners start afresh by themselves.

    Raises:
        PermissionDenied: it does not.
    """
    if not api.effective_policy(course_key).learner_may_reset:
        raise PermissionDenied(f"The policy of {course_key} does not let learners reset themselves. Ask support.")


def ask_for_own(
    request: AnyRequest, kind: Kind, course_key: Any, *, comment: str, idempotency_key: str | None
) -> OperationData:
    """Ask for a switch of the caller's own attempts, reset or undo; return the operation.

    Raises:
        PermissionDenied: the policy does not let learners do so.
        AttemptsError: as :func:`attempts.api.request_reset` and ``request_undo`` say.
    """
    check_learners_may(course_key)
    return ask_for(
        kind,
        request.user,
        course_key,
        requested_by=request.user,
        comment=comment,
        override=_OVERRIDES.get(kind, ()),
        idempotency_key=idempotency_key,
        provenance=provenance_of(request, LEARNER_ROLE),
    )


def own_operation(request: AnyRequest, uuid: str) -> OperationData:
    """Return an operation on the caller's own attempts, whoever asked for it.

    Raises:
        OperationNotFound: there is none by that uuid, or it is somebody else's.
    """
    operation = api.operation(uuid)
    if operation.learner.id != request.user.pk:
        raise OperationNotFound(uuid)
    return operation
