"""The names that stores know a learner by: found for a course, and traced back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.contrib.auth import get_user_model

from attempts.host.learners import external_ids, user_id_by_anonymous_id, user_id_by_external_id
from attempts.host.submissions import anonymous_id_by_submission, own_submission_uuids
from attempts.stores.base import LearnerKind, LearnerNames, Store


def learner_names(
    user: Any,
    anonymous_ids: tuple[str, ...],
    stores: Iterable[Store],
    known_external_ids: tuple[str, ...] | None = None,
) -> LearnerNames:
    """Return the names a learner goes by in a course; a statement for submissions and one for tools, if stores ask.

    Args:
        user: the host's user.
        anonymous_ids: the ids that hide the learner from block code, for the plain course.
        stores: the stores that will be asked about the learner.
        known_external_ids: the ids under which tools of others know the learner, where they are known already.
    """
    kinds = {getattr(store, "learner_kind", None) for store in stores}
    by_submission = LearnerKind.SUBMISSION_UUID in kinds and anonymous_ids
    return LearnerNames(
        user_id=user.pk,
        username=user.get_username(),
        anonymous_ids=anonymous_ids,
        submission_uuids=own_submission_uuids(anonymous_ids) if by_submission else (),
        external_ids=_external_ids(user, known_external_ids) if LearnerKind.EXTERNAL_ID in kinds else (),
    )


def _external_ids(user: Any, known: tuple[str, ...] | None) -> tuple[str, ...]:
    return external_ids(user.pk) if known is None else known


def user_id_by_name(kind: LearnerKind, name: Any) -> int | None:
    """Return the id of the user whom a store's table names, None if nobody goes by that name."""
    trace: Mapping[LearnerKind, Callable[[Any], int | None]] = {
        LearnerKind.USER_ID: lambda user_id: user_id,
        LearnerKind.USERNAME: _by_username,
        LearnerKind.ANONYMOUS_ID: user_id_by_anonymous_id,
        LearnerKind.SUBMISSION_UUID: _by_submission,
        LearnerKind.EXTERNAL_ID: user_id_by_external_id,
    }
    return trace[kind](name)


def _by_username(name: str) -> int | None:
    return get_user_model()._default_manager.filter(username=name).values_list("pk", flat=True).first()


def _by_submission(uuid: str) -> int | None:
    anonymous_id = anonymous_id_by_submission(uuid)
    return user_id_by_anonymous_id(anonymous_id) if anonymous_id else None
