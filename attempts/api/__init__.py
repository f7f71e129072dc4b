"""The door to attempts: what other apps, the REST API and the commands may call.

Learners are named by user, user id, username or e-mail address; courses by plain key, parsed or as text. Results
are value objects of :mod:`attempts.data`. Every refusal is an error of :mod:`attempts.exceptions`.

Only :func:`role_for` and :func:`reach` say who may do what; the other functions do what they are told, and leave it to
the face that calls them to ask first.
"""

from attempts.api.access import reach, role_for
from attempts.api.contexts import (
    active_attempt,
    attempt,
    attempts,
    compare,
    completion,
    completion_page,
    grade_page,
    grades,
    search_attempts,
    state_page,
    states,
    write_appeal_pack,
)
from attempts.api.learners import courses, learner, user
from attempts.api.policies import (
    change_policy,
    course_settings_report,
    effective_policy,
    list_policies,
    own_policy,
    policy_history,
    take_course_settings,
)
from attempts.api.privacy import personal_data, retire
from attempts.api.records import choose_grade, grade_choices, grade_of_record
from attempts.api.references import can_have_attempts, course_key
from attempts.api.reports import public_retake_report, retake_report
from attempts.api.restoration import restore_keys
from attempts.api.switches import (
    eligibility,
    operation,
    preview,
    request_activate,
    request_reset,
    request_undo,
    search_operations,
)
from attempts.api.upkeep import (
    audit,
    health,
    metrics,
    prove,
    prove_all,
    recover,
    recover_follow_ups,
    repeat_follow_ups,
    sweep,
    verify,
)

__all__ = [
    "active_attempt",
    "attempt",
    "attempts",
    "audit",
    "can_have_attempts",
    "change_policy",
    "choose_grade",
    "compare",
    "completion",
    "completion_page",
    "course_key",
    "course_settings_report",
    "courses",
    "effective_policy",
    "eligibility",
    "grade_choices",
    "grade_of_record",
    "grade_page",
    "grades",
    "health",
    "learner",
    "list_policies",
    "metrics",
    "operation",
    "own_policy",
    "personal_data",
    "policy_history",
    "preview",
    "prove",
    "prove_all",
    "public_retake_report",
    "reach",
    "recover",
    "recover_follow_ups",
    "repeat_follow_ups",
    "request_activate",
    "request_reset",
    "request_undo",
    "restore_keys",
    "retake_report",
    "retire",
    "role_for",
    "search_attempts",
    "search_operations",
    "state_page",
    "states",
    "sweep",
    "take_course_settings",
    "user",
    "verify",
    "write_appeal_pack",
]
