"""Asking for a switch, whatever face it is asked through: who may, in spite of what, and how it is handed on."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from attempts import api
from attempts.data import EVERYWHERE, Kind, LearnerData, OperationData, Reach
from attempts_api.access import required_role
from attempts_api.errors import OverrideNotPermitted

#: What a course team may go on in spite of: nothing is lost by it, and merely opening a page counts as work.
COURSE_TEAM_OVERRIDES = frozenset({"worked_since"})


def who_is_switched(request: Any, kind: Kind, learner: Any, course_key: Any) -> tuple[str, LearnerData]:
    """Return the role by which the caller may do this to this learner, and the learner.

    Raises:
        PermissionDenied: none in this course.
        LearnerNotFound: there is nobody by that name, or nobody who was ever in a course that the caller looks after.
    """
    role = required_role(request, kind, course_key=course_key)
    within = EVERYWHERE if _is_site_wide(request, kind) else Reach(courses=frozenset({course_key}))
    return role, api.learner(learner, within=within)


def check_overrides(request: Any, kind: Kind, override: Collection[str]) -> None:
    """Check that the caller may go on in spite of these reasons.

    Raises:
        OverrideNotPermitted: not in spite of all of them.
    """
    refused = set(override) - COURSE_TEAM_OVERRIDES
    if refused and not _is_site_wide(request, kind):
        raise OverrideNotPermitted(
            f"Overriding {', '.join(sorted(refused))} needs a role on the whole site. Ask support."
        )


def ask_for(kind: Kind, learner: Any, course_key: Any, to: Any = None, **options: Any) -> OperationData:
    """Ask for a switch.

    Args:
        kind, learner, course_key: which.
        to: the attempt to activate, for that kind.
        options: those of :func:`attempts.api.request_reset`; errors are its, too.
    """
    if kind == "activate":
        return api.request_activate(learner, course_key, to, **options)
    ask = api.request_reset if kind == "reset" else api.request_undo
    return ask(learner, course_key, **options)


def _is_site_wide(request: Any, kind: Kind) -> bool:
    return api.role_for(request.user, kind) is not None
