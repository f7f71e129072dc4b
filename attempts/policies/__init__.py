"""What is allowed: the policy in force, the facts of a learner, and every reason against a switch."""

from attempts.policies.changes import change_policy, list_policies, own_policy, policy_history
from attempts.policies.checks import learner_objections, learner_resets_left, objections, overridable_codes
from attempts.policies.course_settings import course_settings_report, take_course_settings
from attempts.policies.effective import POLICY_FIELDS, effective_policies, effective_policy, wider_policy
from attempts.policies.history import CompletedSwitch, completed_switches, resets_used
from attempts.policies.situation import Situation, reset_situations, survey_situation

__all__ = [
    "POLICY_FIELDS",
    "CompletedSwitch",
    "Situation",
    "change_policy",
    "completed_switches",
    "course_settings_report",
    "effective_policies",
    "effective_policy",
    "learner_objections",
    "learner_resets_left",
    "list_policies",
    "objections",
    "overridable_codes",
    "own_policy",
    "policy_history",
    "reset_situations",
    "resets_used",
    "survey_situation",
    "take_course_settings",
    "wider_policy",
]
