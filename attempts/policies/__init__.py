"""What is allowed: the policy in force, the facts of a learner, and every reason against a switch."""

from attempts.policies.changes import change_policy, own_policy
from attempts.policies.checks import OVERRIDABLE_CODES, objections
from attempts.policies.effective import POLICY_FIELDS, effective_policy
from attempts.policies.history import CompletedSwitch, completed_switches, resets_used
from attempts.policies.situation import Situation, survey_situation

__all__ = [
    "OVERRIDABLE_CODES",
    "POLICY_FIELDS",
    "CompletedSwitch",
    "Situation",
    "change_policy",
    "completed_switches",
    "effective_policy",
    "objections",
    "own_policy",
    "resets_used",
    "survey_situation",
]
