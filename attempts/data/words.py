"""The closed lists of words that the API takes and gives."""

from __future__ import annotations

from enum import Enum
from typing import Literal, get_args


class Inherit(Enum):
    """Says of a policy's field that the wider policy decides; None already means "unlimited"."""

    INHERIT = "inherit"


INHERIT = Inherit.INHERIT
AttemptState = Literal["active", "archived"]
Kind = Literal["reset", "undo", "activate"]
Status = Literal["enqueued", "in_progress", "complete", "failed"]
FollowUpState = Literal["waiting", "done", "skipped", "failed"]
Scope = Literal["default", "instance", "org", "course"]
#: Where a value of a policy comes from: a scope, or the settings that a course's authors made in Studio.
Origin = Literal["default", "instance", "org", "course", "course_settings"]
Permission = Literal[
    "view_attempts",
    "view_attempt_data",
    "view_reports",
    "export",
    "export_identities",
    "reset",
    "undo",
    "activate",
    "manage_policy",
    "bulk",
]
#: The role of somebody who asks for a switch of her own attempts; what she may is a matter of the policy.
LEARNER_ROLE = "learner"
PERMISSIONS: tuple[Permission, ...] = get_args(Permission)
