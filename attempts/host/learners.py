"""The host's learners and the names they go by."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet
from opaque_keys.edx.keys import CourseKey

from attempts.data import LearnerData
from attempts.exceptions import LearnerNotFound
from attempts.host.models import host_model, is_installed
from attempts.prepared import PreparedQuery

#: How callers may name a learner: a user, a user id, a username or an e-mail address.
LearnerRef = Any
#: The model of the ids under which tools of others know learners.
EXTERNAL_IDS = "external_user_ids.ExternalId"


def find_learner(learner: LearnerRef) -> Any:
    """Return the host's user whom ``learner`` names.

    A username wins over an e-mail address, and the exact spelling over one that differs in case: the host's
    columns may not tell case apart, and a learner's records must not be mixed up with somebody else's.

    Raises:
        LearnerNotFound: nobody, or more than one account, goes by that name.
    """
    user_model = get_user_model()
    if isinstance(learner, user_model):
        return learner
    if isinstance(learner, bool) or not isinstance(learner, int | str) or learner == "":
        raise LearnerNotFound(learner)
    if isinstance(learner, int):
        found = list(user_model.objects.filter(pk=learner)) if abs(learner) < 2**63 else []
    elif "\x00" in learner or len(learner) > 254:
        found = []
    else:
        found = list(user_model.objects.filter(Q(username=learner) | Q(email__iexact=learner)))
    return _best_match(learner, found)


def _best_match(learner: int | str, found: list[Any]) -> Any:
    if isinstance(learner, int):
        candidates = [found]
    else:
        candidates = [
            [user for user in found if user.username == learner],
            [user for user in found if user.email == learner],
            # Python and MariaDB take some letters for Latin ones, such as the sign of the kelvin for a k.
            [
                user
                for user in found
                if user.email.lower() == learner.lower() and user.email.isascii() == learner.isascii()
            ],
        ]
    for users in candidates:
        if len(users) == 1:
            return users[0]
    raise LearnerNotFound(learner)


def full_name(user: Any) -> str:
    """Return the full name of one of the host's users, empty if there is none; at most one statement.

    The platform keeps it in the profile, and leaves the account's own columns empty.
    """
    return getattr(getattr(user, "profile", None), "name", "") or user.get_full_name()


def learner_data(user: Any) -> LearnerData:
    """Return the value object of one of the host's users."""
    return LearnerData(id=user.pk, username=user.get_username(), email=user.email, name=user.get_full_name())


def anonymous_ids(user_id: int, course_keys: Collection[CourseKey]) -> dict[CourseKey, tuple[str, ...]]:
    """Return the anonymous ids a learner has, or had, in each of some courses; one statement.

    Most learners have one; the newest counts for the host, but older rows may carry older ids.
    """
    found: dict[CourseKey, tuple[str, ...]] = dict.fromkeys(course_keys, ())
    for key, name in _anonymous_ids(user_id, tuple(course_keys)):
        if key in found:
            found[key] += (name,)
    return found


@PreparedQuery
def _anonymous_ids(user_id: int, course_keys: tuple[CourseKey, ...]) -> QuerySet:
    rows = host_model("student.AnonymousUserId").objects.filter(user_id=user_id, course_id__in=course_keys)
    return rows.order_by("pk").values_list("course_id", "anonymous_user_id")


def user_id_by_anonymous_id(name: str) -> int | None:
    """Return the id of the user behind an anonymous id, None if nobody has it."""
    rows = host_model("student.AnonymousUserId").objects.filter(anonymous_user_id=name)
    return rows.values_list("user_id", flat=True).first()


def external_ids(user_id: int) -> tuple[str, ...]:
    """Return the ids under which tools of others know a learner; one statement.

    The platform makes one for each kind of tool (``openedx/core/djangoapps/external_user_ids``).
    """
    if not is_installed(EXTERNAL_IDS):
        return ()
    return tuple(map(str, _external_ids(user_id)))


@PreparedQuery
def _external_ids(user_id: int) -> QuerySet:
    rows = host_model(EXTERNAL_IDS).objects.filter(user_id=user_id).order_by("pk")
    return rows.values_list("external_user_id", flat=True)


def user_id_by_external_id(name: UUID | str) -> int | None:
    """Return the id of the user behind an external id, None if nobody has it."""
    try:
        rows = host_model(EXTERNAL_IDS).objects.filter(external_user_id=UUID(str(name)))
    except (LookupError, ValueError):
        return None
    return rows.values_list("user_id", flat=True).first()
